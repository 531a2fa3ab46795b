#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# make bench: how long a laptop waits for a shell in a job of a real Slurm
# cluster: ours, in a session that runs and in a new one, beside srun and
# salloc. Nothing fails for being slow. BENCH_ROUNDS (default 5). The numbers
# are also in $BUILD/attach.json.
# shellcheck disable=SC2154 # from rig/lib.sh
TEST_TIMEOUT=${TEST_TIMEOUT:-600}
export TEST_TIMEOUT
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
slurm_up
cp "$TESTS/bench/attach.py" "$TESTS/bench/show.py" "$RIG_PREFIX/clients/"

laptop_host vrs login1 --linger=0
echo 'echo first' | typed vrs
is "$(cat "$T/out")" first "a session runs"
wait_for 10 job_is "$(the_job)" RUNNING
ok "measured" alice client "$PYTHON" $PREFIX/clients/attach.py \
	"${BENCH_ROUNDS:-5}" attach.json login1 \
	$PREFIX/libexec/vscode-remote-shell/vscode-remote-agent $VRS --linger=0
cp "$LAPTOP/attach.json" "$BUILD/attach.json"
# Calls that name a file: of an attach, and those that look for settings.
if alice login1 sh -c "echo true | strace -f -e trace=%file -o attach.trace \
	$VRS --linger=0" >"$T/out" 2>"$T/err"; then
	echo "# calls of an attach that name a file:" \
		"$(grep -c '("\|(AT_FDCWD, "\|([0-9]*, "' "$AHOME/attach.trace"), of settings:" \
		"$(grep -c '/vscode-remote-shell/config' "$AHOME/attach.trace")"
else
	echo "# calls that name a file are not counted: strace does not run there"
fi
alice login1 $VRS cancel >"$T/log/cancel" 2>&1
all_gone "it all ends"
done_testing
