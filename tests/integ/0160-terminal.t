#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# `ssh -t host` is a usable shell in the job: a terminal with its size, Ctrl-C,
# changes of size, and the exit status.
. "$(dirname "$0")/../lib.sh"
need_product
sshd_start
vrs_host vrs

# terminal NAME: the script on stdin is typed into an ssh with a terminal
terminal() {
	"$PYTHON" "$CLIENTS/terminal.py" 30x100 \
		ssh -tt -F "$T/ssh_config" vrs >"$T/$1.screen" 2>&1 9>&-
}

{
	echo "see session 'default' is job"
	terminal_lines
	cat <<'END'
size 20x80
type while test "$(stty size)" != '20 80'; do sleep 0.05; done; echo new-$((1+1))
see new-2
type exit 5
END
} | terminal a
is $? 5 "a terminal in the job: size, Ctrl-C, new size, exit status 5" ||
	diag_file "$T/a.screen"

terminal b <<'END'
see session 'default' is job
type echo "abcdef012345: start"; echo listeningOn==40001==; echo it is $((6*7))
see listeningOn==40001==
see it is 42
type kill -KILL $$
END
is $? 137 "a person's lines are not rewritten; death by SIGKILL is 137" ||
	diag_file "$T/b.screen"

# The terminal goes away: the shell is hung up, the session stays.
"$PYTHON" "$CLIENTS/terminal.py" 30x100 \
	ssh -tt -F "$T/ssh_config" vrs >"$T/c.screen" 2>&1 9>&- <<'END' &
see session 'default' is job
type echo $$ >"$HOME/shell.pid"; echo done-$((1+1))
see done-2
END
reader=$!
ok "a shell writes its pid" wait_for 30 test -s "$HOME/shell.pid"
shell=$(cat "$HOME/shell.pid")
kill -KILL "$reader"
wait "$reader" 2>/dev/null
ok "a terminal that goes away hangs up its shell" wait_for 20 gone "$shell"
is "$(agents | wc -l)" 1 "the session stays"
vrs cancel
done_testing
