#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The commands, typed in a shell of the login node.
# shellcheck disable=SC2016 # expanded in the job
. "$(dirname "$0")/../lib.sh"
need_product

# run WORD...: the product; $T/out, $T/err and $RC
run() {
	vrs "$@" >"$T/out" 2>"$T/err"
	RC=$?
}

# start NAME [OPTION...]: a session, which then has no client
start() {
	lib_s=$1
	shift
	vrs --session="$lib_s" --linger=0 "$@" >"$T/log/start-$lib_s" 2>&1
}

# row NAME: its line of the list, without padding
row() { sed -n "s/  */ /g; /^$1 /p" "$T/out"; }

end_all() { vrs cancel --all >"$T/log/end" 2>&1; }
at_exit end_all

# ---- no session ------------------------------------------------------------

TITLES='NAME JOBID STATE TIME_LEFT IDLE CLIENTS CPUS MEM_USED MEMORY GRES START_TIME NODELIST(REASON)'
run list
is "$RC $(cat "$T/out")" "0 $TITLES" "list: no session, the titles"
run list --no-header
is "$RC $(cat "$T/out" "$T/err")" "0 " "list --no-header: nothing"
run status
is "$RC $(cat "$T/out")" "2 " "status: 2"
like "$(cat "$T/err")" "there is no session 'default'; you have none\$" \
	"status: says so"
run cancel --all
is "$RC $(cat "$T/err")" \
	"0 vscode-remote-shell: there is no session to end" "cancel --all"
run lsit
is "$RC" 64 "a slip: 64"
for words in "vscode-remote-shell help" "vscode-remote-shell --version" \
	"vscode-remote-agent --help" "vscode-grim-reaper --help"; do
	test -x "$BUILD/${words%% *}" || continue
	# shellcheck disable=SC2086 # words
	"$BUILD/"$words >/dev/full 2>"$T/full"
	is "$? $(cat "$T/full")" "74 ${words%% *}: stdout: No space left on device" \
		"$words: 74 when it cannot be written"
done
like "$(cat "$T/err")" "'lsit': do you mean 'list'\?\$" "a slip: the nearest name"

# ---- one, and three --------------------------------------------------------

node=$(uname -n)
SHELL_IN_JOB=$(getent passwd "$(id -u)" | cut -d: -f7)
case $SHELL_IN_JOB in *sh) ;; *) SHELL_IN_JOB=bash ;; esac
start default || die "no session"
run list
is "$(sed -n 1p "$T/out" | tr -s ' ')" "$TITLES" "list: the titles"
like "$(row default)" \
	"^default [0-9]+ RUNNING UNLIMITED [0-9]:[0-9]+ 0 - [0-9]+M - - - $node\$" \
	"list: one session"
run status
is "$RC" 0 "status: 0"
is "$(sed -n 's/^state: *//p' "$T/out")" RUNNING "status: the state"
is "$(sed -n 's/^idle timeout: *//p' "$T/out")" 1:00:00 "status: its agent told"
ok "status: the log is there" test -f "$(sed -n 's/^log: *//p' "$T/out")"

start limited -S --time=2:00:00
start third
run list --no-header
is "$(wc -l <"$T/out")" 3 "list: three sessions"
like "$(row limited)" '^limited [0-9]+ RUNNING (1:59:[0-9]+|2:00:00) ' \
	"list: the time that is left"
is "$(awk '{ print index($0, " RUNNING ") }' "$T/out" | uniq | wc -l)" 1 \
	"list: in columns"
run status nosuch
is "$RC" 2 "status: 2 for a name that is none"
like "$(cat "$T/err")" "you have: default, limited, third\$" \
	"status: says which there are"

# An agent that does not answer is not waited for.
stopped=$(agents | head -n 1)
kill -STOP "$stopped"
begin=$(lib_now)
run list
took=$(($(lib_now) - begin))
kill -CONT "$stopped"
is "$(awk '$5 == "-"' "$T/out" | wc -l)" 1 "list: a '-' for a silent agent"
is "$(wc -l <"$T/out")" 4 "list: the others are there"
diag "list: beside a silent agent after $took tenths of a second"

# ---- JSON ------------------------------------------------------------------

cat >"$T/keys.py" <<'END'
import json, re, sys
man = open(sys.argv[1]).read().split(".Sh JSON OUTPUT")[1].split(".El")[0]
documented = re.findall(r"^\.It Va (\w+)$", man, re.M)
doc = json.load(open(sys.argv[2]))
assert list(doc) == ["sessions"], list(doc)
assert [s["session"] for s in doc["sessions"]] == \
    ["default", "limited", "third"], doc
for s in doc["sessions"]:
    assert list(s) == documented, (list(s), documented)
    assert s["state"] == "RUNNING" and s["reason"] is None
    assert type(s["job"]) is str and type(s["clients"]) is int
limited = doc["sessions"][1]
assert limited["time_limit"] == 7200 and 0 < limited["time_left"] <= 7200
assert limited["end_time"] > limited["start_time"]
assert doc["sessions"][0]["end_time"] is None
one = json.load(open(sys.argv[3]))
assert list(one) == documented and one["session"] == "limited", one
END
run list --json
if grep -q 'without jansson' "$T/err"; then
	is "$RC" 78 "--json: 78 where it was not built in"
	skip 3 "built without jansson"
else
	is "$RC" 0 "list --json"
	cp "$T/out" "$T/list.json"
	run status limited --json
	cp "$T/out" "$T/status.json"
	ok "it has the keys of the manual, in that order" "$PYTHON" "$T/keys.py" \
		"$TESTS/../man/vscode-remote-shell.1" "$T/list.json" \
		"$T/status.json"
	run status nosuch --json
	is "$RC $(cat "$T/out")" "2 null" "status --json: none"
	run attach --json
	is "$RC" 64 "--json: not of other commands"
fi

# ---- alloc, shell, extend --------------------------------------------------

run shell nosuch true
is "$RC" 69 "shell: no session, no job"
like "$(cat "$T/err")" "no session 'nosuch' to join, you have.*alloc nosuch. starts one, .*-- COMMAND" \
	"shell: says what starts one"
run shell third 'echo "$VSCODE_REMOTE_SHELL_SESSION" $0; echo e >&2; exit 7'
is "$RC $(cat "$T/out") $(cat "$T/err")" "7 third -$(basename "$SHELL_IN_JOB") e" \
	"shell: a command, its output, its status"
run ssh third echo -n -v 'a  b' \; kill -9 '$$'
is "$RC $(cat "$T/out")" "137 -v a b" \
	"ssh: as ssh does it, options are the command's, a signal"
run shell -- echo '$VSCODE_REMOTE_SHELL_SESSION'
is "$RC $(cat "$T/out")" "0 default" "shell --: a command in the default session"
head -c 300000 /dev/urandom >"$T/in"
timeout 30 "$BUILD/vscode-remote-shell" --launcher=local \
	--state-dir="$VRS_STATE" shell third cat <"$T/in" >"$T/out" 2>"$T/err"
same "$T/in" "$T/out" "shell: stdin and stdout, byte for byte"
printf 'echo listeningOn==127.0.0.1:$((40 + 2))==\n' >"$T/in"
timeout 30 "$BUILD/vscode-remote-shell" --launcher=local \
	--state-dir="$VRS_STATE" shell third <"$T/in" >"$T/out" 2>"$T/err"
like "$(cat "$T/out")" '^listeningOn==127.0.0.1:42==$' \
	"shell: a login shell reads stdin, and no line of it is held"
echo 'see a tty 33x77' | timeout 30 "$PYTHON" "$CLIENTS/terminal.py" 33x77 \
	"$BUILD/vscode-remote-shell" --launcher=local \
	--state-dir="$VRS_STATE" shell third \
	'test -t 0 && test -t 1 && stty size | sed "s/ /x/;s/^/a tty /"
	exit 3' >"$T/log/tty" 2>&1
is $? 3 "shell: a terminal where there is one"

run extend limited 1:00:00
is "$RC" 0 "extend"
like "$(cat "$T/err")" "session 'limited': job [0-9]+ runs until 20" \
	"extend: says until when"
is "$(grep -c . "$T/err")" 1 "extend: once"
run list --no-header
like "$(row limited)" '^limited [0-9]+ RUNNING (2:59:|3:00:00)' \
	"extend: list shows it"
run status limited
like "$(cat "$T/out")" '^time left: +(2:59:|3:00:00)' "extend: as status does"
run extend limited 30m
run list --no-header
like "$(row limited)" '^limited [0-9]+ RUNNING (3:29:|3:30:00)' \
	"extend: with letters"
run extend third 30
is "$RC" 69 "extend: a job that has no limit"
like "$(cat "$T/err")" 'has no time limit to extend$' "extend: in the launcher's words"
run extend limited 100000000
is "$RC" 64 "extend: by too long a time"
like "$(cat "$T/err")" "'100000000' is too long, at most 1000 days" "extend: says so"
run extend limited soon
is "$RC" 64 "extend: not a length of time"
like "$(cat "$T/err")" '; it is .extend \[NAME\] TIME.$' "extend: and its form"
run extend nosuch 30
is "$RC" 69 "extend: no session"

run alloc third
is "$RC" 0 "alloc: a session that is there"
is "$(grep -c 'keeps the options' "$T/err")" 0 "alloc: nothing was asked for in vain"
run alloc third -S --time=99 --idle-timeout=5m
is "$RC" 0 "alloc: with options, a session that is there"
like "$(cat "$T/err")" "keeps the options that session 'third' was started with; asked for now: --idle-timeout=5m --time=99; then: none" \
	"alloc: they are not taken, and that is said"
run alloc third --no-wait -S --time=99
like "$(cat "$T/err")" "keeps the options" "alloc --no-wait: so it says"
start third -S --time=99
is "$(grep -c 'keeps the options.*asked for now: --time=99; then: none' \
	"$T/log/start-third")" 1 "attach: it is said once"
run alloc fourth --idle-timeout=30m
is "$RC" 0 "alloc: a new one"
like "$(cat "$T/err")" "session 'fourth' is job [0-9]+ on $node\$" \
	"alloc: it can be used"
is "$(grep -c 'options stay' "$T/err")" 0 "alloc: and has its options"
run alloc fifth --no-wait
is "$RC" 0 "alloc --no-wait"
run list --no-header
is "$(wc -l <"$T/out")" 5 "alloc: both are there"
run cancel fourth fifth
is "$RC" 0 "cancel: two"

# ---- logs, and what dead jobs leave ----------------------------------------

run logs third
is "$RC $(cat "$T/out")" "0 " "logs: nothing was logged"
like "$(cat "$T/err")" "agent.log\$" "logs: says where"
like "$(cat "$T/err")" 'it is empty; .* -vv logs what happens in it$' "logs: and what to do"
run logs nosuch
is "$RC" 69 "logs: no session"

start noisy -vv
timeout 60 "$BUILD/vscode-remote-shell" --launcher=local \
	--state-dir="$VRS_STATE" logs -f noisy </dev/null >"$T/follow" 2>&1 &
follower=$!
run logs noisy
like "$(cat "$T/out")" '\[INFO\] ' "logs: of one that logs"
ok "logs -f: from the beginning" wait_for 10 has "$T/follow" '\[INFO\] '
vrs shell noisy true >/dev/null 2>&1
ok "logs -f: goes on" wait_for 10 has "$T/follow" 'shell [0-9]+ ended'
run status noisy
folder=$(dirname "$(sed -n 's/^log: *//p' "$T/out")")
# What a job prints may be anybody's words.
printf 'title \033]0;owned\a\302\2332J tab\tend \303\244\n' >>"$folder/agent.log"
run logs noisy
ok "logs: to a file as it is" has "$T/out" "$(printf '\033]0;owned')"
"$PYTHON" "$CLIENTS/terminal.py" 24x200 "$BUILD/vscode-remote-shell" \
	--launcher=local --state-dir="$VRS_STATE" logs noisy </dev/null \
	>"$T/out" 2>&1
ok "logs: a terminal does not obey it" has "$T/out" \
	'^title \\033\]0;owned\\007\\302\\2332J tab[	 ]+end ä'
cp -a "$folder" "$T/copy"
vrs cancel noisy 2>/dev/null
wait $follower
is $? 0 "logs -f: until the session ends"
like "$(cat "$T/follow")" "session 'noisy' has ended\$" "logs -f: says so"

# left NAME SECONDS [SED]: what a killed job leaves, so old, its record changed
left() {
	cp -a "$T/copy" "$VRS_STATE/$1"
	test -z "$3" || sed -i "$3" "$VRS_STATE/$1/about"
	find "$VRS_STATE/$1" -exec touch -h -d "-$2 seconds" {} +
}
there() { find "$VRS_STATE/$1" -mindepth 1 -printf '%f\n' 2>/dev/null |
	sort | xargs; }
ALL='.bashrc about agent.log asked bin endpoint salloc sbatch secret srun waiting'
left 0000000000000001 7000
left 0000000000000002 7300
left 0000000000000003 7300 s/^launcher=.*/launcher=slurm/
left 0000000000000004 7300 s/^scope=.*/scope=another/
left 0000000000000005 7300 s/^scope=.*/scope=/
left 0000000000000006 7300
rm "$VRS_STATE/0000000000000006/about"
find "$VRS_STATE/0000000000000006" -exec touch -h -d '-7300 seconds' {} +
left 0000000000000007 700000
left 0000000000000008 7300
: >"$VRS_STATE/0000000000000008/agent.log"
find "$VRS_STATE/0000000000000008" -exec touch -h -d '-7300 seconds' {} +
cat >"$T/launch-broken" <<END
#!/bin/sh
'$BUILD/launch-local' "\$@"
test ! -e '$T/broken' || { printf 'error=unavailable\nmessage=no\n\n'; exit 1; }
END
chmod +x "$T/launch-broken"
left 000000000000000a 7300 "s|^launcher=.*|launcher=$T/launch-broken|"
: >"$T/broken"
run list --launcher="$T/launch-broken"
is "$RC" 69 "a find that fails at its end"
is "$(there 000000000000000a)" "$ALL" "removes nothing"
rm "$T/broken"
run list --launcher="$T/launch-broken"
# A process of its own tidies up, niced.
becomes() { test "$(there "$1")" = "$2"; }
ok "as one that succeeds does" wait_for 60 becomes 000000000000000a "about agent.log"
run list
ok "of an old one the log stays" wait_for 60 becomes 0000000000000002 "about agent.log"
ok "one with an empty log goes" wait_for 20 test ! -e "$VRS_STATE/0000000000000008"
ok "a week later it goes" wait_for 20 test ! -e "$VRS_STATE/0000000000000007"
is "$(there 0000000000000001)" "$ALL" "a young folder stays"
is "$(there 0000000000000003)" "$ALL" "one of another launcher stays"
is "$(there 0000000000000004)" "$ALL" "one of another machine stays"
is "$(there 0000000000000005)" "$ALL" "one of nobody knows where stays"
is "$(there 0000000000000006)" "$(echo "$ALL" | sed 's/ about//')" \
	"one of nobody knows whom stays"
run logs noisy
like "$(cat "$T/out")" '\[INFO\] ' "logs: of one that has ended badly"
run status third
live=$(dirname "$(sed -n 's/^log: *//p' "$T/out")")
find "$live" -exec touch -h -d '-7300 seconds' {} +
run list
ok "that of a live job stays, however old" test -e "$live/secret"
left 0000000000000009 7300
bg tidier "$BUILD/vscode-remote-shell" --launcher=local \
	--state-dir="$VRS_STATE" shell third sleep 60
tidied() { test "$(there 0000000000000009)" = "about agent.log"; }
ok "a connection tidies up, too, when it has lasted a while" wait_for 20 tidied
end_pid "$PID"

# ---- cancel ----------------------------------------------------------------

run cancel third nosuch
is "$RC" 0 "cancel: of two names one"
like "$(cat "$T/err")" "no session 'nosuch' to end; you have: default, limited" \
	"cancel: says which is none"
like "$(cat "$T/err")" "session 'third': job [0-9]+ ended" "cancel: ends the other"
run list --no-header
is "$(awk '{ print $1 }' "$T/out" | xargs)" "default limited" \
	"cancel: no more than that"
last=$(awk '{ print $2 }' "$T/out" | sort -n | tail -n 1)
run exit
is "$RC $(grep -c ' ended$' "$T/err")" "0 2" "exit: all of them"
is "$(agents)" "" "exit: nothing of them runs"

# A front that knows an old job must not take a new one for it.
start default
run list --no-header
ok "numbers of jobs do not come back" \
	test "$(awk '{ print $2 }' "$T/out")" -gt "$last"

done_testing
