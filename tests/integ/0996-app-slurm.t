#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A tool with a web page in a Slurm job, opened from the laptop through a socket of
# either login node: the same line after a cut and by the other one, the other user
# on both nodes, what Slurm tells of the job, and a host that its node reaches.
# shellcheck disable=SC2154,SC2016 # from rig/lib.sh; for shells there
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
slurm_up

alice login1 mkdir -p .config/vscode-remote-shell
alice login1 tee .config/vscode-remote-shell/config >/dev/null <<END
login-host = login
[app web]
command = WEBAPP_TOKEN=\$APP_TOKEN exec python3 -I $PREFIX/clients/webapp.py serve "\$APP_SOCKET"
listen = socket
url = /page?token={token}
END

# opened LOGIN NAME [WORD...]: an ssh from the laptop with that line and `app web',
# as examples/open-app.command has it; its lines in $T/log/NAME.out
opened() {
	lib_login=$1 lib_name=$2
	shift 2
	bg "$lib_name" "$RIG" ssh "$@" -T "alice@$lib_login" "$VRS" app web
	OPENED=$PID
	wait_for 60 has "$T/log/$lib_name.out" '^http'
}
echoes() {
	alice client timeout 20 python3 -I $PREFIX/clients/webapp.py echo 18123 "$1" \
		2>"$T/log/echo.err"
}

front login1 alloc -S-c1 </dev/null
is "$rc" 0 "a session" || diag_file "$T/err"
job=$(the_job)
opened login1 first || diag_file "$T/log/first.err"
line=$(sed -n 1p "$T/log/first.out")
like "$line" "^ssh -L 8080:/tmp/vscode-remote-shell-3001/default\.web\.sock alice@login\$" \
	"the line, in a login without XDG_RUNTIME_DIR"
url=$(sed -n 's|^http://127.0.0.1:8080||p' "$T/log/first.out")
forward=${line#ssh -L } forward=18123:${forward#*:} forward=${forward% *}
kill -9 "$OPENED"
wait "$OPENED" 2>/dev/null
opened login1 second -L "$forward" || diag_file "$T/log/second.err"
is "$(echoes "$url")" word "through login1: a WebSocket echoes"
node=$(job_node "$job")
is "$(link_ports login1)" "" "no port of the login node is open for it"
is "$(ports login1)" "" "not even on loopback"
is "$(ports "$node" | wc -l)" 1 "and of the job's node the link port alone"

# ---- a cut, and the other login node ---------------------------------------

root client sh -c 'kill -9 $(pgrep -u alice -x ssh)'
wait "$OPENED" 2>/dev/null
opened login2 third -L "$forward" || diag_file "$T/log/third.err"
same "$T/log/third.out" "$T/log/first.out" "by the other login node: the same lines"
is "$(echoes "$url")" word "and the same line leads there"
is "$(grep -c 'runs already' "$T/log/third.err")" 1 "to the tool that was there"
no_front() { ! root login1 pgrep -u alice -x vscode-remote-s >/dev/null; }
ok "the front of the cut one ends" wait_for 30 no_front

# ---- the other user --------------------------------------------------------

token=${url##*=}
dir=$(root "$node" sh -c 'tr "\000" "\n" </proc/$(pgrep -f "^python3.*webapp.py serve")/environ' |
	sed -n 's/^APP_DIR=//p')
like "$dir" '^/' "the tool's directory"
refuses() { rig_as command bob "$1" 9>&- python3 -I $PREFIX/clients/unixhttp.py "$2" "$url" 2>&1; }
is "$(refuses login2 /tmp/vscode-remote-shell-3001/default.web.sock)" none \
	"bob on the login node gets nothing"
is "$(refuses "$node" "$dir/s")" none "nor on the job's node"
bg port "$RIG" exec -u alice login2 "$VRS" forward "$dir/s" 0
wait_for 30 has "$T/log/port.out" '^http'
port=$(sed -n 's/.*127\.0\.0\.1:\([0-9]*\) .*/\1/p' "$T/log/port.out")
like "$(alice login2 python3 -I $PREFIX/clients/unixhttp.py "$port" "$url")" '^200' \
	"a port of the login node, for alice"
is "$(refuses login2 "$port")" none "and not for bob"
for host in login1 login2 c1 c2; do
	root "$host" sh -c 'cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\000" " "'
done >"$T/argv"
root ctl scontrol show job "$job" >"$T/record"
is "$(grep -c "$token" "$T/argv" "$T/record" | sed 's/.*://' | sort -u)" 0 \
	"no argument has the token, nor the job's record"
is "$(grep -rl "$token" "$STATE")" "" "nor the state directory"

# ---- another host, by the job's node ---------------------------------------

etc=$(strings "$BUILD/vscode-remote-shell" | sed -n 's|/vscode-remote-shell/config$||p' | head -n 1)
root login1 sh -c "mkdir -p '$etc' &&
	{ test '$etc' -ef /etc || mount -t tmpfs -o mode=755 site '$etc'; } &&
	mkdir '$etc/vscode-remote-shell' &&
	echo 'forward-hosts = login2:22' >'$etc/vscode-remote-shell/config'"
greets() { alice login1 timeout 60 "$VRS" forward --stdio "$1" </dev/null 2>"$T/err" | head -c 8; }
is "$(greets login2:22)" "SSH-2.0-" "another login node's sshd, by its name" || diag_file "$T/err"
is "$(greets login1:22)" "" "and no other's"
like "$(cat "$T/err")" "'login1' port 22 is on another host than the job's node, and no forward-hosts" \
	"which is told"

# ---- the end ---------------------------------------------------------------

pid=$(root "$node" pgrep -f '^python3.*webapp.py serve')
ok "Slurm counts it to the job" on_node "$job" "$pid"
front login2 cancel </dev/null
all_gone "nothing is left"
gone_there() { ! root "$node" test -e "$dir"; }
ok "nor its directory" wait_for 20 gone_there
end_pid "$OPENED"
done_testing
