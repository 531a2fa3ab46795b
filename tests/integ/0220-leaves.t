#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What is private to a session, but was handed on to processes outside of it:
# it stays while they use it, and goes later. And what a session is given, where
# there is no scheduler.
# shellcheck disable=SC2016,SC2030,SC2031,SC3045 # for shells of the session
. "$(dirname "$0")/../lib.sh"
need_product
at_exit vrs_end

# in_session SCRIPT [OPTION...]: what its shell says, in $T/out
in_session() {
	lib_script=$1
	shift
	printf '%s\n' "$lib_script" | timeout 60 "$BUILD/vscode-remote-shell" \
		--launcher=local --state-dir="$VRS_STATE" --linger=0 "$@" \
		>"$T/out" 2>"$T/err" || diag_file "$T/err"
}

# ---- what it is given -------------------------------------------------------------

(
	ulimit -Sn 300
	umask 027
	export SHELL=/bin/bash KEPT='a b' GONE=1 DISPLAY=:7 TMPDIR=/nowhere
	export LD_LIBRARY_PATH=/nothing SLURM_NTASKS=7 SLURM_JOB_ID=1
	in_session 'ulimit -Sn; umask; echo "[$KEPT] [$GONE] [${NONE-unset}]"
		echo "[$DISPLAY] [${TMPDIR-unset}] [$LD_LIBRARY_PATH] [$SLURM_NTASKS]"
		pwd; exit' -e NONE -e GONE=2
)
is "$(sed -n 1,2p "$T/out" | paste -sd' ')" '300 0027' "limits and umask"
is "$(sed -n 3p "$T/out")" '[a b] [2] [unset]' "variables, and those of -e"
is "$(sed -n 4p "$T/out")" '[] [unset] [/nothing] []' \
	"but none that names what is elsewhere"
is "$(sed -n 5p "$T/out")" "$HOME" "the home directory"
(
	unset KEPT
	in_session 'echo "[${KEPT-unset}]"; exit' -e KEPT
)
is "$(cat "$T/out")" '[unset]' "-e of what is not set unsets what the session has"
(
	export SHELL=/usr/bin/no-such-shell
	vrs cancel >"$T/log/cancel" 2>&1
	in_session 'echo "$SHELL"; exit'
)
is "$(cat "$T/out")" /bin/bash "a shell that is not here is replaced"
ok "it ends" vrs cancel

# ---- XDG_RUNTIME_DIR -----------------------------------------------------------------

in_session 'echo "$XDG_RUNTIME_DIR"; exit'
run=$(cat "$T/out")
like "$run" '^/tmp/vscode-remote-shell\.[^/]*/run$' "there is a directory"
(cd "$run" && exec sleep 100) &
user=$!
ok "who is in it is no part of the session" vrs cancel
ok "which has ended" wait_for 10 no_agents
ok "and its directory stays" test -d "$run"
touch -d '10 minutes ago' "${run%/run}"
in_session 'exit'
ok "the next one" vrs cancel
ok "lets it stay, too" test -d "$run"
kill "$user"
wait "$user" 2>/dev/null
in_session 'exit'
ok "when it is not used any more it goes" wait_for 10 test ! -e "${run%/run}"
ok "the last one ends" vrs cancel

# ---- --server-dir=session ---------------------------------------------------------------

mkdir -p "$HOME/.vscode-server"
in_session 'exit' --server-dir=session
folder=$(dirname "$(find "$VRS_STATE" -name secret)")
ok "server-dir: there is a folder" test -d "$folder/server"
PATH=$folder/server/bin:$PATH sleep 100 &
user=$!
ok "server-dir: the session ends" vrs cancel
ok "server-dir: its folder stays for who has it in PATH" test -d "$folder/server"
ok "server-dir: without the key" test ! -e "$folder/secret"
like "$(cat "$folder/agent.log")" "process $user \(sleep\)" \
	"server-dir: the log tells who uses it"
kill "$user"
wait "$user" 2>/dev/null
vrs list >"$T/out"
ok "server-dir: it is not tidied up at once" test -d "$folder/server"
touch -d '8 days ago' "$folder"/* "$folder"
# list waits for what removes it for a moment only, and the next one goes on.
tidied() {
	vrs list >"$T/out"
	test ! -e "$folder"
}
ok "server-dir: but after a week" wait_for 20 tidied
in_session 'exit' --server-dir=session
folder=$(dirname "$(find "$VRS_STATE" -name secret)")
ok "server-dir: one that nobody uses" vrs cancel
ok "server-dir: goes at once" wait_for 10 test ! -e "$folder"
done_testing
