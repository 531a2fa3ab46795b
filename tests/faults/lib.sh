# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# For the *.t of this folder: source it after tests/lib.sh. FAULTS=long runs the
# long form of a test; FAULTS_TABLE is the file to which figures are appended.

# shellcheck disable=SC2034 # for the tests
INJECT=$BUILD/faults/inject.so

long() { test "$FAULTS" = long; }

# of SHORT LONG: the number of this form
of() { if long; then echo "$2"; else echo "$1"; fi; }

# figure FAULT WHERE POINTS HELD FIGURE: a row of the table
figure() {
	diag "$1 ($2): $4 of $3 held; $5"
	test -z "$FAULTS_TABLE" ||
		printf '%s|%s|%s|%s|%s\n' "$@" >>"$FAULTS_TABLE"
}

# sweep NAME WHERE SWEEP-ARGUMENT...: every point of it holds
sweep() {
	sweep_name=$1 sweep_where=$2
	shift 2
	sweeps=$((sweeps + 1))
	$PYTHON "$TESTS/faults/sweep.py" "$@" --dir "$T/sweep$sweeps" \
		--build "$BUILD" >"$T/swept" 2>"$T/log/sweep$sweeps"
	is $? 0 "$sweep_name: was tried" || return
	read -r points held found <"$T/swept"
	is "$held" "$points" "$sweep_name: held at each of $points points"
	figure "$sweep_name" "$sweep_where" "$points" "$held" "$found"
}

# Kilobytes that a process has in memory, or had at most (VmHWM).
rss() { sed -n "s/^${2:-VmRSS}:[^0-9]*\([0-9]*\) kB/\1/p" "/proc/$1/status"; }

# A sanitizer keeps what was freed: nothing can be said about memory.
sanitized() { grep -qaF __asan_default_options "$BUILD/vscode-remote-shell"; }
