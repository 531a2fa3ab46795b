#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What reading settings costs who attaches, counted: calls that name a file. Where
# there are none it is three looks, of which one is below $HOME, which nodes share.
. "$(dirname "$0")/../lib.sh"
need_product
vrs=$BUILD/vscode-remote-shell
at_exit vrs_end
strace -c -o "$T/strace" true 2>/dev/null || skip_all "strace cannot trace here"
export HOME="$T/home"
unset XDG_CONFIG_HOME
user=$HOME/.config/vscode-remote-shell
mkdir -p "$HOME"
site=$(strings "$vrs" | sed -n 's|/config$||p' | grep '/vscode-remote-shell$' |
	head -n 1)

# attached NAME: an attach, and in $n its calls on files of settings, with what asks
# an open one for its size
attached() {
	printf 'echo here\nexit\n' | strace -f -y -e trace=%file -o "$T/trace" \
		"$vrs" --launcher=local --linger=0 --state-dir="$VRS_STATE" \
		>"$T/out" 2>"$T/err"
	like "$(cat "$T/out")" here "$1: an attach" || diag_file "$T/err"
	sed 's/<unfinished.*//' "$T/trace" |
		grep -F -e "$site/" -e "$user/" >"$T/settings"
	n=$(grep -c . "$T/settings")
}
vrs --linger=0 alloc >"$T/out" 2>"$T/err"	# no agent below strace
is $? 0 "a session" || diag_file "$T/err"
attached "no settings"
ok "no settings: $n calls, at most 3" test "$n" -ge 1 -a "$n" -le 3 ||
	diag_file "$T/settings"
n=$(grep -cF "$HOME/" "$T/settings")
ok "of which $n below the home directory" test "$n" -eq 1
mkdir -p "$user"
printf 'linger = 1m\n[profile p]\nlinger = 2m\n' >"$user/config"
attached "the user's"
ok "the user's: $n calls, at most 6" test "$n" -ge 1 -a "$n" -le 6 ||
	diag_file "$T/settings"
done_testing
