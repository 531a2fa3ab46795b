#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The laptop vanishes (kill -9 of its ssh) and comes back: same job, same
# server, a new shell and a new port; nothing of the old connection stays.
. "$(dirname "$0")/../lib.sh"
need_product
sshd_start
vrs_host vrs

client a vrs
ok "a first client" client_ready a || exit 1
server=$(fetch a /pid)
agent=$(agents)
shell=$(client_get a subshell_pid)
like "$server" '^[0-9]+$' "its server answers"
like "$agent" '^[0-9]+$' "there is one agent"

client_kill a
ok "its ssh was killed" client_is a ended
client b vrs
ok "it comes back" client_ready b || exit 1
is "$(fetch b /pid)" "$server" "to the same server"
is "$(agents)" "$agent" "in the same job"
isnt "$(client_get b subshell_pid)" "$shell" "with a new shell"
ok "the new port carries 1 MB" fetch b /echo --post 1000000
ok "the old shell is gone" wait_for 15 gone "$shell"
ok "the old port is closed" \
	wait_for 10 not listening "$(client_get a port)"

# The new ssh is often there before the old one is known to be dead.
client c vrs
ok "a third client while the second is there" client_ready c || exit 1
is "$(fetch c /pid)" "$server" "has the same server"
client_kill b
is "$(fetch c /pid)" "$server" "and keeps it when the second dies"
is "$(agents)" "$agent" "still in the same job"

# Several at once.
client_kill c
for i in 1 2 3 4; do client "m$i" vrs; done
for i in 1 2 3 4; do
	ok "client $i of 4 at once" client_ready "m$i"
	is "$(fetch "m$i" /pid)" "$server" "client $i: the same server"
done
is "$(agents)" "$agent" "all in the same job"
done_testing
