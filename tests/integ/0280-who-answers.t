#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Who answers with the session's key is the session: the scheduler is asked when
# nobody does, whatever else the folders of that name hold.
. "$(dirname "$0")/../lib.sh"
need_product
mkdir -m 700 "$VRS_STATE"

# The launcher, which tells what it was asked, and says no when it is to be down.
cat >"$T/launcher" <<-END
	#!/bin/sh
	echo "\$1" >>'$T/calls'
	test ! -e '$T/down' || exec sleep 60
	exec '$BUILD/launch-local' "\$1"
END
chmod 755 "$T/launcher"
calls() { sort "$T/calls" 2>/dev/null | uniq | tr '\n' ' '; }
reset() { rm -f "$T/calls"; }

# attach NAME [WORD...]: what the session's job prints, in $out; $took in ms
attach() {
	lib_s=$1
	shift
	begin=$(date +%s%N)
	out=$(printf 'echo at-$PPID\nexit\n' | timeout 60 \
		"$BUILD/vscode-remote-shell" --launcher="$T/launcher" \
		--state-dir="$VRS_STATE" --linger=0 --session="$lib_s" -vv \
		"$@" 2>"$T/err")
	rc=$?
	took=$((($(date +%s%N) - begin) / 1000000))
}
front() {
	timeout 60 "$BUILD/vscode-remote-shell" --launcher="$T/launcher" \
		--state-dir="$VRS_STATE" "$@" </dev/null >"$T/out" 2>"$T/err"
}
end_all() { rm -f "$T/down"; front cancel --all; }
at_exit end_all

# folder_of PPID-LINE: the folder of the agent that started that shell
agent_of() { echo "${1#at-}"; }
folder_of() {
	echo "$VRS_STATE/$(lib_argv "$(agent_of "$1")" |
		sed -n 's/^--tag=//p')"
}

attach a
is "$rc" 0 "a session starts"
one=$out
reset
attach a
is "$rc $out" "0 $one" "a second connection finds it"
is "$(calls)" "" "and asks the launcher nothing"
like "$(cat "$VRS_STATE"/scope.*)" '^scope=.' "whose jobs these are is kept"
rm "$VRS_STATE"/scope.*
attach a
is "$rc $out $(calls)" "0 $one scope " "or else asked, which asks nobody else"
reset

# ---- the scheduler hangs ---------------------------------------------------

touch "$T/down"
attach a
is "$rc $out" "0 $one" "the launcher hangs: the session is reached"
rm "$VRS_STATE"/scope.*
attach a
is "$rc $out" "0 $one" "also when it must be asked for the scope"
diag "reached after $took ms"
front list --launcher-timeout=1s
is "$?" 69 "list: its status says that it is not all"
like "$(cat "$T/out")" '^a +1 +RUNNING ' "list: what an attach would take"
like "$(cat "$T/err")" 'only sessions whose agents answer' "and says so"
front status a --launcher-timeout=1s
is "$?" 0 "status: it runs, its agent says"
printf 'exit\n' | timeout 20 "$BUILD/vscode-remote-shell" --session=new \
	--launcher="$T/launcher" --state-dir="$VRS_STATE" \
	--outage-timeout=0 --launcher-timeout=4s >"$T/out" 2>"$T/err"
is "$?" 69 "a new session is not to be had"
like "$(head -n 1 "$T/err")" 'has not answered for [123] s' "the first line says so"
rm "$T/down"
attach a	# and the scope is known again
reset

# ---- what else has the name ------------------------------------------------

# clone TAG: another folder of the session, newer, whose key is another
clone() {
	cp -Rp "$(folder_of "$one")" "$VRS_STATE/$1"
	head -c 32 /dev/urandom >"$VRS_STATE/$1/secret"
}
# at TAG PORT [HOST]: its agent is said to be there
at() {
	printf 'port=%s\nhost=%s\nnode=x\n\n' "$2" "${3:-127.0.0.1}" \
		>"$VRS_STATE/$1/endpoint"
}

"$PYTHON" -I - "$T" <<'END' &
# Two listeners: one whose backlog is full, so that nothing answers there; one of
# a stranger, who keeps what he is sent.
import socket, sys
base = sys.argv[1]
hole = socket.socket()
hole.bind(("127.0.0.1", 0))
hole.listen(0)
full = []
for _ in range(4):
    s = socket.socket()
    s.setblocking(False)
    s.connect_ex(hole.getsockname())
    full.append(s)
stranger = socket.socket()
stranger.bind(("127.0.0.1", 0))
stranger.listen(8)
with open(base + "/ports.new", "w") as f:
    print(hole.getsockname()[1], stranger.getsockname()[1], file=f)
import os
os.rename(base + "/ports.new", base + "/ports")
while True:
    c, _ = stranger.accept()
    c.settimeout(2)
    said = b""
    try:
        while (part := c.recv(65536)):
            said += part
    except OSError:
        pass
    with open(base + "/said", "ab") as f:
        f.write(said)
    c.close()
END
lib_pids="$! $lib_pids"
wait_for 10 test -s "$T/ports" || die "no listeners"
read -r hole stranger <"$T/ports"

clone 00000000000000a1			# the right port, another key
clone 00000000000000a2
at 00000000000000a2 "$(free_port)"	# refused
clone 00000000000000a3
at 00000000000000a3 "$stranger"
attach a
is "$rc $out" "0 $one" "another key, a refusal and a stranger are passed by"
is "$(calls)" "" "and the launcher is not asked"
bytes() { od -An -tx1 -v "$T/said" | tr -d ' \n'; }
ok "the stranger was sent something" wait_for 10 test -s "$T/said"
# One TLS record of type handshake, a ClientHello, and it is all.
like "$(bytes)" '^1603' "a ClientHello"
is "$(($(printf '%d' "0x$(bytes | cut -c7-10)") + 5))" \
	"$(stat -c %s "$T/said")" "and nothing behind it"
clone 00000000000000a4
at 00000000000000a4 "$hole"
clone 00000000000000a5
at 00000000000000a5 "$hole"
attach a
is "$rc $out" "0 $one" "a black hole does not keep us"
is "$(calls)" "" "nor send us to the launcher"
diag "black holes that are newer: $took ms"
rm -rf "$VRS_STATE"/00000000000000a[123]
kill -STOP "$(agent_of "$one")"
attach a --launcher-timeout=2s &
ok "its own agent is silent: the launcher is asked" \
	wait_for 5 has "$T/calls" '^find'
kill -CONT "$(agent_of "$one")"
wait $!
rm -rf "$VRS_STATE"/00000000000000a?
reset

# told_by NAME PID: that agent has ended, or does so for one more who connects: who
# ends at once, as attach does, need not have met the older one.
told_by() {
	gone "$2" || attach "$1"
	gone "$2"
}

# ---- two answer ------------------------------------------------------------

attach b
two=$out
sed -i 's/^session=.*/session=a/' "$(folder_of "$two")/about"
attach a
is "$out" "$two" "two answer: the newer is the session"
ok "the older is told to end" wait_for 15 told_by a "$(agent_of "$one")"
ok "the newer stays" alive "$(agent_of "$two")"
sed -i 's/^session=.*/session=b/' "$(folder_of "$two")/about"
like "$(calls)" '^find submit (watch )?$' "for the second session alone the launcher was asked"
reset

# ---- one of another cluster ------------------------------------------------

sed -i 's/^scope=.*/scope=elsewhere/' "$(folder_of "$two")/about"
rm "$VRS_STATE"/local/*
attach b
isnt "$out" "$two" "a session of another cluster is another one"
sed -i "s/^scope=.*/scope=$(sed -n 's/^scope=//p' "$VRS_STATE"/scope.*)/" \
	"$(folder_of "$two")/about"
attach b
isnt "$out" "$two" "of two of this one the newer counts"
ok "and the older ends" wait_for 15 told_by b "$(agent_of "$two")"

# ---- the scheduler does not know it ----------------------------------------

attach c
three=$out
ok "a session" alive "$(agent_of "$three")"
rm "$VRS_STATE"/local/*
front list
like "$(cat "$T/out")" '^c +[0-9]+ +RUNNING ' "one that the scheduler does not know is listed"
front cancel c
is "$?" 0 "cancel ends it"
like "$(cat "$T/err")" "session 'c': job [0-9]+ ended, by its agent" "and says by whom"
ok "it is gone" wait_for 5 gone "$(agent_of "$three")"

# After an attach the scheduler is asked, and what it says counts.
attach d
four=$out
mkfifo "$T/in"
bg d sh -c 'exec "$@" <"$0"' "$T/in" "$BUILD/vscode-remote-shell" \
	--launcher="$T/launcher" --state-dir="$VRS_STATE" --linger=0 --session=d
exec 8>"$T/in"
wait_for 10 has "$T/log/d.err" "session 'd' is job" || die "no session d"
rm "$VRS_STATE"/local/*
ok "a job that the scheduler calls ended: its agent ends" \
	wait_for 25 gone "$(agent_of "$four")"
ok "its clients are told" wait_for 10 has "$T/log/d.err" 'job [0-9]+ ends: '
wait_for 10 gone "$PID"
wait "$PID"
is "$?" 69 "with status 69"
exec 8>&-
done_testing
