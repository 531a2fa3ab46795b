#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What helps to choose a job, without a scheduler: partitions tells of this
# machine, and a launcher that cannot tell is named in a line.
. "$(dirname "$0")/../lib.sh"
need_product
queue_new
# An ini of the user's would count.
export HOME="$T/home"
unset XDG_CONFIG_HOME
mkdir -p "$HOME"

run() {
	"$@" >"$T/out" 2>"$T/err"
	RC=$?
}
err() { sed 's/^vscode-remote-shell: //' "$T/err"; }

# ---- partitions --------------------------------------------------------------

run vrs partitions
is "$RC $(err)" "0 " "partitions"
is "$(sed -n '1s/  */ /gp' "$T/out")" \
	"PARTITION TIMELIMIT DEFAULTTIME NODES(I/T) CPUS(I/T) MEMORY(I/T) CPUS/NODE MEMORY/NODE GPUS(I/T)" \
	"its columns"
like "$(sed -n '2s/  */ /gp' "$T/out")" \
	"^$(hostname)\* UNLIMITED UNLIMITED 1/1 [0-9]+/$(nproc) [0-9]+/[0-9]+[MG] " \
	"this machine"
run vrs partitions --no-header --all
is "$RC $(wc -l <"$T/out")" "0 1" "--no-header"
run vrs partitions --json
if grep -q 'without jansson' "$T/err"; then
	is "$RC" 78 "--json: 78 where it was not built in"
else
	is "$("$PYTHON" -c 'import json, sys
p, = json.load(sys.stdin)["partitions"]
print(p["partition"], p["default"], p["refused"], p["time_limit"],
      p["nodes"], p["nodes_idle"], p["cpus"], p["gpus"])' <"$T/out")" \
		"$(hostname) True None None 1 1 $(nproc) []" "--json"
fi
run queued partitions
is "$RC" 69 "a launcher that cannot tell: 69"
is "$(err)" "launch-queue cannot tell that: it does not know 'partitions' (usage: launch-queue submit|find|watch|end|extend)" \
	"which is told in a line"
is "$(cat "$T/out")" '' "and nothing else"
# ---- estimate and --dry-run ---------------------------------------------------

run vrs estimate --no-header
is "$RC $(sed 's/  */ /g' "$T/out")" "0 - - now $(hostname)" \
	"estimate: now, on this machine"
mkdir -p "$HOME/.config/vscode-remote-shell"
conf=$HOME/.config/vscode-remote-shell/config
cat >"$conf" <<'END'
salloc-arg = --time=60
[profile one]
idle-timeout = 30m
[profile two]
salloc-arg = --time=2:00:00
END
run vrs estimate --no-header
is "$(sed 's/  */ /g' "$T/out")" "one --time=60 --idle-timeout=30m now $(hostname)
two --time=2:00:00 now $(hostname)" "estimate: each profile"
run vrs estimate one --no-header -S --time=nonsense
is "$RC" 64 "estimate: a value that is none: 64"
like "$(err)" '^--time=nonsense: not a time;' "estimate: and why"
run vrs estimate one --no-header -S -t
is "$RC" 64 "estimate: options that are refused: 64"
like "$(cat "$T/out")" '^one .* - +\(--time: its value is missing' \
	"estimate: with the words for it in the row"
run vrs estimate three
is "$RC $(err)" "64 there is no profile 'three'; there are: one, two" \
	"estimate: no such profile"

value() { sed -n "s/^$1  *//p" "$T/out" | sed 's/  */ /g'; }
run vrs two --dry-run
is "$RC $(err)" "0 nothing was submitted" "--dry-run"
is "$(value TimeLimit)" "profile two of $conf:5 2:00:00" "--dry-run: the profile's"
run vrs alloc --dry-run one -S --time=5
is "$(value TimeLimit)" "command line 5:00" "--dry-run: the command line's"
is "$(value --idle-timeout)" "profile one of $conf:3 30m" "--dry-run: the agent's"
run vrs --dry-run -S '-p gpu' --gpus=1 -S --plugin=x
is "$RC $(err)" "0 there is no scheduler here, so these are ignored: --gpus=1 --partition=gpu --plugin=x
nothing was submitted" "--dry-run: what this machine ignores"
run vrs estimate one --no-header --gpus=1
like "$(cat "$T/out")" ' \(there is no scheduler here, so these are ignored: --gpus=1\)$' \
	"estimate: the same in the row"
for word in --x11 --profile=task; do
	for how in '--dry-run' 'estimate one'; do
		# shellcheck disable=SC2086 # words
		run vrs $how -S $word
		like "$RC $(cat "$T/out" "$T/err" | xargs)" "^64 .*${word%=*}: " \
			"$how: $word is no option of a job"
	done
done
run vrs proxy --dry-run
is "$(value TimeLimit)" "user $conf:1 1:00:00" "--dry-run of proxy: the user's"
is "$(value WorkDir)" "built in $HOME" "--dry-run: nobody's"
is "$(ls "$VRS_STATE" 2>/dev/null | grep -v '^scope')" '' "nothing was made"
run vrs list --no-header
is "$(cat "$T/out")" '' "and no session started"
run vrs alloc one -S --x11
is "$RC $(err)" "64 --x11: not for a batch job" "a start refuses the same"
run vrs alloc one --gpus=1
is "$RC" 0 "a session"
like "$(err)" '^there is no scheduler here, so these are ignored: --gpus=1$' "which tells what is ignored, too"
run vrs one --dry-run
is "$RC $(err)" \
	"0 session 'one' is there: job 1, running on $(hostname); it would be attached, and no job submitted" \
	"--dry-run: one that is there"
run vrs list --dry-run
is "$RC" 64 "--dry-run: not of list"
run queued estimate
is "$RC $(err)" \
	"69 launch-queue cannot tell that: it does not know 'estimate' (usage: launch-queue submit|find|watch|end|extend)" \
	"estimate: a launcher that cannot tell"
run queued --dry-run
like "$RC $(err)" "^69 launch-queue cannot tell that: it does not know 'describe'" \
	"--dry-run: the same"
run vrs cancel --all
rm "$conf"
run vrs partitions x
is "$RC" 64 "it has no operand"
done_testing
