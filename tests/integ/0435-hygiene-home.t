#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A server folder that does not answer, or cannot be written to, costs a line
# and a few seconds, not the session.
. "$(dirname "$0")/../lib.sh"
need_product
command -v bindfs >/dev/null || skip_all "there is no bindfs"

AGENT=$HOME/.vscode-server
mkdir -p "$T/disk" "$AGENT"
# The state is elsewhere; a home directory that is gone altogether is a matter
# of its own.
mount_it() {
	bindfs_on "$AGENT" "$@" "$T/disk" || return
	FUSE=$PID
}
unmount() {
	kill -CONT "$FUSE" 2>/dev/null
	fusermount -u "$AGENT" 2>/dev/null || umount "$AGENT" 2>/dev/null
}
mount_it || skip_all "bindfs cannot mount here"
at_exit unmount
at_exit vrs_end

# shell NAME: a shell that says hello; how long it took, in tenths, is $TOOK
shell() {
	began=$(lib_now)
	echo 'echo hello' | timeout 60 "$BUILD/vscode-remote-shell" \
		--launcher=local --state-dir="$VRS_STATE" --linger=0 \
		--shell=/bin/sh >"$T/$1" 2>"$T/log/$1.err"
	TOOK=$(($(lib_now) - began))
}

bg sleep sleep 100
echo "$PID" >"$T/disk/.0123456789abcdef.pid"
kill -STOP "$FUSE"
shell a
is "$(cat "$T/a")" hello "a shell starts though the folder hangs"
diag "after $TOOK tenths of a second"
is "$(grep -c 'home directory has not answered for 3 s' "$T/log/a.err")" 1 \
	"and a line says why it was late"
shell b
diag "the next after $TOOK"
is "$(cat "$T/b")" hello "so does the next"
# It would say so after 3 s.
is "$(grep -c 'has not answered' "$T/log/b.err")" 0 "which does not wait again"
vrs cancel >"$T/log/cancel" 2>&1
is $? 0 "the session can be ended"
kill -CONT "$FUSE"
ok "the record is as it was" test -s "$AGENT/.0123456789abcdef.pid"

shell c
is "$(cat "$T/c")" hello "a new session when it answers again"
ok "moves the record" not test -e "$AGENT/.0123456789abcdef.pid"
vrs cancel >"$T/log/cancel" 2>&1
unmount
end_pid "$FUSE"

echo "$PID" >"$T/disk/.0123456789abcdef.pid"
mount_it -r
shell d
is "$(cat "$T/d")" hello "a shell starts though the folder is read-only"
is "$(grep -c 'cannot move .*: the file system is read-only' \
	"$T/log/d.err")" 1 "and a line says what could not be done"
vrs cancel >"$T/log/cancel" 2>&1

# --server-dir wants to link what is in there.
unmount
end_pid "$FUSE"
mount_it
kill -STOP "$FUSE"
timeout 60 "$BUILD/vscode-remote-shell" --launcher=local --linger=0 \
	--state-dir="$VRS_STATE" --shell=/bin/sh --server-dir=session \
	>"$T/f" 2>"$T/log/f.err" <<'END'
VSCODE_AGENT_FOLDER="$HOME/.vscode-server"
echo "$VSCODE_AGENT_FOLDER"
END
is "$(cat "$T/f")" "$AGENT" "a folder that could not be made is not used"
ok "and that is said" has "$T/log/f.err" "--server-dir has no effect"
vrs cancel >"$T/log/cancel" 2>&1
unmount
done_testing
