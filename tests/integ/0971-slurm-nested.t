#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Independent jobs that are submitted from a session, on its node and another:
# they run as from a login shell, and nothing of theirs goes when the session
# does.
# shellcheck disable=SC2154,SC2016 # from rig/lib.sh; for shells there
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
slurm_up
laptop_host session login1 "@ -S-wc1"
laptop_host rich login1 "@ -S-wc1 -S-c2 -S--mem=300 --session=rich"

# in_session HOST LINE: what a shell there says of it, in $T/out
in_session() {
	echo "$2" | timeout 300 "$RIG" ssh -T "alice@$1" >"$T/out" 2>"$T/err" ||
		{ diag_file "$T/err"; return 1; }
}
cancelled() {
	front login1 "$@" && wait_for 15 no_session
}
no_session() { test -z "$(root ctl squeue -h -o %j | grep vscode)"; }
# our_dirs NODE: our directories there
our_dirs() { root "$1" find /tmp -maxdepth 1 -name 'vscode-remote-shell.*'; }
job_ran() { job_is "$1" COMPLETED; }
# An age at which it is no more taken for one that was just made.
grow_old() { root c1 touch -d '10 minutes ago' "$1"; }

# ---- as from a login shell -------------------------------------------------------

cat >"$AHOME/nested.sh" <<'END'
# nested.sh NAME: jobs with a step each; what it says, and its variables. The
# number of nodes is said where it could depend on what is free just now.
n=0
for options in "" --mem=200 --mem-per-cpu=50 "-N1 -n2" -N2 -c2 "-N2 --ntasks-per-node=2" \
	"-N1 -n4 -c1 --mem=100" "-pgpu -G1" "-wc2 --mem=150" "-wc2 --mem-per-cpu=20"; do
	n=$((n + 1))
	sbatch -Q -t 1 $options -o "$HOME/nested.$1.$n" --wrap \
		'srun -l hostname 2>&1 | sort; env | grep ^SLURM_ | sort
		d=$(mktemp) && rm "$d" && pwd; umask; ulimit -Sn' </dev/null
done
END
chmod 644 "$AHOME/nested.sh"
timeout 300 "$RIG" ssh alice@login1 '. ./nested.sh login' >"$T/out" 2>&1
wait_for 60 no_job || die "jobs of a login shell do not end"
only_the_session() { test "$(jobs_of alice | wc -l)" = 1; }
nested() { # HOST
	in_session "$1" ". ~/nested.sh $1; exit" &&
		wait_for 60 only_the_session
}
# What is of the job itself: its number, nodes that Slurm chose, pids. One stays
# from the session, for jobs that ask for their number of threads.
plain() {
	sed -E 's/^([0-9]+: )c[12]$/\1NODE/
	/^SLURM_CPUS_PER_TASK=/d
	s/^(SLURM_(JOB_ID|JOBID|JOB_SLUID|JOB_START_TIME|JOB_END_TIME|TASK_PID|JOB_NODELIST|NODELIST|TOPOLOGY_ADDR|GTIDS|SUBMIT_HOST)|SLURMD_NODENAME)=.*/\1/' \
		"$1"
}
for host in session rich; do
	ok "$host: submits" nested "$host"
	for n in 1 2 3 4 5 6 7 8 9 10 11; do
		plain "$AHOME/nested.login.$n" >"$T/want"
		plain "$AHOME/nested.$host.$n" >"$T/got"
		same "$T/got" "$T/want" "$host: job $n is as from a login shell" ||
			diff "$T/got" "$T/want" | sed 's/^/# /'
	done
	cancelled cancel --all
done
like "$(cat "$AHOME/nested.login.2")" '^0: c[12]$' "the steps have run"
is "$(grep -c '^[01]: ' "$AHOME/nested.session.5")" 2 "on two nodes, if asked to"

# ---- -e without a value -------------------------------------------------------------

laptop_host unset login1 "@ -S-wc1 -S-c2 -e SLURM_CPUS_PER_TASK -e NOSUCH"
in_session rich 'echo "[${SLURM_CPUS_PER_TASK-none}]"; exit'
is "$(cat "$T/out")" '[2]' "SLURM_CPUS_PER_TASK stays"
in_session unset 'echo "[${SLURM_CPUS_PER_TASK-none}]"; exit'
is "$(cat "$T/out")" '[none]' "-e of what is not set here unsets it there"
cancelled cancel --all

# ---- TMPDIR -----------------------------------------------------------------------

others() { root "$1" ls -A /tmp | grep -v '^vscode-remote-shell\.'; }
for node in c1 c2; do
	rm -f "$AHOME/go" "$AHOME/up"
	others $node >"$T/before"
	in_session session "cd; sbatch --parsable -w $node -t 5 -o j.out --wrap 'echo result >\"\$TMPDIR/part1\"; touch ~/up; until test -e ~/go; do sleep 0.2; done; cat \"\$TMPDIR/part1\"; rm \"\$TMPDIR/part1\"' </dev/null; exit"
	job=$(cat "$T/out")
	ok "TMPDIR, $node: an independent job" wait_for 20 test -e "$AHOME/up"
	ok "TMPDIR, $node: the session ends" cancelled cancel
	alice login1 touch go
	ok "TMPDIR, $node: the job ends well" wait_for 20 job_ran "$job"
	is "$(cat "$AHOME/j.out")" result "TMPDIR, $node: its file was there"
	is "$(others $node)" "$(cat "$T/before")" "TMPDIR, $node: nothing is left"
done
# That on c1 had XDG_RUNTIME_DIR in its environment as long as it ran.
is "$(our_dirs c2)" '' "no directory of ours is on c2"
for d in $(our_dirs c1); do grow_old "$d"; done

# ---- XDG_RUNTIME_DIR ------------------------------------------------------------------

# user NAME COMMAND: an independent job on c1 that uses the session's directory
# as long as there is no file go; $job, and the directory, $run
user() {
	rm -f "$AHOME/go" "$AHOME/up" "$AHOME/j.out"
	in_session session "cd; echo \$XDG_RUNTIME_DIR; sbatch --parsable -w c1 -t 5 -o j.out --wrap '$2' </dev/null; exit"
	run=$(sed -n 1p "$T/out")
	job=$(sed -n 2p "$T/out")
	ok "$1: an independent job" wait_for 20 test -e "$AHOME/up"
	ok "$1: the session ends" cancelled cancel
	ok "$1: its directory stays" root c1 test -d "$run"
}
wait_go='touch ~/up; until test -e ~/go; do sleep 0.2; done'
user environment "echo kept >\$XDG_RUNTIME_DIR/f; $wait_go; cat \$XDG_RUNTIME_DIR/f"
# The next session finds it in use.
grow_old "${run%/run}"
in_session session 'exit'
ok "environment: the next session ends" cancelled cancel
ok "environment: and has left it, too" root c1 test -d "$run"
alice login1 touch go
ok "environment: the job ends well" wait_for 20 job_ran "$job"
is "$(cat "$AHOME/j.out")" kept "environment: with what it wrote there"
in_session session 'exit'
ok "environment: the next session removes it" \
	wait_for 10 not root c1 test -e "${run%/run}"
ok "environment: that one ends" cancelled cancel
is "$(our_dirs c1)" '' "no directory of ours is left"

# Not by the environment: Slurm's own processes and the first shell have it, so
# the user is what they start, when they have gone.
leave='exec env -u XDG_RUNTIME_DIR -u OLDPWD'
user cwd "cd \$XDG_RUNTIME_DIR; $leave -u PWD sh -c \"$wait_go; : >here\""
alice login1 touch go
ok "cwd: the job ends well" wait_for 20 job_ran "$job"
ok "cwd: and has written there" root c1 test -e "$run/here"
user open "exec 7>\$XDG_RUNTIME_DIR/f; $leave sh -c \"$wait_go; echo more >&7\""
alice login1 touch go
ok "open: the job ends well" wait_for 20 job_ran "$job"
is "$(root c1 cat "$run/f")" more "open: and has written to its file"
for d in $(our_dirs c1); do grow_old "$d"; done

# What was killed whole leaves its directory; one that lives loses none.
in_session session 'exit'
none_but_one() { test "$(our_dirs c1 | wc -l)" = 1; }
ok "those are removed" wait_for 10 none_but_one
live=$(our_dirs c1)
grow_old "$live"
laptop_host killed login1 "@ -S-wc1 --session=killed"
in_session killed 'exit'
is "$(our_dirs c1 | wc -l)" 2 "a session more"
ok "does not take the directory of one that lives" root c1 test -d "$live/run"
dead=$(our_dirs c1 | grep -vxF "$live")
# The oldest: it forks, and its child has its words.
agent=$(root c1 pgrep -o -f 'remote-agent.*session=killed')
keeper=$(root c1 ps -o ppid= -p "$agent" | tr -d ' ')
root c1 kill -STOP "$keeper"
root c1 kill -9 "$agent" "$keeper"
ok "it is killed whole" wait_for 20 only_the_session
ok "and leaves its directory" root c1 test -d "$dead"
grow_old "$dead"
in_session rich 'exit'
ok "which the next one removes" wait_for 10 not root c1 test -e "$dead"
ok "but not that of the one that lives" root c1 test -d "$live/run"
ok "all end" cancelled cancel --all
is "$(our_dirs c1; our_dirs c2)" '' "no directory of ours is left"
done_testing
