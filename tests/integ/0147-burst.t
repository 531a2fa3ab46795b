#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Many connections in the same moment, as a web page makes them: each needs a
# link, the agent lets only some begin a handshake at a time, and all are served.
. "$(dirname "$0")/../lib.sh"
. "$TESTS/faults/lib.sh"
need_product
test -x "$BUILD/clients/load" || die "$BUILD/clients/load is not built"

front_start one
front_serve one
for n in 16 100; do
	load rate "$PORT" $n $n 60000 >"$T/out" 2>"$T/err"
	is $? 0 "$n connections at once are served" || diag_file "$T/err"
done
if ! sees "$FRONT"; then
	skip 3 "only root sees how many connections a front has"
	done_testing
fi
# Those that wait for their turn go with the front.
"$BUILD/clients/load" rate "$PORT" 100 10000 60000 >"$T/out" 2>"$T/err" &
load=$!
many() { test "$(fds "$FRONT")" -ge 60; }
ok "many are open" wait_for 10 many
kill "$FRONT"
gone() { ! alive "$FRONT"; }
ok "a front with many of them ends at once" wait_for 10 gone
wait $load
rc=$?
ok "and its clients hear of it" test $rc != 0
done_testing
