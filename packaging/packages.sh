#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Packages of what `make dist` has made, with the tools of this machine:
#
#	packages.sh deb|rpm TARBALL OUT		(make deb, make rpm)
#
# OUT is a folder, and may be there. What they print is shown when they fail.
LC_ALL=C
export LC_ALL
umask 022

die() { echo "packages: $*" >&2; exit 1; }

kind=$1 tarball=$(realpath "$2") || exit 1
mkdir -p "$3" && out=$(cd "$3" && pwd) || exit 1
name=$(basename "$tarball" .tar.gz)
version=${name##*-}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM

# logged COMMAND...
logged() {
	"$@" >"$work/log" 2>&1 </dev/null || {
		tail -n 30 "$work/log" >&2
		die "$1 failed"
	}
}

deb() {
	tar -xzf "$tarball" -C "$work" && cd "$work/$name" || exit 1
	cp -r packaging/debian debian
	cat >debian/changelog <<-END
	vscode-remote-shell ($version-1) unstable; urgency=medium

	  * Release $version: see the upstream changelog.

	 -- $(sed -n 's/^Maintainer: //p' debian/control)  $(date -R -r ChangeLog)
	END
	logged dpkg-buildpackage -b -us -uc
	cp "$work"/*.deb "$work"/*.changes "$work"/*.buildinfo "$out"
}

rpm() {
	# shellcheck disable=SC2086 # words
	logged rpmbuild -ta --define "_topdir $work" $RPMBUILD "$tarball"
	find "$work/RPMS" "$work/SRPMS" -name '*.rpm' -exec cp -t "$out" {} +
}

case $kind in
deb)	command -v dpkg-buildpackage >/dev/null ||
		die "there is no dpkg-buildpackage: install dpkg-dev and debhelper" ;;
rpm)	command -v rpmbuild >/dev/null ||
		die "there is no rpmbuild: install rpm-build (RHEL) or rpm (Debian)" ;;
*)	die "deb or rpm?" ;;
esac
$kind
