#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every way in which IDE clients start their servers: Remote-SSH with and without
# its exec server, Cursor with two ports, open-remote-ssh. For each the block is
# what was printed, byte for byte, its ports lead to the servers, and after a
# reconnection to the same server. A client that gets no port in time gives up.
. "$(dirname "$0")/../lib.sh"
need_product
sshd_start
vrs_host vrs

# form_client NAME FORM [OPTION...]
form_client() {
	lib_c=$1
	lib_form=$2
	shift 2
	# An emulated CLI needs longer to start than the real one.
	client "$lib_c" vrs --form "$lib_form" --block-timeout 30 \
		--var WAITS=500 --var COMMIT=test \
		--var "SERVER=$CLIENTS/codeserver.py" "$@"
}

# as_printed NAME FORM: what came is what was printed, but for its own ports
as_printed() {
	lib_dir=$HOME/.vscode-server
	test "$2" != oss || lib_dir=$lib_dir-oss
	sed "s/^\([a-z]*[lL]isteningOn==\).*/\1/" \
		"$lib_dir/printed.$(client_get "$1" uuid)" >"$T/want"
	sed "s/^\([a-z]*[lL]isteningOn==\).*/\1/" "$T/$1/script" >"$T/got"
	same "$T/got" "$T/want" "$1: all that was printed came, and no more"
	is "$(client_get "$1" strict)" yes "$1: before and behind it, too"
}

get() {
	$PYTHON "$CLIENTS/client.py" fetch --socks "$(client_get "$1" socks)" \
		"$(client_get "$1" "$2")" "$3"
}

for form in legacy exec cursor oss; do
	form_client $form $form
	ok "$form: there is a port" client_ready $form || continue
	as_printed $form $form
	is "$(get $form port /version)" stub-1 "$form: it leads to a server"
	pid=$(get $form port /pid)
	client_kill $form

	form_client ${form}_again $form
	ok "$form: again" client_ready ${form}_again || continue
	as_printed ${form}_again $form
	is "$(get ${form}_again port /pid)" "$pid" "$form: to the same server"
	if test $form = cursor; then
		is "$(get ${form}_again port2 /version)" stub-1 \
			"cursor: the second port leads to a server"
		isnt "$(get ${form}_again port2 /pid)" "$pid" "to another"
		other=$(get ${form}_again port2 /pid)
	fi
	client_close ${form}_again
	test -z "$pid" || kill "$pid" $other
	other=
done

# The CLI ends with its shell, so the port of a connection that is gone leads
# nowhere, and nobody else gets it.
form_client cli exec
ok "a CLI for one connection" client_ready cli
cli=$(pgrep -f "^[^ ]*python3 $CLIENTS/cli.py .*--cli-data-dir $HOME/")
ok "runs" alive "$cli"
pid=$(get cli port /pid)
client_close cli
ok "and ends with its shell" wait_for 15 gone "$cli"
ok "but not the server behind it" alive "$pid"
kill "$pid"

# What a client does when it gets no port, or no answer.
form_client empty exec --var WAITS=0
wait_for 30 client_is empty 'failed|ready'
is "$(client_get empty error)" "listeningOn==== : no port" \
	"an empty port comes as it is"
as_printed empty exec
host_add slow 'sleep 6'
client slow slow --form exec --connect-timeout 1
wait_for 30 client_is slow 'failed|ready'
is "$(client_get slow error)" "no ready in 3 s" \
	"a connection that says nothing times out"
done_testing
