#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# --container in a Slurm job, by an ordinary user: the same of each runtime that the
# nodes have, and Slurm's own commands in each by the bridge. Debian 12 has bubblewrap, Charliecloud and PRoot; make check-containers is
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
mkdir "$AHOME/sub"
cat >"$AHOME/w.sh" <<'END'
#!/bin/sh
#SBATCH -t 1
echo "$1 $FOO"; pwd
END
chown "$(root c1 id -u alice):$(root c1 id -g alice)" "$AHOME/sub" "$AHOME/w.sh"
mkdir -p "$AHOME/.config/vscode-remote-shell"
cat >"$AHOME/.config/vscode-remote-shell/config" <<'END'
[app web]
command = exec /bin/busybox httpd -f -p 127.0.0.1:$APP_PORT -h /etc
ready = test -e /etc/inside
[runtime apptainer]
schemes = docker library oras http
END
chown -R "$(root c1 id -u alice):$(root c1 id -g alice)" "$AHOME/.config"
squeue_fails=$(alice login1 squeue --nosuch >/dev/null 2>&1; echo $?)

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

# at_step: a step with a terminal, asked for in the image: size, Ctrl-C, exit status
at_step() {
	rig_as command alice login1 "$PYTHON" $PREFIX/clients/terminal.py 30x100 \
		$VRS shell >"$T/screen" 2>&1 9>&- <<'END'
type cd; PS1='next> '
see next> 
type srun -n1 -c1 --pty sh -c 'stty size; echo up-$((1+1)); exec cat'
see 30 100
see up-2
key \x03
see next> 
type echo "status $?"
see status 130
type exit 6
END
	rc=$?
	test $rc = 6 || diag_file "$T/screen"
	return $((rc != 6))
}

# by_bridge NAME: 6 tests, of a session that runs
by_bridge() {
	is "$(in_image 'squeue --me -h -o %i; squeue --nosuch 2>/dev/null; echo $?')" \
		"$job
$squeue_fails" "$1: squeue, and its exit status" || diag_file "$T/err"
	is "$(in_image 'cat /etc/inside; srun -n1 -c1 sh -c "uname -n; test -e /etc/inside; exit 7"; echo $?')" \
		"the image
$node
7" "$1: srun, whose step is outside" || diag_file "$T/err"
	is "$(in_image 'head -c 1000000 /dev/zero | srun -n1 -c1 cat | wc -c')" 1000000 \
		"$1: megabytes through it"
	rm -f "$AHOME/sub/out"
	by_job=$(in_image 'cd sub; FOO=of-foo sbatch --parsable -n1 -o out ../w.sh arg')
	ok "$1: sbatch of a script by its relative path" wait_for 60 job_is "$by_job" COMPLETED ||
		diag_file "$T/err"
	is "$(cat "$AHOME/sub/out")" "arg of-foo
$home/sub" "$1: in the caller's directory, with a variable of the caller's"
	ok "$1: srun --pty" at_step
}

# by_app NAME: 4 tests: an app in the image, and another user
by_app() {
	bg app rig_as command alice login1 "$VRS" app web
	app=$PID
	wait_for 60 grep -q ^http "$T/log/app.out"
	sock=/tmp/vscode-remote-shell-3001/default.web.sock
	is "$(alice login1 python3 -I $PREFIX/clients/unixhttp.py $sock /inside)" "200
the image" "$1: an app" || diag_file "$T/log/app.err"
	is "$(bob login1 python3 -I $PREFIX/clients/unixhttp.py $sock /inside)" none \
		"$1: which another user does not reach"
	run=$(in_image 'echo "${VRS_RUNTIME_DIR%/run}"')
	dirs="$run/container $run/bridge $run/bridge/bin $(root "$node" sh -c "echo $run/run/vrs-*/web")"
	is "$(root "$node" ls -d $dirs | wc -l)" 4 "$1: directories of container, bridge and app" ||
		diag "$dirs"
	is "$(bob "$node" sh -c "ls $dirs 2>/dev/null")" "" "$1: nor what is in them"
	front login1 app --stop web </dev/null
	end_pid "$app"
}

# by RUNTIME IMAGE [OPTION...]: 22 tests, the same in each
by() {
	by_name=$1 by_image=$2
	shift 2
	# shellcheck disable=SC2086 # a word, or none
	rig_as command alice login1 env $by_env "$VRS" alloc --container="$by_image" \
		--container-runtime="$by_name" -e OF_ME=yes "$@" </dev/null >"$T/out" 2>"$T/err"
	rc=$?
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
	by_bridge "$by_name"
	by_app "$by_name"
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
by_env=
# 5.4 with its filter of system calls runs nothing on some kernels.
no_filter() {
	case $1 in
	proot*) alice c2 proot -r "$home/image" /bin/true 2>/dev/null || echo PROOT_NO_SECCOMP=1 ;;
	esac
}
for name in bubblewrap:bwrap charliecloud:ch-run proot:proot apptainer:apptainer; do
	if node_has "${name#*:}"; then
		by_env=$(no_filter "$name")
		by "${name%:*}" "$home/image" -S-pgpu -S--gres=gpu:1
	else
		skip 22 "the nodes have no ${name%:*}"
	fi
done

if node_has apptainer; then
	alice c2 apptainer build "$home/i.sif" "$home/image" >"$T/log/build" 2>&1
	by apptainer "$home/i.sif" -S-pgpu -S--gres=gpu:1
	# A name, of the kind that needs no registry, which is for tests alone.
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
	# Of what runs there only the instance's own processes can see each other.
	by_instance apptainer "$home/i.sif" "apptainer instance list" c2
	is "$(find "$AHOME/.apptainer/instances/app" -type f)" '' "nor is it in its list"
else
	skip 31 "the nodes have no Apptainer"
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

# An older Debian's glibc, where there is one: it is made for make check-containers.
gpu=0
if test -n "${VRS_OLD_ROOT:-}"; then
	cp -a "$VRS_OLD_ROOT" "$AHOME/old"
	echo "the image" >"$AHOME/old/etc/inside"
	cp "$IMAGE_SHELL" "$AHOME/old/bin/busybox"
	by bubblewrap "$home/old" -S-pgpu -S--gres=gpu:1
else
	skip 22 "no older Debian"
fi

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
	skip 30 "the nodes have no Podman"
fi

# A registry on the node's own loopback, without TLS, for whom it is set so.
if node_has podman && node_has docker-registry && node_has apptainer; then
	mkdir -p "$AHOME/.config/containers"
	cat >"$AHOME/.config/containers/registries.conf" <<'END'
[[registry]]
location = "127.0.0.1:5000"
insecure = true
END
	cat >"$AHOME/registry.yml" <<END
version: 0.1
storage: { filesystem: { rootdirectory: $home/registry } }
http: { addr: "127.0.0.1:5000" }
END
	chown -R "$(root c1 id -u alice):$(root c1 id -g alice)" "$AHOME/.config" "$AHOME/registry.yml"
	bg registry "$RIG" exec -u alice c1 docker-registry serve "$home/registry.yml"
	registry=$PID
	ok "a registry serves" wait_for 30 root c1 "$PYTHON" -c 'import socket
socket.create_connection(("127.0.0.1", 5000))' 2>/dev/null
	alice c1 podman push localhost/image:1 docker://127.0.0.1:5000/lab/image:1 >"$T/log/push" 2>&1
	is $? 0 "and has an image" || diag_file "$T/log/push"
	alice c1 podman rmi localhost/image:1 >"$T/log/rmi" 2>&1
	for name in apptainer podman; do
		rig_as command alice login1 env APPTAINER_NOHTTPS=1 \
			$VRS alloc -S-w -Sc1 --container=docker://127.0.0.1:5000/lab/image:1 \
			--container-runtime=$name --container-cache="$home/copies" \
			</dev/null >"$T/out" 2>"$T/err"
		is "$(in_image 'cat /etc/inside; squeue --me -h -o %i')" "the image
$(the_job)" "docker://127.0.0.1:5000/lab/image:1, by $name" || diag_file "$T/err"
		stop
	done
	is "$(find "$AHOME/copies/vscode-remote-shell-alice" -name 'image-1-*.sif' | wc -l)" 1 \
		"of which Apptainer has made a file"
	front login1 alloc -S-w -Sc1 --container=docker://127.0.0.1:5000/lab/nosuch:1 \
		--container-runtime=podman </dev/null
	in_image true >/dev/null
	like "$rc $(cat "$T/err")" "^69 .*manifest unknown" "a name that the registry has not"
	is "$(front login1 shell --no-container -- 'echo fine' </dev/null; cat "$T/out")" fine \
		"the session can be used"
	stop
	end_pid "$registry"
else
	skip 7 "the nodes have no registry"
fi
done_testing
