#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# One tarball with the programs, for machines on which nothing can be installed: the
# libraries are in the programs, all but glibc, and it runs wherever it is unpacked.
# Slurm is asked by launch-slurm-cli, so no libslurm is needed.
#
#	bundle.sh [OUT]			build it (make bundle), as root; for x86_64, or
#					the MACHINE aarch64
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
MACHINE=${MACHINE:-$(uname -m)}
TRIPLET=$MACHINE-linux-gnu

say() { echo "bundle: $*" >&2; }
die() { say "$*"; exit 1; }

version=$(sed -n '1s/ .*//p' "$top/ChangeLog")
name=vscode-remote-shell-$version-linux-$MACHINE

# ---- check ---------------------------------------------------------------------

# A machine has these: they are glibc.
is_glibc='^(lib(c|m|dl|rt|util|pthread|resolv)\.so\.[0-9]+|ld-linux.*\.so\.[0-9]+)$'

# check_program FILE
check_program() {
	about=$(readelf -dV "$1") || {
		echo "${1##*/} cannot be looked at by readelf"
		return
	}
	echo "$about" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
		grep -Ev "$is_glibc" | sed "s|^|${1##*/} needs |"
	echo "$about" | grep -o 'Name: GLIBC_[0-9.]*' | sed 's/.*GLIBC_//' |
		(cat && echo $GLIBC) | sort -Vu | sed "1,/^$GLIBC\$/d" |
		sed "s|^|${1##*/} needs glibc |"
}

# check DIR: nothing is printed when all is well
check() {
	test -d "$1" || echo "$1 is no directory"
	find "$1" -type f -perm -100 2>/dev/null | sort | while read -r file; do
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

Needed: Linux on $MACHINE with glibc $GLIBC or newer; sbatch, squeue and scancel in
PATH on login nodes, and scontrol for the commands extend and partitions. Settings of
the site are those in /etc/vscode-remote-shell.

A newer one is unpacked beside it, by hand or by bin/vscode-remote-shell update, where
libexec/vscode-remote-shell/origin says from where. Sessions that run go on, and are
reached by it. After an update RemoteCommand is the link that it tells to call,
~/vscode-remote-shell-current/bin/vscode-remote-shell.

In the programs are, with licences in share/doc/vscode-remote-shell/licences:
END
	cat "$1"
}

# pack STAGE OUT [PARTS]: PARTS has a line for each library that is in it
pack() {
	dir=$work/pack/$name
	mkdir -p "$work/pack" && cp -a "$1" "$dir" || return
	# Whoever unpacks it is no root, who would run the reaper's timer.
	rm -rf "${dir:?}/lib" "$dir/etc"
	readme "${3:-/dev/null}" >"$dir/README"
	sh "$top/packaging/origin.sh" bundle "$version" >"$work/origin" &&
		{ test ! -s "$work/origin" ||
			cp "$work/origin" "$dir/libexec/vscode-remote-shell/"; } ||
		return
	find "$dir" -type d -exec chmod 755 {} + || return
	tar -C "$work/pack" --sort=name --mtime="@$(when)" --owner=0 --group=0 \
		--numeric-owner -cf "$work/pack.tar" "$name" &&
		gzip -n9 <"$work/pack.tar" >"$2"
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

# fetch SUITE PACKAGE NAME: the newest one for MACHINE, unpacked in $work/up/parts, its
# licence as NAME, and a line of README about it
fetch() {
	dir=$work/apt/$1
	mkdir -p "$dir/lists/partial" "$dir/archives/partial" "$licences"
	security=$(debian_archive Debian-Security)
	{
		echo "deb $(debian_archive Debian) $1 main"
		test -z "$security" || echo "deb $security $1-security main"
	} >"$dir/sources.list"
	(
		cd "$dir" || exit
		package=$2
		set -- -qq -o Dir::Etc::sourcelist="$dir/sources.list" \
			-o Dir::Etc::sourceparts=/dev/null \
			-o Dir::State::lists="$dir/lists" \
			-o Dir::State::status=/dev/null -o Dir::Cache="$dir" \
			-o Acquire::Languages=none -o APT::Sandbox::User=root \
			-o APT::Architecture="$arch" -o APT::Architectures="$arch"
		test -e updated || apt-get "$@" update && : >updated &&
			apt-get "$@" download "$package"
	) >&2 || die "no $2 of $1 from the archive of apt"
	for deb in "$dir/$2"_*.deb; do
		dpkg -x "$deb" "$work/up/parts" &&
			echo "    $3 $(dpkg-deb -f "$deb" Version)" >>"$work/parts" &&
			cp "$work/up/parts/usr/share/doc/$2/copyright" "$licences/$3"
	done || die "cannot unpack $2"
}

# In namespaces of its own: build in ROOT, in which /src and /parts are.
inside() {
	# shellcheck disable=SC2016 # expanded there
	exec chroot "$1" /bin/sh -e -c '
	triplet=$1
	cd /src
	lib=/parts/usr/lib/$triplet
	includes="-I/parts/usr/include -I/parts/usr/include/$triplet"
	./configure --host="$triplet" --prefix=/ --sysconfdir=/etc --with-slurm=no \
		CPPFLAGS="-DOWN_OPENSSL $includes" \
		OPENSSL_LIBS="$lib/libssl.a $lib/libcrypto.a -ldl -lpthread" \
		EVENT_LIBS="$lib/libevent_core.a" \
		EVENT_EXTRA_LIBS="$lib/libevent_extra.a" \
		JANSSON_LIBS="$lib/libjansson.a"
	make -s AR="$triplet-ar" -j"$(nproc)" all
	make -s DESTDIR=/stage install
	find /stage -type f -perm -100 | while read -r file; do
		! "$triplet-objdump" -f "$file" >/dev/null 2>&1 ||
			"$triplet-strip" "$file"
	done' sh "$TRIPLET"
}

# build OUT
build() {
	reason=$(debian_not)
	test -z "$reason" || die "$reason"
	test -x "$top/configure" || die "run autoheader && autoconf first"
	case $MACHINE in
	x86_64)	arch=amd64 ;;
	aarch64) arch=arm64 ;;
	*)	die "no bundle for $MACHINE, but for x86_64 and aarch64" ;;
	esac
	tools=make,gcc,libc6-dev
	test "$MACHINE" = "$(uname -m)" ||
		tools=make,gcc-$TRIPLET,libc6-dev-$arch-cross
	debian_kept "bundle-$(echo "$tools" | cksum | cut -d' ' -f1)" $SUITE \
		"$work/debootstrap" "$tools" || exit 1
	mkdir -p "$work/up/src" "$work/work" "$work/root"
	licences=$work/licences
	fetch $OPENSSL_SUITE libssl-dev OpenSSL
	fetch $SUITE libevent-dev libevent
	fetch $SUITE libjansson-dev jansson
	sources | tar -xf - -C "$work/up/src" || exit 1
	# Nobody is to make it again there.
	touch "$work/up/src/configure" "$work/up/src/src/config.h.in"
	# The kept root stays as it is: what is written goes to up.
	unshare --mount --propagation private sh -c '
		mount -t overlay -o "lowerdir=$1,upperdir=$2/up,workdir=$2/work" \
			build "$2/root" && MACHINE=$3 exec sh "$0" inside "$2/root"' \
		"$top/packaging/bundle.sh" "$debian_kept" "$work" "$MACHINE" >&2 ||
		die "it does not build"
	bad=$(check "$work/up/stage")
	test -z "$bad" || die "$bad"
	cp -r "$licences" "$work/up/stage/share/doc/vscode-remote-shell/" &&
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
