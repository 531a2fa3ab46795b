#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# `make check-old`, inside: builds with the libraries that are there, and runs what
# needs no cluster, no root and no VS Code. The last line tells the versions, and
# how much of it failed.
cd "$(dirname "$0")/.." || exit 1
unset MAKEFLAGS MAKELEVEL MFLAGS
failed=

# made WHAT COMMAND...
made() {
	what=$1
	shift
	"$@" || failed="${failed:-failed:} $what"
}

autoheader -f && autoconf -f && ./configure && make -j"$(nproc)" check-build ||
	exit 1
made check-unit make -s check-unit
made check-fuzz make -s check-fuzz
made check-docs make -s check-docs
# Not 0741, which is about ssh clients of other people: those of that Debian are older
# than what the test says to them.
made check-integ make -s check-integ \
	INTEG="$(find tests/integ -name '*.t' ! -name '0741-*' | sort -r | tr '\n' ' ')"
echo "OpenSSL $(pkg-config --modversion openssl)," \
	"libevent $(pkg-config --modversion libevent_core)," \
	"$(getconf GNU_LIBC_VERSION): ${failed:-all passed}"
test -z "$failed"
