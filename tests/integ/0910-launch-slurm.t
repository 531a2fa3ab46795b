#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# launch-slurm, or the one of RIG_LAUNCHER, against a real cluster, as alice on
# login1.
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${BUILD:-$here/../../build}" && pwd) || exit 1
rig=${RIG:-$here/../rig/rig}
name=launch-${RIG_LAUNCHER:-slurm}
launcher=$build/$name
test "$name" != launch-slurm || launcher=${RIG_LAUNCH_SLURM:-$launcher}

skip() {
	echo "1..0 # SKIP $*"
	exit 0
}

test -x "$launcher" || skip "$name was not built"
test -x "$rig" || skip "no rig"
RIG_STATE=$(mktemp -d "${TMPDIR:-/tmp}/launch-slurm.XXXXXX") || exit 1
RIG_BIND=$build
export RIG_STATE RIG_BIND
trap '"$rig" down --purge >/dev/null 2>&1; rm -rf "$RIG_STATE"' EXIT
trap 'exit 1' INT TERM HUP
why=$("$rig" up 2>&1)
case $? in
0) ;;
77) skip "$why" ;;
*) echo "Bail out! $why"; exit 1 ;;
esac
home=$RIG_STATE/home/alice
out=$RIG_STATE/out err=$RIG_STATE/err
tests=0

ok() { # TEXT: by the status of the command before
	status=$?
	tests=$((tests + 1))
	if test $status = 0; then
		echo "ok $tests - $1"
	else
		echo "not ok $tests - $1"
		sed 's/^/# stdout: /' "$out"
		sed 's/^/# stderr: /' "$err"
	fi
}

has() { grep -qxF -- "$1" "$out"; }
like() { grep -qE -- "$1" "$out"; }
# Not the limit of the launcher ended it, which its message would say: a loaded
# machine is slow, too.
at_once() { ! like '^message=.*within [0-9]+ s'; }
late() { like '^message=.*within [0-9]+ s'; }
value() { sed -n "s/^$1=//p" "$out" | head -n 1; }
as() { "$rig" exec -u alice login1 "$@"; }

wait_for() { # SECONDS COMMAND...
	end=$(($(date +%s) + 3 * $1))
	shift
	until "$@"; do
		test "$(date +%s)" -lt $end || return 1
		sleep 0.1
	done
}

# launch VERB LINE...: stdout, stderr, $rc, and $took in ms
launch() {
	verb=$1
	shift
	begin=$(date +%s%N)
	printf '%s\n' "$@" '' | as $prefix "$launcher" "$verb" >"$out" 2>"$err"
	rc=$?
	took=$((($(date +%s%N) - begin) / 1000000))
	echo "# $verb took $took ms, status $rc, $(value error) $(value message)"
}
prefix=

submit() { # TAG-DIGIT LINE...: a job of session s, all tags alike but for it
	digit=$1
	shift
	launch submit "tag=00000000000000a$digit" session=s state-dir=/home/alice \
		user=alice log=/home/alice/log chdir=/home/alice \
		env=HOME=/home/alice env=PATH=/usr/bin:/bin \
		'env=LINES=a\nb' "$@"
}
find_s() { launch find session=s state-dir=/home/alice; }
state_of() { # JOB: squeue's word
	as squeue -h -j "$1" -o %T 2>/dev/null
}
ctld_is_down() { as scontrol ping 2>&1 | grep -q 'is DOWN'; }
is() { test "$("$1" "$2")" = "$3"; }

find_s
test $rc = 0 && has scope=rig && ! like '^job='
ok "find: no job, no record but whose jobs were looked at"

submit 1 command=/bin/sh option=-p option=devel option=--frobnicate=1
test $rc = 1 && has error=usage && like "message=.*--frobnicate=1"
ok "submit: an unknown option is named"
test -z "$(as squeue -h)"
ok "and nothing is submitted"

submit 1 command=/bin/sh option=-pnowhere
test $rc = 1 && has error=refused && like '^message=.*[Ii]nvalid partition'
ok "submit: a refusal in Slurm's words"
submit 1 command=/bin/sh option=--gres=nosuch:1
test $rc = 1 && has error=refused && like '^message=.*generic resource'
ok "submit: another one"

# A session that runs until the file go is there.
cat >"$home/agent" <<'END'
#!/bin/sh
{
	for a; do printf '<%s>' "$a"; done
	printf '\n%s\n' "$(umask) $(ulimit -n) $PWD $(cat /proc/$PPID/comm)"
	env
} >env.tmp
mv env.tmp env.txt
until test -e go; do sleep 0.1; done
exit 7
END
chmod 755 "$home/agent"
submit 2 command=/home/alice/agent 'command=it'"'"'s "$HOME" \\\\\n;' \
	option=-t option=0:10:00 option=-c2 option=--mem-per-cpu=100M \
	option=--comment=mine option=--gres=gpu:1
job=$(value job)
test $rc = 0 && test -n "$job" && test ! -s "$err"
ok "submit: a job"
wait_for 20 test -e "$home/env.txt"
ok "it starts"
tr '\n' '|' <"$home/env.txt" |
	grep -qF '<it'"'"'s "$HOME" \\|;><--watch-parent>|'
ok "command words arrive, --watch-parent behind them"
grep -q '^[0-7]* [0-9]* /home/alice slurmstepd$' "$home/env.txt"
ok "in the working directory, as a child of slurmstepd"
as sh -c 'umask; ulimit -n' | tr '\n' ' ' >"$RIG_STATE/limits"
grep -q "^$(cat "$RIG_STATE/limits")" "$home/env.txt"
ok "with the umask and the limits of the login node"
(
	for w in HOME=/home/alice LINES=a b SLURM_SUBMIT_HOST=login1 \
		SLURM_JOB_NAME=vscode-remote-shell-s "SLURM_PRIO_PROCESS=$(nice)" \
		SLURM_SUBMIT_DIR=/home/alice; do
		grep -qxF "$w" "$home/env.txt" || exit 1
	done
)
ok "and the environment that was asked for"
test -s "$home/env.txt" && ! sed 's/=.*//' "$home/env.txt" | grep -vE \
	'^(HOME|PATH|LINES|b|SLURM.*|ENVIRONMENT|HOSTNAME|TMPDIR|PWD|OLDPWD|SHLVL|_|CUDA_VISIBLE_DEVICES|GPU_DEVICE_ORDINAL|ROCR_VISIBLE_DEVICES|ZE_AFFINITY_MASK|(I_MPI_)?HYDRA_[A-Z_]*)$' |
	grep -q '^[A-Z_]*$'
ok "and nothing else"
as scontrol show job -o "$job" | tr ' ' '\n' >"$RIG_STATE/job"
(
	for w in JobName=vscode-remote-shell-s Requeue=0 NumNodes=1 NumCPUs=2 \
		TimeLimit=00:10:00 MinMemoryCPU=100M StdIn=/dev/null \
		StdOut=/home/alice/log StdErr=/home/alice/log \
		Comment=vscode-remote-shell session=s \
		'tag=00000000000000a2;' mine; do
		grep -qxF "$w" "$RIG_STATE/job" ||
			{ echo "# no $w"; exit 1; }
	done
	grep -q 'TresPerNode=.*gpu:1' "$RIG_STATE/job"
)
ok "scontrol shows what was asked for"

find_s
test $rc = 0 && has "job=$job" && has tag=00000000000000a2 &&
	has state=running && has node=c2 && like '^start=[0-9]+$' &&
	like '^end=[0-9]+$'
ok "find: the job"
# A login node whose clock is a year ahead. What makes it is for tests that have
# lib.sh, so only the file is taken from there.
if test -f "$build/faults/inject.so"; then
	(
		BUILD=$build T=$home
		. "$here/../faults/lib.sh"
		clock_new login
		clock_shift login 31536000
	)
	chmod 666 "$home/clock-login"
	prefix="env LD_PRELOAD=$build/faults/inject.so FAULT_IN=$name
		FAULT_STATE=/home/alice/clock-login
		ASAN_OPTIONS=verify_asan_link_order=0" find_s
	left=$(value left)
	test $rc = 0 && test "$left" -gt 500 && test "$left" -le 600 &&
		test "$(value age)" -lt 100
	ok "find: what is left by slurmctld's clock"
else
	tests=$((tests + 1))
	echo "ok $tests # SKIP inject.so is not built"
fi
launch find session=other state-dir=/home/alice
test $rc = 0 && ! like '^job='
ok "find: not for another session"
launch find state-dir=/home/alice
test $rc = 0 && has "job=$job" && has session=s && has partition=devel &&
	has time-limit=600 && has cpus=2 && has mem=200 && like '^gres=gpu'
ok "find: for all of them, with what it has"
printf 'session=s\n\n' | "$rig" exec -u bob login1 "$launcher" find >"$out"
test $? = 0 && ! like '^job='
ok "find: not for another user"

# The second waits for the first to end.
submit 3 command=/home/alice/agent option=-G1
second=$(value job)
wait_for 10 is state_of "$second" PENDING
find_s
test "$(grep -c ^job= "$out")" = 2 && test "$(value job)" = "$job" &&
	has "reason=Dependency" && has \
	"text=waiting for an earlier job of the same name to end"
ok "a second job of the session waits, find gives the older first"
launch extend "job=$job" seconds=600
test $rc = 1 && has error=refused && test -s "$out"
ok "extend: Slurm does not let a user extend a running job"
launch end "job=$second"
test $rc = 0 && test -z "$(tr -d '\n' <"$out")"
ok "end: a pending job"
find_s
test "$(grep -c ^job= "$out")" = 1 && has "job=$job"
ok "it is not found any more"
launch watch "job=$second"
test $rc = 0 && has state=ended && has reason=CANCELLED && ! like ^status=
ok "watch: a job cancelled while it was pending"
launch end "job=$second"
test $rc = 1 && has error=gone
ok "end: an ended job is gone"
launch end job=4000000
test $rc = 1 && has error=gone
ok "end: as is one that never was"

submit 4 command=/bin/true option=-pdown option=-Jx option=-t30
waiting=$(value job)
launch extend "job=$waiting" seconds=601
test $rc = 0 &&
	as scontrol show job -o "$waiting" | grep -q TimeLimit=00:41:00
ok "extend: a pending job, in whole minutes"
as scontrol show job -o "$waiting" | grep -q ' JobName=x-s '
ok "submit: a name of the user's choice has the session behind it"
find_s
has reason=PartitionDown && has "text=the partition is down"
ok "find: why it waits"
as scontrol update "job=$waiting" StartTime=now+1hour
launch extend "job=$waiting" seconds=60
test $rc = 0 && ! like '^end=' && ! like '^left=' &&
	as scontrol show job -o "$waiting" | grep -q ' EndTime=2'
ok "extend: a job that has not begun has no end, whatever Slurm expects"
launch end "job=$waiting"

# From here on with broken daemons; the watcher must not mind.
printf 'job=%s\n\n' "$job" | as "$launcher" watch >"$RIG_STATE/watch" \
	2>"$RIG_STATE/watch.err" &
watcher=$!
wait_for 5 grep -qx state=running "$RIG_STATE/watch"
ok "watch: a record at once"
# TERM, since only so it saves the job that has just started.
"$rig" kill ctl slurmctld TERM >/dev/null
wait_for 20 ctld_is_down
submit 5 command=/bin/true
test $rc = 1 && has error=unavailable && like 'message=.*slurmctld \(ctl\)' &&
	at_once
ok "slurmctld gone: said at once"
# A look may be 10 s away, and a call without a ping before it takes 18 s.
wait_for 60 grep -q 'slurmctld (ctl) does not answer' "$RIG_STATE/watch.err"
ok "watch: says so too and goes on"
"$rig" kill login1 munged >/dev/null
find_s
test $rc = 1 && has error=unavailable && like 'message=munged' && at_once
ok "munged killed: said at once"
"$rig" start login1 munged >/dev/null
"$rig" start ctl slurmctld >/dev/null
touch "$home/go"
wait_for 60 grep -qx state=ended "$RIG_STATE/watch"
cp "$RIG_STATE/watch" "$out"
cp "$RIG_STATE/watch.err" "$err"
test -s "$out" && has state=ended || kill $watcher
wait $watcher && has "job=$job" && has status=7 && has reason=NonZeroExitCode
ok "watch: both are back, the job ends, with its exit status"
test "$(grep -c "^$name:" "$err")" = 1
ok "watch: few words about it"

"$rig" kill ctl slurmctld STOP >/dev/null
submit 5 command=/bin/true
test $rc = 1 && has error=unavailable && like 'may have been made all the same'
ok "slurmctld stopped: said, and that there may be a job"
"$rig" kill ctl slurmctld CONT >/dev/null
"$rig" kill login1 munged STOP >/dev/null
find_s
test $rc = 1 && has error=unavailable && like munged && late
ok "munged stopped: said when the limit is over"
"$rig" kill login1 munged CONT >/dev/null

launch watch job=4000000
test $rc = 0 && has state=ended && has reason=Gone
ok "watch: a job Slurm does not know has ended"

submit 6 command=/home/alice/missing
job=$(value job)
launch watch "job=$job"
has status=127 && grep -q \
	'/home/alice/missing: missing or not executable on node c[12]' \
	"$home/log"
ok "no agent: status 127, and the log says where"

submit 7 command=/bin/sh command=-c command='trap "echo term; exit 0" TERM; while :; do sleep 0.1; done'
job=$(value job)
wait_for 20 is state_of "$job" RUNNING
# Nothing changes, so otherwise it would stay.
printf 'job=%s\n\n' "$job" | {
	timeout 60 "$rig" exec -u alice login1 "$launcher" watch 2>"$err"
	echo $? >"$RIG_STATE/watch.rc"
} | head -n 1 >"$out"
has "job=$job" && test "$(cat "$RIG_STATE/watch.rc")" != 124
ok "watch: ends with its reader"
launch end "job=$job"
launch watch "job=$job"
like '^state=ended' && has reason=CANCELLED && grep -qx term "$home/log"
ok "end: SIGTERM reaches the agent"

prefix='env SLURM_CONF=/nowhere/slurm.conf' find_s
test $rc = 1 && has error=config && like /nowhere/slurm.conf && at_once
ok "a SLURM_CONF that is not there"
printf 'Nonsense\n' >"$home/slurm.conf"
prefix='env SLURM_CONF=/home/alice/slurm.conf' find_s
test $rc = 1 && has error=config && test -s "$err" && at_once
ok "a configuration that libslurm exits on"
printf 'session=s\n\n' | "$rig" exec login1 unshare -m sh -c '
	mount -t tmpfs none /etc/slurm && unset SLURM_CONF &&
	exec setpriv --reuid=3001 --regid=3001 --clear-groups "$0" find' \
	"$launcher" >"$out" 2>"$err"
test $? = 1 && has error=config && like /etc/slurm
ok "no configuration at all"

if test "$name" = launch-slurm && command -v "${CC:-cc}" >/dev/null; then
	api=45 of=26.05
	case ${RIG_SLURM:-$(slurmctld -V)} in
	*26.05*) api=38 of=22.05 ;;
	esac
	echo "long slurm_api_version(void) { return $api << 16; }" >"$home/api.c"
	"${CC:-cc}" -shared -fPIC -o "$home/api.so" "$home/api.c"
	# The sanitizer wants to be first, which does not matter here.
	prefix='env LD_PRELOAD=/home/alice/api.so ASAN_OPTIONS=verify_asan_link_order=0' find_s
	test $rc = 127 && ! like . && grep -q "libslurm .* $of" "$err"
	ok "headers and library of different releases"
fi
echo "1..$tests"
