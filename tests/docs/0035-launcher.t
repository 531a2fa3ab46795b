#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# vscode-remote-launcher.7 says what front and launchers do: every verb, every key
# of a request or an answer, and every class of an error.
# shellcheck disable=SC2046 # lists of files
. "$(dirname "$0")/../lib.sh"

top=$(cd "$TESTS/.." && pwd)
cd "$top" || exit 1
page=man/vscode-remote-launcher.7

# What the page has: subsections of VERBS, and words that end with = or are a
# whole line.
sed -n '/^\.Sh VERBS/,/^\.Sh EXIT/s/^\.Ss //p' $page | sort >"$T/verbs.page"
sed -n '/^\.Sh VERBS/,/^\.Sh EXAMPLES/s/.*Cm \([a-z-]*\)=.*/\1/p' $page |
	sort -u >"$T/keys.page"
sed -n '/^\.Sh EXIT/,/^\.Sh EXAMPLES/s/^\.It Cm \([a-z]*\)$/\1/p' $page |
	sort >"$T/classes.page"

# What the launchers understand, and the front asks
sed -n '/{ "submit", submit/,/};/p' src/launch/local/local.c |
	grep -o '{ "[a-z]*", ' | tr -dc 'a-z\n' | sort >"$T/verbs"
is "$(cat "$T/verbs.page")" "$(cat "$T/verbs")" \
	'the page has the verbs of launch-local'
ok 'they are found' grep -qx extend "$T/verbs"
for verb in $(cat "$T/verbs"); do
	ok "launch-slurm knows $verb" grep -rq "\"$verb\"" src/launch/slurm
	ok "launch-slurm-cli knows $verb" \
		grep -rq "\"$verb\"" src/launch/slurmcli
done
for verb in $(sed -n 's/.*launcher_run([^"]*"\([a-z]*\)".*/\1/p' \
	$(find src/front -name '*.c')); do
	ok "the front's $verb is told" grep -qx "$verb" "$T/verbs.page"
done

# Keys: all that the front writes into a request or reads of an answer, and the
# launchers the other way round. Files of a session's folder have others.
{
	sed -n 's/.*kv_writef\{0,1\}(\(out\|&request\), "\([a-z-]*\)".*/\2/p' \
		src/front/job/*.c src/front/cmd/*.c
	sed -n 's/^	{ "\([a-z-]*\)", AT(.*/\1/p' src/front/job/job.c
	sed -n 's/.*kv_get(kv, "\([a-z-]*\)").*/\1/p' src/front/job/*.c
	sed -n 's/.*kv_writef\{0,1\}(\(out\|&out\|&answer\|&record\), "\([a-z-]*\)".*/\2/p' \
		src/launch/*.c src/launch/slurm/*.c src/launch/local/local.c
	sed -n 's/.*kv_get(request, "\([a-z-]*\)").*/\1/p' \
		src/launch/*.c src/launch/slurm/*.c src/launch/local/local.c
} | sort -u >"$T/keys"
ok 'the keys are found' test "$(wc -l <"$T/keys")" -ge 30
is "$(comm -23 "$T/keys" "$T/keys.page")" '' 'each key of the source is told'
# Some are written in a way that the lines above do not see.
for key in $(comm -13 "$T/keys" "$T/keys.page"); do
	ok "$key is in the source" grep -rqE "\"$key\"" src/front src/launch
done

sed -n '/{ "usage", EX_USAGE }/,/}$/s/.*{ "\([a-z]*\)", EX_.*/\1/p' \
	src/front/job/launcher.c | sort >"$T/classes"
ok 'the classes are found' test "$(wc -l <"$T/classes")" -ge 5
is "$(grep -vx internal "$T/classes.page")" "$(grep -vx internal "$T/classes")" \
	'the classes of errors are those of the front'

# What a scheduler calls things is the launcher's business: the front shows its
# words, and knows none. squeue's None, for no reason, is all that it says itself.
words=$(sed -n 's/.*{ "\([A-Z][A-Za-z_]*\)", *".*/\1/p; s/.*{ "\([A-Z][A-Za-z_]*\)",$/\1/p' \
	src/launch/jobstate.c | sort -u | grep -vx None)
ok 'the words of Slurm are found' test "$(echo "$words" | wc -l)" -ge 100
is "$(echo "$words" | sed 's/.*/"&"/' | grep -rnFf - src/front)" '' \
	'the front knows none of them'
is "$(grep -rnE 'str(case)?cmp\([^;]*"(local|slurm)"' src/front)" '' \
	'nor which launcher it is'
done_testing
