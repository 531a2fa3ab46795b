#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# make bench: figures of the data path and of the start, beside those of other
# forwarders on this machine. Nothing fails for being slow. From outside:
# BENCH_ROUNDS (default 5), BENCH_SECONDS (of one bulk measurement, default
# 0.25), BENCH_ROWS (only those whose name matches this pattern). The numbers
# are also in $BUILD/bench.json.
TEST_TIMEOUT=${TEST_TIMEOUT:-2400}
export TEST_TIMEOUT
. "$(dirname "$0")/../lib.sh"
need_product
test -x "$BUILD/clients/load" || die "$BUILD/clients/load is not built"

# ssh is a peer, and the way in of the attach figures.
if command -v sshd >/dev/null && command -v ssh >/dev/null; then
	sshd_start
	vrs_host vrs
fi
at_exit vrs_end
ok "measured" "$PYTHON" "$TESTS/bench/bench.py" --dir "$T" \
	--build "$BUILD" --state "$VRS_STATE" --sshd "${lib_sshd_pid:-0}"
done_testing
