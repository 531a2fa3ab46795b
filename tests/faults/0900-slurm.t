#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Faults around a session on a real Slurm cluster: a front, an ssh, a login
# node, the network on either side, slurmctld, munged and the agent go away. The
# same job and the same server are there afterwards, and never a second job.
# shellcheck disable=SC2154 # from rig/lib.sh
TEST_TIMEOUT=${TEST_TIMEOUT:-$(test "$FAULTS" = long && echo 2400 || echo 240)}
# A node that is cut off for a minute is not given up.
RIG_CONF_EXTRA='SlurmdTimeout=900'
export TEST_TIMEOUT RIG_CONF_EXTRA
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
. "$(dirname "$0")/lib.sh"
slurm_up
cp "$INJECT" "$TESTS/faults/latency.py" "$RIG_PREFIX/clients/"

laptop_host one login1
laptop_host two login2

# one_job NAME: the only job is the one of before, and its server too
one_job() {
	is "$(the_job)" "$job" "$1: it is the one job" || held=0
	is "$server" "$(fetch "$2" /pid)" "$1: it is the same server" || held=0
}

# now_ms: milliseconds since boot, of hundredths
now_ms() { read -r up _ </proc/uptime; echo "${up%.*}${up#*.}0"; }

# attach NAME HOST: a client, and how long it took in $ms
attach() {
	began=$(now_ms)
	client "$1" "$2"
	client_ready "$1" 60 || return
	ms=$(($(now_ms) - began))
}

# ---- the front is killed ---------------------------------------------------

# Each second time there is a job already; a state file for each point, since
# hosts see their own.
held=0 points=$(of 2 40) i=0
mkdir -m 777 "$AHOME/faults"
while test $i -lt "$points"; do
	test $((i % 2)) = 0 || alice login2 "$VRS" cancel >"$T/out" 2>&1
	# The calls of a session without a script are about 500.
	at=$((13 + i * 460 / points))
	$PYTHON -I -c 'import struct, sys
open(sys.argv[1], "wb").write(struct.pack("=q", int(sys.argv[2])) + bytes(4088))' \
		"$AHOME/faults/$i" $at
	chmod 666 "$AHOME/faults/$i"
	before=
	test $((i % 2)) != 0 || before=$(the_job)
	echo 'echo hello' | rig exec -u alice login1 env \
		LD_PRELOAD=$PREFIX/clients/inject.so FAULT_OF=io FAULT_DO=kill \
		FAULT_IN=vscode-remote-shell FAULT_STATE="/home/alice/faults/$i" \
		"$VRS" >"$T/out" 2>"$T/err"
	front login2 <<-END
		echo hello
	END
	after=$(the_job)
	if test "$rc $(cat "$T/out")" = "0 hello" &&
		test "$after" -gt 0 2>/dev/null &&
		test "$after" = "${before:-$after}"; then
		held=$((held + 1))
	else
		diag "killed at call $at: job '$before', then '$after'"
		diag_file "$T/err"
	fi
	i=$((i + 1))
done
is $held "$points" "front killed: the next by the other login node is served"
figure "front killed" "Slurm" "$points" $held \
	"submitting, attaching; next by the other login node, one job"
alice login2 "$VRS" cancel >"$T/out" 2>&1

# ---- ssh, login node, the client's network ---------------------------------

attach a one || die "no session"
job=$(the_job)
node=$(job_node "$job")
server=$(fetch a /pid)

held=1
client_kill a
attach a one || held=0
one_job "ssh client killed" a
figure "ssh client killed" Slurm 1 $held "back after $ms ms"

held=1
rig cut client.wan
client_kill a
rig heal client.wan
attach a one || held=0
one_job "client's network cut without a FIN" a
figure "client's network cut without a FIN" Slurm 1 $held "back after $ms ms"

held=1
rig kill login1 host
# Without the client's own start, which takes its time.
began=$(now_ms)
typed two <<-END
	echo "job \$SLURM_JOB_ID"
END
ms=$(($(now_ms) - began))
is "$rc $(cat "$T/out")" "0 job $job" "login node gone: a shell by the other" ||
	held=0
attach b two || held=0
one_job "login node gone" b
test $ms -le 3000 || held=0
figure "login node gone" Slurm 1 $held "$ms ms to a shell by the other"
rig start login1 host

# ---- slurmctld and munged while the job runs -------------------------------

seconds=$(of 5 60)
port=$(client_get b port)
# A loaded machine may be late now and then; who waits for Slurm is so each time.
for try in 1 2 3; do
	held=0
	rm -f "$AHOME/faults/enough"
	: >"$T/late"
	alice login2 "$PYTHON" -I $PREFIX/clients/latency.py "$port" \
		/home/alice/faults/enough --http >"$T/late" 2>"$T/err" &
	watcher=$!
	wait_for 20 has "$T/late" on || die "the measurement does not begin"
	if test $try = 1; then
		rig kill ctl slurmctld
		rig kill login2 munged
		rig kill "$node" munged
	fi
	sleep "$seconds"
	alice login2 touch /home/alice/faults/enough
	wait $watcher
	is $? 0 "no slurmctld, no munged: all pages come" || diag_file "$T/err"
	read -r longest n late _ <<-END
		$(tail -n 1 "$T/late")
	END
	test "${longest:-9999}" -gt 3000 || break
done
ok "no slurmctld, no munged: none waits" test "${longest:-9999}" -le 3000
test "${longest:-9999}" -gt 1000 || held=1
figure "slurmctld and munged down $seconds s while running" Slurm 1 $held \
	"$n pages, the longest took $longest ms, $late more than 100 ms"
rig start login2 munged
rig start "$node" munged
rig start ctl slurmctld

# ---- the node's network ----------------------------------------------------

held=0 points=0 slowest=0
for seconds in $(of 2 "1 5 20 60"); do
	points=$((points + 1))
	began=$(now_ms)
	fetch b /echo --post 80000000 --timeout 200 >"$T/out" 2>"$T/err" &
	fetching=$!
	sleep 0.4
	rig cut "$node.lan" "$seconds"
	healed=$(now_ms)
	wait $fetching
	is "$? $(cat "$T/out")" "0 same" \
		"node cut off for $seconds s: 80 MB come whole" || {
		diag_file "$T/err"
		continue
	}
	held=$((held + 1))
	slowest=$(($(now_ms) - healed))
	diag "$seconds s: done $slowest ms after it was healed"
done
is "$server" "$(fetch b /pid)" "node cut off: the same server" || held=0
figure "node's network cut for $(of 2 "1-60") s" Slurm "$points" $held \
	"80 MB to and fro, byte for byte; done $slowest ms after the last"

if long; then
	held=1
	fetch b /sleep?300 --timeout 300 >"$T/out" 2>"$T/err" &
	fetching=$!
	sleep 3		# the request is on its way
	began=$(now_ms)
	rig cut "$node.lan"
	wait_for 280 gone $fetching || held=0
	reset=$(($(now_ms) - began))	# attach has an $ms of its own
	rig heal "$node.lan"
	ok "cut beyond the limit: the stream is reset" test $held = 1
	client_close b
	attach b two || held=0
	one_job "cut beyond the limit" b
	figure "node's network cut beyond the limit" Slurm 1 $held \
		"streams reset after $((reset / 1000)) s, session stays"
fi
client_close b

# ---- slurmctld and munged when they are needed -----------------------------

# The shell goes on before the front's file is opened, and so emptied: what the
# front before has said would be taken for this one's.
empty_err() { : >"$T/err"; }

# needed NAME ERE START-COMMAND...: a front that needs what is stopped says so, for
# the table in 5 s, and is served when it is there again
needed() {
	needed_name=$1 needed_ere=$2
	shift 2
	held=1
	empty_err
	began=$(now_ms)
	echo 'echo served' | timeout 300 "$RIG" exec -u alice login1 "$VRS" \
		>"$T/out" 2>"$T/err" &
	front=$!
	ok "$needed_name: it is said before it is back" \
		wait_for 15 has "$T/err" "$needed_ere" || held=0
	told=$(($(now_ms) - began))
	test $told -le 5500 || held=0
	while test $(($(now_ms) - began)) -lt "${seconds}000"; do
		sleep 0.2
	done
	"$@"
	wait_for 90 gone $front
	wait $front
	is "$? $(cat "$T/out")" "0 served" "$needed_name: then it is served" || {
		held=0
		diag_file "$T/err"
	}
	is "$(root ctl squeue -h -u alice -t PD,CF,R -o %i | wc -l)" 1 \
		"$needed_name: there is one job" ||
		held=0
	figure "$needed_name" Slurm 1 $held \
		"told after $told ms: $(sed -n 's/^vscode-remote-shell: //p' \
		"$T/err" | head -n 1)"
}

# Stopped as a service is: one that is killed forgets the last seconds, and so
# whether a job was submitted or has ended.
controller_gone() { not root ctl pgrep -x slurmctld >"$T/pgrep"; }
stop_controller() {
	rig kill ctl slurmctld TERM
	wait_for 20 controller_gone || die "slurmctld does not end"
}
alice login2 "$VRS" cancel >"$T/out" 2>&1
seconds=$(of 6 60)
stop_controller
needed "slurmctld down $seconds s before submit" 'slurm|answer' \
	rig start ctl slurmctld
alice login2 "$VRS" cancel >"$T/out" 2>&1
wait_for 15 no_job
if long; then
	seconds=6
	rig kill login1 munged
	needed "munged down" 'munge|answer' rig start login1 munged
	alice login2 "$VRS" cancel >"$T/out" 2>&1
	wait_for 15 no_job
fi

# A job that waits, told so; slurmctld goes and comes back; the job starts.
nodes_are() {
	root ctl scontrol update nodename=c1,c2 state="$1" reason=test \
		>"$T/updated" 2>&1
}
seconds=$(of 4 60)
held=1
nodes_are drain
empty_err
echo 'echo served' | timeout 300 "$RIG" exec -u alice login1 "$VRS" \
	>"$T/out" 2>"$T/err" &
front=$!
ok "a job that waits" wait_for 20 has "$T/err" 'job [0-9]+ is pending' || held=0
job=$(sed -n 's/^.*: job \([0-9]*\) is pending.*/\1/p' "$T/err" | head -n 1)
stop_controller
sleep "$seconds"
rig start ctl slurmctld
wait_for 20 nodes_are resume
wait_for 60 gone $front
wait $front
is "$? $(cat "$T/out")" "0 served" \
	"slurmctld down while pending: the job starts and is served" || {
	held=0
	diag_file "$T/err"
}
is "$(the_job)" "$job" "slurmctld down while pending: it is the one job" ||
	held=0
figure "slurmctld down $seconds s while pending" Slurm 1 $held \
	"$(grep -c . "$T/err") lines"

# ---- the agent is killed ---------------------------------------------------

attach c two || die "no session"
job=$(the_job)
node=$(job_node "$job")
agent=$(root "$node" pgrep -u alice -f -- '--session=default' | head -n 1)
held=1
began=$(now_ms)
root "$node" kill -9 "$agent"
ok "agent killed: the front ends" wait_for 20 client_is c ended || held=0
ms=$(($(now_ms) - began))
like "$(cat "$T/c/stderr")" "vscode-remote-shell: job $job" \
	"agent killed: it is said" || held=0
over() { ! jobs_of alice | grep -qx "$job"; }
ok "agent killed: the job ends" wait_for 20 over || held=0
empty() { test -z "$(root "$node" pgrep -u alice)"; }
wait_for 2 empty
left=$(root "$node" pgrep -u alice | wc -l)
# For the rig's proctrack/linuxproc a detached orphan is nobody's.
is "$left" 0 "agent killed: its keeper ends what ran below it" || held=0
figure "agent killed" Slurm 1 $held \
	"told after $ms ms; $left processes left on the node"
rm -rf "${STATE:?}"/*
all_gone "no job, process or folder is left"
done_testing
