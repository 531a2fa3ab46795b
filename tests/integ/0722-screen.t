#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A full screen in the job, for a person at a real terminal, by each way in: a
# RemoteCommand, a ProxyCommand, a forced command. vi, tmux, Ctrl-C, Ctrl-Z, another
# size, the exit status; and the window that is closed ends its shell alone.
# shellcheck disable=SC2016 # for shells there
. "$(dirname "$0")/../lib.sh"
need_product
TERM=xterm		# whatever runs the tests has
export TERM
sshd_start
vrs_host remote
ways='remote forced'
ssh-keygen -q -t ed25519 -N '' -f "$T/ssh/forced"
printf 'command="%s forced" %s\n' "$(vrs_command)" "$(cat "$T/ssh/forced.pub")" \
	>>"$T/ssh/authorized_keys"
host_first forced "IdentityFile $T/ssh/forced"
proxy_host proxy "$(vrs_command proxy)"
if command -v sshd >/dev/null; then
	vrs proxy --known-hosts job >"$T/known" 2>"$T/err"
	ways="$ways proxy"
fi
printf "PS1='$ '\nexport TMUX_TMPDIR=%s\n" "$T/run" >"$HOME/.bash_profile"
sh -c "$(vrs_command alloc)" >"$T/out" 2>"$T/err"
ok "a session" test -n "$(agents)"

# terminal NAME WAY: what stdin says is typed
terminal() {
	"$PYTHON" "$CLIENTS/terminal.py" 30x100 ssh -tt -F "$T/ssh_config" "$2" \
		>"$T/$1.screen" 2>&1 9>&-
}

# In pieces, so that what is typed is not what is seen.
for way in $ways; do
	terminal "$way" "$way" <<'END'
type stty size; echo $VSCODE_REMOTE_SHELL_SESSION-$((1+1))
see 30 100
see default-2
type sh -c 'trap "echo in""t" INT; echo rea""dy; while :; do read x; done'
see ready
key \x03
see int
key \x1a
see Stopped
type kill -9 %1; wait; echo gone-$((2+2))
see gone-4
size 20x80
type while test "$(stty size)" != '20 80'; do sleep 0.05; done; echo new-$((1+1))
see new-2
type exit 5
END
	is $? 5 "$way: Ctrl-C, Ctrl-Z, sizes, status" || diag_file "$T/$way.screen"

	if command -v vi >/dev/null; then
		terminal "$way.vi" "$way" <<END
type vi $T/$way.txt
see ~
key itext of $way\x1b
size 25x90
type :r !until test "\$(stty size </dev/tty)" = '25 90'; do sleep 0.05; done; echo size-\$((1+1))
see size-2
type :wq
see written(.|\n)*[$] 
type exit 0
END
		is $? 0 "$way: vi" || diag_file "$T/$way.vi.screen"
		is "$(cat "$T/$way.txt")" "text of $way
size-2" "$way: has written"
	else
		skip 2 "no vi"
	fi

	if command -v tmux >/dev/null; then
		terminal "$way.tmux" "$way" <<END
type tmux -u -f /dev/null -L $way new 'stty size; echo in-\$((1+1)); read x; exit 3'
see 29 100
see in-2
type x
see exited(.|\n)*[$] 
type exit 200
END
		is $? 200 "$way: tmux" || diag_file "$T/$way.tmux.screen"
	else
		skip 1 "no tmux"
	fi

	for status in 0 1 127 255; do
		echo "type exit $status" | terminal "$way.$status" "$way"
		is $? $status "$way: status $status"
	done

	# The window is closed.
	rm -f "$HOME/shell.pid"
	"$PYTHON" "$CLIENTS/terminal.py" 30x100 ssh -tt -F "$T/ssh_config" "$way" \
		>"$T/$way.closed" 2>&1 9>&- <<'END' &
type echo $$ >"$HOME/shell.new"; mv "$HOME/shell.new" "$HOME/shell.pid"; cat
see never
END
	reader=$!
	ok "$way: a shell" wait_for 30 test -s "$HOME/shell.pid"
	shell=$(cat "$HOME/shell.pid")
	kill -KILL "$reader"
	wait "$reader" 2>/dev/null
	ok "$way: its window is closed, and it ends" wait_for 20 gone "$shell"
	is "$(agents | wc -l)" 1 "$way: the session stays"
done

# A signal: front and sshd tell of it in their own ways.
echo 'type kill -KILL $$' | terminal killed remote
is $? 137 "remote: 128 and the signal"

# From 0 to 255, without another handshake for each.
if test "$ways" = "remote forced proxy"; then
	bg master timeout 100 ssh -F "$T/ssh_config" -o ControlPath="$T/mux" \
		-o ControlMaster=yes -N proxy
	ok "a connection" wait_for 20 test -S "$T/mux"
	wrong=
	status=0
	while test $status -le 255; do
		ssh -tt -F "$T/ssh_config" -o ControlPath="$T/mux" proxy \
			"exit $status" </dev/null >/dev/null 2>&1
		test $? = $status || wrong="$wrong $status"
		status=$((status + 17))
	done
	is "$wrong" '' "proxy: 16 statuses on a terminal"
	ssh -F "$T/ssh_config" -o ControlPath="$T/mux" -O exit proxy 2>"$T/err"
fi
vrs cancel >"$T/out" 2>&1
done_testing
