#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# table.sh FILE: the figures of tests/faults as a table
test -s "$1" || exit 0
{
	echo 'fault|where|points|held|figure'
	cat "$1"
} | awk -F '|' '
	{ for (i = 1; i <= 5; i++) { cell[NR, i] = $i
		if (length($i) > width[i]) width[i] = length($i) } }
	END { for (r = 1; r <= NR; r++) {
		missed = r > 1 && cell[r, 3] != cell[r, 4] ? "  MISSED" : ""
		printf "%-*s  %-*s  %*s  %*s  %s%s\n", width[1], cell[r, 1],
			width[2], cell[r, 2], width[3], cell[r, 3],
			width[4], cell[r, 4], cell[r, 5], missed } }'
