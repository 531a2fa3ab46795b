#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A window of VS Code into a session in a container, in a job with a GPU: its own
# server runs in an image that can only be read, with terminals there, comes back
# by the other login node, and leaves nothing. In its workbench, in a browser, a terminal
# in the image submits a job by sbatch of the node; that picture is README.md's. The
# image has busybox, bash and the C and C++ libraries of this machine, and no sshd.
# shellcheck disable=SC2016 # for shells there
. "$(dirname "$0")/lib.sh"
. "$TESTS/vscode/rig.sh"
. "$TESTS/vscode/window.sh"
command -v bwrap >/dev/null || skip_all "no bubblewrap"
image_can || skip_all "no static busybox"
vscode_rig

# image_with DIR FILE...: these programs and modules, and the libraries they need
image_with() {
	image_new "$1"
	for lib_name in $("$IMAGE_SHELL" --list); do
		test -e "$1/bin/$lib_name" || ln -s busybox "$1/bin/$lib_name"
	done
	image=$1
	shift
	for lib_file; do ldd "$lib_file"; done 2>/dev/null |
		sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^\t\(\/[^ ]*\) .*/\1/p' | sort -u |
		while read -r lib_file; do
			mkdir -p "$image${lib_file%/*}"
			cp -L "$lib_file" "$image$lib_file"
		done
	cp -L /bin/bash "$image/bin/bash"
	ln -s ../../bin/env "$image/usr/bin/env"
}
rm -rf "$AHOME/image"
image_with "$AHOME/image" /bin/bash "$VRS_VSCODE/server/node" \
	$(find "$VRS_VSCODE/server/node_modules" -name '*.node' ! -name 'windows*' -o -name rg -type f)
echo 'PRETTY_NAME="Tools 7, an image"' >"$AHOME/image/etc/os-release"
mkdir -p "$AHOME/.config/vscode-remote-shell"
cat >"$AHOME/.config/vscode-remote-shell/config" <<'END'
container = ~/image
container-runtime = bubblewrap
partition = gpu
gres = gpu:1
END
echo "PS1='\\[\\e[32m\\]\\u@\\h\\[\\e[0m\\]:\\[\\e[34m\\]\\w\\[\\e[0m\\]\\$ '" >"$AHOME/.bashrc"
project=$AHOME/project
mkdir "$project"
cat >"$project/heat.sbatch" <<'END'
#!/bin/sh
#SBATCH --job-name=heat
#SBATCH --ntasks=2
#SBATCH --output=heat.out

srun --label ./heat --cells=100000 --steps=5000
END
cat >"$project/heat" <<'END'
#!/bin/sh
echo "$SLURM_JOB_NAME $1, half $((SLURM_PROCID + 1)) of $SLURM_NTASKS"
END
chmod +x "$project/heat"
chown -R "$(stat -c %u:%g "$AHOME")" "$AHOME/.config" "$AHOME/.bashrc" "$project"
window_settings

alice client "$PYTHON" $PREFIX/clients/resume.py --dir in-image \
	--server "$SERVER" --commit "$COMMIT" --version "$VERSION" \
	--folder /home/alice --rounds 2 vrs1 vrs2 \
	>"$T/log/window.out" 2>"$T/log/window.err"
is "$(tail -n 1 "$T/log/window.out")" "result: all of 2 resumed" \
	"the window, its terminal, and both by the other login node" ||
	diag_file "$T/log/window.err"
job=$(the_job)
node=$(job_node "$job")
like "$(head -n 1 "$T/log/window.out")" "^start: shell=[0-9]+ on=$node job=$job\$" \
	"the host is the node, and SLURM_JOB_ID is there"

# of_server FILE: of the process that serves, as root sees it
of_server() {
	# shellcheck disable=SC2016 # expanded there
	root "$node" sh -c 'p=$(pgrep -u alice -f out/server-main.js | head -n 1)
		cat "/proc/$p/'"$1"'"'
}
is "$(of_server root/etc/inside)" "the image" "the server runs in the image"
like "$(of_server environ | tr '\0' ' ')" "CUDA_VISIBLE_DEVICES=0 " "with the job's GPU"
front login2 shell -- 'touch /x /etc/x /usr/x 2>&1 | grep -c "Read-only file system"' </dev/null
is "$(cat "$T/out")" 3 "whose root can only be read"

# heat_is_told: the job's output is there, of both tasks
heat_is_told() { test "$(grep -cs ' of 2$' "$project/heat.out")" = 2; }

# workbench: what is in the picture
workbench() {
	connect inside vrs1 || die "no connection"
	window_start || die "no browser"
	token=$(client_get inside token)
	ok "the workbench is shown" wb open \
		"http://127.0.0.1:$(cat "$LAPTOP/wb/port")/?tkn=$token&folder=/home/alice/project" ||
		return
	ok "it shows a file" wb show heat.sbatch
	ok "a terminal opens" wb terminal
	ok "it is in the image, on the node" wb run "^Tools.7,.an.image,.on.$node\$" \
		'. /etc/os-release; echo "$PRETTY_NAME, on $(hostname)"'
	ok "sbatch, typed in it, submits a job" wb run \
		'^Submitted.batch.job.[0-9]+$' sbatch heat.sbatch
	heat=${answer##* }
	like "$(root ctl scontrol show job "$heat")" 'Command=/home/alice/project/heat.sbatch' \
		"Slurm has it"
	ok "which runs on the cluster" wait_for 30 heat_is_told
	ok "and whose output is in the folder" wb run '^1:.heat.--cells' sort heat.out
	picture container
	window_end
	client_close inside
}
if test -n "$chromium" && test -x "$BUILD/vscode-remote-host"; then
	workbench
else
	skip 1 "no chromium, or no vscode-remote-host"
fi
front login1 cancel </dev/null
all_gone "no job, process or folder is left"
done_testing
