#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What is kept here, and what deps.sh installs.
. "$(dirname "$0")/../lib.sh"

top=$(cd "$TESTS/.." && pwd)

# Each thing once for each set: who reads the table believes it.
rows=$(sed -n "/^table() {/,/^END/p" "$TESTS/deps.sh" |
	awk '$2 == "need" || $2 == "want" {
		n = split($1, set, ",")
		for (i = 1; i <= n; i++) print set[i], $3
	}')
ok "the table of deps.sh is understood" \
	test "$(printf '%s\n' "$rows" | wc -l)" -gt 30
is "$(printf '%s\n' "$rows" | sort | uniq -d)" "" "deps.sh names each thing once"

if ! command -v git >/dev/null; then
	skip 2 "git is not installed"
elif test ! -e "$top/.git"; then
	skip 2 "this is no clone"
else
	git config --global safe.directory '*'
	is "$(cd "$top" && git ls-files -ci --exclude-standard)" "" \
		"nothing that is made is in git"
	is "$(cd "$top" && git ls-files | grep -E '\.(pyc|o|so|a|gz)$')" "" \
		"nor anything compiled"
fi
done_testing
