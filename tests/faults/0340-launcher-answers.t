#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A launcher answers anything that looks like an answer, and some that does not,
# to every command: no front dies of it, hangs, or hands a terminal what it obeys.
TEST_TIMEOUT=${TEST_TIMEOUT:-$(test "$FAULTS" = long && echo 900 || echo 120)}
export TEST_TIMEOUT
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"
need_product

seconds=${FUZZ_SECONDS:-$(of 8 300)}
seed=$(date +%s)
diag "seed $seed"
mkdir "$T/answers"
$PYTHON "$TESTS/faults/answers.py" --build "$BUILD" --dir "$T/answers" \
	--says "$CLIENTS/launch-says" --seconds "$seconds" --seed "$seed" \
	>"$T/answered" 2>"$T/log/answers"
is $? 0 "launchers were mad"
read -r runs held <"$T/answered"
is "$held" "$runs" "fronts held" || diag_file "$T/log/answers"
diag "$runs runs"
figure "mad answers of a launcher" local "$runs" "$held" "seed $seed"
done_testing
