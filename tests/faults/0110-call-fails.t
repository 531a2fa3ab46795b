#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# One call of the C library fails, once, at any point of a session: the front
# ends in bounded time with a line and a status of the manual, or nobody notices;
# nothing crashes, the next one is served, and no job stays behind.
TEST_TIMEOUT=${TEST_TIMEOUT:-$(test "$FAULTS" = long && echo 3600 || echo 180)}
export TEST_TIMEOUT
# Directories that sessions leave in /tmp are looked for.
. "$(dirname "$0")/../own-tmp.sh"
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"
need_product

for program in vscode-remote-shell vscode-remote-agent launch-local; do
	sweep "a call fails once in $program" local fail --in $program \
		--points "$(of 8 0)" --verify "$(of 6 3)"
	# A sanitizer has a malloc of its own.
	sanitized || sweep "malloc fails once in $program" local fail --in $program \
		--of memory --points "$(of 4 120)" --verify "$(of 6 3)"
done
done_testing
