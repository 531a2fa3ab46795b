# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC1090,SC1091,SC2034
# For tests of vscode-grim-reaper: source it instead of lib.sh (LIB names another
# one). The test goes on as root of a pid, mount and network namespace of its
# own, where nobody but it has processes, and what it leaves behind ends with it.
TEST_TIMEOUT=${TEST_TIMEOUT:-240}
export TEST_TIMEOUT
: "${LIB:=$(cd "$(dirname "$0")/.." && pwd)/lib.sh}"
if test -z "$REAPER_INSIDE"; then
	. "$LIB"
	test -x "$BUILD/vscode-grim-reaper" ||
		skip_all "the reaper is not built (jansson)"
	test "$(id -u)" = 0 ||
		skip_all "only root can be two users in a pid namespace"
	unshare -p -f -m -n --propagation private true 2>/dev/null ||
		skip_all "unshare -p -m -n does not work here"
	test -x "$PYTHON" || skip_all "no python3"
	REAPER_INSIDE=$T
	export REAPER_INSIDE
	chmod 755 "$T"
	unshare -p -f -m -n --kill-child --propagation private sh "$0" \
		</dev/null
	rc=$?
	rm -rf "$T"
	trap - EXIT
	exit $rc
fi
# Process 1 must collect what loses its parent, which sh does not do always.
if test -z "$REAPER_CHILD"; then
	mount -t proc proc /proc || exit 1
	export REAPER_CHILD=1
	exec /usr/bin/python3 -c 'import os, sys
pid = os.fork()
if pid == 0:
    os.execvp("sh", ["sh", sys.argv[1]])
while True:
    got, status = os.wait()
    if got == pid:
        os._exit(os.waitstatus_to_exitcode(status) & 255)
' "$0"
fi
TMPDIR=${REAPER_INSIDE%/*}
LIB_BOUND=1	# lib.sh: the outer one has a timeout
export LIB_BOUND
. "$LIB"
chmod 755 "$T"
ip link set lo up 2>/dev/null

A=2001 B=2002
S=$T/.vscode-server
mkdir -p "$S/bin"
chmod 1777 "$S"
cp "$(readlink -f "$PYTHON")" "$S/bin/node"
cp "$CLIENTS/trees.py" "$T/trees.py"

# trees UID KIND...: its lines are in $T/trees
trees() { "$PYTHON" "$T/trees.py" "$S" "$@" </dev/null >"$T/trees"; }
# pids KIND: of the last trees; port KIND: what listen says
pids() { sed -n "s/^$1 //p" "$T/trees"; }

# The users cannot go where it was built, perhaps.
REAPER=$T/vscode-grim-reaper
cp "$BUILD/vscode-grim-reaper" "$REAPER" && chmod 755 "$REAPER" || exit 1
# reap OPTION...: as root, not by hand, old enough at once
reap() {
	timeout 60 "$REAPER" --no-syslog --age=0 --grace=1s "$@" \
		</dev/null >"$T/out" 2>"$T/err"
	RC=$?
}
as() {
	setpriv --reuid="$1" --regid="$1" --clear-groups --no-new-privs \
		timeout 60 "$REAPER" --no-syslog --age=0 --grace=1s $2 \
		</dev/null >"$T/out" 2>"$T/err"
	RC=$?
}
all_gone() { for p in $1; do gone "$p" || return 1; done; }
all_alive() { for p in $1; do alive "$p" || return 1; done; }
# None that lives; process 1 collects the dead when it gets to it.
none_of() { ! ps -o stat= -U "$1" | grep -qv '^[ZX]'; }
clear_up() { reap --all --kill -q; }
