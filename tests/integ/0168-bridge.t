#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# vscode-remote-host: commands of the node, called where a container's programs would
# call them, with their own descriptors, signals, directory and environment. In a
# session without an image; in an image that has nothing at all by bubblewrap.
# shellcheck disable=SC2016 # expanded in the job
. "$(dirname "$0")/../lib.sh"
need_product
test -x "$BUILD/vscode-remote-host" ||
	skip_all "no vscode-remote-host: nothing here links a static program"
at_exit vrs_end

# ---- commands of the node ------------------------------------------------------

mkdir -p "$T/bin" "$T/late" "$T/w"
# program NAME: a command of the node, from stdin, with the test's files
program() {
	{ echo '#!/bin/sh'; echo "T=$T"; cat; } >"${2:-$T/bin}/$1"
	chmod +x "${2:-$T/bin}/$1"
}
program sbatch <<'END'
printf '%s|' "$@"
pwd
cat
exit 7
END
program squeue <<'END'
exec seq 100000
END
program sinfo <<'END'
env
END
program scancel <<'END'
kill -9 $$
END
# What runs a program, and says which process it is.
program srun <<'END'
echo $$ >>$T/pids
exec "$@"
END
program git <<'END'
umask
exit $1
END
program scontrol <<'END'
case $*:$SLURM_CONF in
*partition*:login) echo 'PartitionName=devel AllocNodes=login[1-2] Default=NO'
	echo 'PartitionName=open AllocNodes=ALL Default=YES' ;;
*hostnames*:login) echo login1; echo login2 ;;
*) exit 1 ;;
esac
END
program salloc <<'END'
echo "salloc: error: refused" >&2
exit 1
END
# Found by a login shell alone.
program latecomer "$T/late" <<'END'
echo "late $*"
END
echo "PATH=\$PATH:$T/late; export PATH" >"$HOME/.profile"

# in_session SCRIPT [ARGUMENT...]: as it would run in a container, whose PATH has
# links to the program first and none of the node's
in_session() {
	{
		echo 'B=${VRS_RUNTIME_DIR%/run}/bridge'
		echo 'PATH=$B/bin:/usr/bin:/bin; export PATH; cd '"$T/w"
		printf '%s\n' "$1"
	} >"$T/script"
	vrs shell -- sh "$T/script" 2>"$T/err"
}
node_path=$T/bin:$PATH
start() {
	(PATH=$node_path && vrs_alloc "$@")
}
running() { alive "$(tail -n 1 "$T/pids")"; }
said() { sed 's/^vscode-remote-host: //' "$T/err"; }

export OF_NODE=1 PYTHONPATH=/of/node
start -v --bridge-command=latecomer --bridge-command=ls --bridge-command=nosuch
unset PYTHONPATH

is "$(in_session 'echo "of stdin" | sbatch a "b  c" "" -x; echo $?')" "a|b  c||-x|$T/w
of stdin
7" "arguments, directory, stdin and exit status" || diag_file "$T/err"
is "$(in_session 'squeue | head -n 2; squeue | wc -l')" "1
2
100000" "pipes"
is "$(in_session 'scancel; echo $?')" 137 "death by a signal"
is "$(in_session 'umask 027; git 0; vscode-remote-host git 5 >/dev/null; echo $?')" "0027
5" "the umask, and a command by the program's own name"
is "$(in_session 'head -c 3000000 /dev/zero | srun cat | wc -c; srun sh -c "echo out; echo err >&2" 2>&1 >/dev/null')" \
	"3000000
err" "megabytes, and stderr beside stdout"
is "$(in_session 'exec <&-; sbatch </dev/null; srun readlink /proc/self/fd/0')" "|$T/w
/dev/null" "a stdin that is closed is nobody's"
is "$(in_session 'latecomer 1')" "late 1" "a command that start-up files have in PATH"
is "$(in_session 'nosuch; echo $?'; said)" \
	"127
nosuch is not there outside of the container, in no directory of PATH" "one that nobody has"
is "$(in_session 'vscode-remote-host rm -rf none; echo $?'; said)" \
	"126
'rm' is not run outside of the container; what is: sbatch, squeue, scancel, sinfo, srun, scontrol, sacct, salloc, git, latecomer, ls, nosuch; a session with --bridge-command=rm does so, where the site lets it" \
	"one that is not to be run"

# The shell's own would be in another directory; ls is asked for above.
is "$(in_session 'for c in cd pwd; do vscode-remote-host $c; echo $?; done; ls $B/bin | grep -cxE "cd|pwd"'; said | cut -d' ' -f1-9)" \
	"126
126
0
'cd' is not run outside of the container; what
'pwd' is not run outside of the container; what" "cd and pwd are not, where nobody says so"
is "$(in_session 'cd '"$T/late"'; ls; cd /; vscode-remote-host ls '"$T/late")" "latecomer
latecomer" "ls is, where --bridge-command says so"

# ---- environment -----------------------------------------------------------------

in_session 'FOO=1 SLURM_TIME_FORMAT=relative LD_X=/image PYTHONPATH=/image CONDA_PREFIX=/image \
APPTAINER_NAME=x SINGULARITY_BIND=x SHELL=/image HOME=/image sinfo' >"$T/env"
for word in FOO=1 SLURM_TIME_FORMAT=relative OF_NODE=1 PYTHONPATH=/of/node "HOME=$HOME"; do
	ok "has $word" grep -qx "$word" "$T/env"
done
is "$(grep -E '/image|APPTAINER|SINGULARITY|CONDA' "$T/env")" "" "and nothing of the image"
ok "PATH is the node's" grep -q "^PATH=$T/bin:" "$T/env"
is "$(in_session 'unset OF_NODE; sinfo | grep OF_NODE')" "" "what was unset is not there"

# ---- signals ---------------------------------------------------------------------

# pass SIGNAL: what a command does that has it as its trap
pass_on() {
	: >"$T/pids"
	in_session "srun sh -c 'trap \"echo got; exit 9\" $1; echo go; while :; do sleep 0.05; done' >$T/got &
	while ! grep -q go $T/got 2>/dev/null; do sleep 0.05; done
	kill -$1 \$!; wait \$!; echo \$?"
	cat "$T/got"
	rm -f "$T/got"
}
for sig in HUP TERM USR1 USR2 WINCH CONT; do
	is "$(pass_on $sig | tr '\n' ' ')" "9 go got " "SIG$sig"
done

cp "$CLIENTS/winch.py" "$T"
cat >"$T/rc" <<END
B=\${VRS_RUNTIME_DIR%/run}/bridge
PATH=\$B/bin:/usr/bin:/bin; PS1='next> '; set -m;
bind 'set enable-bracketed-paste off'; cd $T/w
state() { sed -n 's/^State:.\\(.\\).*/\\1/p' /proc/\$(tail -n 1 $T/pids)/status; }
END
timeout 200 "$PYTHON" "$CLIENTS/terminal.py" 30x100 "$BUILD/vscode-remote-shell" \
	--launcher=local --state-dir="$VRS_STATE" shell -- \
	"stty sane; exec bash --rcfile $T/rc -i" >"$T/screen" 2>&1 9>&- <<'END'
see next> 
type srun sh -c 'echo up-$((1+1)); exec cat'
see up-2
type hel\x6co
see hello\s+hello
key \x03
see next> 
type echo "status $?"
see status 130
type srun ../winch.py
see begins
size 20x80
see 20x80
key \x1a
see Stopped
see next> 
type echo "it is $(state)"
see it is T
type fg
see goes on
size 21x81
see 21x81
key \x03
see next> 
type echo "status $?"
see status 130
type srun sh -c 'trap "" TSTP; echo go-$((2+1)); read x; echo "read $x"'
see go-3
key \x1a
type on
see read .*on
see next> 
type srun sh -c 'kill -STOP $$; echo went on'
see Stopped
see next> 
type fg
see went on
see next> 
type salloc
see salloc has no job control here
see refused
see next> 
type srun stty -echo; srun stty -a
see -echo 
see next> 
type exit 4
END
is $? 4 "a terminal: Ctrl-C, its size, Ctrl-Z and fg, its settings" || diag_file "$T/screen"

# ---- directories and files ---------------------------------------------------------

# bare WORD...: in an image that has nothing but the bridge, and directories of its own
if bwrap --ro-bind / / true 2>/dev/null; then
	echo 'script' >"$T/w/file"
	cat >"$T/bare" <<END
bare() {
	bwrap --bind \$B \$B --dir /own --dir /usr/bin --bind $T/w $T/w --ro-bind $T/late $T/w/late --dir $T/other "\$@"
}
END
	mkdir -p "$T/other" "$T/w/late"
	# in_bare DIRECTORY WORD...
	in_bare() {
		in_bare_dir=$1
		shift
		in_session ". $T/bare; bare --chdir $in_bare_dir -- \$B/bin/$*; echo \$?"
	}
	is "$(in_bare "$T/w" sbatch x </dev/null)" "x|$T/w
7" "an image that has nothing: no /dev, no /proc, no library"
	is "$(in_bare /own sbatch x; said)" \
		"126
there is no directory /own outside of the container, where sbatch runs: go to one that both have, as $HOME" \
		"a directory that is the image's"
	is "$(in_bare "$T/other" sbatch x; said)" \
		"126
$T/other is another directory outside of the container, where sbatch runs: go to one that both have, as $HOME" \
		"one that is another outside"
	is "$(in_bare /own squeue | tail -n 2; said)" "100000
0" "which some commands do not care about"
	is "$(in_bare "$T/w" sbatch ./file late/latecomer --x=./late/latecomer /own; said)" \
		"./file|late/latecomer|--x=./late/latecomer|/own|$T/w
7
late/latecomer is in the container only, and sbatch runs outside
./late/latecomer is in the container only, and sbatch runs outside
/own is in the container only, and sbatch runs outside" "files that are in the image only"
	is "$(in_bare "$T/w" srun true /usr/bin; said)" "0
/usr/bin is another file outside of the container, where srun runs" \
		"and such as are others outside"
	# A program of musl, and no other libc.
	mkdir -p "$T/musl/lib"
	echo 'int execvp(const char *, char **);
int main(int n, char **v) { return n < 2 || execvp(v[1], v + 1); }' >"$T/caller.c"
	if musl-gcc -o "$T/musl/caller" "$T/caller.c" 2>"$T/err" &&
		cp -L /lib/ld-musl-*.so.1 "$T/musl/lib"; then
		is "$(in_session "bwrap --bind $T/musl / --bind \$B \$B --bind $T/w $T/w --chdir $T/w -- /caller \$B/bin/sbatch x </dev/null; echo \$?")" \
			"x|$T/w
7" "an image of musl" || diag_file "$T/err"
	else
		skip 1 "no musl"
	fi
	# The test holds the pipe's other end, and does not read.
	mkfifo "$T/full"
	exec 7<>"$T/full"
	head -c 65536 /dev/zero >&7
	is "$(in_bare "$T/w" "srun echo runs /usr/bin 2>$T/full")" "runs /usr/bin
0" "a stderr that nobody reads does not hold it up"
	exec 7>&-
else
	skip 8 "bubblewrap does not run here"
fi

# ---- a submit that is refused --------------------------------------------------------

is "$(in_session 'SLURM_CONF=login salloc -p devel; echo $?'; said | sed "s/and this is [^:]*/and this is HERE/")" \
	"1
salloc: error: refused
partition devel takes jobs from login[1-2] alone, and this is HERE: submit it there, or to another partition" \
	"the partition takes no jobs from here"
is "$(in_session 'SLURM_CONF=login salloc --partition=open; salloc; echo $?'; said)" "1
salloc: error: refused
salloc: error: refused" "it does, or nobody knows: no more is said"

# ---- an end -------------------------------------------------------------------------

is "$(in_session 'vscode-remote-host --timeout=1 srun sleep 1000; echo $?'; said)" "124
it has not ended within 1 seconds (--timeout), so it is ended" "--timeout"
ok "ends the command" wait_for 20 not running
is "$(in_session 'vscode-remote-host --timeout=60 srun echo fine; echo $?')" "fine
0" "which a quick one does not see"
: >"$T/pids"
in_session 'srun sleep 1000 & while ! test -s '"$T/pids"'; do sleep 0.05; done
kill -9 $!; wait $!'
ok "a command has begun" test -s "$T/pids"
ok "a caller that is killed takes its command along" wait_for 20 not running

# An agent that does not answer: Ctrl-C and timeout(1) end the program all the same.
agent=$(agents)
run=$(in_session 'echo $VRS_RUNTIME_DIR')
kill -STOP "$agent"
for sig in INT TERM QUIT HUP; do
	VRS_RUNTIME_DIR=$run timeout -k 30 -s "$sig" 1 \
		"$BUILD/vscode-remote-host" srun true
	is $? 124 "SIG$sig before the command runs"
done
kill -CONT "$agent"
: >"$T/pids"
bg unheard env VRS_RUNTIME_DIR="$run" "$BUILD/vscode-remote-host" srun sleep 1000
caller=$PID
# Those that were called before begin and end meanwhile.
sleeper() {
	for sleeper_p in $(cat "$T/pids"); do
		! grep -qxz 1000 "/proc/$sleeper_p/cmdline" 2>/dev/null ||
			echo "$sleeper_p"
	done
}
is_there() { test -n "$(sleeper)"; }
ok "a command runs" wait_for 30 is_there
sleeps=$(sleeper)
serves=$(sed -n 's/^PPid:.//p' "/proc/$sleeps/status")
kill -STOP "$serves"
# More sizes of a window than its socket holds.
i=0
while test $i -lt 3000; do
	kill -WINCH "$caller"
	i=$((i + 1))
done
kill -TERM "$caller"
ok "whose process does not hear SIGTERM: its caller ends" wait_for 30 gone "$caller"
kill -CONT "$serves"
ok "and so does it" wait_for 20 gone "$sleeps"

# A signal right behind the agent's word that the command runs: it is the command's.
mkdir -p "$T/quick/bridge" "$T/quick/run"
is "$(timeout 90 "$PYTHON" -c '
import os, signal, socket, struct, subprocess, sys, time
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1] + "/bridge/sock")
s.listen()
p = subprocess.Popen([sys.argv[2], "srun", "true"],
    env={"VRS_RUNTIME_DIR": sys.argv[1] + "/run"})
conn = s.accept()[0]
size = struct.unpack(">4xI", conn.recv(8, socket.MSG_WAITALL))[0]
conn.recv(size, socket.MSG_WAITALL)
# It waits with its signals; then it has both before it looks.
def waits():
    with open("/proc/%d/status" % p.pid) as f:
        return any(l[:7] == "SigBlk:" and int(l[7:], 16) >> 14 & 1 for l in f)
while not waits():
    time.sleep(0.01)
os.kill(p.pid, signal.SIGSTOP)
os.waitpid(p.pid, os.WUNTRACED)
conn.send(struct.pack(">BIH", 1, 0, 0))
os.kill(p.pid, signal.SIGTERM)
os.kill(p.pid, signal.SIGCONT)
got = b""
while signal.SIGTERM not in got and (some := conn.recv(1)):
    got += some
conn.send(struct.pack(">BIH", 4, 9, 0))
print(signal.SIGTERM in got, p.wait())' "$T/quick" "$BUILD/vscode-remote-host")" "True 9" \
	"SIGTERM as the command begins to run"

# 200 at once, of which each has its own answer.
is "$(in_session 'i=0; while test $i -lt 200; do srun sh -c "read x; echo \$x" <<X >'"$T"'/many.$i &
$i
X
i=$((i+1)); done; wait; cat '"$T"'/many.* | sort -n | uniq | wc -l')" 200 "200 at once"

# Nothing that waits computes: while others come and go, its process does not run.
: >"$T/pids"
bg wait timeout 90 "$BUILD/vscode-remote-shell" --launcher=local --state-dir="$VRS_STATE" \
	shell -- '${VRS_RUNTIME_DIR%/run}/bridge/bin/srun sleep 1000'
waits=$PID
ok "a command waits" wait_for 30 test -s "$T/pids"
parent=$(sed -n 's/^PPid:.//p' "/proc/$(cat "$T/pids")/status")
turns() { grep ctxt_switches "/proc/$parent/status"; }
ok "and its process waits, too" wait_for 20 sh -c "grep -q '^State:.S' /proc/$parent/status"
before=$(turns)
in_session 'for i in 1 2 3 4 5 6 7 8; do squeue >/dev/null; done'
is "$(turns)" "$before" "one that waits does not run"

# ---- a cleaner of /tmp ------------------------------------------------------------------

# One that goes by age takes one file, and leaves another that was used meanwhile.
bridge=$(in_session 'echo $B')
for gone in bin bin/squeue bin/vscode-remote-host sock; do
	rm -r "$bridge/$gone"
	is "$(in_session '$B/bin/squeue | wc -l')" 100000 "bridge/$gone was removed: it is made anew" ||
		diag_file "$T/err"
done
ok "which the log tells" grep -q "bridge: something of $bridge was removed; it is made anew" \
	"$VRS_STATE"/*/agent.log

# ---- another user ---------------------------------------------------------------------

cp "$BUILD/vscode-remote-host" "$T"
sock=$(in_session 'echo $B/sock')
is "$(stat -c '%a %F' "$sock" "${sock%/sock}" | tr '\n' ' ')" "600 socket 700 directory " \
	"only the user gets to the socket"
if test "$(id -u)" = 0; then
	# Where directories do not keep him out, the kernel tells who he is.
	chmod 755 "${sock%/bridge/sock}" "${sock%/sock}" && chmod 666 "$sock"
	is "$(setpriv --reuid=12345 --clear-groups "$PYTHON" -c '
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
try:
    print(len(s.recv(1)))
except ConnectionResetError:
    print(0)' "$sock" 2>&1)" 0 "and who gets to it is looked at"
	chmod 700 "${sock%/bridge/sock}" "${sock%/sock}"
	ok "which the log tells" wait_for 10 grep -q "refused a connection of another user" \
		"$VRS_STATE"/*/agent.log
	# A name below /tmp may be anybody's after a cleaner, or on another node.
	mkdir -p "$T/stranger/bridge" "$T/stranger/run"
	bg stranger timeout 90 "$PYTHON" -c '
import os, socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1] + "/bridge/sock")
os.setuid(12345)
s.listen()
print("listens", flush=True)
print("%d bytes" % len(s.accept()[0].recv(1)), flush=True)' "$T/stranger"
	ok "another user listens in the place of the agent" wait_for 30 grep -q listens "$T/log/stranger.out"
	is "$(VRS_RUNTIME_DIR=$T/stranger/run timeout 60 "$T/vscode-remote-host" squeue 2>&1; echo $?)" \
		"vscode-remote-host: what answers as the session's agent runs as another user than this program, so it is told nothing: call it as the session's user, or start the session anew
69" "who is told nothing"
	ok "and has heard nothing" wait_for 30 grep -qx "0 bytes" "$T/log/stranger.out"
else
	skip 5 "needs root"
fi

# ---- the agent's end -------------------------------------------------------------------

is "$(in_session "$T/vscode-remote-host squeue | wc -l")" 100000 "another copy finds its session"
is "$(in_session "unset \$(env | sed -n 's/^\(VSCODE_[A-Z_]*\)=.*/\1/p'); $T/vscode-remote-host squeue | wc -l")" \
	100000 "also in a terminal of VS Code, which has no variable VSCODE_*"
agent=$(agents)
bg both env VRS_RUNTIME_DIR="$run" "$T/vscode-remote-host" srun sh -c 'echo begins; exec sleep 1000'
both=$PID
ok "one more runs" wait_for 30 grep -q begins "$T/log/both.out"
kill -9 "$agent"
ok "an agent that is killed takes the command along" wait_for 30 not running
wait "$both"
is "$? $(cat "$T/log/both.err")" \
	"69 vscode-remote-host: the session's agent has ended, and the command with it" \
	"and whoever has called it" || diag "$run"
end_pid "$waits"
vrs cancel >"$T/log/cancel" 2>&1
is "$(env -u VRS_RUNTIME_DIR "$T/vscode-remote-host" squeue 2>&1; echo $?)" \
	"vscode-remote-host: no session's agent is found that could run this outside of the container, neither beside this program nor by VRS_RUNTIME_DIR: No such file or directory
69" "no session"

# ---- in a session's image ----------------------------------------------------------------

if image_can && bwrap --ro-bind / / true 2>/dev/null; then
	image_new "$T/image"
	mkdir -p "$T/image/own" "$T/data/x" "$T/data/deep" "$T/deeper"
	# As images of distributions have it.
	echo 'PATH=/bin:/usr/bin; export PATH' >"$T/image/etc/profile"
	start --container="$T/image" --container-runtime=bubblewrap \
		--container-bind="$T/data:/work/data" \
		--container-bind="$T/deeper:/work/data/deep" --prologue='FROM=prologue; export FROM'
	is "$(in_image 'cd /work/data/x; echo stdin | sbatch a "b c"; echo $?')" "a|b c|$T/data/x
stdin
7" "commands of the node in an image, in a directory that has another name there" ||
		diag_file "$T/err"
	is "$(in_image 'cd /work/data/deep; sbatch a </dev/null')" "a|$T/deeper" \
		"and in one that is bound below another"
	is "$(in_image 'squeue | head -n 1; echo $FROM; test -e /etc/passwd && git 5; echo $?')" "1
prologue
0022
5" "after a prologue, and among its own"
	echo >"$T/data/script"
	is "$(in_image "cd $HOME; sbatch /work/data/script /own/"; said)" "/work/data/script|/own/|$HOME
/work/data/script is called $T/data/script outside of the container, where sbatch runs
/own/ is in the container only, and sbatch runs outside" "files have other names, too"
	is "$(in_image 'cd /own; srun true; echo $?'; said)" "126
there is no directory /own outside of the container, where srun runs: go to one that both have, as $HOME" \
		"and a directory of the image has none"
	timeout 120 "$PYTHON" "$CLIENTS/terminal.py" 30x100 "$BUILD/vscode-remote-shell" \
		--launcher=local --state-dir="$VRS_STATE" shell >"$T/screen" 2>&1 9>&- <<'END'
type cd; PS1='next> '
see next> 
type srun sh -c 'stty size; echo in-$((1+1)); exec cat'
see 30 100
see in-2
key \x03
see next> 
type echo "status $?"
see status 130
type exit 6
END
	is $? 6 "its terminal" || diag_file "$T/screen"
	if command -v sshd >/dev/null; then
		sshd_start
		proxy_host job "$(vrs_command) proxy"
		vrs proxy --known-hosts job >"$T/known" 2>"$T/err"
		is "$(ssh_to job 'squeue | wc -l; git 9; echo $?' 2>"$T/err")" "100000
0022
9" "an ssh client's command" || diag_file "$T/err"
	else
		skip 1 "no sshd"
	fi
	vrs cancel >"$T/log/cancel" 2>&1
	start --container="$T/image" --container-runtime=bubblewrap --bridge=off
	is "$(in_image 'squeue; echo $?')" 127 "with --bridge=off there is none"
	vrs cancel >"$T/log/cancel" 2>&1
else
	skip 8 "no static busybox, or bubblewrap does not run here"
fi

# ---- lists -----------------------------------------------------------------------------

start --bridge=off
is "$(in_session 'test -e $B || echo none')" none "--bridge=off"
vrs cancel >"$T/log/cancel" 2>&1
start --bridge-command=none --bridge-command=squeue
is "$(in_session 'ls $B/bin; vscode-remote-host git; echo $?'; said)" "squeue
vscode-remote-host
126
'git' is not run outside of the container; what is: squeue; a session with --bridge-command=git does so, where the site lets it" "--bridge-command=none: those behind it alone"
vrs cancel >"$T/log/cancel" 2>&1
start --bridge-command=any
is "$(in_session 'vscode-remote-host echo anything')" anything "--bridge-command=any"
vrs cancel >"$T/log/cancel" 2>&1
vrs --bridge-command=/bin/ls list >/dev/null 2>"$T/err"
like "$? $(cat "$T/err")" "^64 .*--bridge-command: '/bin/ls' is no name of a command: " "a bad name"
done_testing
