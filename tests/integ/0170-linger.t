#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The flow in which vscode-shell-proxy failed for good: the first ssh brings up
# the server and is closed; a second one without a remote command comes back to
# the port that was printed before.
. "$(dirname "$0")/../lib.sh"
need_product
sshd_start
vrs_host vrs --linger=1m -vvv -l "$T/log/front.[PID]"
vrs_host soon --linger=1s -vvv -l "$T/log/soon.[PID]"

client a vrs
ok "a client" client_ready a || exit 1
port=$(client_get a port)
pid=$(fetch a /pid)
client_kill a
ok "its ssh is gone" gone "$(client_get a ssh_pid)"

is "$($PYTHON "$CLIENTS/client.py" fetch "$port" /pid)" "$pid" \
	"the old port still leads to the same server"
# The second ssh runs no command: it only comes back to that port.
local=$(free_port)
bg forward ssh -F "$T/ssh_config" -N -L "$local:127.0.0.1:$port" plain
ok "a second ssh without a command" wait_for 15 listening "$local"
is "$($PYTHON "$CLIENTS/client.py" fetch "$local" /pid)" "$pid" \
	"reaches the server through the port that was printed before"
front=$(grep -l lingering "$T"/log/front.* | sed 's/.*front\.//')
isnt "$front" "" "because the front lingers"

client b vrs
ok "a second client comes" client_ready b || exit 1
isnt "$(client_get b port)" "$port" "to a port of its own"
is "$(fetch b /pid)" "$pid" "and the same server"
is "$($PYTHON "$CLIENTS/client.py" fetch "$port" /pid)" "$pid" \
	"which does not disturb the first"

is "$($PYTHON "$CLIENTS/client.py" fetch "$local" /pid)" "$pid" \
	"nor the second ssh"

kill -KILL "$front"
ok "a lingering front dies without trace" wait_for 10 gone "$front"
is "$(fetch b /pid)" "$pid" "and nothing is lost"
is "$(find "$VRS_STATE" -name 'home.*')" "" "no file of it is left"
client c vrs
ok "the next client comes" client_ready c || exit 1
is "$(fetch c /pid)" "$pid" "to the same server"
client_close c
client_close b

client c soon
ok "a client whose front lingers briefly" client_ready c || exit 1
port=$(client_get c port)
client_kill c
is "$($PYTHON "$CLIENTS/client.py" fetch "$port" '/sleep?3')" slept \
	"a connection in use is not cut, however long it takes"
ok "it ends by itself" wait_for 20 has "$(ls "$T"/log/soon.*)" "nobody came back"
ok "and its port with it" wait_for 10 \
	sh -c "! $PYTHON $CLIENTS/client.py fetch $port /pid 2>/dev/null"
vrs cancel
done_testing
