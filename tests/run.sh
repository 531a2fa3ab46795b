#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The one test command: installs what is missing (tests/deps.sh), builds, runs
# every test, and ends with the line
#
#	N passed, N failed, N skipped
#
# and status 0 only when nothing failed. Counted are the tests of TAP, one a
# line "ok" or "not ok"; a file that breaks without a failed test counts as one
# failed, a file that is skipped whole as one skipped. Steps without TAP (the
# build, the seeds of the fuzz targets, the layers) count as one each.
#
#	--require-slurm   a test that is skipped for want of Slurm has failed
#
# B=DIR names another build directory; TEST_TIMEOUT bounds each *.t (tests/lib.sh).
# On a terminal its last line tells meanwhile what runs, which of how many files,
# and for how long; a log has none of that.

cd "$(dirname "$0")/.." || exit 1
exec </dev/null
LC_ALL=C
export LC_ALL
unset MAKEFLAGS MAKELEVEL MFLAGS PERL_TEST_HARNESS_DUMP_TAP CDPATH
B=${B:-build}
AGAIN_MAX=${AGAIN_MAX:-2}
require_slurm=
for arg; do
	case $arg in
	--require-slurm) require_slurm=1 ;;
	*)	echo "usage: run.sh [--require-slurm]" >&2
		exit 64 ;;
	esac
done

passed=0 failed=0 skipped=0
begun=		# what runs in the background, pids of timeout(1)
out=$(mktemp -d) || exit 1
: >"$out/failures"
trap 'hide; end_begun; rm -rf "$out"' EXIT
trap 'echo "interrupted" >&2; exit 130' HUP INT TERM

add() {
	passed=$((passed + $1)) failed=$((failed + $2))
	skipped=$((skipped + $3))
}

finish() {
	# Again, since what is above may be long, and whoever keeps a log may cut it.
	cat "$out/failures"
	echo "$passed passed, $failed failed, $skipped skipped"
	test $failed = 0
	exit
}

show() {
	echo "---- $1"
	tail -n 500 "$2" | tr -d '\000'
	echo "----"
}

# ---- what runs, on a terminal ------------------------------------------------

shower=
# files NAME: how many tests a target of make has
files() {
	case $1 in
	check-unit) ls tests/unit/test_*.c tests/unit/*/test_*.c ;;
	check-vscode*) ls tests/vscode/*.t ;;
	*)	ls tests/"${1#check-}"/*.t ;;
	esac 2>/dev/null | wc -l
}

# running NAME: those that have begun and, by prove's log, not ended
running() {
	sed -n 's/^\([^ ]*\) \.\.* .*/\1/p' "$out/$1.log" >"$out/ended"
	(cd "$out/$1" && find . -type f) | sed 's|^\./||' |
		grep -vxF -f "$out/ended" | sed 's|.*/||' | sort | tr '\n' ' '
}

# progress NAME: its one line, again and again
progress() {
	begin=$(date +%s) of=$(files "$1")
	{ columns=$(stty size 2>/dev/null <&3 | cut -d' ' -f2); } 3>&1
	test "${columns:-0}" -gt 20 || columns=80
	while sleep 1; do
		took=$(($(date +%s) - begin)) now=
		took=$(printf '%d:%02d' $((took / 60)) $((took % 60)))
		if test -d "$out/$1"; then
			now=$(running "$1")
			now=", $(wc -l <"$out/ended") of $of done, now $now"
		fi
		printf '\r%s\033[K' \
			"$(echo "$1: $took$now" | cut -c1-$((columns - 1)))"
	done
}

# show_while NAME COMMAND...: progress beside it; its status
show_while() {
	if test -t 1; then
		progress "$1" &
		shower=$!
	fi
	shift
	"$@"
	set -- $?
	hide
	return "$1"
}

# Only when something else went wrong is there any that still runs.
end_begun() {
	# shellcheck disable=SC2086 # pids
	test -z "$begun" || kill $begun 2>/dev/null
}

hide() {
	test -n "$shower" || return 0
	# Not TERM: a shell that has just begun may still catch it, as we do.
	kill -KILL "$shower" 2>/dev/null
	wait "$shower" 2>/dev/null
	shower=
	printf '\r\033[K'
}

# Into the log of $name
logged() { "$@" >"$out/$name.log" 2>&1; }

# step NAME COMMAND...: one that prints no TAP; all of its output is a log
step() {
	name=$1
	shift
	if show_while "$name" logged "$@"; then
		echo "$name: ok"
		add 1 0 0
	else
		show "$name failed: $*" "$out/$name.log"
		echo "failed: $name" >>"$out/failures"
		add 0 1 0
		return 1
	fi
}

# The lines of a directory of TAP files, each with its file's name before it.
tap_lines() {
	find "$1" -type f | sort | while read -r f; do
		sed "s|^|${f#"$1"/}: |" "$f"
	done
}

# What was skipped because Slurm is not there, by the reason or the file's name
slurm_skips() { grep -i ' # SKIP' "$1" | grep -i slurm; }

# tap_begin TARGET [WHAT]: a target of make that runs prove, which leaves each
# file's TAP, in the background; WHAT tells one run of it from another. What the
# shell has there ignores SIGINT, which tests do not.
tap_begin() {
	name=$1${2:+-$2}
	mkdir "$out/$name"
	PERL_TEST_HARNESS_DUMP_TAP=$out/$name timeout -k 30 3000 \
		env --default-signal=INT --default-signal=QUIT \
		make -s B="$B" "$1" >"$out/$name.log" 2>&1 &
	echo $! >"$out/$name.pid"
	begun="$begun $!"
}

# prove names each bad file in its summary: "FILE (Wstat: ... Failed: N)"
failed_files() { sed -n 's/^\(.*[^ ]\)  *(Wstat: .*)$/\1/p' "$1"; }
failed_in() {
	sed -n 's/^.* (Wstat: .*Failed: \([0-9]*\))$/\1/p' "$1" |
		awk '{ n += $1 > 0 ? $1 : 1 } END { print n + 0 }'
}

# tell_failures WORD: what failed in $name, each with the first lines that it said, as
# far as others that ran beside it leave them together
tell_failures() {
	grep -E '^[^ ]*: not ok\b' "$out/$name.tap" | while IFS= read -r line; do
		echo "$1: $name: $line"
		grep -F -A 12 "# failed: ${line#* - }" "$out/$name.log" |
			grep '^#' | head -n 12
	done >>"$out/failures"
	grep ' (Wstat: ' "$out/$name.log" | sed "s/^/$1: $name: /" >>"$out/failures"
}

# again TARGET [WHAT]: the files of $name that failed, alone; whether they pass, and
# then their TAP is that of the second run
again() {
	case $1 in
	check-integ | check-faults | check-vscode) ;;
	*)	return 1 ;;
	esac
	again_pin=${2:-}
	# shellcheck disable=SC2046 # names of files
	set -- $(failed_files "$out/$name.log")
	test $# -gt 0 && test $# -le "$AGAIN_MAX" || return 1
	echo "$name: once more, alone: $*"
	mkdir "$out/again" || return 1
	show_while "$name" logged_again env ${again_pin:+VSCODE_PIN="$again_pin"} \
		BUILD="$(cd "$B" && pwd)" FAULTS_TABLE="$(cd "$B" && pwd)/faults/table" \
		PERL_TEST_HARNESS_DUMP_TAP="$out/again" prove "$@"
	again_rc=$?
	if test $again_rc = 0; then
		cp -R "$out/again/." "$out/$name/"
	else
		show "$name failed again" "$out/again.log"
	fi
	rm -rf "$out/again"
	return $again_rc
}
logged_again() { timeout -k 30 1800 "$@" >"$out/again.log" 2>&1; }

# tap_end TARGET [WHAT]: it has ended; what its tests said
tap_end() {
	name=$1${2:+-$2}
	pid=$(cat "$out/$name.pid")
	show_while "$name" wait "$pid"
	rc=$?
	begun=$(echo " $begun " | sed "s/ $pid / /")
	tap_lines "$out/$name" >"$out/$name.tap"
	f=$(failed_in "$out/$name.log")
	test "$rc" = 0 || test "$f" -gt 0 || f=1
	if test "$f" != 0; then
		show "$name failed" "$out/$name.log"
		# That of make when prove has run all; timeout's are others.
		if test "$rc" = 2 && again "$@"; then
			tell_failures flaky
			tap_lines "$out/$name" >"$out/$name.tap"
			f=0
		else
			tell_failures failed
		fi
	fi
	p=$(grep -Ev '# SKIP' "$out/$name.tap" | grep -Ec '^[^ ]*: ok\b')
	s=$(grep -Eic '^[^ ]*: (ok .*|1\.\.0.*)# SKIP' "$out/$name.tap")
	if test -n "$require_slurm" && slurm_skips "$out/$name.tap"; then
		n=$(slurm_skips "$out/$name.tap" | wc -l)
		echo "skipped although --require-slurm: the above"
		s=$((s - n)) f=$((f + n))
	fi
	echo "$name: $p passed, $f failed, $s skipped"
	add "$p" "$f" "$s"
}

tap() { tap_begin "$@" && tap_end "$@"; }

configure() { autoheader -f && autoconf -f && ./configure; }

lacked=$(sh tests/deps.sh -n build test)
if ! sh tests/deps.sh build test vscode; then
	add 0 1 0
	finish
fi
# What was just installed may be something that configure did not find before.
if test ! -e config.mk || test "$lacked" != "$(sh tests/deps.sh -n build test)"
then
	step configure configure || finish
fi
step build make -j"$(nproc)" B="$B" check-build || finish
if test -n "$require_slurm" && test ! -x "$B/launch-slurm"; then
	echo "launch-slurm was not built although --require-slurm"
	add 0 1 0
fi
tap check-unit
step check-fuzz make -s B="$B" check-fuzz
step layers make -s B="$B" layers
tap check-docs
# The versions of VS Code come side by side, but not beside all the others: a
# window that has no processor for minutes is given up by what drives it. The
# faults come alone, since many of their figures are of time.
pins=$(sh tests/vscode/server.sh pins)
tap check-integ
for pin in $pins; do
	VSCODE_PIN=$pin
	export VSCODE_PIN
	tap_begin check-vscode "$pin"
done
unset VSCODE_PIN
for pin in $pins; do
	tap_end check-vscode "$pin"
done
tap check-faults
sh tests/faults/table.sh "$B/faults/table"
finish
