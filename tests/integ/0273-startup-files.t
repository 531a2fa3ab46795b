#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Start-up files that exit, become another program or read what the client
# types: one line says so, names the likely file and how to see it.
. "$(dirname "$0")/../lib.sh"
need_product

SHELL=/bin/bash
export SHELL
# A dialogue as Remote-SSH begins it; then it waits, as long as ssh is there.
ready='echo "ready: ac2909cc9efc"'

# talked NAME [OPTION...]: the front with a client's first words; stdin stays
# open until the front ends. $RC, $T/NAME.out, $T/NAME.err
talked() {
	lib_t=$1
	shift
	rm -f "$T/in"
	mkfifo "$T/in"
	# shellcheck disable=SC2046 # words
	eval "timeout 60 $(vrs_command "$@")" <"$T/in" >"$T/$lib_t.out" \
		2>"$T/$lib_t.err" &
	TALKED=$!
	exec 9>"$T/in"
	printf '%s\n' "$ready" 'uname -rsv' >&9
}

ended() {
	wait_for 40 gone "$TALKED"
	wait "$TALKED"
	RC=$?
	exec 9>&-
}

lines() { grep -c 'vscode-remote-shell: the shell in the job' "$T/$1.err"; }

# ended_by NAME STATUS
ended_by() {
	ended
	is "$RC $(lines "$1")" "$2 1" "$1: status $2, one line"
	like "$(cat "$T/$1.err")" "ended with status $2 before it came to what the client typed: .*; most likely the first there is of ~/\\.bash_profile.*; .bash -lx </dev/null. on" \
		"$1: which file, and how to see it"
}
end_all() { vrs cancel --all >"$T/log/end" 2>&1; }
at_exit end_all

echo 'exit 3' >"$HOME/.bash_profile"
talked exits --shell=/bin/bash
ended
is "$RC $(lines exits)" "3 1" 'exits: status 3, one line'
like "$(cat "$T/exits.err")" 'most likely the first there is of ~/\.bash_profile.*; ./bin/bash -lx </dev/null. on' \
	'exits: the shell that --shell names'
like "$(bash -lx </dev/null 2>&1)" '^\+ exit 3$' 'what it says to type shows it'

# The login shell, which must be bash for the next ones.
case $(getent passwd "$(id -u)" | cut -d: -f7) in
*/bash)
	talked login
	ended_by login 3
	echo 'exec sh -c "exit 1"' >"$HOME/.bash_profile"
	talked other
	ended_by other 1 ;;
*)	skip 4 'the login shell is not bash' ;;
esac

# It reads the client's words and ends.
echo 'read a; read b; exit 0' >"$HOME/.bash_profile"
talked reads --shell=/bin/bash
ended
is "$RC $(lines reads)" "0 1" 'reads and exits: one line'

# It reads one of them and goes on: the client waits for ever.
echo 'read a' >"$HOME/.bash_profile"
talked eats --shell=/bin/bash
ok 'reads and goes on: said after a while' wait_for 30 has "$T/eats.err" \
	'has not answered for 10 s: .* or reads what the client types; most likely '
exec 9>&-
ended
is "$(lines eats)" 1 'reads and goes on: once'

# A program that --shell names.
printf '#!/bin/sh\nexit 4\n' >"$T/wrapper"
chmod +x "$T/wrapper"
talked wrapped --shell="$T/wrapper"
ended
is "$RC" 4 'a wrapper: its status'
like "$(cat "$T/wrapped.err")" "; it is $T/wrapper, which --shell names, and what that starts or reads; .sh -x $T/wrapper </dev/null" \
	'what --shell names'

# The wrapper of the man page, which loads modules first.
echo 'module() { LOADED="$*"; export LOADED; }' >"$HOME/.bash_profile"
sed -n '/^#!\/bin\/bash -l$/,/^\.Ed/{/^\.Ed/!p}' \
	"$TESTS/../man/vscode-remote-shell.1" >"$T/modules"
chmod +x "$T/modules"
talked modules --shell="$T/modules"
# shellcheck disable=SC2016
printf 'echo "with $LOADED."\nexit 7\n' >&9
ended
is "$RC $(grep '^with' "$T/modules.out")" '7 with load gcc python.' \
	'the wrapper of the man page'
# shellcheck disable=SC2016
is "$(vrs shell --shell="$T/modules" -- 'echo "$LOADED"')" 'load gcc python' \
	'also for a command'

# Nothing is said when all is well, to a person, and for a command.
rm -f "$HOME/.bash_profile"
talked well
ok 'all is well: it answers' wait_for 20 has "$T/well.out" '^ready: ac2909cc9efc'
echo 'exit 5' >&9
ended
is "$RC $(lines well)" "5 0" 'all is well: nothing'
echo 'exit 6' >"$HOME/.profile"
cp "$HOME/.profile" "$HOME/.bash_profile"
ready='hostname; exit'
talked person
ended
is "$(lines person)" 0 'a person who types a command: nothing'
rm -f "$HOME/.profile" "$HOME/.bash_profile"
done_testing
