#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# layers.sh [OBJECTS]: what breaks the rules of the source.
# Prints includes that go up or sideways, circles of files in a folder, I/O in
# what is marked as pure, signals that do not go through os/procsig, numbers
# and times that do not go through base/number and os/timetext, structs of a
# program by which each part reaches each other, and
# strings split over source lines: what a user has read must be found by grep.
# Also files without a head comment, in the .c or its header.
#
# With OBJECTS, the folder in which src/ is compiled, also circles by calls: in
# a program or layer a file uses another when its code names a function or an
# object that the other defines, and nobody is used by whom he uses, however
# far around. Who is below calls back, through a pointer that he was given; what
# stands in tables (struct x_ops, rows of commands) is no use.
#
# Allowed: a program -> net, doctor -> os -> editor, proto, opt -> salloc -> base, and
# config.h everywhere. base, salloc, opt, proto and editor are pure, and elsewhere
# the files whose second line says so; they include no others.
cd "$(dirname "$0")/.." || exit 1
objects=$1
pure='base|salloc|opt|proto|editor'
marked=$(grep -lx '/\* Pure: no I/O, no clock, no globals\. \*/' $(find src -name '*.c') |
	sed 's/^src\///; s/\.c$//')
all=$(find src -name '*.[ch]')
in_pure=$(
	printf '%s\n' $all | grep -E "^src/($pure)/"
	for f in $marked; do ls src/$f.[ch]; done
)

# circles OBJECT...: those of one program or layer
circles() {
	# nm says who defines what, objdump what the code of each names.
	{ nm -A -P "$@"; objdump -r "$@"; } | awk '
	function file(object) {
		sub(/^.*\/src\//, "src/", object)
		sub(/\.o:?$/, ".c", object)
		return object
	}
	/ file format / { at = file($1); in_code = 0; next }
	/^RELOCATION RECORDS FOR / { in_code = /\[\.text/; next }
	$1 ~ /\.o:$/ && $3 ~ /^[A-Za-z]$/ {
		if ($3 ~ /[A-TV-Z]/)
			defines[$2] = file($1)
		if ($3 != "U")
			own[file($1), $2]
	}
	in_code && NF == 3 {
		sub(/[-+]0x[0-9a-f]*$/, "", $3)
		if (!((at, $3) in own) && !((at, $3) in names)) {
			names[at, $3]
			who[++n] = at
			what[n] = $3
		}
	}
	function reaches(from, to, i) {
		if (from == to)
			return 1
		if (from in seen)
			return 0
		seen[from]
		for (i = 1; i <= n; i++)
			if (who[i] == from && what[i] in defines &&
				reaches(defines[what[i]], to))
				return 1
		return 0
	}
	END {
		for (i = 1; i <= n; i++) {
			if (!(what[i] in defines))
				continue
			split("", seen)
			if (reaches(defines[what[i]], who[i]))
				print who[i] " uses " what[i] " of " \
					defines[what[i]] ", in a circle"
		}
	}'
}

# Files that do not begin with what they own: x.c right below its SPDX line (and
# the mark of the pure), or x.h there or before its first declaration. In a header
# a single line, or what stands right above a function, is about less than the
# file.
without_head() {
	for f in $(printf '%s\n' $all | grep '^src/.*/'); do
		case $f in
		*.h) test ! -e "${f%.h}.c" || continue ;;
		esac
		set --
		for side in "${f%.?}.c" "${f%.?}.h"; do
			test ! -e "$side" || set -- "$@" "$side"
		done
		awk '
		FNR == 1 { lines = ended = over = 0; next }
		over || /^\/\* Pure: / { next }
		ended {
			if (in_c || /^#/ || !/\(/)
				found = 1
			over = 1
		}
		/^\/\*/ && !lines { in_c = FILENAME ~ /c$/ }
		/^\/\*/ || lines { lines++ }
		lines && /\*\/$/ { ended = in_c || lines > 1; over = !ended }
		!lines && (/^[a-z]/ || FILENAME ~ /c$/) { over = 1 }
		END { exit !found }' "$@" ||
			echo "$f: no head comment, here or in its header"
	done
}

circles_by_calls() {
	test -n "$objects" || return
	for own in src/*/ src/launch/*/; do
		# What launchers share is part of each.
		test -d "$own" && test "$own" != src/launch/ || continue
		sources=$(find "$own" -name '*.c')
		case $own in
		src/launch/*)
			sources="$sources $(find src/launch/*.c)" ;;
		esac
		set --
		for f in $sources; do
			f=$objects/${f%.c}.o
			test ! -e "$f" || set -- "$@" "$f"
		done
		test $# = 0 || circles "$@"
	done
}

# big_structs FILE...: those with more than 12 members that are no records. A
# record is data, rows of a table or what an answer says; its comment begins with
# "A record:". Any other struct of that size lets each part reach each other.
big_structs() {
	awk '
	function comment_ends() {
		is_record = comment ~ /^[ \t*]*A record:/
		comment = ""
	}
	# What is left of a line without comments.
	function code(line, out, at) {
		for (out = ""; line != ""; ) {
			if (in_comment) {
				at = index(line, "*/")
				comment = comment (at ? substr(line, 1, at) : line)
				line = at ? substr(line, at + 2) : ""
				in_comment = !at
				if (at && depth == 0)
					comment_ends()
				continue
			}
			at = index(line, "/*")
			out = out (at ? substr(line, 1, at - 1) : line)
			line = at ? substr(line, at + 2) : ""
			in_comment = at > 0
			if (at)
				comment = ""
		}
		return out
	}
	FNR == 1 { depth = in_comment = is_record = 0; name = "" }
	{
		text = code($0)
		if (depth == 0 && text ~ /^struct [a-z0-9_]+ \{/) {
			split(text, word, " ")
			name = word[2]
			members = parens = 0
		} else if (depth == 0 && text != "")
			name = ""
		for (i = 1; i <= length(text); i++) {
			c = substr(text, i, 1)
			if (c == "{")
				depth++
			else if (c == "}" && --depth == 0) {
				if (name != "" && members > 12 && !is_record)
					print FILENAME ": struct " name " has " \
						members " members and is no record"
				name = ""
			} else if (c == "(")
				parens++
			else if (c == ")")
				parens--
			else if (depth == 1 && parens == 0 && c ~ /[;,]/)
				members++
		}
		# What stands between says of what comes next nothing.
		if (depth == 0 && text != "")
			is_record = 0
	}' "$@"
}

# The struct of a whole program is for its main alone: who includes it reaches
# every part.
whole_programs() {
	for own in front agent; do
		test -d "src/$own" || continue
		grep -lr "^#include \"$own/$own\.h\"\$" --include='*.[ch]' "src/$own" |
			grep -v "^src/$own/main\.c\$\|^src/$own/$own\.[ch]\$" |
			sed "s|\$| includes $own/$own.h, which is for its main alone|"
	done
	big_structs $(find src -name '*.[ch]')
}

bad=$(
	whole_programs
	for f in $all; do
		own=${f#src/} own=${own%%/*}
		case $own in
		config.h) continue ;;
		base) below='base' ;;
		salloc | proto | editor) below="base|$own" ;;
		opt) below="base|salloc|$own" ;;
		os) below="os|$pure" ;;
		net | doctor) below="$own|os|$pure" ;;
		*) below="$own|net|doctor|os|$pure" ;;
		esac
		sed -n 's/^#include "\(.*\)"$/\1/p' "$f" |
			grep -Ev "^(($below)/|config\.h$)" |
			sed "s|^|$f includes |"
	done
	for f in $marked; do
		sed -n 's/^#include "\(.*\)\.h"$/\1/p' src/$f.[ch] |
			grep -Ev "^($pure)/" | grep -vxF "$marked" |
			sed "s|^|src/$f is pure and includes |"
	done
	for own in src/*/; do
		own=${own#src/} own=${own%/}
		# A file and its header are one.
		grep -roE "^#include \"$own/.*\.h\"\$" --include='*.[ch]' "src/$own" |
			sed 's|^src/\(.*\)\.[ch]:#include "\(.*\)\.h"$|\1 \2|' |
			awk '$1 != $2' | tsort 2>&1 >/dev/null
	done
	circles_by_calls
	without_head
	grep -nE '(^|[^_a-z])(kill|killpg)\(' $(find src -name '*.c') |
		grep -v '^src/os/procsig\.c:\|^[^:]*:[0-9]*:	/\*'
	grep -nE '<(unistd|fcntl|poll|netdb|dirent|pwd|signal|event2?/.*|openssl/.*|sys/(socket|stat|wait|un|epoll|mman|ioctl|time|resource))\.h>|<time\.h>' /dev/null $in_pure
	# Numbers of others have bounds (base/number), and times a text that
	# cannot fail (os/timetext). The kernel's uid_map has columns, and one of
	# its numbers is hexadecimal.
	grep -nHE '(^|[^_a-z])(strto(l|ll|ul|ull|imax|umax|d|f|ld)|ato(i|l|ll|f)|v?f?scanf|vsscanf|sscanf|localtime(_r)?|gmtime(_r)?|strftime|ctime(_r)?|asctime(_r)?|strptime)\(' $(find src -name '*.c') |
		grep -v '^src/os/timetext\.c:\|^src/os/proc\.c:.*SigCgt\|^src/os/peeruid\.c:.*%lu %lu %lu' |
		sed 's/$/: is for base\/number or os\/timetext/'
	# A line of output ends with \n, and the next may begin on the next line.
	# What stands between two pieces may be the name of a macro.
	awk '
	FNR == 1 { open = 0 }
	{
		line = $0
		sub(/[ \t]*(\/\*.*)?[ \t]*\\?$/, "", line)
	}
	open && line ~ /^[ \t]*[A-Za-z0-9_ \t]*"/ {
		print FILENAME ":" FNR ": a string goes on from the line above"
	}
	{
		open = line ~ /"[A-Za-z0-9_ \t]*$/ &&
			line !~ /\\n"$/ && line !~ /#include/
	}' $all
)
test -z "$bad" && exit 0
echo "$bad" >&2
exit 1
