#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Where the umask is 002 and each user has a group of the own name, directories
# above the state's are writable by a group that is nobody else. By one of
# others they must not be, and then the line says what can be done.
if test -z "$VRS_OWN_MOUNTS" && test "$(id -u)" = 0 &&
	unshare -m true 2>/dev/null; then
	VRS_OWN_MOUNTS=1 exec unshare -m --propagation=private sh "$0" "$@"
fi
. "$(dirname "$0")/../lib.sh"
need_product
test -n "$VRS_OWN_MOUNTS" || skip_all "only root can make users"

ANN=54321 BOB=54322 PROJECT=54323
AREA=$T/area

# users [PASSWD-LINE [GROUP-MEMBERS]]: who there is
mkdir "$T/etc"
users() {
	{
		cat "$T/etc/passwd.before"
		echo "ann:x:$ANN:${3:-$ANN}::$AREA/home/ann:/bin/sh"
		echo "${1:-bob:x:$BOB:$BOB::/:/bin/sh}"
	} >"$T/etc/passwd"
	{
		cat "$T/etc/group.before"
		echo "${4:-ann}:x:$ANN:$2"
		echo "bob:x:$BOB:"
		echo "project:x:$PROJECT:ann,bob"
	} >"$T/etc/group"
}
for f in passwd group; do
	cp /etc/$f "$T/etc/$f.before"
	cp /etc/$f "$T/etc/$f"
	mount --bind "$T/etc/$f" /etc/$f || die "no /etc/$f of our own"
done
# Not of the clone or $T, which other users may not be able to enter.
mkdir "$AREA"
mount -t tmpfs -o mode=755 area "$AREA" || die "no tmpfs"
mkdir -p "$AREA/bin" "$AREA/home/ann/.local" "$AREA/project/ann"
cp "$BUILD/vscode-remote-shell" "$AREA/bin"
cp "$BUILD"/launch-* "$BUILD/vscode-remote-agent" "$AREA/bin"
chmod -R 755 "$AREA/bin"
mount --bind "$AREA" /mnt || die "no place to mount"

# front DIR: ann's list with the state below that
front() {
	env -i PATH="$PATH" HOME=/mnt/home/ann USER=ann setpriv --reuid=$ANN \
		--regid=$ANN --clear-groups sh -c 'umask 002; cd /; exec "$@"' - \
		/mnt/bin/vscode-remote-shell list --launcher=local \
		--state-dir="$1/vrs" >"$T/out" 2>"$T/err"
}
takes() { front "$1" && test -d "$1/vrs"; }
# refuses NAME [DIR [ERE]]
refuses() {
	rm -rf /mnt/home/ann/.local/vrs
	front "${2:-/mnt/home/ann/.local}"
	is $? 77 "$1: refused"
	like "$(cat "$T/err")" "${3:-chmod go-w /mnt/home/ann}" "$1: with what to do"
	is "$(wc -l <"$T/err")" 1 "$1: in one line"
}

chown -R $ANN:$ANN /mnt/home/ann
chmod 2775 /mnt/home/ann /mnt/home/ann/.local
users
ok "a home writable by the user's own group" takes /mnt/home/ann/.local ||
	diag_file "$T/err"
users "" ann
ok "which may name the user as its member" takes /mnt/home/ann/.local ||
	diag_file "$T/err"
users "" bob
refuses "another member by name"
users "" ann,bob
refuses "another member beside the user"
users bob:x:$BOB:$ANN::/:/bin/sh
refuses "somebody's primary group"
users "" "" "" annsgroup
refuses "a group of another name"
users "" "" $BOB
refuses "not the user's primary group"
users
chgrp $PROJECT /mnt/home/ann
refuses "a group of a project"
chgrp $ANN /mnt/home/ann
chmod 2777 /mnt/home/ann
refuses "all may write"
chmod 2775 /mnt/home/ann

# user::rwx user:bob:rwx group::r-x mask::rwx other::r-x, shown as 0775
"$PYTHON" - /mnt/home/ann $BOB <<'END' || die "no access list"
import os, struct, sys
acl = [(1, 7, -1), (2, 7, int(sys.argv[2])), (4, 5, -1), (16, 7, -1), (32, 5, -1)]
os.setxattr(sys.argv[1], "system.posix_acl_access", struct.pack("<I", 2) +
	b"".join(struct.pack("<HHI", t, p, i & 0xffffffff) for t, p, i in acl))
END
is "$(stat -c %a /mnt/home/ann)" 2775 "an access list is not seen in the mode"
refuses "an access list lets another user write"
"$PYTHON" -c "import os; os.removexattr('/mnt/home/ann', 'system.posix_acl_access')"
ok "without it again" takes /mnt/home/ann/.local || diag_file "$T/err"

chown $ANN:$PROJECT /mnt/project/ann
chgrp $PROJECT /mnt/project
chmod 2775 /mnt/project
refuses "a project directory of root's" /mnt/project/ann \
	'/mnt/project: mode 2775 .*only root may change that; name a directory elsewhere.*home.*chmod \+t'
unlike "$(cat "$T/err")" "run: chmod" "and no command that cannot work"
chmod 3775 /mnt/project
ok "a sticky one" takes /mnt/project/ann || diag_file "$T/err"
umount /mnt "$AREA" /etc/passwd /etc/group
done_testing
