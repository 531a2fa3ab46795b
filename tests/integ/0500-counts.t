#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What the data path costs, counted: numbers that a slow or busy machine does not
# change, or not beyond the limits here, which are wider than those of make bench.
. "$(dirname "$0")/../lib.sh"
. "$TESTS/faults/lib.sh"
need_product
test -x "$BUILD/clients/load" || die "$BUILD/clients/load is not built"

front_start one
front_serve one
agent=$(agents)

fds_before="$(fds "$FRONT") $(fds "$agent")"

# ---- memory and descriptors ------------------------------------------------

# own PID: kilobytes, without the libraries, which count the more the fewer others
# have them; nothing when that may not be read
own() { sed -n 's/^Pss_Anon:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$1/smaps_rollup"; }

# shellcheck disable=SC2086 # two numbers
sum() { set -- $1 && echo $(($1 + $2)); }

mkfifo "$T/hold"
load hold "$PORT" 100 0 <>"$T/hold" >"$T/out" 2>"$T/err" &
hold=$!
base="$(own "$FRONT" 2>"$T/own") $(own "$agent" 2>>"$T/own")"
said() { grep -q "$1" "$T/out"; }
ok "100 connections" wait_for 30 said open || diag_file "$T/err"
full="$(own "$FRONT" 2>>"$T/own") $(own "$agent" 2>>"$T/own")"
n=$(($(sum "$(fds "$FRONT") $(fds "$agent")") - $(sum "$fds_before")))
# Two of each for a connection; the spare links of before may be among them.
if sees "$FRONT"; then
	ok "take $n descriptors of both" test "$n" -le 416 -a "$n" -ge 384
else
	skip 1 "only root sees how many descriptors they have"
fi
if sanitized || test -s "$T/own"; then
	skip 3 "memory: a sanitized build, or not readable"
else
	# shellcheck disable=SC2086
	set -- $base
	ok "without connections $1 and $2 KiB of their own" \
		test "$1" -le 2048 -a "$2" -le 2048
	n=$(awk '/^Private/ { n += $2 } END { print n }' \
		"/proc/$(ps -o ppid= -p "$agent" | tr -d ' ')/smaps_rollup")
	ok "the agent's keeper: $n KiB of its own" test "$n" -gt 0 -a "$n" -le 400
	n=$((($(sum "$full") - $(sum "$base")) / 100))
	# From OpenSSL 3.2 on each of the four directions has 4.4 kB of its own.
	most=36
	! pkg-config --atleast-version=3.2 openssl || most=48
	ok "for a connection $n KiB of both" test "$n" -le $most
fi
printf '\n\n\n' >"$T/hold"
wait $hold

# ---- a reader that does not read -------------------------------------------

mkfifo "$T/stall"
if sanitized; then
	skip 2 "a sanitizer keeps what was freed"
else
	for way in down up; do
		before="$(rss "$FRONT") $(rss "$agent")"
		"$BUILD/clients/load" stall "$PORT" $way <>"$T/stall" \
			>"$T/out" 2>&1 &
		stall=$!
		sleep 2		# as long as nobody reads
		n=$(($(sum "$(rss "$FRONT") $(rss "$agent")") - \
			$(sum "$before")))
		ok "a slow reader, $way: $n KiB more in both" \
			test "$n" -le 1024
		kill $stall
		wait $stall 2>/dev/null
	done
fi

# ---- system calls ----------------------------------------------------------

can_trace() {
	! sanitized && test "$(id -u)" = 0 && strace -c -o "$T/strace" true 2>/dev/null
}

# calls FILE COMMAND...: the system calls of both while it runs; its output goes
# to FILE
calls() {
	calls_out=$1 calls_pids=
	shift
	for p in $FRONT $agent; do
		strace -c -o "$T/count.$p" -p "$p" 2>"$T/strace.$p" &
		calls_pids="$calls_pids $!"
		wait_for 10 has "$T/strace.$p" attached ||
			die "strace does not attach"
	done
	"$@" >"$calls_out"
	# shellcheck disable=SC2086
	kill -INT $calls_pids
	# shellcheck disable=SC2086
	wait $calls_pids
	awk '$1 ~ /^[0-9]/ && $NF != "total" { n += $4 } END { print n }' \
		"$T"/count.[0-9]*
}

# bulk_calls WAY: those of a MB are few, in $n, when the source is quick enough
# to fill turns of 128 KiB; with a try when it is not
bulk_calls() {
	for try in 1 2 3 4 5; do
		n=$(calls "$T/out" load bulk "$PORT" "$1" 1 1000)
		read -r _ bytes <"$T/out"
		n=$((n * 1000 / (bytes / 1000 + 1)))
		test "$n" -gt 100 || return 0
		diag "try $try: $n system calls a MB $1"
	done
	return 1
}

# trip_calls: tenths of those of a round trip, in $n. Less when two things are found
# ready at once; on a busy machine a look that finds nothing comes in between.
trip_calls() {
	for try in 1 2 3 4 5; do
		few=$(calls "$T/out" load ping "$PORT" 1 200 60000)
		many=$(calls "$T/out" load ping "$PORT" 1 1200 60000)
		n=$((((many - few) * 10 + 500) / 1000))
		test "$n" -gt 120 || return 0
		diag "try $try: $n tenths of system calls a round trip"
	done
	return 1
}

if can_trace; then
	ok "a round trip is at most 12.0 system calls of both" trip_calls
	diag "tenths of system calls a round trip: $n"
	for way in down up; do
		ok "a MB $way is at most 100" bulk_calls $way
		diag "system calls a MB $way: $n"
	done
else
	skip 3 "system calls: sanitized, or strace cannot trace others here"
fi

# ---- the shared file system ------------------------------------------------

# looks FILE: system calls on the state directory in a trace
looks() {
	sed 's/AT_FDCWD<[^>]*>//; /<unfinished/d' "$1" |
		grep -c "\(\"\|<\)$VRS_STATE"
}
# With the options of the job, as every day; 0282-options-differ.t has the others.
traced_attach() {
	printf 'echo here\nexit\n' | strace -f -y -o "$T/trace" \
		"$BUILD/vscode-remote-shell" --launcher=local --linger=0 \
		--idle-timeout=20m --state-dir="$VRS_STATE" >"$T/out" 2>"$T/err"
}
if can_trace; then
	traced_attach	# by which the scope is known
	traced_attach
	like "$(cat "$T/out")" here "an attach is traced"
	n=$(looks "$T/trace")
	ok "an attach: $n looks at the state directory" test "$n" -le 45
	is "$(grep -c 'execve(.*launch-' "$T/trace")" 0 "and no launcher"
else
	skip 3 "system calls: sanitized, or strace cannot trace others here"
fi

# ---- an idle session -------------------------------------------------------

# How often both have been on a processor: what woke them up.
runs() {
	cat "/proc/$FRONT/status" "/proc/$agent/status" |
		awk '/^voluntary_ctxt_switches/ { n += $2 } END { print n }'
}

# A heartbeat is each 10 s, and wakes up the front twice and the agent once. In
# the first half minute both also look after the new session, once or twice.
idle() {
	n=$(runs)
	sleep 10	# the time is what is measured
	n=$(($(runs) - n))
	test "$n" -le 4
}
ok "10 idle seconds with nothing but a heartbeat" wait_for 60 idle
diag "wake-ups of both in 10 s: $n"
done_testing
