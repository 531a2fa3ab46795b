# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Does with the records of a server what editors' scripts do, typed into a remote
# sh: looks whether one runs, starts one, tells which. The server is a script
# that stays beside its node, as the real one does.
#
# Assignments come before it:
#	ID		the mark of the block
#	FORM		legacy	.COMMIT.pid, and the process's arguments are looked at
#			exec	pid.txt, the same (the CLI of the exec server)
#			trusting  legacy, but whatever has the pid is the server
#	SERVER		its program, if it is not in the folder
#	KILL		yes: end the server first, as "Kill VS Code Server" does
#	PYTHON		the interpreter
# It prints found or started, pid==N==, port==N==, answers==yes==.
ID=${ID:-0123456789ab} FORM=${FORM:-legacy} PYTHON=${PYTHON:-python3}
COMMIT=${COMMIT:-0123456789abcdef0123456789abcdef01234567}
VSCODE_AGENT_FOLDER="$HOME/.vscode-server"
export VSCODE_AGENT_FOLDER

A=$VSCODE_AGENT_FOLDER
case $FORM in
exec)
	R=$A/cli/servers/Stable-$COMMIT
	DIR=$R/server PIDFILE=$R/pid.txt LOG=$R/log.txt TOKEN=/dev/null
	;;
*)
	DIR=$A/bin/$COMMIT R=$A/.$COMMIT
	PIDFILE=$R.pid LOG=$R.log TOKEN=$R.token
	;;
esac
SERVER=${SERVER:-$DIR/bin/code-server}
echo "$ID: running"

if [ ! -f "$SERVER" ]; then
	echo "installing in $DIR"
	mkdir -p "${SERVER%/bin/*}/bin"
	cat >"${SERVER%/bin/*}/node" <<'NODE'
import http.server, os, sys, threading, time
class Page(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass
    def do_GET(self):
        body = b"%d\n" % os.getppid()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
print("Extension host agent listening on %d" % s.server_address[1], flush=True)
threading.Thread(target=s.serve_forever, daemon=True).start()
time.sleep(300)
NODE
	cat >"$SERVER" <<SCRIPT
#!/bin/sh
'$PYTHON' "\${0%/bin/*}/node" &
trap "kill \$!" TERM
wait
SCRIPT
	chmod 755 "$SERVER"
fi

runs() {
	[ -f "$PIDFILE" ] && PID=$(cat "$PIDFILE") || return 1
	if [ "$FORM" = trusting ]; then
		kill -0 "$PID" 2>/dev/null
	else
		ps -ww -o args= -p "$PID" 2>/dev/null | grep -qF "$SERVER"
	fi
}

if [ "$KILL" = yes ] && [ -f "$PIDFILE" ]; then
	kill "$(cat "$PIDFILE")" 2>/dev/null && echo killed
fi
listening() {
	sed -n 's/^Extension host agent listening on //p' "$LOG" 2>/dev/null
}
if runs; then
	echo found
else
	echo started
	rm -f "$LOG"
	[ "$TOKEN" = /dev/null ] || {
		rm -f "$TOKEN"
		echo "token-$ID" >"$TOKEN"
	}
	setsid nohup "$SERVER" --start-server </dev/null >"$LOG" 2>&1 &
	PID=$!
	echo $PID >"$PIDFILE"
fi
n=0
while [ -z "$(listening)" ] && [ "$n" -lt 100 ]; do
	sleep 0.05
	n=$((n + 1))
done
PORT=$(listening)
echo "$ID: start"
echo "exitCode==0=="
echo "listeningOn==$PORT=="
echo "connectionToken==$(cat "$TOKEN")=="
echo "$ID: end"
echo "folder==$A=="
echo "pid==$PID=="
echo "port==$PORT=="
[ "$($PYTHON -c "import urllib.request as u
print(u.urlopen('http://127.0.0.1:$PORT/', timeout=5).read().decode().strip())
" 2>/dev/null)" = "$PID" ] && echo "answers==yes=="
exit
