# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Stands in for the script that Remote-SSH types into the remote sh: announces
# itself, starts a server (or finds the one that runs), reports its port in a
# block between "ID: start" and "ID: end", then prints a blank now and then for
# as long as its ssh lives. The server is real enough to fetch pages from.
#
# client.py puts these assignments before it:
#	ID		the mark of the block
#	FORM		what follows listeningOn==: host:port, port, unix, empty
#	INTERVAL LOOPS	seconds between two blanks, how many blanks
#	LIFE		seconds after which the server ends in any case
#	PYTHON		the interpreter
ID=${ID:-0123456789ab} FORM=${FORM:-host:port} PYTHON=${PYTHON:-python3}
INTERVAL=${INTERVAL:-1} LOOPS=${LOOPS:-300} LIFE=${LIFE:-600}
AGENT=$HOME/.vscode-server${VRS_TEST_FOLDER}

echo "$ID: running"
echo "Script executing under PID: $$"
mkdir -p "$AGENT"

serving() {
	pid=$(cat "$AGENT/pid" 2>/dev/null) && kill -0 "$pid" 2>/dev/null &&
		tr '\000' ' ' <"/proc/$pid/cmdline" 2>/dev/null |
		grep -qF "$AGENT/server.py"
}

if serving; then
	echo "Found running server (pid=$pid)"
else
	echo "Starting server..."
	rm -f "$AGENT/pid" "$AGENT/port" "$AGENT/sock"
	cat >"$AGENT/server.py" <<'SERVER'
import hashlib, http.server, os, socketserver, sys, threading, time

folder, life = sys.argv[1], int(sys.argv[2])

class Page(http.server.BaseHTTPRequestHandler):
    def address_string(self):
        return "-"

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        path, _, arg = self.path.partition("?")
        if path == "/version":
            self.answer(b"stub-1\n")
        elif path == "/delay-shutdown":
            self.answer(b"OK")
        elif path == "/pid":
            self.answer(b"%d\n" % os.getpid())
        elif path == "/env":
            self.answer((os.environ.get(arg, "") + "\n").encode())
        elif path == "/sleep":
            time.sleep(min(float(arg), life))
            self.answer(b"slept\n")
        elif path == "/bytes":
            self.answer(b"x" * int(arg))
        else:
            self.send_error(404)

    def do_POST(self):
        if self.path == "/eof":     # answers only after the client's EOF
            body = self.rfile.read()
            self.answer(b"%d %s\n" % (len(body),
                hashlib.sha256(body).hexdigest().encode()))
        else:
            self.answer(self.rfile.read(int(self.headers["Content-Length"])))

class Tcp(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

class Unix(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True

def note(name, text):
    with open(os.path.join(folder, name + ".new"), "w") as f:
        f.write("%s\n" % text)
    os.rename(f.name, os.path.join(folder, name))

tcp = Tcp(("127.0.0.1", 0), Page)
unix = Unix(os.path.join(folder, "sock"), Page)
note("pid", os.getpid())
note("port", tcp.server_address[1])
for server in tcp, unix:
    threading.Thread(target=server.serve_forever, daemon=True).start()
time.sleep(life)
SERVER
	# Detached, so that it survives this shell.
	setsid nohup "$PYTHON" "$AGENT/server.py" "$AGENT" "$LIFE" \
		</dev/null >"$AGENT/server.log" 2>&1 &
	n=0
	while [ ! -s "$AGENT/port" ] && [ "$n" -lt 200 ]; do
		sleep 0.05
		n=$((n + 1))
	done
	printf '%s-%s\n' "$(cat "$AGENT/pid")" "$ID" >"$AGENT/token"
fi

PORT=$(cat "$AGENT/port" 2>/dev/null)
case $FORM in
host:port)	value=${PORT:+127.0.0.1:$PORT} ;;
port)		value=$PORT ;;
unix)		value=$AGENT/sock ;;
empty)		value= ;;
*)		value=$FORM ;;
esac

block() {
	echo "$ID: start"
	echo "exitCode==0=="
	echo "listeningOn==$value=="
	echo "osReleaseId==stub=="
	echo "arch==$(uname -m)=="
	echo "tmpDir==${XDG_RUNTIME_DIR:-${TMPDIR:-/tmp}}=="
	echo "platform==linux=="
	echo "unpackResult===="
	echo "didLocalDownload==0=="
	echo "execServerToken==$(cat "$AGENT/token")=="
	echo "SSH_AUTH_SOCK==$SSH_AUTH_SOCK=="
	echo "DISPLAY==$DISPLAY=="
	echo "$ID: end"
}
block >"$AGENT/printed.$ID"	# what a test compares with
block

n=0
while [ "$n" -lt "$LOOPS" ]; do
	sleep "$INTERVAL"
	printf ' ' || exit
	n=$((n + 1))
done
exit
