#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The command forward: a listener of the job on a socket or port of the login node,
# and one connection on stdin and stdout.
# shellcheck disable=SC2016 # expanded in the job
. "$(dirname "$0")/../lib.sh"
need_product
at_exit vrs_end

get() { "$PYTHON" -I "$CLIENTS/unixhttp.py" "$@" 2>"$T/log/get.err"; }
says() { test "$(get "$1" "$2")" = "$3"; }

# forward NAME WORD...: in the background; its lines in $LINE and $URL, the socket or
# port in $AT
forward() {
	lib_f=$1
	shift
	bg "$lib_f" "$BUILD/vscode-remote-shell" --launcher=local \
		--state-dir="$VRS_STATE" forward "$@"
	FORWARD=$PID
	wait_for 30 two_lines "$T/log/$lib_f.out" || return 1
	LINE=$(sed -n 1p "$T/log/$lib_f.out")
	URL=$(sed -n 2p "$T/log/$lib_f.out")
	AT=${LINE#ssh -L *:} AT=${AT% *} AT=${AT#127.0.0.1:}
}
two_lines() { test "$(wc -l 2>/dev/null <"$1")" = 2; }
# ended PID: its status in $RC
ended() { wait_for 20 gone "$1" && { wait "$1"; RC=$?; }; }

# refused WORD...: the one line and the status of what is wrong
refused() {
	vrs forward "$@" >"$T/out" 2>"$T/err"
	echo "$? $(cat "$T/out" "$T/err" | grep -v " is job " | cut -d: -f2-)"
}

# ---- no session ------------------------------------------------------------

like "$(refused 8888)" "^69  there is no session 'default'" "no session: 69"
is "$(wc -l <"$T/err")" 1 "in one line"

vrs --linger=0 --idle-timeout=10m >"$T/log/start" 2>&1 || die "no session"
mkdir "$T/web" && echo hello >"$T/web/a"
port=$(free_port)
serve() {
	vrs shell -- "cd '$T/web' && { setsid '$PYTHON' -m http.server --bind 127.0.0.1 $port </dev/null >'$T/log/http' 2>&1 & }"
	wait_for 20 listening "$port"
}

# ---- a socket --------------------------------------------------------------

forward one "$port" || die "no lines"
first=$FORWARD
is "$LINE" "ssh -L $port:$XDG_RUNTIME_DIR/vscode-remote-shell/${AT##*/} $(id -un)@$(uname -n)" \
	"a line of ssh"
like "${AT##*/}" "^default\.$port\..*sock\$" "whose socket has a name that one knows"
is "$URL" "http://127.0.0.1:$port/" "and a URL"
is "$(stat -c '%a' "${AT%/*}" "$AT" | xargs)" "700 600" "for nobody else"
wait_for 20 has "$T/log/one.err" "nothing listens on 127.0.0.1 port $port .*until something of yours does"
ok "that nothing listens yet is told" has "$T/log/one.err" "nothing listens"
is "$(get "$AT" /a)" none "and who connects is reset"
serve || die "no server in the job"
is "$(get "$AT" /a)" "200
hello" "what listens later is reached"

# ---- again, beside it ------------------------------------------------------

path=$AT
forward two "$port"
is "$AT" "$path" "a second one has the same socket"
second=$FORWARD
is "$(get "$path" /a)" "200
hello" "and serves it"
ok "the first one waits" alive "$first"
kill -INT "$second"
ended "$second"
is "$RC" 130 "Ctrl-C: 130"
ok "then the first one serves it again" wait_for 20 says "$path" /a "200
hello"
ok "and has said so" has "$T/log/one.err" "served by one of yours that came later"
forward killed "$port"
kill -9 "$FORWARD"
wait "$FORWARD" 2>/dev/null
ok "also when the later one was killed" wait_for 30 says "$path" /a "200
hello"
is "$(grep -c "is served by this one again, since the later one is gone" "$T/log/one.err")" 2 \
	"and has said that"
kill -9 "$first"
ended "$first"
ok "one that was killed leaves its socket" test -S "$path"
forward three "$port"
is "$AT $(get "$AT" /a)" "$path 200
hello" "which the next one takes over"
third=$FORWARD

# ---- a port ----------------------------------------------------------------

forward tcp "$port" 0
tcp_at=$AT
like "$LINE" "^ssh -L $port:127\.0\.0\.1:[0-9]+ " "a port of the login node"
is "$(get "$AT" /a)" "200
hello" "leads there as well"
if test "$(id -u)" = 0; then
	chmod 755 "$T"
	cp "$CLIENTS/unixhttp.py" "$T/get.py"
	chmod 644 "$T/get.py"
	bob() { setpriv --reuid=65534 --regid=65534 --clear-groups "$PYTHON" -I "$T/get.py" "$@"; }
	is "$(bob "$AT" /a)" none "another user gets nothing by the port"
	is "$(bob "$path" /a)" none "nor by the socket"
	# Even where he finds it.
	chmod 711 "$T/run" "${path%/*}" && chmod 666 "$path"
	is "$(bob "$path" /a)" none "whatever its mode"
	chmod 700 "$T/run" "${path%/*}"
else
	skip 3 "needs root"
fi
tcp=$FORWARD
forward editor "$port" --listen-port="$AT"
is "${AT##*/}" "${path##*/}" "--listen-port is for an editor, and not opened"
end_pid "$FORWARD"
AT=${tcp_at:?}
FORWARD=$tcp
like "$(refused "$port" "$AT")" "^73  cannot listen on 127\.0\.0\.1 port $AT: .*in use\$" "a port that is taken: 73"
end_pid "$FORWARD"

if test -s /proc/net/if_inet6; then
	forward six "$port" 0 --listen-host=::1
	like "$LINE" "^ssh -L $port:\[::1\]:[0-9]+ " "an IPv6 address stands in brackets"
	end_pid "$FORWARD"
else
	skip 1 "no IPv6"
fi

# ---- a socket of the job ---------------------------------------------------

forward unix "$path"
like "${AT##*/}" '^default\.x\.[0-9a-f]{8}\.sock$' "a socket of the job has one, too"
is "$(get "$AT" /a)" "200
hello" "that leads there"
end_pid "$FORWARD"
not_there() { test ! -e "$1"; }
ok "and goes with its front" wait_for 20 not_there "$AT"

# ---- stdin and stdout ------------------------------------------------------

ask() {
	printf 'GET /a HTTP/1.0\r\n\r\n' | timeout 60 \
		"$BUILD/vscode-remote-shell" --launcher=local \
		--state-dir="$VRS_STATE" forward --stdio "$@" 2>"$T/err"
	echo "status $?"
}
is "$(ask "$port" | tr -d '\r' | sed -n '1p; /^hello/p; /^status/p')" \
	"HTTP/1.0 200 OK
hello
status 0" "--stdio: one connection, both ways"
is "$(cat "$T/err")" "" "and nothing else is said"
like "$(ask --client-port=1 "$port"; cat "$T/err")" "--client-port has no effect with --stdio" \
	"--stdio: no line has a port of one's own"
is "$(ask "$(free_port)")" "status 69" "--stdio: nobody listens, 69"
ok "and why" has "$T/err" "nothing listens on 127"
head -c 3000000 /dev/urandom >"$T/big"
cat >"$T/echo.py" <<-END
import socket
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
c = s.accept()[0]
while d := c.recv(65536):
    c.sendall(d)
END
bg echo timeout 60 "$PYTHON" -I "$T/echo.py"
wait_for 10 test -s "$T/log/echo.out"
timeout 60 "$BUILD/vscode-remote-shell" --launcher=local --state-dir="$VRS_STATE" \
	forward --stdio "$(cat "$T/log/echo.out")" <"$T/big" >"$T/back" 2>"$T/err"
is $? 0 "--stdio: the end of stdin is passed on, and the answer's end ends it"
same "$T/back" "$T/big" "byte for byte"

# The job's side ends: who reads stdout hears it, though stdin is open still.
cat >"$T/once.py" <<-END
import socket, sys
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
c = s.accept()[0]
c.sendall(b"the last word")
c.shutdown(socket.SHUT_WR)
sys.stdin.readline()
END
mkfifo "$T/typed" "$T/said" "$T/go"
exec 3<>"$T/go" 4<>"$T/typed"
bg once sh -c "exec timeout 120 '$PYTHON' -I '$T/once.py' <'$T/go'"
wait_for 10 test -s "$T/log/once.out"
# Nobody beside it has its stdout, as timeout(1) would.
bg front sh -c "exec '$BUILD/vscode-remote-shell' --launcher=local \
	--state-dir='$VRS_STATE' forward --stdio $(cat "$T/log/once.out") \
	<'$T/typed' >'$T/said'"
front=$PID
is "$(timeout 60 cat "$T/said"; echo " $?")" "the last word 0" \
	"--stdio: the end of what the job says is passed on"
ok "while what is typed has a reader" alive "$front"
echo >&3
ok "and it ends when that is gone" wait_for 60 gone "$front"
exec 3>&- 4>&-

# ---- what is wrong ---------------------------------------------------------

for row in "0|64 .*a port is a number from 1 to 65535" \
	"db1:5432|64 .*db1.* port 5432 is on another host than the job.s node, and no forward-hosts of the site.s settings names it; .ssh -L. of an entry" \
	"8888 70000|64 .*70000.* is no port of this host" \
	"x/y|64 .*is not an absolute path" \
	"1 2 3|64 .*takes no argument like .3" \
	"--stdio 1 2|64 .*opens no port '2'"; do
	# shellcheck disable=SC2086 # words
	like "$(refused ${row%%|*})" "^${row#*|}" "forward ${row%%|*}: refused"
	is "$(wc -l <"$T/err")" 1 "in one line"
done
end_pid "$third"
wait_for 20 not_there "$path"
mkdir "$path"
like "$(refused "$port")" "^73 .*something else has that name: remove it" \
	"a directory in the place of its socket: 73"
rmdir "$path"

# ---- through ssh, cut, and again -------------------------------------------

if command -v sshd >/dev/null; then
	sshd_start
	host_first web "LocalForward $((here = $(free_port))) $path" \
		'ExitOnForwardFailure yes'
	host_add web "$(vrs_command forward --login-host=web "$port")"
	through() {
		bg "$1" ssh -T -F "$T/ssh_config" web
		SSH=$PID
		wait_for 30 two_lines "$T/log/$1.out" &&
			wait_for 30 says "$here" /a "200
hello"
	}
	fronts() { pgrep -f "^$BUILD/vscode-remote-shell .* forward --login-host=web" | wc -l; }
	ok "ssh -L leads to the job" through ssh1
	like "$(sed -n 1p "$T/log/ssh1.out")" " $(id -un)@web\$" \
		"--login-host: what the line says"
	kill -9 "$SSH"
	wait "$SSH" 2>/dev/null
	ok "after a cut the same line does, at once" through ssh2
	no_old() { test "$(fronts)" = 1; }
	ok "the front of the old one goes" wait_for 30 no_old
	is "$(get "$here" /a)" "200
hello" "and takes nothing with it"
	cmp -s "$T/log/ssh1.out" "$T/log/ssh2.out"
	is $? 0 "its lines were the same"
	end_pid "$SSH"
	no_front() { test "$(fronts)" = 0; }
	ok "none is left" wait_for 30 no_front
else
	skip 6 "no sshd"
fi

# ---- the job ends ----------------------------------------------------------

forward last "$port"
cat >"$T/hold.py" <<-END
import socket
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
c = s.accept()[0]
print("here", flush=True)
c.recv(1)
END
bg hold timeout 120 "$PYTHON" -I "$T/hold.py"
wait_for 10 test -s "$T/log/hold.out"
exec 4<>"$T/typed"
bg slow sh -c "exec '$BUILD/vscode-remote-shell' --launcher=local \
	--state-dir='$VRS_STATE' forward --stdio $(cat "$T/log/hold.out") <'$T/typed'"
slow=$PID
wait_for 20 has "$T/log/hold.out" here
vrs cancel >"$T/log/end" 2>&1
ended "$FORWARD"
is "$RC" 69 "it ends with the session: 69"
ended "$slow"
is "$RC" 69 "and so does --stdio"
unlike "$(cat "$T/log/slow.err")" "broke|reset" "which tells the reason, not what came of it"
exec 4>&-
ok "and its socket" wait_for 20 not_there "$AT"
done_testing
