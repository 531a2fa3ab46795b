#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doctor on a real Slurm cluster, as alice: a good one has no line, from the login
# node and from a job; each part that is broken has one.
# shellcheck disable=SC2154 # from rig/lib.sh
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
slurm_up

front login1 doctor --job </dev/null
grep -E '^(warning|fault) ' "$T/out" >"$T/bad"
is "$rc $(cat "$T/bad")" "0 " "a good cluster has no line" || diag_file "$T/out"
for check in job home state startup libc node-sshd containers node-clock shared link; do
	like "$(tr -s ' ' <"$T/out")" "^ok node $check " "the node's $check is ok"
done
like "$(tr -s ' ' <"$T/out")" '^ok login munge munge has made' "munge is asked"
ok "no job is left" wait_for 20 no_job

front login2 doctor --state-dir=/var/tmp/alice </dev/null
doctor_told fault state 'is of this host alone' "a state directory that nodes do not have"
front login1 doctor --job --partition=nosuch </dev/null
doctor_told fault job 'partition' "a job that Slurm refuses"
front login1 doctor --job --link-address=203.0.113.0/24 </dev/null
doctor_told fault job '203\.0\.113\.0' "a network that the nodes are not in" || diag_file "$T/out"
ok "and no job is left of it" wait_for 30 no_job

rig kill login1 munged
front login1 doctor </dev/null
doctor_told fault scheduler 'munged does not run' "munged is down"
rig start login1 munged
rig kill ctl slurmctld
front login1 doctor </dev/null
doctor_told fault scheduler 'slurmctld .*does not answer' "slurmctld is down"
rig start ctl slurmctld
front login1 doctor </dev/null
is "$rc" 0 "it is good again" || diag_file "$T/out"
done_testing
