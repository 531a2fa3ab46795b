#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Options of salloc on a real cluster: each with good and bad values, once by the
# real sbatch and once by launch-slurm; then `scontrol show job` field by field,
# and refusal beside refusal. What differs has its reason in the table, and a
# reason for what does not differ is a failure, too. Where the release can, the site
# says something by itself that the commands add to jobs.
# shellcheck disable=SC2154 # from rig/lib.sh
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
case ${RIG_SLURM:-$(slurmctld -V)} in
*22.05* | *23.02*) ;;
*) export RIG_CONF_EXTRA='SelectTypeParameters=CR_Core_Memory,ENFORCE_BINDING_GRES' ;;
esac
slurm_up

table=$(dirname "$0")/salloc-rows
mkdir "$RIG_PREFIX/site"
cp "$(dirname "$0")/salloc-compare" "$RIG_PREFIX/site/compare"
chmod +x "$RIG_PREFIX/site/compare"
sed '/^#/d; /^$/d' "$table" >"$RIG_PREFIX/site/rows"
alice login1 "$PREFIX/site/compare" "$PREFIX/site/rows" "$PREFIX" \
	>"$T/out" 2>"$T/err" || diag_file "$T/err"
rows=$(wc -l <"$RIG_PREFIX/site/rows")
is "$(wc -l <"$T/out")" "$rows" "each row was compared"
while IFS='	' read -r words verdict; do
	is "$verdict" ok "$words"
done <"$T/out"
ok "there are many" test "$rows" -ge 100
done_testing
