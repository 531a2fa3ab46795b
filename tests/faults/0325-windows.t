#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Several windows open many connections in the same moment: each is a handshake
# with one agent, and all are served.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"
need_product

# windows N COUNT: that many fronts, COUNT connections through each
windows() {
	ports=
	i=0
	while test $i -lt "$1"; do
		i=$((i + 1))
		front_start "$1.$i"
		front_serve "$1.$i"
		ports="$ports $PORT"
	done
	pids=
	for PORT in $ports; do
		load together "$PORT" "$2" >"$T/together.$PORT" &
		pids="$pids $!"
	done
	# shellcheck disable=SC2086 # words
	wait $pids
	served=0
	last=0
	for PORT in $ports; do
		read -r n _ _ ms <"$T/together.$PORT"
		served=$((served + n))
		last=$(printf '%s\n' "$last" "$ms" | sort -n | tail -n 1)
	done
	is $served $(($1 * $2)) "$1 windows, $2 connections each: all served"
	figure "$1 windows, $2 connections each, at once" local $(($1 * $2)) \
		$served "the last after $last ms"
}

windows 8 12
windows 4 30
done_testing
