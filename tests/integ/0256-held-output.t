#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A job ends while its client is slow: what its shell has written before comes
# whole, be it with the agent, under way, or with the front.
. "$(dirname "$0")/../lib.sh"
need_product
at_exit vrs_end

# writer FILE N: writes N numbered lines, or as many as are taken, and says in FILE
# how many it got rid of. A line is one write, which a pipe takes as a whole.
cat >"$T/writer" <<'END'
printf -v fill '%4086s' ''
for ((n = 1; n <= $2; n++)); do
	printf '%09d%s\n' "$n" "$fill"
	echo "$n" >"$1.n"
	mv "$1.n" "$1"
done
exec sleep 600
END

# Of all processor time what the agent has had.
spent() { awk '{ print $14 + $15 }' "/proc/$(agents | head -n 1)/stat"; }

# held NAME N: a front with such a shell, of which nobody reads a byte until
# $T/NAME.read is there; $front, $reader, and $said, the lines that are written
held() {
	name=$1
	vrs --session="$name" --idle-timeout=10m alloc >"$T/log/alloc" 2>&1 ||
		die "$name: no session"
	mkfifo "$T/$name.pipe" "$T/$name.in"
	{
		wait_for 90 test -e "$T/$name.read" &&
			cat >"$T/$name.got"
	} <"$T/$name.pipe" &
	reader=$!
	timeout 120 "$BUILD/vscode-remote-shell" --launcher=local \
		--state-dir="$VRS_STATE" --session="$name" \
		--log-file="$T/log/$name.front" -vvv \
		shell -- "exec bash $T/writer $T/$name.said $2" \
		<"$T/$name.in" >"$T/$name.pipe" 2>"$T/log/$name.err" &
	front=$!
	exec 8>"$T/$name.in"
	wait_for 30 test -e "$T/$name.said" || die "$name: nothing is written"
	said=0 spent=
	# Neither the shell nor the agent has anything to do any more.
	until test "$said $spent" = "$(cat "$T/$name.said") $(spent)"; do
		said=$(cat "$T/$name.said")
		spent=$(spent)
		sleep 2
	done
	diag "$name: $said lines are written"
}

# whole NAME STATUS: all lines come, in order, and the front ends so
whole() {
	touch "$T/$1.read"
	wait "$front"
	status=$?
	exec 8>&-
	is "$status" "$2" "$1: status $2"
	wait "$reader"
	ok "$1: all $said lines come" test \
		"$(head -n "$said" "$T/$1.got" | cut -c 1-9 |
			awk '$1 + 0 != NR { exit } { n = NR } END { print n + 0 }')" \
		= "$said"
}

held ends 100000
vrs --session=ends cancel >"$T/log/cancelled" 2>&1 &
canceller=$!
ok "ends: the front hears it" wait_for 30 has "$T/log/ends.front" \
	'parting: the agent ends: '
whole ends 69
wait "$canceller"

# No more than a front's host takes. It is over for longer than a front waits for
# words that do not come.
held killed 60
# Not its keeper, which has the same words.
pid=$(agents)
kill -KILL "$pid"
ok "killed: the front hears it" wait_for 30 has "$T/log/killed.front" \
	'parting: the job was lost: '
# Of what is typed then the agent's host says that there is nobody.
for i in 1 2 3; do
	echo "$i" >&8
	sleep 2
done
ok "killed: the front waits for its reader" alive "$front"
whole killed 75
done_testing
