#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The record of where the agent is has an address that is none: that is said.
. "$(dirname "$0")/../lib.sh"
. "$TESTS/faults/lib.sh"
need_product

front_start one
wait_for 20 has "$T/log/front-one.err" "is job" || die "no session"
record=$(echo "$VRS_STATE"/*/endpoint)
sed 's/^host=.*/host=banana/' "$record" >"$T/bad"
cp "$record" "$T/good"
cat "$T/bad" >"$record"
vrs shell default true >"$T/out" 2>"$T/err" &
front=$!
ok "the address is named" wait_for 20 has "$T/err" \
	"'banana' is not a numeric IPv4 or IPv6 address"
ok "and called nothing else" not has "$T/err" 'unix socket'
cat "$T/good" >"$record"
wait $front
is $? 0 "with a good one it goes on" || diag_file "$T/err"
done_testing
