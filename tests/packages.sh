#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# packages.sh TARBALL: tests/packages of packages that are made of it. Two Debians are
# made first: one with what makes packages, one with what nodes of a cluster have. For
# `make check-packages`.
# shellcheck disable=SC2154 # of debian.sh
cd "$(dirname "$0")/.." || exit 1
. tests/debian.sh
reason=$(debian_not)
test -z "$reason" || {
	echo "check-packages: skipped: $reason" >&2
	exit 0
}
tarball=$(realpath "$1") || exit 1

PACKAGES=${BUILD:-$PWD/build}/packages
rm -rf "$PACKAGES"
mkdir -p "$PACKAGES"
debian_with packages-make bookworm "$PACKAGES/debian.make" \
	build-essential debhelper fakeroot lintian lua5.4 perl pkg-config rpm tcl \
	libevent-dev libjansson-dev libslurm-dev libssl-dev || exit 1
MAKER=$debian_kept
debian_with packages-run bookworm "$PACKAGES/debian.run" \
	slurm-wlm slurm-client munge openssh-server openssh-client iproute2 python3 \
	curl procps libevent-core-2.1-7 libevent-extra-2.1-7 libssl3 libjansson4 \
	libslurm38 || exit 1
RIG_ROOT=$debian_kept
export MAKER RIG_ROOT PACKAGES
TARBALL=$tarball prove -v tests/packages/0100-made.t &&
	prove -v tests/packages/0200-deb.t
