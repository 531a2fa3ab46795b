#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# `cancel` ends the job with everything in it, and is content when there is
# none.
. "$(dirname "$0")/../lib.sh"
need_product
sshd_start
vrs_host vrs

vrs cancel >"$T/out" 2>&1
is $? 0 "cancel without a session succeeds"
like "$(cat "$T/out")" 'no ' "and says that there is none"
is "$(agents)" "" "and starts nothing"

client c vrs
ok "a client" client_ready c || exit 1
server=$(fetch c /pid)
agent=$(agents)
port=$(client_get c port)
vrs cancel >"$T/out" 2>&1
is $? 0 "cancel succeeds"
ok "the agent ends" wait_for 15 gone "$agent"
ok "the server ends" wait_for 15 gone "$server"
ok "the client's ssh ends" wait_for 15 client_is c ended
isnt "$(client_get c exit)" 0 "with a status that is not 0"
like "$(cat "$T/c/stderr")" 'vscode-remote-shell: ' "and is told why"
ok "the port is closed" wait_for 5 not listening "$port"

vrs cancel >"$T/out" 2>&1
is $? 0 "cancel again succeeds"

# The same through ssh, as a user types it on the laptop, a while later: at once
# it would be the reconnection of the one whose session was cancelled.
a_while "$VRS_STATE"
client d vrs
ok "the next client gets a new session" client_ready d || exit 1
isnt "$(agents)" "$agent" "with a new agent"
isnt "$(fetch d /pid)" "$server" "and a new server"
vrs_host end cancel
is "$(ssh_to end </dev/null >"$T/out" 2>&1; echo $?)" 0 "cancel through ssh"
ok "everything of it ends" wait_for 15 client_is d ended
ok "no agent is left" wait_for 15 no_agents

# Another session is not touched.
other() { vrs --session=other cancel >"$T/log/other" 2>&1; }
at_exit other
# Its own folder, or it would find the server of the first on this one host.
vrs_host other --session=other -e VRS_TEST_FOLDER=-other
a_while "$VRS_STATE"
client e vrs
client f other
ok "two sessions" client_ready e && ok "side by side" client_ready f || exit 1
is "$(agents | wc -l)" 2 "have two agents"
vrs cancel >"$T/out" 2>&1
ok "one is cancelled" wait_for 15 client_is e ended
is "$(fetch f /version)" stub-1 "the other goes on"

# A scheduler that takes its time to end a job is waited for.
cat >"$T/slow" <<-END
	#!/bin/sh
	test "\$1" != end || sleep 1
	exec '$BUILD/launch-local' "\$1"
END
chmod 755 "$T/slow"
"$BUILD/vscode-remote-shell" --launcher="$T/slow" --state-dir="$VRS_STATE" \
	cancel other >"$T/out" 2>&1
is $? 0 "a job whose end takes a second"
like "$(cat "$T/out")" "session 'other': job [0-9]+ ended" "is waited for"
done_testing
