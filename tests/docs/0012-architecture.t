#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# ARCHITECTURE.md is the source: its tree has the folders that there are, what it
# says to look for is there, the files of its diagrams exist, and so do the words
# of its glossary. Nothing in it, or in any document, needs what is elsewhere.
. "$(dirname "$0")/../lib.sh"

top=$(cd "$TESTS/.." && pwd)
cd "$top" || exit 1
doc=ARCHITECTURE.md

# section TITLE: its lines
section() {
	awk -v title="$1" '
	/^#+ / { sub(/^#+ /, ""); inside = $0 == title; next }
	inside' $doc
}

# Folders: the tree is indented by two for each level; several may be on a line.
section 'The source tree' | awk '
	/^```/ { on = !on; next }
	on && match($0, /^ */) {
		depth = RLENGTH / 2
		for (i = 1; i <= NF && $i ~ /^[a-z]+\/$/; i++) {
			at[depth] = $i
			path = ""
			for (d = 0; d <= depth; d++)
				path = path at[d]
			print path
		}
	}' | sort >"$T/told"
find src tests man doc examples packaging -type d ! -path 'tests/fuzz/seeds*' \
	! -path 'tests/vscode/pins*' ! -path 'examples/*' ! -path 'packaging/*' ! -name __pycache__ |
	sed 's|$|/|' | sort >"$T/there"
is "$(cat "$T/told")" "$(cat "$T/there")" 'the tree has the folders that there are'
ok 'they are found' test "$(wc -l <"$T/told")" -gt 25

# Where do I ...: what is to be looked for is in one of the files of its row.
section 'Where do I ...' | sed -n 's/^| [^|`]*| \(`[^|]*`\) | \(`[^|]*`\) |$/\1|\2/p' \
	>"$T/rows"
ok 'the rows are found' test "$(wc -l <"$T/rows")" -ge 20
is "$(section 'Where do I ...' | grep -c '^| ')" "$(($(wc -l <"$T/rows") + 1))" \
	'all of them are understood'
while IFS='|' read -r files words; do
	files=$(echo "$files" | tr -d '`,')
	echo "$words" | tr ',' '\n' | sed 's/^ *`//; s/`$//; s/()$/(/' >"$T/words"
	while read -r word; do
		# shellcheck disable=SC2086 # several files
		ok "$word is in $files" grep -qF -e "$word" $files
	done <"$T/words"
done <"$T/rows"

# What else is named
for name in $(grep -o '`[a-z_0-9]*()`' $doc | tr -d '`()' | sort -u); do
	ok "$name() is in the source" grep -rqE "\b$name\(" src
done
for name in $(awk '/^```/ { on = !on } on' $doc | grep -oE '[a-z_]+\.c\b' |
	sort -u); do
	isnt "$(find src -name "$name")" '' "$name of a diagram is there"
done
for title in 'Find, submit, wait' 'The held line' 'Who owns a link when' \
	'Who says the last word'; do
	is "$(section "$title" | grep -c '^```text')" 1 "$title has its diagram"
done
# The way to a job: each state of its table is in its diagram
sed -n '/way_state_name/,/^}/s/.*\[WAY_[A-Z_]*\] = "\([a-z-]*\)",$/\1/p' \
	src/front/job/way.c >"$T/states"
ok 'the states are found' test "$(wc -l <"$T/states")" -ge 12
section 'Find, submit, wait' | awk '/^```/ { on = !on } on' >"$T/way"
while read -r state; do
	ok "the state $state is shown" grep -qwF -e "$state" "$T/way"
done <"$T/states"
# The end of a front: the same
sed -n '/parting_state_name/,/^}/s/.*\[FRONT_\([A-Z_]*\)\] = ".*",$/\1/p' \
	src/front/parting_table.c >"$T/states"
ok 'its states are found' test "$(wc -l <"$T/states")" -ge 10
section 'Who says the last word' | awk '/^```/ { on = !on } on' >"$T/end"
while read -r state; do
	ok "the state $state is shown" grep -qwF -e "$state" "$T/end"
done <"$T/states"

# Both are drawn once, at the head of a file: here are the same lines.
# head_of FILE FIRST END: lines of a comment from FIRST to that before END
head_of() {
	expand "$1" | awk -v first="$2" -v end="$3" '
	{ line = $0; sub(/^ \*/, "", line); word = line; sub(/^ */, "", word) }
	/^ \*/ && !on && word == first { on = 1; by = length(line) - length(word) + 1 }
	on && index(word, end) == 1 { exit }
	on { print substr(line, by) }' | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'
}
head_of src/front/job/session.c new 'Two fronts may' >"$T/way.head"
head_of src/front/parting.h BEFORE 'In LAST_*' >"$T/end.head"
for name in way end; do
	ok "the drawing $name.head is found" \
		test "$(wc -l <"$T/$name.head")" -gt 20
	is "$(sed '/^```/d' "$T/$name")" "$(cat "$T/$name.head")" \
		"$name: the same as in the source"
done
is "$($PYTHON -c '
import sys
for line in open(sys.argv[1], encoding="utf-8"):
    if len(line) > 90 and not line.startswith("|"):
        print(line, end="")' $doc)" '' 'no diagram is too wide for a forge'

# What CONTRIBUTING.md leads to
grep -oE '\b(src|tests|examples)/[A-Za-z_/.0-9-]+\.(c|h|t|py|sh)\b' \
	CONTRIBUTING.md | grep -v NAME | sort -u >"$T/leads"
ok 'its files are found' test "$(wc -l <"$T/leads")" -ge 15
while read -r name; do
	ok "$name is there" test -e "$name"
done <"$T/leads"
for name in $(grep -oE '\b[a-z]+_[a-z_]+(\[\]|\(\))' CONTRIBUTING.md | sort -u); do
	ok "$name is in the source" grep -rqwF -e "${name%??}" src tests/unit
done

# The glossary: words that the source uses
section Glossary | sed -n 's/^| \([a-z ]*\) | .*/\1/p' >"$T/glossary"
ok 'the glossary is found' test "$(wc -l <"$T/glossary")" -ge 30
find src tests \( -name '*.[cht]' -o -name '*.sh' -o -name rig \) -type f \
	-exec cat {} + | tr -d ' _-' >"$T/source"
while read -r word; do
	ok "$word is a word of the source" grep -qi "$(echo "$word" |
		tr -d ' ')" "$T/source"
done <"$T/glossary"
is "$(sort "$T/glossary" | uniq -d)" '' 'each word once'
done_testing
