#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A front is killed at any point of its life, and nothing is lost: the next one
# comes to the same job and the same server, and there is never a second job.
TEST_TIMEOUT=${TEST_TIMEOUT:-$(test "$FAULTS" = long && echo 1200 || echo 150)}
export TEST_TIMEOUT
# Directories that sessions leave in /tmp are looked for.
. "$(dirname "$0")/../own-tmp.sh"
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"
need_product

points=$(of 24 320)
sweep "front killed" local kill --points "$points"
ok "front killed: at so many points" test "${points:-0}" -ge "$(of 20 300)"
done_testing
