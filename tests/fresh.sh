#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The two commands of who just cloned this, sh tests/run.sh and
# sh examples/quickstart.sh, on a minimal Debian that has nothing else: as root
# in a clone in /root, and as an ordinary user in a clone at home, after root has
# installed what tests/deps.sh names.
#
#	fresh.sh [bookworm|trixie|bullseye...]	the first two, when none is named
#
# To work on a part of it, variables choose:
#	FRESH_USERS	root, user, or both, which is the default
#	FRESH_RUN	a command instead of the two, in the clone, as in
#			'sh examples/quickstart.sh'
#	FRESH_DEPS	the sets of tests/deps.sh that root installs for a user
#	FRESH_KEEP	a directory that is not there yet: the Debian is made in
#			it and stays; one that an earlier run has left: it is
#			entered as it is, with a new clone. For one suite
#
# Debian comes by debootstrap from the archive that this machine's apt uses, and
# npm's packages from the registry that this machine's npm uses. Minimal systems
# and Debian's packages are kept below XDG_CACHE_HOME. What the commands print is
# in FRESH_LOGS (build/fresh), and the closing lines are printed again at the end.
#
# Status 0: all well, or it cannot be done here and the line says why; 1: not so.

top=$(cd "$(dirname "$0")/.." && pwd) || exit 1
PATH=$PATH:/usr/sbin:/sbin
umask 022
. "$top/tests/debian.sh"

say() { echo "check-fresh: $*" >&2; }
die() { say "$*"; exit 1; }
skip() {
	say "skipped: $*"
	exit 0
}

# ---- inside --------------------------------------------------------------------
# Process 1 of the namespaces that outside() makes: enters the new root, takes the
# old one away, and runs the commands. A mere chroot would not do: who enters the
# namespaces of another process (nsenter) finds the old root there.

mount_all() {
	mount --bind "$1" "$1" && cd "$1" &&
		mount -t proc proc proc && mount --rbind /sys sys &&
		mount -t tmpfs run run && debian_dev dev &&
		chmod 755 run && mkdir run/lock && chmod 1777 run/lock &&
		hostname fresh
}

# inside ROOT USER HOME: reads the commands from stdin, one a line, and
# leaves one line of each in ROOT/fresh.result
inside() {
	root=$1 user=$2 home=$3
	if ! mount_all "$root" || ! mkdir -p mnt || ! pivot_root . mnt; then
		die "cannot enter $root"
	fi
	# shellcheck disable=SC2016 # expanded there
	exec chroot . /bin/sh -c '
	umount -l /mnt
	cd "$1/vscode-remote-shell" || exit
	if test "$2" != root; then
		sh tests/deps.sh $FRESH_DEPS || exit
	fi
	as=
	test "$2" = root || as="setpriv --reuid $2 --regid $2 --init-groups"
	while read -r command; do
		echo "==== $2: $command"
		begin=$(date +%s)
		{
			$as sh -c "$command" </dev/null 2>&1
			echo $? >/fresh.status
		} | tee /fresh.out
		took=$((($(date +%s) - begin + 30) / 60))
		echo "$2: $command: $(tail -n 1 /fresh.out)" \
			"(status $(cat /fresh.status), $took min)" >>/fresh.result
	done' sh "$home" "$user"
}

# ---- outside -------------------------------------------------------------------

why_not() {
	debian_not
	command -v git >/dev/null || echo "git is not installed"
}

# minimal SUITE DIR: a copy of the minimal system
minimal() {
	debian_kept "$1" "$1" "$logs/debootstrap" || return
	mkdir -p "$2" && cp -a "$debian_kept/." "$2"
}

# What this machine needs to reach Debian's archive and npm's registry, and no
# more of its configuration: sources for the suite, proxies, certificates.
settings() {
	root=$2
	debian_sources "$1" "$root"
	printf '127.0.0.1\tlocalhost\n127.0.1.1\tfresh\n' >"$root/etc/hosts"
	echo fresh >"$root/etc/hostname"
	bundle=/etc/ssl/certs/ca-certificates.crt
	mkdir -p "$root/etc/ssl/machine"
	test ! -e $bundle || cat $bundle >"$root/etc/ssl/machine/bundle.crt"
	for key in registry proxy https-proxy noproxy strict-ssl; do
		value=$(npm config get $key 2>/dev/null)
		case $value in
		'' | null | undefined) ;;
		*)	echo "$key=$value" ;;
		esac
	done >"$root/etc/npmrc.machine"
	case $(npm config get cafile 2>/dev/null) in
	/*)	echo cafile=/etc/ssl/machine/bundle.crt \
			>>"$root/etc/npmrc.machine" ;;
	esac
}

# clone ROOT USER HOME
clone() {
	rm -rf "$1$3/vscode-remote-shell" &&
		git clone -q --no-local "$top" "$1$3/vscode-remote-shell" &&
		cp "$1/etc/npmrc.machine" "$1$3/.npmrc" || return
	test "$2" = root || chroot "$1" chown -R "$2:$2" "$3"
}

# one SUITE USER: in a system of its own; its closing lines go to $logs/closing
one() {
	log=$logs/$1-$2
	root=${FRESH_KEEP:-$work/root}
	home=/home/$2
	test "$2" != root || home=/root
	if test ! -e "$root"; then
		minimal "$1" "$root" && settings "$1" "$root" || return
	fi
	if test "$2" != root && test ! -e "$root$home"; then
		chroot "$root" useradd -m -s /bin/bash "$2" || return
	fi
	clone "$root" "$2" "$home" || return
	archives=$root/var/cache/apt/archives
	cp -ln "$packages"/*.deb "$archives" 2>/dev/null
	rm -f "$root/fresh.result"
	printf '%s\n' "${FRESH_RUN:-sh tests/run.sh
sh examples/quickstart.sh}" >"$work/commands"
	say "$1, as $2: the output is in $log"
	env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		HOME="$home" USER="$2" LOGNAME="$2" SHELL=/bin/bash \
		VSCODE="$VSCODE" FAULTS="$FAULTS" \
		FRESH_DEPS="${FRESH_DEPS:-build quickstart test vscode}" \
		unshare --mount --uts --ipc --pid --fork --kill-child \
		--propagation private sh "$0" inside "$root" "$2" "$home" \
		<"$work/commands" >"$log" 2>&1
	cp -ln "$archives"/*.deb "$packages" 2>/dev/null
	done=$(cat "$root/fresh.result" 2>/dev/null)
	test -n "$FRESH_KEEP" || rm -rf "$root"
	test -z "$done" || echo "$done" | sed "s/^/$1, /" |
		tee -a "$logs/closing" >&2
	if test "$(echo "$done" | grep -c '(status')" != \
		"$(wc -l <"$work/commands")"; then
		say "$1, as $2: not all was done, see $log"
		return 1
	fi
	! echo "$done" | grep -qv '(status 0, '
}

outside() {
	reason=$(why_not)
	test -z "$reason" || skip "$reason"
	packages=$debian_cache/packages
	logs=${FRESH_LOGS:-$top/build/fresh}
	mkdir -p "$logs" "$packages" && rm -f "$logs/closing" &&
		work=$(mktemp -d /var/tmp/vrs-fresh.XXXXXX) || exit 1
	trap 'rm -rf "$work"' EXIT
	trap 'exit 130' HUP INT TERM
	bad=
	test $# -gt 0 || set -- bookworm trixie
	for suite; do
		for user in ${FRESH_USERS:-root user}; do
			one "$suite" "$user" || bad=1
		done
	done
	test -z "$bad"
}

case $1 in
inside)	shift && inside "$@" ;;
*)	outside "$@" ;;
esac
