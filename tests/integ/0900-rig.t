#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2016 # what another host's shell shall expand
#
# The rig itself: what the tests of launching and reconnecting rely on.
set -u
rig=$(realpath "$(dirname "$0")/../rig/rig")
dir=$(mktemp -d)
export RIG_STATE=$dir/rig RIG_PREFIX=$dir/prefix RIG_BIND=$dir/bind
export RIG_SSHD_EXTRA='ClientAliveInterval 7' RIG_CONF_EXTRA='KillWait=6'
background=()
n=0

cleanup() {
	((${#background[@]} == 0)) || kill "${background[@]}" 2>/dev/null
	"$rig" down --purge
	rm -rf "$dir"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

ok() { # NAME COMMAND...: the command succeeds
	local name=$1 out
	shift
	n=$((n + 1))
	if out=$("$@" 2>&1 </dev/null); then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		# shellcheck disable=SC2001 # each line
		sed 's/^/# /' <<<"$* : $out"
	fi
}

prints() { # WANTED-REGEX COMMAND...: it succeeds, and its whole output matches
	local want=$1 out
	shift
	out=$("$@" 2>&1) || { echo "status $?: $out" && return 1; }
	[[ $out =~ ^($want)$ ]] || { echo "got: $out" && return 1; }
}

fails() { # WANTED-REGEX COMMAND...: it fails, and its output has this in it
	local want=$1 out
	shift
	! out=$("$@" 2>&1) || { echo "succeeded: $out" && return 1; }
	[[ $out =~ $want ]] || { echo "got: $out" && return 1; }
}

within() { # SECONDS COMMAND...: poll until the command succeeds
	local end=$((SECONDS + $1)) out
	shift
	until out=$("$@" 2>&1); do
		((SECONDS <= end)) || { echo "$out" && return 1; }
		sleep 0.05
	done
}

on() { # USER HOST COMMAND...
	"$rig" exec -u "$@"
}

connects() { # HOST ADDRESS PORT
	on alice "$1" timeout 5 bash -c "exec 3<>/dev/tcp/$2/$3"
}

job_state() { # JOB STATE
	prints "$2" on alice login2 squeue -h -t all -o %T -j "$1"
}

mkdir -p "$dir/prefix/bin" "$dir/bind"
echo prefix >"$dir/prefix/bin/vscode-remote-shell"
echo bind >"$dir/bind/file"
chmod 755 "$dir/bind"

t0=${EPOCHREALTIME/[.,]/}
out=$(setsid "$rig" up 2>&1 </dev/null)
status=$?
t1=${EPOCHREALTIME/[.,]/}
if ((status == 77)); then
	echo "1..0 # SKIP $out"
	exit 0
fi
echo 1..31
ok "up" test $status = 0
if ((status != 0)); then
	# shellcheck disable=SC2001 # each line
	sed 's/^/# /' <<<"$out"
	echo "Bail out! no rig"
	exit 1
fi
echo "# up in $(((t1 - t0) / 1000)) ms"
ok "a second up is refused" fails "already up" "$rig" up
ok "status" prints "ctl +up.*client +up.*" "$rig" status

# Slurm
ok "two idle nodes" prints 2 on alice login1 sinfo -h -p devel -t idle -o %D
ok "srun runs on a node" prints 'c[12]' on alice login1 srun hostname
ok "fake gpu" prints 0 on alice login1 \
	srun -p gpu --gres=gpu:1 bash -c 'echo $CUDA_VISIBLE_DEVICES'
ok "RIG_CONF_EXTRA" prints '.*KillWait += 6 sec.*' \
	on alice login1 scontrol show config
job=$(on alice login2 sbatch --parsable -o out \
	--wrap 'hostname; echo $HOME $PATH; setsid sleep 600')
ok "sbatch on login2 starts" within 15 job_state "$job" RUNNING
ok "its output is in the shared home" within 10 prints \
	$'c[12]\n/home/alice /usr/local/bin:/usr/bin:/bin' on alice login1 cat out
ok "bob may not cancel it" fails 'denied' on bob login1 scancel "$job"
ok "it runs on" job_state "$job" RUNNING
ok "alice may" on alice login1 scancel "$job"
ok "it is cancelled" within 15 job_state "$job" CANCELLED

# Hosts
ok "RIG_PREFIX on c1" prints prefix \
	on alice c1 cat /opt/vscode-remote-shell/bin/vscode-remote-shell
ok "it is read-only" fails 'Read-only' \
	"$rig" exec c1 touch /opt/vscode-remote-shell/file
ok "RIG_BIND on c2" prints bind on bob c2 cat "$dir/bind/file"
ok "alice cannot read bob's home" fails denied on alice c1 ls /home/bob

# Network
for host in login1 login2; do
	ok "ssh to $host" prints "$host" "$rig" ssh -T alice@$host hostname
done
ok "ssh to login.wan as bob, RemoteCommand" prints 'login[12] bob' \
	"$rig" ssh -T -o RemoteCommand='echo $(hostname) $USER' bob@login.wan
ok "RIG_SSHD_EXTRA" prints '.*clientaliveinterval 7.*' \
	"$rig" exec login1 sshd -T
ok "login1 reaches c1" connects login1 10.77.0.21 6818
ok "the client does not" fails 'unreachable' connects client 10.77.0.21 6818

echo hello >"$RIG_STATE/home/alice/page"
on alice login1 python3 -m http.server --bind 127.0.0.1 8000 \
	>/dev/null 2>&1 &
background+=($!)
"$rig" ssh -N -D 1080 alice@login1 >/dev/null 2>&1 &
background+=($!)
disown -a # no "Killed" from the shell
ok "SOCKS from the client to login1's loopback" within 15 prints hello \
	on alice client curl -sS --max-time 5 --socks5-hostname 127.0.0.1:1080 \
	http://127.0.0.1:8000/page

# Failures
"$rig" cut login1.wan
ok "cut: login1 is silent" fails 'timed out' \
	"$rig" ssh -o ConnectTimeout=1 alice@login1 true
ok "login.wan leads to login2" prints login2 \
	"$rig" ssh -o ConnectTimeout=1 alice@login.wan hostname
ok "cut on the wan leaves the lan" prints 'c[12]' \
	on alice login1 srun hostname
"$rig" heal login1.wan
ok "heal" within 10 prints login1 "$rig" ssh alice@login1 hostname
reboot() {
	"$rig" kill login2 host && fails "not up" "$rig" exec login2 true &&
		"$rig" start login2 host && "$rig" kill c1 slurmd &&
		"$rig" start c1 slurmd &&
		within 20 prints c1 on alice login2 srun -w c1 hostname
}
ok "login2 is rebooted, slurmd on c1 restarted" reboot

# The end, with things left running; those are the namespaces it leads to
on alice c1 setsid -f sleep 600
namespaces=$(cat "$RIG_STATE"/run/*/{init,outer} 2>/dev/null |
	while read -r pid; do
		readlink /proc/"$pid"/ns/{pid,net,mnt}
	done | grep -vxF -f <(readlink /proc/self/ns/{pid,net,mnt}) | sort -u)
nothing_left() {
	! readlink /proc/[0-9]*/ns/{pid,net,mnt} 2>/dev/null |
		grep -qxF "$namespaces"
}
ok "the check for leftovers can fail" fails '' nothing_left
t0=${EPOCHREALTIME/[.,]/}
"$rig" down
status=$?
t1=${EPOCHREALTIME/[.,]/}
echo "# down in $(((t1 - t0) / 1000)) ms"
purged() {
	((status == 0)) && within 10 nothing_left && "$rig" down &&
		! grep -F "$dir" /proc/self/mountinfo &&
		"$rig" down --purge && [[ ! -e $RIG_STATE ]] && "$rig" down
}
ok "down leaves nothing; again; --purge" purged
