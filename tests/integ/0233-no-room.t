#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A home directory, or VS Code's folder in it, that is full, out of inodes, at a
# quota or read-only: a line says so before VS Code's server fails there.
. "$(dirname "$0")/../lib.sh"
need_product
at_exit vrs_end
home=$HOME/.vscode-server
unmount() { umount -l "$home" 2>/dev/null; umount -l "$HOME" 2>/dev/null; }
at_exit unmount

# shell NAME [OPTION...]: a shell in a session of its own
shell() {
	name=$1
	shift
	echo 'echo hello' | timeout 60 "$BUILD/vscode-remote-shell" \
		--launcher=local --state-dir="$VRS_STATE" --linger=0 \
		--shell=/bin/sh "$@" >"$T/out" 2>"$T/log/$name.err"
	is "$(cat "$T/out")" hello "$name: a shell"
	vrs cancel >"$T/log/cancel" 2>&1
}
# says REASON: in one line; "" for none
says() {
	line="$home: $1; VS Code's server cannot write there: make room, or choose --server-dir=node"
	is "$(sed -n "s/^vscode-remote-shell: .*VS Code's server cannot/&/p" \
		"$T/log/$name.err")" \
		"${1:+vscode-remote-shell: $line}" \
		"$name: ${1:-nothing} is said"
}

shell "no folder"
says ''
mkdir "$home"
shell good
says ''
is "$(find "$HOME" -name '.vscode-remote-shell.*')" '' "nothing is left there"

if mount -t tmpfs -o mode=700,size=64k none "$home" 2>/dev/null; then
	cat /dev/zero >"$home/zero" 2>/dev/null
	shell space
	says "disk full: no space left on the file system"
	umount "$home"
	mount -t tmpfs -o mode=700,nr_inodes=2 none "$home"
	true >"$home/one"
	shell inodes
	says "disk full: no space left on the file system"
	mount -o remount,ro "$home"
	shell read-only
	says "the file system is read-only"
	umount "$home"
	rmdir "$home"
	mount --bind "$HOME" "$HOME" && mount -o remount,bind,ro "$HOME"
	shell "read-only home"
	says "the file system is read-only"
	umount "$HOME"
	mkdir "$home"
else
	skip 8 "nothing can be mounted here"
fi

# A quota, which no file system here has.
cat >"$T/quota.c" <<'END'
#include <errno.h>
#include <stdlib.h>
int mkostemp(char *path, int flags)
{
	(void)path;
	(void)flags;
	errno = EDQUOT;
	return -1;
}
END
printf '#!/bin/sh\nLD_PRELOAD=%s exec %s "$@"\n' "$T/quota.so" \
	"$BUILD/vscode-remote-agent" >"$T/agent"
chmod 755 "$T/agent"
if ${CC:-cc} -shared -fPIC -o "$T/quota.so" "$T/quota.c" 2>"$T/log/cc"; then
	shell quota --agent="$T/agent"
	says "disk full: your quota is used up"
else
	skip 2 "no compiler"
fi
done_testing
