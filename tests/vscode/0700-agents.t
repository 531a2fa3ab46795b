#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# VS Code's agents, which work on when no window is open: the session of one that
# computes is not idle with --idle-busy=cpu, and is without. What an agent's tool
# runs is a shell below the server's agent host; so is what runs here.
. "$(dirname "$0")/lib.sh"
need_product
has_agents || skip_all "version $VERSION has no agent host"
SERVER=$(sh "$TESTS/vscode/server.sh" install legacy "$HOME") || die "install"
end() { vrs cancel --all >"$T/log/cancel" 2>&1; }
at_exit end

# session NAME OPTION...: with a server, whose forwarded port is PORT; AGENT is
# our agent's pid, FRONT the front's
session() {
	name=$1
	shift
	rm -f "$T/in"
	mkfifo "$T/in"
	exec 8<>"$T/in"
	"$BUILD/vscode-remote-shell" --launcher=local --linger=0 \
		--state-dir="$VRS_STATE" --session="$name" --shell=/bin/sh \
		--idle-timeout=5s "$@" <"$T/in" >"$T/log/$name.out" \
		2>"$T/log/$name.err" 8>&- &
	FRONT=$!
	lib_pids="$FRONT $lib_pids"
	cat >&8 <<-END
	setsid nohup "$SERVER" --start-server --host=127.0.0.1 --port=0 \
		--accept-server-license-terms --connection-token=abc \
		>$T/$name.log 2>&1 </dev/null &
	until p=\$(grep -o 'agent listening on [0-9]*' $T/$name.log); do
		sleep 0.1; done
	echo 0123456789ab: start; echo listeningOn==\${p##* }==
	echo 0123456789ab: end
	END
	wait_for 60 has "$T/log/$name.out" '^0123456789ab: end' ||
		die "no server"
	PORT=$(sed -n 's/^listeningOn==\([0-9]*\)==$/\1/p' "$T/log/$name.out")
	AGENT=$(agents)
}

# The window has an agent compute for 12 s, closes, and its laptop is gone.
work() {
	"$PYTHON" "$CLIENTS/window.py" "$PORT" abc "$COMMIT" "$VERSION" "$T" \
		'echo re""ady' "echo \$\$ >$T/$name.works; timeout 12 $PYTHON -c \
		'while True: pass'; touch $T/$name.done" \
		</dev/null >"$T/window" 2>"$T/log/window.$name" &
	window=$!
	lib_pids="$window $lib_pids"
	wait_for 60 has "$T/window" up &&
		wait_for 30 test -s "$T/$name.works" || die "no window"
	host=$(pgrep -o -f "$HOME.*type=agentHost")
	kill -9 "$window"
	exec 8>&-
	wait_for 20 gone "$FRONT"
}

session cpu --idle-busy=cpu
work
ok "an agent works when no window is open" not test -e "$T/cpu.done"
is "$(ps -o ppid= -p "$(cat "$T/cpu.works")" | tr -d ' ')" "$host" \
	"below the server's agent host"
ok "it can end its work" wait_for 60 test -e "$T/cpu.done"
ok "since its session lives, after more than twice the idle time" alive "$AGENT"
ok "which ends when nothing computes" wait_for 60 gone "$AGENT"
ok "with the agent host" wait_for 10 gone "$host"

session connections
work
ok "without --idle-busy=cpu the session ends" wait_for 60 gone "$AGENT"
ok "with the work" not test -e "$T/connections.done"
done_testing
