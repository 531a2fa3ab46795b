#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# vscode-grim-reaper run by root, and users who want it to harm others, to lie in
# its log, to hang or to overlook them.
# shellcheck disable=SC1091,SC2086
. "$(dirname "$0")/../reaper.sh"

# of UID COMMAND...: in the background; PID is its pid
of() {
	of_uid=$1
	: >"$T/of"
	shift
	setpriv --reuid="$of_uid" --regid="$of_uid" --clear-groups "$@" \
		</dev/null >"$T/of" 2>&1 &
	PID=$!
	lib_pids="$PID $lib_pids"
}

# ---- names -------------------------------------------------------------------
trees $A hostile
a=$(pids hostile)
reap --kill -vv --json -l "$T/log1"
is "$RC" 0 "a name and arguments with control characters"
# A newline in the name is too much for all_gone while it is a zombie.
ok "do not protect a tree" wait_for 10 all_gone "$a"
is "$(grep -Evc '^\[[0-9T:-]{19}\] ' "$T/log1")" 0 "each line of the log is its own"
is "$(grep -c 'Killed' "$T/log1")" 1 "none is forged"
is "$(LC_ALL=C tr -d '\n\040-\176' <"$T/log1" | wc -c)" 0 \
	"and all of it is plain text"
like "$(cat "$T/log1")" 'x\\012\[2024-04-25T23:00:00\]' "what was tried is shown"
is "$("$PYTHON" -c 'import json, sys
t = json.load(open(sys.argv[1]))["trees"]
print(len(t), len(t[0]["processes"]), "033[2J" in t[0]["processes"][1]["command"])
' "$T/out")" "1 2 True" "JSON is valid, with the commands of those who are gone"

trees $A huge
a=$(pids huge)
reap --kill -vv --json
is "$RC" 0 "a megabyte of arguments"
ok "does not, either" all_gone "$a"
ok "nor is it repeated" test "$(cat "$T/out" "$T/err" | wc -c)" -lt 20000

cp "$S/bin/node" "$S/bin/old"
of $A "$S/bin/old" -c 'import time; time.sleep(1000)'
a=$PID
wait_for 10 has /proc/$a/comm '^old$'
rm "$S/bin/old"
reap --kill
ok "a program that was deleted is still what it was" gone $a

# ---- others' processes -------------------------------------------------------
# A stray of B, and B's shell, both with the mark of A's tree.
VSCODE_IPC_HOOK_CLI=$T/same
export VSCODE_IPC_HOOK_CLI
of $B setsid sh -c 'sleep 1000 & echo $!; exec sleep 1000'
b=$PID
wait_for 10 test -s "$T/of"
b="$b $(cat "$T/of")"
of $B sh -c 'sleep 1000 & echo $!'
wait_for 10 test -s "$T/of"
b="$b $(cat "$T/of")"
trees $A detach
a=$(pids detach)
unset VSCODE_IPC_HOOK_CLI
# Below A's server somebody else's, as sudo(8) leaves it.
cat >"$T/below.py" <<-'END2'
	import os, sys
	r, w = os.pipe()
	if os.fork() == 0:
	    os.setresuid(2002, 2002, 2002)
	    os.write(w, b"x")
	    os.execvp("sleep", ["sleep", "1003"])
	os.read(r, 1)
	os.setresuid(2001, 2001, 2001)
	os.execv(sys.argv[1], [sys.argv[1], "-c", "import time; time.sleep(1000)"])
END2
"$PYTHON" "$T/below.py" "$S/bin/node" </dev/null >/dev/null 2>&1 &
a="$a $!"
lib_pids="$! $lib_pids"
wait_for 10 pgrep -u $B -f 'sleep 1003' >/dev/null
b="$b $(pgrep -u $B -f 'sleep 1003')"
# And one whose arguments and name are those of a server.
of $B "$PYTHON" -c 'import time
open("/proc/self/comm", "w").write("node")
time.sleep(1000)' "$S/bin/node" "$S/out/server-main.js"
b="$b $PID"
reap --kill
ok "A's trees are ended" all_gone "$a"
ok "B's processes are not, whatever mark or parent they have" all_alive "$b"
kill -9 $b

# A pid that is another's during the grace. New pids are counted up from
# ns_last_pid, which root may set.
trees $A stubborn
a=$(pids stubborn)
root=${a%% *}
"$REAPER" --no-syslog --age=0 --grace=2s --kill -vv </dev/null \
	>"$T/out" 2>"$T/err" &
reaper=$!
lib_pids="$reaper $lib_pids"
wait_for 10 has "$T/err" 'Processed'
sleep 0.5	# of the two seconds: signals are sent
kill -9 $root
wait_for 10 gone $root
if "$PYTHON" -c 'import os, sys, time
want = int(sys.argv[1])
for _ in range(1000):
    with open("/proc/sys/kernel/ns_last_pid", "w") as f:
        f.write(str(want - 1))
    pid = os.fork()
    if pid == 0:
        os.setresuid(2001, 2001, 2001)
        if os.getpid() == want:
            os.close(1)
            time.sleep(1000)
        os._exit(0)
    if pid == want:
        print("reused", flush=True)
        time.sleep(1000)
    os.waitpid(pid, 0)
' "$root" </dev/null >"$T/reuse" 2>&1 & wait_for 10 has "$T/reuse" reused; then
	lib_pids="$! $lib_pids"
	wait $reaper
	is $? 0 "a pass while a pid comes to be another's"
	ok "the other lives" alive "$root"
	ok "the rest of the tree is ended" all_gone "${a#* }"
	kill -9 "$root" $!
else
	skip 3 "a pid cannot be chosen here"
fi

# ---- running away --------------------------------------------------------------
# In a user's own pid limits. A pass that does not come to an end meets the limit
# of this test; how long it took is a figure, since machines are slow.
for kind in phoenix bomb; do
	trees $A $kind
	before=$(lib_now)
	reap --kill
	is "$RC" 0 "$kind: a pass"
	diag "$kind: after $(($(lib_now) - before)) tenths of a second"
	ok "with everybody" wait_for 5 none_of $A
done

# Processes that come and go everywhere disturb nobody.
of $B sh -c 'while :; do sh -c "sleep 0.01 & :"; done'
busy=$PID
good=0
for i in 1 2 3 4 5 6 7 8 9 10; do
	reap --kill -vv --json --all
	test "$RC" = 0 && good=$((good + 1))
done
is $good 10 "processes that vanish while they are looked at"
kill -9 $busy
wait_for 10 gone $busy

# A long line, each the child of another.
cat >"$T/line.sh" <<-'END2'
	if test "$1" = 0; then echo up; exec sleep 1000; fi
	"$2" "$0" $(($1 - 1)) "$2"
	exit
END2
cp /bin/sh "$S/bin/sh"
of $A "$S/bin/sh" "$T/line.sh" 1500 "$S/bin/sh"
wait_for 60 has "$T/of" up
reap --kill --metrics="$T/m"
is "$RC $(sed -n 's/^vscode_grim_reaper_killed_processes{kind="vscode"} //p' \
	"$T/m")" "0 1501" "1500 processes, each the child of another"
ok "are ended in reasonable time" "$PYTHON" -c 'import re, sys
used = float(re.search("cpu_seconds ([0-9.]+)", open(sys.argv[1]).read())[1])
print("# %.2f s of CPU" % used)
sys.exit(used > 5)' "$T/m"

# ---- connections ---------------------------------------------------------------
cat >"$T/connect.py" <<-'END2'
	import socket, sys, time
	if sys.argv[1][0] == "/":
	    s = socket.socket(socket.AF_UNIX)
	    s.connect(sys.argv[1])
	else:
	    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
	print("up", flush=True)
	time.sleep(1000)
END2
# visited UID KIND: one of the last trees is connected to by this user
visited() {
	where=$(pids "$2" | sed 's/.* //')
	test "$2" = listen || where=$S/sock-$A
	test "$2" = listen || chmod 777 "$where"
	of "$1" "$PYTHON" "$T/connect.py" "$where"
	wait_for 10 has "$T/of" up || die "no connection of $1"
}
for kind in listen unix; do
	for who in $B $A 33 0; do
		trees $A $kind
		a=$(pids $kind | sed 's/ .*//')
		visited $who $kind
		test $who != $B || visited $B $kind
		reap --kill
		if test $who = $B; then
			ok "$kind: another user's connections spare nobody" \
				gone "$a"
		else
			ok "$kind: one of uid $who does" alive "$a"
		fi
		kill -9 $PID
		rm -f "$S/sock-$A"
		clear_up
	done
done

# ---- files ---------------------------------------------------------------------
ln -s "$T/target" "$T/link"
reap --dry-run --state-file="$T/link" --idle=1s
is "$RC" 0 "a state file that is a symlink"
ok "is not followed" not test -e "$T/target"
rm -f "$T/link"
ln -s "$T/target" "$T/link"
reap --dry-run --metrics="$T/link"
ok "nor are the metrics" not test -e "$T/target"
rm -f "$T/link"
ln -s "$T/target" "$T/link"
reap --dry-run --log="$T/link"
is "$RC" 73 "a log that is a symlink is refused"
ok "and not followed" not test -e "$T/target"
mkfifo "$T/fifo"
reap --dry-run --state-file="$T/fifo"
like "$(cat "$T/err")" 'fifo: is no file' "a state that is a fifo is not waited for"
echo "vscode-grim-reaper-state 1 $(cat /proc/sys/kernel/random/boot_id)" \
	>"$T/theirs"
trees $A plain
a=$(pids plain)
awk -v boot=0 '{ print $1, $22, 0, 0, 0 }' "/proc/${a%% *}/stat" >>"$T/theirs"
chown $A "$T/theirs"
reap --kill --idle=1s --state-file="$T/theirs"
ok "what others say of idleness is not believed" all_alive "$a"
like "$(cat "$T/err")" 'only root or you can write' "the log says so"
clear_up
done_testing
