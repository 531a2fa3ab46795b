#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A session is given what a batch job of that user has on that node: a real
# session beside a real `sbatch --wrap 'bash -l'`, value by value, for users of
# several shells and of a node that believes something else. What differs must
# have a row in the man page.
# shellcheck disable=SC2154 # from rig/lib.sh
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
. "$(dirname "$0")/../docs/session-env.sh"
RIG_CONF_EXTRA="PropagatePrioProcess=1
TaskProlog=$PREFIX/site/task-prolog"
export RIG_CONF_EXTRA
slurm_up
page=$TESTS/../man/vscode-remote-shell.1

# What a login may have, and its limits; then the command in the words. Signals
# that are ignored there must reach neither.
mkdir "$RIG_PREFIX/site"
cat >"$RIG_PREFIX/site/login" <<'END'
#!/bin/bash
ulimit -S -n 700 -c 0 -s 7000
ulimit -S -v 80000000
umask 027
trap '' USR1 PIPE
export DISPLAY=:9 SSH_AUTH_SOCK=/tmp/agent XDG_RUNTIME_DIR=/run/user/3001
export XDG_SESSION_ID=4 DBUS_SESSION_BUS_ADDRESS=unix:path=/x TERM=xterm
export MINE='a b' LINES_OF_MINE=$'one\n two\\\n\ttab=' EMPTY='' BIG
export LD_LIBRARY_PATH=/opt/nothing/lib OPENSSL_CONF=/dev/null
export MODULEPATH=/opt/modules:/opt/more LC_MESSAGES=C EXOTIC=$'\xff\xfe%s'
BIG=$(head -c 100000 /dev/zero | tr '\0' x)
ml() { echo "two
lines"; }
export -f ml
exec nice -n 3 "$@"
END
# Says TMPDIR, when the user's home has a file with one, to any job.
cat >"$RIG_PREFIX/site/task-prolog" <<'END'
#!/bin/sh
test ! -s "$HOME/.site" || cat "$HOME/.site"
END
chmod 755 "$RIG_PREFIX/site/login" "$RIG_PREFIX/site/task-prolog"

# set_shell PATH: alice's, everywhere
set_shell() {
	sed -i "s|^\(alice:.*:\)[^:]*\$|\1$1|" "$RIG_STATE/etc/passwd"
}

# compare SESSION BATCH: lines of what differs: "only-session NAME",
# "only-batch NAME", "differs NAME", or "FILE LINE" of all but the environment
cat >"$T/compare.py" <<'END'
import os, sys
def env(top):
    with open(os.path.join(top, "env"), "rb") as f:
        return dict(w.split(b"=", 1) for w in f.read().split(b"\0") if w)
a, b = env(sys.argv[1]), env(sys.argv[2])
for name in sorted(set(a) | set(b)):
    what = ("only-batch" if name not in a else "only-session" if name not in b
            else "differs" if a[name] != b[name] else None)
    if what:
        print(what, name.decode())
for name in sorted(os.listdir(sys.argv[2])):
    if name in ("env", "shell", "done"):
        continue
    x, y = (open(os.path.join(t, name)).read() for t in sys.argv[1:3])
    if x != y:
        print(name, "session:", repr(x), "batch:", repr(y))
END

# matches NAME: is it a row of the man page, on stdin, as NAME or PREFIX*?
matches() {
	while read -r row; do
		# shellcheck disable=SC2254 # a pattern
		case $1 in $row) return 0 ;; esac
	done
	return 1
}
env_of_man "$page" "$ENV_OWN" >"$T/own"
{
	env_of_man "$page" "$ENV_STAYS"
	env_of_man "$page" "$ENV_JOBS"
} >"$T/not-session"
# Those of its own number, and what each shell makes its own.
{
	sed -n '/^\.Ev SLURM_JOB_ID/,/^tell of the session/p' "$page" |
		grep -o 'SLURM_[A-Z_]*'
	env_of_man "$page" "$ENV_STAYS"
} >"$T/may-differ"

# without_row: the lines of compare that no row explains
without_row() {
	while read -r what_is which how; do
		case $what_is in
		only-session) matches "$which" <"$T/own" ;;
		only-batch) matches "$which" <"$T/not-session" ;;
		differs) matches "$which" <"$T/may-differ" ;;
		*) false ;;
		esac || echo "$what_is $which $how"
	done
}

# given NAME: both on c1, by ssh from the laptop; what they found
given() {
	alice login1 rm -rf "/home/alice/$1"
	echo "OUT=~/$1/session; . $PREFIX/clients/surroundings.sh; exit" |
		timeout 300 "$RIG" ssh -T alice@session >"$T/out" 2>"$T/err"
	# shellcheck disable=SC2016 # for the job
	timeout 300 "$RIG" ssh -T alice@login1 "$PREFIX/site/login sbatch -Q -W \
		-w c1 -o j.out --wrap 'echo \"OUT=~/$1/batch; \
		. $PREFIX/clients/surroundings.sh\" | bash -l'" >"$T/out.batch" 2>"$T/err.batch"
	if ! { test -e "$AHOME/$1/session/done" &&
		test -e "$AHOME/$1/batch/done"; }; then
		for f in "$T/err" "$T/err.batch" "$AHOME/j.out"; do
			diag_file "$f"
		done
		return 1
	fi
	$PYTHON "$T/compare.py" "$AHOME/$1/session" "$AHOME/$1/batch" >"$T/$1"
	without_row <"$T/$1" >"$T/$1.bad"
}
cancelled() {
	front login1 cancel --all
	wait_for 15 no_job
}
value() { tr '\0' '\n' <"$AHOME/$1" | sed -n "s/^$2=//p"; }
laptop_host session login1 "$PREFIX/site/login @ -S-wc1"

# ---- bash ----------------------------------------------------------------------

ok "bash: a session and a batch job" given bash || exit 1
is "$(cat "$T/bash.bad")" '' "bash: nothing differs without a row in the man page"
# The comparison sees what there is.
like "$(cat "$T/bash")" '^only-session VSCODE_REMOTE_SHELL_SESSION$' \
	"it finds what is ours"
like "$(cat "$T/bash")" '^only-batch DISPLAY$' "what is only the batch job's"
like "$(cat "$T/bash")" '^differs SLURM_JOB_ID$' "and what differs"
like "$(cat "$AHOME/bash/batch/limits")" '^Max open files  *700 ' \
	"limits are not the usual ones"
is "$(cat "$AHOME/bash/batch/umask") $(cat "$AHOME/bash/batch/nice")" \
	"0027 $(nice -n 3 nice)" \
	"neither are umask and niceness"
is "$(value bash/session/env MINE)" 'a b' "variables of the login node are there"
is "$(value bash/session/env BIG | wc -c)" 100001 "also a long one"
is "$(value bash/session/env LD_LIBRARY_PATH)" /opt/nothing/lib \
	"that of the linker, too"
agent=$(root c1 ps -C vscode-remote-agent -o pid= | tail -n 1 | tr -d ' ')
like "$(root c1 cat "/proc/$agent/environ" | tr '\0' '\n')" '^MINE=a b$' \
	"the agent's environment can be read"
unlike "$(root c1 cat "/proc/$agent/environ" | tr '\0' '\n')" \
	'^(LD_LIBRARY_PATH|OPENSSL_CONF)=' "the agent has it not"
is "$(value bash/session/env TMPDIR)" /tmp "TMPDIR is untouched"
cancelled

# A row that is missing is found.
sed '/^\.It Ev VSCODE_REMOTE_SHELL_SESSION/d' "$page" >"$T/page"
env_of_man "$T/page" "$ENV_OWN" >"$T/own"
is "$(without_row <"$T/bash")" 'only-session VSCODE_REMOTE_SHELL_SESSION ' \
	"a variable without a row fails"
env_of_man "$page" "$ENV_OWN" >"$T/own"

# ---- what the site says on the node ---------------------------------------------

long=/tmp/a.directory.of.more.than.twenty.four.characters/of/the/job
alice c1 mkdir -p "$long" /tmp/run.alice
alice c1 chmod 700 /tmp/run.alice
printf 'export TMPDIR=%s\nexport XDG_RUNTIME_DIR=/tmp/run.alice\nexport LD_LIBRARY_PATH=/node\n' \
	"$long" >"$AHOME/.site"
chmod 644 "$AHOME/.site"
ok "prolog: a session and a batch job" given prolog || exit 1
is "$(cat "$T/prolog.bad")" '' "prolog: nothing differs without a row"
is "$(value prolog/session/env TMPDIR)" "$long" "a long TMPDIR stays what it is"
is "$(value prolog/session/env XDG_RUNTIME_DIR)" /tmp/run.alice \
	"an XDG_RUNTIME_DIR of the node is taken"
is "$(value prolog/session/env LD_LIBRARY_PATH)" /node "what the node sets wins"
rm "$AHOME/.site"
cancelled
ok "what is the site's stays" root c1 test -d /tmp/run.alice

# ---- other shells -----------------------------------------------------------------

for shell in /bin/dash /usr/bin/tcsh /usr/bin/fish; do
	name=${shell##*/}
	if ! root c1 test -x "$shell"; then
		skip 7 "$name is not installed"
		continue
	fi
	set_shell "$shell"
	ok "$name: a session and a batch job" given "$name" || exit 1
	is "$(cat "$T/$name.bad")" '' "$name: nothing differs without a row"
	is "$(value "$name/session/env" SHELL)" "$shell" "$name: SHELL stays"
	case $name in
	dash) want='^0=-dash BASH=$' ;;
	*) want='^0=bash BASH=(/usr)?/bin/bash$' ;;
	esac
	like "$(cat "$AHOME/$name/session/shell")" "$want" \
		"$name: editors get a POSIX shell that knows its name"
	# A terminal, a command and a script for `shell`: the user's own.
	who="sh -c 'echo own=\$(ps -o comm= -p \$PPID)'"
	echo "$who; exit" | timeout 300 "$RIG" ssh -tt alice@session \
		>"$T/tty" 2>&1
	like "$(tr -d '\r' <"$T/tty")" "own=$name\$" \
		"$name: a terminal has the user's own shell" ||
		diag_file "$T/tty"
	front login1 shell -- "$who; true" </dev/null
	is "$(cat "$T/out")" "own=$name" "$name: so has a command" ||
		diag_file "$T/err"
	echo "$who" | timeout 300 "$RIG" exec -u alice login1 "$VRS" shell \
		>"$T/out" 2>"$T/err"
	is "$(grep -o 'own=.*' "$T/out")" "own=$name" \
		"$name: and a script for the command shell"
	cancelled
done
set_shell /bin/bash

# ---- a node that believes something else ---------------------------------------------

sed 's|^alice:.*|alice:x:3001:3001:Somebody:/home/nobody:/bin/dash|' \
	"$RIG_STATE/etc/passwd" >"$T/passwd"
chmod 644 "$T/passwd"
root c1 sh -c 'cat >/run/passwd; mount --bind /run/passwd /etc/passwd' \
	<"$T/passwd"
is "$(alice c1 sh -c 'getent passwd alice' | cut -d: -f6,7)" \
	/home/nobody:/bin/dash "c1 knows another alice"
ok "another: a session and a batch job" given another || exit 1
is "$(cat "$T/another.bad")" '' "another: nothing differs without a row"
is "$(value another/session/env HOME) $(value another/session/env SHELL)" \
	'/home/alice /bin/bash' "home and shell are those of the login node"
like "$(cat "$AHOME/another/session/shell")" '^0=bash BASH=(/usr)?/bin/bash$' \
	"bash does not take itself for what the node believes"
cancelled
root c1 umount /etc/passwd

# ---- the working directory --------------------------------------------------------------

alice login1 mkdir -p /home/alice/project
laptop_host there login1 "@ -S--chdir=/home/alice/project --session=there"
# shellcheck disable=SC2016 # for the shell in the job
echo 'pwd; echo $SLURM_SUBMIT_DIR' | timeout 300 "$RIG" ssh -T alice@there >"$T/out" \
	2>"$T/err"
is "$(paste -sd' ' "$T/out")" '/home/alice/project /home/alice' \
	"--chdir is where the shell begins"
cancelled
done_testing
