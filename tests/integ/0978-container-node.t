#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# --container in a Slurm job, by an ordinary user: the same of each runtime that the
# nodes have. Debian 12 has bubblewrap, Charliecloud and PRoot; make check-containers is
# the same with the files of its sid, which has Apptainer and Podman, too.
# shellcheck disable=SC2154,SC2016 # from rig/lib.sh; for shells there
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
command -v bwrap >/dev/null || skip_all "no bubblewrap"
image_can || skip_all "no static busybox"
slurm_up

image_new "$AHOME/image"
chown -R "$(root c1 id -u alice):$(root c1 id -g alice)" "$AHOME/image"
home=$(alice login1 sh -c 'echo ~')

stop() {
	front login1 cancel </dev/null
	wait_for 60 no_job
}
# Other tests mount elsewhere.
mounts() {
	root "$node" grep -E '[^ ]*(image|i\.sif|/home/|/run/user)' /proc/mounts
}

# hung_up: a command whose front goes hears of it
hung_up() {
	rm -f "$AHOME/hup" "$AHOME/pid"
	bg front rig_as command alice login1 $VRS shell -- \
		'trap "echo hup >~/hup; exit" HUP; echo $$ >~/pid; while :; do sleep 0.1; done'
	wait_for 30 test -s "$AHOME/pid" || return
	alice login1 sh -c 'for p in $(pgrep -u alice -x vscode-remote-s); do
		! tr "\0" " " <"/proc/$p/cmdline" | grep -q "shell -- trap" || kill -9 "$p"
	done'
	wait_for 30 test -s "$AHOME/hup"
}

# at_terminal: size, Ctrl-C, exit status
at_terminal() {
	{
		terminal_lines
		cat <<'END'
type cat /etc/inside
see the image
type exit 5
END
	} | rig_as command alice login1 "$PYTHON" $PREFIX/clients/terminal.py 30x100 \
		$VRS shell >"$T/screen" 2>&1 9>&-
	rc=$?
	test $rc = 5 || diag_file "$T/screen"
	return $((rc != 5))
}

# by RUNTIME IMAGE [OPTION...]: 12 tests, the same in each
by() {
	by_name=$1 by_image=$2
	shift 2
	front login1 alloc --container="$by_image" --container-runtime="$by_name" \
		-e OF_ME=yes "$@" </dev/null
	by_name="$by_name of ${by_image##*[./]}"
	is "$rc" 0 "$by_name: a session" || diag_file "$T/err"
	job=$(the_job)
	node=$(job_node "$job")
	mounts >"$T/mounts"
	is "$(in_image 'cat /etc/inside; id -un; echo ~; pwd')" "the image
alice
$home
$home" "$by_name: a command is in the image, as alice, at home" || diag_file "$T/err"
	is "$(in_image 'echo $SLURM_JOB_ID ${CUDA_VISIBLE_DEVICES-none}; uname -n')" \
		"$job $gpu
$node" "$by_name: with what Slurm says of the job, on its node"
	is "$(in_image 'echo x >"$HOME/from-inside" && echo y >"$XDG_RUNTIME_DIR/x" && cat "$XDG_RUNTIME_DIR/x"')" \
		y "$by_name: its directories can be written"
	is "$(cat "$AHOME/from-inside")" x "$by_name: and are those of the node"
	rm -f "$AHOME/from-inside"
	in_image 'exit 5' >/dev/null
	is "$rc" 5 "$by_name: the exit status"
	in_image 'kill -9 $$' >/dev/null
	# PRoot tells of each the same.
	is "$rc" "$(case $by_name in proot*) echo 255 ;; *) echo 137 ;; esac)" \
		"$by_name: death by a signal"
	ok "$by_name: a terminal" at_terminal
	hung_up
	is $? 0 "$by_name: what runs is hung up with its front"
	is "$(front login1 shell --no-container -- 'test -e /etc/inside; echo $?' \
		</dev/null; cat "$T/out")" 1 "$by_name: --no-container is outside"
	# PRoot stays until all has ended that it has started.
	case $by_name in
	proot*) ;;
	*) in_image 'sleep 1000 >/dev/null 2>&1 &' >/dev/null ;;
	esac
	stop
	ok "$by_name: the end leaves no process" wait_for 20 no_alices || diag "$(alices)"
	is "$(mounts)" "$(cat "$T/mounts")" "$by_name: nor a mount"
}
node_has() { root c2 sh -c "command -v $1" >/dev/null; }
# by_instance RUNTIME IMAGE LIST NODE: 6 tests; the words LIST tell of instances
by_instance() {
	bi_name=$1 bi_list=$3
	front login1 alloc --container="$2" --container-runtime="$1" -S-w "-S$4" </dev/null
	node=$4
	in_image true >/dev/null
	is "$(front login1 shell --no-container -- "$bi_list 2>/dev/null" </dev/null
		grep -c 'vscode-remote-shell\.' "$T/out")" 1 "$bi_name: an instance is there" ||
		diag_file "$T/out"
	in_image 'sleep 4321 >/dev/null 2>&1 &' >/dev/null
	is "$(in_image 'ps | grep -c "[s]leep 4321"')" 1 "$bi_name: which programs share"
	pid=$(root "$node" sh -c 'cat /tmp/vscode-remote-shell.*/container/instance.pid')
	root "$node" kill -9 "$pid"
	is "$(in_image 'cat /etc/inside')" "the image" "$bi_name: one that is gone is there again"
	like "$(cat "$T/err")" "the container's instance on $node is gone, and what ran in it: the next program starts it again" \
		"$bi_name: and that is told"
	keeper=$(root "$node" pgrep -o -u alice -x vscode-remote-a)
	root "$node" kill -9 "$(root "$node" pgrep -o -u alice -x -P "$keeper" vscode-remote-a)"
	wait_for 60 no_job
	ok "$bi_name: no process is left of an agent that was killed" wait_for 20 no_alices ||
		diag "$(alices)"
}
all_of_podman() { alice c1 podman ps --all --quiet 2>/dev/null | wc -l; }
no_podman() { test "$(all_of_podman)" = 0; }

gpu=0
for name in bubblewrap:bwrap charliecloud:ch-run proot:proot apptainer:apptainer; do
	if node_has "${name#*:}"; then
		by "${name%:*}" "$home/image" -S-pgpu -S--gres=gpu:1
	else
		skip 12 "the nodes have no ${name%:*}"
	fi
done

if node_has apptainer; then
	alice c2 apptainer build "$home/i.sif" "$home/image" >"$T/log/build" 2>&1
	by apptainer "$home/i.sif" -S-pgpu -S--gres=gpu:1
	# A name, of the kind that needs no registry, which is for tests alone.
	alice c1 mkdir -p .config/vscode-remote-shell
	printf '[runtime apptainer]\nschemes = docker http\n' \
		>"$AHOME/.config/vscode-remote-shell/config"
	bg www "$RIG" exec -u alice c2 "$PYTHON" -u -m http.server 8123 \
		--bind 127.0.0.1 --directory "$home"
	www=$PID
	wait_for 20 test -s "$T/log/www.out"
	front login1 alloc -S-w -Sc2 --container=http://127.0.0.1:8123/i.sif \
		--container-cache="$home/copies" </dev/null
	is "$(in_image 'cat /etc/inside')" "the image" "a name is made a file by apptainer pull" ||
		diag_file "$T/err"
	is "$(find "$AHOME/copies/vscode-remote-shell-alice" -name 'i.sif-*.sif' | wc -l)" 1 "which is kept"
	end_pid "$www"
	stop
	front login1 alloc -S-w -Sc2 --container=http://127.0.0.1:8123/i.sif \
		--container-cache="$home/copies" </dev/null
	is "$(in_image 'cat /etc/inside')" "the image" "and used when the name leads nowhere"
	stop
	rm "$AHOME/.config/vscode-remote-shell/config"
	# Of what runs there only the instance's own processes can see each other.
	by_instance apptainer "$home/i.sif" "apptainer instance list" c2
	is "$(find "$AHOME/.apptainer/instances/app" -type f)" '' "nor is it in its list"
else
	skip 21 "the nodes have no Apptainer"
fi

# Two sessions, each on its own node, want a copy on the file system that both have.
for node in c1 c2; do
	front login1 --session="on-$node" alloc -S-w "-S$node" --container="$home/image" \
		--container-runtime=bubblewrap --container-cache="$home/shared" </dev/null
	is "$rc" 0 "a session on $node" || diag_file "$T/err"
done
pids=
for node in c1 c2; do
	bg "on-$node" rig_as command alice login1 $VRS --session="on-$node" shell -- \
		'cat /etc/inside; stat -c %a:%U ~/shared/vscode-remote-shell-alice; ls ~/shared/vscode-remote-shell-alice | wc -l; uname -n'
	pids="$pids $PID"
done
# shellcheck disable=SC2086 # a list
wait $pids
is "$(cat "$T/log/on-c1.out" "$T/log/on-c2.out")" "the image
700:alice
1
c1
the image
700:alice
1
c2" "they use one copy, as an ordinary user" || diag_file "$T/log/on-c1.err"
is "$(cat "$T/log/on-c1.err" "$T/log/on-c2.err" | grep -c 'is copied to')" 1 \
	"which was made once"
alice login1 $VRS cancel --all >"$T/log/cancel" 2>&1
wait_for 60 no_job

# Its devices are those of a file that NVIDIA's tools write, so a job without.
gpu=none
if node_has podman; then
	for h in c1 c2; do
		root $h sh -c 'mkdir -p /dev/mqueue; mount -t mqueue mqueue /dev/mqueue
			for f in /etc/subuid /etc/subgid; do echo alice:100000:65536 >$f; done'
	done
	alice c1 sh -c 'tar --owner=0 --group=0 -C ~/image -c . | podman import - localhost/image:1' \
		>"$T/log/import" 2>&1
	alice c1 podman system migrate >"$T/log/migrate" 2>&1
	root c1 sh -c 'for p in $(pgrep -u alice); do kill -9 "$p"; done'
	by podman docker://localhost/image:1 -S-w -Sc1
	by_instance podman docker://localhost/image:1 'podman ps' c1
	is "$(all_of_podman)" 0 "nor is it in its list"
	# Of a job that is killed whole the next session on the node takes it away.
	front login1 alloc --container=docker://localhost/image:1 -S-w -Sc1 </dev/null
	in_image true >/dev/null
	root c1 sh -c 'kill -9 $(pgrep -u alice)'
	wait_for 60 no_job
	is "$(all_of_podman)" 1 "one whose job was killed whole is in it"
	root c1 sh -c 'touch -d "-100 seconds" /tmp/vscode-remote-shell.*'
	front login1 alloc -S-w -Sc1 </dev/null
	ok "until the next session there" wait_for 30 no_podman
	stop
else
	skip 20 "the nodes have no Podman"
fi
done_testing
