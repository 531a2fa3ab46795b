# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Stands in for the scripts with which IDE clients start a server, one for each
# way in which they do it. client.py types it, with these assignments before it:
#	ID		the mark of the block
#	FORM		legacy	Remote-SSH without exec server: the server's own port
#			exec	Remote-SSH with it: the port of a CLI that dies with
#				this shell, in front of a server that does not
#			cursor	two servers, two ports
#			oss	open-remote-ssh: ends after the block
#	SERVER		the server's program, VS Code's own or codeserver.py
#	COMMIT CLIENTS	its commit; the directory with cli.py and codeserver.py
#	PYTHON		the interpreter for those
#	INTERVAL LOOPS	seconds between two blanks, how many blanks
#	WAITS		how often to look for the CLI's port, each 0.03 s
# What is printed from "ID: running" to "ID: end" is also in AGENT/printed.ID.
INTERVAL=${INTERVAL:-1} LOOPS=${LOOPS:-600} WAITS=${WAITS:-15}
AGENT=$HOME/.vscode-server
test "$FORM" != oss || AGENT=$AGENT-oss
mkdir -p "$AGENT"

say() {
	echo "$*"
	echo "$*" >>"$AGENT/printed.$ID"
}

token() { cat /proc/sys/kernel/random/uuid; }

# serving PIDFILE WORD: does the server of that file run, is it what it says?
serving() {
	pid=$(cat "$1" 2>/dev/null) && kill -0 "$pid" 2>/dev/null &&
		tr '\000' ' ' <"/proc/$pid/cmdline" | grep -qF "$2"
}

# port_in LOG: what it says that it listens on; waits for it
port_in() {
	n=0
	while [ "$n" -lt 300 ]; do
		port=$(sed -n 's/^Extension host agent listening on //p' "$1" \
			2>/dev/null)
		test -z "$port" || break
		sleep 0.05
		n=$((n + 1))
	done
	echo "$port"
}

# serve NAME PROGRAM: start it unless it runs, with NAME.pid, NAME.log and
# NAME.token; $port is its port
serve() {
	if serving "$1.pid" "$2"; then
		say "Found running server (pid=$pid)..."
	else
		say "Starting server..."
		(umask 077 && token >"$1.token")
		rm -f "$1.log"
		"$2" --start-server --host=127.0.0.1 --port=0 \
			--connection-token-file "$1.token" \
			--accept-server-license-terms --telemetry-level off \
			--enable-remote-auto-shutdown </dev/null >"$1.log" 2>&1 &
		echo $! >"$1.pid"
	fi
	port=$(port_in "$1.log")
}

start_cli() {
	rm -f "$AGENT/.cli.$COMMIT.log"
	VSCODE_CLI_REQUIRE_TOKEN=$(token)
	export VSCODE_CLI_REQUIRE_TOKEN
	"$PYTHON" "$CLIENTS/cli.py" command-shell --cli-data-dir "$AGENT/cli" \
		--parent-process-id $$ --on-host=127.0.0.1 --on-port \
		--server="$SERVER" --commit="$COMMIT" >"$AGENT/.cli.$COMMIT.log" 2>&1 </dev/null &
	n=0 listening=
	while [ "$n" -lt "$WAITS" ] && [ -z "$listening" ]; do
		sleep 0.03
		listening=$(sed -n 's/^Listening on //p' "$AGENT/.cli.$COMMIT.log")
		n=$((n + 1))
	done
}

common() {
	say "osReleaseId==debian=="
	say "arch==$(uname -m)=="
	say "tmpDir==${XDG_RUNTIME_DIR:-${TMPDIR:-/tmp}}=="
	say "platform==linux=="
}

took() {
	say "unpackResult===="
	say "didLocalDownload==0=="
	say "downloadTime===="
	say "installTime===="
	say "serverStartTime==100=="
}

say "$ID: running"
say "Script executing under PID: $$"
case $FORM in
legacy)
	serve "$AGENT/.$COMMIT" "$SERVER"
	"$PYTHON" "$CLIENTS/client.py" fetch "$port" /delay-shutdown \
		>/dev/null || say "the server does not answer"
	say "$ID: start"
	say "SSH_AUTH_SOCK==$SSH_AUTH_SOCK=="
	say "DISPLAY==$DISPLAY=="
	say "webUiAccessToken===="
	say "listeningOn==$port=="
	common
	took
	say "extInstallTime===="
	say "connectionToken==$(cat "$AGENT/.$COMMIT.token")==" ;;
exec)
	start_cli
	say "$ID: start"
	say "exitCode==0=="
	say "listeningOn==$listening=="
	common
	took
	say "execServerToken==$VSCODE_CLI_REQUIRE_TOKEN=="
	say "platformDownloadPath==cli-linux-x64=="
	say "SSH_AUTH_SOCK==$SSH_AUTH_SOCK=="
	say "DISPLAY==$DISPLAY==" ;;
cursor)
	serve "$AGENT/multiplex" "$CLIENTS/codeserver.py"
	multiplex=$port
	serve "$AGENT/.$COMMIT" "$SERVER"
	say "$ID: start"
	say "exitCode==0=="
	say "nodeExecutable==$(dirname "$(dirname "$SERVER")")/node=="
	say "errorMessage===="
	say "isFatalError==false=="
	say "multiplexListeningOn==$multiplex=="
	say "multiplexConnectionToken==$(cat "$AGENT/multiplex.token")=="
	say "codeListeningOn==$port=="
	say "codeConnectionToken==$(cat "$AGENT/.$COMMIT.token")=="
	say "detectedPlatform==linux=="
	say "arch==x64=="
	say "SSH_AUTH_SOCK==$SSH_AUTH_SOCK==" ;;
oss)
	serve "$AGENT/.$COMMIT" "$SERVER"
	say "$ID: start"
	say "exitCode==0=="
	say "listeningOn==$port=="
	say "connectionToken==$(cat "$AGENT/.$COMMIT.token")=="
	say "logFile==$AGENT/.$COMMIT.log=="
	say "osReleaseId==debian=="
	say "arch==$(uname -m)=="
	say "platform==linux=="
	say "tmpDir==${XDG_RUNTIME_DIR:-${TMPDIR:-/tmp}}=="
	say "$ID: end"
	exit ;;
esac
say "$ID: end"

n=0
while [ "$n" -lt "$LOOPS" ]; do
	sleep "$INTERVAL"
	printf ' ' || exit
	n=$((n + 1))
done
exit
