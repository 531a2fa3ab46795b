#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# --server-dir: what is in the home directory is used from there if it can be
# written, and is made afresh in the session's folder if it cannot. Without a
# folder at home that is made first.
# --server-dir=node is one directory for all sessions of a user.
. "$(dirname "$0")/../own-tmp.sh"
. "$(dirname "$0")/../lib.sh"
need_product
at_exit vrs_end

# session NAME OPTION...: a session whose server folder is $own
session() {
	name=$1
	shift
	echo 'echo hello' | timeout 60 "$BUILD/vscode-remote-shell" \
		--launcher=local --state-dir="$VRS_STATE" --linger=0 \
		--shell=/bin/sh "$@" >"$T/out" 2>"$T/log/$name.err"
	is "$(cat "$T/out")" hello "$name: a shell"
	own=$(find "$VRS_STATE" -path '*/server/.vscode-server' | head -n 1)
	test -n "$own" || own=/nonexistent
}
home=$HOME/.vscode-server
writes() {
	for d in extensions data bin; do
		ok "$1: $d takes files" touch "$own/$d/made"
	done
	is "$(grep -c "no effect" "$T/log/$name.err")" 0 "$1: and nothing fails"
}

session fresh --server-dir=session
writes fresh
for d in extensions data bin; do
	is "$(readlink "$own/$d")" "$home/$d" "fresh: $d is that at home"
done
vrs cancel >"$T/log/cancel" 2>&1
ok "fresh: what was installed outlives the session" \
	test -e "$home/extensions/made"

touch "$home/code-abc"
mkdir -p "$home/cli/servers/Stable-0123456789abcdef0123456789abcdef01234567/server"

# read_only NAME: with a home that is
read_only() {
	session "$1" --server-dir=session
	writes "$1"
	for d in extensions data bin; do
		ok "$1: $d is its own" not test -L "$own/$d"
	done
	is "$(readlink "$own/code-abc")" "$home/code-abc" \
		"$1: what is only read is that at home"
	is "$(readlink "$own/cli/servers/Stable-0123456789abcdef0123456789abcdef01234567/server")" \
		"$home/cli/servers/Stable-0123456789abcdef0123456789abcdef01234567/server" \
		"$1: as are servers"
	vrs cancel >"$T/log/cancel" 2>&1
}
unmount() { umount -l "$HOME" 2>/dev/null; }
at_exit unmount
# What a cancelled job still does at home comes to its end.
unmounted() { umount "$HOME" 2>/dev/null; }
if mount --bind "$HOME" "$HOME" 2>/dev/null &&
	mount -o remount,bind,ro "$HOME" 2>/dev/null; then
	read_only mount
	wait_for 15 unmounted || die "something stays at home"
else
	skip 12 "nothing can be mounted here"
fi

# Made in a session with a good home, on a node where they stay.
node=/tmp/vscode-remote-shell-$(id -u)/server/.vscode-server
if test "$(id -u)" = 0 && ! test -e "$node" && mount --bind "$HOME" "$HOME"
then
	session node --server-dir=node
	own=$node
	writes node
	is "$(readlink "$own/data")" "$home/data" "node: data is that at home"
	vrs cancel >"$T/log/cancel" 2>&1
	mount -o remount,bind,ro "$HOME"
	session node-ro --server-dir=node
	own=$node
	writes node-ro
	ok "node-ro: data is its own now" not test -L "$own/data"
	vrs cancel >"$T/log/cancel" 2>&1
	wait_for 15 unmounted || die "something stays at home"
	rm -rf "$node"
else
	skip 11 "$node is there, or nothing can be mounted"
fi

# A full one.
rm -rf "$home"
mkdir "$home"
if mount -t tmpfs -o size=64k,nr_inodes=40 none "$home" 2>/dev/null; then
	mkdir "$home/extensions" "$home/data" "$home/bin"
	cat /dev/zero >"$home/zero" 2>/dev/null
	session full --server-dir=session
	writes full
	ok "full: data is its own" not test -L "$own/data"
	vrs cancel >"$T/log/cancel" 2>&1
	umount -l "$home"
else
	skip 6 "a tmpfs cannot be mounted here"
fi
done_testing
