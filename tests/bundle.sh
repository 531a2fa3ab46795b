#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# bundle.sh: tests/bundle for the tarball BUNDLE: on a cluster of each release of
# Slurm in SLURM_RELEASES, in each Debian in BUNDLE_SUITES without any. Roots are made
# before, since each test has a home, and would make them again. For `make check-bundle`.
cd "$(dirname "$0")/.." || exit 1
. tests/debian.sh
bad=0

for release in ${SLURM_RELEASES:-22.05 24.11 26.05}; do
	unset RIG_ROOT
	RIG_ROOT=$(RIG_SLURM=$release sh -c 'exec tests/rig/rig root') || continue
	echo "Slurm $release:"
	RIG_ROOT=$RIG_ROOT RIG_SLURM=$release prove tests/bundle/0100-cluster.t ||
		bad=1
done
for suite in ${BUNDLE_SUITES:-bullseye bookworm trixie}; do
	# libnss-extrausers: users that are in no /etc/passwd, as with sssd
	debian_kept "bare-$suite" "$suite" "${BUILD:-build}/debootstrap.$suite" \
		libnss-extrausers ||
		continue
	echo "$suite:"
	# shellcheck disable=SC2154 # of debian.sh
	BARE_ROOT=$debian_kept prove tests/bundle/0200-bare.t || bad=1
done
exit $bad
