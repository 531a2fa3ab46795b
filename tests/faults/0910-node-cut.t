#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A further node of a job whose packets vanish, both ways and without a word: its
# front ends and says so, its agent and all that it runs end by themselves, the
# session goes on, and the node is had again when its network is back.
# shellcheck disable=SC2154 # from rig/lib.sh
TEST_TIMEOUT=${TEST_TIMEOUT:-600}
# A node that is cut off for minutes is not given up by Slurm.
RIG_CONF_EXTRA="SlurmdTimeout=900"
export TEST_TIMEOUT RIG_CONF_EXTRA
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
. "$(dirname "$0")/lib.sh"
slurm_up

front login1 -S-N2 alloc two </dev/null
is "$rc" 0 "a session on two nodes" || diag_file "$T/err"
job=$(the_job)
bg far "$RIG" exec -u alice login1 "$VRS" shell two --node=c2 -- \
	"echo \$\$; exec sleep 1000"
ok "a command on the second" wait_for 30 has "$T/log/far.out" '^[0-9]+$'
far=$PID
there() { root c2 pgrep -u alice -f 'sleep 1000|vscode-remote-agent' | wc -l; }
ok "it is there, with its agent" test "$(there)" -ge 2

rig cut c2.lan
since=$(lib_now)
ok "the front is told" wait_for 200 gone "$far"
told=$(($(lib_now) - since))
wait "$far"
isnt $? 0 "and ends with a status"
like "$(cat "$T/log/far.err")" 'no answer from its agent on c2' "and a line" ||
	diag_file "$T/log/far.err"
nothing_there() { test "$(there)" = 0; }
ok "what is cut off ends itself" wait_for 200 nothing_there
diag "the front ended after $told tenths of a second, all there after $(($(lib_now) - since))"
front login2 shell two -- hostname </dev/null
is "$rc $(cat "$T/out")" "0 c1" "the session goes on, on its first node"

rig heal c2.lan
again() {
	front login2 shell two --node=c2 -- hostname </dev/null
	test "$rc $(cat "$T/out")" = "0 c2"
}
ok "the second is had again" wait_for 120 again || diag_file "$T/err"
is "$(the_job)" "$job" "in the same job"
figure "a further node cut off" Slurm 1 1 \
	"told after $((told / 10)) s; nothing of it goes on there"
front login1 cancel two </dev/null
is "$rc" 0 "cancel"
all_gone "and nothing is left on any node"
done_testing
