#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# ssh from the laptop into a Slurm job by ProxyCommand: the session's job by either
# login node, what Slurm counts to it and gives it, the other user on both nodes,
# and a job that waits.
# shellcheck disable=SC2154,SC2016 # from rig/lib.sh; for shells there
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
slurm_up

# job_ssh LOGIN [OPTION...] HOST [COMMAND]: from the laptop
job_ssh() {
	lib_login=$1
	shift
	timeout 300 "$RIG" ssh -o HostKeyAlias=job -o StrictHostKeyChecking=yes \
		-o 'UserKnownHostsFile=~/.ssh/known_job' -o ConnectTimeout=600 \
		-o "ProxyCommand=ssh -T alice@$lib_login $VRS -S-c1 proxy" "$@" 9>&-
}

timeout 300 "$RIG" ssh -T alice@login1 "$VRS proxy --known-hosts job" \
	>"$LAPTOP/.ssh/known_job" 2>"$T/err" </dev/null
like "$(cat "$LAPTOP/.ssh/known_job")" '^job ecdsa-sha2-nistp256 AAAA' "the host key"
ok "no job was made for it" no_job

job_ssh login1 -T alice@job 'echo $SLURM_JOB_ID $SLURMD_NODENAME; exit 3' \
	>"$T/out" 2>"$T/err" </dev/null
is $? 3 "a command in the job" || diag_file "$T/err"
job=$(the_job)
like "$job" '^[0-9]+$' "there is one"
node=$(job_node "$job")
is "$(cat "$T/out")" "$job $node" "it has the variables of the job"
job_ssh login2 -T alice@job 'echo $SLURM_JOB_ID; cat /proc/self/cgroup' \
	>"$T/out" 2>"$T/err" </dev/null
is "$(head -n 1 "$T/out")" "$job" "by the other login node: the same job"
timeout 300 "$RIG" exec -u alice login1 "$VRS" shell -- cat /proc/self/cgroup \
	>"$T/want" 2>/dev/null </dev/null
is "$(sed 1d "$T/out")" "$(cat "$T/want")" "in its cgroup"
job_ssh login1 -tt alice@job 'tty; exit 6' >"$T/out" 2>"$T/err" </dev/null
is $? 6 "with a terminal" || diag_file "$T/err"
like "$(tr -d '\r' <"$T/out")" '^/dev/pts/' "which is one"
job_ssh login1 -tt alice@job 'cat /proc/self/cgroup' 2>"$T/err" </dev/null |
	tr -d '\r' >"$T/out"
is "$(cat "$T/out")" "$(cat "$T/want")" "in the job's cgroup"
# What serves sftp reads its own.
cat >"$T/batch" <<-'END'
get /proc/self/cgroup served
END
timeout 300 "$RIG" exec -u alice client sh -c 'cd; sftp -q -b - \
	-o HostKeyAlias=job -o UserKnownHostsFile=~/.ssh/known_job \
	-o "ProxyCommand=ssh -T alice@login1 $0 proxy" alice@job' "$VRS" \
	<"$T/batch" >"$T/out" 2>"$T/err"
is "$(cat "$LAPTOP/served")" "$(cat "$T/want")" "and so is what serves sftp" ||
	diag_file "$T/err"
head -c 3000000 /dev/urandom >"$T/data"
is "$(job_ssh login1 -T alice@job sha256sum <"$T/data" 2>"$T/err")" \
	"$(sha256sum <"$T/data")" "3 MB"

# A job with one of the node's two GPUs: that one, with a command, with a terminal.
gpu_ssh() {
	timeout 300 "$RIG" ssh -o HostKeyAlias=job \
		-o 'UserKnownHostsFile=~/.ssh/known_job' -o ConnectTimeout=600 \
		-o "ProxyCommand=ssh -T alice@login1 $VRS -S-c1 -S--partition=gpu -S--gres=gpu:1 proxy gpu" \
		"$@" 2>"$T/err" </dev/null 9>&- | tr -d '\r'
}
gpus='echo $CUDA_VISIBLE_DEVICES $SLURM_JOB_GPUS $SLURM_JOB_PARTITION'
is "$(gpu_ssh -T alice@job "$gpus")" "0 0 gpu" "a command has the job's GPU" ||
	diag_file "$T/err"
is "$(gpu_ssh -tt alice@job "$gpus")" "0 0 gpu" "and so has a terminal"
is "$(timeout 300 "$RIG" exec -u alice login1 "$VRS" shell gpu -- "$gpus" 2>/dev/null \
	</dev/null)" "0 0 gpu" "as a shell of the session has"
front login1 cancel gpu

# ---- others ----------------------------------------------------------------

job_ssh login1 -T alice@job 'echo $$; exec sleep 200' >"$T/stays" 2>"$T/err" \
	</dev/null &
stays=$!
ok "one that stays" wait_for 20 has "$T/stays" '^[0-9]+$'
ok "Slurm counts it to the job" on_node "$job" "$(cat "$T/stays")"
# By what they call themselves: since OpenSSH 9.8 it is another program.
its_sshd() { root "$node" pgrep -u alice -f '^sshd(-session)?: '; }
is "$(its_sshd | wc -l | tr -d ' ')" 2 "its sshd is two processes of alice"
is "$(ports login1)" '' "on the login node nothing listens"
is "$(ports "$node" | wc -l)" 1 "on the node the link port alone does"
link=$(ports "$node")
bytes() { # HOST
	rig exec -u bob "$1" timeout 20 bash -c \
		"exec 3<>/dev/tcp/$node/${link##*:}
		printf 'SSH-2.0-bob\r\n' >&3; cat <&3" 2>"$T/bob.err"
}
for host in login1 "$node"; do
	is "$(bytes "$host" | wc -c)" 0 "bob on $host: 0 bytes"
done
conf=$(root "$node" find /tmp -path '*/vscode-remote-shell.*/sshd/config.*')
like "$conf" '/sshd/config\.[0-9]+$' "the configuration is there"
not bob "$node" cat "$conf" >"$T/out" 2>&1
like "$(cat "$T/out")" denied "bob cannot read it"
is "$(timeout 300 "$RIG" exec -u bob login1 "$VRS" list --no-header 2>&1)" '' \
	"nor has he a session"
# pgrep may find others that only speak of it: the oldest is the ssh itself.
laptop_ssh=$(root client pgrep -o -u alice -f 'ssh .*HostKeyAlias=job')
like "$laptop_ssh" '^[0-9]+$' "the laptop's ssh is found"
root client kill -9 "$laptop_ssh"
wait "$stays"
no_sshd() { test -z "$(its_sshd)"; }
ok "its ssh is gone, and so is its sshd" wait_for 30 no_sshd
is "$(the_job)" "$job" "the job stays"
is "$(root "$node" find /tmp -path '*/vscode-remote-shell.*/sshd/*')" '' \
	"and no configuration"

# ---- a job that waits ------------------------------------------------------

front login1 cancel
ok "the session is ended" wait_for 15 no_job
block=$(bob login1 sbatch --parsable -N2 --exclusive --wrap 'sleep 600')
ok "bob fills the cluster" wait_for 15 job_is "$block" RUNNING
find "$STATE" -name 'ended.*' -delete
job_ssh login1 -T alice@job 'echo $SLURM_JOB_ID' >"$T/out" 2>"$T/wait" </dev/null &
waits=$!
ok "what it waits for is told on stderr" wait_for 30 has "$T/wait" 'is pending'
is "$(cat "$T/out")" '' "and nothing on stdout"
bob login1 scancel "$block"
wait "$waits"
is $? 0 "then it is there" || diag_file "$T/wait"
is "$(cat "$T/out")" "$(the_job)" "in its job"
front login1 cancel
all_gone "after cancel nothing is left"
done_testing
