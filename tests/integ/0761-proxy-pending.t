#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A ProxyCommand whose job waits: the client gets no byte before sshd's own, and a
# stderr that nobody reads, as of clients that never do, holds up nothing.
. "$(dirname "$0")/../lib.sh"
need_product
PATH=$PATH:/usr/sbin:/usr/local/sbin
command -v sshd >/dev/null || skip_all "no sshd"
queue_new

bg deaf timeout 60 "$PYTHON" "$CLIENTS/deaf.py" "$(queue_command -vvv) proxy"
submitted() { test -n "$(job_last)" && test "$(job_state "$(job_last)")" = pending; }
ok "its job waits" wait_for 20 submitted
deaf=$PID
job=$(job_last)
# Another in the same queue, whose stderr is read: it tells of each change.
queue_command proxy >"$T/words"
# shellcheck disable=SC2046 # words
bg reads timeout 60 $(cat "$T/words")
ok "it says what is waited for" wait_for 20 has "$T/log/reads.err" 'is pending'
for reason in Priority Resources Dependency; do
	queue say "$job" reason=$reason "text=because of $reason"
	ok "and that it is for $reason" wait_for 20 has "$T/log/reads.err" \
		"because of $reason"
done
is "$(cat "$T/log/reads.out" "$T/log/deaf.out")" '' "nothing on stdout so far"
ok "the one that nobody reads waits, too" alive "$deaf"
queue start "$job"
ok "then it is sshd that speaks" wait_for 20 has "$T/log/deaf.out" '^SSH-2.0-'
wait "$deaf"
done_testing
