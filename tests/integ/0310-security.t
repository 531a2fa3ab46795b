#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The security promises: nobody else gets a byte through (P1), what listens
# where (P2), where the secret is not (P3), files (P4), the link port (P5), no
# privileges (P6); and versions that do not fit. Each has its control, an
# attack that gets through where the promise is not made.
#
# Two users are needed, so root; and a network of its own, since the agent
# listens on all addresses here.
if test -z "$VRS_OWN_NET" && test "$(id -u)" = 0 && unshare -n true 2>/dev/null
then
	VRS_OWN_NET=1 exec unshare -n sh "$0" "$@"
fi
. "$(dirname "$0")/../lib.sh"
need_product
test -n "$VRS_OWN_NET" || skip_all "only root can be two users"
ip link set lo up
ip link add vrs0 type veth peer name vrs1
ip address add 10.99.0.1/24 dev vrs0
ip link set vrs1 up
ip link set vrs0 up || die "no network of its own"
command -v openssl >/dev/null || die "openssl(1) is needed"

STRANGER=54322
EVERYWHERE="--link-address=0.0.0.0"
FRONT=$BUILD/vscode-remote-shell

stranger() { "$PYTHON" "$CLIENTS/stranger.py" "$@"; }

# front OPTION...: a shell of the session, by hand, with the options of its job;
# its status
front() {
	# shellcheck disable=SC2086
	echo 'echo hello' | timeout 60 "$FRONT" --launcher=local \
		--state-dir="$VRS_STATE" --linger=0 --idle-timeout=10m \
		$EVERYWHERE "$@" \
		>"$T/out" 2>"$T/err"
}

# What the server was asked for
asked() { cat "$HOME/.vscode-server/server.log"; }

sshd_start
umask 0
vrs_host vrs $EVERYWHERE -vvv -l "$T/log/front" -0 "$T/tee0" -1 "$T/tee1" \
	-2 "$T/tee2"
umask 022
client c vrs
ok "a client" client_ready c || exit 1
port=$(client_get c port)
agent=$(agents)
set -- "$VRS_STATE"/*/secret
secret=$1
folder=${secret%/secret}
tag=${folder##*/}
link=$(sed -n 's/^port=//p' "$folder/endpoint")

# fronts: the pids of fronts
fronts() {
	for lib_p in $(ours); do
		test "$(lib_argv "$lib_p" | head -n 1)" = "$FRONT" &&
			echo "$lib_p"
	done
}
front=$(fronts)
like "$front" '^[0-9]+$' "one front"

# ---- P1: no other user gets one byte through a listener --------------------

for host in 127.0.0.1 ::1; do
	is "$(stranger say --uid $STRANGER $host "$port" \
		'GET /evil HTTP/1.0\r\n\r\n')" "0 " \
		"P1: a stranger by $host gets nothing"
	is "$(stranger replay --uid $STRANGER --pid "$front" $host "$port" \
		'GET /evil HTTP/1.0\r\n\r\n')" stub-1 \
		"P1: the next from a reset stranger's port, by $host, is served"
done
is "$(asked | grep -c evil)" 0 "P1: not a byte of theirs came to the server"
ok "P1: the log names the user" has "$T/log/front" \
	"refused a connection of another user \(uid $STRANGER\)"

# The control: without the check both get through.
vrs_host open $EVERYWHERE --peer-check=off
client open open
ok "P1: a client without the check" client_ready open || exit 1
open=$(client_get open port)
openfront=$(fronts | grep -vx "$front")
stranger say --uid $STRANGER 127.0.0.1 "$open" 'GET /evil1 HTTP/1.0\r\n\r\n' \
	>"$T/out"
stranger replay --uid $STRANGER --pid "$openfront" 127.0.0.1 "$open" \
	'GET /evil2 HTTP/1.0\r\n\r\n' >"$T/out"
wait_for 5 has "$HOME/.vscode-server/server.log" evil1
ok "P1: the attack is one: without the check the server is asked" \
	has "$HOME/.vscode-server/server.log" evil1
ok "P1: so is the replay" wait_for 5 has "$HOME/.vscode-server/server.log" evil2
client_close open

# A socket in a file: its modes, and behind them the same check.
# Where it is decides XDG_RUNTIME_DIR, which is the test's own here.
host_add unix "XDG_RUNTIME_DIR='$XDG_RUNTIME_DIR' $(vrs_command $EVERYWHERE)"
client unix unix --var FORM=unix
ok "P1: a client whose server has a socket" client_ready unix || exit 1
path=$(client_get unix value)
like "$path" "^$XDG_RUNTIME_DIR/" "P1: is told of ours" || exit 1
is "$(stat -c %a "$path") $(stat -c %a "$(dirname "$path")")" "600 700" \
	"P1: the socket is 0600, its folder 0700"
is "$(stranger say --uid $STRANGER unix "$path" 'GET /evil HTTP/1.0\r\n\r\n')" \
	refused "P1: a stranger cannot open it"
chmod 755 "$T" "$XDG_RUNTIME_DIR"
chmod 777 "$(dirname "$path")" "$path"
is "$(stranger say --uid $STRANGER unix "$path" 'GET /evil3 HTTP/1.0\r\n\r\n')" \
	"0 " "P1: nor gets a byte where the modes were lost"
is "$(stranger say unix "$path" 'GET /version HTTP/1.0\r\n\r\n' | cut -d' ' -f1)" \
	"$(stranger say 127.0.0.1 "$port" 'GET /version HTTP/1.0\r\n\r\n' |
	cut -d' ' -f1)" "P1: its owner is served"
is "$(asked | grep -c evil3)" 0 "P1: not a byte of theirs came to the server"
client_close unix

# ---- P2: what listens where -----------------------------------------------

# listeners: "ADDRESS:PORT PID" of all our processes
listeners() {
	for lib_p in $(ours); do
		ss -Hltnp | grep -F "pid=$lib_p," |
			awk -v p="$lib_p" '{ print $4, p }'
	done
}

listeners | grep -Ev '^(127\.0\.0\.1|\[::1\]):' >"$T/out"
is "$(cat "$T/out")" "*:$link $agent" \
	"P2: beyond loopback there is the link port alone"
ok "P2: the others were seen" test "$(listeners | wc -l)" -ge 5
is "$(ss -Hlunp | grep -c pid=)" 0 "P2: nothing listens by UDP"
is "$(ss -Hlxp | grep -F "$T" | grep -Fc '@')" 0 \
	"P2: no socket is in the abstract name space"
is "$(stranger say --timeout 7 10.99.0.1 "$link" '')" "0 " \
	"P2: the link port says nothing by itself"

# ---- P3: where the secret is not -------------------------------------------

is "$(stat -c '%a %s' "$secret")" "600 32" "P3: the secret is 32 bytes, 0600"
is "$(stat -c %a "$VRS_STATE") $(stat -c %a "$folder")" "700 700" \
	"P3: its folders are 0700"
is "$(stat -c %a "$T"/tee? "$folder/agent.log" | sort -u)" 600 \
	"P3: tees and the job's log are 0600"
is "$(stranger scan "$secret" "$tag" "$T" 2>"$T/err")" "" \
	"P3: it is in no command line, environment, log, tee or record"
like "$(cat "$T/err")" '[0-9]{2,} files' "P3: many were looked into"
cp "$secret" "$T/copy"
stranger key "$secret" "$tag" front >"$T/keycopy"
is "$(stranger scan "$secret" "$tag" "$T" 2>"$T/err" | sort)" \
	"$(printf '%s\n' "$T/copy" "$T/keycopy")" "P3: it would have been found"
rm "$T/copy" "$T/keycopy"
is "$(tr '\000' '\n' <"/proc/$agent/environ" | grep -c .)" \
	"$(tr '\000' '\n' <"/proc/$agent/environ" | grep -Evc "$tag")" \
	"P3: nor is the tag in an environment"
is "$(setpriv --reuid=$STRANGER --clear-groups cat "/proc/$agent/environ" \
	2>/dev/null)" "" "P3: nobody else can read the agent's environment"

# ---- P4: files (see 0300-faults.t for the state directory) ------------------

chmod 644 "$folder/endpoint"
front
is $? 77 "P4: an endpoint record with rights for others is refused"
like "$(cat "$T/err")" "$folder/endpoint: mode 0644" "P4: with the reason"
chmod 600 "$folder/endpoint"
mv "$folder/endpoint" "$T/endpoint"
ln -s "$T/endpoint" "$folder/endpoint"
front
is $? 77 "P4: a symlink for it too"
rm "$folder/endpoint"
cp -p "$T/endpoint" "$folder/endpoint"
front
is "$? $(cat "$T/out")" "0 hello" "P4: and as it was it is taken"

# ---- P5: the link port -----------------------------------------------------

# alert NAME TEXT [OPTION]: a stranger hears no more than a TLS alert
alert() {
	name=$1 what=$2
	shift 2
	got=$(stranger say --uid $STRANGER --timeout 7 "$@" 10.99.0.1 "$link" \
		"$what")
	like "$got" '^(0 |7 15030[1-4]0002..[0-9a-f]{2})$' \
		"P5: $name gets a TLS alert or nothing"
}

rss() { sed -n "s/^$1:[^0-9]*\([0-9]*\) kB/\1/p" "/proc/$agent/status"; }

alert garbage 'garbage \x00\xff\x01 garbage\r\n'
alert HTTP 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
alert "an ssh client" 'SSH-2.0-OpenSSH_9.2\r\n'
alert "a TLS record that ends early" '\x16\x03\x01\x02\x00\x01'
alert "slow bytes" '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' --slow
for v in tls1_2 tls1_3; do
	timeout 10 openssl s_client -connect "10.99.0.1:$link" -$v \
		</dev/null >"$T/out" 2>&1
	like "$(cat "$T/out")" 'no peer certificate available' \
		"P5: a $v client without a key gets no certificate"
	like "$(cat "$T/out")" 'Cipher is \(NONE\)' "P5: and no connection"
done

# psk KEY [IDENTITY]: what a client with this key hears
psk() {
	sleep 1 | timeout 10 openssl s_client -connect "10.99.0.1:$link" -tls1_3 \
		-ciphersuites TLS_AES_128_GCM_SHA256 -psk "$1" \
		-psk_identity "${2:-vrs1:$tag:front}" 2>&1 | tr -d '\000'
}
key=$(stranger key "$secret" "$tag" front)
home=$(stranger key "$secret" "$tag" home)
like "$(psk "$key")" 'vscode-remote-agent' "P5: who has the key is let in"
unlike "$(psk "0000$key" | tail -n +1)" 'vscode-remote-agent' \
	"P5: a wrong key is not"
unlike "$(psk "$(echo "$key" | tr 0-9a-f 1-9a-f0)")" 'vscode-remote-agent' \
	"P5: nor one of the right length"
unlike "$(psk "$key" "vrs1:$tag:home")" 'vscode-remote-agent' \
	"P5: nor the right one with another name"
unlike "$(psk "$home" "vrs1:$tag:home")" 'vscode-remote-agent' \
	"P5: nor the one for calling home"

# All at once, while the client works.
before=$(rss VmRSS)
stranger flood --uid $STRANGER --count 500 --seconds 8 10.99.0.1 "$link" \
	>"$T/flood" 2>&1 &
flood=$!
n=0 good=0 slowest=0
while alive $flood; do
	start=$(lib_now)
	test "$(fetch c /version)" = stub-1 && good=$((good + 1))
	took=$(($(lib_now) - start))
	test $took -le $slowest || slowest=$took
	n=$((n + 1))
	sleep 0.1
done
wait $flood
like "$(cat "$T/flood")" '^[0-7] bytes$' "P5: 500 at once get an alert each"
ok "P5: pages were fetched meanwhile" test $n -ge 2
is "$good" "$n" "P5: each of them came"
diag "P5: within $slowest tenths of a second"
after=$(rss VmHWM)
diag "agent: $before kB before, at most $after kB"
if grep -qaF __asan_default_options "$FRONT"; then
	skip 1 "a sanitizer keeps what was freed"
else
	ok "P5: the agent has grown by less than 2 MB" \
		test $((after - before)) -lt 2048
fi
# A storm from this very host, by another user, keeps no front out.
storms=
for n in 1 2; do
	bg "storm$n" "$PYTHON" "$CLIENTS/stranger.py" storm --uid $STRANGER \
		--seconds 120 10.99.0.1 "$link"
	storms="$storms $PID"
done
stormy() { test "$(ss -Htn "dport = :$link" | wc -l)" -ge 50; }
ok "P5: a storm: it has begun" wait_for 10 stormy
n=0 good=0
while test $n -lt 5; do
	front
	test "$? $(cat "$T/out")" = "0 hello" && good=$((good + 1))
	n=$((n + 1))
done
is "$(fetch c /version)" stub-1 "P5: a storm: a client has its page"
is "$good" 5 "P5: a storm: five of five fronts get in"
ok "P5: a storm: it was one all the time" alive "$PID"
# shellcheck disable=SC2086 # pids
kill $storms && wait $storms
ok "P5: a storm: of hundreds a second" test \
	"$(cut -d' ' -f1 "$T/log/storm1.out")" -gt 320
diag "a storm: $(cat "$T/log/storm1.out" "$T/log/storm2.out" | tr '\n' ' ')"
is "$(fetch c /version)" stub-1 "P5: the session goes on"
is "$(agents)" "$agent" "P5: in the same job"

# The agent is somebody else: a certificate, a wrong key, no TLS at all.
# rogue NAME COMMAND...: in the agent's place, on $rogue
rogue() {
	name=$1
	shift
	bg rogue "$@"
	wait_for 10 listening "$rogue"
	sed "s/^port=.*/port=$rogue/; s/^host=.*/host=127.0.0.1/" "$T/endpoint" \
		>"$folder/endpoint.new"
	chmod 600 "$folder/endpoint.new"
	mv "$folder/endpoint.new" "$folder/endpoint"
	front
	is $? 76 "P5: $name in the agent's place: status 76"
	like "$(cat "$T/err")" "^vscode-remote-shell: the agent of session 'default' refused us, or is not ours: " \
		"P5: $name in the agent's place is named"
	is "$(wc -l <"$T/err") $(cat "$T/out")" "1 " "P5: and nothing else"
	end_pid "$PID"
	cp -p "$T/endpoint" "$folder/endpoint"
}
rogue=$(free_port)
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-keyout "$T/rogue.key" -out "$T/rogue.pem" -days 2 -subj /CN=localhost \
	2>/dev/null || die "openssl req"
rogue "a certificate" openssl s_server -accept "127.0.0.1:$rogue" -quiet \
	-cert "$T/rogue.pem" -key "$T/rogue.key"
rogue "a wrong key" openssl s_server -accept "127.0.0.1:$rogue" -quiet \
	-nocert -psk 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff \
	-psk_identity "vrs1:$tag:front" -ciphersuites TLS_AES_128_GCM_SHA256
rogue "something else" "$PYTHON" -m http.server --bind 127.0.0.1 "$rogue"

# Our own secret is not the agent's.
cp -p "$secret" "$T/secret"
head -c 32 /dev/urandom >"$secret"
front
is $? 76 "P5: a wrong secret on our side: status 76"
like "$(cat "$T/err")" "refused us, or is not ours: " "P5: and the reason"
cp -p "$T/secret" "$secret"
front
is "$? $(cat "$T/out")" "0 hello" "P5: with the right one all is well"
rm "$T/secret"

# ---- P6: no privileges -----------------------------------------------------

is "$(find "$BUILD" -maxdepth 1 -type f -perm /6000)" "" \
	"P6: no program is setuid or setgid"
is "$(find "$BUILD" -maxdepth 1 -type f -exec getcap {} + 2>/dev/null)" "" \
	"P6: none has capabilities"

# ---- versions that do not fit ----------------------------------------------

# number NAME: what proto/message.h has for it
number() {
	sed -n "s/^#define $1 \([0-9]*\)\$/\1/p" \
		"$TESTS/../src/proto/message.h"
}

if test -f "$TESTS/../config.mk"; then
	ours="$(number PROTOCOL_OLDEST) to $(number PROTOCOL_VERSION)"
	like "$ours" '^[0-9]+ to [0-9]+$' "versions that the build speaks"
	other_build "$TESTS/.." "$T/v9" proto/message.h -j2 \
		CPPFLAGS='-DPROTOCOL_VERSION=9 -DPROTOCOL_OLDEST=9' \
		"$T/v9/vscode-remote-shell" "$T/v9/vscode-remote-agent" \
		"$T/v9/launch-local"
	FRONT=$T/v9/vscode-remote-shell
	front
	is $? 76 "a newer front, an older agent: status 76"
	like "$(cat "$T/err")" "vscode-remote-shell [^ ]+ speaks link protocol 9 to 9, vscode-remote-agent [^ ]+ on [^ ]+ speaks $ours: .*cancel" \
		"it names both, and what to do"
	is "$(wc -l <"$T/err") $(cat "$T/out")" "1 " "in one line"
	is "$(fetch c /version)" stub-1 "the running session is unhurt"
	FRONT=$BUILD/vscode-remote-shell
	front --session=two --agent="$T/v9/vscode-remote-agent"
	is $? 76 "an older front, a newer agent: status 76"
	like "$(cat "$T/err")" "vscode-remote-shell [^ ]+ speaks link protocol $ours, vscode-remote-agent [^ ]+ on [^ ]+ speaks 9 to 9: " \
		"it names both"
	vrs --session=two cancel >"$T/out" 2>&1
	is $? 0 "and the cancel that it proposes works"
	is "$(agents)" "$agent" "which leaves the other session alone"
	is "$(fetch c /version)" stub-1 "unhurt"
else
	skip 9 "not in a build tree"
fi
done_testing
