#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# `make check-fresh` where it cannot be done: the reason, and no failure.
. "$(dirname "$0")/../lib.sh"

chmod 755 "$T"
mkdir -m 755 "$T/tests"
cp "$TESTS/fresh.sh" "$TESTS/debian.sh" "$T/tests"
as=
test "$(id -u)" != 0 || as="setpriv --reuid=65534 --regid=65534 --clear-groups"
cd / && $as sh "$T/tests/fresh.sh" >"$T/out" 2>"$T/err"
is $? 0 "without root it is skipped"
is "$(cat "$T/out" "$T/err")" \
	"check-fresh: skipped: only root can make and enter another root" \
	"and says why"
done_testing
