#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The end of a session: the time limit with its warnings, and each other cause.
# Whoever is attached hears why within 2 s, and nothing is left, whatever ran.
. "$(dirname "$0")/../lib.sh"
need_product
command -v openssl >/dev/null || skip_all "openssl is not installed"
at_exit vrs_end

LINGER=--linger=0

# folders of sessions
# Those that are not only kept for logs.
folders() { 
	find "$VRS_STATE" -mindepth 2 -maxdepth 2 -name secret -printf "%h\n"
}

# attach NAME OPTION...: a front in the background whose shell waits; its stderr
# is $T/log/NAME.err, its pid is in $FRONT
attach() {
	name=$1
	shift
	mkfifo "$T/$name.in"
	"$BUILD/vscode-remote-shell" --launcher=local --state-dir="$VRS_STATE" \
		$LINGER --session="$name" "$@" <"$T/$name.in" \
		>"$T/log/$name.out" 2>"$T/log/$name.err" &
	FRONT=$!
	lib_pids="$FRONT $lib_pids"
	exec 8>"$T/$name.in"
	echo 'echo there' >&8
	wait_for 20 has "$T/log/$name.out" there || die "no session $name"
	agent=$(agents)
	folder=$(folders)
}

# tell TEXT: to the shell of the last attach
tell() { echo "$*" >&8; }

says() { wait_for "$1" has "$T/log/$name.err" "$2"; }

# ended REASON NAME: the front says why, ends with 69, and all is gone
ended() {
	ok "$2: it is told why" says 20 "job [0-9]+ ends: $1"
	ok "$2: the front ends" wait_for 15 gone "$FRONT"
	wait "$FRONT"
	is $? 69 "$2: with status 69"
	exec 8>&-
	ok "$2: the agent ends" wait_for 15 gone "$agent"
	is "$(folders)" "" "$2: no state is left"
	ok "$2: no process is left" wait_for 2 nobody
}

# in_session NAME: live processes of the session of that name
in_session() {
	grep -lszx -- "VRS_TEST_MARK=$T-$1" /proc/[0-9]*/environ |
		cut -d/ -f3 | while read -r p; do
		alive "$p" && echo "$p"
	done
}

nobody() { test -z "$(in_session "$name")"; }

# ---- the time limit ---------------------------------------------------------

attach short -S --time=0:08 -e "VRS_TEST_MARK=$T-short"
# knows LEFT: the agent has heard of its limit, and tells so
knows() { "$PYTHON" "$CLIENTS/link.py" "$folder" status | grep -qx "left=$1"; }
ok "limit: the agent knows it" wait_for 3 knows '[0-8]'
like "$(cat "$T/log/short.err")" "'short' is job [0-9]+ on [^ ]+, 0:0[2-8] left\$" \
	"limit: so does who comes when little is left"
ended "the job's time limit is reached" "limit"
unlike "$(cat "$T/log/short.err")" 'minute' "limit: no warning that does not fit"

# The whole way by another who tells the limit, as a front does.
cat >"$T/hook" <<-END
	#!/bin/sh
	echo "\$VSCODE_REMOTE_EVENT \$VSCODE_REMOTE_SECONDS \$VSCODE_REMOTE_JOB" \\
		>>'$T/events'
	test "\$VSCODE_REMOTE_EVENT" != limit-changed || { echo \$\$ >'$T/hangs'; exec sleep 60; }
END
chmod 755 "$T/hook"
attach long -S --time=1-0 --signal=USR2@58 --notify-command="$T/hook; :" \
	--notify-terminals=on -e "VRS_TEST_MARK=$T-long"
tell "(trap 'echo heard >>$T/heard' USR2; while :; do sleep 0.1; done) &"
tell "sleep 100 & echo \$! >$T/deaf"
# A terminal of the session, and one that does not want to hear: with what mesg(1)
# does, since Debian 13 has no such program.
for mode in g+w g-w; do
	tell "setsid script -qfc 'chmod $mode \$(tty); echo up; sleep 90' \
		$T/tty.$mode </dev/null >/dev/null 2>&1 &"
	ok "terminals: one with $mode" wait_for 10 has "$T/tty.$mode" up
done
bg said901 "$PYTHON" "$CLIENTS/link.py" "$folder" limit 901
ok "warnings: 15 minutes before" says 10 "session 'long' ends in 15 minutes"
like "$(cat "$T/log/long.err")" "'long' is job [0-9]+ on [^ ]+\$" \
	"limit: of a day nothing is said"
$PYTHON "$CLIENTS/link.py" "$folder" status >"$T/status"
like "$(cat "$T/status")" '^left=(8[0-9][0-9]|900)$' "warnings: as it reports"
bg said301 "$PYTHON" "$CLIENTS/link.py" "$folder" limit 301
ok "warnings: 5 minutes before" says 10 "session 'long' ends in 5 minutes"
ok "a limit that was moved is told" says 1 "limit of session 'long' is now in 5 min"
ok "signal: not yet" test ! -e "$T/heard"
bg said62 "$PYTHON" "$CLIENTS/link.py" "$folder" limit 62
ok "warnings: 1 minute before" says 10 "session 'long' ends in 1 minute"
is "$(grep -c 'ends in' "$T/log/long.err")" 3 "warnings: each once"
ok "signal: comes before the end" wait_for 10 test -s "$T/heard"
ok "signal: does not end who has no handler" alive "$(cat "$T/deaf")"
ok "terminals: warned" wait_for 5 has "$T/tty.g+w" "ends in 1 minute"
ok "terminals: not where mesg n was said" not has "$T/tty.g-w" "ends in"
is "$(sed -n 1p "$T/events" 2>/dev/null | cut -d' ' -f1,3)" "limit-changed 2" \
	"command: told by a word, with the job"
# The first hangs; the others wait for it.
is "$(wc -l <"$T/events")" 1 "command: one at a time"
kill "$(cat "$T/hangs")"
ok "command: the next one runs" wait_for 10 has "$T/events" 'limit-warning 900 '
vrs --session=long cancel >"$T/log/cancel.long" 2>&1
ended "the job was told to end" "cancel"
like "$(cat "$T/log/said62.out")" '[0-9.]+ end the job was told' \
	"every front hears of the end"

# Near the end a front is asked; then it holds.
attach asked -e "VRS_TEST_MARK=$T-asked"
bg said121 "$PYTHON" "$CLIENTS/link.py" "$folder" limit 121
ok "a scheduler's limit is asked for before" wait_for 10 \
	has "$T/log/said121.out" "limit 1(19|20)"
# Here it is a real front, whose scheduler knows of none.
ok "and the answer counts" says 20 "session 'asked' has no time limit any more"
bg said12 "$PYTHON" "$CLIENTS/link.py" "$folder" limit 12
ok "a limit where there was none is told" says 5 \
	"limit of session 'asked' is now in 12 seconds"
ended "the job's time limit is reached" "a limit that was told"

# ---- the command, when it has only been forked -------------------------------

if test -f "$BUILD/faults/inject.so"; then
	. "$TESTS/faults/lib.sh"
	clock_new agent
	cat >"$T/slow" <<-END
		#!/bin/sh
		export $(clock_env agent vscode-remote-agent) FAULT_SETSID_MS=300
		exec '$BUILD/vscode-remote-agent' "\$@"
	END
	chmod 755 "$T/slow"
	attach slow --agent="$T/slow" -e "VRS_TEST_MARK=$T-slow" \
		--notify-command="echo \$VSCODE_REMOTE_EVENT >>$T/slow.events"
	vrs --session=slow cancel >"$T/log/cancel.slow" 2>&1
	ended "the job was told to end" "a slow start"
	is "$(cat "$T/slow.events")" ending "a slow start: the command runs"
else
	skip 7 "inject.so is not built"
fi

# ---- what resists ------------------------------------------------------------

mkdir "$T/kinds"
attach hard --idle-timeout=10m -e "VRS_TEST_MARK=$T-hard"
tell "$PYTHON $CLIENTS/resist.py $T/kinds"
six() { test "$(find "$T/kinds" -type f -size +0 | wc -l)" = 6; }
ok "six kinds that do not want to end" wait_for 20 six
ok "are there" test "$(in_session hard | wc -l)" -ge 6
kill -TERM "$agent"
ok "SIGTERM to the agent: told within 2 s" says 2 "ends: the job was told to end"
ended "the job was told to end" "SIGTERM"

# ---- the agent is killed -------------------------------------------------------

rm -f "$T/kinds"/*
attach killed -e "VRS_TEST_MARK=$T-killed"
tell "$PYTHON $CLIENTS/resist.py $T/kinds"
ok "killed: six kinds" wait_for 20 six
tell "echo \"\$XDG_RUNTIME_DIR\" >$T/rundir"
wait_for 10 test -s "$T/rundir"
keeper=$(ps -o ppid= -p "$agent" | tr -d ' ')
like "$(lib_argv "$keeper")" '^vscode-remote-agent: keeper' "killed: it has a keeper"
kill -KILL "$agent"
ok "killed: all of them end within 2 s" wait_for 2 nobody
ok "killed: the keeper, too" wait_for 2 gone "$keeper"
ok "killed: its private directory is removed" not test -e "$(cat "$T/rundir")"
ok "killed: the front ends" wait_for 15 gone "$FRONT"
wait "$FRONT"
is $? 75 "killed: with status 75"
like "$(cat "$T/log/killed.err")" '; .[^ ]*vscode-remote-shell logs killed. shows' \
	"killed: it is said where to look"
like "$(vrs logs killed 2>/dev/null)" 'the agent was ended by signal 9 \(Killed\)' \
	"killed: and what is found there"
exec 8>&-
vrs --session=killed cancel >"$T/log/cancel.killed" 2>&1
rm -rf "${VRS_STATE:?}"/????????????????

# ---- the keeper is killed ------------------------------------------------------

attach unkept -e "VRS_TEST_MARK=$T-unkept"
kill -KILL "$(ps -o ppid= -p "$agent")"
ok "the keeper: told within 2 s" says 2 "ends: the job was told to end"
ended "the job was told to end" "a killed keeper"

# ---- the parent --------------------------------------------------------------

cat >"$T/parent" <<-END
	#!/bin/sh
	# As slurmstepd: waits for the agent, and may be killed.
	'$BUILD/vscode-remote-agent' --watch-parent "\$@" &
	wait
END
chmod 755 "$T/parent"
attach orphan --agent="$T/parent" -e "VRS_TEST_MARK=$T-orphan"
tell "$PYTHON $CLIENTS/resist.py $T/kinds"
agent=$(pgrep -P "$(pgrep -f "^/bin/sh $T/parent")" vscode-remote)
kill -9 "$(pgrep -f "^/bin/sh $T/parent")"
ok "the parent: told within 2 s" says 2 "ends: the scheduler's daemon"
ended "the scheduler's daemon on the node is gone" "the parent"
like "$(vrs logs orphan 2>/dev/null)" "scheduler's daemon on the node is gone" \
	"the parent: logs has it, since that is no good end"
done_testing
