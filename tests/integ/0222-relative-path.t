#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A log file whose path is relative is refused by what is missing from where it
# begins, and not by something below the root.
. "$(dirname "$0")/../lib.sh"
need_product

mkdir "$T/work" "$T/work/sub" "$T/other"
cd "$T/work" || exit 1

# refused PATH: what is said of it as a log file
refused() { vrs --log-file="$1" list 2>&1 >"$T/out" | head -n 1; }

is "$(refused nope/log)" \
	'vscode-remote-shell: log file nope/log: ./nope: No such file or directory' \
	'a directory that is not there'
is "$(refused sub/../nope/log)" \
	'vscode-remote-shell: log file sub/../nope/log: ./sub/../nope: No such file or directory' \
	'behind one, and up'
is "$(refused ../nope/log)" \
	'vscode-remote-shell: log file ../nope/log: ./../nope: No such file or directory' \
	'above'
is "$(refused "$T/work/nope/log")" \
	"vscode-remote-shell: log file $T/work/nope/log: $T/work/nope: No such file or directory" \
	'an absolute one'
vrs --log-file=../other/log list >"$T/out" 2>"$T/err"
ok 'a good one is where it says' test -f "$T/other/log"
done_testing
