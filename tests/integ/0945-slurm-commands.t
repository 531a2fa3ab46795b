#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The commands on a real Slurm cluster, as alice types them on two login nodes.
# shellcheck disable=SC2154 # from rig/lib.sh
# shellcheck disable=SC2016 # expanded in the job
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
slurm_up

# row NAME: its line of the list, without padding
row() { sed -n "s/  */ /g; /^$1 /p" "$T/out"; }
value() { sed -n "s/^$1: *//p" "$T/out"; }

front login1 list --no-header
is "$rc $(cat "$T/out")" "0 " "no session: an empty list"
front login2 status
is "$rc" 2 "no session: status 2"
front login2 shell true </dev/null
is "$rc" 69 "no session: nothing to join"
ok "and no job for it" no_job

# ---- running and waiting ones ----------------------------------------------

front login1 alloc gpu -S --partition=gpu -S --gres=gpu:1 -S --cpus-per-task=2 \
	-S --mem=1G -S --time=30
is "$rc" 0 "alloc waits for the job"
job=$(the_job)
front login1 alloc rest --no-wait -S --nodelist=c1 -S --cpus-per-task=4 \
	-S --time=1:00:00
is "$rc" 0 "alloc --no-wait"
diag "alloc --no-wait: after $took tenths of a second"
wait_for 20 job_is "$(root ctl squeue -h -n vscode-remote-shell-rest -o %i)" \
	RUNNING
front login2 alloc full --no-wait -S --nodelist=c1 -S --exclusive \
	-S --time=2-0
is "$rc" 0 "alloc --no-wait of a job that has to wait"
ok "does not wait for it" job_is \
	"$(root ctl squeue -h -n vscode-remote-shell-full -o %i)" PENDING
front login2 alloc down --no-wait -S --partition=down -S --time=20
like "$(cat "$T/err")" 'pending \(PartitionDown: the partition is down\)$' \
	"alloc --no-wait tells why a job waits"

front login2 list
like "$(row gpu)" \
	"^gpu $job RUNNING (29:[0-9]+|30:00) 0:[0-9]+ 0 2 [0-9]+M 1G gpu[a-z:]*:1 - c2\$" \
	"list, by the other login node"
like "$(row full)" '^full [0-9]+ PENDING 2-00:00:00 - - [0-9]+ - [^ ]+ - [^ ]+ \(' \
	"list: one that waits"
like "$(row down)" '^down [0-9]+ PENDING 20:00 - - 1 - 100M - - \(PartitionDown\)$' \
	"list: why"
front login1 status gpu
is "$rc $(value state) $(value node) $(value partition)" "0 RUNNING c2 gpu" \
	"status: it runs, 0"
is "$(value clients)" 0 "status: its agent told"
like "$(value idle)" '^0:[0-9]+$' "status: how long it is idle"
front login1 status down
is "$rc $(value reason)" "1 PartitionDown (the partition is down)" \
	"status: it waits, 1"
front login1 list --json
if ! grep -q 'without jansson' "$T/err"; then
	is "$(grep -c '"agent": "[0-9]' "$T/out")" 2 "list --json: two agents told"
	# Slurm has one for a job only when it has tried to start it.
	reasons() {
		front login1 list --json
		test "$(grep -c '"reason": "' "$T/out")" = 2
	}
	ok "two jobs have a reason" wait_for 60 reasons || diag_file "$T/out"
else
	skip 2 "built without jansson"
fi
is "$(bob login1 "$VRS" list --no-header 2>&1)" "" "bob sees none of them"

# ---- shell -----------------------------------------------------------------

front login2 shell gpu 'echo $SLURM_JOB_ID $SLURMD_NODENAME; exit 5'
is "$rc $(cat "$T/out")" "5 $job c2" "shell: a command in the job"
is "$(alice login1 sh -c "echo in | $VRS ssh gpu cat" 2>/dev/null)" in \
	"ssh: with stdin"

# ---- extend ----------------------------------------------------------------

front login1 extend down 1:00:00
is "$rc" 0 "extend: a job that waits"
front login2 list
like "$(row down)" '^down [0-9]+ PENDING 1:20:00 ' "list shows it"
front login1 alloc brief --no-wait -S --partition=short -S --exclusive \
	-S --nodelist=c2
front login1 extend brief 1:00:00
is "$rc" 69 "extend: beyond what the partition has"
like "$(cat "$T/err")" "denied( for job [0-9]+)?; it may be beyond the partition's maximum\$" \
	"extend: a hint at that"
front login1 cancel brief
front login1 alloc unlimited --no-wait -S --partition=down
front login1 list --no-header
like "$(row unlimited)" '^unlimited [0-9]+ PENDING UNLIMITED ' \
	"list says so of a job that waits"
front login1 extend unlimited 10
is "$rc" 69 "extend: a job that has no limit"
like "$(cat "$T/err")" 'has no time limit to extend$' "says so"
front login1 cancel unlimited
front login1 extend gpu 10
is "$rc" 69 "extend: Slurm does not let a user extend a running job"
like "$(cat "$T/err")" 'Slurm did not extend the job: Access/permission denied( for job [0-9]+)?; most sites' \
	"in Slurm's words"
root ctl scontrol update "jobid=$job" timelimit=120 >"$T/log/update" 2>&1
front login1 status gpu
like "$(value 'time left')" '^(1:59:|2:00:00)' "what the administrator does counts"

# ---- what dead jobs leave --------------------------------------------------

front login1 status gpu
tag=$(basename "$(dirname "$(value log)")")
for n in 1 2; do
	cp -a "$STATE/$tag" "$STATE/000000000000000$n"
	echo a line >"$STATE/000000000000000$n/agent.log"
done
sed -i 's/^scope=.*/scope=other/' "$STATE/0000000000000002/about"
find "$STATE" -path '*/000000000000000*' -exec touch -d '-3 hours' {} +
like "$(cat "$STATE/$tag/about")" '^scope=rig$' "a folder tells its cluster"
# While slurmctld is down nobody can say that a job is dead.
rig kill ctl slurmctld TERM >/dev/null
front login1 list --launcher-timeout=15s
isnt "$rc" 0 "list without slurmctld fails"
ok "and removes nothing" test -e "$STATE/0000000000000001/secret"
front login1 logs gpu
is "$rc" 0 "logs needs no slurmctld"
# It takes a while to end; until then no other starts.
started() { rig start ctl slurmctld >"$T/started" 2>&1; }
wait_for 20 started
listed() { front login1 list && row gpu | grep -q RUNNING; }
ok "list with slurmctld again" wait_for 30 listed
# It waits for what removes them for a moment only, and the next one goes on.
tidied() { front login1 list && test ! -e "$STATE/0000000000000001/secret"; }
ok "removes the secret of a dead job" wait_for 20 tidied
ok "but not its log" test -s "$STATE/0000000000000001/agent.log"
ok "nor anything of another cluster's" \
	test -e "$STATE/0000000000000002/secret"
ok "nor of a live job's" test -e "$STATE/$tag/secret"
rm -rf "$STATE/0000000000000001" "$STATE/0000000000000002"

# The comment of a live job is anybody's to change who may change the job.
alice login1 scontrol update "jobid=$job" comment=mine >"$T/log/comment" 2>&1
is "$(alice login1 squeue -h -j "$job" -o %k)" mine \
	"a comment of the user's own"
find "$STATE/$tag" -exec touch -d '-3 hours' {} +
front login2 list
like "$(row gpu)" "^gpu $job RUNNING " "list still finds the session"
ok "and leaves its folder" test -e "$STATE/$tag/secret"
root ctl scontrol update "jobid=$job" \
	comment='vscode-remote-shell session=rest tag=0123456789abcdef'
front login1 shell gpu true </dev/null
is "$rc" 0 "it can be joined, whatever the comment says"
ok "its folder is still there" test -e "$STATE/$tag/secret"

# ---- cancel ----------------------------------------------------------------

front login2 cancel down nosuch
is "$rc" 0 "cancel by name"
like "$(cat "$T/err")" "no session 'nosuch' to end; you have: " "one that is none"
front login2 list --no-header
is "$(awk '{ print $1 }' "$T/out" | sort | xargs)" "full gpu rest" \
	"the others stay"
front login1 exit
is "$rc $(grep -c ' ended$' "$T/err")" "0 3" "exit ends them all"
all_gone "nothing is left"

done_testing
