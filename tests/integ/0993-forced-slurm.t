#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# ForceCommand of a login node's real sshd before a Slurm cluster: who asks for
# squeue, sbatch, scp or sftp is on the login node as before; a shell and what an
# editor starts are in a job; and a login node whose slurmctld is down stays one.
# shellcheck disable=SC2154,SC2016 # from rig/lib.sh; for shells there
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
RIG_SSHD_EXTRA="Match User alice
	ForceCommand $VRS -S--partition=devel forced"
export RIG_SSHD_EXTRA
slurm_up

# cluster [OPTION...] [COMMAND]: alice's ssh from her laptop; bob is not forced
cluster() { timeout 300 "$RIG" ssh "$@" 9>&-; }

# ---- the login node, as before ---------------------------------------------

is "$(cluster -T alice@login1 'hostname; echo in ${SLURM_JOB_ID:-none}' </dev/null)" \
	"login1
in none" "a command is on the login node"
cluster -T alice@login1 'squeue -h; exit 6' </dev/null >"$T/out" 2>"$T/err"
is "$? $(cat "$T/out" "$T/err")" "6 " "ssh login squeue: there are no jobs"
job=$(cluster -T alice@login1 "sbatch --parsable -o batch.out --wrap 'hostname'" \
	</dev/null 2>"$T/err")
like "$job" '^[0-9]+$' "ssh login sbatch" || diag_file "$T/err"
ok "its job runs" wait_for 20 has "$AHOME/batch.out" '^c[12]$'
head -c 300000 /dev/urandom >"$LAPTOP/data"
chmod 644 "$LAPTOP/data"
laptop() { timeout 300 "$RIG" exec -u alice client "$@" 9>&-; }
ok "scp" laptop scp -q data login1:copied
same "$AHOME/copied" "$LAPTOP/data" "what it carries"
ok "the old scp" laptop scp -q -O login1:copied back
same "$LAPTOP/back" "$LAPTOP/data" "and back"
echo 'get copied fetched' | laptop sftp -q -b - login1 >"$T/out" 2>"$T/err"
same "$LAPTOP/fetched" "$LAPTOP/data" "sftp" || diag_file "$T/err"
no_fronts() { test -z "$(root login1 pgrep -u alice -x vscode-remote-s)"; }
ok "nobody has waited for a front" no_fronts
queued() { jobs_of alice | wc -l | tr -d ' '; }
is "$(queued)" 0 "and no session was started"

# ---- into the job ----------------------------------------------------------

echo 'hostname; echo $SLURM_JOB_ID $SLURM_JOB_PARTITION; exit 5' |
	cluster -T alice@login1 >"$T/out" 2>"$T/err"
is $? 5 "no command: a shell, with its status" || diag_file "$T/err"
job=$(the_job)
node=$(job_node "$job")
is "$(cat "$T/out")" "$node
$job devel" "in a job, of the partition that the site names"
cluster -tt alice@login2 >"$T/out" 2>"$T/err" <<'END'
echo at=`hostname`; tty; exit 7
END
is $? 7 "with a terminal, by the other login node" || diag_file "$T/err"
like "$(tr -d '\r' <"$T/out")" "at=$node\$" "in the same job"
like "$(tr -d '\r' <"$T/out")" '^/dev/pts/' "on a terminal of its own"
is "$(cluster -T bob@login1 hostname </dev/null)" login1 "bob is not forced"

# What an editor types, and what it gives ssh as a command.
printf 'Host forced\n\tHostName login1\n\tUser alice\n' | cat - "$LAPTOP/.ssh/config" \
	>"$T/config"
cat "$T/config" >"$LAPTOP/.ssh/config"
client vscode forced --pad 20000
ok "VS Code gets its port" client_ready vscode
is "$(fetch vscode '/env?SLURM_JOB_ID')" "$job" "to its server in the job"
client platform forced --command bash
ok "with a command for ssh: its port, too" client_ready platform
is "$(fetch platform /pid)" "$(fetch vscode /pid)" "to the same server"
is "$(the_job)" "$job" "and there is one job"
is "$(cluster -T alice@login1 'squeue -h -o %i' </dev/null)" "$job" \
	"which squeue shows, by ssh as before"
client_close vscode
client_close platform

# ---- slurmctld is down -----------------------------------------------------

rig kill ctl slurmctld TERM
is "$(cluster -T alice@login1 'hostname; exit 0' </dev/null)" login1 \
	"slurmctld is down: a command runs on the login node"
is "$(echo 'echo $SLURM_JOB_ID' | cluster -T alice@login1 2>"$T/err")" "$job" \
	"and a shell is in the job that there is" || diag_file "$T/err"
rig start ctl slurmctld
back() { root ctl sinfo -h -p devel -t idle,mix -o %D | grep -q 2; }
ok "slurmctld is back" wait_for 30 back
is "$(cluster -T alice@login1 "$VRS list --no-header" </dev/null | cut -d' ' -f1)" \
	default "our own commands run on the login node"
cluster -T alice@login1 "$VRS cancel" </dev/null >"$T/out" 2>&1
all_gone "after cancel nothing is left"
done_testing
