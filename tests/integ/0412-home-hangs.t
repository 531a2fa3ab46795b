#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The home directory does not answer: shells wait for it, and looks at sockets
# in it; what is forwarded does not, and the session can still be ended.
. "$(dirname "$0")/../lib.sh"
need_product
for p in openssl bindfs fusermount; do
	command -v $p >/dev/null || skip_all "$p is not installed"
done
mkdir "$T/real" "$T/home"
bindfs "$T/real" "$T/home" 2>"$T/log/bindfs" || skip_all "bindfs cannot mount"
fuse=$(pgrep -f "^bindfs $T/real $T/home")
unmount() {
	kill -CONT "$fuse"
	umount -l "$T/home" 2>/dev/null || fusermount -uz "$T/home"
	wait_for 5 gone "$fuse" || kill "$fuse"
}
at_exit unmount
HOME=$T/home
VRS_STATE=$HOME/state
at_exit vrs_end

# The agent as the launcher starts it, its log in the home directory.
echo true | timeout 30 "$BUILD/vscode-remote-shell" --launcher=local \
	--linger=0 --idle-timeout=10m --state-dir="$VRS_STATE" \
	--notify-command="date >>$T/events" -vv -l "$T/log/front" \
	>"$T/log/out" 2>"$T/log/err"
is $? 0 "a session whose home directory is on FUSE"
agent=$(agents)
folder=$(find "$VRS_STATE" -mindepth 1 -maxdepth 1 -name '????????????????')
# What is read while it hangs.
mkdir -m 700 "$T/copy" "$T/copy/${folder##*/}"
cp "$folder/endpoint" "$folder/secret" "$T/copy/${folder##*/}"
copy=$T/copy/${folder##*/}
$PYTHON -c 'import socket, sys
socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$HOME/s"

longest() { sed -n 's/.*longest //p' "$1"; }
HOME=/ $PYTHON "$CLIENTS/link.py" "$copy" stall 2 "$HOME/s" >"$T/before"
like "$(cat "$T/before")" 'shell 1 32 ' "before: a shell starts"
like "$(cat "$T/before")" 'connect 1 2$' "before: nobody serves the socket"
like "$(cat "$T/before")" 'control 1 32 .*65' "before: it is the user's own"
kill -STOP "$fuse"
HOME=/ $PYTHON "$CLIENTS/link.py" "$copy" stall 4 "$HOME/s" >"$T/while"
is "$?" 0 "it hangs: what is forwarded goes on"
like "$(cat "$T/while")" 'shell 1$' "it hangs: a shell waits for it"
like "$(cat "$T/while")" 'connect 1$' "it hangs: a connection to a path too"
like "$(cat "$T/while")" 'control 1 32 68' "it hangs: a warning does not"
diag "longest round trip: $(longest "$T/before") ms before, $(longest \
	"$T/while") ms while it hangs"
# A busy machine is late now and then; what hangs is so each time.
short() {
	test "$(longest "$T/while")" -lt 100 && return
	HOME=/ $PYTHON "$CLIENTS/link.py" "$copy" stall 1 "$HOME/s" >"$T/while"
	return 1
}
ok "it hangs: no round trip takes 100 ms" wait_for 15 short
kill -CONT "$fuse"
HOME=/ $PYTHON "$CLIENTS/link.py" "$copy" stall 1 "$HOME/s" >"$T/after"
like "$(cat "$T/after")" 'shell 1 32 ' "it answers again: so do shells"
kill -STOP "$fuse"
kill "$agent"
ok "it hangs again: the session ends all the same" wait_for 30 gone "$agent"
kill -CONT "$fuse"
done_testing
