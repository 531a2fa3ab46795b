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
