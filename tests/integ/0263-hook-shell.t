#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A --notify-command whose shell cannot be run, since that went away after the
# agent had started: the log says why, and does not invent a signal.
. "$(dirname "$0")/../lib.sh"
need_product

# A job's SHELL counts, as in a batch job, before the one of passwd.
cp /bin/sh "$T/bash"
SHELL=$T/bash
export SHELL
tag=0123456789abcdef
mkdir -p "$T/s/$tag"
chmod 700 "$T/s" "$T/s/$tag"
(umask 077 && head -c 32 /dev/urandom >"$T/s/$tag/secret")

# ending NAME: an agent that is ended when it is there; its log in $T/log/NAME.err
ending() {
	mkdir -p "$T/s/$tag"
	bg "$1" timeout 100 "$BUILD/vscode-remote-agent" --tag=$tag -vv \
		--state-dir="$T/s" --link-address=127.0.0.1 \
		--notify-command="echo run >>'$T/ran'"
	wait_for 20 test -s "$T/s/$tag/endpoint" || die "no agent"
	eval "$2"
	agent=$(sed -n 's/.*agent is process \([0-9]*\).*/\1/p' "$T/log/$1.err")
	end_pid "${agent:-$PID}"
}

cp -a "$T/s/$tag" "$T/saved"
ending good :
ok "with its shell it runs" has "$T/ran" run
rm -rf "${T:?}/s/$tag"
cp -a "$T/saved" "$T/s/$tag"
ending bad "rm '$T/bash'"
like "$(cat "$T/log/bad.err")" \
	"cannot run: $T/bash: No such file" \
	"without it the log says why"
unlike "$(cat "$T/log/bad.err")" "ended with (signal|status)" \
	"and nothing that did not happen"
is "$(wc -l <"$T/ran")" 1 "it has not run"
done_testing
