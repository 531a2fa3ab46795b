#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# forward HOST:PORT: another host, which the job's node resolves and dials, where the
# site allows it. Those hosts are on loopback, with names in an /etc/hosts of this
# test's own.
# shellcheck disable=SC2154 # from settings.sh
. "$(dirname "$0")/../settings.sh"
own_names() {
	printf '127.0.0.1 localhost\n127.0.0.2 db1\n127.0.0.3 db2\n127.0.0.2 named\n' >"$T/hosts"
	: >"$T/resolv.conf"
	# Where /etc is what the settings are put over.
	test -e /etc/hosts || touch /etc/hosts /etc/resolv.conf
	mount --bind "$T/hosts" /etc/hosts &&
		mount --bind "$T/resolv.conf" "$(readlink -f /etc/resolv.conf)"
}
site_files own_names

# serve FILE: a web server at 127.0.0.2, whose port is in FILE
serve() {
	bg "serve${1##*/}" "$PYTHON" -c '
import http.server as h, os, sys
os.chdir(sys.argv[1])
s = h.ThreadingHTTPServer(("127.0.0.2", int(sys.argv[3])), h.SimpleHTTPRequestHandler)
with open(sys.argv[2] + ".new", "w") as f:
    print(s.server_address[1], file=f)
os.rename(sys.argv[2] + ".new", sys.argv[2])
s.serve_forever()' "$T/web" "$1" "${2:-0}"
	wait_for 20 test -e "$1"
}
mkdir "$T/web" && echo hello >"$T/web/a"
ok "a server on another host" serve "$T/port"
port=$(cat "$T/port")
get() { "$PYTHON" -I "$CLIENTS/unixhttp.py" "$@" 2>"$T/log/get.err"; }
found() { test "$(get "$1" /a)" = "200
hello"; }

# asked WORD: one request there on stdin and stdout; the answer's text
asked() {
	printf 'GET /a HTTP/1.0\r\n\r\n' | timeout 60 "$vrs" --launcher=local \
		--state-dir="$VRS_STATE" forward --stdio "$1" 2>"$T/err" |
		tr -d '\r' | sed -n '$p'
}
# refused STATUS TEXT WORD...: forward --stdio ends so, with that line alone
refused() {
	lib_status=$1 lib_text=$2
	shift 2
	timeout 60 "$vrs" --launcher=local --state-dir="$VRS_STATE" forward \
		--stdio "$@" </dev/null >"$T/out" 2>"$T/err"
	is $? "$lib_status" "forward --stdio $*: $lib_status"
	like "$(err)" "^$lib_text\$" "and why"
	is "$(cat "$T/out" "$T/err" | wc -l)" 1 "in one line"
}

vrs --linger=0 --idle-timeout=10m >"$T/log/start" 2>&1 || die "no session"

# ---- whether ---------------------------------------------------------------

beyond="is on another host than the job's node, and no forward-hosts of the site's settings names it"
refused 64 "forward: 'db1' port $port $beyond; .ssh -L. of an entry with .* as ProxyCommand reaches others" "db1:$port"
printf 'help-url = https://x/y\nforward-hosts = 10.0.0.0/8\nforward-hosts = db1:1\n' >"$site/config"
refused 64 "forward: '127.0.0.2' port $port $beyond; see https://x/y; .*" "127.0.0.2:$port"
says 64 --forward-hosts=127.0.0.2 list
is "$(err)" "--forward-hosts: is for the site's files only" "nobody allows it himself"
echo 'forward-hosts = 127.0.0.2' >"$user/config"
says 78 list
like "$(err)" 'config:1: forward-hosts: is for the site.s files only' "nor by his settings"
rm "$user/config"
echo 'forward-hosts = 10.1' >"$site/config"
says 78 list
like "$(err)" "config:1: .*'10.1' is not a network" "what is no host is told"

# ---- where it is allowed ---------------------------------------------------

printf 'forward-hosts = 127.0.0.2\nforward-hosts = named\n[lock profile shut]\nforward-hosts = none\n[profile shut]\nsession = default\n' >"$site/config"
is "$(asked "127.0.0.2:$port")" hello "an address"
is "$(cat "$T/err")" "" "and nothing else is said"
is "$(asked "db1:$port")" hello "a name, which leads there"
refused 64 "db2 is 127.0.0.3, a loopback address, which forward-hosts does not name" "db2:$port"
refused 69 "nothing listens on 127.0.0.1 port $port of .*" "localhost.:$port"
refused 69 "the node has no name server to ask for nowhere.invalid" nowhere.invalid:80
free=$(free_port)
refused 69 "127.0.0.2:$free: Connection refused" "127.0.0.2:$free"
refused 64 "forward: 'db1' port $port is on another host .*" --profile=shut "db1:$port"

cat >"$T/full.py" <<'END'
import socket, sys, time
s = socket.socket()
s.bind(("127.0.0.2", 0))
s.listen(0)
keep = []
for i in range(8):
    c = socket.socket()
    c.setblocking(False)
    c.connect_ex(s.getsockname())
    keep.append(c)
print(s.getsockname()[1], flush=True)
time.sleep(600)
END
bg full "$PYTHON" -I "$T/full.py"
ok "one that answers nobody" wait_for 20 test -s "$T/log/full.out"
full=$(cat "$T/log/full.out")
refused 75 "127.0.0.2:$full: no answer in 10 seconds" "127.0.0.2:$full"

# ---- on a socket -----------------------------------------------------------

# forward NAME WORD...: in the background; its lines in $T/log/NAME.out
two_lines() { test "$(wc -l 2>/dev/null <"$1")" = 2; }
forward() {
	lib_f=$1
	shift
	bg "$lib_f" "$vrs" --launcher=local --state-dir="$VRS_STATE" forward "$@"
	FORWARD=$PID
	wait_for 30 two_lines "$T/log/$lib_f.out" || return 1
	AT=$(sed -n '1s/^ssh -L [0-9]*:\([^ ]*\) .*/\1/p' "$T/log/$lib_f.out")
}
forward one "db1:$port"
like "$AT" "/default\.$port\.[0-9a-f]{8}\.sock\$" "a socket of that host and port"
ok "leads there" found "$AT"
first=$AT
forward other "127.0.0.2:$port" 0
like "$AT" '^127\.0\.0\.1:' "a port of the login node, too"
ok "leads there as well" found "${AT#127.0.0.1:}"
end_pid "$FORWARD"
forward again "db1:$port"
is "$AT" "$first" "the same host has the same socket"
end_pid "$FORWARD"
forward later "db1:$free"
isnt "$AT" "$first" "another one another"
ok "that nothing listens yet is told" has "$T/log/later.err" \
	"db1:$free: Connection refused: whoever connects is reset until it can be reached"
is "$(get "$AT" /a)" none "and who connects is reset"
ok "a server" serve "$T/later" "$free"
ok "what listens later is reached" wait_for 20 found "$AT"
end_pid "$FORWARD"
vrs forward "db2:$port" >"$T/out" 2>"$T/err"
is $? 64 "one that is not allowed is refused"
is "$(cat "$T/out")" "" "before any line is printed"
vrs cancel >"$T/log/end" 2>&1

# ---- an older agent --------------------------------------------------------

if test -f "$TESTS/../config.mk"; then
	other_build "$TESTS/.." "$T/v4" proto/message.h \
		CPPFLAGS='-DPROTOCOL_VERSION=4 -DPROTOCOL_OLDEST=1' \
		"$T/v4/vscode-remote-agent"
	vrs --linger=0 --agent="$T/v4/vscode-remote-agent" >"$T/log/old" 2>&1 ||
		die "no session"
	refused 76 "the session was started by an older version, which reaches no other host; .* cancel. ends it, then connect again" "db1:$port"
else
	skip 3 "not in a build tree"
fi
done_testing
