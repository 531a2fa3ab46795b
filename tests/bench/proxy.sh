#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# make bench: what an ssh client gets in a job of a real Slurm cluster by our
# ProxyCommand, beside srun with an sshd, a user's sshd on a port of the node, and
# plain ssh to the node by way of the login node; and what a forced command adds to
# a login. Nothing fails for being slow. BENCH_ROUNDS (3), BENCH_MB (1024) for scp.
# The numbers are also in $BUILD/proxy.json.
# shellcheck disable=SC2154,SC2016 # from rig/lib.sh; for shells there
TEST_TIMEOUT=${TEST_TIMEOUT:-2400}
export TEST_TIMEOUT
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
PATH=$PATH:/usr/sbin:/usr/local/sbin
MB=${BENCH_MB:-1024}
HELD=10			# connections, among which the memory is divided
slurm_up
cp "$TESTS/bench/proxy.py" "$TESTS/bench/show.py" "$RIG_PREFIX/clients/"
helper() { alice client "$PYTHON" $PREFIX/clients/proxy.py "$@"; }

laptop_host vrs login1 --linger=0
echo 'echo first' | typed vrs
is "$(cat "$T/out")" first "a session runs"
job=$(the_job)
wait_for 10 job_is "$job" RUNNING
node=$(job_node "$job")

# ---- the other ways ----------------------------------------------------------

sshd=$(command -v sshd)
alice "$node" ssh-keygen -q -t ed25519 -N '' -f host_key
cat >"$AHOME/sshd_config" <<END
Port 2222
HostKey /home/alice/host_key
PidFile none
UsePAM no
MaxStartups 100
StrictModes no
Subsystem sftp internal-sftp
END
bg own-sshd "$RIG" exec -u alice "$node" "$sshd" -D -e -f /home/alice/sshd_config
own_sshd=$PID
ok "a user's sshd" wait_for 10 has "$T/log/own-sshd.err" 'Server listening'
ok "one of root's" rig start "$node" sshd
alice client ssh-keygen -q -t ed25519 -N '' -f .ssh/forced
printf 'command="%s forced" %s\n' "$VRS" "$(cat "$LAPTOP/.ssh/forced.pub")" \
	>>"$AHOME/.ssh/authorized_keys"
cat >"$LAPTOP/bench_config" <<END
Host ours
	ProxyCommand ssh -T login1 $VRS --linger=0 proxy
Host srun
	ProxyCommand ssh -T login1 srun -u -Q --overlap --jobid=$job $sshd -i -f sshd_config
Host own
	ProxyCommand ssh -W $node:2222 login1
Host node
	HostName $node
	ProxyJump login1
Host login
	HostName login1
Host forced
	HostName login1
	IdentityFile ~/.ssh/forced
Host *
	UserKnownHostsFile /dev/null
	LogLevel ERROR
	ConnectTimeout 100
END
cat "$LAPTOP/.ssh/config" >>"$LAPTOP/bench_config"
for host in client "$node"; do alice "$host" truncate -s "${MB}M" /dev/shm/big; done

# ---- memory ------------------------------------------------------------------

# pss HOST: KiB of all that runs there
pss() {
	root "$1" sh -c 'cat /proc/[0-9]*/smaps_rollup 2>/dev/null' |
		awk '/^Pss:/ { kib += $2 } END { print kib + 0 }'
}
count() { root "$1" sh -c 'ps -e | wc -l'; }
settled() { test "$(count login1) $(count "$node")" = "$settled"; }

# memory WAY: a line of what each connection takes on either node
memory() {
	settled="$(count login1) $(count "$node")"
	lib_login=$(pss login1)
	lib_job=$(pss "$node")
	rm -f "$T/hold"
	mkfifo "$T/hold"
	helper hold bench_config "$1" $HELD <"$T/hold" >"$T/held" \
		2>"$T/log/hold-$1" &
	lib_pids="$! $lib_pids"
	exec 7>"$T/hold"
	ok "$1: $HELD connections" wait_for 60 has "$T/held" held ||
		diag_file "$T/log/hold-$1"
	echo "$1 $((($(pss login1) - lib_login) / HELD))" \
		"$((($(pss "$node") - lib_job) / HELD))" >>"$LAPTOP/memory"
	exec 7>&-
	ok "$1: they are gone" wait_for 30 settled
}
# The first of each, so that what stays of it counts for none.
for way in ours srun own node; do
	ok "$way: a way in" alice client ssh -F bench_config -T $way true
done
for way in ours srun own node; do memory $way; done

# ---- time --------------------------------------------------------------------

ok "measured" helper measure bench_config "${BENCH_ROUNDS:-3}" "$MB" memory proxy.json
cp "$LAPTOP/proxy.json" "$BUILD/proxy.json"
end_pid "$own_sshd"
alice login1 $VRS cancel >"$T/log/cancel" 2>&1
all_gone "it all ends"
done_testing
