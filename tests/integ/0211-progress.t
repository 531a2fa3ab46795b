#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tests/run.sh on a terminal tells what runs, which of how many, and for how long;
# in a log it does not. Here with a tree of its own, whose tests wait to be told.
. "$(dirname "$0")/../lib.sh"
command -v script >/dev/null || skip_all "script is not installed"

tree=$T/tree
mkdir -p "$tree/tests/integ" "$tree/tests/docs" "$tree/tests/faults" &&
	cp "$TESTS/run.sh" "$tree/tests" || exit 1
: >"$tree/config.mk"
echo 'exit 0' | tee "$tree/tests/deps.sh" >"$tree/tests/faults/table.sh"
cat >"$tree/Makefile" <<'END'
all check-build check-fuzz layers:
	@:
check-unit check-docs check-faults check-vscode:
	@:
check-integ:
	@prove -j2 tests/integ/*.t
END
for n in 1 2 3; do
	cat >"$tree/tests/integ/$n-which-waits-long.t" <<-END
	#!/bin/sh
	i=0
	until test -e '$T/go.$n' || test \$i -gt 600; do
		sleep 0.1
		i=\$((i + 1))
	done
	echo ok 1
	echo 1..1
	END
done

chmod 755 "$tree"/tests/integ/*.t
: >"$T/typescript"
bg terminal script -qfc "stty cols 60; sh $tree/tests/run.sh" "$T/typescript"
shows() { tr '\r' '\n' <"$T/typescript" | grep -Eq -- "$1"; }
ok "two of three run" wait_for 20 shows \
	'^check-integ: 0:[0-9]+, 0 of 3 done, now 1-which-waits-long\.t'
: >"$T/go.1"
ok "one has ended, the third has begun" wait_for 20 shows \
	'^check-integ: 0:[0-9]+, 1 of 3 done, now 2-which-waits-long\.t'
: >"$T/go.2"
: >"$T/go.3"
ok "the end" wait_for 20 shows '^[0-9]+ passed, 0 failed, [0-9]+ skipped'
ended() { gone "$PID"; }
wait_for 20 ended
is "$(tr '\r' '\n' <"$T/typescript" | sed -n 's/^\(.*\).\[K$/\1/p' |
	awk 'length > n { n = length } END { print n }')" 59 \
	"no line is too long for the terminal"

sh "$tree/tests/run.sh" >"$T/log/run" 2>&1
is "$(sed -n '/^check-integ/p;$p' "$T/log/run")" \
	"check-integ: 3 passed, 0 failed, 0 skipped
6 passed, 0 failed, 0 skipped" "a log has the results"
is "$(tr -d '\n\040-\176' <"$T/log/run" | wc -c)" 0 "and nothing else"

printf '#!/bin/sh\necho not ok 1 - never\necho 1..1\nexit 1\n' >"$tree/tests/integ/2-which-waits-long.t"
sed -i 's/^\(all .*\) layers:/layers:\n\t@false\n\1:/' "$tree/Makefile"
sh "$tree/tests/run.sh" >"$T/log/run" 2>&1
is $? 1 "a run with failures"
is "$(tail -n 4 "$T/log/run" | sed 's/ *(Wstat: .*//')" \
	"failed: layers
failed: check-integ: tests/integ/2-which-waits-long.t: not ok 1 - never
failed: check-integ: tests/integ/2-which-waits-long.t
4 passed, 2 failed, 0 skipped" "what failed is named at the end"
done_testing
