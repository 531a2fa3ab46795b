#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Output of the job names any number of listeners: so many ports are opened on
# the login node, the oldest that nobody uses goes, and all go with the server.
# Lines that name none hold the output only so often.
# Ports are looked at each half minute, by a clock of the front's own.
# Numbers that are free again are not taken by other tests.
if test -z "$VRS_OWN_NET" && test "$(id -u)" = 0 && unshare -n true 2>/dev/null
then
	VRS_OWN_NET=1 exec unshare -n sh "$0" "$@"
fi
. "$(dirname "$0")/../lib.sh"
. "$TESTS/faults/lib.sh"
need_product
test -f "$INJECT" || skip_all "$INJECT is not built"

test -z "$VRS_OWN_NET" || ip link set lo up || die "no network of its own"
clock_new front
PRELOAD=$(clock_env front)
front_start one --log-file="$T/log/one" -v --confirm-timeout=3s
front_serve one
first=$PORT
# One that is in use all the time.
mkfifo "$T/hold"
exec 8<>"$T/hold"
"$PYTHON" -I -c 'import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
s.sendall(b"ex")
print(s.recv(1), flush=True)
sys.stdin.read()' "$first" <"$T/hold" >"$T/used" &
user=$!
wait_for 20 has "$T/used" x || die "no connection"
cat >"$T/many.py" <<'END'
import socket, sys, time
listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(100)]
print("0123456789ab: start")
for s in listeners:
    print("listeningOn==127.0.0.1:%d==" % s.getsockname()[1])
print("0123456789ab: end", flush=True)
time.sleep(600)
END
type one "'$PYTHON' -I '$T/many.py' & many=\$!; echo many"
ends() { test "$(grep -c '^0123456789ab: end' "$T/log/front-one.out")" = "$1"; }
ok "all lines pass" wait_for 60 ends 2
ports() { ss -Hltnp "src = 127.0.0.1" | grep -c "pid=$FRONT,"; }
if sees "$FRONT"; then
	is "$(ports)" 64 "64 ports are open"
else
	skip 1 "only root sees which ports are of a front"
fi
ok "the log says which was closed" has "$T/log/one" 'there are too many'
last=$(grep -o '^listeningOn==127.0.0.1:[0-9]*' "$T/log/front-one.out" |
	tail -n 1 | sed 's/.*://')
ok "the last one is open" listening "$last"
type one 'kill $many'
only() { clock_pass front 15; test "$(ports)" = 1; }
if sees "$FRONT"; then
	ok "those of a server that is gone close" wait_for 60 only
else
	skip 1 "only root sees which ports are of a front"
fi
ok "the one in use stays" listening "$first"

# 40 lines that name nothing hold it for four confirm-timeouts, not for forty.
type one "echo '0123456789ab: start'; for i in \$(seq 40); do \
echo 'listeningOn==127.0.0.1:1=='; done; echo '0123456789ab: end'"
ok "lines that name nothing are not waited for each" wait_for 60 ends 3
kill $user
done_testing
