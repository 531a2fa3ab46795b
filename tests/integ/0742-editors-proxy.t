#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# ProxyCommand: how editors come by OpenSSH, each as its logs or source show it:
# Remote-SSH, Cursor, Windsurf, Zed, JetBrains. Their ssh dies, and what they have
# started stays for the next. Then the job behind a jump host and as one, and a
# hundred connections at once.
# shellcheck disable=SC2016 # for shells there
. "$(dirname "$0")/../lib.sh"
need_product
PATH=$PATH:/usr/sbin:/usr/local/sbin
command -v sshd >/dev/null || skip_all "no sshd"
sshd_start
at_exit vrs_end

# A hundred at once take longer on a loaded machine than a login may. Behind "none"
# ssh would take the next line's.
proxy_host job "$(vrs_command) proxy" 'ConnectTimeout 600'
proxy_host behind "ssh -T -F $T/ssh_config -J plain1 plain2 \"$(vrs_command) proxy\"" 'ConnectTimeout 600'
vrs proxy --known-hosts job >"$T/known" 2>"$T/err" || diag_file "$T/err"
ok "the session begins" ssh_to job true 2>"$T/err" || diag_file "$T/err"
agent=$(agents)
clients() { test "$(vrs status | sed -n 's/^clients: *//p')" = "$1"; }
in_job() { test "$(tr '\000' '\n' <"/proc/$1/environ" |
	sed -n 's/^VSCODE_REMOTE_SHELL_SESSION=//p')" = default; }

# ---- those that type, or give ssh a shell ------------------------------------

get() {
	$PYTHON "$CLIENTS/client.py" fetch --socks "$(client_get "$1" socks)" \
		"$(client_get "$1" "$2")" "$3"
}

# comes NAME FORM [OPTION...]
comes() {
	lib_c=$1
	lib_form=$2
	shift 2
	client "$lib_c" job --form "$lib_form" --block-timeout 30 \
		--var WAITS=500 --var COMMIT=test \
		--var "SERVER=$CLIENTS/codeserver.py" "$@"
}

# editor NAME FORM [OPTION...]: it comes, its ssh is killed, it comes again
editor() {
	lib_e=$1
	shift
	comes "$lib_e" "$@"
	ok "$lib_e: there is a port" client_ready "$lib_e" || return
	is "$(client_get "$lib_e" strict)" yes "$lib_e: nothing but its script's words"
	is "$(get "$lib_e" port /version)" stub-1 "$lib_e: which leads to its server"
	pid=$(get "$lib_e" port /pid)
	ok "$lib_e: in the job" in_job "$pid"
	client_kill "$lib_e"
	comes "${lib_e}_again" "$@"
	ok "$lib_e: again" client_ready "${lib_e}_again" || return
	is "$(get "${lib_e}_again" port /pid)" "$pid" "$lib_e: to the same server"
	other=
	test -z "$(client_get "$lib_e" port2)" ||
		other=$(get "${lib_e}_again" port2 /pid)
	client_close "${lib_e}_again"
	# shellcheck disable=SC2086 # one, or two
	kill $pid $other
}

editor legacy legacy
editor execserver exec
editor cursor cursor '--command=bash --login -c bash'
editor windsurf oss '--command=bash -s'

# ---- Zed -------------------------------------------------------------------
# crates/remote/src/transport/ssh.rs, 2026: a master that only stays; it counts as
# connected when its stdout is closed. Then a session for each question, the server
# by sftp, and its protocol on the stdio of one that stays.

S=$T/zed.sock
zed() { ssh_to -o ControlMaster=no -o "ControlPath=$S" job "$@"; }
dir=$HOME/.zed_server name=zed-remote-server-stable-0.200.1
mkfifo "$T/connected"
# Not below timeout(1), which would hold its stdout.
bg zed sh -c 'exec ssh -F "$1" -N -o ControlPersist=no \
	-o ControlMaster=yes -o "ControlPath=$2" job >"$3"' - "$T/ssh_config" "$S" \
	"$T/connected"
master=$PID
ok "zed: its master's stdout is closed when it is connected" \
	timeout 20 cat "$T/connected"
ok "zed: which then is there" alive "$master"
ok "zed: and is one client, whatever it has" wait_for 10 clients 1
is "$(ssh_to -o ControlMaster=no -o "ControlPath=$S" -T job "cd; sh -c 'echo \$SHELL'" \
	</dev/null | grep -c '^/')" 1 "zed: the shell"
is "$(zed -T 'cd; uname -sm' </dev/null)" "$(uname -sm)" "zed: the platform"
zed "cd; $dir/$name version" </dev/null >"$T/out" 2>&1
is $? 127 "zed: no server yet"
printf '#!/bin/sh\ntest "$1" != version || exec echo 0.200.1\nexec cat\n' |
	gzip >"$T/server.gz"
ok "zed: a folder" zed "cd; mkdir -p $dir" </dev/null
echo "put $T/server.gz $dir/$name.gz" | timeout 60 sftp -q -F "$T/ssh_config" \
	-o ControlMaster=no -o "ControlPath=$S" -b - job >"$T/out" 2>"$T/err"
is $? 0 "zed: the server is sent" || diag_file "$T/err"
ok "zed: and unpacked" zed "cd; sh -c 'gunzip -f $dir/$name.gz && chmod 755 $dir/$name'" \
	</dev/null
is "$(zed "cd; $dir/$name version" </dev/null)" 0.200.1 "zed: it is one"
head -c 1000000 /dev/urandom >"$T/rpc"
is "$(zed -T "cd; env RUST_LOG='info' $dir/$name proxy --identifier x" <"$T/rpc" |
	sha256sum)" "$(sha256sum <"$T/rpc")" "zed: its protocol"
kill "$master"
ok "zed: all of it goes with the master" wait_for 20 clients 0

# ---- JetBrains -------------------------------------------------------------
# Several connections of their own at once: what is there, a file by sftp, the start
# of a backend that writes its link and stays, its port by -L.

cat >"$T/remote-dev-server.sh" <<'END'
#!/bin/sh
# remote-dev-server.sh run PROJECT ...: as the real one, detached, with its link
cd "$2" || exit
nohup setsid python3 -u -m http.server --bind 127.0.0.1 0 </dev/null \
	>"$2/backend.log" 2>&1 &
echo $! >"$2/backend.pid"
until grep -q ' port ' "$2/backend.log"; do sleep 0.1; done
echo "Join link: tcp://127.0.0.1:$(sed -n 's/.* port \([0-9]*\) .*/\1/p' \
	"$2/backend.log")#jt=0123&p=IU"
exec sleep 300
END
mkdir "$T/project"
echo content >"$T/project/file"
ssh_to job 'uname -sm; getconf LONG_BIT' </dev/null >"$T/jb.1" &
a=$!
printf 'mkdir %s\nput %s %s/\nchmod 755 %s/%s\n' "$T/dist" \
	"$T/remote-dev-server.sh" "$T/dist" "$T/dist" remote-dev-server.sh |
	timeout 60 sftp -q -F "$T/ssh_config" -b - job >"$T/out" 2>"$T/err"
is $? 0 "jetbrains: its programs by sftp" || diag_file "$T/err"
wait $a
is "$(head -n 1 "$T/jb.1")" "$(uname -sm)" "jetbrains: the platform, meanwhile"
bg jetbrains timeout 100 ssh -F "$T/ssh_config" job \
	"$T/dist/remote-dev-server.sh run $T/project --ssh-link-host job"
ok "jetbrains: the backend gives a link" wait_for 20 has "$T/log/jetbrains.out" \
	'^Join link: tcp://127.0.0.1:[0-9]+#'
starter=$PID
pid=$(cat "$T/project/backend.pid")
there=$(sed -n 's/.*127.0.0.1:\([0-9]*\)#.*/\1/p' "$T/log/jetbrains.out")
# by_link NAME: its client's connection, to that port
by_link() {
	here=$(free_port)
	bg "$1" timeout 100 ssh -F "$T/ssh_config" -N -L "127.0.0.1:$here:127.0.0.1:$there" job
	ok "jetbrains: $1: -L" wait_for 20 listening "$here"
	is "$(curl -s --max-time 20 "http://127.0.0.1:$here/file")" content \
		"jetbrains: $1: through it"
	end_pid "$PID"
}
by_link client
kill -9 "$(pgrep -P "$starter" -x ssh)"
ok "jetbrains: its ssh dies" wait_for 20 clients 0
ok "jetbrains: and the backend stays" alive "$pid"
ok "jetbrains: in the job" in_job "$pid"
by_link again
kill "$pid"

# ---- jump hosts ------------------------------------------------------------

is "$(ssh_to behind 'echo $VSCODE_REMOTE_SHELL_SESSION' </dev/null)" default \
	"-J before the job: in the job"
is "$(ssh_to -J job plain 'echo "<$VSCODE_REMOTE_SHELL_SESSION>"' </dev/null)" "<>" "-J by way of the job: a host that its node reaches"

# ---- many ------------------------------------------------------------------

pids=
for i in $(seq 100); do
	ssh_to job "echo $i; cat" </dev/null >"$T/many.$i" 2>"$T/many.err.$i" &
	pids="$pids $!"
done
bad=0
for p in $pids; do wait "$p" || bad=$((bad + 1)); done
is "$bad" 0 "a hundred at once: none fails" || cat "$T"/many.err.* | sort |
	uniq -c | sed 's/^/# /' >&2
is "$(cat "$T"/many.[0-9]* | sort -n | tr '\n' ' ')" "$(seq 100 | tr '\n' ' ')" \
	"each has its answer"
ok "and none is left" wait_for 20 clients 0
rundir=$(vrs shell -- 'echo $XDG_RUNTIME_DIR' | sed 's,/run$,,')
is "$(ls "$rundir/sshd")" "" "nor anything of them on the node"
is "$(agents)" "$agent" "all in the same job"
done_testing
