#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What tests/run.sh counts, and which files it runs once more, in a tree that has
# only tests.
# shellcheck disable=SC2016 # for other shells
. "$(dirname "$0")/../lib.sh"

mkdir -p "$T/tree/tests" "$T/tree/build"
cd "$T/tree" || die "no directory"
for dir in unit docs integ faults vscode; do
	mkdir "tests/$dir"
	printf '#!/bin/sh\necho "ok 1 - here"; echo 1..1\n' >"tests/$dir/0100-good.t"
done
cp "$TESTS/run.sh" tests/
echo 'exit 0' >tests/deps.sh
echo 'echo 1.0' >tests/vscode/server.sh
echo 'exit 0' >tests/faults/table.sh
touch config.mk
cat >Makefile <<-'X'
	check-build check-fuzz layers:
	check-unit check-docs check-integ check-faults check-vscode: ; \
		prove -j2 $(wildcard tests/$(@:check-%=%)/*.t)
X

# bad FILE TIMES: a test whose second assertion fails so many times
bad() {
	cat >"tests/$1" <<-X
		#!/bin/sh
		echo "ok 1 - here"
		echo x >>$T/seen.\$(basename \$0)
		if test \$(wc -l <$T/seen.\$(basename \$0)) -gt $2; then
			echo "ok 2 - said"
		else
			echo "not ok 2 - said"
			echo "# failed: said" >&2
			echo "#      got: nothing" >&2
		fi
		echo 1..2
		test \$(wc -l <$T/seen.\$(basename \$0)) -gt $2
	X
}
# run: all that there is; then nothing is bad any more
run() {
	rm -f "$T"/seen.*
	sh tests/run.sh >"$T/out" 2>&1
	rc=$?
	last=$(tail -n 1 "$T/out")
	rm -f tests/*/*-bad*.t
}

run
is "$rc $last" '0 8 passed, 0 failed, 0 skipped' 'all pass'
unlike "$(cat "$T/out")" 'once more' 'once'

bad integ/0200-bad.t 1
run
is "$rc $last" '0 10 passed, 0 failed, 0 skipped' 'one that fails once is run again'
like "$(cat "$T/out")" 'check-integ: once more, alone: tests/integ/0200-bad.t' \
	'which is told'
like "$(tail -n 5 "$T/out")" \
	'^flaky: check-integ: tests/integ/0200-bad.t: not ok 2 - said' 'at the end, too'
like "$(tail -n 5 "$T/out")" 'got: nothing' 'with what it said'

bad vscode/0200-bad.t 2
run
is "$rc $last" '1 9 passed, 1 failed, 0 skipped' 'one that fails twice has failed'
like "$(tail -n 5 "$T/out")" \
	'^failed: check-vscode-1.0: tests/vscode/0200-bad.t: not ok 2 - said' 'and is told'

for n in 1 2 3; do bad "faults/020$n-bad$n.t" 1; done
run
is "$rc $last" '1 11 passed, 3 failed, 0 skipped' 'many that fail are not run again'
unlike "$(cat "$T/out")" 'once more' 'at all'

bad unit/0200-bad.t 1
run
is "$rc $last" '1 9 passed, 1 failed, 0 skipped' 'nor are those that wait for nothing'
done_testing
