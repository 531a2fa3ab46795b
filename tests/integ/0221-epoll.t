#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The kernel refuses to watch one descriptor more (max_user_watches): that
# connection fails, and neither the front nor what else it serves.
. "$(dirname "$0")/../lib.sh"
. "$TESTS/faults/lib.sh"
need_product
test -f "$INJECT" || skip_all "inject.so is not built"
clock_new front
export LD_PRELOAD="$FAULT_PRELOAD" FAULT_IN=vscode-remote-shell
export FAULT_STATE="$T/clock-front" FAULT_OF=io FAULT_DO=fail
export FAULT_CALL=epoll_ctl
front_start one --log-file="$T/log/one" -v
unset LD_PRELOAD
front_serve one

# fail_next N: the Nth of its epoll_ctl from now fails; fired: how many did
fail_next() {
	"$PYTHON" -I -c 'import struct, sys
with open(sys.argv[1], "r+b") as f:
    calls = struct.unpack("=q", f.read(16)[8:])[0]
    f.seek(0)
    f.write(struct.pack("=q", calls + int(sys.argv[2])))' \
		"$FAULT_STATE" "$1"
}
fired() {
	"$PYTHON" -I -c 'import struct, sys
print(struct.unpack("=q", open(sys.argv[1], "rb").read(24)[16:])[0])' \
		"$FAULT_STATE"
}
# echoed: a connection to the server in the job, and what it answers
echoed() {
	"$PYTHON" -I -c 'import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20)
s.sendall(b"ex")
print(s.recv(1).decode())' "$PORT" 2>/dev/null
}
is "$(echoed)" x "a connection"
for n in 1 2 3 4 5 6; do
	was=$(fired)
	fail_next $n
	echoed >"$T/out"
	wait_for 5 test "$(fired)" -gt "$was" || echoed >"$T/out"
	ok "call $n of a connection: was refused" \
		wait_for 5 test "$(fired)" -gt "$was"
	ok "call $n of a connection: the front lives" alive "$FRONT"
	is "$(echoed)" x "call $n of a connection: the next one is served"
done
ok "the log tells of it" has "$T/log/one" 'event loop'
done_testing
