#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Other nodes of a job, with the local launcher, and a command for --step that
# plays a node on this machine: how they are reached, counted and ended, and what is
# said when they are not there.
# shellcheck disable=SC2016 # for shells there
. "$(dirname "$0")/../lib.sh"
need_product
at_exit vrs_end

# A node's programs know it by NODE. What is in step.NODE is done before.
cat >"$T/step" <<END
#!/bin/sh
NODE=\$1
export NODE
shift
echo "\$NODE" >>"$T/steps"
! test -e "$T/step.\$NODE" || . "$T/step.\$NODE"
exec "\$@"
END
cat >"$T/agent" <<END
#!/bin/sh
exec "$BUILD/vscode-remote-agent" "\$@" --nodes=n1,n2,n3,n4, --step=$T/step --step=%n
END
chmod +x "$T/step" "$T/agent"
steps() { grep -cx "$1" "$T/steps"; }
here() { vrs "$@" >"$T/out" 2>"$T/err"; rc=$?; }

here --agent="$T/agent" --idle-timeout=10m alloc
is $rc 0 "a session" || diag_file "$T/err"
first=$(agents)
# The agent of a node: its keeper has another title.
agent_of() { agents | grep -vx "$first" | while read -r p; do
	! lib_argv "$p" | grep -qx -- "--node=$1" || echo "$p"
done; }

# ---- to a node -------------------------------------------------------------

here shell --node=n2 -- 'echo "$NODE"; cat; exit 7' 
is "$rc $(cat "$T/out")" "7 n2" "a command on the second node"
is "$(cat "$T/err")" '' "says nothing of its own"
here shell default@n2 -- 'echo "$NODE"'
is "$rc $(cat "$T/out")" "0 n2" "NAME@NODE is the same"
here shell @n2 -- 'echo "$NODE"'
is "$rc $(cat "$T/out")" "0 n2" "and so is @NODE"
is "$(steps n2)" 1 "its agent was started once"
here shell --node=n1 -- 'echo "${NODE-first}"'
is "$rc $(cat "$T/out")" "0 first" "the first by its name"
is "$(seq 100000 | timeout 30 "$BUILD/vscode-remote-shell" --launcher=local \
	--state-dir="$VRS_STATE" shell --node=n2 -- cat | md5sum)" \
	"$(seq 100000 | md5sum)" "bytes to and fro"

pids=
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	vrs shell --node=n3 -- "echo $i; test \$NODE = n3" >"$T/many.$i" \
		2>"$T/err.$i" &
	pids="$pids $!"
done
bad=0
for p in $pids; do wait "$p" || bad=$((bad + 1)); done
is "$bad $(cat "$T"/many.* | sort -n | tr '\n' ' ')" \
	"0 1 2 3 4 5 6 7 8 9 10 11 12 " "12 at once to a node that nobody has asked for"
is "$(steps n3)" 1 "start one agent"
is "$(ls "$VRS_STATE"/*/endpoint | wc -l)" 1 "there is one folder"

# ---- it counts -------------------------------------------------------------

value() { vrs status --json | "$PYTHON" -c 'import json, sys
print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
value_is() { test "$(value "$1")" = "$2"; }
bg stays timeout 60 "$BUILD/vscode-remote-shell" --launcher=local \
	--state-dir="$VRS_STATE" shell --node=n2 -- 'trap "" INT; echo up; sleep 50 & wait'
stays=$PID
ok "one that stays" wait_for 20 has "$T/log/stays.out" up
ok "is a shell of the session" wait_for 5 value_is shells 1
is "$(value connections)" 1 "and a connection"

# ---- nodes that are not there ----------------------------------------------

for node in n9 n N2 n2x n1,n2; do
	here shell "@$node" -- true
	is $rc 64 "no node $node"
done
here shell --node=n9 -- true
is "$(cat "$T/err")" \
	"vscode-remote-shell: job 1 has no node 'n9': it has n1, n2, n3, n4" \
	"the line names those that there are"
echo 'echo "step: error: node n4 is on fire" >&2; exit 1' >"$T/step.n4"
here shell --node=n4 -- true
is $rc 69 "a node where no agent can be started"
is "$(cat "$T/err")" \
	"vscode-remote-shell: session 'default' cannot be reached on n4, a node of its job: step: error: node n4 is on fire" \
	"the line has the command's words"
echo 'exit 9' >"$T/step.n4"
here shell --node=n4 -- true
is "$rc $(sed 's/.*job: //' "$T/err")" \
	"69 what should start its agent ended with status 9, and said nothing" \
	"or how it ended"
rm "$T/step.n4"
here shell --node=n4 -- 'echo "$NODE"'
is "$rc $(cat "$T/out")" "0 n4" "the next time it works"

# ---- ends ------------------------------------------------------------------

kill -9 "$(agent_of n4)"
ok "an agent of a node is killed" wait_for 10 test -z "$(agent_of n4)"
here shell --node=n4 -- 'echo "$NODE"'
is "$rc $(cat "$T/out")" "0 n4" "and there is another"
is "$(steps n4)" 4 "which was started"
bg killed timeout 60 "$BUILD/vscode-remote-shell" --launcher=local \
	--state-dir="$VRS_STATE" shell --node=n3 -- 'echo up; exec sleep 50'
killed=$PID
ok "a shell on a node" wait_for 20 has "$T/log/killed.out" up
kill -9 "$(agent_of n3)"
wait "$killed"
is $? 75 "whose agent is killed"
here shell -- 'echo "${NODE-first}"'
is "$rc $(cat "$T/out")" "0 first" "the session goes on"

kill -INT "$(pgrep -P "$stays" -x vscode-remote-s)"
vrs shell --node=n2 -- 'trap "echo hup >>'"$T"'/hup; exit 5" HUP
	echo up; while :; do sleep 0.1; done' >"$T/hup.out" 2>"$T/hup.err" &
hup=$!
ok "one that hears of a hangup" wait_for 20 has "$T/hup.out" up
is "$(value shells)" 2 "is the second"
vrs cancel 2>"$T/err"
is $? 0 "cancel"
is "$(cat "$T/hup")" hup "what runs on a node is warned before it is killed"
wait "$hup"
is $? 5 "and ends with its own status"
wait "$stays"
is $? 69 "he whose shell was killed ends so"
like "$(cat "$T/log/stays.err")" 'job 1 ends: .*cancel' "and is told why"
is "$(ours | grep -cx "$first")" 0 "the agent is gone"
ok "and all others" wait_for 10 no_agents

# ---- the first is killed ---------------------------------------------------

a_while "$VRS_STATE"
here --agent="$T/agent" alloc
is $rc 0 "another session"
first=$(agents)
here shell --node=n2 -- true
is $rc 0 "with an agent on a node"
second=$(agent_of n2)
ok "it is there" alive "$second"
kill -9 "$first"
ok "the first is killed: the other ends" wait_for 20 gone "$second"

# ---- none ------------------------------------------------------------------

a_while "$VRS_STATE"
here alloc
here shell --node=n2 -- true
is $rc 64 "a launcher that knows one node"
like "$(cat "$T/err")" \
	"^vscode-remote-shell: job [0-9]+ has no node 'n2': it has one, $(hostname)\$" \
	"one line tells which"
here shell "--node=$(hostname)" -- 'echo there'
is "$rc $(cat "$T/out")" "0 there" "which is reached by that name"
for words in '--node=a/b' '--node=' 'x@y@z' '@' 'a@'; do
	here shell "$words" -- true
	is "$rc $(wc -l <"$T/err")" "64 1" "'$words' is no node"
done
here attach --node=n2
is "$rc $(wc -l <"$T/err")" "64 1" "attach has none"
here proxy --strip=slurm- slurm-
is "$rc $(cat "$T/err")" "64 vscode-remote-shell: proxy: 'slurm-' names no session: nothing is behind --strip=slurm-" \
	"a prefix without a name"
is "$(vrs proxy --known-hosts --strip=slurm- | cut -d' ' -f1)" 'slurm-*' \
	"the line for known_hosts of all names"
done_testing
