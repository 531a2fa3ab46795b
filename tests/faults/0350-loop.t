#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What a front needs beside its session hangs: the launcher that it runs, its
# log, its tees, its state directory, that of its Unix sockets. What is forwarded
# never waits for any of them. Each is in a FUSE file system of its own, whose
# daemon is stopped. LOOP_KINDS=KIND tries only that one.
TEST_TIMEOUT=${TEST_TIMEOUT:-400}
export TEST_TIMEOUT
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"
need_product
test "$(id -u)" = 0 && test -e /dev/fuse || skip_all "cannot mount here"
command -v bindfs >/dev/null || skip_all "no bindfs"

KINDS='libexec log tee state home tmp run'
unmount() {
	for pid in $daemons; do
		kill -CONT "$pid"
	done
	for kind in $KINDS; do
		umount "$T/on.$kind"
	done
} 2>/dev/null
at_exit unmount
for kind in $KINDS; do
	mkdir -m 700 "$T/real.$kind" "$T/real.$kind/d" "$T/on.$kind"
	bg "fuse-$kind" bindfs -f "$T/real.$kind" "$T/on.$kind"
	eval "fuse_$kind=\$PID"
	daemons="$daemons $PID"
	wait_for 5 test -d "$T/on.$kind/d" || skip_all "FUSE does not work here"
done
cp "$BUILD/launch-local" "$T/real.libexec/d/launch-local"
VRS_STATE=$T/on.state/d
export HOME="$T/on.home/d" TMPDIR="$T/on.tmp/d" XDG_RUNTIME_DIR="$T/on.run/d"
cd /

# The agent has none of them but the state directory, which hangs elsewhere
# (0500-home): its own is the real one.
cat >"$T/agent" <<-END
	#!/bin/sh
	for word; do
		set -- "\$@" "\$(echo "\$word" | sed "s|$T/on.state/|$T/real.state/|")"
		shift
	done
	export HOME=/ TMPDIR=/tmp XDG_RUNTIME_DIR='$T/real.run/d'
	exec '$BUILD/vscode-remote-agent' "\$@" 2>>'$T/real.log/agent'
END
chmod 755 "$T/agent"
words="--agent=$T/agent --launcher=$T/on.libexec/d/launch-local"

# A session, and in it the front that is looked at: it comes to what runs, and
# asks the scheduler ten seconds later.
# shellcheck disable=SC2086 # words
front_start first $words
front_serve first
# begin NAME: the front of that name forwards, and all is well
begin() {
	# shellcheck disable=SC2086 # words
	front_start "$1" $words -vvv --log-file="$T/on.log/d/$1" \
		--tee-stdout="$T/on.tee/d/$1"
	front_serve "$1"
	name=$1
	rm -f "$T/enough"
	$PYTHON -I "$TESTS/faults/latency.py" "$PORT" "$T/enough" >"$T/late" \
		2>"$T/err" &
	watcher=$!
	wait_for 30 has "$T/late" on || die "the measurement does not begin"
}
# announce NAME: a server in that front's job announces a Unix socket, and when
# told NAME holds then what the client is told of it is in $place
values() { sed -n 's/^listeningOn==\(.*\)==.*/\1/p' "$T/log/front-$1.out"; }
announce() {
	n_told=$(($(values "$1" | wc -l) + 1))
	type "$1" "'$PYTHON' -I '$TESTS/faults/unixserve.py' \
'$T/$1.$n_told' </dev/null 2>/dev/null &"
}
told() {
	values "$1" >"$T/values"
	place=$(tail -n 1 "$T/values")
	test "$(wc -l <"$T/values")" = "$n_told"
}
ask() { "$PYTHON" -I "$TESTS/faults/unixask.py" "$place" 2>/dev/null; }
# socket WHAT: a Unix socket of the front `run' leads to the job
socket() {
	announce run
	ok "run: $1 a socket is announced" wait_for 30 told run
	like "$place" "^$T/on.run/d/.*/[0-9a-f]*\$" "run: $1 it is one there"
	is "$(ask)" ours "run: $1 it leads to the job"
}
not_there() { test ! -e "$place"; }
# echoes KIND [COMMAND...]: the daemon of that kind is stopped for some seconds;
# meanwhile the front logs, tees and runs its launcher
# 14 s: the launcher is run after ten.
seconds=$(of 14 30)
echoes() {
	begin "$1"
	test "$1" != run || socket first
	eval "kill -STOP \$fuse_$1"
	test "$1" != run || announce run
	since=$(lib_now)
	while test $(($(lib_now) - since)) -lt "${seconds}0"; do
		timeout 2 "$BUILD/clients/load" rate "$PORT" 1 5 1000 \
			>"$T/out" 2>&1 || diag "$1: new connections wait"
		type "$1" "echo word"
		sleep 0.5
	done
	touch "$T/enough"
	if test "$1" = run; then
		ok "run: a socket is announced while it hangs" told run
		like "$place" '^[0-9]+$' "run: a port takes its place"
		is "$(ask)" ours "run: the port leads to the job"
		is "$(grep -c 'takes its place: its file system does not' \
			"$T/log/front-run.err")" 1 "run: a line says so, once"
	fi
	eval "kill -CONT \$fuse_$1"
	wait $watcher
	is $? 0 "$1: all bytes came" || diag_file "$T/err"
	read -r longest n late p99 <<-END
		$(tail -n 1 "$T/late")
	END
	held=0
	# Who waits for it waits for seconds; the limit is for the table, since
	# a busy machine is late, too.
	ok "$1 hangs for $seconds s: no byte waited for it" \
		test "$longest" -le 3000
	test "$p99" -ge 50 || held=1
	figure "$1 of a front hangs for $seconds s" local 1 $held \
		"99 of 100 bytes within $p99 ms, longest of $n $longest ms"
	ok "$1: the front is there" alive "$FRONT"
	test "$1" != run || socket then
	test "$1" != run || kill -STOP "$fuse_run"
	type "$1" 'exit 0'
	ok "$1: the front ends" wait_for 20 gone "$FRONT"
	test "$1" != run || kill -CONT "$fuse_run"
	wait "$FRONT"
	test "$1" != run ||
		ok "run: its socket goes when that answers" \
			wait_for 20 not_there
}
for kind in ${LOOP_KINDS:-$KINDS}; do
	echoes "$kind"
done
test -z "$LOOP_KINDS" || { done_testing; exit; }

# The job dies while the state directory hangs, in which its end is noted: the
# connection ends all the same, and the note comes when it can.
cat >"$T/launch-real" <<-END
	#!/bin/sh
	sed "s|$T/on.state/|$T/real.state/|" | '$BUILD/launch-local' "\$@"
END
chmod 755 "$T/launch-real"
front_start ending --agent="$T/agent" --launcher="$T/launch-real" \
	--session=ending
type ending 'echo here'
ok "a session that is to die" wait_for 30 has "$T/log/front-ending.out" '^here'
kill -STOP "$fuse_state"
for pid in $(agents); do
	! lib_argv "$pid" | grep -qx -- '--session=ending' || kill -9 "$pid"
done
ok "its connection ends while the state directory hangs" \
	wait_for 20 gone "$FRONT"
# Its record says so, or is gone already, by when the front asks.
ok "and says why" has "$T/log/front-ending.err" \
	'job .* ended: (its agent is gone|ended);'
kill -CONT "$fuse_state"
noted() { cat "$T/real.state/d"/*/ended 2>/dev/null | grep -q '^text=job'; }
ok "which is kept for logs" wait_for 20 noted
ok "tee: what was typed is there" has "$T/real.tee/d/tee" '^word'
ok "log: it is there" has "$T/real.log/d/log" 'DEBUG'
done_testing
