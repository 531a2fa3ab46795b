#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What README.md shows of a terminal: list and doctor, typed by alice on a cluster
# where two sessions run and one waits, and where her start-up file prints something.
# It is drawn into build/pictures; that of doc/ shows the same, but for
# numbers.
# shellcheck disable=SC2154 # from rig/lib.sh
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
test -z "${RIG_SLURM:-}${RIG_LAUNCHER:-}" || skip_all "it is of this machine's Slurm"
slurm_up
pictures=$BUILD/pictures
mkdir -p "$pictures"

# typed_in NAME COLUMNS WORD...: what alice sees of that command, as a picture
typed_in() {
	lib_picture=$1 lib_columns=$2
	shift 2
	front login1 "$@" </dev/null
	{
		echo "$ vscode-remote-shell $*"
		sed 's/ *$//' "$T/out"
	} | "$PYTHON" "$CLIENTS/capture.py" "$lib_columns" \
		>"$pictures/$lib_picture.svg"
}

# shown PICTURE: its text, but for numbers and what depends on the machine
shown() {
	"$PYTHON" "$CLIENTS/capture.py" -t <"$1" |
		grep -Ev '^(ok|unknown) ' | sed 's/[0-9][0-9]*/N/g
			s/ gpu:[a-z]*:/ gpu:/; s/  */ /g'
}

# same_picture NAME
same_picture() {
	shown "$pictures/$1.svg" >"$T/made"
	shown "$TESTS/../doc/$1.svg" >"$T/kept"
	same "$T/kept" "$T/made" "doc/$1.svg shows what is seen today" ||
		diag_file "$T/made"
}

front login1 alloc gpu --cpus-per-task=2 --mem=1G --time=4:00:00 \
	-S --partition=gpu -S --gres=gpu:1
front login1 alloc default --cpus-per-task=4 --time=2:00:00 -S --nodelist=c1
front login1 alloc night --no-wait --exclusive --time=8:00:00 -S --nodelist=c1
# Slurm tells when a job should start once it has tried.
waits() {
	front login1 list
	has "$T/out" '^default .* 0 +4 +[0-9]+M ' &&
		has "$T/out" '^night .*PENDING.*T[0-9:]+ \(Resources\)$'
}
ok "two run, one waits, and it is known for how long" wait_for 60 waits || diag_file "$T/out"
typed_in list 116 list
same_picture list

echo 'echo "Welcome to the cluster."' >"$AHOME/.bashrc"
typed_in doctor 120 doctor
is "$rc" 1 "doctor has a warning"
same_picture doctor
done_testing
