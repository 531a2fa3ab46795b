#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# make bench: a command of the node from within a container, by vscode-remote-host,
# beside the same outside, and beside files that somebody looks at each second, as
# slurmdriver.py has them; and the smallest command, which is what the way costs.
# Nothing fails for being slow. BENCH_ROUNDS (5) times 10 commands. The numbers are
# also in $BUILD/bridge.json.
# shellcheck disable=SC2154 # from rig/lib.sh
TEST_TIMEOUT=${TEST_TIMEOUT:-600}
export TEST_TIMEOUT
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
command -v bwrap >/dev/null || skip_all "no bubblewrap"
slurm_up
cp "$TESTS/bench/bridge.py" "$RIG_PREFIX/clients/"
FIGURES="$PYTHON $PREFIX/clients/bridge.py"
N=$((${BENCH_ROUNDS:-5} * 10))

# The image has the node's /usr, for Python.
mkdir -p "$AHOME/image/usr/bin" "$AHOME/image/etc"
touch "$AHOME/image/usr/bin/sh"
for dir in bin sbin lib lib64; do ln -s "usr/$dir" "$AHOME/image/$dir"; done
chmod -R go+rX "$AHOME/image"
front login1 alloc -S-wc1 --container="$(alice login1 sh -c 'echo ~')/image" \
	--container-runtime=bubblewrap --container-bind=/usr --container-bind="$PREFIX" \
	--bridge-command=true </dev/null
is "$rc" 0 "a session in an image" || diag_file "$T/err"
outside="shell --no-container"
bg driver "$RIG" exec -u alice c1 $FIGURES driver /home/alice/jobs
driver=$PID

# figure NAME WHERE WORDS: a line "NAME MEDIAN P99"
figure() {
	front login1 $2 -- "$FIGURES $3" </dev/null
	is "$rc" 0 "$1" || diag_file "$T/err"
	echo "$1 $(tail -n 1 "$T/out")" >>"$T/figures"
}
figure "squeue, outside" "$outside" "times $N squeue"
figure "squeue, by the bridge" shell "times $N squeue"
figure "squeue, by files" shell "asks /home/alice/jobs $((N / 10)) squeue"
figure "true, outside" "$outside" "times $N true"
figure "true, by the bridge" shell "times $N true"
"$PYTHON" "$TESTS/bench/bridge.py" show "$T/figures" "$BUILD/bridge.json"
is $? 0 "shown"
end_pid "$driver"
front login1 cancel </dev/null
ok "it all ends" wait_for 60 no_job
done_testing
