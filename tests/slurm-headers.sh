#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Does launch-slurm compile without warnings against the Slurm headers of other
# Debian releases? Fetches their libslurm-dev; nothing is installed, and it is
# no part of `make check`. usage: tests/slurm-headers.sh [SUITE...]
cd "$(dirname "$0")/.." || exit 1
# shellcheck disable=SC2016 # for apt
mirror=${MIRROR:-$(apt-get indextargets --format '$(LABEL)|$(REPO_URI)' |
	sed -n 's/^Debian|//p' | head -n 1)}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
warn=$(sed -n 's/^WARN_CFLAGS = //p' config.mk)
bad=0
for suite in ${*:-trixie sid}; do
	d=$dir/$suite
	mkdir -p "$d/lists/partial" "$d/cache/archives/partial"
	keys=/usr/share/keyrings/debian-archive-keyring.gpg
	echo "deb [signed-by=$keys] $mirror $suite main" >"$d/sources.list"
	apt="-qq -o Dir::Etc::sourcelist=$d/sources.list
		-o Dir::Etc::sourceparts=/dev/null
		-o Dir::State::lists=$d/lists -o Dir::State::status=/dev/null
		-o Dir::Cache=$d/cache -o Acquire::Languages=none
		-o APT::Sandbox::User=root"
	# shellcheck disable=SC2086
	(
		apt-get $apt update && cd "$d" &&
			apt-get $apt download libslurm-dev &&
			dpkg -x libslurm-dev_*.deb root
	) >/dev/null || { echo "$suite: not reachable"; continue; }
	sed -n 's/^#define SLURM_VERSION_STRING/'"$suite"' has Slurm/p
		s/^#define SLURM_VERSION_NUMBER/'"$suite"' has Slurm/p' \
		"$d/root/usr/include/slurm/slurm_version.h"
	for f in src/launch/slurm/slurm*.c; do
		# shellcheck disable=SC2086
		${CC:-cc} -std=c11 -Isrc -D_GNU_SOURCE -O2 $warn -Werror \
			-I"$d/root/usr/include" -c "$f" -o "$d/o" || bad=1
	done
done
test $bad = 0 && echo ok
exit $bad
