#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# small.sh DIR: a directory that is an image, of 2 MB, made by any user: the commands
# of busybox (package busybox-static), for a first --container=DIR. VS Code's server,
# which wants glibc and libstdc++, does not run in it; for that see Dockerfile and
# tools.def.
set -e
if test $# != 1; then
	echo "usage: sh small.sh DIR, the directory that is made" >&2
	exit 64
fi
dir=$1
busybox=$(command -v busybox) || busybox=
if test -z "$busybox"; then
	echo "small.sh: there is no busybox in PATH: install busybox-static" >&2
	exit 1
fi
if ldd "$busybox" >/dev/null 2>&1; then
	echo "small.sh: $busybox needs libraries: install busybox-static" >&2
	exit 1
fi
mkdir -p "$dir"
cd "$dir"
mkdir -p bin dev etc home proc root sys tmp usr/bin usr/lib var/tmp
cp "$busybox" bin/busybox
for name in $("$busybox" --list); do
	test -e "bin/$name" || ln -s busybox "bin/$name"
done
echo 'root:x:0:0:root:/root:/bin/sh' >etc/passwd
echo 'root:x:0:' >etc/group
: >etc/hosts
: >etc/resolv.conf
