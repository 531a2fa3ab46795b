#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What went wrong in vscode-shell-proxy (versions 1 and 2, found by running
# them); one numbered test each. Comments name the old behaviour.
. "$(dirname "$0")/../lib.sh"
need_product
sshd_start
vrs_host vrs

# run NAME TEXT: the shell's stdout for this input into $T/NAME.out
run() { printf '%b' "$2" | ssh_to vrs >"$T/$1.out" 2>"$T/$1.err"; }

# in_block VALUE: a block with this value, printed by the remote shell
in_block() {
	printf '%s' "printf '%s\\\\n' '0123456789ab: start' 'listeningOn==$1=='"
	printf '%s\n' " 'arch==x==' '0123456789ab: end'"
}

# 1. The end of stdin ended everything at once: output on its way was lost,
# and with salloc's death the job was.
run 1 'sleep 1\nseq 20000\n'
is "$(tail -n 1 "$T/1.out")" 20000 "1: output after the end of stdin arrives"
like "$(agents)" '^[0-9]+$' "1: and the job goes on"

# 2. The exit status was always 0.
run 2 'exit 7\n'
is $? 7 "2: the exit status is the shell's"

# 3. listeningOn==== was swallowed; the client waited till its timeout.
run 3 "$(in_block '')"
is "$(sed -n 2p "$T/3.out")" "listeningOn====" "3: an empty value passes"

# 4. listeningOn==[::1]:4000== was swallowed.
run 4 "$(in_block '[::1]:1')"
is "$(wc -l <"$T/4.out")" 4 "4: an IPv6 address loses no line"
like "$(sed -n 2p "$T/4.out")" '^listeningOn==.*==$' "4: and the line is there"

# 5. Any digit before it on the line, as in "node12: ", and it was swallowed.
run 5 "echo 'node12: listeningOn==127.0.0.1:4000=='\n"
is "$(cat "$T/5.out")" "node12: listeningOn==127.0.0.1:4000==" \
	"5: a line with something before the key passes unchanged"

# 6. In listeningOn==/tmp/code-1234-abcd.sock== the number in the path was
# replaced by the port.
client six vrs --var FORM=unix
ok "6: a client whose server has a socket" client_ready six
is "$($PYTHON "$CLIENTS/client.py" fetch "$(client_get six value)" /version)" \
	stub-1 "6: the path leads to it"
client_kill six

# 7. A second listeningOn line in the same shell passed unchanged, and the
# client went to a wrong local port.
talk vrs
say "HOME='$HOME' PYTHON='$PYTHON' LOOPS=0 ID=111111111111 sh '$CLIENTS/bootstrap.sh'"
ok "7: a first block" hears 30 '^111111111111: end'
say "HOME='$HOME' PYTHON='$PYTHON' LOOPS=0 ID=222222222222 sh '$CLIENTS/bootstrap.sh'"
ok "7: a second block" hears 30 '^222222222222: end'
real=$(cat "$HOME/.vscode-server/port")
n=0
for port in $(sed -n 's/^listeningOn==127.0.0.1:\(.*\)==$/\1/p' "$T/talk.out")
do
	n=$((n + 1))
	isnt "$port" "$real" "7: value $n is rewritten"
	is "$($PYTHON "$CLIENTS/client.py" fetch "$port" /version)" stub-1 \
		"7: value $n leads to the server"
done
is $n 2 "7: two values"
talk_end

# 8. CRLF became LF.
run 8 "printf 'a\\\\r\\\\nb\\\\r\\\\n'\n"
is "$(od -An -c "$T/8.out" | tr -s ' ')" ' a \r \n b \r \n' "8: CRLF stays"

# 9. Prompts were held until a newline or the end.
talk vrs
say "printf 'Passcode: '; read -r x; echo"
ok "9: a prompt is not held" hears 20 '^Passcode: $'
talk_end

# 10. One byte that is not UTF-8 killed a thread; the session hung.
run 10 "printf '\\\\377\\\\376\\\\200'; echo then\n"
is "$(od -An -tx1 "$T/10.out" | tr -d ' ')" fffe807468656e0a \
	"10: bytes that are no UTF-8 pass"

# 11. A tee file that cannot be written: a traceback, a dead stream, status 0.
vrs_host eleven -1 "$T/no/such/folder/tee"
echo 'echo hello' | ssh_to eleven >"$T/11.out" 2>"$T/11.err"
is $? 73 "11: a tee file that cannot be made ends it with 73"
like "$(cat "$T/11.err")" "$T/no/such/folder" "11: and says which"

# 12. With a busy --listen-port stdout hung, status 0.
# The test's sshd has this port.
vrs_host twelve -p "$SSHD_PORT"
client twelve twelve --allow-empty
ok "12: a busy port hangs nothing" \
	wait_for 30 client_is twelve 'ready|failed|ended'
ssh_to twelve </dev/null >/dev/null 2>&1
is $? 71 "12: has an exit status of its own"
like "$(cat "$T/twelve/stderr")" "vscode-remote-shell: .*$SSHD_PORT" \
	"12: and is named"
client_kill twelve

# 13. A client that shut down its sending side lost the reply.
client thirteen vrs
ok "13: a client" client_ready thirteen
is "$(fetch thirteen /eof --half-close --post 100000)" same \
	"13: half-close keeps the reply"
client_kill thirteen

# 14. localhost:PORT worked only by luck of the pattern.
client fourteen vrs --var FORM="localhost:$(cat "$HOME/.vscode-server/port")"
ok "14: a client told of localhost" client_ready fourteen
is "$(fetch fourteen /version)" stub-1 "14: reaches it"
client_kill fourteen

# 15. -S --partition=x, two words, was refused, status 2.
for form in '-S --partition=x' '-S--partition=x' \
	'--salloc-arg --partition=x'; do
	# shellcheck disable=SC2086
	vrs $form --session=none cancel >"$T/15.out" 2>&1
	is $? 0 "15: $form is taken" || diag_file "$T/15.out"
done

# 16. A user in no workgroup: NameError. 17. No workgroup command at all:
# FileNotFoundError. Without --group neither is looked at.
mkdir "$T/bin"
printf '#!/bin/sh\ntouch "%s/asked"\nexit 1\n' "$T" >"$T/bin/workgroup"
chmod 755 "$T/bin/workgroup"
host_add sixteen "PATH='$T/bin':\$PATH $(vrs_command)"
is "$(echo 'echo hello' | ssh_to sixteen)" hello "16: no workgroup is no error"
ok "16: and nobody asks for one" test ! -e "$T/asked"
host_add seventeen "PATH=/usr/bin:/bin $(vrs_command)"
is "$(echo 'echo hello' | ssh_to seventeen)" hello \
	"17: nor is a missing workgroup command"
done_testing
