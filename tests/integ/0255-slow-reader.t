#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A command has ended by itself, and a slow reader still takes its output: that
# the job ends meanwhile changes neither the output nor the status.
. "$(dirname "$0")/../lib.sh"
need_product
at_exit vrs_end

vrs alloc >"$T/log/alloc" 2>&1 || die "no session"

# More than a pipe takes, less than that and what a front holds: it has all.
BYTES=100000
mkfifo "$T/pipe"
{
	wait_for 90 test -e "$T/read" &&
		cat >"$T/got"
} <"$T/pipe" &
reader=$!
timeout 100 "$BUILD/vscode-remote-shell" --launcher=local \
	--state-dir="$VRS_STATE" --idle-timeout=10m --log-file="$T/log/front" \
	-vvv shell -- "head -c $BYTES /dev/zero; exit 7" \
	</dev/null >"$T/pipe" 2>"$T/log/err" &
front=$!
ok "the command ends" wait_for 30 has "$T/log/front" \
	'parting: the shell ended: shell -> ' || exit 1
ok "which waits for its reader" alive "$front"
vrs cancel >"$T/log/cancelled" 2>&1
is $? 0 "the job is cancelled"
ok "which the front hears" wait_for 30 has "$T/log/front" \
	'parting: (the job ended|the job was lost): '
# Last words have 3 seconds.
sleep 5
ok "the front waits for its reader still" alive "$front"
touch "$T/read"
wait "$front"
is $? 7 "the status is the command's"
wait "$reader"
is "$(tr -d '\000' <"$T/got" | wc -c; wc -c <"$T/got")" "0
$BYTES" "all bytes come"
done_testing
