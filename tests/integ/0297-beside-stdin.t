#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A command in the job that does not read its stdin, of which there is more than
# fits on the way: signals and the window's size reach it all the same, a second
# Ctrl-C leaves it behind, and it ends when the front is killed. An agent that
# does not know of that gets signals as before.
. "$(dirname "$0")/../lib.sh"
need_product

VRS=$BUILD/vscode-remote-shell
end() { "$VRS" --launcher=local cancel --all >"$T/log/cancel" 2>&1; }
at_exit end

# started [OPTION...]: the session
started() {
	"$VRS" --launcher=local --linger=0 --idle-timeout=10m "$@" alloc >"$T/log/alloc" 2>&1
}
# What runs in the job: it says what it hears.
cat >"$T/hears" <<'END'
echo $$ >"$1.pid"
for s in INT QUIT USR1; do
	trap "echo $s >>$1.heard" $s
done
trap 'stty size <&2 >>"$1.heard"' WINCH
echo it-is-$((40+2))-now >&2
while :; do sleep 0.05; done
END
# deaf NAME: a front whose stdin is stuck, $front; $pid is what runs in the job
deaf() {
	name=$1 heard=$T/$1.heard
	rm -f "$T/pipe"
	mkfifo "$T/pipe"
	"$VRS" --launcher=local -vvv shell -- exec sh "$T/hears" "$T/$name" <"$T/pipe" \
		>"$T/log/$name.out" 2>"$T/log/$name.err" 9>&- &
	front=$!
	"$PYTHON" "$CLIENTS/flood.py" "$T/$name.stuck" >"$T/pipe" 9>&- &
	lib_pids="$front $! $lib_pids"
	ok "$name: it runs" wait_for 30 has "$T/log/$name.err" it-is-42-now
	ok "$name: stdin is stuck" wait_for 30 test -e "$T/$name.stuck"
	pid=$(cat "$T/$name.pid")
}
hears() { ok "$1" wait_for 20 has "$heard" "$2"; }
# left STATUS NAME: the front has ended, and what ran in the job does
left() {
	wait_for 10 gone "$front" || kill -KILL "$front"
	wait "$front" 2>/dev/null
	is $? "$1" "$2: status $1"
	# TCP would tell after 30 s at the earliest.
	ok "$2: what ran in the job is hung up" wait_for 15 gone "$pid"
}

ok "a session" started
deaf twice
kill -USR1 "$front"
hears "SIGUSR1 arrives" USR1
kill -INT "$front"
hears "SIGINT arrives" INT
ok "the first one is the command's" alive "$front"
kill -INT "$front"
left 130 "a second SIGINT"

deaf quit
kill -QUIT "$front"
hears "SIGQUIT arrives" QUIT
kill -INT "$front"
left 130 "SIGINT behind SIGQUIT"

deaf killed
kill -KILL "$front"
left 137 "a front is killed"

"$PYTHON" "$CLIENTS/terminal.py" 30x100 "$VRS" \
	--launcher=local shell -- \
	"stty -echo; exec sh '$T/hears' '$T/window'" >"$T/log/screen" 2>&1 9>&- \
	<<'END' &
see it-is-42-now
flood
size 20x80
see never
END
terminal=$!
lib_pids="$terminal $lib_pids"
heard=$T/window.heard
hears "a new size of the window arrives" '^20 80$'
end_pid "$terminal"
ok "its terminal is gone: it is hung up" wait_for 15 gone \
	"$(cat "$T/window.pid")"
end

# An older agent: it does not know the frame, the rest is the same code.
test -f "$TESTS/../config.mk" || {
	skip 5 "not in a build tree"
	done_testing
}
mkdir "$T/old"
for f in "$TESTS"/../*; do
	test "$f" -ef "$BUILD" || cp -rp "$f" "$T/old"
done
sed -i 's/FRAME_WHOSE = 56/FRAME_WHOSE = 156/' "$T/old/src/proto/frame.h"
other_build "$T/old" "$T/old/b" proto/frame.h "$T/old/b/vscode-remote-agent"
ok "an older agent: a session" started --agent="$T/old/b/vscode-remote-agent"
"$VRS" --launcher=local -vvv shell -- exec sh "$T/hears" "$T/old-agent" </dev/null \
	>"$T/log/old.out" 2>"$T/log/old.err" 9>&- &
front=$!
lib_pids="$front $lib_pids"
ok "it runs" wait_for 30 has "$T/log/old.err" it-is-42-now
pid=$(cat "$T/old-agent.pid") heard=$T/old-agent.heard
kill -INT "$front"
hears "an older agent: SIGINT arrives" INT
kill -INT "$front"
left 130 "an older agent: a second SIGINT"
done_testing
