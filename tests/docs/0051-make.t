#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The Makefile: help names every target, compile lines are short unless V=1, and
# what was built with other flags is built again.
. "$(dirname "$0")/../lib.sh"

top=$(cd "$TESTS/.." && pwd)
test -e "$top/config.mk" || skip_all 'there is no config.mk'
unset MAKEFLAGS MAKELEVEL MFLAGS

run() { make -C "$top" --no-print-directory "$@" 2>&1; }

run help >"$T/help"
sed -n '/^\.PHONY/,/[^\\]$/p' "$top/Makefile" | tr -d '\\' | tr ' \t' '\n\n' |
	grep -xE '[a-z-]+' | sort >"$T/targets"
sed -n 's/^\([a-z][a-z-]*\)  .*/\1/p' "$T/help" | sort >"$T/named"
ok 'the targets are understood' grep -qx check-integ "$T/targets"
is "$(cat "$T/named")" "$(cat "$T/targets")" 'help names every target'
mkdir "$T/fresh"
cp "$top/Makefile" "$T/fresh"
is "$(make -C "$T/fresh" --no-print-directory help 2>&1)" "$(cat "$T/help")" \
	'also before ./configure'

object=obj/src/base/err.o
is "$(run B="$T/b" "$T/b/$object")" "  CC   $T/b/$object" \
	'a line for each command'
is "$(run B="$T/b" "$T/b/$object" | grep -v 'up to date')" '' \
	'what is built is not built again'
like "$(run B="$T/b" "$T/b/$object" CFLAGS=-O1 V=1)" ' -O1 .*-o .*err\.o' \
	'with other flags it is, and V=1 shows the command'
is "$(run -s B="$T/b" "$T/b/$object")" '' '-s shows nothing'
like "$(run -n B="$T/b" "$T/b/$object" V=1 CFLAGS=-O0)$(run V=1 B="$T/b" "$T/b/$object" CFLAGS=-O0)" \
	'-O0' 'flags count also behind -n'

is "$(run B="$T/b" "$T/b/$object" CFLAGS=-O0 prefix=/elsewhere |
	grep -v 'up to date')" '' 'but not for another prefix, as one installs with'

# The sanitized tree needs no flags, and takes over what was built without.
asan=$T/build-asan
run B="$asan" SAN= "$asan/$object" >"$T/log/plain"
like "$(run B="$asan" "$asan/$object" V=1)" '-fsanitize=address,undefined .*err\.o' \
	'build-asan is sanitized, whatever is asked for in it'
like "$(run -n asan V=1 2>&1 | head -n 20)" 'B=build-asan all' 'as make asan does'

# A place that was named is taken, or none.
if test -x "$top/configure"; then
	mkdir "$T/configure" "$T/configure/slurm"
	(cd "$T/configure" && "$top/configure" --with-slurm="$T/configure/slurm") \
		>"$T/out" 2>"$T/err"
	isnt "$?" 0 '--with-slurm=DIR with nothing in it: configure fails'
	like "$(cat "$T/err")" "error: --with-slurm=$T/configure/slurm: there is no include/slurm/slurm\\.h" \
		'and says what is not there'
else
	skip 2 'there is no configure'
fi
done_testing
