#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The configuration of vscode-grim-reaper, which root's kills depend on: what it
# does not say plainly is refused, with the line, and nothing is done.
. "$(dirname "$0")/../lib.sh"
test -x "$BUILD/vscode-grim-reaper" || skip_all "the reaper is not built (jansson)"

# reads WANT NAME: the configuration in $T/conf gives this status
reads() {
	chmod 600 "$T/conf"
	timeout 60 "$BUILD/vscode-grim-reaper" --config="$T/conf" --dry-run \
		--no-syslog </dev/null >"$T/out" 2>"$T/err"
	is $? "$1" "$2" || diag_file "$T/err"
}
says() { like "$(cat "$T/err")" "conf:$1" "and the line is told"; }

# A key in the tail of a line that is cut at 200 bytes
{
	printf 'exempt = %0186d' 0
	echo ' idle-timeout = 0'
} >"$T/conf"
reads 0 "a line of more than 200 bytes is one line"
printf 'exempt = %0199dmin-uid = nonsense\n' 0 >"$T/conf"
reads 0 "none is read from its tail"
printf 'age = 1h\nexempt = %04096d\n' 0 >"$T/conf"
reads 78 "a line over 4096 bytes is refused"
says '2: is longer than 4096 bytes'
printf '\357\273\277[vscode-grim-reaper]\r\nage = 1h\r\n' >"$T/conf"
reads 0 "a mark of UTF-8, and the line ends of Windows"
printf 'exempt = "*/a ; b"\nage = 1h ; an hour\n' >"$T/conf"
reads 0 "comments, and quotes"
printf 'exempt = "*/a\n' >"$T/conf"
reads 78 "a quote that does not end"
says '1: exempt: a value that begins'
printf '[vscode-grim-reaper\nmin-uid = 1\n' >"$T/conf"
reads 78 "a header that does not end"
says '1: is no \[SECTION\]'
printf '[vscode-grim-reaper]\nage = 1h\n[other]\n' >"$T/conf"
reads 78 "another section"
says '3: unknown section \[other\]'
printf '= x\n' >"$T/conf"
reads 78 "a value without a key"
says '1: is neither KEY = VALUE'
printf 'age = 1h\n 2h\n' >"$T/conf"
reads 78 "a value that goes on in the next line"
says '2: is neither KEY = VALUE'
printf 'age: 1h\n' >"$T/conf"
reads 78 "another separator"
says "1: .* behind 'age' comes no '='"
printf 'age =\n' >"$T/conf"
reads 78 "a key without a value"
says '1: age: has no value'
printf 'age = 1h\000\n' >"$T/conf"
reads 78 "a NUL"
says '1: has a control character'
printf 'age = 99999999999999999999h\n' >"$T/conf"
reads 78 "a mad number"
says "1: --age: '99999999999999999999h'"
yes 'age = 1h' | head -c 2000000 >"$T/conf"
reads 78 "two megabytes"
says ' is larger than'
cp "$TESTS/../examples/vscode-grim-reaper.conf" "$T/conf"
reads 0 "the example"
done_testing
