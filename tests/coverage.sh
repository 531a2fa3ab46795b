#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# How many lines of each folder of src/ the unit tests run, of a tree that was
# built with --coverage. `make coverage` calls it.
#
#	coverage.sh BUILD [FOLDER]	a line for each file of FOLDER besides

build=$1
folder=$2

# A test may include a source file and have its lines, too: the better counts.
find "$build/obj" -name '*.gcno' | sed "s,/[^/]*$,," | sort -u |
	while read -r dir; do
		gcov -n "$dir"/*.gcno 2>/dev/null
	done | awk -v folder="$folder" '
	/^File .src\// {
		gsub("\047", "", $2)
		file = $2
	}
	/^Lines executed:/ && file != "" {
		sub("executed:", "", $2)
		n = $4
		run = int($2 * n / 100 + 0.5)
		if (file ~ /\.c$/ && run >= best[file]) {
			best[file] = run
			lines[file] = n
		}
		file = ""
	}
	END {
		for (file in lines) {
			at = file
			sub("/[^/]*$", "", at)
			all[at] += lines[file]
			covered[at] += best[file]
			if (folder != "" && index(file, folder) == 1)
				printf "%s %d %d\n", file, best[file],
					lines[file]
		}
		for (at in all)
			printf "%s/ %d %d\n", at, covered[at], all[at]
	}' | sort | awk '{ printf "%-36s %5d of %5d lines, %3d %%\n", $1, $2, $3,
		$2 * 100 / $3 }'
