#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A job of launch-local that waits for another of its session goes on waiting
# while it cannot look whether that still lives (EMFILE).
. "$(dirname "$0")/../lib.sh"
need_product
command -v prlimit >/dev/null || skip_all "no prlimit"

mkdir -m 700 "$T/s"
# a job that says that it runs, and then which number it has
cat >"$T/agent" <<-'END'
	#!/bin/sh
	echo $$ >"$1.tmp" && mv "$1.tmp" "$1"
	exec sleep 100
END
chmod +x "$T/agent"
tag=0123456789abcde
# submit N: its number; the process is in $T/run.N once it runs
submit() {
	printf '%s\n' "state-dir=$T/s" session=queue "tag=$tag$1" \
		"log=$T/log/job.$1" "chdir=$T" role=successor \
		"command=$T/agent" "command=$T/run.$1" '' |
		"$BUILD/launch-local" submit >"$T/out" || diag_file "$T/out"
	sed -n 's/^job=//p' "$T/out"
}
# the process of a job
pid_of() { sed -n 's/^pid=//p' "$T/s/local/$1"; }

one=$(submit 1)
ok "one runs" wait_for 10 test -e "$T/run.1"
two=$(submit 2)
pid=$(pid_of "$two")
ok "two waits" alive "$pid"
ok "and does not run" not test -e "$T/run.2"
# It looks each fraction of a second: what it reads then cannot be opened.
prlimit --pid "$pid" --nofile=3:
looks() { sed -n 's/^voluntary_ctxt_switches:[^0-9]*//p' "/proc/$pid/status"; }
before=$(looks)
has_looked() { test "$(($(looks) - before))" -ge 4 || gone "$pid"; }
ok "it has looked" wait_for 20 has_looked
ok "and waits on" alive "$pid"
prlimit --pid "$pid" --nofile=1024:
kill "$(pid_of "$one")"
ok "it runs when the other has ended" wait_for 20 test -e "$T/run.2"
is "$(cat "$T/run.2")" "$pid" "as the same process"
kill "$pid"
wait_for 10 gone "$pid"
done_testing
