#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# -e SSH_AUTH_SOCK, -e DISPLAY and alloc -e have no effect, and that is said; so it
# is of options that a command does not use.
. "$(dirname "$0")/../lib.sh"
need_product
queue_new

SSH_AUTH_SOCK=$T/agent.1 DISPLAY=localhost:10.0
export SSH_AUTH_SOCK DISPLAY

# said [OPTION...]: lines of a session that runs, its shell ends at once
said() { queued "$@" >"$T/out" 2>"$T/err" </dev/null; }
vain() { grep -c 'has no effect' "$T/err"; }

said alloc --no-wait -e A=1
like "$(cat "$T/err")" '^vscode-remote-shell: -e has no effect with alloc: variables go to each shell' \
	'alloc -e'
queued -e A=1 alloc --no-wait 2>"$T/err"
is "$(vain)" 0 'but not before the command, where wrappers have it'
queue start 1 >/dev/null 2>&1
said -e SSH_AUTH_SOCK -e DISPLAY -e HOME
like "$(cat "$T/err")" '-e SSH_AUTH_SOCK has no effect in the job: it names a socket of the login node$' \
	'-e SSH_AUTH_SOCK'
like "$(cat "$T/err")" '-e DISPLAY has no effect in the job: it names a display that only the login node reaches$' \
	'-e DISPLAY'
is "$(vain)" 2 'and no other'
said -e "SSH_AUTH_SOCK=$SSH_AUTH_SOCK"
is "$(vain)" 1 'the same value, written out'
said -e "SSH_AUTH_SOCK=/shared/other" -e DISPLAY=desk.example:0
is "$(vain)" 0 'values that are good there: nothing'
DISPLAY=desk.example:0 said -e DISPLAY
is "$(vain)" 0 'nor for a display that all reach'
(unset SSH_AUTH_SOCK && said -e SSH_AUTH_SOCK)
is "$(vain)" 1 'one that is not set here'
said shell -e SSH_AUTH_SOCK -- true
is "$(vain)" 1 'shell -e: one line'
vrs -e SSH_AUTH_SOCK >"$T/out" 2>"$T/err"
is "$(vain)" 0 'on this machine it has an effect'
vrs cancel >"$T/log/end" 2>&1

# ---- options -----------------------------------------------------------------

# idle WANT WORD...: how many lines say so
idle() {
	want=$1
	shift
	queued "$@" >"$T/out" 2>"$T/err" </dev/null
	is "$? $(vain)" "0 $want" "$*: $want lines"
}
idle 1 list --forward-agent
like "$(cat "$T/err")" '^vscode-remote-shell: --forward-agent has no effect with list: it is for a connection, so give it where you connect$' \
	"which option, with which command"
idle 2 list --linger=5m --tee-stdin="$T/tee"
idle 1 list --pre-submit=true
like "$(cat "$T/err")" '--pre-submit has no effect with list: it is for the start of a session$' "what is of a start"
idle 0 --forward-agent --linger=5m list
idle 0 list -v --state-dir="$VRS_STATE" --launcher-timeout=20s
idle 0 config --forward-agent
idle 1 alloc --no-wait --forward-x11 --pre-submit=true
idle 1 status --outbound=off
mkdir -p "$XDG_CONFIG_HOME/vscode-remote-shell"
printf 'forward-agent = yes\nlinger = 5m\n[profile p]\nforward-x11 = yes\n' \
	>"$XDG_CONFIG_HOME/vscode-remote-shell/config"
idle 0 list
idle 0 list --profile=p
VSCODE_REMOTE_SHELL_LINGER=6m idle 0 list
queued cancel --all >"$T/log/end" 2>&1
done_testing
