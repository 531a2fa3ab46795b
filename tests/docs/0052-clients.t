#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tests/clients/README names every program there, and who uses it does.
. "$(dirname "$0")/../lib.sh"

index=$CLIENTS/README

# NAME of each entry; and "NAME USER" for each who is said to use it.
sed -n 's/^\([a-z][^	]*\)	.*/\1/p' "$index" | sort >"$T/named"
awk -F'\t' '/^[a-z][^\t]*\t/ { name = $1 }
	/^\t/ { n = split($2, user, " ")
		for (i = 1; i <= n; i++) print name, user[i] }' "$index" >"$T/users"

ls "$CLIENTS" | grep -vxE 'README|__pycache__' | sort >"$T/there"
ok 'every program has an entry, and every entry a program' \
	diff "$T/there" "$T/named"

# One that nobody uses has no user behind its name.
awk '{ print $1 }' "$T/users" | sort -u >"$T/used"
ok 'each of them is used' diff "$T/named" "$T/used"

while read -r name user; do
	case $name in
	*.c) word="${name%.c}" ;;
	*.py) word="${name%.py}" ;;
	*) word=$name ;;
	esac
	grep -qs -- "$word" "$TESTS/$user" || echo "$user does not use $name"
done <"$T/users" >"$T/wrong"
is "$(cat "$T/wrong")" '' 'who is said to use one does'

done_testing
