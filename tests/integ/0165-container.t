#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# --container: shells, commands, terminals, ssh clients and apps of a session run in
# an image, the agent and its sshd do not. Here by bubblewrap and by Charliecloud, in
# an image that busybox fills; the words for other runtimes are in
# tests/unit/agent/test_runtime.c.
# shellcheck disable=SC2016 # expanded in the job
. "$(dirname "$0")/../lib.sh"
need_product
command -v bwrap >/dev/null || skip_all "no bubblewrap"
image_can || skip_all "no static busybox"
bwrap --ro-bind / / true 2>/dev/null || skip_all "bubblewrap does not run here"
sshd_start
at_exit vrs_end

image_new "$T/image"
find "$T/image" | sort >"$T/list"
mkdir -p "$T/data" "$T/own"
echo "of the node" >"$T/data/file"
mkdir -p "$HOME/tilde"
echo "below home" >"$HOME/tilde/file"

no_bwrap() {
	for no_p in $(ours); do
		! lib_argv "$no_p" | grep -q '/bwrap$' || return 1
	done
}
stop() { vrs cancel >"$T/log/cancel" 2>&1; }

# ---- what is in there --------------------------------------------------------

export LD_LIBRARY_PATH="$T/none" VISIBLE=yes BASH_ENV="$T/none" SLURM_TEST=7
vrs_alloc --container="$T/image" --container-runtime=bubblewrap \
	--container-bind="$T/data:/work/data" --container-bind="~/tilde:/work/tilde" \
	--container-bind="$T/own:/home/alice/own" --prologue='FROM=prologue; export FROM'
unset LD_LIBRARY_PATH BASH_ENV
is "$(in_image cat /etc/inside)" "the image" "a command runs in it" ||
	diag_file "$T/err"
is "$(in_image 'cat /work/data/file; echo new >/home/alice/own/x; ls /home')" \
	"of the node
alice
other" "--container-bind, where the image has no place for it"
is "$(cat "$T/own/x")" new "and it is the node's own"
is "$(in_image cat /work/tilde/file)" "below home" "~ in it is the home directory"
is "$(find "$T/image" | sort)" "$(cat "$T/list")" "the image is as it was"
is "$(in_image 'for f in /etc/x /x /home/x; do touch $f 2>/dev/null && echo $f; done; echo whole')" \
	whole "and cannot be changed"
is "$(in_image 'echo $VISIBLE $SLURM_TEST $FROM ${LD_LIBRARY_PATH-none} ${BASH_ENV-none}')" \
	"yes 7 prologue none none" "variables: the job's, and none of the node's libraries"
like "$(in_image 'echo $PATH')" "^$VRS_STATE/[0-9a-f]{16}/bridge:/" \
	"PATH has first what nobody else can make on another node"
is "$(in_image 'echo $PATH' | sed "s|^$VRS_STATE/[0-9a-f]*/bridge:||")" \
	/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "PATH is not the node's"
is "$(in_image 'echo $SHELL $PROFILE')" "/bin/sh read" "a login shell that the image has"
is "$(in_image 'echo ~; id -un; id -u')" "$HOME
$(id -un)
$(id -u)" "the user is who he is outside"
is "$(in_image uname -n)" "$(uname -n)" "the host is the node"
ok "the session's private directory is there" in_image \
	'test -w "$XDG_RUNTIME_DIR" && test -w "$VRS_RUNTIME_DIR"'
in_image 'exit 7'
is $? 7 "the exit status"
vrs status >"$T/out" 2>"$T/err"
is "$(sed -n 's/^container: *//p; s/^runtime: *//p' "$T/out")" "$T/image
bubblewrap" "status shows image and runtime"
in_image 'kill -9 $$'
is $? 137 "death by a signal"
is "$(head -c 1000000 /dev/zero | timeout 90 "$BUILD/vscode-remote-shell" \
	--launcher=local --state-dir="$VRS_STATE" shell -- 'wc -c')" 1000000 \
	"a megabyte of input"
agent=$(agents)
if test "$(id -u)" = 0; then
	is "$(stat -Lc %d:%i "/proc/$agent/root/")" "$(stat -Lc %d:%i /)" "the agent is outside"
else
	skip 1 "only root may see the agent's root directory"
fi
is "$(vrs shell --no-container -- "test -e /etc/inside || cat $T/image/etc/inside")" \
	"the image" "and so is shell --no-container"

# ---- a terminal, and an end ----------------------------------------------------

{
	terminal_lines
	cat <<'END'
type cat /etc/inside
see the image
size 20x80
type while test "$(stty size)" != '20 80'; do sleep 0.05; done; echo new-$((1+1))
see new-2
type exit 5
END
} | "$PYTHON" "$CLIENTS/terminal.py" 30x100 "$BUILD/vscode-remote-shell" \
	--launcher=local --state-dir="$VRS_STATE" shell >"$T/screen" 2>&1 9>&-
is $? 5 "a terminal: size, Ctrl-C, new size, exit status" || diag_file "$T/screen"

# The runtime's process would take the signal for itself.
bg hup timeout 90 "$BUILD/vscode-remote-shell" --launcher=local \
	--state-dir="$VRS_STATE" shell -- \
	"trap 'echo hup >$T/own/hup; exit' HUP; echo \$\$ >$T/own/pid; while :; do sleep 0.1; done"
ok "a command runs" wait_for 30 test -s "$T/own/pid"
shell=$(cat "$T/own/pid")
end_pid "$PID"
ok "whose front goes is hung up" wait_for 20 test -s "$T/own/hup"
ok "and ends" wait_for 20 gone "$shell"

# ---- ssh clients ---------------------------------------------------------------

proxy_host job "$(vrs_command) proxy"
vrs proxy --known-hosts job >"$T/known" 2>"$T/err"
is "$(ssh_to job 'cat /etc/inside; echo "$FROM ${LD_LIBRARY_PATH-none}"; exit 3' \
	2>"$T/err"; echo $?)" "the image
prologue none
3" "a command of ssh" || diag_file "$T/err"
is "$(echo 'cat /etc/inside' | ssh_to job 2>"$T/err" | tail -n 1)" "the image" \
	"its login shell"
timeout 120 "$PYTHON" "$CLIENTS/terminal.py" 30x100 ssh -tt -F "$T/ssh_config" job \
	>"$T/screen" 2>&1 9>&- <<'END'
type stty size; cat /etc/inside; echo it is $TERM
see 30 100
see the image
type exit 6
END
is $? 6 "and its terminal" || diag_file "$T/screen"
# The image has no sftp-server, so the node's takes its place.
echo hello >"$T/sent"
echo "put $T/sent $T/own/got" >"$T/batch"
timeout 60 sftp -q -F "$T/ssh_config" -b "$T/batch" job >"$T/out" 2>&1
is $? 0 "sftp without a server in the image" || diag_file "$T/out"
is "$(cat "$T/own/got")" hello "has the same files"

# ---- the end -------------------------------------------------------------------

bg stay timeout 90 "$BUILD/vscode-remote-shell" --launcher=local \
	--state-dir="$VRS_STATE" shell -- "echo \$\$ >$T/own/stay; sleep 1000"
ok "something runs on" wait_for 30 test -s "$T/own/stay"
ok "by bubblewrap" not no_bwrap
stop
ok "the end leaves no process of it" wait_for 30 gone "$(cat "$T/own/stay")"
ok "nor of the runtime" wait_for 20 no_bwrap

# ---- an app --------------------------------------------------------------------

# The image has none of the programs that scripts of apps want, which are outside.
vrs_alloc --container="$T/image" --container-runtime=bubblewrap --prologue='export FROM=prologue'
mkdir -p "$XDG_CONFIG_HOME/vscode-remote-shell"
cat >"$XDG_CONFIG_HOME/vscode-remote-shell/config" <<'END'
[app look]
command = echo "error: it is in $(cat /etc/inside), $PROFILE, $FROM"; exit 4
listen = socket
[app web]
command = exec /bin/busybox httpd -f -p 127.0.0.1:$APP_PORT -h /etc
ready = test -e /etc/inside
END
vrs app look >"$T/out" 2>"$T/err"
like "$? $(tail -n 1 "$T/err")" "^69 .*ended with status 4 .*it is in the image, read, prologue" \
	"an app runs in it, by a login shell"
bg web timeout 90 "$BUILD/vscode-remote-shell" --launcher=local --state-dir="$VRS_STATE" app web
ok "one starts there" wait_for 60 has "$T/log/web.out" ^http || diag_file "$T/log/web.err"
run=$(vrs shell --no-container -- 'echo "$VRS_RUNTIME_DIR"')
port=$(cat "$run"/vrs-*/web/port)
is "$(curl -sS "http://127.0.0.1:$port/inside")" "the image" "and serves what the image has"
like "$(vrs apps 2>"$T/err")" "web .*port $port" "apps tells it"
vrs app --stop web >"$T/out" 2>"$T/err"
is $? 0 "and app --stop ends it"
ok "with its process" not curl -sS "http://127.0.0.1:$port/inside" 2>/dev/null
end_pid "$PID"
proxy_host outside "$(vrs_command) proxy --no-container"
vrs proxy --known-hosts outside >>"$T/known" 2>"$T/err"
is "$(ssh_to outside "test -e /etc/inside || cat $T/image/etc/inside" 2>"$T/err")" \
	"the image" "proxy --no-container is on the node" || diag_file "$T/err"
stop
# What breaks an image is no reason to leave a session's apps alone.
vrs_alloc --container="$T/nosuch" --container-runtime=bubblewrap
vrs apps >"$T/out" 2>"$T/err"
is $? 0 "apps, where it cannot be entered" || diag_file "$T/err"
vrs app web >"$T/out" 2>"$T/err"
like "$? $(cat "$T/err")" "^69 .*the container cannot be entered" "and app tells why"
stop
rm "$XDG_CONFIG_HOME/vscode-remote-shell/config"

# ---- an sftp-server ---------------------------------------------------------------

# The image has the node's /usr.
mkdir -p "$T/usr/usr/bin" "$T/usr/etc"
echo "usr's image" >"$T/usr/etc/inside"
touch "$T/usr/usr/bin/sh"
for dir in bin sbin lib lib64; do ln -s "usr/$dir" "$T/usr/$dir"; done
vrs_alloc --container="$T/usr" --container-runtime=bubblewrap --container-bind=/usr \
	--container-bind=/etc/alternatives
ok "sftp by the image's server" timeout 60 scp -q -F "$T/ssh_config" \
	job:/etc/inside "$T/own/inside"
is "$(cat "$T/own/inside")" "usr's image" "has the files of the image"
stop

# ---- auto, and an attach ---------------------------------------------------------

vrs_host vrs --container="$T/image"
mkdir -p "$XDG_CONFIG_HOME/vscode-remote-shell"
echo "container = $T/nosuch" >"$XDG_CONFIG_HOME/vscode-remote-shell/config"
is "$(echo 'cat /etc/inside' | ssh_to vrs 2>"$T/err" | tail -n 1)" "the image" \
	"RemoteCommand's shell, by the runtime that is found" || diag_file "$T/err"
stop
vrs_alloc --container=none
is "$(in_image 'test -e /etc/inside || echo outside')" outside \
	"--container=none, where the settings name one"
rm "$XDG_CONFIG_HOME/vscode-remote-shell/config"
stop

# ---- several at once, and a cleaner of /tmp --------------------------------------

vrs_alloc --container="$T/image" --container-runtime=bubblewrap
for i in 1 2 3 4 5 6 7 8; do
	bg "at-once-$i" timeout 90 "$BUILD/vscode-remote-shell" --launcher=local \
		--state-dir="$VRS_STATE" shell -- 'cat /etc/inside'
	pids="$pids $PID"
done
# shellcheck disable=SC2086 # a list
wait $pids
is "$(cat "$T"/log/at-once-*.out | uniq -c | sed 's/^ *//')" "8 the image" \
	"eight at once wait for the same look"
dir=$(in_image 'echo ${VRS_RUNTIME_DIR%/run}')
rm "$dir/container/passwd"
is "$(in_image 'cat /etc/inside')" "the image" "a file of it that was removed is made anew" ||
	diag_file "$T/err"
rm -r "$dir"
is "$(in_image 'cat /etc/inside; test -w "$VRS_RUNTIME_DIR" && echo fine')" \
	"the image
fine" "a private directory that was removed is another, and bound" || diag_file "$T/err"
stop

# ---- what cannot be ------------------------------------------------------------

# refused OPTION...: status and line of a command in such a session; before that, what
# is wrong if it is not one line, or the session cannot be used without the image
refused() {
	vrs_alloc "$@"
	in_image true
	refused_rc=$?
	test "$(wc -l <"$T/err")" = 1 || printf 'more lines than one, '
	test "$(vrs shell --no-container -- echo fine 2>&1)" = fine || printf 'not usable, '
	echo "$refused_rc $(sed 's/^vscode-remote-shell: //' "$T/err")"
}
around='; session .default. runs on: `vscode-remote-shell shell --no-container default. goes around it, and `vscode-remote-shell cancel default. ends it, before other options count$'
like "$(refused --container="$T/nosuch")" \
	"^69 the container cannot be entered on [^ ]*: $T/nosuch: No such file or directory$around" \
	"no image"
is "$(vrs shell --no-container -- echo fine)" fine "the session can be used without it"
# What is mended meanwhile is found.
image_new "$T/nosuch"
is "$(in_image cat /etc/inside)" "the image" "and with it once it is there"
stop
mkdir "$T/empty"
like "$(refused --container="$T/empty")" \
	"^69 .*: $T/empty has no /bin/sh, so it is no root file system" "no shell in it"
stop
# What a file is tells its begin, not its name.
{ printf hsqs && head -c 92 /dev/zero; } >"$T/x.sqsh"
cp "$T/x.sqsh" "$T/g.img"
like "$(refused --container="$T/g.img" --container-runtime=bubblewrap)" \
	"^69 .*: bubblewrap takes no image that is a squashfs file \\(.sqsh\\), as $T/g.img: --container-runtime may be auto, or of those that do: apptainer, singularity, enroot, charliecloud, pyxis;" \
	"an image that the runtime does not take, and which do"
stop
like "$(refused --container="$T/x.sqsh" --container-runtime=enroot)" \
	"^69 .*: there is no program enroot on this node, which --container-runtime names" \
	"no such runtime"
stop
like "$(refused --container="$T/image" --container-bind="$T/nowhere")" \
	"^69 .*: --container-bind: $T/nowhere: No such file or directory" \
	"a bind of what is not there"
stop
for bind in rel:/x /x:rel; do
	vrs alloc --container="$T/image" --container-bind=$bind >"$T/out" 2>"$T/err"
	like "$? $(cat "$T/err")" "^64 .*--container-bind: '$bind' is not .*absolute path" \
		"a bind that is none, $bind"
done
is "$(vrs list --no-header 2>&1; echo $?)" 0 "for which no job is made"
like "$(refused --container="$T/image" --container-runtime=bubblewrap \
	--container-arg=--nosuch)" \
	"^69 .*/bwrap ended with status 1: bwrap: Unknown option --nosuch" \
	"what the runtime says"
stop
# Of another architecture, which no emulator of this node runs.
image_new "$T/foreign"
rm "$T/foreign/bin/busybox"
if test "$(uname -m)" = s390x; then foreign=x86_64; else foreign=s390x; fi
case $foreign in
s390x) printf '\177ELF\002\002\001\0\0\0\0\0\0\0\0\0\0\003\0\026' ;;
*) printf '\177ELF\002\001\001\0\0\0\0\0\0\0\0\0\003\0\076\0' ;;
esac >"$T/foreign/bin/busybox"
chmod +x "$T/foreign/bin/busybox"
like "$(refused --container="$T/foreign" --container-runtime=bubblewrap)" \
	"^69 .*: $T/foreign is for $foreign, and this node is " "an image of another architecture"
stop

# A kernel that has none left, in a user namespace, where that can be said.
# without_userns WORD...: as an ordinary user
without_userns() {
	unshare -U --map-user=1000 --map-group=1000 --keep-caps sh -c '
		echo 0 >/proc/sys/user/max_user_namespaces || exit 125
		exec setpriv --ambient-caps -all --inh-caps -all --bounding-set -all "$@"' \
		sh "$@"
}
if test "$(id -u)" = 0 && without_userns true 2>/dev/null; then
	a_while "$VRS_STATE"
	without_userns timeout 90 "$BUILD/vscode-remote-shell" --launcher=local \
		--state-dir="$VRS_STATE" --container="$T/image" \
		--container-runtime=bubblewrap alloc </dev/null \
		>"$T/out" 2>"$T/err"
	without_userns timeout 90 "$BUILD/vscode-remote-shell" --launcher=local \
		--state-dir="$VRS_STATE" shell -- true </dev/null >"$T/out" 2>"$T/err"
	like "$? $(cat "$T/err")" "^69 .*: the kernel lets users make no user namespaces .sysctl user.max_user_namespaces is 0.$around" \
		"no user namespaces: the setting is named"
	is "$(without_userns timeout 90 "$BUILD/vscode-remote-shell" --launcher=local \
		--state-dir="$VRS_STATE" shell --no-container -- echo fine </dev/null 2>&1)" \
		fine "the session can be used without it"
	without_userns timeout 90 "$BUILD/vscode-remote-shell" --launcher=local \
		--state-dir="$VRS_STATE" cancel </dev/null >"$T/log/cancel" 2>&1
else
	skip 2 "no namespace in which that can be set"
fi

# ---- Charliecloud ----------------------------------------------------------------

USER=${USER:-$(id -un)}
export USER
if command -v ch-run >/dev/null && ch-run "$T/image" -- true 2>/dev/null; then
	vrs_alloc --container="$T/image" --container-runtime=charliecloud
	is "$(in_image 'cat /etc/inside; echo $VISIBLE; id -un')" "the image
yes
$(id -un)" "by Charliecloud" || diag_file "$T/err"
	stop
else
	skip 1 "no Charliecloud that runs here"
fi
done_testing
