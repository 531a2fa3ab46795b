#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# make bench: what many sessions cost a site. SCALE (200) sessions are started
# at once, half of them on each login node of a real Slurm cluster with two
# over-committed compute nodes; attached to again by the other login node; left
# idle; ended; awaited in the queue; then as many are started without Slurm.
# Shown are times, calls to slurmctld (sdiag), processes and memory: what doc/ADMIN.md
# says of a site's size comes from here. Nothing fails for being slow, only for
# being wrong. SCALE_IDLE (60): seconds for which the idle and the pending ones
# are watched.
# shellcheck disable=SC2154 # from rig/lib.sh
TEST_TIMEOUT=${TEST_TIMEOUT:-1200}
export TEST_TIMEOUT
N=${SCALE:-200}
IDLE=${SCALE_IDLE:-60}
RIG_CONF_EXTRA="PartitionName=scale Nodes=c1,c2 OverSubscribe=FORCE:64 \
DefaultTime=60 MaxTime=60 PriorityTier=10"
export RIG_CONF_EXTRA
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
slurm_up
cp "$TESTS/bench/fronts.py" "$RIG_PREFIX/clients/"
half=$((N / 2))
WAIT=300			# seconds for all to attach

show() { echo "# $*"; }

# hold HOST NAME [WORD...]: half of the sessions, NAME-0 and so on, on HOST,
# held until let_go
hold() {
	mkfifo "$T/hold-$1"
	lib_host=$1 lib_name=$2
	shift 2
	case $lib_host in
	here)	"$PYTHON" "$TESTS/bench/fronts.py" "$lib_name" $half 0 $WAIT \
			"$BUILD/vscode-remote-shell" "$@" ;;
	*)	alice "$lib_host" "$PYTHON" $PREFIX/clients/fronts.py \
			"$lib_name" $half 0 $WAIT $VRS "$@" ;;
	esac <"$T/hold-$lib_host" >"$T/$lib_host.out" 2>"$T/log/$lib_host" 9>&- &
	lib_pids="$! $lib_pids"
	case $lib_host in
	login2) exec 6>"$T/hold-$lib_host" ;;
	*)	exec 5>"$T/hold-$lib_host" ;;
	esac
}

# held NAME HOST...: how that went
held() {
	lib_name=$1
	shift
	for lib_host; do
		wait_for $WAIT test -s "$T/$lib_host.out"
		show "$lib_name, $lib_host: $(cat "$T/$lib_host.out")"
		like "$(cat "$T/$lib_host.out")" "^attached $half failed 0 " \
			"$lib_name: all on $lib_host"
	done
}

let_go() {
	exec 5>&- 6>&-
	for lib_host in login1 login2 here; do
		rm -f "$T/hold-$lib_host" "$T/$lib_host.out"
	done
}

# What slurmctld counts since the last look: of alice's calls in all, and by
# message type.
calls() { root ctl sdiag | sed -n 's/^\talice .*count:\([0-9]*\).*/\1/p'; }
show_calls() {
	show "$1: calls of alice to slurmctld: $(calls)"
	root ctl sdiag | sed -n '/by message type/,/^$/s/^\t/#   /p' |
		grep -Ev 'NODE_REGISTRATION|STATS_INFO|EPILOG|BATCH_SCRIPT'
	root ctl sdiag -r >/dev/null
}

# memory HOST PROGRAM: how many of alice's run it, by the 15 characters that the
# kernel keeps, and their PSS
memory() {
	# shellcheck disable=SC2016 # for the shell there
	root "$1" sh -c 'cat $(pgrep -u alice -x "$1" |
		sed "s|.*|/proc/&/smaps_rollup|")' sh "$2" | awk '
		/^Pss:/ { n++; kb += $2 }
		END { printf "%d processes, %.1f MiB each", n, kb / n / 1024 }'
}

job_count() { test "$(jobs_of alice | wc -l)" = "$1"; }
empty() {
	root login1 scancel -u alice
	wait_for 120 no_job && wait_for 60 no_alices
}

# ---- Slurm -----------------------------------------------------------------

set -- --salloc-arg=--partition=scale --salloc-arg=--mem=10
root ctl sdiag -r >/dev/null
hold login1 a "$@"
hold login2 b "$@"
held "$N started at once" login1 login2
ok "one job for each" job_count "$N"
sleep 15	# a front asks once more, after 10 s, when the job ends
show_calls "start"
for host in login1 login2; do
	show "fronts on $host: $(memory $host vscode-remote-s)"
done
for host in c1 c2; do
	show "agents on $host: $(memory $host vscode-remote-a)"
done
sleep "$IDLE"
is "$(calls)" '' "attached for $IDLE s they do not call slurmctld"
let_go
root ctl sdiag -r >/dev/null
hold login1 b "$@"
hold login2 a "$@"
held "$N attached by the other login node" login1 login2
ok "still one job for each" job_count "$N"
show_calls "attach"
let_go
ok "all are ended" empty

root ctl sdiag -r >/dev/null
WAIT=$IDLE
hold login1 a --salloc-arg=--partition=down
hold login2 b --salloc-arg=--partition=down
wait_for $((IDLE + 30)) test -s "$T/login1.out"
wait_for 30 test -s "$T/login2.out"
ok "$N are pending" job_count "$N" || diag_file "$AHOME/fronts-a-0.err"
show_calls "pending for $IDLE s"
let_go
ok "all are cancelled" empty

# ---- no Slurm --------------------------------------------------------------

WAIT=300
half=$N
cd "$T" || die "no $T"
hold here a --launcher=local --state-dir="$T/state"
held "$N without Slurm" here
let_go
for file in "$T"/state/local/*; do
	printf 'job=%s\nstate-dir=%s\n\n' "${file##*/}" "$T/state" |
		"$BUILD/launch-local" end >/dev/null
done
wait_for 60 none_of_ours

# ---- the home directory ----------------------------------------------------

# What one session asks of the state directory, which all nodes share, from its
# start to its end: front and agent, without the records of launch-local.
if command -v strace >/dev/null; then
	printf 'echo here\nexit\n' | strace -f -y -o "$T/trace" \
		"$BUILD/vscode-remote-shell" --launcher=local \
		--state-dir="$T/state" --idle-timeout=2s >"$T/traced" 2>&1
	like "$(cat "$T/traced")" '^here' "a session is traced"
	wait_for 20 none_of_ours
	show "system calls on the state directory:" "$(sed '
		s/AT_FDCWD<[^>]*>//
		s/^[0-9]* *//
		/<unfinished/d
		\|/state/local|d
		\|<.*/state>, "local|d
		\|'"$T"'|!d
		s/^openat(.*O_CREAT.*/creat/
		s/(.*//
		/resumed/d' "$T/trace" |
		sort | uniq -c | sort -rn | tr -s ' \n' ' ')"
	show "calls that name a file of settings:" \
		"$(grep -c '/vscode-remote-shell/config' "$T/trace"), at most 3 without any"
fi
done_testing
