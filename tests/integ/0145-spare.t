#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Links are kept ready, and used again: what a connection may notice of that is
# nothing, also when the agent closes a link just as it is taken.
. "$(dirname "$0")/../lib.sh"
need_product
sshd_start
vrs_host vrs

direct() { $PYTHON "$CLIENTS/client.py" fetch "$@"; }

export LC_ALL=C
# The links to the agent, by the ports of who dialed them.
links() {
	ss -Htn state established "dport = :$agent" |
		awk '{ print $3 }' | sort
}

client c vrs
ok "a client" client_ready c || exit 1
port=$(client_get c port)
folder=$(dirname "$VRS_STATE"/*/endpoint)
agent=$(sed -n 's/^port=//p' "$folder/endpoint")
is "$(direct "$port" /version)" stub-1 "is served"
# Of a process that keeps its memory to itself ss tells root alone.
front=$(for p in $(ours); do
	case $(lib_argv "$p" | head -n 1) in
	*/vscode-remote-shell) echo "$p" ;;
	esac
done | head -n 1)

# control, shell, and two that are ready
ready() { test "$(links | wc -l)" -ge 4; }
ok "there are spare links" wait_for 10 ready
before=$(links)
served=0
for i in 1 2 3 4 5 6 7 8 9 10; do
	test "$(direct "$port" /version)" = stub-1 && served=$((served + 1))
done
is "$served" 10 "ten connections, one after the other, are served"
# One that takes long has another link made ready beside it.
links >"$T/after"
new=$(echo "$before" | comm -13 - "$T/after" | wc -l)
ok "by the links that were there before, and a few" test "$new" -le 3

# While the front stands still the agent gets more links without a request than
# it keeps: it closes the front's. The front wakes up, and has a connection to
# serve, before it has heard of that.
if command -v openssl >/dev/null; then
	kill -STOP "$front"
	direct --timeout 200 "$port" /version >"$T/version" 2>"$T/err" &
	fetching=$!
	is "$($PYTHON "$CLIENTS/link.py" "$folder" visit 66 2>"$T/visit")" \
		up "66 links without a request are too many" ||
		diag_file "$T/visit"
	fewer() { test "$(links | wc -l)" -le 2; }
	ok "the agent closes the spare links" wait_for 10 fewer
	kill -CONT "$front"
	wait $fetching
	is "$(cat "$T/version")" stub-1 \
		"a connection that was given a closed link is served all the same"
else
	skip 3 "no openssl"
fi
done_testing
