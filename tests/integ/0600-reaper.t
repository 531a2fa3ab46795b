#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# vscode-grim-reaper on real trees of two ordinary users, in a pid namespace of
# its own: nobody connected is ended with all below, and nobody else.
. "$(dirname "$0")/../reaper.sh"

# ---- an orphan, with everything below it -----------------------------------
trees $A plain
orphan=$(pids plain)
is "$(echo "$orphan" | wc -w)" 4 "a tree of four stands"
setpriv --reuid=$A --regid=$A --clear-groups sleep 1000 &
stranger=$!
setpriv --reuid=$A --regid=$A --clear-groups "$PYTHON" -c '
import time; time.sleep(1000)' "$S/bin/node" "$T/.vscode-x" &
lookalike=$!
lib_pids="$stranger $lookalike $lib_pids"
reap --dry-run
ok "a dry run ends nobody" all_alive "$orphan"
is "$(sort "$T/out")" "$(printf '%s\n' $orphan | sort)" \
	"it lists the pids, one a line"
like "$(cat "$T/err")" "^\[[0-9-]{10}T[0-9:]{8}\] Would kill 4 process\(es\) under pid ${orphan%% *} \(uid $A\)" \
	"and says what it would do"
as $A
is "$RC" 0 "an ordinary user"
ok "without --kill only lists" all_alive "$orphan"
as $B --kill
ok "another user does not reach them" all_alive "$orphan"
is "$(cat "$T/out")" "" "nor is told of them"
reap --kill -v -l "$T/reaper.log"
is "$RC" 0 "a pass"
ok "ends it within one pass, with everything below it" all_gone "$orphan"
is "$(sort "$T/out")" "$(printf '%s KILLED\n' $orphan | sort)" \
	"stdout has the lines of vscode-cleanup"
like "$(cat "$T/reaper.log")" "^\[[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\] Killed 4 process\(es\) under pid ${orphan%% *} \(uid $A\)$" \
	"the log has the line of the original"
like "$(cat "$T/reaper.log")" '\] Checks and processing completed$' \
	"and its last one"
like "$(cat "$T/reaper.log")" '\] Processed [0-9]+ pid\(s\), 4 match\(es\)$' \
	"-v tells what was processed"
like "$(cat "$T/reaper.log")" '\] Flat process list collapsed to 1 process group\(s\)$' \
	"and collapsed"
like "$(cat "$T/reaper.log")" '\] +[0-9]+ +[0-9]+      \|-  --type=extensionHost 1000$' \
	"and draws the tree"
is "$(stat -c %a "$T/reaper.log")" 600 "the log is private"
ok "a process of the same user lives on" alive "$stranger"
ok "so does one that only names the directory" alive "$lookalike"

trees $A plain
orphan=$(pids plain)
as $A --kill
ok "a user may end his own" all_gone "$orphan"

# Without --kill: root without a terminal acts, with one lists.
trees $A plain
orphan=$(pids plain)
"$PYTHON" -c 'import pty, sys, os
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' \
	"$REAPER" --no-syslog --age=0 >"$T/out" 2>&1 </dev/null
ok "root on a terminal only lists" all_alive "$orphan"
like "$(cat "$T/out")" 'use --kill' "and is told how to do it"
"$PYTHON" -c 'import os, sys; os.setsid() if os.getpgrp() != os.getpid() else 0
os.execv(sys.argv[1], sys.argv[1:])' "$REAPER" --no-syslog --age=0 -q \
	</dev/null >"$T/out" 2>&1
ok "root without a terminal acts, as the original did" all_gone "$orphan"

# ---- connected -------------------------------------------------------------
trees $A listen
# shellcheck disable=SC2046 # two words
set -- $(pids listen)
server=$1 port=$2
"$PYTHON" -c 'import socket, sys, time
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
print("up", flush=True)
time.sleep(1000)' "$port" >"$T/client" &
client=$!
lib_pids="$client $lib_pids"
ok "a client connects" wait_for 10 has "$T/client" up
spared=0
for i in $(seq 100); do
	reap --kill -q
	alive "$server" && spared=$((spared + 1))
done
is $spared 100 "a connected server is spared, 100 of 100 times"
reap --json --dry-run
is "$("$PYTHON" -c 'import json, sys
t = json.load(open(sys.argv[1]))["trees"][0]
print(t["verdict"], t["connections"], t["uid"], t["kind"])' "$T/out")" \
	"connected 1 $A vscode" "JSON says why"
kill -9 "$client"
wait_for 10 gone "$client"
reap --kill
ok "the next pass after the client has gone ends it" gone "$server"

trees $B unix
server=$(pids unix)
"$PYTHON" -c 'import socket, sys, time
s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
print("up", flush=True)
time.sleep(1000)' "$S/sock-$B" >"$T/client2" &
client=$!
lib_pids="$client $lib_pids"
wait_for 10 has "$T/client2" up
reap --kill
ok "a connection to a Unix socket counts" alive "$server"
kill -9 "$client"
wait_for 10 gone "$client"
reap --kill
ok "until it is closed" gone "$server"

# ---- criteria --------------------------------------------------------------
trees $A plain
a=$(pids plain)
trees $B plain
b=$(pids plain)
# spares OPTION...: root's pass does not end user A's tree
spares() { reap --kill "$@" && all_alive "$a"; }
ok "--age" spares --age=1h
ok "the default age is an hour" sh -c '"$1" --no-syslog --kill -q \
	</dev/null 2>/dev/null; kill -0 "$2"' - "$REAPER" "${a%% *}"
ok "--exclude-user by uid" spares --exclude-user=$A --user=$A
ok "--exclude-user by range" spares --exclude-user=2000-2001 --user=$A
ok "--user of another" spares --user=3000
ok "--min-uid" spares --min-uid=2002 --user=$A
ok "--group that nobody knows" spares --group=3000
ok "--exempt by path" spares --exempt="$S/*" --user=$A
ok "--exempt by name" spares --exempt=node --user=$A
printf '#!/bin/sh\nsleep 1000\n' >"$S/bin/jupyter-lab"
chmod 755 "$S/bin/jupyter-lab"
setpriv --reuid=$B --regid=$B --clear-groups "$S/bin/jupyter-lab" &
script=$!
lib_pids="$script $lib_pids"
wait_for 10 has /proc/$script/cmdline jupyter
reap --kill --exempt='*/bin/jupyter-lab' --user=$B --exempt=node
ok "--exempt by the script that a shell runs" alive $script
reap --kill --user=$B --exempt=node
ok "which is ended otherwise" gone $script
ok "--rss-above" spares --rss-above=100000
ok "--idle of one first seen" spares --idle=1s --state-file="$T/state"
ok "--cpu-below, not known yet" spares --cpu-below=50 \
	--state-file="$T/state2"
ok "user B's was spared by none of these by chance" all_alive "${b%% *}"
printf 'exclude-user = %s\nage = 0\n' $A >"$T/conf"
ok "the configuration file" spares --config="$T/conf"
ok "while user B's tree, not excluded, is ended" all_gone "$b"
sleep 1.1
reap --kill --idle=1s --cpu-below=50 --rss-above=1 --user=$A \
	--state-file="$T/state"
ok "all criteria hold: it is ended" all_gone "$a"

chmod 666 "$T/conf"
reap --config="$T/conf"
is "$RC" 78 "a configuration that others may write is refused"
like "$(cat "$T/err")" 'others may write it' "with the reason"
chmod 600 "$T/conf"
printf '[vscode-grim-reaper]\nage = 1h\nbogus = 1\n' >"$T/conf"
reap --config="$T/conf"
is "$RC" 78 "an unknown key is refused"
like "$(cat "$T/err")" "conf:3: unknown key 'bogus'" "with file and line"
printf 'kill = no\n' >"$T/conf"
reap --config="$T/conf"
is "$RC" 78 "kill = no, which root without a terminal would not heed, is refused"
like "$(cat "$T/err")" 'dry-run = yes' "with what to say instead"
printf 'dry-run = yes\n' >"$T/conf"
trees $A plain
a=$(pids plain)
ok "dry-run in the file makes a trial of the service" spares --config="$T/conf"
reap --kill --exclude-user=no-such-user
is "$RC" 67 "an excluded user who is not known is an error"
like "$(cat "$T/err")" "exclude-user: there is no 'no-such-user' here" "that is told"
ok "and nobody is ended" all_alive "$a"
reap --kill --exclude-group=no-such-group
is "$RC" 67 "so is an excluded group"
reap --kill --user=no-such-user
is "$RC" 0 "a user who is not known is nobody"
like "$(cat "$T/err")" "there is no 'no-such-user' here" "which is told"
ok "so that nobody is ended" all_alive "$a"
ok "of a uid without a name nobody knows the groups" \
	spares --exclude-group=daemon --user=$A
reap --kill --exclude-user=nobody --user=nobody --user=$A
ok "names that are known do no harm" all_gone "$a"
reap --idle=1h
is "$RC" 64 "--idle without a state is a mistake"

# ---- below an sshd, in a session of ours, of two users ----------------------
cp "$(readlink -f "$PYTHON")" "$T/sshd"
cat >"$T/below.py" <<-'END'
	import os, subprocess, sys
	os.setresgid(2001, 2001, 2001)
	os.setresuid(2001, 2001, 2001)
	p = subprocess.Popen([sys.argv[1], "-c",
	    "import time; time.sleep(1000)"])
	print(p.pid, flush=True)
	p.wait()
END
"$T/sshd" "$T/below.py" "$S/bin/node" >"$T/below" &
sshd=$!
lib_pids="$sshd $lib_pids"
wait_for 10 test -s "$T/below"
below=$(cat "$T/below")
reap --kill -vv
ok "below a live sshd of the user it is spared" alive "$below"
like "$(cat "$T/err")" 'below a live sshd' "-vv says so"
kill -9 $sshd
wait_for 10 gone $sshd
reap --kill
ok "when the sshd is gone it is not" gone "$below"

VSCODE_REMOTE_SHELL_SESSION=x trees $A plain
a=$(pids plain)
cp /bin/sleep "$T/vscode-remote-agent"
setpriv --reuid=$A --regid=$A --clear-groups "$T/vscode-remote-agent" 1000 &
agent=$!
lib_pids="$agent $lib_pids"
wait_for 10 has /proc/$agent/comm '^vscode-remote-a'
reap --all --kill -vv
ok "a session of vscode-remote-shell is spared, even by --all" all_alive "$a"
kill -9 $agent
wait_for 10 gone $agent
reap --kill
ok "what is left of one whose agent died is not" all_gone "$a"

trees $A detach
a=$(pids detach)
reap --kill
ok "one that left session and parent goes along by its mark" all_gone "$a"

# ---- from a terminal of the tree that it ends --------------------------------
TREES_RUN="$REAPER --all --kill --no-syslog >$S/own 2>&1"
export TREES_RUN
trees $A runs
a=$(pids runs)
ok "a user who ends all of his is not ended first" \
	wait_for 20 has "$S/own" 'Checks and processing completed'
is "$(sort "$S/own" | grep KILLED)" "$(printf '%s KILLED\n' $a | sort)" \
	"and has it all ended, with the shell it runs in"
wait_for 10 all_gone "$a"

# ---- hard to end -----------------------------------------------------------
trees $A stubborn
a=$(pids stubborn)
reap --kill
is "$RC" 0 "a tree that ignores SIGTERM"
ok "is gone after the grace" all_gone "$a"

trees $A slow
a=$(pids slow)
reap --kill --grace=10s
ok "one that takes its time gets it" all_gone "$a"

trees $A forker
a=$(pids forker)
sleep 0.3
reap --kill
is "$RC" 0 "a tree that forks while it is killed"
ok "is gone" all_gone "$a"
is "$(pgrep -u $A -c -r R,S,D,T -x sleep)" 1 "with all that it forked, but not the stranger"
like "$(cat "$T/err")" 'Killed [0-9]{2,} process\(es\) under' \
	"all are counted"

# Without the right to kill, one failure is said and dooms no other.
trees $A plain
a=$(pids plain)
setpriv --bounding-set=-kill --inh-caps=-kill "$REAPER" --no-syslog --age=0 \
	--grace=1s --kill -v </dev/null >"$T/out" 2>"$T/err"
is $? 1 "without CAP_KILL the status is 1"
like "$(cat "$T/out")" "^${a%% *} FAILED \(Operation not permitted\)$" \
	"the list says why"
like "$(cat "$T/err")" "Failed to kill 4 process\(es\) under pid ${a%% *} \(uid $A\)" \
	"the log has the original's line"
# Only what the service keeps, and nothing else.
keep=+kill,+sys_ptrace,+dac_read_search
setpriv --bounding-set=-all,$keep --inh-caps=-all "$REAPER" --no-syslog \
	--age=0 --kill </dev/null >"$T/out" 2>"$T/err"
is $? 0 "the capabilities of the service's unit"
ok "suffice" all_gone "$a"

ok "strangers live to the end" all_alive "$stranger $lookalike"

# ---- metrics, notice -------------------------------------------------------
trees $A plain
reap --kill --metrics="$T/m.prom"
like "$(cat "$T/m.prom")" \
	'^vscode_grim_reaper_killed_processes\{kind="vscode"\} 4$' \
	"the metrics have the killed"
is "$(tail -n 1 "$T/m.prom")" "# EOF" "and are whole"
is "$(stat -c %a "$T/m.prom")" 644 "node_exporter can read them"
trees $A plain
reap --kill --notice-url=https://example.org/vscode \
	--notice-command="cat >$T/mail; echo \$1 >>$T/mail"
if getent passwd $A >/dev/null; then
	like "$(cat "$T/mail")" 'ended 4 process.*https://example.org/vscode' \
		"the notice has number and page"
else
	is "$(cat "$T/mail" 2>/dev/null)" "" "a uid without a name gets no mail"
fi
trees 65534 plain
reap --kill --notice-url=https://example.org/vscode \
	--notice-command="cat >$T/mail; echo \$1 >>$T/mail"
like "$(cat "$T/mail" 2>/dev/null)" \
	'ended 4 process.*see https://example.org/vscode' \
	"the notice has number and page"
is "$(tail -n 1 "$T/mail")" nobody "and goes to the user"

cat >"$T/terminal.py" <<-'END'
	import os, pty, sys, time
	uid, mode = int(sys.argv[1]), int(sys.argv[2], 8)
	pid, fd = pty.fork()
	if pid == 0:
	    os.fchown(0, uid, 5)
	    os.fchmod(0, mode)
	    os.setresuid(uid, uid, uid)
	    os.write(1, b"up\n")
	    time.sleep(1000)
	while True:
	    os.write(1, os.read(fd, 4096))
END
# terminal NAME UID MODE: what is shown there is in $T/NAME
terminal() {
	"$PYTHON" "$T/terminal.py" "$2" "$3" </dev/null >"$T/$1" 2>&1 &
	lib_pids="$! $lib_pids"
	wait_for 10 has "$T/$1" up
}
terminal takes 65534 620
terminal refuses 65534 600
terminal stranger 2003 620
trees 65534 plain
reap --kill --notice-url=https://example.org/vscode
ok "the user's terminal shows the notice" wait_for 5 has "$T/takes" \
	'ended 4 process.*: see https://example.org/vscode'
is "$(grep -c example "$T/refuses" "$T/stranger" | cut -d: -f2 | tr '\n' ' ')" \
	"0 0 " "but not one without mesg y, nor another user's"

# ---- a storm ---------------------------------------------------------------
cat >"$T/storm.py" <<-'END'
	import os, sys
	os.setsid()
	os.setresgid(2002, 2002, 2002)
	os.setresuid(2002, 2002, 2002)
	for i in range(5000):
	    os.posix_spawn("/bin/sleep", ["sleep", "1000"], {})
	print("up", flush=True)
	os.execv(sys.argv[1], [sys.argv[1], "-c", "import time; time.sleep(1000)"])
END
"$PYTHON" "$T/storm.py" "$S/bin/node" >"$T/storm" &
lib_pids="$! $lib_pids"
if wait_for 60 has "$T/storm" up; then
	reap --kill -q --metrics="$T/m.prom"
	is "$RC" 0 "a tree of 5000"
	is "$(sed -n 's/^vscode_grim_reaper_killed_processes{kind="vscode"} //p' \
		"$T/m.prom")" 5001 "is ended whole"
	# zombies are waited for by process 1, in its own time
	ok "nobody is left of it" wait_for 10 none_of $B
else
	skip 3 "5000 processes cannot be started here"
fi

clear_up
done_testing
