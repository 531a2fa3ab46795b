#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What helps to choose a job, on a real Slurm cluster: it is what sinfo and sbatch
# say, and few questions to slurmctld.
# shellcheck disable=SC2154 # from rig/lib.sh
RIG_CONF_EXTRA='PartitionName=hidden Nodes=c1 Hidden=YES
PartitionName=bobs Nodes=c2 AllowGroups=bob
PartitionName=root Nodes=c2 RootOnly=YES
PartitionName=phys Nodes=c1 AllowAccounts=physics
PartitionName=drain Nodes=c1 State=DRAIN'
export RIG_CONF_EXTRA
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
slurm_up

reset() { root ctl sdiag -r >/dev/null; }
calls() {
	root ctl sdiag | sed -n 's/^.*alice *( *3001) *count:\([0-9]*\).*/\1/p' |
		awk '{ n += $1 } END { print n + 0 }'
}
names() { sed 1d "$T/out" | awk '{ sub(/\*$/, "", $1); print $1 }' | sort | xargs; }
# cell NAME TITLE: what that partition's line has in that column
cell() {
	awk -v name="$1" -v title="$2" '
	NR == 1 { for (i = 1; i <= NF; i++) if ($i == title) at = i }
	{ sub(/\*$/, "", $1) }
	$1 == name { print $at }' "$T/out"
}
# sinfo_of NAME FORMAT: as alice sees it
sinfo_of() { alice login1 sinfo -h -p "$1" -o "$2"; }
# idle_of A/I/O/T: "I/T"
idle_of() { echo "$1" | awk -F/ '{ print $2 "/" $4 }'; }

# ---- partitions ------------------------------------------------------------

reset
front login1 partitions
n=$(calls)
is "$rc $(cat "$T/err")" "0 " "partitions"
ok "slurmctld was asked at most 3 times ($n)" test "$n" -ge 1 -a "$n" -le 3
is "$(names)" "$(alice login1 sinfo -h -o '%R %a' | awk '$2 == "up" && $1 != "root" { print $1 }' | sort -u | xargs)" \
	"those that sinfo says are up, but for root's"
is "$(names)" "devel gpu high low phys short" "and no others"

# as_sinfo WHEN: each line says what sinfo does
as_sinfo() {
	for p in $(names); do
		set -- "$1" "$(sinfo_of "$p" '%l %L %F %C %c %m' | head -n 1)"
		# shellcheck disable=SC2086 # words
		is "$(cell "$p" TIMELIMIT | sed 's/UNLIMITED/infinite/') $(cell "$p" DEFAULTTIME | sed 's/UNLIMITED/infinite/') $(cell "$p" 'NODES(I/T)') $(cell "$p" 'CPUS(I/T)') $(cell "$p" CPUS/NODE | sed 's/.*\///') $(cell "$p" MEMORY/NODE | sed 's/.*\///; s/M//')" \
			"$(set -- $2; l=$2; test "$2" != n/a || l=$1; echo "$1 $l $(idle_of "$3") $(idle_of "$4") $5 $6")" \
			"$1: $p as sinfo says"
	done
}
as_sinfo "all idle"
is "$(cell gpu 'GPUS(I/T)') $(cell devel 'GPUS(I/T)')" "fake:2/2 fake:2/2" \
	"GPUs by type"
is "$(grep -c '^devel\* ' "$T/out")" 1 "the default is marked"
front login1 alloc busy -S --partition=gpu -S --gres=gpu:1 -S --cpus-per-task=3 \
	-S --mem=1000
is "$rc" 0 "a job"
front login1 partitions
as_sinfo "one mixed"
is "$(cell gpu 'NODES(I/T)') $(cell gpu 'CPUS(I/T)') $(cell gpu 'GPUS(I/T)') $(cell gpu 'MEMORY(I/T)')" \
	"0/1 1/4 fake:1/2 3000/4000M" "what it has is not idle"
is "$(cell devel CPUS/NODE) $(cell devel MEMORY/NODE)" "4/4 4000/4000M" \
	"the most on one node"
root ctl scontrol update nodename=c1 state=drain reason=test
front login1 partitions
as_sinfo "one drained"
is "$(cell devel 'NODES(I/T)') $(cell devel 'CPUS(I/T)')" "0/2 1/8" \
	"a node that is drained has nothing idle"
root ctl scontrol update nodename=c1 state=resume
front login1 cancel busy

reset
front login1 partitions --all
n=$(calls)
ok "--all: at most 3 questions, too ($n)" test "$n" -ge 1 -a "$n" -le 3
is "$(names)" "bobs devel down drain gpu hidden high low phys root short" \
	"--all: all that sinfo -a knows"
for row in bobs:AllowGroups=bob root:RootOnly=YES down:State=DOWN \
	drain:State=DRAIN hidden:- devel:- phys:-; do
	is "$(cell "${row%%:*}" REFUSED)" "${row#*:}" "--all: $row"
done
front login1 partitions -S --account=chem
is "$(names)" "devel gpu high low short" "with an account that phys does not take"
front login1 partitions -S --account=physics
is "$(names)" "devel gpu high low phys short" "and one that it takes"
timeout 300 "$RIG" exec -u bob login2 "$VRS" partitions >"$T/out" 2>"$T/err"
is "$(names)" "bobs devel gpu high low phys short" "bob sees his own"
front login1 partitions --json
if ! grep -q 'without jansson' "$T/err"; then
	is "$("$PYTHON" -c 'import json, sys
for p in json.load(sys.stdin)["partitions"]:
    if p["partition"] == "gpu":
        print(p["nodes_idle"], p["nodes"], p["memory_mb"], p["time_limit"],
              p["default"], p["gpus"])' <"$T/out")" \
		"1 1 4000 86400 False [{'type': 'fake', 'idle': 2, 'total': 2}]" \
		"--json"
fi

# ---- estimate ----------------------------------------------------------------

mkdir -p "$AHOME/.config/vscode-remote-shell"
conf=$AHOME/.config/vscode-remote-shell/config
cat >"$conf" <<'END'
[profile now]
salloc-arg = --cpus-per-task=2
[profile gpu]
salloc-arg = --partition=gpu
salloc-arg = --gres=gpu:2
[profile big]
salloc-arg = --cpus-per-task=64
[profile nowhere]
salloc-arg = --partition=nosuch
[profile closed]
salloc-arg = --partition=bobs
[profile asleep]
salloc-arg = --partition=down
END
chown -R 3001:3001 "$AHOME/.config"
chmod -R go-w "$AHOME/.config"
# The gpu node is full for ten minutes.
alice login1 sbatch -p gpu -w c2 -c 4 -t 10 --wrap 'sleep 600' >"$T/log/sbatch" 2>&1
full() { test "$(root ctl squeue -h -t R -p gpu -o %i | wc -l)" = 1; }
wait_for 20 full
front login1 estimate
is "$rc $(cat "$T/err")" "0 " "estimate"
row() { sed -n "s/  */ /g; s/^$1 //p" "$T/out"; }
# test_only OPTION...: "TIME NODES" as sbatch says them, or its words
test_only() {
	alice login1 sbatch --test-only "$@" --wrap true 2>&1 | sed -n '
		s/.*to start at \([^ ]*\) .* nodes \([^ ]*\) in .*/\1 \2/p
		s/.*allocation failure: //p' | tail -n 1
}
is "$(row now)" "--cpus-per-task=2 now $(test_only -c2 | sed 's/.* //')" \
	"a job that could start now"
gpu=$(test_only -p gpu --gres=gpu:2)
is "$(row gpu)" "--gres=gpu:2 --partition=gpu $gpu" "one that has to wait, as sbatch --test-only"
like "$(row gpu)" ' 20[0-9-]+T[0-9:]+ c2$' "with time and node"
is "$(row big)" "--cpus-per-task=64 - (Slurm would refuse the job: $(test_only -c64))" \
	"one that is too big has the scheduler's words"
like "$(row nowhere)" "Slurm would refuse the job: $(test_only -p nosuch)" \
	"and one for no partition"
# Later releases let anybody look there.
closed=$(test_only -p bobs)
case $closed in
20*)	is "$(row closed)" "--partition=bobs $closed" "as sbatch has it, for a partition of others" ;;
*)	like "$(row closed)" "Slurm would refuse the job: $closed" \
		"and one for a partition of others" ;;
esac
is "$(row asleep)" "--partition=down - (PartitionDown: the partition is down)" \
	"one for a partition that is down"
reset
front login1 estimate now
n=$(calls)
is "$(wc -l <"$T/out")" 2 "one alone"
ok "at most 3 questions ($n)" test "$n" -ge 1 -a "$n" -le 3
front login1 estimate nowhere
is "$rc" 69 "one that is refused: 69"
front login1 estimate gpu --json
if ! grep -q 'without jansson' "$T/err"; then
	is "$("$PYTHON" -c 'import json, sys, time
e, = json.load(sys.stdin)["estimates"]
print(e["profile"], time.strftime("%FT%T", time.localtime(e["start_time"])),
      e["node"], e["partition"], e["refused"])' <"$T/out")" \
		"gpu $(row_time=${gpu% *}; echo "$row_time") c2 gpu None" "--json"
fi
is "$(jobs_of alice | wc -l)" 1 "nothing was submitted"

# ---- --dry-run ---------------------------------------------------------------

value() { sed -n "s|^$1  *||p" "$T/out" | sed 's/  */ /g'; }
reset
front login1 gpu --dry-run -S --time=30 -S --mem=1G
n=$(calls)
is "$rc $(cat "$T/err")" "0 vscode-remote-shell: nothing was submitted" "--dry-run"
ok "at most 3 questions ($n)" test "$n" -ge 1 -a "$n" -le 3
is "$(value Partition)" "profile gpu of /home/alice/.config/vscode-remote-shell/config:4 gpu" \
	"the profile's"
like "$(value TresPerNode)" "^profile gpu of /home/alice/.config/vscode-remote-shell/config:5 gres[:/]gpu:2\$" \
	"the same"
is "$(value TimeLimit)" "command line 30:00" "the command line's"
is "$(value MinMemoryNode)" "command line 1024M" "the same"
is "$(value Dependency)" "built in singleton" "the session's own"
is "$(value JobName)" "profile vscode-remote-shell-gpu" "its name is the profile's session"
is "$(jobs_of alice | wc -l)" 1 "nothing was submitted"
front login1 nowhere --dry-run
is "$rc $(value Partition | sed 's/.* //')" "69 nosuch" "what would be refused is printed, too"
like "$(cat "$T/err")" 'Slurm would refuse the job: .*artition' "with the words for it"
front login1 alloc now
is "$rc" 0 "a session"
job=$(root ctl squeue -h -n vscode-remote-shell-now -o %i)
front login2 now --dry-run
is "$rc $(cat "$T/err")" \
	"0 vscode-remote-shell: session 'now' is there: job $job, running on $(job_node "$job"); it would be attached, and no job submitted" \
	"--dry-run: one that is there"
# What it had said is what scontrol shows of the job.
shown() { root ctl scontrol show job -o "$job" | tr ' ' '\n' | sed -n "s|^$1=||p"; }
for field in JobName WorkDir CPUs/Task Requeue; do
	is "$(value "$field" | sed 's/^profile now of [^ ]* //; s/^profile //; s/^built in //')" \
		"$(shown "$field")" "$field is what scontrol shows"
done

# ---- without slurmctld -----------------------------------------------------------

rig kill ctl slurmctld TERM >/dev/null
ok "slurmctld ends" wait_for 20 not root ctl pgrep -x slurmctld
front login1 partitions
is "$rc $(cat "$T/out")" "69 " "without slurmctld: 69"
like "$(cat "$T/err")" 'slurmctld \(ctl\) does not answer' "which is told"
front login1 estimate
is "$rc $(cat "$T/out")" "69 " "estimate without slurmctld: 69"
front login1 gpu --dry-run --launcher-timeout=15s
is "$rc $(value Partition | sed 's/.* //')" "69 gpu" \
	"--dry-run without slurmctld: the job all the same, and 69"
done_testing
