#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The folder of a dead job that holds any number of files: who connects does not
# wait for it, the front that removes it may be killed, several may sweep at
# once, and in the end nothing is left. Counted, not measured.
TEST_TIMEOUT=${TEST_TIMEOUT:-240}
export TEST_TIMEOUT
. "$(dirname "$0")/../lib.sh"
. "$TESTS/faults/lib.sh"
need_product
! sanitized || skip_all "a sanitized build makes other calls"
strace -o "$T/strace" true 2>/dev/null || skip_all "strace cannot trace here"

FILES=4000
test "$FAULTS" != long || FILES=150000
DEAD=0000000000000001
folder=$VRS_STATE/$DEAD

# dead N: the folder of a job that is no more, with so many files
dead() {
	cp -R "$T/saved" "$folder"
	rm -f "$folder/agent.log" "$folder/ended"
	"$PYTHON" - "$folder" "$1" <<-'END'
	import os, sys
	os.makedirs(sys.argv[1] + "/many")
	for n in range(int(sys.argv[2])):
	    os.close(os.open("%s/many/f%d" % (sys.argv[1], n), os.O_CREAT))
	END
	touch -d '-3 hours' "$folder/about" "$folder"
}

# start NAME [STRACE-OPTION...]: a new session; it runs when this returns
start() {
	name=$1
	shift
	PRELOAD="strace -D -ff -y -o $T/trace-$name $*"
	front_start "$name" --session="$name"
	PRELOAD=
	type "$name" 'echo here'
	wait_for 60 has "$T/log/front-$name.out" '^here' || die "no shell"
}
# end NAME PID
end() {
	type "$1" exit
	wait_for 60 gone "$2" || die "a front does not end"
	vrs cancel "$1" >"$T/log/cancel" 2>&1
}

# looks NAME PID: the calls of the front itself on the state directory
looks() {
	sed 's/AT_FDCWD<[^>]*>//' "$T/trace-$1.$2" |
		grep -c "\(\"\|<\)$VRS_STATE"
}
# The trace of what removes, which gives way to all others.
sweeper() {
	grep -El 'setpriority\(PRIO_PROCESS, 0[^,]*, 19\) += 0' "$T/trace-$1".* 2>/dev/null
}
tidy() { test ! -e "$folder" && test ! -e "$VRS_STATE/gone"; }
files() { find "$VRS_STATE" -type f -name 'f[0-9]*' | wc -l; }

start first
cp -R "$VRS_STATE/$(ls "$VRS_STATE" | grep -x '[0-9a-f]\{16\}')" "$T/saved"
end first "$FRONT"

# ---- nobody waits for it ---------------------------------------------------

for n in 1 $FILES; do
	dead $n
	is "$(files)" $n "a dead job's folder with $n files"
	start "with$n"
	now=$(looks "with$n" "$FRONT")
	test $n = 1 && few=$now
	ok "$n: all is gone in the end" wait_for 120 tidy
	ok "$n: one niced process did it" test -f "$(sweeper "with$n")"
	ok "$n: which ends" wait_for 10 has "$(sweeper "with$n")" \
		'^\+\+\+ exited with 0'
	end "with$n" "$FRONT"
done
diag "calls of the front: $few with one file, $now with $FILES"
# The session's own folder is looked at until its agent has started.
ok "the front itself makes the same calls, or 50 more" \
	test "$now" -le $((few + 50))

# ---- a front that ends meanwhile -------------------------------------------

SLOW='-e inject=unlinkat:delay_enter=2000'
dead 1000
# shellcheck disable=SC2086
start killed $SLOW
begun() { test -d "$VRS_STATE/gone/$DEAD" && test "$(files)" -lt 1000; }
ok "the removal has begun" wait_for 30 begun
sweeper=$(sweeper killed)
sweeper=${sweeper##*.}
ok "by a process of its own" alive "$sweeper"
if sees "$sweeper"; then
	is "$(readlink "/proc/$sweeper/fd/0" "/proc/$sweeper/fd/1" \
		"/proc/$sweeper/fd/2" | sort -u)" /dev/null \
		"which holds nothing of the connection"
else
	skip 1 "only root sees what it holds"
fi
kill -KILL "$FRONT"
ok "it goes with its front" wait_for 10 gone "$sweeper"
left=$(files)
ok "which leaves some of the work" test "$left" -gt 0
ok "where it is nobody's any more" test ! -e "$folder"
diag "left: $left"
vrs cancel killed >"$T/log/cancel" 2>&1

# ---- two at once go on -----------------------------------------------------

# shellcheck disable=SC2086
start one $SLOW
one=$FRONT
# shellcheck disable=SC2086
start two $SLOW
two=$FRONT
ok "the rest is gone" wait_for 60 tidy
ended() { test "$(cat "$T"/trace-one.* "$T"/trace-two.* |
	grep -c '^+++ exited with 0')" -ge 2; }
wait_for 20 ended || diag "not both have ended"
cat "$T"/trace-one.* "$T"/trace-two.* >"$T/both"
if sees "$one"; then
	is "$(grep -c 'unlinkat(.*"f[0-9]*", 0) *= 0' "$T/both")" "$left" \
		"each file was removed once"
	is "$(grep -c 'unlinkat(.*"f[0-9]*", 0) *= -1' "$T/both")" 0 \
		"and no work was done twice"
else
	skip 2 "only root sees the names in its calls"
fi
end one $one
end two $two

# ---- who only lists --------------------------------------------------------

dead 5
listed() { vrs list >"$T/out" 2>&1 && tidy; }
ok "list tidies up, too" wait_for 20 listed
done_testing
