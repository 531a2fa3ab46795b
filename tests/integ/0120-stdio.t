#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# stdin, stdout, stderr and the exit status of the remote shell are those of
# the ssh: every byte, at once, in both directions.
. "$(dirname "$0")/../lib.sh"
need_product
sshd_start
vrs_host vrs

# Every byte value, NUL and CRLF included, and no newline at the end.
$PYTHON -c 'import sys
sys.stdout.buffer.write(bytes(range(256)) * 40 + b"a\r\nb\0\0\r\n\xff\xfe no end")
' >"$T/bytes"
$PYTHON -c 'import os, sys
sys.stdout.buffer.write(os.urandom(20000000).replace(b"\n", b"\r"))
' >"$T/long"
sum=$(sha256sum <"$T/long")

{ echo 'exec cat'; cat "$T/bytes"; } | ssh_to vrs >"$T/got"
same "$T/got" "$T/bytes" "every byte goes there and comes back"

is "$({ echo 'exec sha256sum'; cat "$T/long"; } | ssh_to vrs)" "$sum" \
	"20 MB without a newline on stdin"
is "$(echo "exec cat '$T/long'" | ssh_to vrs | sha256sum)" "$sum" \
	"20 MB without a newline on stdout"
echo "exec cat '$T/long' >&2" | ssh_to vrs 2>"$T/err"
is "$(tail -c 20000000 "$T/err" | sha256sum)" "$sum" "and on stderr"

is "$(printf 'cat; echo "<end>"\nabc' | ssh_to vrs)" 'abc<end>' \
	"the end of stdin is passed on"
is "$(ssh_to vrs </dev/null; echo $?)" 0 "an empty stdin ends the shell"

echo 'echo out; echo err >&2' | ssh_to vrs >"$T/out" 2>"$T/err"
is "$(cat "$T/out")" out "stdout is stdout"
is "$(grep -cx err "$T/err")" 1 "stderr is stderr"

# Nothing is held back: each question is answered only after it was seen.
talk vrs
say "printf 'Password: '; read -r x; echo \"got <\$x>\""
ok "a prompt without a newline is seen" hears 20 '^Password: $'
say 'open sesame'
ok "and can be answered" hears 20 '^Password: got <open sesame>$'
say "printf ' '; read -r x; printf 'listeningOn=='; read -r x; echo next"
ok "a lone blank is seen" hears 20 '^ $'
say
ok "what looks like the beginning of the port's line too" \
	hears 20 '^ listeningOn==$'
say
ok "and goes on" hears 20 '^ listeningOn==next$'
say 'exit 3'
talk_end
is "$TALK_RC" 3 "the exit status is the shell's"

is "$(echo 'exit 0' | ssh_to vrs; echo $?)" 0 "0 is 0"
is "$(echo 'exit 255' | ssh_to vrs; echo $?)" 255 "255 is 255"
is "$(echo 'kill -9 $$' | ssh_to vrs; echo $?)" 137 \
	"a shell that was killed: 128 + 9"
is "$(echo 'kill $$' | ssh_to vrs; echo $?)" 143 "terminated: 128 + 15"

# While a job waits in a queue the client types on.
cat >"$T/slow-launcher" <<-END
	#!/bin/sh
	test "\$1" != submit || sleep 3
	exec '$BUILD/launch-local' "\$@"
END
chmod 755 "$T/slow-launcher"
end_slow() { vrs --session=slow cancel >"$T/log/slow" 2>&1; }
at_exit end_slow
vrs_host slow --launcher="$T/slow-launcher" --session=slow
is "$({ echo 'exec sha256sum'; cat "$T/long"; } | ssh_to slow)" "$sum" \
	"20 MB typed before there is a job"
done_testing
