#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# PROTOCOL says what the source does: every frame and every number. At the end
# another implementation, written after the document alone (tests/clients/link.py),
# talks to an agent.
# shellcheck disable=SC2013 # lists of words
. "$(dirname "$0")/../lib.sh"
need_product

top=$(cd "$TESTS/.." && pwd)
doc=$top/PROTOCOL

# value NAME: of a #define anywhere in the source
value() {
	sed -n "s/^#define $1[ 	][ 	]*\"\{0,1\}\([^\"	 ]*\).*/\1/p" \
		$(find "$top/src" -name "*.[ch]") | sort -u
}

# Frames: "number name min-max" from the enum and the table, and the document's.
sed -n 's/^	\(FRAME_[A-Z]*\) = \([0-9]*\),.*/\1 \2/p' \
	"$top/src/proto/frame.h" | sort >"$T/enum"
sed -n 's/^	{ \(FRAME_[A-Z]*\), "\(.*\)", \(.*\), \(.*\) },$/\1 \2 \3-\4/p' \
	"$top/src/proto/frame.c" | sed 's/FRAME_MAX/16380/' | sort >"$T/table"
is "$(cut -d' ' -f1 "$T/table")" "$(cut -d' ' -f1 "$T/enum")" \
	'each frame has a row of sizes'
join "$T/enum" "$T/table" | cut -d' ' -f2- | sort -n >"$T/frames"
ok 'the source is understood' test "$(wc -l <"$T/frames")" -ge 19
# The attacker knows all of them.
is "$(sed -n '/ types\[\] = {/,/};/p' "$top/tests/clients/hostile.c" |
	grep -o 'FRAME_[A-Z]*' | sort)" "$(cut -d' ' -f1 "$T/enum" | LC_ALL=C sort)" \
	'tests/clients/hostile.c sends each type of frame'
sed -n '/^    number  name/,/^$/p' "$doc" |
	awk 'NR > 1 && NF { print $1, $2, $4 }' >"$T/frames.doc"
is "$(cat "$T/frames.doc")" "$(cat "$T/frames")" \
	'the table of frames is that of the source'

# who_sends NAME: from the comments of the enum
while read -r number name _; do
	who=$(sed -n "s/^	FRAME_[A-Z]* = $number,	*\/\* \(front\|agent\|both\):.*/\1/p" \
		"$top/src/proto/frame.h")
	test -z "$who" ||
		like "$(cat "$doc")" "^    $number +$name +$who " \
			"$name is sent by: $who"
	like "$(cat "$doc")" "^$name( |\$)" "the fields of $name are told"
done <"$T/frames"

# Numbers of section 12, and those in the text.
sed -n '/^12\. /,/^13\. /s/.* \([0-9][0-9]*\)  *\([A-Z_]*\)$/\2 \1/p' "$doc" \
	>"$T/limits"
ok 'the limits are understood' test "$(wc -l <"$T/limits")" -ge 14
while read -r name number; do
	for v in $(value "$name"); do
		# Two files have a dial of their own, of the same length.
		is "$number" "$v" "$name"
	done
	isnt "$(value "$name")" '' "$name is in the source"
done <"$T/limits"
for name in PROTOCOL_VERSION PROTOCOL_OLDEST; do
	like "$(cat "$doc")" "$name $(value $name)\\b" "$name"
done
like "$(head -n 1 "$doc")" "version $(value PROTOCOL_VERSION)\$" \
	'the title has the version'
like "$(cat "$doc")" "FRAME_HEADER, $(value FRAME_HEADER) bytes" FRAME_HEADER
like "$(cat "$doc")" "FRAME_MAX, $((16384 - $(value FRAME_HEADER)))\$" FRAME_MAX
like "$(cat "$top/src/proto/frame.h")" 'FRAME_MAX \(16384 - FRAME_HEADER\)' \
	'which is what the source computes'
like "$(cat "$doc")" "of $(value TLS_SECRET_SIZE) random bytes" TLS_SECRET_SIZE

# The longest strings: "char program[64]" is at most 63 bytes
sed -n '/^struct/,/^}/s/^	char \([a-z]*\)\[\([0-9]*\)\];.*/\1 \2/p' \
	"$top/src/proto/message.h" >"$T/strings"
ok 'the strings are understood' test "$(wc -l <"$T/strings")" -ge 7
tr -s ' \n' '  ' <"$doc" >"$T/doc.line"
while read -r name size; do
	like "$(cat "$T/doc.line")" \
		"string $name \(at most $((size - 1))( bytes)?\)" \
		"$name has at most $((size - 1)) bytes"
done <"$T/strings"

# What START can ask for
sed -n 's/^#define KIND_[A-Z]* "\(.*\)"/\1/p' "$top/src/proto/message.h" >"$T/kinds"
ok 'the kinds are understood' test "$(wc -l <"$T/kinds")" -ge 2
sed -n '/^    kind  *program/,/^$/s/^    \([a-z-]\{1,\}\)  .*/\1/p' "$doc" |
	sed 1d >"$T/kinds.doc"
is "$(cat "$T/kinds.doc")" "$(cat "$T/kinds")" 'the kinds are those of the source'

# What fronts can offer
sed -n 's/^#define SERVICE_[A-Z0-9]* "\(.*\)".*/\1/p' "$top/src/proto/message.h" \
	>"$T/services"
ok 'the services are understood' test "$(wc -l <"$T/services")" -ge 1
sed -n '/^    service  *target/,/^$/s/^    \([a-z0-9-]\{1,\}\)  .*/\1/p' "$doc" |
	sed 1d >"$T/services.doc"
is "$(cat "$T/services.doc")" "$(cat "$T/services")" \
	'the services are those of the source'

# Keys
for word in $(value SUITES | tr : ' '); do
	like "$(cat "$doc")" "^    $word\$" "$word"
done
salt=$(sed -n 's/.*salt\[\] = "\([^"]*\)".*/\1/p' "$top/src/net/tls/tls_key.c")
like "$(cat "$doc")" "salt = \"${salt:-none}\"" 'the salt'
identity=$(sed -n 's/.*"\(vrs[0-9]*:\)%s:%s", tag, role.*/\1/p' \
	"$top/src/net/tls/tls_key.c")
like "$(cat "$doc")" "^    identity = \"${identity:-none}\" TAG \":\" ROLE\$" \
	'the identity'
for role in $(sed -n 's/.*tls_key_derive(.*"\(.*\)");/\1/p' \
	$(find "$top/src" -name "*.c") | sort -u); do
	like "$(cat "$T/doc.line")" "ROLE .*\"$role\"" "the role $role"
done

# Files of a session: every name that the source opens there.
for name in $(sed -n 's/.*\(secret_create\|secret_read\|safepath_read\|safepath_write\)([^,]*, "\([a-z.]*\)".*/\2/p' \
	$(find "$top/src/front" "$top/src/agent" -name "*.c") | sort -u); do
	like "$(cat "$doc")" "^    $name " "the file $name"
done
for key in $(sed -n 's/.*kv_writef\{0,1\}(out, "\([a-z]*\)".*/\1/p' \
	"$top/src/proto/endpoint.c"); do
	like "$(cat "$doc")" "^    $key=" "the key $key of a record"
done

for key in $(sed -n 's/^	{ "\([a-z-]*\)", \(TEXT\|AT\)(.*/\1/p' \
	"$top/src/proto/report.c"); do
	like "$(cat "$doc")" "^    $key=" "the key $key of a report"
done

# Another implementation. The agent runs without a front.
if ! command -v openssl >/dev/null; then
	skip 1 'openssl is not installed'
	done_testing
fi
tag=0123456789abcdef
mkdir -p "$T/state" "$T/state/$tag"
chmod 700 "$T/state" "$T/state/$tag"
(umask 077 && head -c 32 /dev/urandom >"$T/state/$tag/secret")
bg agent timeout 100 "$BUILD/vscode-remote-agent" --tag=$tag -vvv \
	--state-dir="$T/state" --link-address=127.0.0.1
agent=$PID
ok 'an agent leaves its record' wait_for 20 test -s "$T/state/$tag/endpoint"
$PYTHON "$CLIENTS/link.py" "$T/state/$tag" >"$T/link" 2>"$T/log/link"
is $? 0 'an implementation after the document ends well'
diag_file "$T/log/link" 20
while read -r verdict name; do
	is "$verdict" ok "$name"
done <"$T/link"
ok 'it tried something' test "$(wc -l <"$T/link")" -ge 12
is "$($PYTHON "$CLIENTS/link.py" "$T/state/$tag" end 'no more of it')" \
	'no more of it' 'a front ends the session, and all are told why'
ok 'the agent ends' wait_for 10 gone "$agent"
wait "$agent"
is $? 0 'well'
done_testing
