#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# run.sh TARGET...: each libFuzzer program of build-fuzz for FUZZ_SECONDS (60),
# then each attacker of tests/faults for as long; a table of the hours and runs
# of this time and of all so far. Status 1 when one has found something, which
# then lies in build-fuzz/found. What they learned is kept in build-fuzz/corpus.
cd "$(dirname "$0")/../.." || exit 1
seconds=${FUZZ_SECONDS:-60}
out=build-fuzz
mkdir -p $out/corpus $out/found
: >>"$out/table"
: >"$out/table.new"
bad=0

# row NAME SECONDS RUNS WHAT
row() {
	total=$(awk -v name="$1" '$1 == name { s = $2; r = $3 }
		END { print s + 0, r + 0 }' "$out/table")
	echo "$1 $(($2 + ${total% *})) $(($3 + ${total#* }))" >>"$out/table.new"
	printf '%-24s %8s %14s %10s %16s  %s\n' "$1" \
		"$(awk "BEGIN { printf \"%.3f\", $2 / 3600 }")" "$3" \
		"$(awk "BEGIN { printf \"%.3f\", ($2 + ${total% *}) / 3600 }")" \
		$(($3 + ${total#* })) "$4"
}

printf '%-24s %8s %14s %10s %16s\n' TARGET HOURS RUNS 'ALL HOURS' 'ALL RUNS'
for t; do
	mkdir -p "$out/corpus/$t"
	"$out/$t" -max_total_time="$seconds" -verbosity=0 -print_final_stats=1 \
		-artifact_prefix="$out/found/$t-" "$out/corpus/$t" \
		"tests/fuzz/seeds/$t" >"$out/log" 2>&1 </dev/null
	rc=$?
	what=
	test $rc = 0 || {
		what="FOUND: $(grep -a '^SUMMARY' "$out/log" | cut -c1-80)"
		cp "$out/log" "$out/found/$t.log"
		bad=1
	}
	row "$t" "$seconds" "$(sed -n \
		's/^stat::number_of_executed_units: //p' "$out/log")" "$what"
done
for t in tests/faults/034*.t; do
	name=$(basename "$t" .t)
	FAULTS=long FUZZ_SECONDS=$seconds FAULTS_TABLE="$PWD/$out/attacks" \
		TEST_TIMEOUT=$((seconds + 600)) sh "$t" >"$out/log" 2>&1
	rc=$?
	what=
	test $rc = 0 || {
		what="FOUND: $(grep '^not ok' "$out/log" | head -n 1)"
		cp "$out/log" "$out/found/$name.log"
		bad=1
	}
	row "$name" "$seconds" "$(sed -n 's/^# \([0-9]*\) runs$/\1/p' \
		"$out/log" | awk '{ n += $1 } END { print n + 0 }')" "$what"
done
mv "$out/table.new" "$out/table"
exit $bad
