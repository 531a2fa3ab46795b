#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A front lingers for whoever is connected, but not for a connection on which
# nothing has moved for an hour: else it, and with it the job, would stay for good.
. "$(dirname "$0")/../lib.sh"
. "$TESTS/faults/lib.sh"
need_product
test -x "$BUILD/clients/load" || die "$BUILD/clients/load is not built"
test -f "$INJECT" || skip_all "$INJECT is not built"

clock_new front
PRELOAD=$(clock_env front)
front_start one --linger=25m --log-file="$T/log/one" -vv
front_serve one
front=$FRONT

# A connection to a server that says again what it hears; each line of stdin is
# said, and what comes back is a line of $T/heard.
mkfifo "$T/says"
"$PYTHON" -I -c 'import socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 60)
s.sendall(b"e")
for line in sys.stdin:
    s.sendall(line.encode())
    sys.stdout.write(s.recv(64).decode())
    sys.stdout.flush()
sys.stdout.write("end %d" % len(s.recv(64)))' "$PORT" <"$T/says" >"$T/heard" 2>"$T/log/heard" &
lib_pids="$! $lib_pids"
exec 8>"$T/says"
echo one >&8
ok "a connection" wait_for 20 has "$T/heard" '^one'

# minutes N: they pass for the front at once: in many steps a loaded machine could
# let it miss heartbeats. Whether somebody is there is looked at each 25 minutes.
minutes() { CLOCK_STEP=$(($1 * 60)) clock_pass front $(($1 * 60)); }

kill -HUP "$front"
ok "its ssh is gone: it lingers" wait_for 10 has "$T/log/one" 'lingering for 1500 s'
minutes 25
minutes 25
ok "a connection that says nothing for less than an hour keeps it" alive "$front"
echo two >&8
ok "it still carries" wait_for 10 has "$T/heard" '^two'
minutes 25
minutes 25
ok "from then on it has another hour" alive "$front"
later() { minutes 25 && gone "$front"; }
ok "after that it goes" wait_for 10 later
ok "and says why" has "$T/log/one" 'nobody came back'
exec 8>&-
done_testing
