#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The bundle, unpacked by an ordinary user in a home that a cluster's hosts share, on
# hosts without the libraries that it has inside, with no commands of Slurm in PATH
# but sbatch, squeue and scancel: a shell in a job, by the other login node, list, cancel. Then beside
# a launch-slurm whose libslurm is another one's. RIG_SLURM chooses a Slurm.
TEST_TIMEOUT=${TEST_TIMEOUT:-600}
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"

# shellcheck disable=SC2154 # of rig/lib.sh
test -f "${BUNDLE:-}" || skip_all "BUNDLE names no bundle (make check-bundle)"
name=$(basename "$BUNDLE" .tar.gz)
unset RIG_PREFIX
rig_up

# Another Debian's hosts can be without them; here ldd has to do.
if test -s "$RIG_STATE/root"; then
	for h in $HOSTS; do
		root "$h" sh -c 'rm -f /usr/lib/*/libevent* /usr/lib/*/libjansson*'
	done
fi

# ---- a user unpacks it ---------------------------------------------------------

mkdir "$AHOME/apps"
cp "$BUNDLE" "$AHOME/bundle.tar.gz"
chown -R 3001:3001 "$AHOME/apps" "$AHOME/bundle.tar.gz"
alice login1 tar -xzf bundle.tar.gz -C apps
is $? 0 "it is unpacked" || bail_out "no bundle to test"
VRS=/home/alice/apps/$name/bin/vscode-remote-shell
LIBEXEC=/home/alice/apps/$name/libexec/vscode-remote-shell
is "$(alice login1 ldd "$VRS" "$LIBEXEC/vscode-remote-agent" \
	"$LIBEXEC/launch-slurm-cli" | sed -n 's/^	\(lib[a-z]*\)[.-].*/\1/p' |
	grep -vE '^lib(c|dl|pthread|util)$')" "" "its programs want no library but glibc"
alice login1 sh -c 'mkdir only && ln -s /usr/bin/* only/ && cd only &&
	for f in s*; do
		case $f in sbatch | squeue | scancel) continue ;; esac
		! grep -q slurm_ "$f" || rm "$f"
	done'
is "$(alice login1 ls only | grep -cxE 'scontrol|sinfo|srun|sacct|salloc')" 0 \
	"no other command of Slurm is left"

# only HOST WORD...: the front with those in PATH
only() {
	host=$1
	shift
	alice "$host" env PATH=/home/alice/only "$VRS" "$@" >"$T/out" 2>"$T/err" \
		</dev/null
	rc=$?
}

# ---- a session ------------------------------------------------------------------

laptop_host one login1 env PATH=/home/alice/only @ --partition=devel
laptop_host two login2 env PATH=/home/alice/only @ --partition=devel
# shellcheck disable=SC2016 # expanded in the job
shell='echo "job=$SLURM_JOB_ID host=$(hostname) user=$USER"
exit 37'
begin=$(lib_now)
echo "$shell" >"$T/shell"
typed one <"$T/shell"
is "$rc" 37 "a shell in a job, by ssh" || diag_file "$T/err"
diag "from ssh to the shell's end: $(($(lib_now) - begin)) tenths of a second"
job=$(the_job)
like "$(cat "$T/out")" "^job=$job host=c[12] user=alice\$" "it is the job's"
is "$(grep -vc '^vscode-remote-shell: ' "$T/err")" 0 \
	"stderr has no lines but its own" || diag_file "$T/err"
typed two <"$T/shell"
like "$rc $(cat "$T/out")" "^37 job=$job " "by the other login node it is the same job"
only login2 list --no-header
like "$rc $(cat "$T/out")" "^0 default  *$job  *RUNNING " "list" || diag_file "$T/err"
only login2 cancel
is "$rc" 0 "cancel" || diag_file "$T/err"
all_gone "nothing is left"

# ---- beside a launch-slurm that cannot be loaded ---------------------------------

# A program with a libslurm that no host has stands for it.
a_while "$STATE"
printf 'int slurm_gone(void) { return 0; }\n' >"$T/gone.c"
printf 'int slurm_gone(void);\nint main(void) { return slurm_gone(); }\n' >"$T/main.c"
"${CC:-cc}" -shared -fPIC -Wl,-soname,libslurm.so.999 -o "$T/libslurm.so" "$T/gone.c" &&
	"${CC:-cc}" -o "$T/launch-slurm" "$T/main.c" -L"$T" -lslurm ||
	die "cannot make a launch-slurm"
install -m 755 "$T/launch-slurm" "$RIG_STATE$LIBEXEC/launch-slurm"
typed one <"$T/shell"
is "$rc" 37 "a libslurm of another soname: a shell all the same" || diag_file "$T/err"
like "$(cat "$T/err")" '^vscode-remote-shell: launch-slurm cannot be run on this host: error while loading shared libraries: libslurm\.so\.999: .*until then launch-slurm-cli does its work$' \
	"one line says so"
is "$(grep -c 'cannot be run' "$T/err")" 1 "once"
only login1 cancel
is "$rc" 0 "cancel"
all_gone "nothing is left"
done_testing
