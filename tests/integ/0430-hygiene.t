#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Records that editors' servers leave in a home directory which all hosts share:
# what a script finds there is true, and nobody's server is lost or killed.
TEST_TIMEOUT=${TEST_TIMEOUT:-240}
export TEST_TIMEOUT
# --server-dir=node is one directory for all sessions of a user.
. "$(dirname "$0")/../own-tmp.sh"
. "$(dirname "$0")/../lib.sh"
need_product
at_exit end_all

COMMIT=0123456789abcdef0123456789abcdef01234567
AGENT=$HOME/.vscode-server
PIDFILE=$AGENT/.$COMMIT.pid
STALE=$AGENT/.stale-records

end_all() {
	for s in default other; do
		vrs cancel --session=$s >"$T/log/cancel" 2>&1
	done
}

# connect NAME VAR=VALUE... -- OPTION...: run the script once in the session;
# its output is in $T/NAME
connect() {
	name=c-$1
	shift
	: >"$T/$name.in"
	while test $# -gt 0; do
		test "$1" != -- || break
		echo "$1" >>"$T/$name.in"
		shift
	done
	test $# = 0 || shift
	cat "$CLIENTS/records.sh" >>"$T/$name.in"
	timeout 60 "$BUILD/vscode-remote-shell" --launcher=local \
		--state-dir="$VRS_STATE" --linger=0 --idle-timeout=10m -vv \
		--confirm-timeout=1s --shell=/bin/sh "$@" <"$T/$name.in" >"$T/$name" \
		2>"$T/log/$name.err"
}
value() { sed -n "s/^$2==\(.*\)==\$/\1/p" "$T/c-$1"; }
said() { grep -cx "$2" "$T/c-$1"; }
notice() { grep -c "$2" "$T/log/c-$1.err"; }
server_pid() { cat "$PIDFILE" 2>/dev/null; }
log_has() { cat "$VRS_STATE"/*/agent.log | grep -Eq -- "$1"; }
marked() { grep -qs "^process=$1 " "$VRS_STATE"/servers/*; }

# A stranger's process, and the record of a server that had its pid elsewhere.
stranger() {
	bg sleep sleep 100
	STRANGER=$PID
	mkdir -p "$AGENT"
	echo "$STRANGER" >"$PIDFILE"
	echo "Extension host agent listening on 1" >"$AGENT/.$COMMIT.log"
	echo old >"$AGENT/.$COMMIT.token"
}

# ---- without it: this is what goes wrong -----------------------------------
stranger
connect off1 FORM=trusting -- --server-hygiene=off
is "$(said off1 found)$(value off1 answers)" 1 \
	"off: a script that trusts the pid finds a server that is none"
ok "off: and is given its port" has "$T/c-off1" '^port==1=='
connect off2 KILL=yes
ok "off: the pid of a stranger is killed" gone "$STRANGER"
is "$(value off2 answers)" yes "off: by a script that else works"
ok "off: nothing is moved" not test -e "$STALE"
end_all
wait_for 10 no_agents
rm -rf "$AGENT"

# ---- a stranger's pid ------------------------------------------------------
stranger
connect a FORM=trusting KILL=yes
is "$(said a started)$(value a answers)" 1yes "a new server is started"
ok "the stranger is not killed" alive "$STRANGER"
is "$(notice a "moved to .*/.stale-records: .$COMMIT (process $STRANGER): its process id is another program")" \
	1 "one line tells the user"
is "$(find "$STALE" -name "$COMMIT.*" | wc -l)" 3 \
	"three files were moved: pid, token, log"
ok "and the agent's log tells it" log_has "moved to .*process $STRANGER"

# ---- the session's own -----------------------------------------------------
server=$(value a pid)
connect b
is "$(said b found)$(value b pid)" "1$server" "the live server is found again"
ok "its record is marked" wait_for 10 marked "$server"

# Another host's script starts a server and overwrites the record.
overwrite() {
	rm -f "$AGENT/.$COMMIT.log" "$AGENT/.$COMMIT.token"
	echo 2147483646 >"$PIDFILE"
	echo "Extension host agent listening on 1" >"$AGENT/.$COMMIT.log"
	echo theirs >"$AGENT/.$COMMIT.token"
}
token=$(cat "$AGENT/.$COMMIT.token")
sleep 1.1	# a look is good for a second
overwrite
connect c
is "$(said c found)$(value c pid)$(value c answers)" "1${server}yes" \
	"the record is put back when another host has overwritten it"
is "$(value c connectionToken)" "$token" "with its token"

# Its script is at work: the pid file comes last.
sleep 1.1
rm -f "$AGENT/.$COMMIT.log" "$AGENT/.$COMMIT.token"
echo "Extension host agent listening on 1" >"$AGENT/.$COMMIT.log"
echo theirs >"$AGENT/.$COMMIT.token"
connect c2
is "$(said c2 found)$(value c2 pid)$(value c2 answers)" "1${server}yes" \
	"also when it has overwritten half of it"
is "$(value c2 connectionToken)" "$token" "which had another's token"

# ---- another session's -----------------------------------------------------
connect d -- --session=other
is "$(said d found)$(value d pid)" "1$server" \
	"the live server of another session on this host is left alone"
is "$(notice d "outside of this session (process $server) may be used")" 1 \
	"which is said"
vrs cancel --session=other >"$T/log/cancel" 2>&1
ok "also when that session ends" alive "$server"
is "$(server_pid)" "$server" "and its record"

# ---- the end ---------------------------------------------------------------
vrs cancel >"$T/log/cancel" 2>&1
ok "the session ends" wait_for 20 no_agents
is "$(find "$AGENT" -maxdepth 1 -name ".$COMMIT.*")" "" "and takes its record along"
ok "and its marks" not test -e "$VRS_STATE/servers"

# ---- a session that was killed ---------------------------------------------
killed() {
	connect "$1"
	server=$(value "$1" pid)
	wait_for 10 marked "$server"
	kill -9 "$(agents)" "$server"
	wait_for 10 gone "$server"
	for p in $(ours); do
		test "$p" = "$STRANGER" || kill -9 "$p"
	done 2>/dev/null
}
killed e
is "$(server_pid)" "$server" "a session that is killed leaves its record"
connect f
is "$(said f started)$(value f answers)" 1yes "the next one starts a server"
is "$(notice f "(process $server): its server, of a session on this host, has ended")" \
	1 "and says why the record was moved"

vrs cancel >"$T/log/cancel" 2>&1
killed g
sed -i 's/^host=.*/host=elsewhere/' "$VRS_STATE"/servers/*
connect h
is "$(notice h "(process $server): is of a session on another host")" 1 \
	"a record of a session on another host is moved, for that puts it back"
vrs cancel >"$T/log/cancel" 2>&1
rm -f "$VRS_STATE"/servers/*
killed i
sed -i 's/^boot=.*/boot=before/' "$VRS_STATE"/servers/*
connect j
is "$(notice j "(process $server): is from before this host was started")" 1 \
	"a record from before the host's start is moved"
ok "what told so is removed" not grep -qsx boot=before "$VRS_STATE"/servers/*
vrs cancel >"$T/log/cancel" 2>&1

# ---- what nobody knows, and what is no record ------------------------------
mkdir -p "$AGENT/cli/servers/Stable-abcdef01" "$HOME/.cursor-server"
overwrite
echo -1 >"$AGENT/.aaaaaaaaaa.pid"
: >"$AGENT/.bbbbbbbbbb.pid"
touch -d '1 hour ago' "$AGENT/.aaaaaaaaaa.pid"
ln -s "$T/precious" "$AGENT/.cccccccccc.pid"
echo "$STRANGER" >"$T/precious"
mkfifo "$AGENT/.dddddddddd.pid"
echo "$STRANGER" >"$AGENT/.eeeeeeeeee.pid"
ln -s "$T/precious" "$AGENT/.eeeeeeeeee.log"
echo "$STRANGER" >"$AGENT/cli/servers/Stable-abcdef01/pid.txt"
echo x >"$AGENT/cli/servers/Stable-abcdef01/log.txt"
mkdir "$T/elsewhere"
ln -s "$T/elsewhere" "$HOME/.windsurf-server"
echo "$STRANGER" >"$T/elsewhere/.ffffffffff.pid"
: >"$HOME/.kiro-server"
if test "$(id -u)" = 0; then
	echo "$STRANGER" >"$AGENT/.6666666666.pid"
	chown 65534 "$AGENT/.6666666666.pid"
	mkdir "$HOME/.trae-server"
	echo "$STRANGER" >"$HOME/.trae-server/.7777777777.pid"
	chown 65534 "$HOME/.trae-server"
fi
i=0
while test $i -lt 10000; do
	i=$((i + 1))
	echo "$HOME/.cursor-server/file$i"
done | xargs touch
echo "$STRANGER" >"$HOME/.cursor-server/.9999999999.pid"
connect k
is "$(value k answers)" yes "a session with all sorts of records"
not_moved() { test -e "$AGENT/$1" || test -L "$AGENT/$1"; }
is "$(find "$STALE" -name "$COMMIT.pid.*" -exec cat {} + |
	grep -c 2147483646)" 1 "another host's was moved to put ours back"
ok "a pid file with -1 is moved" not not_moved .aaaaaaaaaa.pid
ok "an empty one that is new is not" not_moved .bbbbbbbbbb.pid
ok "nor a symlink" not_moved .cccccccccc.pid
ok "nor a fifo" not_moved .dddddddddd.pid
ok "a record is moved" not not_moved .eeeeeeeeee.pid
ok "but not its log, a symlink" not_moved .eeeeeeeeee.log
is "$(cat "$T/precious")" "$STRANGER" "what symlinks lead to is as it was"
ok "one of the exec server's" \
	not not_moved cli/servers/Stable-abcdef01/pid.txt
ok "one in a folder that lies elsewhere" \
	not test -e "$T/elsewhere/.ffffffffff.pid"
ok "one among 10 000 files" not test -e "$HOME/.cursor-server/.9999999999.pid"
if test "$(id -u)" = 0; then
	ok "not that of another user" not_moved .6666666666.pid
	ok "nor what is in his folder" \
		test -e "$HOME/.trae-server/.7777777777.pid"
else
	skip 2 "needs root"
fi
ok "a folder that is none is told" \
	log_has "/.kiro-server: Not a directory; it is left alone"
is "$(notice k "and [0-9]* more lines like this, in agent.log")" 1 \
	"the user sees some of that, and how much there is"
vrs cancel >"$T/log/cancel" 2>&1
rm -rf "$AGENT" "$HOME"/.*-server

# ---- a record that may be another host's -----------------------------------
mkdir "$AGENT"
overwrite
cp -p "$PIDFILE" "$T/record"
connect l FORM=exec
is "$(value l answers)" yes "a server with a record of the exec server's form"
same "$PIDFILE" "$T/record" "a record that may be of another host stays"
server=$(value l pid)
connect m FORM=exec
is "$(said m found)$(value m pid)" "1$server" "it is found again"
wait_for 10 marked "$server"
sleep 1.1
echo 2147483646 >"$AGENT/cli/servers/Stable-$COMMIT/pid.txt"
: >"$AGENT/cli/servers/Stable-$COMMIT/log.txt"
connect n FORM=exec
is "$(said n found)$(value n pid)$(value n answers)" "1${server}yes" \
	"and put back when another host has overwritten it"

# A site's own, which nothing but its listener tells to be one.
connect n1 SERVER="$T/site/bin/code-server" COMMIT=fedcba9876543210
server=$(value n1 pid)
connect n2 SERVER="$T/site/bin/code-server" COMMIT=fedcba9876543210
is "$(said n2 found)$(value n2 pid)" "1$server" \
	"a server that lies elsewhere is found again"
wait_for 10 marked "$server"
sleep 1.1
echo "Extension host agent listening on 1" >"$AGENT/.fedcba9876543210.log"
connect n3 SERVER="$T/site/bin/code-server" COMMIT=fedcba9876543210
is "$(said n3 found)$(value n3 pid)$(value n3 answers)" "1${server}yes" \
	"also when its log was overwritten"

# ---- folders of one's own --------------------------------------------------
connect o -- --session=other --server-dir=session
isnt "$(value o pid)" "$server" "--server-dir=session: another server"
is "$(value o answers)" yes "which works"
like "$(value o folder)" "^$VRS_STATE/[0-9a-f]{16}/server/.vscode-server\$" \
	"in the session's folder"
same "$PIDFILE" "$T/record" "the record at home is as it was"
own=$(value o pid)
connect p -- --session=other --server-dir=session
is "$(said p found)$(value p pid)" "1$own" "and is found again"
end_all
wait_for 20 no_agents
ok "its folder goes with the session" not test -e "$(value o folder)"
mkdir -p "$AGENT/bin" "$AGENT/extensions/x" "$AGENT/data"
: >"$AGENT/code-abc"
mkdir -p "$AGENT/cli/servers/Stable-$COMMIT/server"
connect q FORM=exec -- --server-dir=session
is "$(value q answers)" yes "a server is started there"
is "$(grep -c "^installing" "$T/c-q")" 0 "that need not be installed again"
own=$(value q folder)
for f in bin extensions data code-abc cli/servers/Stable-$COMMIT/server; do
	is "$(readlink "$own/$f")" "$AGENT/$f" "$f is that of the home directory"
done
end_all
wait_for 20 no_agents
ok "and that stays" test -d "$AGENT/extensions/x"

# What lies on the node cannot be of another host. A link there may be of a home
# directory from which bin was removed meanwhile.
own=/tmp/vscode-remote-shell-$(id -u)/server/.vscode-server
rm -rf "$own"
(umask 077 && mkdir -p "$own")
ln -s "$T/removed" "$own/bin"
connect r -- --server-dir=node --server-hygiene=off
own=$(value r folder)
like "$own" "^/tmp/vscode-remote-shell-$(id -u)/server/.vscode-server\$" \
	"--server-dir=node: on the node"
is "$(value r answers)" yes "it works"
end_all
wait_for 20 no_agents
overwritten=$own/.$COMMIT.pid
echo 2147483646 >"$overwritten"
connect s -- --server-dir=node
is "$(value s answers)" yes "and again"
is "$(notice s "(process 2147483646): its server has ended")" 1 \
	"a record whose process is gone is moved"
end_all
rm -rf "$own"
done_testing
