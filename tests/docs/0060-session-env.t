#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What a session's environment is stands in one table of the source, and each of
# its rows in the man page, where users look, with a reason.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/session-env.sh"

top=$(cd "$TESTS/.." && pwd)
page=$top/man/vscode-remote-shell.1

# rows ACTION: of the table; own: the list of our own
rows() {
	sed -n "s/^	{ \"\([^\"]*\)\", SESSIONENV_$1, .reason = \".*\"\( }\|\),\$/\1/p" \
		"$top/src/proto/sessionenv.c"
}
own() {
	sed -n 's/^	\[SESSIONENV_[A-Z_]*\] = "\([^"]*\)",$/\1/p' \
		"$top/src/proto/sessionenv.c"
}

for action in STAYS CARRIED NODES JOBS; do
	eval "title=\$ENV_$action"
	ok "$action: the source is understood" test -n "$(rows $action)"
	# shellcheck disable=SC2154 # by eval
	is "$(env_of_man "$page" "$title" | sort)" "$(rows $action | sort)" \
		"$action: the man page has these rows, and no other"
done
is "$(own | wc -l)" "$(grep -c '^	SESSIONENV_[A-Z_]*,$' \
	"$top/src/proto/sessionenv.h" | awk '{ print $1 - 1 }')" \
	'own: the source is understood'
is "$(env_of_man "$page" "$ENV_OWN" | sort)" "$(own | sort)" \
	'own: the man page has these rows, and no other'
# Each of them tells of the independent job that inherits it.
is "$(awk -v title="$ENV_OWN" '
	/^\.S[hs] / { inside = $0 ~ title }
	inside && /^\.It Ev / { name = $3; told[name] = 0 }
	inside && /job that|job inherits|independent job/ { told[name] = 1 }
	END { for (n in told) if (!told[n] && n != "") print n }' "$page")" '' \
	'own: each row tells of jobs that inherit it'

# Of those that -e passes on in vain the man page names each where it tells of -e.
vain=$(grep -B1 '^		.vain = "it names ' "$top/src/proto/sessionenv.c" |
	sed -n 's/^	{ "\([^"]*\)".*/\1/p' | sort)
ok 'in vain: the source is understood' test "$(echo "$vain" | wc -l)" -ge 5
is "$(sed -n '/^\.It Fl e , /,/^has no effect/s/^\.Pq Ev \(.*\)/\1/p' "$page" |
	sed 's/ , /\n/g' | sort)" "$vain" 'in vain: the man page has these, and no other'

# Nobody else sets or removes a variable of a session.
is "$(grep -rnE 'envlist_(set|unset)\(' "$top/src/agent" "$top/src/front" |
	grep -vE '"(HOME|USER|LOGNAME|SHELL)"|set\(env, name, value\)|sessionenv_own_names')" \
	'' 'the table is the only place'
done_testing
