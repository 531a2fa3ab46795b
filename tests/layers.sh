#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Prints includes that go up or sideways, circles of files in a folder, system
# I/O headers in src/pure, signals that do not go through os/procsig, numbers
# and times that do not go through pure/number and os/timetext, and
# strings split over source lines: what a user has read must be found by grep.
# Allowed: program -> net -> os -> pure, and config.h everywhere.
cd "$(dirname "$0")/.." || exit 1
bad=$(
	for f in src/*/*.[ch]; do
		own=${f#src/} own=${own%%/*}
		case $own in
		pure) below='pure' ;;
		os) below='os|pure' ;;
		net) below='net|os|pure' ;;
		*) below="$own|net|os|pure" ;;
		esac
		sed -n 's/^#include "\(.*\)"$/\1/p' "$f" |
			grep -Ev "^(($below)/|config\.h$)" |
			sed "s|^|$f includes |"
	done
	for own in src/*/; do
		own=${own#src/} own=${own%/}
		# A file and its header are one.
		sed -n "s|^#include \"$own/\(.*\)\.h\"\$|\1|;T;F;p" src/$own/*.[ch] |
			paste - - | sed "s|^src/$own/\([a-z0-9_]*\)\.[ch]\t|\1 |" |
			awk '$1 != $2' | tsort 2>&1 >/dev/null
	done
	grep -nE '(^|[^_a-z])(kill|killpg)\(' src/*/*.c |
		grep -v '^src/os/procsig\.c:\|^[^:]*:[0-9]*:	/\*'
	grep -nE '<(unistd|fcntl|poll|netdb|dirent|pwd|signal|event2?/.*|openssl/.*|sys/(socket|stat|wait|un|epoll|mman|ioctl|time|resource))\.h>|<time\.h>' src/pure/*.[ch]
	# Numbers of others have bounds (pure/number), and times a text that
	# cannot fail (os/timetext). The kernel's uid_map has columns, and one of
	# its numbers is hexadecimal.
	grep -nHE '(^|[^_a-z])(strto(l|ll|ul|ull|imax|umax|d|f|ld)|ato(i|l|ll|f)|v?f?scanf|vsscanf|sscanf|localtime(_r)?|gmtime(_r)?|strftime|ctime(_r)?|asctime(_r)?|strptime)\(' src/*/*.c |
		grep -v '^src/os/timetext\.c:\|^src/os/proc\.c:.*SigCgt\|^src/os/peeruid\.c:.*%lu %lu %lu' |
		sed 's/$/: is for pure\/number or os\/timetext/'
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
	}' src/*/*.[ch]
)
test -z "$bad" && exit 0
echo "$bad" >&2
exit 1
