#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Which sshd of the node ssh clients get, and what is said when it is none.
# shellcheck disable=SC2016 # for shells there
. "$(dirname "$0")/../lib.sh"
need_product
PATH=$PATH:/usr/sbin:/usr/local/sbin
SSHD=$(command -v sshd) || skip_all "no sshd"
at_exit vrs_end
ssh-keygen -q -t ed25519 -N '' -f "$T/key" || die "no key"
vrs proxy --known-hosts job >"$T/known" 2>"$T/err" || diag_file "$T/err"

# job OPTION...: the host job has these options of the product
job() {
	cat >"$T/ssh_config" <<-END
	Host job
		User $(id -un)
		IdentityFile $T/key
		IdentityAgent none
		BatchMode yes
		UserKnownHostsFile $T/known
		StrictHostKeyChecking yes
		ProxyCommand $(vrs_command "$@") proxy
	END
}
over() {
	vrs cancel >"$T/log/cancel" 2>&1
	a_while "$VRS_STATE"
}

# ---- the environment -------------------------------------------------------

# Many variables of every kind, byte for byte; SSH_AUTH_SOCK is of the login node.
# begins_with COMMAND...: the environment with which a shell begins there
begins_with() {
	"$@" 'cat /proc/$$/environ; true' 2>"$T/err" | tr '\n\0' '?\n' |
		LC_ALL=C sort
}
job
export SSH_AUTH_SOCK="$T/of-login"
ok "a session with 900 variables" timeout 60 "$PYTHON" "$CLIENTS/env-odd.py" \
	900 ssh -F "$T/ssh_config" job true 2>"$T/err" || diag_file "$T/err"
begins_with ssh_to job >"$T/has"
grep -a '^ODD_' "$T/has" >"$T/got"
begins_with "$PYTHON" "$CLIENTS/env-odd.py" 900 sh -c |
	grep -a '^ODD_' >"$T/want"
is "$(wc -l <"$T/want")" 900 "which are 900"
same "$T/got" "$T/want" "all arrive as they are"
is "$(grep -ac '^SSH_AUTH_SOCK=' "$T/has")" 0 "no agent of the login node"
is "$(VALUE=1 ssh_to -o "ProxyCommand=$(vrs_command -e SSH_AUTH_SOCK) proxy" job \
	'echo ${SSH_AUTH_SOCK-none}' 2>"$T/err")" none "nor by -e"

# It differs from that of `shell' by what the man page lists, and no more.
sed -n '/gives by these, which are of sshd/,/^\.El/s/^\.It Ev //p' \
	"$TESTS/../man/vscode-remote-shell.1" >"$T/listed"
like "$(tr '\n' ' ' <"$T/listed")" 'SSH_CLIENT SSH_CONNECTION SSH_TTY TERM' \
	"the man page lists names"
# Of each shell's own, whatever it is.
printf '%s\n' PWD OLDPWD SHLVL _ >>"$T/listed"
differs() { # FILE: the names that shell has not, or not so
	begins_with vrs shell -- >"$T/want"
	LC_ALL=C comm -3 "$1" "$T/want" | tr -d '\t' | sed 's/=.*//' | sort -u |
		grep -avxFf "$T/listed"
}
is "$(differs "$T/has")" '' "a command has the session's environment"
begins_with ssh_to -tt job | tr -d '\r' >"$T/tty"
ok "there is one with a terminal" grep -aq '^SSH_TTY=/dev/' "$T/tty"
is "$(differs "$T/tty")" '' "and so has one with a terminal"
unset SSH_AUTH_SOCK
over

# ---- names that are none ---------------------------------------------------

for name in 'a;id' '../x' 'a b' '$HOME' "$(printf 'a\033b')" "$(printf 'a\nb')" \
	"$(printf '\377')" -- "$(printf %300s x | tr ' ' x)"; do
	test "$name" != -- || continue
	vrs proxy "$name" >"$T/out" 2>"$T/err"
	lib_rc=$?
	is "$lib_rc $(wc -l <"$T/err") $(cat "$T/out")" "64 1 " \
		"a NAME of other bytes is refused in one line" || diag_file "$T/err"
	unlike "$(LC_ALL=C tr -d '[:print:]\n' <"$T/err" | od -An -c)" '[^ ]' \
		"which is all printable"
done
vrs proxy --known-hosts 'a,b c' >"$T/out" 2>"$T/err"
is "$? $(cat "$T/out")" "64 " "a name that makes two of one line of known_hosts"

# ---- a client without a key ------------------------------------------------

# ssh ends its ProxyCommand before that can say a word; the next is told.
advice='left before it was let in: .*ssh-keygen.*; your name here is .* --known-hosts'
keyless() { # its ProxyCommand's stderr goes to $T/proxy.err
	sed -e '/IdentityFile/d' -e "s,^\(.*ProxyCommand .*\),\1 2>>$T/proxy.err," \
		"$T/ssh_config" >"$T/keyless"
	timeout 60 ssh -T -F "$T/keyless" -o IdentityFile=none job true
}
ssh_to job true 2>"$T/err"
keyless 2>"$T/err"
is $? 255 "a client without a key"
like "$(cat "$T/err")" 'Permission denied \(publickey\)' "is told so by its ssh"
unlike "$(cat "$T/proxy.err")" "$advice" "of one that was let in before it, nothing"
ok "the next one" ssh_to job true 2>"$T/err"
like "$(cat "$T/err")" "$advice" "is told what a client needs"
is "$(grep -c 'let in' "$T/err")" 1 "in one line"
ssh_to job true 2>"$T/err"
is "$(cat "$T/err")" '' "and the one after that is not"

over

# ---- keys that are listed --------------------------------------------------

keys() { vrs_in "$@" proxy --authorize; }
vrs_in() { # STDIN WORD...
	lib_in=$1
	shift
	timeout 30 "$BUILD/vscode-remote-shell" --launcher=local \
		--state-dir="$VRS_STATE" "$@" <"$lib_in"
}
keys "$T/key.pub" >"$T/out" 2>"$T/err"
is $? 0 "proxy --authorize"
is "$(cat "$T/out")" '' "prints nothing"
like "$(cat "$T/err")" '^[^ ]*: 1 of your keys are listed in .*/authorized_keys, 1 of them new$' "but says what it did"
is "$(cat "$VRS_STATE/authorized_keys")" "$(cut -d' ' -f1,2 "$T/key.pub")" \
	"the key is kept without its comment"
is "$(stat -c %a "$VRS_STATE/authorized_keys")" 600 "for nobody else"
ok "the same again" keys "$T/key.pub" 2>"$T/err"
like "$(cat "$T/err")" ': 1 of your keys .*, 0 of them new$' "is there already"
# refuses NAME ERE: what $T/in holds
refuses() {
	keys "$T/in" >"$T/out" 2>"$T/err"
	is $? 64 "$1: refused"
	like "$(cat "$T/err")" "$2" "$1: why" && is "$(wc -l <"$T/err")" 1 "$1: one line"
}
cp "$T/key" "$T/in"
refuses "a private key" 'stdin: line 1: that is a private key'
: >"$T/in"
refuses "nothing" 'stdin: there is no public key'
{ cat "$T/key.pub"; echo 'command="id" ssh-ed25519 AAAA'; } >"$T/in"
refuses "options" 'stdin: line 2: it begins with no type of a key'
head -c 70000 /dev/zero >"$T/in"
refuses "zeros" 'stdin: that is too much'
for i in $(seq 40); do
	ssh-keygen -q -t ed25519 -N '' -f "$T/many$i" && cat "$T/many$i.pub"
done >"$T/in"
refuses "too many" 'the list would be longer than 3072 bytes'
is "$(wc -l <"$VRS_STATE/authorized_keys")" 1 "and nothing of it is kept"
vrs proxy --authorize --known-hosts >"$T/out" 2>"$T/err"
is $? 64 "with --known-hosts"
like "$(cat "$T/err")" 'different things' "it cannot be"
vrs proxy --authorize --revoke >"$T/out" 2>"$T/err"
is "$?" 64 "with --revoke"
# revoke FILE: the keys of FILE out of the list
revoke() { timeout 30 "$BUILD/vscode-remote-shell" --state-dir="$VRS_STATE" proxy --revoke <"$1" >"$T/out" 2>"$T/err"; }
keys "$T/many1.pub" 2>"$T/err"
cat "$T/many1.pub" "$T/many2.pub" >"$T/in"
ok "--revoke" revoke "$T/in"
is "$(cat "$T/out")" 1 "--revoke: how many were listed"
is "$(cat "$VRS_STATE/authorized_keys")" "$(cut -d' ' -f1,2 "$T/key.pub")" \
	"--revoke: that one is not any more, others are"
ok "--revoke again" revoke "$T/in"
is "$(cat "$T/out")" 0 "--revoke again: none was"
ok "--revoke of the last" revoke "$T/key.pub"
is "$(cat "$VRS_STATE/authorized_keys")" '' "--revoke of the last: the list is empty"
ok "a key in the empty list" keys "$T/key.pub" 2>"$T/err"
: >"$T/in"
not revoke "$T/in"
is "$?" 0 "--revoke of nothing is refused"
like "$(cat "$T/err")" 'stdin: there is no public key' "--revoke of nothing: why"
echo 'command="id" ssh-ed25519 AAAA' >"$VRS_STATE/authorized_keys"
vrs proxy >"$T/out" 2>"$T/err"
is $? 78 "a list that somebody has spoiled"
like "$(cat "$T/err")" 'authorized_keys: line 1: it begins with no type' "is named"
keys "$T/key.pub" >"$T/out" 2>"$T/err"
is $? 78 "a key more in it"
like "$(cat "$T/err")" '^vscode-remote-shell: the list of keys in the state directory' \
	"it is the list that is named, and not stdin"
rm "$VRS_STATE/authorized_keys"

# ---- host keys that are none -----------------------------------------------

host_key=$VRS_STATE/ssh_host_key
mv "$host_key" "$T/host_key"
# bad_key NAME STATUS ERE: by both ways, and nothing waits for anything
bad_key() {
	for lib_w in proxy 'proxy --known-hosts'; do
		# shellcheck disable=SC2086 # words
		vrs $lib_w >"$T/out" 2>"$T/err"
		is "$? $(wc -l <"$T/err") $(cat "$T/out")" "$2 1 " "$1: $2, one line" &&
			like "$(cat "$T/err")" "$3.*remove it" "$1: why, and what to do"
	done
	rm -rf "$host_key" "$host_key.pub"
}
: >"$host_key"
chmod 600 "$host_key"
bad_key "empty" 78 "$host_key is damaged"
ssh-keygen -q -t ecdsa -N secret -m PKCS8 -f "$host_key"
bad_key "one with a passphrase" 78 "$host_key is damaged"
ssh-keygen -q -t ed25519 -N '' -f "$host_key"
bad_key "another type" 78 "$host_key is damaged"
cp "$T/host_key" "$host_key"
chmod 640 "$host_key"
bad_key "one that the group reads" 77 'is not used: ssh_host_key: .*chmod 600'
mkdir "$host_key"
bad_key "a directory" 77 'ssh_host_key: not a regular file'
mkfifo -m 600 "$host_key"
bad_key "a fifo" 77 'ssh_host_key: not a regular file'
ln -s "$T/host_key" "$host_key"
bad_key "a link" 77 'ssh_host_key: is a symbolic link'
cp -p "$T/host_key" "$host_key"

# ---- --sshd ----------------------------------------------------------------

# The sshd is the session's: another is another job's.
cat >"$T/own-sshd" <<END
#!/bin/sh
echo "\$*" >>"$T/calls"
exec $SSHD "\$@"
END
chmod 755 "$T/own-sshd"
job --sshd="$T/own-sshd"
is "$(ssh_to job 'echo in' 2>"$T/err")" in "--sshd" || diag_file "$T/err"
like "$(cat "$T/calls")" '^-i -e -f ' "that sshd is it"
job --sshd="$SSHD"
: >"$T/calls"
is "$(ssh_to job 'echo in' 2>"$T/err")" in "another, while the session is there"
like "$(cat "$T/err")" '--sshd' "is told to have no effect"
like "$(cat "$T/calls")" '^-i -e -f ' "and has none"

# no_sshd NAME ERE OPTION...: one line, status 69
no_sshd() {
	lib_what=$1 lib_ere=$2
	shift 2
	over
	vrs "$@" proxy >"$T/out" 2>"$T/err"
	is $? 69 "$lib_what: 69"
	sed -i "/session 'default' is job/d" "$T/err"
	is "$(wc -l <"$T/err")" 1 "$lib_what: in one line" || diag_file "$T/err"
	like "$(cat "$T/err")" "$lib_ere" "$lib_what: which says why"
	is "$(cat "$T/out")" '' "$lib_what: nothing on stdout"
	ok "$lib_what: nothing is left of it" nothing_left
}
nothing_left() {
	test -z "$(ls "$(vrs shell -- 'echo $XDG_RUNTIME_DIR' | sed 's,/run$,,')/sshd")"
}
no_sshd "none there" "there is no program $T/none on .*, which --sshd names\$" \
	--sshd="$T/none"
no_sshd "a directory" "$T on .* cannot be used: .*ermission denied" --sshd="$T"
vrs --sshd=sshd proxy >"$T/out" 2>"$T/err"
is $? 64 "a relative path"
like "$(cat "$T/err")" "--sshd: 'sshd' is not an absolute path" "is refused"
done_testing
