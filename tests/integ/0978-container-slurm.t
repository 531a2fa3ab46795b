#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# --container in a Slurm job, by an ordinary user: bubblewrap and Charliecloud make
# user namespaces there, the job's variables are inside, ssh clients go in, and the
# end of the job leaves nothing.
# shellcheck disable=SC2154,SC2016 # from rig/lib.sh; for shells there
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
command -v bwrap >/dev/null || skip_all "no bubblewrap"
image_can || skip_all "no static busybox"
slurm_up

image_new "$AHOME/image"
home=$(alice login1 sh -c 'echo ~')

# in_image WORD...: a command by `shell'
in_image() {
	front login1 shell -- "$@" </dev/null
	cat "$T/out"
}
stop() {
	front login1 cancel </dev/null
	wait_for 60 no_job
}

# by RUNTIME: the same in each
by() {
	front login1 alloc -S-c1 -S-pgpu -S--gres=gpu:1 --container="$home/image" \
		--container-runtime="$1" -e OF_ME=yes </dev/null
	is "$rc" 0 "$1: a session" || diag_file "$T/err"
	job=$(the_job)
	is "$(in_image 'cat /etc/inside; id -un; echo ~; pwd')" "the image
alice
$home
$home" "$1: a command is in the image, as alice, at home" || diag_file "$T/err"
	is "$(in_image 'echo $SLURM_JOB_ID $CUDA_VISIBLE_DEVICES; uname -n')" \
		"$job 0
$(job_node "$job")" "$1: with what Slurm says of the job, on its node"
	is "$(in_image 'echo x >"$HOME/from-inside" && echo y >"$XDG_RUNTIME_DIR/x" && cat "$XDG_RUNTIME_DIR/x"')" \
		y "$1: its directories can be written"
	is "$(cat "$AHOME/from-inside")" x "$1: and are those of the node"
	rm "$AHOME/from-inside"
	in_image 'exit 5' >/dev/null
	is "$rc" 5 "$1: the exit status"
	is "$(front login1 shell --no-container -- 'test -e /etc/inside; echo $?' \
		</dev/null; cat "$T/out")" 1 "$1: --no-container is outside"
}

by bubblewrap
in_image 'sleep 1000 >/dev/null 2>&1 &' >/dev/null
ok "a process that runs on" root "$(job_node "$job")" pgrep -u alice -x sleep
stop
ok "the end of the job leaves none of it" not root c2 pgrep -u alice -x sleep
ok "nor of the runtime" not root c2 pgrep -u alice -x bwrap

if command -v ch-run >/dev/null; then
	by charliecloud
	stop
else
	skip 7 "no Charliecloud"
fi
done_testing
