#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# names.sh [-n FILES]: the names of static functions that are in more than so
# many files of src (2), with these files. Who looks for one by its name, by
# grep or tags, should come to the right place. Status 1 when there are some.
cd "$(dirname "$0")/.." || exit 2
most=2
if test "$1" = -n; then
	most=$2
	shift 2
fi
test $# = 0 || { echo "usage: names.sh [-n FILES]" >&2; exit 2; }
tags=$(find src -name '*.[ch]' | LC_ALL=C sort |
	ctags --languages=C --langmap=C:.c.h --c-kinds=f --fields=+f \
		--sort=no -f - -L -) || exit 2
if test -z "$tags"; then
	echo "names.sh: ctags found no function in src" >&2
	exit 2
fi
# A static one is marked by "file:".
printf '%s\n' "$tags" | awk -F '\t' -v most="$most" '
BEGIN { sort = "LC_ALL=C sort -k1,1nr -k2" }
{ local = 0; for (i = 4; i <= NF; i++) local = local || $i ~ /^file:/ }
local && !(($1, $2) in seen) {
	seen[$1, $2]
	n[$1]++
	where[$1] = where[$1] " " $2
}
END {
	for (name in n)
		if (n[name] > most) {
			print n[name], name ":" where[name] | sort
			bad = 1
		}
	close(sort)
	exit bad
}'
