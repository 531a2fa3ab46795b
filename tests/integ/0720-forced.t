#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A forced command, by a key and by a Match block as in examples/: what editors
# start and a shell are in the job, and nothing else can be told from an sshd
# without it.
# shellcheck disable=SC2016 # for shells there
. "$(dirname "$0")/../lib.sh"
need_product
sshd_start
at_exit vrs_end
examples=$TESTS/../examples

# another_sshd NAME PORT: one more, with stdin for the end of its configuration
another_sshd() {
	{ sed "s/^Port .*/Port $2/" "$T/ssh/sshd_config"; cat; } \
		>"$T/ssh/sshd_config.$1"
	bg "$1" timeout 200 "$(command -v sshd)" -D -e -f "$T/ssh/sshd_config.$1"
	ok "an sshd: $1" wait_for 10 has "$T/log/$1.err" "Server listening" || exit 1
	printf '[127.0.0.1]:%s %s\n' "$2" "$(cat "$T/ssh/host.pub")" \
		>>"$T/ssh/known_hosts"
}
keys_port=$(free_port)
sftp_server=/usr/lib/openssh/sftp-server
test -x $sftp_server || sftp_server=/usr/libexec/openssh/sftp-server
another_sshd keys "$keys_port" <<END
Subsystem sftp $sftp_server
END

# forced_command FILE: the line of an example that has it, for this session
forced_command() {
	sed -n "s|/usr/local/bin/vscode-remote-shell --partition=interactive forced|$(vrs_command "$OPTIONS") forced|p" \
		"$1"
}
# forced_key NAME [OPTION...]: a host with a key that has the line of the example
forced_key() {
	name=$1
	shift
	OPTIONS=$*
	ssh-keygen -q -t ed25519 -N '' -C "$name" -f "$T/ssh/$name"
	forced_command "$examples/authorized_keys" |
		sed "s|ssh-ed25519 .*|$(cat "$T/ssh/$name.pub")|" \
			>>"$T/ssh/authorized_keys"
	host_first "$name" "Port $keys_port" "IdentityFile $T/ssh/$name"
}
forced_key forced
like "$(tail -n 1 "$T/ssh/authorized_keys")" '^command=".*vscode-remote-shell.* forced" ssh-ed25519 ' \
	"the line of examples/authorized_keys"

# ---- nobody notices --------------------------------------------------------

# Its start-up file is read by the shell that sshd starts, as without.
echo 'export FROM_RC=1; f() { echo function; }' >"$HOME/.bashrc"
# as_before NAME COMMAND: the same of both
as_before() {
	ssh_to -p "$keys_port" plain "$2" <"${IN:-/dev/null}" >"$T/want" 2>"$T/want.err"
	echo "status $?" >>"$T/want.err"
	ssh_to forced "$2" <"${IN:-/dev/null}" >"$T/got" 2>"$T/got.err"
	echo "status $?" >>"$T/got.err"
	same "$T/got" "$T/want" "$1" &&
		same "$T/got.err" "$T/want.err" "$1: stderr and status"
}
as_before "a command" 'echo out; echo err >&2; exit 7'
as_before "a status" 'exit 255'
as_before "a signal" 'kill -TERM $$'
as_before "a core's signal" 'kill -SEGV $$'
as_before "a command that is not there" 'no-such-command'
as_before "the environment" 'env | grep -v "^SSH_CL\|^SSH_CONN" | sort; f'
like "$(cat "$T/got")" '^FROM_RC=1$' "which is there"
# No pipe: the shell has an end of it for a moment.
as_before "limits, signals, descriptors" 'ulimit -a; umask; pwd; grep ^Sig[BIC] /proc/$$/status; for fd in /proc/$$/fd/*; do test ${fd##*/} = 255 || echo ${fd##*/}; done; stat -L -c %F /dev/std*'
as_before "quotes" "echo 'a  b' \"c'd\" \\\$HOME \\\\ '	' * ''"
as_before "lines" 'echo a
cat <<"END"
b $HOME "\
END
 '
as_before "blanks before it" '  echo a'
as_before "no process between" 'cat /proc/$PPID/comm; tr "\0" " " </proc/$$/cmdline'
# 100 kB, as sshd passes them on.
long=$(head -c 70000 /dev/urandom | base64 -w 200 | head -c 100000)
as_before "100 kB" "printf '%s' '$long'"
is "$(cat "$T/got")" "$long" "all of them"
head -c 3000000 /dev/urandom >"$T/data"
IN=$T/data as_before "3 MB through it" 'cat; exit 3'
IN=/dev/null as_before "no input" 'cat'
echo 'echo $$ >/dev/null; echo from a script; exit 9' >"$T/script"
for shell in bash 'bash -s' sh 'bash --login -c bash' 'exec sh -l'; do
	IN=$T/script as_before "a script for '$shell'" "$shell"
done
head -c 40000 /dev/zero | tr '\0' '#' >"$T/script"
printf '\necho listeningOn==40001==; exit 9\n' >>"$T/script"
IN=$T/script as_before "a long one" bash
# One that waits for answers: of each line before the next is sent.
cat >"$T/expect.py" <<'END'
import subprocess, sys
p = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE,
                     stdout=subprocess.PIPE)
for i in range(3):
    p.stdin.write(b"echo $((%d + 1))\n" % i)
    p.stdin.flush()
    print(p.stdout.readline().decode().strip())
p.stdin.write(b"exit 4\n")
p.stdin.close()
sys.exit(p.wait())
END
is "$(timeout 60 "$PYTHON" "$T/expect.py" ssh -T -F "$T/ssh_config" forced sh
	echo $?)" "1
2
3
4" "one who waits for the answers of a shell gets them"
ssh_to -tt forced 'test -t 0 && stty size >/dev/null && exit 6' </dev/null >"$T/got" 2>&1
is $? 6 "a command on a terminal"
ssh_to -tt forced bash <<'END' >"$T/got" 2>&1
echo "ready: abcdef012345"
echo in ${VSCODE_REMOTE_SHELL_SESSION:-none}; exit 8
END
is $? 8 "a shell on a terminal, whatever is typed"
like "$(tr -d '\r' <"$T/got")" 'in none$' "is on the login node"

printf 'put %s %s/up\nget %s/up %s/down\n' "$T/data" "$T" "$T" "$T" >"$T/batch"
ok "sftp" sh -c 'timeout 60 sftp -q -F "$1" -b "$2" forced >"$3"' - \
	"$T/ssh_config" "$T/batch" "$T/out"
same "$T/down" "$T/data" "put and get"
ok "scp" timeout 60 scp -q -F "$T/ssh_config" "$T/data" "forced:$T/scp"
ok "the old scp" scp_old -q -F "$T/ssh_config" "forced:$T/scp" "$T/scp1"
same "$T/scp1" "$T/data" "there and back"
if command -v rsync >/dev/null; then
	ok "rsync" timeout 60 rsync -e "ssh -F $T/ssh_config" "$T/data" \
		"forced:$T/rsync"
	same "$T/rsync" "$T/data" "carries it"
fi
if command -v git >/dev/null; then
	git init -q "$T/repo"
	git -C "$T/repo" -c user.name=a -c user.email=a@b commit -q \
		--allow-empty -m first
	ok "git" env GIT_SSH_COMMAND="ssh -F $T/ssh_config" timeout 60 \
		git clone -q "forced:$T/repo" "$T/clone"
fi
is "$(ssh_to -W "127.0.0.1:$SSHD_PORT" forced </dev/null | head -c 8)" SSH-2.0- \
	"what only forwards"
is "$(ssh_to forced "$(vrs_command list --no-header)" 2>&1)" '' "a command of ours"
ok "none of all this has started a session" no_agents

# ---- sshd's own sftp, in a Match block -------------------------------------

OPTIONS=
port=$(free_port)
{
	echo 'Subsystem sftp internal-sftp -l ERROR'
	sed 's/^Match .*/Match all/; /^#/d' "$examples/sshd_config-forced" >"$T/match"
	forced_command "$T/match" | cat "$T/match" - | grep -v /usr/local
} >"$T/block"
like "$(tail -n 1 "$T/block")" 'ForceCommand .* forced$' \
	"the block of examples/sshd_config-forced"
another_sshd block "$port" <"$T/block"
host_first block "Port $port"
rm "$T/down"
sed -i 's/^put .*//' "$T/batch"
ok "sftp, where sshd has it within" sh -c \
	'timeout 60 sftp -q -F "$1" -b "$2" block >"$3"' - \
	"$T/ssh_config" "$T/batch" "$T/out"
same "$T/down" "$T/data" "works"
ssh_to block 'exit 5'
is $? 5 "a command"

# ---- a line that is wrong keeps nobody out ---------------------------------

forced_key wrong --linger=soon
ssh_to wrong 'echo out; exit 5' >"$T/out" 2>"$T/err"
is $? 5 "a wrong option: a command runs"
is "$(cat "$T/out")$(cat "$T/err")" out "and nobody is told"
echo 'echo in ${VSCODE_REMOTE_SHELL_SESSION:-none}; exit 6' |
	ssh_to wrong >"$T/out" 2>"$T/err"
is $? 6 "a shell runs"
like "$(cat "$T/out")" '^in none$' "on the login node"
is "$(cat "$T/err")" "vscode-remote-shell: --linger: 'soon' is not a duration like 90s, 5m, 1h or 2d; so this runs on the login node" \
	"which is told"
ok "no session" no_agents

# ---- editors ---------------------------------------------------------------

client vscode forced --pad 20000
ok "VS Code, which gives no command, gets its port" client_ready vscode
is "$(client_get vscode strict)" yes "no byte that nobody printed"
is "$(fetch vscode /version)" stub-1 "a page of its server"
is "$(fetch vscode '/env?VSCODE_REMOTE_SHELL_SESSION')" default "which is in the job"
is "$(agents | wc -l)" 1 "there is a session"
client platform forced --command bash
ok "VS Code with a remotePlatform: bash" client_ready platform
is "$(fetch platform /pid)" "$(fetch vscode /pid)" "to the same server"

# is_rewritten NAME: its port is not the one that was printed, so it was in the job
is_rewritten() {
	for f in "$HOME"/.vscode-server/printed."$(client_get "$1" uuid)"; do
		isnt "$(client_get "$1" port)" "$(sed -n \
			's/^\(codeL\|l\)isteningOn==\(.*:\)*\([0-9]*\)==$/\3/p' "$f")" \
			"$1: in the job"
	done
}
is_rewritten platform

# form NAME HOST FORM WORD...: a client that gives ssh these words
form() {
	lib_c=$1
	lib_host=$2
	lib_form=$3
	shift 3
	client "$lib_c" "$lib_host" --form "$lib_form" --block-timeout 30 --pad 0 \
		--var WAITS=500 --var COMMIT=test \
		--var "SERVER=$CLIENTS/codeserver.py" "$@"
}
form cursor forced cursor --command bash --command=--login --command=-c --command bash
ok "Cursor: bash --login -c bash" client_ready cursor
is_rewritten cursor
is "$(fetch cursor /version)" stub-1 "its first port leads to a server"
is "$("$PYTHON" "$CLIENTS/client.py" fetch --socks "$(client_get cursor socks)" \
	"$(client_get cursor port2)" /version)" stub-1 "and the second"
form windsurf forced cursor --command bash --command=-s
ok "Windsurf: bash -s" client_ready windsurf
is_rewritten windsurf
form terminal block cursor --command sh
ok "a script for sh, with the Match block" client_ready terminal
is_rewritten terminal

# open-remote-ssh: its script is the command, in base64, and ends. Then it comes to
# the port, through the same connection.
oss=0123456789abcdef01234567
{
	printf 'ID=%s\nFORM=oss\nCOMMIT=test\nPYTHON=%s\nCLIENTS=%s\n' $oss \
		"$PYTHON" "$CLIENTS"
	printf 'SERVER=%s/codeserver.py\n' "$CLIENTS"
	cat "$CLIENTS/forms.sh"
	# Longer than a request of ours.
	head -c 60000 /dev/zero | tr '\0' '#'
} >"$T/oss"
socks=$(free_port)
bg master timeout 100 ssh -F "$T/ssh_config" -o ControlPath="$T/mux" \
	-o ControlMaster=yes -N -D "$socks" forced
ok "a connection" wait_for 20 test -S "$T/mux"
timeout 60 ssh -F "$T/ssh_config" -o ControlPath="$T/mux" forced \
	"echo $(base64 -w 0 "$T/oss") | base64 -d | bash -l" \
	</dev/null >"$T/out" 2>"$T/err"
is $? 0 "open-remote-ssh: its script ends, and so does its command"
port=$(sed -n "/^$oss: start/,/^$oss: end/s/^listeningOn==\([0-9]*\)==$/\1/p" "$T/out")
like "$port" '^[0-9]+$' "there is a port"
isnt "$port" "$(sed -n 's/^listeningOn==\(.*\)==$/\1/p' \
	"$HOME/.vscode-server-oss/printed.$oss")" "of ours"
for i in 1 2; do
	is "$("$PYTHON" "$CLIENTS/client.py" fetch --socks "$socks" "$port" \
		/version)" stub-1 "which leads to its server, time $i"
done
ssh -F "$T/ssh_config" -o ControlPath="$T/mux" -O exit forced 2>"$T/err"
for c in vscode platform cursor windsurf terminal; do client_close $c; done
for f in "$HOME"/.vscode-server*/*.pid "$HOME"/.vscode-server*/.*.pid; do
	test ! -s "$f" || kill "$(cat "$f")"
done

# ---- what a site may want more ---------------------------------------------

forced_key more "'--into-job=*my-editor *'"
is "$(ssh_to more 'echo my-editor; echo in ${VSCODE_REMOTE_SHELL_SESSION:-none}')" \
	"my-editor
in none" "what does not match runs here"
is "$(ssh_to more ': my-editor --start; echo in ${VSCODE_REMOTE_SHELL_SESSION:-none}' \
	2>"$T/err")" "in default" "what does in the job"
forced_key all --force-all
ssh_to all 'echo in $VSCODE_REMOTE_SHELL_SESSION; cat; echo err >&2; exit 9' \
	<"$T/script" >"$T/out" 2>"$T/err"
is $? 9 "--force-all: a command in the job, with its status"
is "$(head -n 1 "$T/out")" "in default" "it is there"
sed 1d "$T/out" >"$T/got"
same "$T/got" "$T/script" "with its input"
is "$(cat "$T/err")" err "and its stderr, with nothing besides"
long=$(echo "$long" | tr '\n' ' ')
is "$(ssh_to all "printf '%s' '$long'; cat" </dev/null)" "$long" "100 kB of it"
ok "scp in the job" scp_old -q -F "$T/ssh_config" "$T/data" "all:$T/scp2"
same "$T/scp2" "$T/data" "carries it"
rm "$T/down"
ok "sftp in the job" sh -c 'timeout 60 sftp -q -F "$1" -b "$2" all >"$3"' - \
	"$T/ssh_config" "$T/batch" "$T/out"
same "$T/down" "$T/data" "too"
like "$(ssh_to all "$(vrs_command list --no-header)")" '^default ' \
	"our own commands run here"

# ---- what goes round -------------------------------------------------------

ssh_to forced 'vscode-remote-shell --linger=0 forced' >"$T/out" 2>"$T/err"
is $? 64 "forced by force"
is "$(cat "$T/err")" "vscode-remote-shell: forced: 'vscode-remote-shell --linger=0 forced' would ask for itself for ever: leave the word forced out" \
	"is refused in one line"
vrs shell -- "$(vrs_command forced)" >"$T/out" 2>"$T/err"
is $? 64 "forced in the job"
is "$(cat "$T/err")" "vscode-remote-shell: forced: this is in the job of session 'default' already" \
	"is refused in one line"
is "$(vrs shell -- "SSH_ORIGINAL_COMMAND='echo a' $(vrs_command forced)")" a \
	"but a command runs"
done_testing
