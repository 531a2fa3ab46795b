#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# --outbound: a proxy in the job for the user alone, whose connections are dialed by
# whoever of the user's is connected. Whoever knows its port is as a program in the
# job, so the test itself goes there. The internet is on loopback, which is allowed.
# shellcheck disable=SC2016 # for shells there
. "$(dirname "$0")/../lib.sh"
need_product
sshd_start
at_exit vrs_end

outside() { timeout 280 "$PYTHON" "$CLIENTS/outside.py" "$@"; }

# attach NAME HOST [SSH-OPTION...]: a connection that stays, whose shell tells its
# variables; its ssh is $PID
attach() {
	lib_a=$1 lib_b=$2
	shift 2
	mkfifo "$T/in-$lib_a"
	exec 3<>"$T/in-$lib_a"
	bg "$lib_a" sh -c "exec timeout 600 ssh -T -F '$T/ssh_config' $* $lib_b <'$T/in-$lib_a'"
	echo 'echo "proxy=[$VRS_OUTBOUND] http=[$http_proxy]"; echo here' >&3
	exec 3<&-
	ok "a connection, $lib_a" wait_for 20 has "$T/log/$lib_a.out" '^here'
}

# hang_up PID: its ssh is killed, as by a laptop that is gone
hang_up() { kill -9 "$(pgrep -P "$1" -x ssh)"; }

# get URL [OPTION...]: what curl finds there by the proxy, then its status
get() {
	url=$1
	shift
	timeout 60 curl -sS -x "$proxy" "$@" "$url" 2>&1
	echo "status $?"
}
# asked TEXT: the first line of what the proxy says
asked() { outside raw "$proxy" "$1" | head -n 1 | tr -d '\r'; }
asked_is() { test "$(asked "$1")" = "$2"; }

bg web "$PYTHON" "$CLIENTS/outside.py" serve "$T/web"
ok "an internet" wait_for 10 test -s "$T/web"
port=$(cat "$T/web")
here=127.0.0.1:$port
host_add plain "$(vrs_command -vv)"
host_add out "$(vrs_command --outbound=login --outbound-allow=127.0.0.1:$port -vvv --log-file=$T/log/front)"
host_add again "$(vrs_command --outbound=login --outbound-allow=127.0.0.0/8)"

# ---- without it ------------------------------------------------------------

echo 'echo "proxy=[$VRS_OUTBOUND]"' | ssh_to plain >"$T/out" 2>"$T/err"
is "$(cat "$T/out")" "proxy=[]" "without the option there is no proxy"
"$BUILD/vscode-remote-shell" --outbound=laptop list 2>"$T/err"
is $? 64 "a laptop without a socket is refused"
like "$(cat "$T/err")" '--outbound=laptop: needs --outbound-socket=PATH, and .RemoteForward' "and told what it wants"
"$BUILD/vscode-remote-shell" --outbound-allow=10.1 list 2>"$T/err"
is $? 64 "what is no host is not allowed"
like "$(cat "$T/err")" "^vscode-remote-shell: --outbound-allow: '10.1' is not a network" "and told"

# ---- with it ---------------------------------------------------------------

# The session is there already, begun without the option.
attach a out
ssh_a=$PID
proxy=$(sed -n 's/^proxy=\[\(.*\)\] .*/\1/p' "$T/log/a.out")
like "$proxy" '^http://127\.0\.0\.1:[0-9]+$' "a shell is told the proxy"
is "$(get "http://$here/hello")" "hello
status 0" "a URL by the proxy"
is "$(get "http://$here/hello" -p)" "hello
status 0" "the same by CONNECT"
get "http://$here/head" -H 'Proxy-Authorization: Basic c2VzYW1l' -H 'Cookie: sesame' >"$T/out"
like "$(cat "$T/out")" '^GET /head HTTP/1.1' "the target is asked for a path"
like "$(cat "$T/out")" '^Connection: close' "once"
like "$(cat "$T/out")" '^Cookie: sesame' "with what was said to it"
unlike "$(cat "$T/out")" '^Proxy-' "and not what was said to the proxy"

# ---- no --------------------------------------------------------------------

like "$(asked 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')" '^HTTP/1.1 400 Bad Request: this is a proxy' "a server is asked for in vain"
like "$(asked '\x16\x03\x01')" '^HTTP/1.1 400 ' "TLS by itself is refused"
like "$(asked "CONNECT 127.0.0.1:$((port - 1)) HTTP/1.1\r\n\r\n")" '^HTTP/1.1 403 Forbidden: 127.0.0.1 is a loopback address: --outbound-allow=127.0.0.1:[0-9]+ allows it' \
	"what is not allowed is refused in a line"
bad=
for host in 127.0.0.2 0x7f.2 2130706434 017700000002 '[::1]' \
	'[::ffff:127.0.0.2]' '[64:ff9b::7f00:2]' '[::127.0.0.2]' '[2002:7f00:2::]' \
	localhost. x.localhost 0 10.1.2.3 172.16.1.1 192.168.1.1 100.64.1.1 \
	169.254.169.254 2852039166 '[fe80::1]' '[fd00::1]' '[::]' 224.0.0.1; do
	case $(asked "CONNECT $host:443 HTTP/1.1\r\n\r\n") in
	'HTTP/1.1 403 Forbidden: '*) ;;
	*) bad="$bad $host" ;;
	esac
done
is "$bad" "" "loopback, private and other addresses are refused in each spelling"
free=$(free_port)
attach b again
like "$(asked "CONNECT 127.0.0.1:$free HTTP/1.1\r\n\r\n")" '^HTTP/1.1 502 Bad Gateway: 127.0.0.1:[0-9]*: Connection refused' \
	"the newest connection is asked, and says why it cannot"
like "$(asked "CONNECT nobody.invalid:443 HTTP/1.1\r\n\r\n")" '^HTTP/1.1 50[24] ' "a name that is none"
hang_up "$PID"
ok "the older one is asked when that leaves" wait_for 10 asked_is \
	"CONNECT 127.0.0.2:1 HTTP/1.1\r\n\r\n" \
	'HTTP/1.1 403 Forbidden: 127.0.0.2 is a loopback address: --outbound-allow=127.0.0.2:1 allows it'

# ---- many ------------------------------------------------------------------

is "$(outside many "$proxy" "$here" 200 200)" "200 ok" "200 side by side"
bg held timeout 280 "$PYTHON" "$CLIENTS/outside.py" hold "$proxy" "$here" "$T/held"
held=$PID
ok "one that reads nothing" wait_for 20 test -e "$T/held"
is "$(outside many "$proxy" "$here" 2000 8)" "2000 ok" \
	"2000, one after the other, are not held up by it"
end_pid "$held"

# ---- whose connection is gone ----------------------------------------------

outside drain "$proxy" "$here" "$T/drained" >"$T/drain" &
drain=$!
ok "a download" wait_for 20 test -e "$T/drained"
hang_up "$ssh_a"
wait $drain
like "$(cat "$T/drain")" '^reset [0-9]+$' "it is reset when the connection is gone"
no_front() { case $(asked "CONNECT $here HTTP/1.1\r\n\r\n") in 'HTTP/1.1 503 '*) ;; *) false ;; esac; }
ok "then nobody dials" wait_for 10 no_front
like "$(asked "CONNECT $here HTTP/1.1\r\n\r\n")" '^HTTP/1.1 503 Service Unavailable: nobody is connected to the session who would dial: connect again, with --outbound$' \
	"which is told in a line"
attach c out
ssh_c=$PID
is "$(sed -n 's/^proxy=\[\(.*\)\] .*/\1/p' "$T/log/c.out")" "$proxy" "the next one finds the same proxy"
is "$(get "http://$here/hello")" "hello
status 0" "which leads out again"

# ---- others ----------------------------------------------------------------

if test "$(id -u)" = 0 && command -v setpriv >/dev/null; then
	is "$(setpriv --reuid=65534 --clear-groups "$PYTHON" - "${proxy##*:}" <<-'END'
	import socket, sys
	got = b""
	for i in range(100):
	    try:
	        s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
	        s.sendall(b"GET / HTTP/1.1\r\n\r\n")
	        got += s.recv(100)
	    except OSError:
	        pass
	print(len(got))
	END
	)" 0 "another user gets no byte of 100 connections"
else
	skip 1 "not root"
fi

# ---- what is kept for oneself ----------------------------------------------

get "http://$here/secretpath?token=sesame-3141" >/dev/null
get "http://$here/secretpath?token=sesame-3141" -p >/dev/null
grep -rlE 'sesame|secretpath' "$T/log" "$VRS_STATE" >"$T/found"
is "$(cat "$T/found")" "" "no path, token or password is in a log or a record"
is "$(for p in $(ours); do lib_argv "$p"; done | grep -c '[s]esame')" 0 "nor in arguments"
ok "but how much has gone where is" grep -qE "outbound: $here: [0-9]+ bytes in [0-9]+ ms" "$VRS_STATE"/*/agent.log

# ---- by the laptop ---------------------------------------------------------

bg laptop "$PYTHON" "$CLIENTS/outside.py" proxy "$T/laptop" "$T/log/laptop-asked"
ok "a proxy on the laptop" wait_for 10 test -s "$T/laptop"
mkdir -m 700 "$T/brought"
host_add laptop "$(vrs_command --outbound=laptop --outbound-socket=$T/brought/s --outbound-allow=127.0.0.1)"
hang_up "$ssh_c"
ok "no connection is left" wait_for 10 no_front
attach d laptop
ssh_d=$PID
like "$(asked "CONNECT $here HTTP/1.1\r\n\r\n")" "^HTTP/1.1 503 Service Unavailable: no ssh has brought the laptop's proxy: $T/brought/s: " \
	"a socket that is not there is told"
is "$(has "$T/log/d.err" "^vscode-remote-shell: --outbound=laptop: no ssh has brought the laptop's proxy: $T/brought/s: "; echo $?)" 0 \
	"and to who connects"
hang_up "$ssh_d"
# An ssh that is killed leaves it there, and the next one cannot make it then.
"$PYTHON" -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$T/brought/s"
attach f laptop -R "$T/brought/s:127.0.0.1:$(cat "$T/laptop")"
like "$(cat "$T/log/f.err")" 'an earlier ssh had left it there: it is removed now, so connect once more' \
	"one that nobody serves is told, too"
hang_up "$PID"
ok "and is out of the way" test ! -e "$T/brought/s"
attach e laptop -R "$T/brought/s:127.0.0.1:$(cat "$T/laptop")"
is "$(get "http://$here/hello" -p)" "hello
status 0" "by the laptop's proxy"
like "$(tr -d '\r' <"$T/log/laptop-asked")" "^CONNECT $here HTTP/1.1" "which was asked for it"
is "$(get "http://$here/hello?from=job" -H 'Proxy-Authorization: Basic c2VzYW1l')" "status 0" \
	"which has requests of http itself"
like "$(tr -d '\r' <"$T/log/laptop-asked")" "^GET http://$here/hello\?from=job HTTP/1.1" "by their whole URL"
is "$(grep -c '^Proxy-Auth' "$T/log/laptop-asked")" 0 "without what was said to the job's"

done_testing
