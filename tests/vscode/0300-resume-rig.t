#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What it is all for: a window of VS Code whose ssh is cut comes back by a new
# one, from the other login node, to the same server in the same job, with its
# old tokens. And what happens where the job ends with the ssh.
. "$(dirname "$0")/lib.sh"
. "$TESTS/vscode/rig.sh"
vscode_rig
rounds=3
! long_form || rounds=20

# resume NAME HOST...: rounds from the laptop; status in $rc
resume() {
	lib_c=$1
	shift
	alice client "$PYTHON" $PREFIX/clients/resume.py --dir "$lib_c" \
		--server "$SERVER" --commit "$COMMIT" --version "$VERSION" \
		--folder /home/alice \
		--rounds $rounds "$@" >"$T/log/$lib_c.out" 2>"$T/log/$lib_c.err"
	rc=$?
}

resume job vrs1 vrs2
is "$(tail -n 1 "$T/log/job.out")" "result: all of $rounds resumed" \
	"$rounds of $rounds cuts are survived"
sed 's/^/# /' "$T/log/job.out"
job=$(the_job)
node=$(job_node "$job")
like "$(head -n 1 "$T/log/job.out")" "^start: shell=[0-9]+ on=$node job=$job\$" \
	"by a shell in the job"
front login1 cancel
all_gone "no job, process or folder is left"
if long_form; then
	resume exec vrs1 vrs2 --form exec
	is "$(tail -n 1 "$T/log/exec.out")" "result: all of $rounds resumed" \
		"and with the exec server's port, a new one each time"
	front login1 cancel
	all_gone "nothing of it is left either"
fi

printf 'Host dying\n\tHostName login1\n\tUser alice\n\tRemoteCommand %s\n' \
	$PREFIX/clients/dying.sh >>"$LAPTOP/.ssh/config"
resume dying dying
is "$rc" 3 "where the job ends with the ssh, none is"
like "$(tail -n 1 "$T/log/dying.out")" 'refused for good: .*auth mismatch' \
	"since the server is another"
done_testing
