#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Why a job is over, and what helps: one line of the front, kept for logs; and a
# state directory that is full, or out of inodes, when the agent comes to it.
. "$(dirname "$0")/../lib.sh"
need_product
queue_new

# waits NAME [OPTION...]: a front that waits; $front, $job
waits() {
	name=$1
	shift
	# shellcheck disable=SC2046 # words
	bg "$name" $(queue_command --session="$name" "$@")
	front=$PID
	wait_for 10 has "$T/log/$name.err" 'is pending' || die "$name: no job"
	job=$(job_last)
}
told() { grep '^vscode-remote-shell: job .* ended' "$T/log/$name.err"; }
# ended STATUS FATE ADVICE, both EREs
ended() {
	ok "$name: the front ends" wait_for 20 gone "$front"
	wait "$front"
	is $? "$1" "$name: with status $1"
	like "$(told)" "^vscode-remote-shell: job $job ended before its agent could be reached: $2; $3\$" \
		"$name: says why, and what helps"
	queued logs "$name" >"$T/out" 2>"$T/err" </dev/null
	is $? 0 "$name: logs has it"
	like "$(tail -n 1 "$T/err")" "^vscode-remote-shell: job $job ended before its agent could be reached: $2\$" \
		"$name: and tells it"
}
says() {
	queue say "$job" state=ended node=n7 "$@"
}

waits denied
says reason=JobLaunchFailure by=scheduler "unwritable=/home/me/a b/agent.log" \
	"text=its node could not write the job's output file"
ended 73 'n7 could not write /home/me/a b/agent.log \(JobLaunchFailure\)' \
	'choose a --state-dir on a file system that n7 can write, with room on it'
waits launch
says reason=JobLaunchFailure by=scheduler "text=its node could not become your user"
ended 69 'its node could not become your user \(JobLaunchFailure\)' \
	'connect again to start another'
waits memory
says reason=OUT_OF_MEMORY by=itself lacked=memory mem=300 \
	"text=a process of it ran out of memory"
ended 69 'a process of it ran out of memory \(OUT_OF_MEMORY\)' \
	'it had 300M of memory; ask for more, as in --mem=600M'
waits status
says reason=NonZeroExitCode by=itself "text=the job's program ended with an error" \
	status=3
ended 69 "the job's program ended with an error \(NonZeroExitCode\), exit status 3" \
	'connect again to start another'
waits signalled
says reason=RaisedSignal by=itself "text=its program was killed by a signal" status=137
ended 69 "its program was killed by a signal \(RaisedSignal\), its agent got signal 9" \
	'connect again to start another'

# One that the scheduler knew no more of when it was asked is no good end.
queued logs nobody >"$T/out" 2>"$T/err" </dev/null
like "$(cat "$T/err")" \
	"there is no log of a session 'nobody' in .*; none is kept of one that was ended in good order, or more than a week ago\$" \
	"nor does logs say that what it does not know ended well"

# ---- a full disk --------------------------------------------------------------

# The job of this front, as a scheduler runs it that has written its own records
# elsewhere.
run_job() {
	"$PYTHON" - "$VRS_QUEUE/$job.request" <<-'END2'
	import subprocess, sys
	pairs = [l.split("=", 1) for l in open(sys.argv[1]) if "=" in l]
	words = [v[:-1] for k, v in pairs if k == "command"]
	env = dict(v[:-1].split("=", 1) for k, v in pairs if k == "env")
	log = [v[:-1] for k, v in pairs if k == "log"][0]
	out = open(log, "a")
	sys.exit(subprocess.run(words, env=env, stdin=subprocess.DEVNULL,
	                        stdout=out, stderr=out, timeout=60).returncode)
	END2
	status=$?
	queue say "$job" state=ended reason=NonZeroExitCode by=itself status=$status \
		node="$(uname -n)" \
		"text=the job's program ended with an error"
}
full() { # NAME OPTIONS COMMAND...: the disk is made full while the job waits
	mkdir "$T/$1"
	if ! mount -t tmpfs -o "mode=700,$2" none "$T/$1" 2>/dev/null; then
		skip 5 "a tmpfs cannot be mounted here"
		return
	fi
	waits "$1" --state-dir="$T/$1/s"
	shift 2
	"$@"
	run_job
	ok "$name: the front ends" wait_for 20 gone "$front"
	wait "$front"
	is $? 73 "$name: with status 73"
	like "$(told)" "ended before its agent could be reached: $(uname -n) could not write $T/$name/s, which is full, over a quota or read-only \(NonZeroExitCode\), exit status 73; choose a --state-dir on a file system that $(uname -n) can write, with room on it\$" \
		"$name: says what helps"
	is "$(grep -c "disk full: no space left" "$T/log/$name.err")" "$seen" \
		"$name: the log says what is full, as far as there is room for it"
	is "$(find "$T/$name/s" -name endpoint)" '' "$name: there was no room"
	umount -l "$T/$name"
}
use_inodes() {
	n=0
	while true >"$T/$name/$n" && n=$((n + 1)); do :; done 2>/dev/null
	seen=1
}
use_space() {
	cat /dev/zero >"$T/$name/zero" 2>/dev/null
	seen=0
}
unmount() {
	for lib_d in inodes space; do
		umount -l "$T/$lib_d" 2>/dev/null
	done
}
at_exit unmount
full inodes size=1m,nr_inodes=16 use_inodes
full space size=64k use_space
done_testing
