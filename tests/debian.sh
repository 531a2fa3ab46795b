# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# For scripts that need other Debians: source it. They are made by debootstrap from
# the archive that this machine's apt uses, and kept below XDG_CACHE_HOME.

# debian_archive LABEL: where the machine's apt has it from
debian_archive() {
	# shellcheck disable=SC2016 # expanded by apt-get
	apt-get indextargets --format '$(LABEL)|$(REPO_URI)' \
		'Created-By: Packages' 2>/dev/null |
		sed -n "s/^$1|//p" | head -n 1
}

# debian_not: why none can be made or entered here, or nothing
debian_not() {
	if test "$(id -u)" != 0; then
		echo "only root can make and enter another root"
	elif ! command -v debootstrap >/dev/null; then
		echo "debootstrap is not installed"
	elif ! unshare --mount --uts --pid --fork true 2>/dev/null; then
		echo "no namespace can be made here"
	elif test -z "$(debian_archive Debian)"; then
		echo "apt here knows no archive of Debian's"
	fi
}

# debian_dev DIR: a /dev of its own, with terminals of its own
debian_dev() {
	mount -t tmpfs -o mode=755 dev "$1" || return
	for debian_node in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 \
		tty:5:0; do
		debian_number=${debian_node#*:}
		mknod -m 666 "$1/${debian_node%%:*}" c "${debian_number%:*}" \
			"${debian_number#*:}" || return
	done
	ln -s /proc/self/fd/0 "$1/stdin" && ln -s /proc/self/fd/1 "$1/stdout" &&
		ln -s /proc/self/fd/2 "$1/stderr" || return
	ln -s /proc/self/fd "$1/fd" && mkdir "$1/pts" "$1/shm" "$1/net" &&
		mknod -m 666 "$1/fuse" c 10 229 &&
		mknod -m 666 "$1/net/tun" c 10 200 &&
		mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 \
			devpts "$1/pts" && ln -s pts/ptmx "$1/ptmx" &&
		mount -t tmpfs -o mode=1777 shm "$1/shm"
}

debian_cache=${XDG_CACHE_HOME:-$HOME/.cache}/vscode-remote-shell-tests/fresh

# debian_kept NAME SUITE LOG [PACKAGE,...]: a minimal system with these packages,
# $debian_kept, which is not to be changed; LOG is what its making has printed
debian_kept() {
	debian_kept=$debian_cache/$1-$(dpkg --print-architecture)
	test ! -e "$debian_kept" || return 0
	echo "making a minimal $1" >&2
	rm -rf "$debian_kept.new"
	mkdir -p "$debian_cache"
	if ! debootstrap --variant=minbase ${4:+--include="$4"} "$2" \
		"$debian_kept.new" "$(debian_archive Debian)" >"$3" 2>&1; then
		tail -n 5 "$3" >&2
		return 1
	fi
	mv "$debian_kept.new" "$debian_kept"
}

# debian_sources SUITE ROOT: what apt in ROOT needs of this machine's configuration
debian_sources() {
	debian_security=$(debian_archive Debian-Security)
	{
		echo "deb $(debian_archive Debian) $1 main"
		echo "deb $(debian_archive Debian) $1-updates main"
		test -z "$debian_security" ||
			echo "deb $debian_security $1-security main"
	} >"$2/etc/apt/sources.list"
	apt-config dump | grep -E '^Acquire::(http|https|ftp|Check|Retries)' \
		>"$2/etc/apt/apt.conf.d/90machine"
	cat /etc/resolv.conf >"$2/etc/resolv.conf"
}

# debian_with NAME SUITE LOG PACKAGE...: as debian_kept, with packages that are too
# many or too tangled for debootstrap; NAME and they say which it is
debian_with() {
	debian_name=$1 debian_suite=$2 debian_log=$3
	shift 3
	debian_name=$debian_name-$(echo "$*" | cksum | cut -d' ' -f1)
	test ! -e "$debian_cache/$debian_name-$(dpkg --print-architecture)" || {
		debian_kept "$debian_name" "$debian_suite" "$debian_log"
		return
	}
	debian_kept "$debian_suite" "$debian_suite" "$debian_log" || return
	debian_new=$debian_cache/$debian_name.new
	rm -rf "$debian_new"
	cp -a "$debian_kept" "$debian_new" &&
		debian_sources "$debian_suite" "$debian_new" || return
	printf '#!/bin/sh\nexit 101\n' >"$debian_new/usr/sbin/policy-rc.d" &&
		chmod 755 "$debian_new/usr/sbin/policy-rc.d"
	# shellcheck disable=SC2016 # expanded there
	unshare --mount --pid --fork --kill-child --propagation private chroot \
		"$debian_new" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		DEBIAN_FRONTEND=noninteractive sh -c 'mount -t proc proc /proc
		apt-get -q update && apt-get -q -y install \
			--no-install-recommends "$@" && apt-get clean
		' sh "$@" >"$debian_log" 2>&1 </dev/null || {
		tail -n 5 "$debian_log" >&2
		return 1
	}
	debian_kept=$debian_cache/$debian_name-$(dpkg --print-architecture)
	mv "$debian_new" "$debian_kept"
}
