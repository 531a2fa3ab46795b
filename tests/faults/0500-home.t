#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The shared home directory hangs, on the login node or on the compute node, or
# is full or read-only. What is forwarded never waits for it; who needs it says
# so within 5 s and goes on when it is back.
#
# Both nodes are this machine: each has the same directory through a FUSE file
# system of its own, whose daemon is stopped.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"
need_product
test "$(id -u)" = 0 && test -e /dev/fuse || skip_all "cannot mount here"
command -v bindfs >/dev/null || skip_all "no bindfs"

unmount() {
	for pid in $login $node; do
		kill -CONT "$pid"
	done
	umount "$T/login"
	umount "$T/node"
	umount "$T/disk"
} 2>/dev/null
at_exit unmount
mkdir -m 700 "$T/export" "$T/export/h" "$T/login" "$T/node" "$T/disk"
mounted() { test -d "$T/$1/h"; }
for where in login node; do
	bg fuse-$where bindfs -f "$T/export" "$T/$where"
	eval "$where=\$PID"
	wait_for 5 mounted $where || skip_all "FUSE does not work here"
done

# The agent sees the node's, and logs there.
cat >"$T/agent" <<-END
	#!/bin/sh
	for word; do
		set -- "\$@" "\$(echo "\$word" | sed "s|$T/login|$T/node|")"
		shift
	done
	export HOME='$T/node/h'
	exec 2>>'$T/node/h/agent.log'
	exec '$BUILD/vscode-remote-agent' "\$@"
END
chmod 755 "$T/agent"
HOME=$T/login/h
VRS_STATE=$T/login/h/state
cd /

front_start one -vvv --agent="$T/agent" --log-file="$T/log/one"
one=$FRONT
front_serve one
agent=$(agents)
ok "the agent's log is in the node's home" has "$T/export/h/agent.log" 'shell'

# watched NAME: begin to measure; still NAME: no byte waited
watched() {
	rm -f "$T/enough"
	# -I: else it looks into the home directory
	$PYTHON -I "$TESTS/faults/latency.py" "$PORT" "$T/enough" >"$T/late" \
		2>"$T/err" &
	watcher=$!
	wait_for 30 has "$T/late" on || die "the measurement does not begin"
}
still() {
	touch "$T/enough"
	wait $watcher
	is $? 0 "$1: all bytes came" || diag_file "$T/err"
	read -r longest n late p99 <<-END
		$(tail -n 1 "$T/late")
	END
	diag "$1: $n bytes to and fro, the longest took $longest ms"
}
# On a machine that is busy without us a byte may be late by itself.
watched
sleep 3
still "nothing hangs"
usual=$longest
limit=$((usual * 3 > 100 ? usual * 3 : 100))

# hangs NAME FIGURE: as long as the directory hangs nothing that is forwarded
# waits. Who waits for it waits for seconds; the limit is for the table, since a
# busy machine is late, too.
hangs() {
	held=0
	still "$1"
	ok "$1: no byte waited for it" test "$longest" -le 3000
	test "$longest" -gt $limit || test "$p99" -ge 50 || held=1
	figure "$1" local 1 $held "99 of 100 bytes within $p99 ms, longest \
$longest ms (without: $usual ms), $2"
}
seconds=$(of 5 30)

# ---- on the compute node ---------------------------------------------------

watched
kill -STOP $node
begin=$(lib_now)
# A shell is asked for meanwhile, by a front that can read all.
front_start two --agent="$T/agent"
load rate "$PORT" 2 50 20000 >"$T/out" 2>"$T/err"
is $? 0 "the node's home hangs: new connections are served" || diag_file "$T/err"
while test $(($(lib_now) - begin)) -lt "${seconds}0"; do sleep 0.2; done
hangs "HOME of the node hangs for $seconds s" "50 new connections meanwhile"
ok "the node's home hangs: the session stays" alive "$agent"
type two 'echo again'
kill -CONT $node
ok "the node's home is back: the shell that was asked for is there" \
	wait_for 10 has "$T/log/front-two.out" '^again'
logged() { has "$T/export/h/agent.log" "your home directory has not answered"; }
ok "the node's home is back: what was logged meanwhile is there" \
	wait_for 10 logged

# ---- on the login node -----------------------------------------------------

watched
kill -STOP $login
begin=$(lib_now)
front_start three --agent="$T/agent"
type three 'echo hello'
ok "the login node's home hangs: it is said" \
	wait_for 10 has "$T/log/front-three.err" 'has not answered for 4 s'
told=$(($(lib_now) - begin))
ok "the login node's home hangs: within 5 s" test $told -le 55
like "$(cat "$T/log/front-three.err")" \
	"^vscode-remote-shell: $T/login/h(/state)?: the file system has not" \
	"the login node's home hangs: what hangs is named"
while test $(($(lib_now) - begin)) -lt "${seconds}0"; do sleep 0.2; done
hangs "HOME of the login node hangs for $seconds s" \
	"told after $((told / 10)).$((told % 10)) s"
kill -CONT $login
ok "the login node's home is back: the front goes on" \
	wait_for 10 has "$T/log/front-three.out" '^hello'
is "$(agents)" "$agent" "all in the same job"

# Who was attached when the session was ended on purpose keeps that in mind, in
# the state directory. His last bytes, and his end, do not wait for it.
kill -STOP $login
HOME=$T/export/h timeout 60 "$BUILD/vscode-remote-shell" --launcher=local \
	--state-dir="$T/export/h/state" cancel >"$T/out" 2>"$T/err"
is $? 0 "ended while the login node's home hangs" || diag_file "$T/err"
ok "ended meanwhile: who was attached is gone" wait_for 20 gone "$one"
noted() { test -n "$(find "$T/export/h/state" -name 'ended.*')"; }
kill -CONT $login
ok "ended meanwhile: it is kept in mind when the home is back" \
	wait_for 20 noted

# ---- full, read-only -------------------------------------------------------

# said FAULT STATUS ERE: a front that needs the directory
said() {
	begin=$(lib_now)
	echo 'echo no' | timeout 40 "$BUILD/vscode-remote-shell" \
		--launcher=local --state-dir="$T/disk/s" >"$T/out" 2>"$T/err"
	rc=$?
	took=$(($(lib_now) - begin))
	held=0
	is "$rc $(cat "$T/out")" "$2 " "$1: status $2" &&
		like "$(cat "$T/err")" "$3" "$1: it is said" &&
		ok "$1: within 5 s" test $took -le 50 && held=1
	figure "$1" local 1 $held \
		"$((took / 10)).$((took % 10)) s, $(wc -l <"$T/err") line"
}
if mount -t tmpfs -o size=64k,mode=700 none "$T/disk"; then
	mkdir -m 700 "$T/disk/s"
	dd if=/dev/zero of="$T/disk/fill" bs=4096 2>/dev/null
	said "HOME full" 73 "$T/disk/s.*disk full.*no job was submitted"
	mount -o remount,ro "$T/disk"
	said "HOME read-only" 73 "$T/disk/s.*read-only.*no job was submitted"
else
	skip 6 "cannot mount a tmpfs"
fi
done_testing
