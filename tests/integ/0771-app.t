#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The commands app and apps: tools with a web page in a session, which are found
# again, keep their token to themselves, and end with it.
# shellcheck disable=SC2016 # expanded in the job
. "$(dirname "$0")/../lib.sh"
need_product
at_exit vrs_end

get() { "$PYTHON" -I "$CLIENTS/unixhttp.py" "$@" 2>"$T/log/get.err"; }
echoes() { "$PYTHON" -I "$CLIENTS/webapp.py" echo "$@" 2>"$T/log/echo.err"; }

# app NAME WORD...: in the background; its lines in $LINE, $URL and $MORE, the
# socket or port in $AT
app() {
	lib_f=$1
	shift
	bg "$lib_f" "$BUILD/vscode-remote-shell" --launcher=local \
		--state-dir="$VRS_STATE" app "$@"
	APP=$PID
	wait_for 60 is_told "$T/log/$lib_f.out" "$APP"
	LINE=$(sed -n 1p "$T/log/$lib_f.out")
	URL=$(sed -n 2p "$T/log/$lib_f.out")
	MORE=$(sed -n '3,$p' "$T/log/$lib_f.out")
	AT=${LINE#ssh -L *:} AT=${AT% *} AT=${AT#127.0.0.1:}
	test -n "$URL"
}
is_told() { has "$1" ^http || gone "$2"; }
# with_token FILE...: those that have it; it is no argument of grep's either
with_token() { grep -lF -f "$T/token" "$@" 2>/dev/null; }
# behind URL: what stands behind its host and port
behind() { echo "$1" | sed 's|http://127.0.0.1:[0-9]*||'; }
# refused WORD...: the status and the one line
refused() {
	vrs app "$@" >"$T/out" 2>"$T/err"
	echo "$? $(cat "$T/out" "$T/err" | cut -d: -f2-)"
}
not_there() { test ! -e "$1"; }
# row NAME: what apps says of it, without padding
row() { vrs apps 2>"$T/log/apps" | sed -n "s/  */ /g; /^$1 /p"; }

mkdir -p "$XDG_CONFIG_HOME/vscode-remote-shell" "$HOME/below"
echo '<p>below' >"$HOME/below/page"
cat >"$XDG_CONFIG_HOME/vscode-remote-shell/config" <<END
[app web]
description = a tool of the test
command = WEBAPP_TOKEN=\$APP_TOKEN exec '$PYTHON' -I '$CLIENTS/webapp.py' serve "\$APP_SOCKET"
listen = socket
url = /page?token={token}
client-port = 8123

[app port]
command = WEBAPP_TOKEN=\$APP_TOKEN exec '$PYTHON' -I '$CLIENTS/webapp.py' serve "\$APP_PORT"
url = /?token={token}

[app open]
command = WEBAPP_TOKEN=\$APP_TOKEN exec '$PYTHON' -I '$CLIENTS/webapp.py' serve "\$APP_PORT" 0.0.0.0
url = /?token={token}

[app asks]
command = umask 077; cat \$APP_TOKEN_FILE >here; WEBAPP_TOKEN=\$APP_TOKEN exec '$PYTHON' -I '$CLIENTS/webapp.py' serve "\$APP_SOCKET"
listen = socket
directory = ~/below
ready = test -e $HOME/ready

[app slow]
command = echo \$\$ >>$HOME/slow; WEBAPP_TOKEN=\$APP_TOKEN exec '$PYTHON' -I '$CLIENTS/webapp.py' serve "\$APP_SOCKET"
listen = socket
url = /?token={token}
ready = echo >>$HOME/slow-looks; test -e $HOME/slow-ready
start-timeout = 10m

[app moody]
command = WEBAPP_TOKEN=\$APP_TOKEN exec '$PYTHON' -I '$CLIENTS/webapp.py' serve "\$APP_SOCKET"
listen = socket
ready = test -S "\$APP_SOCKET" && test ! -e $HOME/moody; exit

[app slip]
command = WEBAPP_TOKEN=\$APP_TOKEN exec '$PYTHON' -I '$CLIENTS/webapp.py' serve "\$APP_SOCKET"
listen = socket
ready = (
start-timeout = 3s

[app killed]
command = until test -e $HOME/kill-it; do sleep 0.1; done; kill -9 \$PPID
listen = socket

[app another]
command = exec setpriv --reuid=65534 --regid=65534 --clear-groups '$PYTHON' -I -m http.server --bind 127.0.0.1 "\$APP_PORT"
directory = /
start-timeout = 3s

[app near]
command = WEBAPP_TOKEN=\$APP_TOKEN exec '$PYTHON' -I '$CLIENTS/webapp.py' serve "\$APP_PORT" 127.0.0.2

[app bad]
command = echo it says why; exit 7
listen = socket

[app deaf]
command = echo it waits; exec sleep 300
listen = socket
start-timeout = 1s

[app nowhere]
command = exec sleep 300
directory = $T/none
END

like "$(refused web)" "^69  there is no session 'default'" "no session: 69"
like "$(refused nosuch)" "^64  there is no app 'nosuch'; there are: jupyterlab, .*files, web, port" \
	"no app: 64, and which there are"
vrs --linger=0 --idle-timeout=10m >"$T/log/start" 2>&1 || die "no session"

# ---- on a socket -----------------------------------------------------------

arguments() { until test -e "$T/seen"; do cat /proc/[0-9]*/cmdline; done >"$T/arguments" 2>/dev/null; }
arguments &
watch=$!
app one web || die "no lines"
: >"$T/seen"
wait "$watch"
first=$APP
like "$LINE" "^ssh -L 8123:$XDG_RUNTIME_DIR/vscode-remote-shell/default\.web\..*sock $(id -un)@$(uname -n)\$" \
	"a line of ssh"
like "$URL" '^http://127\.0\.0\.1:8123/page\?token=[0-9a-f]{32}$' "a URL with its token"
is "$MORE" "" "and no more"
is "$(cat "$T/log/one.err")" \
	"vscode-remote-shell: web is started in session 'default', job 1 on $(uname -n), in $HOME" \
	"and what was done, without a warning"
path=$AT url=$URL token=${URL##*=}
echo "$token" >"$T/token"
like "$(get "$AT" "$(behind "$URL")")" "^200
hello from" "the URL leads to it"
is "$(get "$AT" "/page?token=x")" "403
no token" "which asks for the token"
is "$(echoes "$AT" "$(behind "$URL")")" word "a WebSocket echoes"
pid=$(get "$AT" "$(behind "$URL")" | sed -n 's/hello from //p')
is "$(with_token /proc/[0-9]*/cmdline "$T/arguments")" "" \
	"no process has the token as an argument, nor had"
ok "while it was started" grep -qa webapp.py "$T/arguments"
is "$(with_token /proc/[0-9]*/environ)" "/proc/$pid/environ" \
	"and only the tool in its environment"
is "$(with_token -r "$VRS_STATE" "$HOME")" "" "no file of the home has it"
dir=$(tr '\000' '\n' <"/proc/$pid/environ" | sed -n 's/^APP_DIR=//p')
is "$(stat -c '%a' "$dir" "$dir/token" "$dir/s" | xargs)" "700 600 700" \
	"those of the node are the user's alone"
like "$(row web)" "^web running [0-9]+ $dir/s a tool of the test\$" "apps: it runs"
is "$(row files)" "files - - - the files below a directory, by Python's http.server" \
	"apps: one that does not"
is "$(vrs apps --json 2>/dev/null | "$PYTHON" -c 'import json, sys
print([(a["state"], a["listens"]) for a in json.load(sys.stdin)["apps"] if a["app"] == "web"])')" \
	"[('running', '$dir/s')]" "apps --json"

# ---- found again -----------------------------------------------------------

app two web
is "$LINE $URL" "$(sed -n 1p "$T/log/one.out") $url" "a second start has the same lines"
is "$(cat "$T/log/two.err")" \
	"vscode-remote-shell: web runs already in session 'default', job 1 on $(uname -n), in $HOME" \
	"and says that it was found"
is "$(get "$AT" "$(behind "$URL")")" "200
hello from $pid" "the same process"
kill -9 "$APP" "$first"
wait_for 20 gone "$APP"
app three web --client-port=9000
is "$AT $URL" "$path $(echo "$url" | sed 's/8123/9000/')" \
	"after a cut, too, with another port of one's own"
is "$(echoes "$AT" "$(behind "$URL")")" word "and a WebSocket echoes"
for i in 1 2 3 4; do
	bg "at-once$i" "$BUILD/vscode-remote-shell" --launcher=local \
		--state-dir="$VRS_STATE" app asks
	eval "at_once$i=\$PID"
done

# ---- one that asks, and starts slowly --------------------------------------

not_yet() { test -s "$HOME/below/here"; }
wait_for 20 not_yet
is "$(cat "$T"/log/at-once*.out)" "" "one that is not ready is waited for"
: >"$HOME/ready"
all_told() { test "$(cat "$T"/log/at-once*.out | wc -l)" = 12; }
ok "of four at once each is told" wait_for 30 all_told
is "$(sort -u "$T"/log/at-once*.out | wc -l)" 3 "the same"
is "$(cat "$T"/log/at-once*.err | grep -c 'is started')" 1 "and one has started it"
is "$(sed -n 3p "$T/log/at-once1.out")" "password: $(cat "$HOME/below/here")" \
	"one that takes no token by its URL: the password"
# shellcheck disable=SC2154 # by eval
kill "$at_once1" "$at_once2" "$at_once3" "$at_once4"

# Whose front is killed meanwhile is found by the next; who is ended meanwhile says so.
bg early "$BUILD/vscode-remote-shell" --launcher=local --state-dir="$VRS_STATE" app slow
early=$PID
wait_for 20 test -s "$HOME/slow"
kill -9 "$early"
wait "$early" 2>/dev/null
no_shell() { vrs status --json 2>/dev/null | grep -q '"shells": 0'; }
ok "its shell goes with its front" wait_for 20 no_shell
: >"$HOME/slow-looks"
bg late "$BUILD/vscode-remote-shell" --launcher=local --state-dir="$VRS_STATE" app slow
late=$PID
wait_for 20 test -s "$HOME/slow-looks"
is "$(refused --stop slow)" "0  slow is ended in session 'default'" \
	"one that starts still can be ended"
wait_for 20 gone "$late" || kill "$late"
wait "$late"
is "$? $(cat "$T/log/late.err")" \
	"69 vscode-remote-shell: app slow: it was ended before it could be used" \
	"and who waits for it is told"
bg early "$BUILD/vscode-remote-shell" --launcher=local --state-dir="$VRS_STATE" app slow
early=$PID
twice() { test "$(wc -l <"$HOME/slow")" = 2; }
wait_for 20 twice
kill -9 "$early"
wait "$early" 2>/dev/null
: >"$HOME/slow-ready"
app slow slow
ok "that of a front that was killed is found" has "$T/log/slow.err" "slow runs already"
is "$(wc -l <"$HOME/slow") $(echoes "$AT" "$(behind "$URL")")" "2 word" \
	"and not started again"
end_pid "$APP"

# ---- on a port -------------------------------------------------------------

app port port
like "$(cat "$T/log/port.err")" "warning: port listens on port [0-9]+ of .*, which other users" \
	"a port of the node: a warning"
like "${AT##*/}" "^default\.port\." "its socket here is called after it"
is "$(echoes "$AT" "$(behind "$URL")")" word "and leads there"
port_at=$AT
end_pid "$APP"
app port2 port
is "$AT" "$port_at" "each time"
ok "with a warning" has "$T/log/port2.err" "warning: port listens on port"
app open open
like "$(cat "$T/log/open.err")" "warning: open listens on all addresses of" \
	"beyond loopback: a warning"
end_pid "$APP"
app near near
like "$(cat "$T/log/near.err")" "warning: near listens on port [0-9]+ of" \
	"but 127.0.0.2 is not"
end_pid "$APP"
app files files --directory="$HOME/below"
is "$(get "$AT" /page)" "200
<p>below" "one that is built in, in a directory that is named"
is "$MORE" "" "which has no password"
like "$(cat "$T/log/files.err")" "files is started .*, in $HOME/below\$" "its line has that directory"
end_pid "$APP"
# From where a second one is typed makes no difference.
app again files
like "$(cat "$T/log/again.err")" "files runs already .*, in $HOME/below\$" "and so has the line of who comes back"
end_pid "$APP"
vrs app --stop files 2>"$T/err"
for place in "$HOME" "$T" /; do
	cd "$place" || die "no $place"
	like "$(refused files)" "^69  app files: from here it would have all of your home directory: say which directory, --directory=DIR" \
		"typed in $place it does not show the home directory"
	cd "$TESTS" || die "no $TESTS"
done
is "$(row files | cut -d' ' -f1,2)" "files -" "and nothing runs"
cd "$HOME/below" || die "no $HOME/below"
app here files
is "$(get "$AT" /page)" "200
<p>below" "without the option it shows where it is typed"
cd "$TESTS" || die "no $TESTS"
end_pid "$APP"
vrs app --stop files 2>"$T/err"
app all files --directory="$HOME"
like "$(get "$AT" /below/page)" "^200" "all of the home directory is had by its name"

# ---- nobody else -----------------------------------------------------------

if test "$(id -u)" = 0; then
	chmod 755 "$T"
	cp "$CLIENTS/unixhttp.py" "$T/get.py"
	chmod 644 "$T/get.py"
	bob() { setpriv --reuid=65534 --regid=65534 --clear-groups "$PYTHON" -I "$T/get.py" "$@"; }
	is "$(bob "$path" "$(behind "$url")")" none \
		"another user gets nothing by the socket, even with the token"
	is "$(bob "$dir/s" "$(behind "$url")")" none "nor by that of the node"
else
	skip 2 "needs root"
fi

# ---- the end ---------------------------------------------------------------

is "$(refused --stop web)" "0  web is ended in session 'default'" "app --stop"
ok "ends it, before it says so" gone "$pid"
like "$(refused --stop --directory=/ --client-port=1 web)" \
	"--directory has no effect with --stop.*\$" "what is of a start has no effect"
ok "none of it" has "$T/err" "--client-port has no effect with --stop"
is "$(row web)" "web - - - a tool of the test" "apps: it does not run"
is "$(refused --stop web)" "0  web does not run in session 'default'" "once"
app four web
isnt "${URL##*=}" "$token" "the next one has another token"
is "$AT" "$path" "and the same socket"

# ---- what is wrong ---------------------------------------------------------

is "$(refused bad)" "69  app bad: it ended with status 7 before it could be used: it says why" \
	"one that ends at once: 69"
is "$(refused deaf)" "69  app deaf: it could not be used after 1 s, and is ended: it waits" \
	"one that never listens: 69"
is "$(row deaf)" "deaf - - - -" "and it is ended"
is "$(refused slip)" "69  app slip: it could not be used after 3 s, and is ended: it has written nothing" \
	"a slip in what is to say that it can be used: 69"
app moody moody
end_pid "$APP"
: >"$HOME/moody"
printf '[app moody]\nstart-timeout = 1s\n' >>"$XDG_CONFIG_HOME/vscode-remote-shell/config"
like "$(refused moody)" "^69  app moody: it runs, but could not be used after 1 s: " \
	"one that runs, and is not ready: 69"
like "$(row moody)" "^moody running " "and runs on"
bg killed "$BUILD/vscode-remote-shell" --launcher=local --state-dir="$VRS_STATE" app killed
killed=$PID
has_row() { test -n "$(row "$1" | grep running)"; }
wait_for 20 has_row killed
: >"$HOME/kill-it"
wait_for 20 gone "$killed" || kill "$killed"
wait "$killed"
like "$? $(cat "$T/log/killed.err")" "^69 .*app killed: what runs it was killed before it could be used" \
	"one that is killed: 69"
if test "$(id -u)" = 0; then
	like "$(refused another)" "^69  app another: it could not be used after 3 s, and is ended" \
		"another user's listener is not it"
else
	skip 1 "needs root"
fi
mkdir -m 755 "$T/open"
mkdir -m 700 "$T/closed"
ln -s closed "$T/link"
for i in "$T/open" "$T/link" ""; do
	like "$(refused -e XDG_RUNTIME_DIR="$i" -e VRS_RUNTIME_DIR="$i" web)" \
		"^69  app web: VRS_RUNTIME_DIR .*: does a start-up file of your shell" \
		"nothing is run in VRS_RUNTIME_DIR='${i##*/}'"
done
like "$(refused nowhere)" "^69  app nowhere: it ended with status [12] before.*$T/none" \
	"no directory: 69"
like "$(refused web --directory=x)" "^64 .*--directory: 'x' is not an absolute path" \
	"a relative directory: 64"
like "$(refused)" "^64  app: something is missing" "no name: 64"

# ---- the ssh is killed meanwhile -------------------------------------------

rm "$HOME/slow-ready"
vrs app --stop slow >"$T/out" 2>&1
mkfifo "$T/pipe"
cat "$T/pipe" >"$T/out" &
ssh=$!
"$BUILD/vscode-remote-shell" --launcher=local --state-dir="$VRS_STATE" app slow \
	>"$T/pipe" 2>"$T/log/cut.err" &
cut=$!
wait_for 20 has_row slow
kill "$ssh"
ok "a start whose ssh was killed ends" wait_for 30 gone "$cut"
wait "$cut"
is $? 129 "by 129"
vrs app --stop slow >"$T/out" 2>&1

# ---- shells ----------------------------------------------------------------

# What start-up files may leave to whom they start.
cat >"$HOME/.profile" <<'END'
set -Cufa
export token=x APP_TOKEN=x
printf 'no newline'
END
cp "$HOME/.profile" "$HOME/.zprofile"
for shell in dash bash zsh mksh ksh; do
	command -v $shell >/dev/null || {
		skip 3 "$shell is not installed"
		continue
	}
	SHELL=$(command -v $shell) vrs --session=$shell --linger=0 --idle-timeout=10m \
		>"$T/log/start-$shell" 2>&1
	app in-$shell port $shell || diag_file "$T/log/in-$shell.err"
	is "$(echoes "$AT" "$(behind "$URL")")" word "$shell: an app is started"
	echo "${URL##*=}" >"$T/token"
	pid=$(vrs apps $shell 2>/dev/null | awk '$1 == "port" { print $3 }')
	is "$(refused --stop port $shell)" "0  port is ended in session '$shell'" \
		"$shell: and ended"
	is "${pid:+$(gone "$pid" && echo gone)}" gone "$shell: all of it"
	end_pid "$APP"
	vrs cancel $shell >"$T/out" 2>&1
done
rm "$HOME/.profile" "$HOME/.zprofile"

# ---- Jupyter ---------------------------------------------------------------

# Its server alone stands in for JupyterLab, which is an extension of that.
mkdir "$T/lab"
printf '#!/bin/sh\nexec jupyter-server "$@"\n' >"$T/lab/jupyter-lab"
chmod +x "$T/lab/jupyter-lab"
echo "PATH=$T/lab:\$PATH" >"$HOME/.profile"
# Root may not, as others may.
mkdir -p "$HOME/.jupyter"
for i in NotebookApp:notebook ServerApp:server; do
	echo "{\"${i%:*}\": {\"allow_root\": true}}" \
		>"$HOME/.jupyter/jupyter_${i#*:}_config.json"
done
for row in notebook:tree:jupyter-notebook jupyterlab:lab:jupyter-server; do
	tool=${row##*:} row=${row%:*}
	name=${row%:*} page=${row#*:}
	command -v "$tool" >/dev/null || {
		skip 6 "$tool is not installed"
		continue
	}
	app "$name" "$name" || diag_file "$T/log/$name.err"
	like "$URL" "^http://127\.0\.0\.1:8888/$page\?token=[0-9a-f]{32}\$" "$name: its URL"
	token=${URL##*=}
	echo "$token" >"$T/token"
	is "$(get "$AT" /api/contents | sed 1q) $(get "$AT" "/api/contents?token=$token" | sed 1q)" \
		"403 200" "$name: it asks for the token"
	is "$(with_token /proc/[0-9]*/cmdline)" "" \
		"$name: which no process has as an argument"
	is "$(with_token /proc/[0-9]*/environ)" "" "$name: nor in its environment"
	is "$(with_token -r "$VRS_STATE" "$HOME")" "" "$name: nor a file of the home"
	pid=$(vrs apps 2>/dev/null | awk -v name="$name" '$1 == name { print $3 }')
	is "$(with_token "$(lib_argv "$pid" | sed -n 3p)/log")" "" "$name: nor its log"
	test "$name" = notebook || continue
	is "$(get "$AT" "$(behind "$URL")" | sed -n '1p; s/.*<title>.*/title/p')" "200
title" "$name: the URL leads to its page"
done
rm "$HOME/.profile"

# ---- from one's own computer ---------------------------------------------

if command -v sshd >/dev/null; then
	sshd_start
	mkdir "$T/bin"
	printf '#!/bin/sh\nexec %s -F %s "$@"\n' "$(command -v ssh)" "$T/ssh_config" \
		>"$T/bin/ssh"
	# The browser.
	printf '#!/bin/sh\necho "$1" >%s\n' "$T/opened" >"$T/bin/xdg-open"
	printf '#!/bin/sh\nexec %s "$@"\n' "$(vrs_command)" >"$T/bin/vrs"
	chmod +x "$T/bin/ssh" "$T/bin/xdg-open" "$T/bin/vrs"
	here=$(free_port)
	sed "s/^host=.*/host=me/; s/^app=.*/app=web/; s|^program=.*|program='$T/bin/vrs --client-port=$here'|" \
		"$TESTS/../examples/open-app.command" >"$T/bin/open-app"
	opens() { test -s "$T/opened"; }
	bg open env --default-signal=INT PATH="$T/bin:$PATH" sh "$T/bin/open-app"
	ok "open-app.command opens the browser" wait_for 30 opens
	is "$(sed 's/token=.*/token=/' "$T/opened")" "http://127.0.0.1:$here/page?token=" \
		"at the URL"
	is "$(echoes "$here" "$(behind "$(cat "$T/opened")")")" word \
		"which leads there, by one ssh"
	is "$(grep -c 'Accepted publickey' "$T/log/sshd.err")" 2 \
		"that has logged in once"
	has_ssh() { pgrep -f "ssh -F $T/ssh_config .*ControlMaster=yes" >"$T/out"; }
	ok "and stays" has_ssh
	kill -INT "$PID"
	ok "Ctrl-C ends it" wait_for 20 gone "$PID"
	no_ssh() { not has_ssh; }
	ok "and its ssh" wait_for 20 no_ssh
else
	skip 7 "no sshd"
fi

# ---- the session ends ------------------------------------------------------

pid=$(vrs apps 2>/dev/null | awk '$1 == "web" { print $3 }')
ok "it runs" alive "$pid"
vrs cancel >"$T/log/end" 2>&1
ok "it ends with the session" wait_for 10 gone "$pid"
ok "its directory, too" wait_for 10 not_there "$dir"
done_testing
