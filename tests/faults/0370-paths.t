#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Which files the loops of front and agent touch while they forward, whatever is
# asked of them: none of the state directory, and none of a home directory. What
# is left is in memory or on disks of the node, see ARCHITECTURE.md.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"
need_product
test "$(id -u)" = 0 || skip_all "only root sees what programs do that hide their memory"
strace -o "$T/strace" true 2>/dev/null || skip_all "strace cannot trace here"
sanitized && skip_all "LeakSanitizer cannot be traced"
PATH=$PATH:/usr/sbin:/usr/local/sbin

# Front, launcher and agent come from it, each thread with a file of its own.
PRELOAD="strace -D -ff -y -s 64 -o $T/trace \
-e trace=%file,read,write,pread64,pwrite64,fsync,flock,fchmod,ftruncate,\
getdents64,fstatfs,epoll_wait,epoll_pwait,epoll_pwait2"
front_start one -vvv --server-dir=node --idle-timeout=2m --salloc-arg=-t1 \
	--notify-command="echo \$VSCODE_REMOTE_EVENT >>'$T/hook'" \
	--log-file="$T/one.log" --tee-stdout="$T/tee"
# shellcheck disable=SC2034 # of front_start
PRELOAD=
front_serve one
agent=$(agents)

# All that a session is asked for.
load rate "$PORT" 2 50 20000 >"$T/out" 2>"$T/err"
is $? 0 "connections" || diag_file "$T/err"
type one "$PYTHON -I -c 'import socket, time
s = socket.socket(socket.AF_UNIX); s.bind(\"$T/sock\"); s.listen()
time.sleep(900)' & until test -S '$T/sock'; do sleep 0.05; done
printf '%s\n' '1123456789ab: start' 'listeningOn==$T/sock==' '1123456789ab: end'"
ok "a socket" wait_for 30 has "$T/log/front-one.out" '^1123456789ab: end'
vrs shell -- true >"$T/out" 2>"$T/err"
is $? 0 "a command" || diag_file "$T/err"
vrs status >"$T/out" 2>"$T/err"
is $? 0 "its state" || diag_file "$T/err"
vrs extend 1m >"$T/out" 2>"$T/err"
is $? 0 "more time" || diag_file "$T/err"
if command -v sshd >/dev/null; then
	timeout 30 "$BUILD/vscode-remote-shell" --launcher=local \
		--state-dir="$VRS_STATE" proxy </dev/null >"$T/out" 2>"$T/err"
	ok "an sshd" has "$T/out" '^SSH-2'
fi
vrs cancel >"$T/out" 2>"$T/err"
is $? 0 "the end" || diag_file "$T/err"
wait "$FRONT"
ok "the agent is gone" wait_for 20 gone "$agent"

node='/$ /tmp$ /tmp/vscode-remote-shell[.-] /proc/ /proc$ /sys/ /dev/
/etc/localtime /etc/nologin /usr/share/'
# What the front reads and prints are files of this test, which is also on the way
# to its XDG_RUNTIME_DIR.
node="$node $T/in.one $T/log/front-one\\.(out|err) $T\$"
# touches WHO PID FROM CALLS
touches() {
	# shellcheck disable=SC2086 # words
	$PYTHON -I "$TESTS/faults/paths.py" "$T/trace.$2" "$3" $node \
		"$XDG_RUNTIME_DIR" >"$T/touched" 2>"$T/err" || diag_file "$T/err"
	calls=$(tail -n 1 "$T/touched")
	sed '$d' "$T/touched" >"$T/$1.touched"
	ok "the $1's loop was seen" test "${calls:-0}" -gt "$4"
	is "$(cat "$T/$1.touched")" "" "the $1's loop touches nothing else"
	figure "files in the loop of the $1" local "$calls" \
		$((calls - $(wc -l <"$T/$1.touched"))) "each on the node itself"
}
touches agent "$agent" epoll_ 50
touches front "$FRONT" "$PYTHON -I -c" 0
done_testing
