# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# What a storm at a link port does to those who have the key. The test has set
# $PORT, a port of a front of theirs, and defines storm, which runs the program
# of that name in $storm_pid, and storm_end, which sends it SIGTERM; visit, a
# shell that attaches and ends; and loaded, which runs tests/clients/load where
# the front is.

now_ms() { read -r lib_up _ </proc/uptime; echo "${lib_up%.*}${lib_up#*.}0"; }

# percentile P: of the numbers in $T/sorted
percentile() {
	sed -n "$((($(wc -l <"$T/sorted") * $1 + 99) / 100))p" "$T/sorted"
}

# measure: 40 connections at once, many one after another, visits, and round
# trips of one that is up: $served of $wanted, and $figures of it
measure() {
	measure_n=$(of 40 1000)
	measure_visits=$(of 10 40)
	wanted=$((40 + measure_n + measure_visits))
	together=$(loaded together "$PORT" 40)
	each=$(loaded each "$PORT" "$measure_n")
	# shellcheck disable=SC2046 # three words
	set -- $(loaded ping "$PORT" 64 "$(of 2000 10000)" 5000)
	p50=$2
	visits=0
	: >"$T/times"
	while test "$(wc -l <"$T/times")" -lt "$measure_visits"; do
		began=$(date +%s%N)
		visit >"$T/out" 2>"$T/visit" && visits=$((visits + 1))
		echo $((($(date +%s%N) - began) / 1000000)) >>"$T/times"
	done
	sort -n "$T/times" >"$T/sorted"
	p99=$(percentile 99)
	served=$((${together%% *} + ${each%% *} + visits))
	figures="attach p50 $(percentile 50) p99 $p99 ms, the last of 40 \
${together##* } ms, round trip $p50 us"
}

# quiet_port: what it is like without a storm
quiet_port() {
	measure
	is "$served" "$wanted" "without a storm all are served" ||
		diag_file "$T/visit"
	diag "quiet: $figures"
	quiet_p50=$p50 quiet_p99=$p99
}

# control_at NAME WHERE ARGUMENT...: the same storm at a plain listener that has
# nothing to do with us: what it costs the machine, on which it takes place too
control_at() {
	storm_name=$1 storm_where=$2
	shift 2
	storm "$@" >"$T/storm" 2>"$T/err" &
	storm_pid=$!
	sleep 0.2
	measure
	ok "$storm_name: it lasted" alive $storm_pid
	storm_end
	wait $storm_pid 2>/dev/null
	read -r storm_rate told <"$T/storm"
	is "$served" "$wanted" "$storm_name: all are served"
	figure "$storm_name" "$storm_where" "$wanted" "$served" \
		"$storm_rate a second; $figures (quiet: $quiet_p99 ms, $quiet_p50 us)"
	control=", at a plain listener: $p99 ms, $p50 us"
}

# storm_at NAME WHERE ARGUMENT...: through such a storm all are served, and no
# stranger is told more than an alert of TLS
storm_at() {
	storm_name=$1 storm_where=$2
	shift 2
	storm "$@" >"$T/storm" 2>"$T/err" &
	storm_pid=$!
	sleep 0.2
	measure
	ok "$storm_name: the storm lasted" alive $storm_pid
	storm_end
	wait $storm_pid 2>/dev/null
	read -r storm_rate told <"$T/storm"
	is "$served ${told:-none}" "$wanted $((${told:-8} > 7 ? 7 : told))" \
		"$storm_name: all are served, and at most 7 bytes told" ||
		diag_file "$T/visit"
	figure "storm of $storm_name" "$storm_where" "$wanted" "$served" \
		"$storm_rate a second; $figures \
(quiet: $quiet_p99 ms, $quiet_p50 us$control)"
}
