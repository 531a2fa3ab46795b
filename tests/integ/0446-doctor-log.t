#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doctor --log: each log of tests/logs has the symptom that INDEX says; what shells
# of editors print, which is in such logs, has none that it has not.
. "$(dirname "$0")/../lib.sh"
need_product

# log FILE [WORD...]: $T/out, $RC
log() {
	log_file=$1
	shift
	"$BUILD/vscode-remote-shell" doctor --log "$log_file" "$@" </dev/null \
		>"$T/out" 2>"$T/err"
	RC=$?
}
logs=$TESTS/logs
grep -v '^#' "$logs/INDEX" >"$T/index"
is "$(cut -d' ' -f1 "$T/index" | sort | sed 's/$/.log/')" \
	"$(cd "$logs" && LC_ALL=C ls -- *.log | sort)" "INDEX has each log"
while read -r name want; do
	log "$logs/$name.log"
	case $want in
	-)
		is "$RC" 0 "$name: no symptom"
		like "$(cat "$T/out")" 'a server was reached$' "$name: it was reached"
		;;
	*)
		is "$RC" 2 "$name: a symptom"
		got=$(sed -n 's/^symptom: //p' "$T/out")
		is "$(printf '%.*s' ${#want} "$got")" "$want" "$name: $want"
		like "$(cat "$T/out")" '^means: .' "$name: what it means"
		;;
	esac
done <"$T/index"

log "$logs/old-glibc.log"
is "$(sed -n 1p "$T/out")" "line 6: > exitCode==207==" "the line that tells"
like "$(cat "$T/out")" '^do: ' "what to do"
like "$(cat "$T/out")" '^also, in line 7: "Server did not' "and what tells less"
log "$logs/full.log"
like "$(cat "$T/out")" '^also, in line 5: `out of memory' "what came before it"
unlike "$(cat "$T/out")" 'gives up' "that it was pending is past"
log "$logs/binary.log"
unlike "$(tr -d '\n' <"$T/out")" "[[:cntrl:]]" "no control character is shown"
unlike "$(cat "$T/out")" abcdef "nor a token"

log "$logs/sick-disk.log" --json
is "$RC" 2 "--json: 2"
ok "--json: the likeliest is the first" $PYTHON -c '
import json, sys
rows = json.load(open(sys.argv[1]))["symptoms"]
assert len(rows) == 3 and "cannot write there" in rows[0]["symptom"], rows
assert rows[0]["line"] == "4" and "unpackResult" in rows[0]["text"], rows
assert all(r["means"] and r["advice"] for r in rows), rows' "$T/out"
log "$logs/agent-port.log" --json
is "$RC $(tr -d ' \n' <"$T/out")" '0 {"symptoms":[]}' "--json: none"

"$BUILD/vscode-remote-shell" doctor --log - <"$logs/refused.log" >"$T/out"
is "$?" 2 "standard input"
like "$(cat "$T/out")" 'Slurm refused' "standard input: its symptom"
log "$T/none"
is "$RC" 64 "no such file: 64"
like "$(cat "$T/err")" "$T/none: No such file" "no such file: a line"
: >"$T/empty"
log "$T/empty"
is "$RC" 0 "an empty log has none"
head -c 3000000 /dev/zero | tr '\0' x >"$T/long"
log "$T/long"
is "$RC" 0 "nor has a line of 3 MB"
cp "$logs/refused.log" "$T/kept.log"
log "$T/kept.log"
same "$T/kept.log" "$logs/refused.log" "the log is not written to"

# By the beginnings of the files' names and of the titles.
for f in "$TESTS"/corpus/*.out; do
	log "$f"
	f=${f##*/}
	test "$RC" = 0 || sed -n "s|^symptom: \(...............\).*|${f%%-*} \1|p" "$T/out"
done >"$T/corpus"
is "$(cat "$T/corpus")" '04 Exit code 207, 
05 "Trigger local 
06 "Server did not
08 "Server did not
09 "Server did not
26 "Server did not
29 `the shell in t
37 "Trigger local 
38 "Trigger local 
44 "Server did not
51 "Server did not
52 "Server did not' "what shells of editors print has the symptoms that it has"
done_testing
