#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A laptop on which nothing is set up: two commands and Enter for each question, and
# ssh is in a Slurm job, by ProxyCommand and by RemoteCommand, with a profile's job
# beside it; then all is taken back.
# shellcheck disable=SC2154,SC2016 # from rig/lib.sh; for shells there
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
slurm_up

mkdir -p "$AHOME/.config/vscode-remote-shell"
printf 'salloc-arg = -c1\n[profile gpu]\npartition = gpu\ngres = gpu:1\n' \
	>"$AHOME/.config/vscode-remote-shell/config"
chown -R --reference="$AHOME" "$AHOME/.config"
picture() { (cd "$LAPTOP" && find . -type f -exec sha256sum {} + | sort -k2); }
laptop() { timeout 300 "$RIG" exec -u alice client sh -c "$@" 9>&-; }
picture >"$T/before"

# setup WAY: the two commands, as she types them
setup() {
	printf '\nlogin1\n\n\n' >"$T/keys"
	{
		echo "ssh login1 vscode-remote-shell setup --script=sh --way=$1 >setup.sh"
		cat "$T/keys"
		echo 'sh setup.sh'
		echo 'ssh slurm'
	} >"$T/typed"
	laptop "ssh alice@login1 $VRS setup --script=sh --way=$1 >setup.sh" \
		<"$T/keys" >"$T/out" 2>"$T/err"
	is "$?" 0 "$1: the first command" || diag_file "$T/err"
	laptop 'sh setup.sh' >"$T/out" 2>"$T/err" </dev/null
	is "$? $(cat "$T/err")" '0 ' "$1: the second command" || diag_file "$T/out"
	like "$(cat "$T/out")" '^ssh slurm-gpu leads into a job\.$' "$1: it says so"
}

begun=$(lib_now)
setup proxy
laptop 'ssh -T slurm "echo \$SLURM_JOB_ID"' >"$T/out" 2>"$T/err" </dev/null
job=$(the_job)
is "$(cat "$T/out")" "$job" 'ssh slurm is in a job of Slurm' || diag_file "$T/err"
diag "from nothing to a shell in a job: two commands and ssh slurm," \
	"$(wc -c <"$T/typed") key strokes, $(($(lib_now) - begun)) tenths of a second"
laptop 'ssh -T slurm-gpu "echo \$SLURM_JOB_PARTITION \$CUDA_VISIBLE_DEVICES"' \
	>"$T/out" 2>"$T/err" </dev/null
is "$(cat "$T/out")" 'gpu 0' "ssh slurm-gpu is in the profile's, with a GPU" ||
	diag_file "$T/err"
printf 'by scp\n' >"$LAPTOP/file"
laptop 'scp -q file slurm:copied' >"$T/out" 2>"$T/err" </dev/null
is "$(cat "$AHOME/copied")" 'by scp' 'scp, too' || diag_file "$T/err"
rm "$LAPTOP/file"
laptop 'sh setup.sh --rotate-key' >"$T/out" 2>"$T/err" </dev/null
is "$?" 0 'another key' || diag_file "$T/out"
is "$(laptop 'ssh -T slurm "echo in"' 2>"$T/err" </dev/null)" in 'which does as well' ||
	diag_file "$T/err"
laptop 'sh setup.sh --undo; rm setup.sh' >"$T/out" 2>"$T/err" </dev/null
picture >"$T/after"
same "$T/after" "$T/before" 'all is as before'

setup remote
laptop 'ssh -T slurm' >"$T/out" 2>"$T/err" <<'END'
echo "$SLURM_JOB_ID"
END
is "$(cat "$T/out")" "$job" 'by RemoteCommand ssh slurm is in the same job' ||
	diag_file "$T/err"
laptop 'ssh -T slurm-gpu' >"$T/out" 2>"$T/err" <<'END'
echo "$SLURM_JOB_PARTITION"
END
is "$(cat "$T/out")" gpu "and ssh slurm-gpu in the profile's" || diag_file "$T/err"
laptop 'sh setup.sh --undo; rm setup.sh' >"$T/out" 2>"$T/err" </dev/null
picture >"$T/after"
same "$T/after" "$T/before" 'all is as before'
front login1 cancel --all
done_testing
