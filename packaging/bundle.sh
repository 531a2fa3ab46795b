#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# One tarball with the programs, for machines on which nothing can be installed: the
# libraries are in the programs, all but glibc, and it runs wherever it is unpacked.
# Slurm is asked by launch-slurm-cli, so no libslurm is needed.
#
#	bundle.sh [OUT]			build it (make bundle), as root
#	bundle.sh pack STAGE OUT	what `make install prefix=/` has left in STAGE
#	bundle.sh check DIR		what in DIR would not run everywhere, a line each
#
# It is built in a Debian 11, whose glibc and compiler are old enough, with the
# OpenSSL of Debian 12, which still gets its security updates. glibc stays outside,
# since only that of the machine can ask its sssd or LDAP for users.
# shellcheck disable=SC2154 # of debian.sh

top=$(cd "$(dirname "$0")/.." && pwd) || exit 1
PATH=$PATH:/usr/sbin:/sbin
LC_ALL=C
export LC_ALL
umask 022
. "$top/tests/debian.sh"

GLIBC=2.28		# that of RHEL 8
SUITE=bullseye
OPENSSL_SUITE=bookworm
PACKAGES=gcc,libc6-dev,make,pkg-config,libevent-dev,libjansson-dev

say() { echo "bundle: $*" >&2; }
die() { say "$*"; exit 1; }

version=$(sed -n '1s/ .*//p' "$top/ChangeLog")
name=vscode-remote-shell-$version-linux-$(uname -m)

# ---- check ---------------------------------------------------------------------

# A machine has these: they are glibc.
is_glibc='^(lib(c|m|dl|rt|util|pthread|resolv)\.so\.[0-9]+|ld-linux.*\.so\.[0-9]+)$'

# check_program FILE
check_program() {
	objdump -p "$1" | awk '$1 == "NEEDED" { print $2 }' |
		grep -Ev "$is_glibc" | sed "s|^|${1##*/} needs |"
	objdump -T "$1" | grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' |
		(cat && echo $GLIBC) | sort -Vu | sed "1,/^$GLIBC\$/d" |
		sed "s|^|${1##*/} needs glibc |"
}

# check DIR: nothing is printed when all is well
check() {
	find "$1" -type f -perm -100 | sort | while read -r file; do
		test "$(head -c 4 "$file" | tail -c 3)" != ELF ||
			check_program "$file"
	done
}

# ---- pack ----------------------------------------------------------------------

readme() {
	cat <<END
vscode-remote-shell $version, ready to run

Unpack it where login nodes and compute nodes see it, in your home directory as a
rule, and write the full path into ~/.ssh/config of your own computer:

    RemoteCommand ~/$name/bin/vscode-remote-shell

The rest of it, and the settings of VS Code, is in
share/doc/vscode-remote-shell/README.md; manual pages: man -M share/man -k vscode.

Needed: Linux on $(uname -m) with glibc $GLIBC or newer; sbatch, squeue and scancel in
PATH on login nodes, and scontrol for the commands extend and partitions. Settings of the site are those in
/etc/vscode-remote-shell, as for every installation.

A newer one is unpacked beside it. Sessions that run go on, and are reached by it.

In the programs are, with licences in share/doc/vscode-remote-shell/licences:
END
	cat "$1"
}

# pack STAGE OUT [PARTS]: PARTS has a line for each library that is in it
pack() {
	dir=$work/pack/$name
	mkdir -p "$work/pack" && cp -a "$1" "$dir" || return
	# Whoever unpacks it is no root, who would run the reaper's timer.
	rm -rf "$dir/lib" "$dir/etc"
	find "$dir" -type f -perm -100 | while read -r file; do
		strip "$file" 2>/dev/null
	done
	readme "${3:-/dev/null}" >"$dir/README"
	find "$dir" -type d -exec chmod 755 {} +
	tar -C "$work/pack" --sort=name --mtime="@$(when)" --owner=0 --group=0 \
		--numeric-owner -cf - "$name" | gzip -n9 >"$2"
}

# when: the second that all files of a bundle are of
when() {
	if test -n "$SOURCE_DATE_EPOCH"; then
		echo "$SOURCE_DATE_EPOCH"
	else
		git -C "$top" log -1 --format=%ct 2>/dev/null ||
			stat -c %Y "$top/ChangeLog"
	fi
}

# ---- build ---------------------------------------------------------------------

# sources: what is here, without what was built, as a tar
sources() {
	cd "$top" && {
		git ls-files 2>/dev/null || find . -name 'build*' -prune -o \
			-type f -print
		echo configure
		echo src/config.h.in
	} | sort -u | tar -cf - -T -
}

# openssl DIR: that of OPENSSL_SUITE, unpacked there, and which it is into DIR.is
openssl() {
	apt=$work/apt
	mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$1"
	security=$(debian_archive Debian-Security)
	{
		echo "deb $(debian_archive Debian) $OPENSSL_SUITE main"
		test -z "$security" ||
			echo "deb $security $OPENSSL_SUITE-security main"
	} >"$apt/sources.list"
	(
		cd "$apt" || exit
		set -- -qq -o Dir::Etc::sourcelist="$apt/sources.list" \
			-o Dir::Etc::sourceparts=/dev/null \
			-o Dir::State::lists="$apt/lists" \
			-o Dir::State::status=/dev/null -o Dir::Cache="$apt" \
			-o Acquire::Languages=none -o APT::Sandbox::User=root
		apt-get "$@" update && apt-get "$@" download libssl-dev
	) >&2 || die "no libssl-dev of $OPENSSL_SUITE from the archive of apt"
	for deb in "$apt"/libssl-dev_*.deb; do
		dpkg -x "$deb" "$1" &&
			echo "    OpenSSL $(dpkg-deb -f "$deb" Version)" >"$1.is"
	done
}

# In namespaces of its own: build in ROOT, in which /src and /ssl are.
inside() {
	# shellcheck disable=SC2016 # expanded there
	exec chroot "$1" /bin/sh -e -c '
	cd /src
	lib=/ssl/usr/lib/$(gcc -print-multiarch)
	./configure --prefix=/ --sysconfdir=/etc --with-slurm=no \
		CPPFLAGS=-DOWN_OPENSSL \
		OPENSSL_CFLAGS="-I/ssl/usr/include -I/ssl/usr/include/$(gcc -print-multiarch)" \
		OPENSSL_LIBS="$lib/libssl.a $lib/libcrypto.a -ldl" \
		EVENT_LIBS=-l:libevent_core.a \
		EVENT_EXTRA_LIBS=-l:libevent_extra.a \
		JANSSON_LIBS=-l:libjansson.a
	make -s -j"$(nproc)" all
	make -s DESTDIR=/stage install
	licences=/stage/share/doc/vscode-remote-shell/licences
	mkdir -p $licences
	cp /ssl/usr/share/doc/libssl-dev/copyright $licences/OpenSSL
	cp /usr/share/doc/libevent-dev/copyright $licences/libevent
	cp /usr/share/doc/libjansson-dev/copyright $licences/jansson
	dpkg-query -W -f "    libevent \${Version}\n" libevent-dev >/parts
	dpkg-query -W -f "    jansson \${Version}\n" libjansson-dev >>/parts'
}

# build OUT
build() {
	reason=$(debian_not)
	test -z "$reason" || die "$reason"
	test -x "$top/configure" || die "run autoheader && autoconf first"
	debian_kept "bundle-$(echo $PACKAGES | cksum | cut -d' ' -f1)" $SUITE \
		"$work/debootstrap" $PACKAGES || exit 1
	mkdir -p "$work/up/src" "$work/work" "$work/root"
	openssl "$work/up/ssl"
	sources | tar -xf - -C "$work/up/src" || exit 1
	# The kept root stays as it is: what is written goes to up.
	unshare --mount --propagation private sh -c '
		mount -t overlay -o "lowerdir=$1,upperdir=$2/up,workdir=$2/work" \
			build "$2/root" && exec sh "$0" inside "$2/root"' \
		"$top/packaging/bundle.sh" "$debian_kept" "$work" >&2 ||
		die "it does not build"
	bad=$(check "$work/up/stage")
	test -z "$bad" || die "$bad"
	cat "$work/up/ssl.is" "$work/up/parts" >"$work/parts"
	pack "$work/up/stage" "$1" "$work/parts" || die "cannot write $1"
	say "$1, $(($(wc -c <"$1") / 1024)) KiB"
}

# --------------------------------------------------------------------------------

case $1 in
inside)	shift && inside "$@" ;;
check)	shift && test $# = 1 && bad=$(check "$1") || exit
	test -z "$bad" || { echo "$bad"; exit 1; }
	exit ;;
esac
work=$(mktemp -d /var/tmp/vrs-bundle.XXXXXX) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
case $1 in
pack)	pack "$2" "$3" ;;
*)	build "${1:-$top/$name.tar.gz}" ;;
esac
