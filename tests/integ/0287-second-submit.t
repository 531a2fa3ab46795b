#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A submit that was not answered is tried again: the address at which the first
# one's agent was to call is given up, so that the second one's can.
. "$(dirname "$0")/../lib.sh"
need_product
queue_new

# From the first submit on the scheduler does not answer.
cat >"$T/launcher" <<-END
	#!/bin/sh
	if test "\$1" = submit && ! test -e '$T/asked'; then
		echo 'the queue is down' >'$VRS_QUEUE/down'
		touch '$T/asked'
	fi
	exec '$PYTHON' '$CLIENTS/launch-queue' "\$1"
END
chmod 755 "$T/launcher"
# One for the front, and one for the agent, which is on the same host here.
two_are_free() {
	port=$(free_port)
	! listening "$port" && ! listening $((port + 1))
}
ok "two ports" wait_for 10 two_are_free

# shellcheck disable=SC2046 # words
printf 'exit 5\n' | $(queue_command --launcher="$T/launcher" --session=a -vvv \
	--link-port="$port-$((port + 1))" --outage-timeout=60s) >"$T/out" 2>"$T/log/err" &
PID=$!
lib_pids="$PID $lib_pids"
ok "the submit is not answered, nor is the look behind it" wait_for 20 \
	has "$T/log/err" 'the queue is down; trying again'
rm "$VRS_QUEUE/down"
ok "another job is submitted" wait_for 20 has "$T/log/err" \
	'job [0-9]+ is pending'
is "$(grep -c '^submit' "$VRS_QUEUE/calls")" 2 "two submits"
is "$(ss -Hltn "sport >= :$port and sport <= :$((port + 1))" | wc -l)" 1 \
	"one address"
is "$(ls -d "$VRS_STATE"/*/home.* | wc -l)" 1 "which is in one folder"
queue start "$(job_last)"
wait "$PID"
is $? 5 "its shell"
done_testing
