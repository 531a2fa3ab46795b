#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Prints includes that go up or sideways, circles of files in a folder, I/O in
# what is marked as pure, signals that do not go through os/procsig, numbers
# and times that do not go through base/number and os/timetext, and
# strings split over source lines: what a user has read must be found by grep.
#
# Allowed: a program -> net -> os -> editor, proto, opt -> base, and config.h
# everywhere. base, opt, proto and editor are pure, and elsewhere the files whose
# second line says so; they include no others.
cd "$(dirname "$0")/.." || exit 1
pure='base|opt|proto|editor'
marked=$(grep -lx '/\* Pure: no I/O, no clock, no globals\. \*/' $(find src -name '*.c') |
	sed 's/^src\///; s/\.c$//')
all=$(find src -name '*.[ch]')
in_pure=$(
	printf '%s\n' $all | grep -E "^src/($pure)/"
	for f in $marked; do ls src/$f.[ch]; done
)
bad=$(
	for f in $all; do
		own=${f#src/} own=${own%%/*}
		case $own in
		config.h) continue ;;
		base) below='base' ;;
		opt | proto | editor) below="base|$own" ;;
		os) below="os|$pure" ;;
		net) below="net|os|$pure" ;;
		*) below="$own|net|os|$pure" ;;
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
