#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A client is gone, and a server in the job neither writes nor closes: the
# connection is reset, and counts no more. Who has only said EOF is waited for.
# It is looked at each 30 seconds, by clocks of their own.
. "$(dirname "$0")/../lib.sh"
. "$TESTS/faults/lib.sh"
need_product
test -x "$BUILD/clients/load" || die "$BUILD/clients/load is not built"

test -f "$INJECT" || skip_all "$INJECT is not built"
clock_new front agent
clock_agent
PRELOAD=$(clock_env front)
front_start one --agent="$T/agent" --log-file="$T/log/one" -vv
front_serve one

clients() { vrs status --json 2>"$T/err" | sed -n 's/.*"clients": *\([0-9]*\).*/\1/p'; }
clients_are() { test "$(clients)" = "$1"; }
after_looks() { clock_pass front agent 15; clients_are "$1"; }

# half shut|close: connects, asks for silence, and, told by a line, says EOF or
# closes; the end of stdin ends it
half() {
	"$PYTHON" -I -c 'import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
s.sendall(b"n")
sys.stdin.readline()
s.shutdown(socket.SHUT_WR) if sys.argv[2] == "shut" else s.close()
sys.stdin.read()' "$PORT" "$1"
}
mkfifo "$T/shut" "$T/close"
half shut <"$T/shut" &
exec 8>"$T/shut"
half close <"$T/close" 8>&- &
exec 7>"$T/close"
# Only then: who is gone before the front has looked whose he is gets no link.
ok "both are connected" wait_for 20 clients_are 2
echo >&8
echo >&7
exec 7>&-
ok "the one that nobody has ends" wait_for 60 after_looks 1
ok "the job's side says why" \
	has "$(echo "$VRS_STATE"/*/agent.log)" 'half closed, and nobody has'
is "$(clients)" 1 "the other stays"
exec 8>&-
ok "until its client is gone" wait_for 60 after_looks 0
done_testing
