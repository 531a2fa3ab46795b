#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The Unix socket that VS Code connects to, in /tmp on a login node without
# XDG_RUNTIME_DIR: a cleaner removes its directory, and another user makes it
# anew, with a listener of his own. A /tmp of its own, since he takes names in it.
. "$(dirname "$0")/../own-tmp.sh"
. "$(dirname "$0")/../lib.sh"
. "$TESTS/faults/lib.sh"
need_product
test -n "$VRS_OWN_TMP" || skip_all "needs root, and a tree that is not below /tmp"
unset XDG_RUNTIME_DIR
at_exit vrs_end

dir=/tmp/vscode-remote-shell-0
ask() { "$PYTHON" -I "$TESTS/faults/unixask.py" "$path" 2>/dev/null; }

# begin NAME: a front with such a port, its name in $path
begin() {
	front_start "$1" --shell=/bin/sh
	type "$1" "exec '$PYTHON' -I '$TESTS/faults/unixserve.py' '$T/$1.sock'"
	wait_for 30 has "$T/log/front-$1.out" '^0123456789ab: end' ||
		die "no server in the job"
	path=$(sed -n 's/^listeningOn==\(.*\)==.*/\1/p' "$T/log/front-$1.out")
}

begin one
is "${path%/*}" "$dir" "the socket is in /tmp"
is "$(ask)" ours "and leads to the job"
ok "its directory is locked" not flock -n -x "$dir" true
# It would make its socket anew between the two steps of rm.
kill -STOP "$FRONT"
rm -rf "$dir"
kill -CONT "$FRONT"
served() { test "$(ask)" = ours; }
ok "when that was removed it is there again" wait_for 20 served
is "$(stat -c '%u %a' "$dir" "$path" | paste -sd,)" "0 700,0 600" \
	"private, as before"
ok "locked" not flock -n -x "$dir" true
ok "and a line tells of it" has "$T/log/front-one.err" 'is made anew'

# The other user is faster: the front does not run meanwhile.
kill -STOP "$FRONT"
rm -rf "$dir"
setpriv --reuid=65534 --regid=65534 --clear-groups mkdir -m 777 "$dir"
kill -CONT "$FRONT"
ok "what another has made ends the connection" wait_for 20 gone "$FRONT"
wait "$FRONT"
is $? 77 "with a status of its own"
ok "and a line says why" has "$T/log/front-one.err" \
	"owned by uid 65534.*this connection ends"
ok "his directory stays" test -d "$dir"

# And the next one is not where he waits.
begin two
like "$path" "^$dir\.[^/]*/[0-9a-f]+\$" "the next is under another name"
is "$(ask)" ours "and leads to the job"
other=${path%/*}
kill "$FRONT"
wait "$FRONT"
not_there() { test ! -e "$path"; }
ok "it goes with its front" wait_for 20 not_there
begin three
is "${path%/*}" "$other" "which the next but one finds again"
done_testing
