#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The port on the login node: on loopback, for its owner only, on a wanted
# number, half-closed, in the shape of a Unix socket, and when it is busy.
. "$(dirname "$0")/../lib.sh"
need_product
sshd_start
vrs_host vrs -vvv -l "$T/log/front"

# direct [OPTION...] PORT PATH: without ssh; rc in $?, see client.py
direct() { $PYTHON "$CLIENTS/client.py" fetch "$@"; }

# as_nobody PORT: the same as another uid, which cannot read our files
{
	cat "$CLIENTS/forms.py"
	grep -v '^from forms import' "$CLIENTS/client.py"
} >"$T/client.py"
as_nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$PYTHON" - fetch "$1" /version <"$T/client.py" \
		>"$T/nobody.out" 2>"$T/nobody.err"
}

client c vrs
ok "a client" client_ready c || exit 1
port=$(client_get c port)
is "$(ss -Hltn "sport = :$port" | awk '{ print $4 }' | sort)" \
	"$(printf '127.0.0.1:%s\n[::1]:%s' "$port" "$port")" \
	"the port is on loopback only, and on both of its addresses"
is "$(direct "$port" /version)" stub-1 "its owner is served"
if test "$(id -u)" = 0; then
	as_nobody "$port"
	is $? 3 "another uid is connected, then closed without a byte"
	is "$(cat "$T/nobody.out")" "" "and got nothing"
	for i in 1 2 3 4 5 6 7 8 9 10; do as_nobody "$port"; done
	is "$(direct "$port" /version)" stub-1 \
		"ten of them do not disturb the owner"
	ok "the log tells of it" has "$T/log/front" 65534
else
	skip 4 "only root can be two users"
fi

is "$(direct --half-close --post 300000 "$port" /eof)" same \
	"a client that half-closes gets its answer"
is "$(fetch c /eof --half-close --post 300000)" same "through ssh as well"
is "$(direct --half-close --post 1 "$port" /eof)" same "even of one byte"

# Its own number.
want=$(free_port)
vrs_host chosen -p "$want"
client chosen chosen
ok "a client with --listen-port" client_ready chosen || exit 1
is "$(client_get chosen port)" "$want" "has that port"
is "$(fetch chosen /version)" stub-1 "and is served there"

# The same number once more: busy, since the first is still there.
client busy chosen --allow-empty
ok "a busy port does not hang the client" \
	wait_for 30 client_is busy 'ready|failed|ended'
is "$(client_get busy state)" failed "it ends the client's wait"
ssh_to chosen </dev/null >/dev/null 2>&1
is $? 71 "with an exit status of its own"
like "$(cat "$T/busy/stderr")" "vscode-remote-shell: .*$want" \
	"one line says which port it is"
is "$(grep -c "vscode-remote-shell: .*$want" "$T/busy/stderr")" 1 "once"
is "$(fetch chosen /version)" stub-1 "the one who has it is not disturbed"

# A server that listens on a Unix socket.
client sock vrs --var FORM=unix
ok "a client whose server names a socket" client_ready sock || exit 1
path=$(client_get sock value)
isnt "$path" "$HOME/.vscode-server/sock" "is told another path"
is "$(direct "$path" /version)" stub-1 "which leads there"
is "$(stat -c '%U %A' "$path" | cut -c1-60)" \
	"$(id -un) srw-------" "and is for its owner only"

# A value nobody listens on is not ours to forward.
dead=$(free_port)
client dead vrs --allow-empty --var FORM=127.0.0.1:"$dead"
ok "a port nobody listens on does not hang the client" \
	wait_for 30 client_is dead 'ready|failed|ended'
is "$(client_get dead value)" "" "its value is emptied"
like "$(cat "$T/dead/stderr")" "vscode-remote-shell: .*$dead" \
	"and a line says why"

# The server ends: no hang, and no end of the session.
kill "$(cat "$HOME/.vscode-server/pid")"
direct --timeout 10 "$port" /version >"$T/out" 2>&1
like $? '^[123]$' "a connection to a server that is gone is closed"
is "$(grep -c 'timed out' "$T/out")" 0 "at once"
client_close c
client again vrs
ok "a new server is served" client_ready again
is "$(fetch again /version)" stub-1 "as the old one was"
done_testing
