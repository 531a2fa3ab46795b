#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Tee files have the exact bytes and belong to their owner alone, whatever the
# umask; nothing is written through a symlink; the log names no token.
. "$(dirname "$0")/../lib.sh"
need_product
umask 0
sshd_start
vrs_host tee -0 "$T/tee0" -1 "$T/tee1" -2 "$T/tee2" \
	-vvv -l "$T/front.[PID].log"

mode() { stat -c %a "$1"; }

$PYTHON -c 'import sys
sys.stdout.buffer.write(bytes(range(256)) * 500 + b"\r\n\0 no end")
' >"$T/bytes"
{ echo "cat '$T/bytes' >&2; exec cat"; cat "$T/bytes"; } >"$T/typed"
ssh_to tee <"$T/typed" >"$T/got" 2>"$T/err"
is $? 0 "a shell with three tee files"
same "$T/got" "$T/bytes" "its output arrives"
same "$T/tee0" "$T/typed" "tee-stdin has what was typed"
same "$T/tee1" "$T/bytes" "tee-stdout has what the shell printed"
same "$T/tee2" "$T/bytes" "tee-stderr has what the shell said"
for i in 0 1 2; do is "$(mode "$T/tee$i")" 600 "tee$i is mode 600"; done

set -- "$T"/front.[0-9]*.log
ok "[PID] in the log's name is a number" test -s "$1"
is "$(mode "$1")" 600 "the log is mode 600"

# What a symlink points to could be anybody's file.
echo precious >"$T/victim"
ln -s "$T/victim" "$T/link"
for opt in -0 -1 -2 -l; do
	vrs_host "link$opt" "$opt" "$T/link"
	echo 'echo hello' | ssh_to "link$opt" >"$T/out" 2>"$T/err"
	is $? 73 "$opt through a symlink ends with status 73"
	like "$(cat "$T/err")" "$T/link" "$opt: the message names it"
	is "$(cat "$T/out")" "" "$opt: no shell was run"
done
is "$(cat "$T/victim")" precious "nothing was written through it"

client c tee
ok "a client whose front logs everything" client_ready c || exit 1
token=$(client_get c token)
like "$token" '^[0-9]+-[0-9a-f]+$' "the client has a token"
ok "tee-stdout has it" grep -aqF -- "$token" "$T/tee1"
logs=$(find "$T/state" "$T"/front.*.log -type f -name '*.log')
like "$logs" agent "the agent has a log too"
# shellcheck disable=SC2086
is "$(grep -alF -- "$token" $logs)" "" "no log has it"
is "$(find "$T/state" ! -type l -perm /077)" "" \
	"nothing in the state directory is for others"
done_testing
