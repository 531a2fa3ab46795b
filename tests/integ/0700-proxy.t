#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# ProxyCommand: real ssh clients to a real sshd in the job, which has no port.
# Commands, terminals, bytes, the environment, and every way in which it can end;
# files and forwards are in 0740, many at once in 0742.
# shellcheck disable=SC2016 # for shells there
. "$(dirname "$0")/../lib.sh"
need_product
PATH=$PATH:/usr/sbin:/usr/local/sbin
command -v sshd >/dev/null || skip_all "no sshd"
sshd_start
at_exit vrs_end

proxy_host job "timeout 100 ssh -T -F $T/ssh_config plain \"$(vrs_command) proxy\""
proxy_host direct "$(vrs_command -e EXTRA=1) proxy"
proxy_host tees "$(vrs_command -0 "$T/tee.0" -1 "$T/tee.1") proxy"

# ---- its key ---------------------------------------------------------------

vrs proxy --known-hosts job >"$T/known" 2>"$T/err"
is "$?" 0 "proxy --known-hosts"
like "$(cat "$T/known")" '^job ecdsa-sha2-nistp256 AAAA[A-Za-z0-9+/=]*$' "prints a line"
is "$(wc -l <"$T/known")" 1 "and only that"
is "$(vrs proxy --known-hosts | cut -d' ' -f2-)" "$(cut -d' ' -f2- "$T/known")" \
	"the key stays"
like "$(vrs proxy --known-hosts)" '^vscode-remote-shell ecdsa' "without a name"
is "$(stat -c %a "$VRS_STATE/ssh_host_key")" 600 "nobody else reads it"
ok "no session was started for it" no_agents

# ---- a first connection starts the session ---------------------------------

ssh_to job 'echo out; echo err >&2; exit 7' >"$T/out" 2>"$T/err"
is $? 7 "the exit status" || diag_file "$T/err"
is "$(cat "$T/out")" out "stdout"
like "$(cat "$T/err")" '^err$' "stderr"
like "$(cat "$T/err")" "session 'default' is job" "who waited is told of the job"
is "$(agents | wc -l)" 1 "there is one agent"
agent=$(agents)
ssh_to job 'echo err >&2' >"$T/out" 2>"$T/err"
is "$(cat "$T/out")$(cat "$T/err")" err "the next says nothing of its own"

# A name that is nobody's starts nothing.
vrs proxy default </dev/null 2>"$T/err" | head -c 8 >"$T/out"
is "$(cat "$T/out")" SSH-2.0- "by its name"
vrs proxy defalt </dev/null >"$T/out" 2>"$T/err"
is "$? $(cat "$T/out")" "64 " "a name that is nobody's"
like "$(cat "$T/err")" "^vscode-remote-shell: there is no session and no profile 'defalt': you have: default; there are no profiles; \`.*alloc defalt. starts such" \
	"one line tells what there is"
mkdir -p "$HOME/.config/vscode-remote-shell"
printf '[profile cpu]\n[profile gpu]\n' >"$HOME/.config/vscode-remote-shell/config"
vrs proxy defalt </dev/null >"$T/out" 2>"$T/err"
like "$? $(cat "$T/err")" "^64 .*; profiles: cpu, gpu; " "and profiles"
rm "$HOME/.config/vscode-remote-shell/config"
is "$(agents | wc -l)" 1 "nothing was started"

# Two first bytes of stdout are those of sshd, whatever is logged.
timeout 20 "$BUILD/vscode-remote-shell" --launcher=local -vvv \
	--state-dir="$VRS_STATE" proxy </dev/null 2>"$T/err" | head -c 8 >"$T/out"
is "$(cat "$T/out")" SSH-2.0- "stdout begins with sshd's own words"
ok "and stderr has the log" test -s "$T/err"

# ---- what a session has ----------------------------------------------------

ssh_to direct 'cat /proc/self/cgroup' >"$T/cgroup"
is "$(cat "$T/cgroup")" "$(cat "/proc/$agent/cgroup")" "it is in the job's cgroup"
names='SSH_CLIENT|SSH_CONNECTION|MAIL|PWD|OLDPWD|SHLVL|_|EXTRA'
# begins_with HOW...: the environment with which a shell begins there
begins_with() {
	"$@" 'cat /proc/$$/environ; true' | tr '\n\0' '?\n' |
		grep -Ev "^($names)=" | sort
}
begins_with ssh_to direct >"$T/got"
begins_with vrs shell -- >"$T/want"
ok "there is an environment" grep -q VSCODE_REMOTE_SHELL_SESSION=default "$T/want"
same "$T/got" "$T/want" "its environment is that of a shell of the session" ||
	diff "$T/got" "$T/want" | sed 's/^/# /'
is "$(ssh_to direct 'echo $EXTRA')" 1 "-e has its effect"
is "$(ssh_to -o 'SetEnv LC_MINE=yes' direct 'echo $LC_MINE')" yes "the client's LC_*"
ssh_to -tt direct 'stty size; test -t 0 && tty; exit 5' </dev/null \
	>"$T/out" 2>"$T/err"
is $? 5 "the exit status with a terminal"
like "$(tr -d '\r' <"$T/out")" '^/dev/pts/[0-9]+$' "there is a terminal"

# ---- bytes -----------------------------------------------------------------

head -c 20000000 /dev/urandom >"$T/data"
sum=$(sha256sum <"$T/data")
is "$(ssh_to direct sha256sum <"$T/data")" "$sum" "20 MB there"
is "$(ssh_to direct "cat '$T/data'" | sha256sum)" "$sum" "20 MB back"

# ---- tees, and a stderr that nobody reads ----------------------------------

ok "with tees" ssh_to tees true
like "$(head -c 8 "$T/tee.0")" '^SSH-2.0-$' "what the client said is copied"
like "$(head -c 8 "$T/tee.1")" '^SSH-2.0-$' "and what sshd said"
is "$(timeout 30 "$PYTHON" "$CLIENTS/deaf.py" "$(vrs_command -vvv) proxy")" SSH-2.0- \
	"a full stderr stops nothing"

clients() { test "$(vrs status | sed -n 's/^clients: *//p')" = "$1"; }
rundir=$(vrs shell -- 'echo $XDG_RUNTIME_DIR' | sed 's,/run$,,')

# ---- ends ------------------------------------------------------------------

bg sleeper timeout 100 ssh -F "$T/ssh_config" job 'echo $$; exec sleep 300'
sleeper=$PID
ok "one that stays" wait_for 20 has "$T/log/sleeper.out" '^[0-9]+$'
ok "counts as a client" wait_for 10 clients 1
is "$(stat -c %a "$rundir"/sshd/* | sort -u)" 600 "what it has there is private"
# Since OpenSSH 9.8 it becomes an sshd-session.
inner=$(pgrep -P "$agent" -x 'sshd(-session)?')
like "$inner" '^[0-9]+$' "its sshd is the agent's child"
unlike "$(ss -Hltnp)" "pid=$inner," "which listens nowhere"
kill -9 "$(pgrep -P "$sleeper" -x ssh)" 2>/dev/null
ok "its ssh dies, and so its sshd" wait_for 20 clients 0
is "$(ls "$rundir/sshd")" "" "nothing is left of it"
is "$(agents)" "$agent" "the session stays"

# Something else than ssh speaks.
printf 'GET / HTTP/1.0\r\n\r\n' | timeout 30 "$BUILD/vscode-remote-shell" \
	--launcher=local --state-dir="$VRS_STATE" proxy >"$T/out" 2>"$T/err"
is $? 69 "a client that speaks no ssh"
is "$(wc -l <"$T/err")" 1 "is told in one line"
like "$(cat "$T/err")" 'sshd on .* ended with status 255 before anybody had logged in: ' "why"

# A transfer when the agent is killed.
bg transfer timeout 100 ssh -F "$T/ssh_config" direct 'echo begun; cat /dev/zero' 
transfer=$PID
ok "a transfer" wait_for 20 has "$T/log/transfer.out" 'begun'
kill -9 "$agent"
wait "$transfer"
is $? 255 "an agent that is killed: the client gets an error"
ok "what its sshd had on the node is removed" wait_for 20 test ! -e "$rundir"

# Several at once find none, and start one.
a_while "$VRS_STATE"
rm -f "$T"/many.*
pids=
for i in 1 2 3 4; do
	ssh_to direct "echo $i" </dev/null >"$T/many.$i" 2>"$T/err.$i" &
	pids="$pids $!"
done
for p in $pids; do wait "$p"; done
is "$(cat "$T"/many.? | sort | tr '\n' ' ')" "1 2 3 4 " "4 at once start a session"
is "$(agents | wc -l)" 1 "one"
ok "it is ended" vrs cancel 2>"$T/err"

# More variables than sshd takes.
a_while "$VRS_STATE"
quoted='a "b" \c $HOME #x; * ='
tab=$(printf 'a\tb')
set --
for i in $(seq 1000 2100); do
	set -- "$@" "VAR$i=$(printf %60s x)"
done
ok "a session of 1100 variables" timeout 60 env "$@" QUOTED="$quoted" TAB="$tab" \
	EMPTY= LONGEST="$(printf %5000s x)" ssh -F "$T/ssh_config" direct true
isnt "$(agents)" "$agent" "is another job"
is "$(ssh_to direct 'echo "$QUOTED"')" "$quoted" "quotes, blanks, signs are kept"
is "$(ssh_to direct 'echo "$TAB"')" "$tab" "and tabs"
is "$(ssh_to direct 'echo "${EMPTY-none}"')" '' "an empty one is there"
is "$(ssh_to direct 'echo $VAR1000${LONGEST-none}')" xnone "the longest is not"
like "$(vrs logs 2>&1)" 'the longest [0-9]+ are left out for ssh: LONGEST, ' \
	"which is in the log"

# ---- keys that are none ----------------------------------------------------

chmod 644 "$VRS_STATE/ssh_host_key"
vrs proxy --known-hosts >"$T/out" 2>"$T/err"
is $? 77 "a host key that others can read"
like "$(cat "$T/err")" 'host key.*ssh_host_key' "is named"
chmod 600 "$VRS_STATE/ssh_host_key"
echo damaged >"$VRS_STATE/ssh_host_key"
vrs proxy >"$T/out" 2>"$T/err"
is $? 78 "a damaged host key"
is "$(wc -l <"$T/err")" 1 "is told in one line"
like "$(cat "$T/err")" 'ssh_host_key is damaged: remove it' "with what to do"
is "$(cat "$T/out")" "" "and nothing on stdout"
rm "$VRS_STATE/ssh_host_key"
ssh_to direct true 2>"$T/err"
is $? 255 "a new key"
like "$(cat "$T/err")" 'Host key verification failed' "is not believed"
done_testing
