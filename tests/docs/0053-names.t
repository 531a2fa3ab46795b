#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What tests/names.sh finds, in a small tree of its own: static functions that
# are called the same in more than two files.
. "$(dirname "$0")/../lib.sh"
ctags --version 2>/dev/null | grep -q Universal ||
	skip_all 'there is no ctags (universal-ctags)'

mkdir -p "$T/tree/tests" "$T/tree/src/base" "$T/tree/src/front"
cp "$TESTS/names.sh" "$T/tree/tests"
names() { sh "$T/tree/tests/names.sh" "$@" 2>&1; echo "status $?"; }
body='static int find(int n)
{
	return n;
}'

like "$(names)" 'no function' "a tree without functions is not called good"
echo "$body" >"$T/tree/src/base/a.c"
echo "$body" >"$T/tree/src/base/b.c"
is "$(names)" 'status 0' "a name in two files is well"
is "$(names -n 1)" '2 find: src/base/a.c src/base/b.c
status 1' "unless it is asked for less"
echo "$body" >"$T/tree/src/front/c.c"
is "$(names)" '3 find: src/base/a.c src/base/b.c src/front/c.c
status 1' "one in three is told, with the files"
printf '%s\n' 'static int find(int n);' 'int find_all(int n);' \
	'int find_all(int n)' '{' '	return find(n);' '}' \
	>"$T/tree/src/front/c.c"
is "$(names)" 'status 0' "to declare or call it does not count"
for f in 1 2 3; do
	printf '%s\n' 'int main(void)' '{' '	return 0;' '}' \
		>"$T/tree/src/front/$f.c"
done
is "$(names)" 'status 0' "nor does main, which is not static"
is "$(sh "$TESTS/names.sh" 2>&1)" '' "the source has none"
done_testing
