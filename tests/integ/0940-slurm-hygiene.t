#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The records of VS Code's server in a home directory that two nodes share: a
# job that is killed leaves nothing that misleads the next, and two sessions at
# the same time keep their servers.
# shellcheck disable=SC2154 # from rig/lib.sh
TEST_TIMEOUT=${TEST_TIMEOUT:-240}
export TEST_TIMEOUT
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
slurm_up

# bootstrap NAME LOGIN OPTION...: what an editor's script finds in the session;
# its output is in $T/b-NAME
bootstrap() {
	name=b-$1
	login=$2
	shift 2
	# shellcheck disable=SC2086 # words
	{ printf 'FORM=%s PYTHON=%s\n' "${FORM:-legacy}" "$PYTHON"
	cat "$CLIENTS/records.sh"; } |
		timeout 300 "$RIG" exec -u alice "$login" "$VRS" --linger=0 \
			--shell=/bin/sh $HYGIENE "$@" >"$T/$name" 2>"$T/log/$name.err"
}
value() { sed -n "s/^$2==\(.*\)==\$/\1/p" "$T/b-$1"; }
said() { grep -cx "$2" "$T/b-$1"; }
marked() { grep -qs "^process=$1 " "$STATE"/servers/*; }
c1='-S --nodelist=c1' c2='-S --nodelist=c2'

# shellcheck disable=SC2086 # words
for FORM in legacy exec; do
	bootstrap a login1 $c1
	server=$(value a pid)
	is "$(said a started)$(value a answers)" 1yes "$FORM: a server on c1"
	ok "$FORM: it is marked" wait_for 10 marked "$server"
	job=$(the_job)
	is "$(job_node "$job")" c1 "$FORM: in a job there"
	# No time to clean up, as when a node fails.
	# shellcheck disable=SC2046 # several
	root c1 kill -9 $(root c1 ps -u alice -o pid=)
	ok "$FORM: the job is killed" wait_for 30 no_job
	ok "$FORM: with its server" wait_for 10 no_alices
	ok "$FORM: it leaves its record" test -n "$(find "$AHOME/.vscode-server" \
		\( -name '.0*.pid' -o -name pid.txt \) -exec grep -x "$server" {} +)"
	begin=$(lib_now)
	bootstrap b login2 $c2
	diag "the next session after $(($(lib_now) - begin)) tenths of a second"
	is "$(said b started)$(value b answers)" 1yes \
		"$FORM: the next session, on c2, has a server of its own at once"
	is "$(job_node "$(the_job)")" c2 "$FORM: on c2"
	ok "$FORM: the record of c1 was moved" has "$T/log/b-b.err" \
		"\\(process $server\\): is of a session on another host"
	alice login1 "$VRS" cancel >"$T/log/cancel" 2>&1
	ok "$FORM: it ends" wait_for 30 no_job
done
is "$(find "$AHOME/.vscode-server" -name '.0*.pid' -o -name pid.txt)" "" \
	"a session that ends leaves no record"

# Two at once: what one writes is not what the other finds.
# shellcheck disable=SC2086 # words
{
	FORM=legacy
	bootstrap a login1 $c1 --session=one
	bootstrap b login2 $c2 --session=two
	one=$(value a pid)$(value a token) two=$(value b pid)$(value b token)
	ok "a server on c1 and one on c2" test -n "$one" -a -n "$two"
	marked_both() { marked "$(value a pid)" && marked "$(value b pid)"; }
	ok "both are marked" wait_for 10 marked_both
	for i in 1 2 3; do
		sleep 1.1	# a look is good for a second
		bootstrap c login2 $c1 --session=one
		is "$(said c found)$(value c pid)$(value c token)" "1$one" \
			"$i: the first finds its own again"
		bootstrap d login1 $c2 --session=two
		is "$(said d found)$(value d pid)$(value d token)" "1$two" \
			"$i: and the second"
	done
}
for s in one two; do
	alice login1 "$VRS" cancel --session=$s >"$T/log/cancel" 2>&1
done
ok "they end" wait_for 30 no_job
rm -rf "$STATE"/[0-9a-f]* "$STATE"/servers	# of the killed ones
all_gone "nothing of them is left"
done_testing
