#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A first connection over a real ssh: the probes are answered, the block comes
# with a new port and is otherwise what the script printed, and pages of the
# server come through the SOCKS port of that ssh.
. "$(dirname "$0")/../lib.sh"
need_product
sshd_start
vrs_host vrs

agent=$HOME/.vscode-server

# block_as_printed CLIENT: the block, with the new value put into what was
# printed, byte for byte
block_as_printed() {
	sed -n '/: start$/,$p' "$T/$1/script" >"$T/got"
	sed "s/^listeningOn==.*==\$/listeningOn==$(client_get "$1" value)==/" \
		"$agent/printed.$(client_get "$1" uuid)" >"$T/want"
	same "$T/got" "$T/want" "$1: the block is what the script printed"
}

client first vrs
ok "a client gets its port" client_ready first || exit 1
is "$(client_get first strict)" yes "no byte that nobody printed"
is "$(client_get first noise)" 0 "nothing before the answer to the first probe"
is "$(client_get first uname)" "$(uname -rsv)" "uname answers"
like "$(client_get first shell)" '^/.*sh$' "a shell is named"
is "$(client_get first running_pid)" "$(client_get first subshell_pid)" \
	"the script runs in the sub shell"
block_as_printed first
like "$(client_get first value)" '^127\.0\.0\.1:[0-9]+$' \
	"the value has the form it was printed in"
isnt "$(client_get first port)" "$(cat "$agent/port")" \
	"the port is one of our own"

is "$(fetch first /version)" stub-1 "a page comes through SOCKS"
is "$(fetch first /pid)" "$(cat "$agent/pid")" "it is the server of the block"
is "$(fetch first /echo --post 3000000)" same "3 MB go there and come back"
is "$(fetch first '/bytes?5000000' | wc -c)" 5000000 "5 MB come back"

fetch first '/sleep?3' >"$T/slow" &
is "$(fetch first /version)" stub-1 "a slow page does not hold up another"
ok "and was not done before it" test ! -s "$T/slow"
wait $!
is "$(cat "$T/slow")" slept "the slow page comes too"

blanks() { test "$(client_get first blanks)" -ge "$1"; }
ok "blanks after the block come one by one" \
	wait_for 15 blanks $(($(client_get first blanks) + 2))

# A client that waited long: everything typed at once, the first probe four
# times; and the port-only form of the older server.
client second vrs --early --repeat 3 --var FORM=port
ok "a second client that types ahead gets its port" client_ready second ||
	exit 1
is "$(client_get second strict)" yes "all it typed was answered, once each"
block_as_printed second
like "$(client_get second value)" '^[0-9]+$' \
	"a port without a host stays one"
is "$(fetch second /pid)" "$(cat "$agent/pid")" "and leads to the same server"
is "$(fetch first /pid)" "$(cat "$agent/pid")" "the first goes on"

client_close first
ok "the first window is closed" client_is first ended
is "$(fetch second /version)" stub-1 "the second does not notice"
done_testing
