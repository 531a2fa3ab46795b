#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The entry of examples/ssh_config for sites with a second factor: the master
# asks, what comes after goes through it, with a session and a shell as ever.
. "$(dirname "$0")/../lib.sh"
need_product
sshd_start
vrs_host node
# The options of the example; the path of the socket is ours.
sed -n '/^Host cluster-2fa$/,/^$/s/^	\(Control[A-Z].*\)/\1/p' \
	"$TESTS/../examples/ssh_config" | sed "s|^ControlPath .*|ControlPath $T/cm-%C|" \
	>"$T/control"
is "$(grep -c . "$T/control")" 3 'the example is understood'
{ echo 'Host node'; sed 's/^/	/' "$T/control"; cat "$T/ssh_config"; } \
	>"$T/config"
mv "$T/config" "$T/ssh_config"

tried=$(grep -c 'Accepted publickey' "$T/log/sshd.err")
logins() { echo $(($(grep -c 'Accepted publickey' "$T/log/sshd.err") - tried)); }
at_exit quit
quit() { ssh -F "$T/ssh_config" -O exit node >"$T/log/quit" 2>&1; }

# As one types it in a terminal.
bg master timeout 60 ssh -N -F "$T/ssh_config" node
master=$PID
ok 'the master is there' wait_for 20 sh -c "test -S \"\$(echo $T/cm-*)\""
is "$(logins)" 1 'it has logged in once'
# shellcheck disable=SC2016 # expanded in the job
got=$(echo 'echo "in $VSCODE_REMOTE_SHELL_SESSION"' | ssh_to node 2>"$T/log/first")
is "$got" 'in default' 'the next ssh runs the RemoteCommand'
client two node
ok 'a client gets its port' client_ready two
like "$(fetch two /version 2>&1)" . 'and is served through it'
client_close two
is "$(logins)" 1 'nobody logged in again'
quit
wait_for 10 gone "$master"
got=$(echo 'echo again' | ssh_to node 2>"$T/log/second")
is "$got $(logins)" 'again 2' 'without a master one has to'
done_testing
