#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# vscode-grim-reaper: --help, the man page, the completion, the examples and the
# units say the same.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/options.sh"

top=$(cd "$TESTS/.." && pwd)
reaper=$BUILD/vscode-grim-reaper
test -x "$reaper" || skip_all "the reaper is not built (jansson)"

compare() {
	sort "$T/$1" >"$T/$1.sorted"
	sort "$T/$2" >"$T/$2.sorted"
	diff "$T/$1.sorted" "$T/$2.sorted" >"$T/diff" && { pass "$3"; return; }
	fail "$3"
	diag_file "$T/diff"
}

# shellcheck disable=SC2016 # expanded by bash
complete_words() {
	bash -c '
	. "$1"
	shift
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	_vscode_grim_reaper
	printf "%s\n" "${COMPREPLY[@]}"' - \
		"$top/examples/bash-completion-reaper" vscode-grim-reaper "$@"
}

# shellcheck disable=SC2317 # called by ok
accepted() { "$reaper" "$@" --version >/dev/null; }

"$reaper" --help >"$T/help"
options_of_help <"$T/help" >"$T/options"
# The default of --config depends on how it was configured: not in the page.
sed 's/^\(- config=\) .*/\1 ()/' "$T/options" >"$T/options.help"
options_of_man "$top/man/vscode-grim-reaper.8" >"$T/options.man"
ok 'it has all the options' test "$(wc -l <"$T/options")" -ge 28
like "$(cat "$T/options")" '^a age= \(1h\)$' 'help is understood'
compare options.help options.man 'the page has the options of --help'
is "$(awk 'length > 80' "$T/help")" '' 'help has lines of 80 columns'
for old in -v -vv -k -q '-a 5d' '-l -' '-v -l -' '-k -a 5d -q' --verbose \
	'--log=-' '--age 1d2h' --quiet --kill; do
	# shellcheck disable=SC2086 # words
	ok "$old of the programs it replaces is taken" \
		accepted $old
done

if command -v bash >/dev/null; then
	sed 's/^. \([^ ]*\) .*/--\1/' "$T/options" >"$T/long"
	complete_words -- >"$T/completion"
	compare long completion 'the completion has the options of --help'
	is "$(complete_words --orphaned = n)" no 'values are completed'
	is "$(complete_words --age '')" '' 'unless nobody can know them'
else
	skip 3 'bash is not installed'
fi

# The example is what it says: every key is an option, also those commented out.
conf=$top/examples/vscode-grim-reaper.conf
cp "$conf" "$T/conf"
chmod 600 "$T/conf"
"$reaper" --config="$T/conf" --dry-run -q 2>"$T/err"
is $? 0 'the example of a configuration is taken'
sed 's/^;\([a-z-]* = \)/\1/; s|^metrics = .*|metrics = '"$T"'/m|' "$conf" \
	>"$T/conf"
echo "state-file = $T/state" >>"$T/conf"
"$reaper" --config="$T/conf" --dry-run -q 2>"$T/err"
is "$? $(cat "$T/err")" '0 ' 'so is all that is commented out'
ok 'and it acts' test -s "$T/m"
while read -r key equals value; do
	test "$equals" = = || continue
	key=${key#;}
	case $key in
	orphaned | age | min-uid | grace)
		like "$(cat "$T/options")" " $key= \($value\)$" \
			"$key: the default is right" ;;
	esac
done <"$conf"

# What the units and cron run is understood.
for file in service cron; do
	words=$(sed -n 's/.*[/ ]vscode-grim-reaper --kill/--kill/p' \
		"$top/examples/systemd/vscode-grim-reaper.$file")
	isnt "$words" '' "the $file runs it"
	# shellcheck disable=SC2086 # words
	ok 'with options that are taken' accepted $words
done
if command -v logrotate >/dev/null; then
	ok 'logrotate understands its file' logrotate -d \
		"$top/examples/systemd/vscode-grim-reaper.logrotate" 2>"$T/err"
else
	skip 1 'logrotate is not installed'
fi
if command -v shellcheck >/dev/null; then
	ok 'the completion is clean' shellcheck -s bash \
		"$top/examples/bash-completion-reaper"
else
	skip 1 'shellcheck is not installed'
fi
done_testing
