# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Reads options out of --help and of a man page, for the tests in this folder.

# Options as lines "LETTER NAME= (DEFAULT)", where = means an argument.
options_of_help() {
	awk '
	function flush() {
		if (name == "")
			return
		value = ""
		if (match(text, /\(default: .*\)$/))
			value = substr(text, RSTART + 10, RLENGTH - 11)
		print letter, name " (" value ")"
		name = ""
	}
	/^(  -.,|     ) --[a-z]/ {
		flush()
		letter = substr($1, 2, 1) == "-" ? "-" : substr($1, 2, 1)
		match($0, /--[a-z0-9-]+=?/)
		name = substr($0, RSTART + 2, RLENGTH - 2)
		text = substr($0, RSTART + RLENGTH)
		next
	}
	/^      / { sub(/^ +/, " "); text = text $0; next }
	{ flush() }
	END { flush() }'
}

options_of_man() {
	awk '
	function flush() {
		if (name != "")
			print letter, name " (" value ")"
		name = value = ""
	}
	/^\.It Fl / {
		flush()
		letter = $4 == "," ? $3 : "-"
		match($0, / -[a-z0-9-]+( Ns =)?/)
		name = substr($0, RSTART + 2, RLENGTH - 2)
		sub(/ Ns /, "", name)
	}
	/^\.Pq default: Cm / { value = substr($0, 17) }
	END { flush() }' "$1"
}
