# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# What a process is given, for comparing: sourced by the shell in question, $OUT is
# the directory that gets a file for each thing. Not of the shell itself, which
# may catch signals, but of what it starts.
mkdir -p "$OUT"
env -0 >"$OUT/env"
pwd >"$OUT/cwd"
umask >"$OUT/umask"
id -G >"$OUT/groups"
cat /proc/self/limits >"$OUT/limits"
cat /proc/self/oom_score_adj >"$OUT/oom"
awk '{ print $19 }' /proc/self/stat >"$OUT/nice"
grep -E '^(SigBlk|SigIgn|CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status \
	>"$OUT/status"
# The job's number is in the path.
sed 's/job_[0-9]*/job_N/' /proc/self/cgroup >"$OUT/cgroup"
echo "0=$0 BASH=$BASH" >"$OUT/shell"
: >"$OUT/done"
