#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A symlink says where its owner wants us to go: one that another user has put
# on the way to the state directory, or to a log in a directory that all share.
. "$(dirname "$0")/../lib.sh"
need_product
test "$(id -u)" = 0 || skip_all "only root can be two users"
at_exit vrs_end

chmod 755 "$T"
mkdir -m 1777 "$T/shared"
mkdir -m 700 "$T/mine"
his() {
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		ln -s "$2" "$T/shared/$1"
}
his state "$T/mine"
his short ../mine
his dir "$T/mine"
ln -s shared/state "$T/ours"

# refused WHAT OPTION...: neither the front nor the agent goes there
refused() {
	what=$1
	shift
	echo exit | timeout 30 "$BUILD/vscode-remote-shell" --launcher=local \
		--linger=0 "$@" >"$T/out" 2>"$T/err"
	rc=$?
	isnt "$rc" 0 "$what: is refused"
	like "$(cat "$T/err")" 'a symbolic link of uid 65534, expected root' \
		"$what: and why"
	is "$(ls -A "$T/mine")" "" "$what: nothing is made there"
}

for dir in shared/state shared/short shared/state/below ours; do
	refused "$dir" --state-dir="$T/$dir"
done
is "$rc" 77 "a right that is missing"
refused "a log" --state-dir="$T/state" --log-file="$T/shared/dir/log"
"$BUILD/vscode-remote-agent" --state-dir="$T/shared/state" \
	--tag=0123456789abcdef --session=x >"$T/out" 2>&1
like "$(cat "$T/out")" 'a symbolic link of uid 65534' "the agent looks, too"

ln -s ../mine "$T/shared/own"
echo 'echo hello' | timeout 30 "$BUILD/vscode-remote-shell" --launcher=local \
	--linger=0 --state-dir="$T/shared/own" >"$T/out" 2>"$T/err"
is "$(cat "$T/out")" hello "one of our own is followed"
VRS_STATE=$T/mine
done_testing
