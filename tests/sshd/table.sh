#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# table.sh FILE: the rows "SSHD|CELL|RESULT" of tests/sshd as a table, a column for
# each sshd
test -s "$1" || exit 0
awk -F '|' '
	!($1 in column) { column[$1] = ++columns; head[columns] = $1 }
	!($2 in row) { row[$2] = ++rows; name[rows] = $2
		if (length($2) > width) width = length($2) }
	{ cell[row[$2], column[$1]] = $3 }
	END { printf "%-*s", width, "OpenSSH"
		for (c = 1; c <= columns; c++) printf "  %-5s", head[c]
		print ""
		for (r = 1; r <= rows; r++) { printf "%-*s", width, name[r]
			for (c = 1; c <= columns; c++)
				printf "  %-5s", cell[r, c] == "" ? "-" : cell[r, c]
			print "" } }' "$1"
