#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# vscode-remote-host in a Slurm job, by an ordinary user, in an image: the real
# sbatch, squeue, scontrol, scancel, salloc and srun --pty behave as on a login node.
# shellcheck disable=SC2154,SC2016 # from rig/lib.sh; for shells there
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
command -v bwrap >/dev/null || skip_all "no bubblewrap"
image_can || skip_all "no static busybox"
test -x "$BUILD/vscode-remote-host" || skip_all "no vscode-remote-host"
slurm_up

image_new "$AHOME/image"
home=$(alice login1 sh -c 'echo ~')
front login1 alloc -S-wc1 -S-c2 -S--mem=300 --container="$home/image" \
	--container-runtime=bubblewrap </dev/null
is "$rc" 0 "a session in an image" || diag_file "$T/err"
job=$(the_job)

said() { sed -n 's/^vscode-remote-host: //p' "$T/err"; }

# ---- what Slurm's commands say ---------------------------------------------------

is "$(in_image 'cat /etc/inside; squeue --me -h -o %i; squeue --me -h -o %i | wc -l')" \
	"the image
$job
1" "squeue" || diag_file "$T/err"
is "$(in_image 'scontrol show job $SLURM_JOB_ID | grep -o BatchHost=.*; sinfo -h -p gpu -o %D')" \
	"BatchHost=c1
1" "scontrol and sinfo"
in_image 'squeue --nosuch' >/dev/null
is "$rc" "$(alice login1 squeue --nosuch >/dev/null 2>&1; echo $?)" "an exit status of squeue"
like "$(cat "$T/err")" "squeue: unrecognized option '--nosuch'" "and its words"
in_image 'srun -n1 -c1 hostname; srun -n1 -c1 sh -c "exit 7"' >/dev/null
is "$rc $(cat "$T/out")" "7 c1" "a step, and its exit status"
is "$(in_image 'head -c 1000000 /dev/zero | srun -n1 -c1 cat | wc -c')" 1000000 "megabytes through it"

# ---- a job that is submitted asks for what was written ------------------------------

cat >"$AHOME/w.sh" <<'END'
#!/bin/sh
#SBATCH -t 1 -n2
echo "$1 $FOO"; pwd
END
# Fields that say what was asked for; the job waits for a node, so nothing is chosen.
asked() {
	alice login1 scontrol -o show job "$1" | tr ' ' '\n' |
		grep -E '^(NumNodes|NumCPUs|NumTasks|CPUs/Task|ReqB:S:C:T|ReqTRES|TRES|MinCPUsNode|MinMemory.*|TimeLimit|Partition|WorkDir|Command|OverSubscribe|Requeue)='
}
last=
waits() { echo "-H -w c2 $1 ${2:-w.sh}"; }
for options in "" -c2 "--mem=200 -N1" -n3 "--mem-per-cpu=20 -c2"; do
	inside=$(in_image "cd; sbatch --parsable $(waits "$options")")
	outside=$(alice login1 sh -c "cd; sbatch --parsable $(waits "$options")")
	like "$inside $outside" '^[0-9]+ [0-9]+$' "sbatch $options, inside and outside"
	is "$(asked "$inside")" "$(asked "$outside")" "sbatch $options asks for what was written"
	alice login1 scancel "$outside" $last
	last=$inside
done
in_image "scancel $inside" >/dev/null
is "$rc" 0 "scancel" || diag_file "$T/err"
ok "which cancels the job" wait_for 10 job_is "$inside" CANCELLED
n=$(in_image 'mkdir -p sub; cd sub; FOO=of-foo sbatch --parsable -o out ../w.sh arg')
ok "a script by its relative path runs" wait_for 60 job_is "$n" COMPLETED
is "$(cat "$AHOME/sub/out")" "arg of-foo
$home/sub" "in the caller's directory, with a variable of the caller's"
n=$(in_image 'cd sub; sbatch --parsable -o out2 -n1 <<END
#!/bin/sh
echo script of stdin
END')
ok "sbatch < script" wait_for 60 job_is "$n" COMPLETED
is "$(cat "$AHOME/sub/out2")" "script of stdin" "what it has said"

# ---- terminals -----------------------------------------------------------------------

# One new size is all that is tried: srun itself misses one that comes while it looks
# at the last.
cp "$CLIENTS/winch.py" "$AHOME"
timeout 200 "$PYTHON" "$CLIENTS/terminal.py" 30x100 "$RIG" exec -u alice login1 \
	"$VRS" shell >"$T/screen" 2>&1 9>&- <<'END'
type PS1='next> '
see next> 
type srun -n1 -c1 --pty sh -c 'stty size; hostname; echo up-$((1+1)); exec cat'
see 30 100
see c1
see up-2
type hel\x6co
see hello\s+hello
key \x03
see next> 
type echo "status $?"
see status 130
type srun -n1 -c1 --pty ./winch.py
see begins
size 20x80
see 20x80
key \x1a
see \^Z
key \x03
see next> 
type srun -n1 -c1 sh -c 'echo up-$((3+1)); exec cat'
see up-4
key \x1a
see Stopped
see next> 
type fg
see got SIGCONT
type line
see line\s+line
key \x04
see next> 
type exit 6
END
is $? 6 "srun --pty: size, Ctrl-C, a new size, Ctrl-Z; srun: Ctrl-Z and fg" || diag_file "$T/screen"

# ---- a node that takes no jobs ----------------------------------------------------------

root ctl scontrol update partitionname=short allocnodes="login[1-2]"
in_image 'cd; sbatch -pshort w.sh' >/dev/null
is "$rc $(said)" "1 partition short takes jobs from login[1-2] alone, and this is c1: submit it there, or to another partition" \
	"a partition that takes jobs of login nodes only" || diag_file "$T/err"
in_image 'cd; sbatch -pdevel --mem=1T w.sh' >/dev/null
is "$rc $(said)" "1 " "another reason is Slurm's own"
like "$(cat "$T/err")" '^sbatch: error: ' "and sbatch tells it"
root ctl scontrol update partitionname=short allocnodes=ALL

# ---- another user, and the end -------------------------------------------------------------

sock=$(in_image 'echo ${VRS_RUNTIME_DIR%/run}/bridge/sock')
ok "the socket is there" root c1 test -S "$sock"
like "$(bob c1 python3 -c 'import socket, sys
socket.socket(socket.AF_UNIX).connect(sys.argv[1])' "$sock" 2>&1)" "PermissionError" \
	"another user does not get to it"
in_image 'srun -n1 -c1 sleep 1000 >/dev/null 2>&1 </dev/null &' >/dev/null
ok "a step runs on" wait_for 30 root c1 sh -c "pgrep -u alice -x sleep >/dev/null"
front login1 cancel </dev/null
all_gone "the job ends, with all of it"
done_testing
