#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# --container-cache on a file system that stops answering, before a copy is begun and
# in the middle of it: after two minutes without progress one line tells it, and the
# image is used where it is; a name is refused, and the session can be used. A copy
# that another session does not get on with is not waited for without end. Time passes
# by a clock of the agent's own (tests/faults/inject.c).
# shellcheck disable=SC2016 # expanded in the job
. "$(dirname "$0")/../lib.sh"
. "$TESTS/faults/lib.sh"
need_product
command -v bindfs >/dev/null || skip_all "no bindfs"
image_can || skip_all "no static busybox"
mkdir "$T/real" "$T/cache" "$T/bin"
unmount() {
	kill -CONT "$fuse"
	fusermount -u "$T/cache" 2>/dev/null || umount -l "$T/cache" 2>/dev/null
	end_pid "$fuse"
}
bindfs_on "$T/cache" --write-rate=2M "$T/real" || skip_all "bindfs cannot mount here"
fuse=$PID
at_exit unmount
at_exit vrs_end
clock_new agent
clock_agent

image_new "$T/image"
head -c 40000000 /dev/urandom >"$T/image/big"
cat >"$T/bin/mine" <<END
#!/bin/sh
if test "\$1" = pull; then
	echo "a layer"
	{ printf hsqs && head -c 92 /dev/zero; } >"\$2"
	exit
fi
while test "\$1" != --; do shift; done
shift
exec "\$@"
END
chmod +x "$T/bin/mine"
mkdir -p "$XDG_CONFIG_HOME/vscode-remote-shell"
cat >"$XDG_CONFIG_HOME/vscode-remote-shell/config" <<END
[runtime mine]
program = $T/bin/mine
images = directory name sqsh
enter = run %image --
import = pull %to %image
imports = sqsh
END

start() {
	! test -d "$VRS_STATE" || a_while "$VRS_STATE"
	vrs alloc --agent="$T/agent" --idle-timeout=10h --container-runtime=mine \
		--container-cache="$T/cache" "$@" >"$T/alloc" 2>&1 || diag_file "$T/alloc"
}
stop() { vrs cancel >"$T/log/cancel" 2>&1; }
# shell_begins NAME: a command in the image, in the background
shell_begins() {
	bg "$1" timeout 120 "$BUILD/vscode-remote-shell" --launcher=local \
		--state-dir="$VRS_STATE" shell -- 'echo it runs'
	shell=$PID
}
# passes COMMAND...: more time, until that is so
passes() {
	clock_pass agent 5
	"$@"
}
told() { grep -qF "$2" "$T/log/$1.err"; }
given_up='there was no progress for 120 s, so it is given up: does the file system of '
left='(; process [0-9]+ cannot be ended, and is left)?'

# ---- in the middle of a copy -----------------------------------------------------

start --container="$T/image"
shell_begins midst
ok "a copy is begun" wait_for 30 told midst "is copied to"
kill -STOP "$fuse"
ok "that nothing of it is copied is told" wait_for 60 passes told midst \
	"container: no progress with the copy of $T/image for 30 s; after 120 s it is given up" ||
	diag_file "$T/log/midst.err"
ok "it is not waited for without end" wait_for 90 passes gone "$shell"
wait "$shell"
is "$? $(cat "$T/log/midst.out")" "0 it runs" "and the image is used where it is" ||
	diag_file "$T/log/midst.err"
like "$(grep given "$T/log/midst.err" | tail -n 1)" \
	"^vscode-remote-shell: --container-cache: $given_up$T/cache or that of $T/image hang\\?$left; the image is used where it is\$" \
	"which is one line"
is "$(vrs shell -- 'echo again' 2>"$T/err"; cat "$T/err")" again "what comes then does not ask anew"
kill -CONT "$fuse"
stop
is "$(agents)" "" "the session ends"

# ---- before it is begun, of a name ---------------------------------------------------

kill -STOP "$fuse"
start --container=docker://lab/x
shell_begins name
ok "of a name: neither is that" wait_for 90 passes gone "$shell"
wait "$shell"
like "$? $(tail -n 1 "$T/log/name.err")" \
	"^69 .*: --container-cache: $given_up$T/cache hang\\?$left; session 'default' runs on: .*--no-container default" \
	"a name is refused"
is "$(vrs shell --no-container -- echo fine)" fine "the session can be used without it"
kill -CONT "$fuse"
is "$(vrs shell -- 'echo it runs' 2>"$T/err")" "it runs" "and with it once the file system answers" ||
	diag_file "$T/err"
stop
done_testing
