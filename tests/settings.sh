# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# What tests of the settings share. It stands in for lib.sh, which it reads:
#
#	. "$(dirname "$0")/../settings.sh"
#
# The user's settings are in $user; there are none yet. Root runs in a mount
# namespace of the test's own, so that a site's can be put over SYSCONFDIR.
if test -z "$VRS_SETTINGS" && test "$(id -u)" = 0 &&
	unshare --mount --propagation private true 2>/dev/null; then
	VRS_SETTINGS=yes exec unshare --mount --propagation private sh "$0" "$@"
fi
. "$(dirname "$0")/../lib.sh"
need_product
vrs=$BUILD/vscode-remote-shell
at_exit vrs_end
export HOME="$T/home"
unset XDG_CONFIG_HOME
user=$HOME/.config/vscode-remote-shell
mkdir -p "$user"
chmod 755 "$T"

# site_files [COMMAND]: $site is a folder for the site's settings; or the test ends
# here. COMMAND sets up what else only root can.
site_files() {
	etc=$(strings "$vrs" |
		sed -n 's|/vscode-remote-shell/config$||p' | head -n 1)
	if test -z "$VRS_SETTINGS" || ! mkdir -p "$etc" ||
		! mount -t tmpfs -o mode=755 settings "$etc" || ! "${1:-true}"
	then
		skip 1 "the site's files: only root can put a file system over ${etc:-it}"
		done_testing
		exit
	fi
	site=$etc/vscode-remote-shell
	mkdir "$site"
}

# says STATUS [WORD...]: the exit status of that command line; output in $T/out
says() {
	lib_want=$1
	shift
	vrs "$@" >"$T/out" 2>"$T/err"
	is $? "$lib_want" "$*: status $lib_want" || diag_file "$T/err"
}

# typed WORD...: the same with our stdin, as of an editor's start script
typed() {
	timeout 90 "$vrs" --launcher=local --linger=0 \
		--state-dir="$VRS_STATE" "$@" >"$T/out" 2>"$T/err"
}

err() { sed 's/^vscode-remote-shell: //' "$T/err"; }
