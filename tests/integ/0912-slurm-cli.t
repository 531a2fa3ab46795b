#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Sessions by launch-slurm-cli: the same as by launch-slurm, which finds them and
# the other way round; options that only a plugin of sbatch knows; and what happens
# when launch-slurm's library is of another release. `make check-slurm-cli` runs
# the other tests of the cluster with it.
# shellcheck disable=SC2154 # from rig/lib.sh
# shellcheck disable=SC2016 # expanded in the job
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"

# A SPANK plugin with an option of its own, as pyxis is one.
cat >"$T/plugin.c" <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <slurm/spank.h>
SPANK_PLUGIN(image, 1)
static char image[64];
static int take(int val, const char *arg, int remote)
{
	(void)val;
	if (!remote)
		slurm_info("the image is %s", arg);
	snprintf(image, sizeof image, "%s", arg);
	return 0;
}
int slurm_spank_init(spank_t sp, int ac, char **av)
{
	static struct spank_option option = { "test-image", "IMAGE",
		"an image", 1, 0, take };

	(void)ac;
	(void)av;
	return spank_option_register(sp, &option);
}
int slurm_spank_user_init(spank_t sp, int ac, char **av)
{
	(void)ac;
	(void)av;
	if (image[0])
		spank_setenv(sp, "TEST_IMAGE", image, 1);
	return 0;
}
END
mkdir -p "$T/site" "$T/include"
# Of the release that the rig has, and no more of another Debian than that.
test -z "${RIG_ROOT:-}" || ln -s "$RIG_ROOT/usr/include/slurm" "$T/include"
"${CC:-cc}" -shared -fPIC -I"$T/include" -o "$T/site/image.so" \
	"$T/plugin.c" 2>"$T/log/cc" || skip_all "no SPANK plugin: $(head -n 1 "$T/log/cc")"
echo "required $T/site/image.so" >"$T/site/plugstack.conf"
RIG_BIND=$T/site
RIG_CONF_EXTRA="PlugStackConfig=$T/site/plugstack.conf"
export RIG_BIND RIG_CONF_EXTRA
slurm_up

# ---- by the command line of ssh --------------------------------------------------

laptop_host cli login1 --launcher=slurm-cli -S --partition=devel \
	-S --test-image=nice:1 -S --cpus-per-task=2
laptop_host api login2
typed cli <<'END'
echo "image=$TEST_IMAGE cpus=$SLURM_CPUS_PER_TASK job=$SLURM_JOB_ID"
srun --overlap hostname </dev/null
exit 37
END
is "$rc" 37 "a session by sbatch" || diag_file "$T/err"
job=$(the_job)
like "$(cat "$T/out")" "^image=nice:1 cpus=2 job=$job\$" \
	"an option of a plugin goes through, beside those that are known"
like "$(cat "$T/out")" '^c[12]$' "srun works in it"
like "$(cat "$T/err")" 'sbatch: the image is nice:1' "what the plugin says is shown"
show=$(root ctl scontrol show job "$job" | tr ' ' '\n')
like "$show" '^Requeue=0$' "it is not requeued"
like "$show" '^Comment=vscode-remote-shell$' "it is marked"
like "$show" '^Command=/dev/stdin$' "also in what nobody can change"

# ---- both find it ------------------------------------------------------------------

typed api <<'END'
echo "job=$SLURM_JOB_ID"
END
is "$rc $(cat "$T/out")" "0 job=$job" "launch-slurm finds its job"
is "$(the_job)" "$job" "and starts no other"
root ctl scontrol update job="$job" comment=changed
front login2 status --launcher=slurm-cli
like "$(cat "$T/out")" "^job: *$job" "by a mark that is no comment"
front login2 cancel
is "$rc" 0 "launch-slurm ends it"
all_gone "nothing is left"
a_while "$STATE"
front login1 alloc --launcher=slurm
job=$(the_job)
typed cli <<'END'
echo "job=$SLURM_JOB_ID"
END
is "$(cat "$T/out")" "job=$job" "launch-slurm-cli finds one of the other"
front login1 list --launcher=slurm-cli --no-header
like "$(cat "$T/out")" "^default  *$job  *RUNNING " "and lists it"
front login1 cancel --launcher=slurm-cli
is "$rc $(cat "$T/err")" \
	"0 vscode-remote-shell: session 'default': job $job ended" "and ends it"
all_gone "nothing is left"
a_while "$STATE"

# ---- what stands beside its jobs -------------------------------------------------

# Jobs of alice, whose texts have all that could be taken for ends of fields and
# records, and one of bob with the mark of a session of hers.
mark='vscode-remote-shell session=default tag=0123456789abcdef'
ends=$(printf 'a\037b\036\n9\037RUNNING\037%%N\n\nerror=refused\n|%s' "$mark")
alice login1 sbatch -H -p devel --comment="$ends" --job-name="$ends" \
	--wrap=true </dev/null >"$T/out" 2>&1 || diag_file "$T/out"
bob login1 sbatch -H -p devel --comment="$mark" --job-name="$mark" \
	--wrap=true </dev/null >"$T/out" 2>&1 || diag_file "$T/out"
is "$(root ctl squeue -h -o x | wc -l)" 2 "jobs with strange names wait"
front login1 list --launcher=slurm-cli --no-header
is "$rc $(cat "$T/out" "$T/err")" "0 " "none of them is a session"
typed cli <<'END'
echo "job=$SLURM_JOB_ID"
END
job=$(sed -n 's/^job=//p' "$T/out")
is "$rc" 0 "a session beside them" || diag_file "$T/err"
front login1 list --launcher=slurm-cli --no-header
like "$(cat "$T/out")" "^default  *$job " "is listed"
is "$(wc -l <"$T/out")" 1 "alone"
front login1 cancel --launcher=slurm-cli
root ctl scancel -u alice
root ctl scancel -u bob
all_gone "nothing is left"
a_while "$STATE"

# ---- what would be ---------------------------------------------------------------

front login1 alloc --dry-run --launcher=slurm-cli -S --partition=devel \
	-S --test-image=x
is "$rc" 0 "--dry-run" || diag_file "$T/err"
like "$(cat "$T/out")" '^--partition  *command line  *devel$' "tells the words of sbatch"
like "$(cat "$T/out")" '^--test-image  *command line  *x$' "also those of a plugin"
front login1 estimate --launcher=slurm-cli -S --partition=devel --no-header
like "$rc $(cat "$T/out")" '^0 .* now  *c[12]' "estimate asks sbatch" ||
	diag_file "$T/err"
front login1 estimate --launcher=slurm-cli -S --partition=nowhere --no-header
like "$rc $(cat "$T/out")" '^69 .*\(.*nvalid partition name' "and its refusal is told" ||
	diag_file "$T/err"
ok "nothing was submitted" no_job
front login1 partitions --all --json --launcher=slurm
cp "$T/out" "$T/by-library"
front login1 partitions --all --json --launcher=slurm-cli
is "$rc $(cat "$T/out")" "0 $(cat "$T/by-library")" "partitions are the same" ||
	diag_file "$T/err"

# ---- what it refuses -------------------------------------------------------------

# refused STATUS WANT WORD...
refused() {
	want_rc=$1 want=$2
	shift 2
	front login1 alloc --launcher=slurm-cli --no-wait "$@"
	is "$rc" "$want_rc" "$*: status $want_rc"
	like "$(cat "$T/err")" "$want" "$*: $want"
}
refused 64 "unrecognized option '--no-such=1'" -S --no-such=1
refused 64 "'script.sh': not an option" -S --test-image=1 -S script.sh
refused 64 '--wait: ' -S --wait
refused 64 "'--cont=x': could be --" -S --cont=x
refused 64 '--clusters=elsewhere: this login node is of the cluster' \
	-S --clusters=elsewhere
refused 64 '--array: ' -S --array=1-2
refused 69 'Invalid partition name' -S --partition=nowhere
ok "nothing was submitted" no_job

# ---- what comes between ----------------------------------------------------------

# between WORD...: the front with commands before those of Slurm; wrap NAME TEXT: one
between() {
	alice login1 env PATH=/home/alice/between:/usr/bin:/bin "$VRS" "$@" \
		--launcher=slurm-cli >"$T/out" 2>"$T/err" </dev/null
	rc=$?
}
wrap() {
	printf '#!/bin/sh\n%s\n' "$2" >"$AHOME/between/$1"
	chmod 755 "$AHOME/between/$1"
}
mkdir -p "$AHOME/between"
wrap sbatch '/usr/bin/sbatch "$@" >/dev/null
echo "sbatch: error: Batch job submission failed: Message receive failure" >&2
exit 1'
between alloc --no-wait
is "$rc" 0 "the answer to a submit is lost" || diag_file "$T/err"
job=$(the_job)
like "$job" '^[0-9]+$' "there is one job"
between list --no-header
like "$(cat "$T/out")" "^default  *$job " "which is the session's"
wrap squeue 'echo "7 devel RUNNING"'
between list --no-header
is "$rc" 70 "squeue with a form of its own: not as if there were no job"
like "$(cat "$T/err")" 'squeue does not answer as --Format has it' "and why"
between alloc other --no-wait
is "$rc" 70 "nor started"
is "$(the_job)" "$job" "there is no other job"
rm "$AHOME/between/squeue"
between cancel
is "$rc" 0 "cancel"
rm -r "$AHOME/between"
all_gone "nothing is left"
a_while "$STATE"

# ---- an upgrade of Slurm ---------------------------------------------------------

launcher=$RIG_PREFIX${LIBEXEC#"$PREFIX"}/launch-slurm
sed 's/libslurm\.so/libslorm.so/g' "$launcher" >"$T/launch"
cat "$T/launch" >"$launcher"
typed api <<'END'
echo "job=$SLURM_JOB_ID"
END
is "$rc" 0 "a library that does not load: a session all the same" ||
	diag_file "$T/err"
is "$(cat "$T/out")" "job=$(the_job)" "in a job"
like "$(cat "$T/err")" '^vscode-remote-shell: launch-slurm cannot be run on this host: error while loading shared libraries: libslorm[^ ]* .*\(status 127\); it must be built again, and until then launch-slurm-cli does its work$' \
	"one line says so"
is "$(grep -c 'cannot be run' "$T/err")" 1 "once"
front login1 cancel
is "$rc" 0 "cancel"
all_gone "nothing is left"
done_testing
