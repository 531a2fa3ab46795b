#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# --forward-agent on a cluster: by another login node, from a
# compute node to a host, and not in independent jobs and steps of the session.
# shellcheck disable=SC2154,SC2016 # from rig/lib.sh; for shells there
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
slurm_up
laptop_host one login1 "@ -S-wc1 --forward-agent"
laptop_host two login2 "@ -S-wc1 --forward-agent"

# An agent on the laptop, with a key that the cluster's hosts take.
bg agent "$RIG" exec -u alice client ssh-agent -D -a /home/alice/agent
ok "an agent on the laptop" wait_for 10 test -S "$LAPTOP/agent"
alice client ssh-keygen -q -t ed25519 -N '' -C lent -f /home/alice/lent
alice client env SSH_AUTH_SOCK=/home/alice/agent ssh-add -q /home/alice/lent \
	2>"$T/log/add"
cat "$LAPTOP/lent.pub" >>"$AHOME/.ssh/authorized_keys"

# brings HOST: what stdin has is typed into a connection that brings the agent
brings() {
	timeout 300 "$RIG" ssh -T -o ForwardAgent=yes \
		-o IdentityAgent=/home/alice/agent "alice@$1" >"$T/out" 2>"$T/err"
}

echo 'echo "sock=$SSH_AUTH_SOCK"; ssh-add -l; hostname' | brings one
like "$(cat "$T/out")" ' lent \(ED25519\)$' "the laptop's agent, on a compute node" ||
	diag_file "$T/err"
is "$(tail -n 1 "$T/out")" c1 "which is c1"
sock=$(sed -n 's/^sock=//p' "$T/out")
like "$sock" '^/tmp/vscode-remote-shell\.[^/]*/agent\.sock$' "by a name of the session"
echo 'echo "sock=$SSH_AUTH_SOCK"; ssh-add -l' | brings two
like "$(cat "$T/out")" ' lent \(ED25519\)$' "by another login node"
is "$(sed -n 's/^sock=//p' "$T/out")" "$sock" "it has the same name"
echo 'ssh -o BatchMode=yes -o StrictHostKeyChecking=no -o IdentityFile=none login1 hostname' | brings two
is "$(tail -n 1 "$T/out")" login1 "its key opens a host from there" ||
	diag_file "$T/err"

# Independent jobs, on this node and another, and a step of the session's own.
cat >"$AHOME/jobs.sh" <<'END'
for node in c1 c2; do
	sbatch -Q -W -t 1 -w $node -o "$HOME/job.$node" \
		--wrap 'echo "${SSH_AUTH_SOCK-none} ${PATH%%:*}"' </dev/null
done
srun sh -c 'echo "${SSH_AUTH_SOCK-none}"' >"$HOME/job.step" </dev/null
salloc -Q -t 1 -w c2 sh -c 'echo "${SSH_AUTH_SOCK-none}"' >"$HOME/job.salloc" \
	</dev/null
command -v sbatch >"$HOME/job.which"
/usr/bin/sbatch -Q -W -t 1 -w c2 -o "$HOME/job.path" --wrap 'echo "$PATH"' </dev/null
END
chmod 644 "$AHOME/jobs.sh"
echo '. ~/jobs.sh; exit' | brings one
like "$(cat "$AHOME/job.which")" '^/home/alice/.*/[0-9a-f]{16}/bin/sbatch$' \
	"sbatch is the session's, by a name that nobody else can make elsewhere"
for job in c1 c2; do
	like "$(cat "$AHOME/job.$job")" '^none ' "a job on $job has no agent" ||
		diag_file "$T/err"
	unlike "$(cat "$AHOME/job.$job")" "${sock%/*}" "nor a way of the session"
done
unlike "$(cat "$AHOME/job.path")" '(^|:)/tmp/' \
	"one that was submitted by the path of sbatch looks for nothing where anybody may make it"
like "$(cat "$AHOME/job.path")" '/[0-9a-f]{16}/bin(:|$)' "though it has the session's PATH"
for job in step salloc; do
	is "$(cat "$AHOME/job.$job")" none "nor has one of $job" ||
		diag_file "$T/err"
done
front login1 cancel
all_gone "nothing is left of it"
done_testing
