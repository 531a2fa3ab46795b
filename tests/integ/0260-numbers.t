#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Numbers in what others wrote, the answers of a launcher and the records of
# jobs of this machine, may be anything; none of them is believed beyond its
# bounds, and none ends a program.
. "$(dirname "$0")/../lib.sh"
need_product

LAUNCH_SAYS=$T/says
export LAUNCH_SAYS
mkdir -p "$LAUNCH_SAYS"
tag=0123456789abcdef
words="job=1 tag=$tag session=default state=pending"

# says VERB WORD...: a record of these words
says() {
	says_verb=$1
	shift
	printf '%s\n' "$@" '' >"$LAUNCH_SAYS/$says_verb"
}

# front WORD...: exit status in $front, output in $T/front
front() {
	timeout 20 "$BUILD/vscode-remote-shell" --launcher="$CLIENTS/launch-says" \
		--state-dir="$VRS_STATE" "$@" </dev/null >"$T/front" 2>&1
	front=$?
}

numbers="9223372036854775807 -9223372036854775808 9223372036854775808
67768036191676799 99999999999999999999 -1 253402300800 0x7f 1e9 x"
bad=
tried=0
for n in $numbers; do
	for key in start end left age cpus mem time-limit status; do
		# shellcheck disable=SC2086
		says find $words "$key=$n"
		says watch job=1 state=ended "$key=$n"
		says extend "$key=$n" "end=$n"
		says submit "job=1" "$key=$n"
		for command in "alloc --no-wait" alloc status list "extend 10" \
			"list --json" "status --json" attach; do
			# shellcheck disable=SC2086
			front $command
			tried=$((tried + 1))
			test $front -lt 124 || bad="$bad $command:$key=$n:$front"
			# shellcheck disable=SC2086
			case $command in
			attach | alloc) set -- ended ;;
			extend*) set -- "10:00 longer" ;;
			list*) set -- default ;;
			status*) set -- -i pending ;;
			*) set -- "job 1 is pending$" ;;
			esac
			grep -q "$@" "$T/front" ||
				bad="$bad $command:$key=$n:$(head -n 1 "$T/front")"
		done
	done
done
is "$bad" "" "$tried answers with a mad number: told as without it"
# shellcheck disable=SC2086
says find $words start=253402300799
front alloc --no-wait
like "$(cat "$T/front")" 'expected start (9999|10000)-' \
	"the last second with a date is one"
# shellcheck disable=SC2086
says find $words start=-5
front -v status
like "$(cat "$T/front")" 'start=-5 is not a number from 0 to 253402300799' \
	"what is ignored is in the log"

# Records of launch-local. Beside a job that lives lie such that are none.
mkdir -p "$T/s/local"
chmod 700 "$T/s" "$T/s/local"
local_says() {
	verb=$1
	shift
	printf '%s\n' "state-dir=$T/s" "$@" '' | "$BUILD/launch-local" "$verb"
}
sleep 600 &
pid=$!
lib_pids="$pid $lib_pids"
start=$(sed 's/.*) //' /proc/$pid/stat | cut -d' ' -f20)
record() {
	printf '%s\n' "host=$(hostname)" \
		"boot=$(cat /proc/sys/kernel/random/boot_id)" "pid=$pid" \
		"start=$start" "tag=$tag" session=default "began=1" limit=0 \
		"$@" ''
}
for name in 7 9223372036854775807 9223372036854775808 007 +7 ' 7' 7x 0 -1 \
	1000000000000000; do
	record >"$T/s/local/$name"
	chmod 600 "$T/s/local/$name"
done
is "$(local_says find | sed -n 's/^job=//p')" 7 \
	"only what we would have written is the record of a job"
for key in pid start began limit; do
	for n in 9223372036854775808 -1 x 4194305 31536001; do
		# in the first line of its key, which counts
		test $key$n = start4194305 || test $key$n = start31536001 ||
			test $key$n = began4194305 ||
			test $key$n = began31536001 ||
			test $key$n = limit4194305 || {
			record | sed "s/^$key=.*/$key=$n/" >"$T/s/local/7"
			local_says find | grep -q job= && echo "$key=$n"
		}
	done
done >"$T/taken"
is "$(cat "$T/taken")" "" "a record with a mad number is none"
record >"$T/s/local/7"
submit() {
	local_says submit "tag=$tag" session=default "command=/bin/true" \
		chdir=/ "log=$T/log/job" user=me
}
# It waits for the one before it, of the same session, and so lives.
is "$(submit | sed -n 's/^job=//p')" 8 "the next job has the next number"
record >"$T/s/local/999999999999999"
chmod 600 "$T/s/local/999999999999999"
like "$(submit)" '999999999999999 is the last number .* remove the record' \
	"where no number is left a line says what to do"
is "$(local_says find | sed -n 's/^job=//p' | tr '\n' ' ')" \
	"7 8 999999999999999 " "and nothing was made that nobody finds"
done_testing
