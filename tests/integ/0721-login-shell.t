#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# examples/login-shell.sh as the login shell of a user, by a real sshd: ssh without
# a command is in the job, everything else has the shell that the script names, as
# have su and the job's own shells. And where the program is not, all have it.
# shellcheck disable=SC2016 # for shells there
if test -z "$VRS_OWN_MOUNTS" && test "$(id -u)" = 0 &&
	unshare -m true 2>/dev/null; then
	VRS_OWN_MOUNTS=1 exec unshare -m --propagation=private sh "$0" "$@"
fi
. "$(dirname "$0")/../lib.sh"
need_product
test -n "$VRS_OWN_MOUNTS" || skip_all "only root can change a login shell"

ANN=54322
mkdir "$T/area"
mount -t tmpfs -o mode=755 area "$T/area" || die "no tmpfs"
mount --bind "$T/area" /mnt || die "no place to mount"
mkdir -p /mnt/bin /mnt/home/ann/.ssh
cp "$BUILD/vscode-remote-shell" "$BUILD"/launch-* "$BUILD/vscode-remote-agent" \
	/mnt/bin
# The example, with this program and launcher.
sed "s|/usr/local/bin/vscode-remote-shell|/mnt/bin/vscode-remote-shell|
	s|--partition=interactive|--launcher=local --linger=0|" \
	"$TESTS/../examples/login-shell.sh" >/mnt/bin/login-shell
chmod 755 /mnt/bin/login-shell
cp -a /etc "$T/etc"
mount --bind "$T/etc" /etc || die "no /etc of our own"
echo "ann:x:$ANN:" >>/etc/group
echo 'ann:*:19000::::::' >>/etc/shadow
# entry SHELL: ann's, with that shell
entry() {
	grep -v '^ann:' /etc/passwd >"$T/passwd"
	echo "ann:x:$ANN:$ANN::/mnt/home/ann:$1" >>"$T/passwd"
	cat "$T/passwd" >/etc/passwd
}
mount -t devpts -o newinstance,gid=5,mode=620,ptmxmode=666 pts /dev/pts ||
	die "no terminals of our own"
mount --bind /dev/pts/ptmx /dev/ptmx || die "no /dev/ptmx of our own"
sshd_start
# For ann, with her own home; T tells whose process it is.
sed "s|^SetEnv .*|SetEnv T=$T/|" "$T/ssh/sshd_config" >"$T/ssh/ann.config"
port=$(free_port)
sed -i "s/^Port .*/Port $port/" "$T/ssh/ann.config"
cat >>"$T/ssh/ann.config" <<'END'
Subsystem sftp internal-sftp
END
cp "$T/ssh/authorized_keys" /mnt/home/keys
chmod 644 /mnt/home/keys
sed -i 's|^AuthorizedKeysFile .*|AuthorizedKeysFile /mnt/home/keys|' "$T/ssh/ann.config"
chown -R $ANN:$ANN /mnt/home/ann
bg ann timeout 100 "$(command -v sshd)" -D -e -f "$T/ssh/ann.config"
ok "an sshd" wait_for 10 has "$T/log/ann.err" "Server listening"
printf '[127.0.0.1]:%s %s\n' "$port" "$(cat "$T/ssh/host.pub")" \
	>>"$T/ssh/known_hosts"
ann() { ssh_to -p "$port" -l ann plain "$@"; }
leave() {
	env -i PATH=/usr/bin:/bin HOME=/mnt/home/ann USER=ann \
		setpriv --reuid=$ANN --regid=$ANN --clear-groups \
		/mnt/bin/vscode-remote-shell --launcher=local cancel \
		>"$T/log/cancel" 2>&1 </dev/null
	umount -l "$T/area"
}
at_exit leave

seen='env | grep -v "^SSH_C" | sort; echo "$0"; exit 7'
entry /bin/bash
ann "$seen" >"$T/want" 2>"$T/err"
is $? 7 "an ordinary shell" || diag_file "$T/log/ann.err"
entry /mnt/bin/login-shell
ann "$seen" >"$T/got" 2>"$T/got.err"
is $? 7 "a command, with its status" || diag_file "$T/log/ann.err"
same "$T/got" "$T/want" "in the same environment" ||
	diff "$T/got" "$T/want" | sed 's/^/# /'
same "$T/got.err" "$T/err" "and nothing is told"
head -c 300000 /dev/urandom >"$T/data"
chmod 644 "$T/data"
is "$(ann 'cat >~/x; sha256sum <~/x' <"$T/data")" "$(sha256sum <"$T/data")" "bytes"
is "$(su - ann -c 'echo in ${VSCODE_REMOTE_SHELL_SESSION:-none}')" "in none" "su -c"
is "$(echo 'echo in ${VSCODE_REMOTE_SHELL_SESSION:-none}' | su - ann)" "in none" "su"
is "$(echo 'echo in ${VSCODE_REMOTE_SHELL_SESSION:-none}' |
	ann 'exec /mnt/bin/login-shell -l')" "in none" \
	"the shell with another argument is one"
none() { test -z "$(pgrep -u $ANN -f vscode-remote-agent)"; }
ok "nobody has started a session" none

echo 'echo in $VSCODE_REMOTE_SHELL_SESSION, $SHELL; exit 5' | ann >"$T/out" 2>"$T/err"
is $? 5 "no command: a shell" || diag_file "$T/err"
is "$(cat "$T/out")" "in default, /bin/bash" "in the job, whose SHELL is the real one"
echo '/mnt/bin/login-shell -c "echo as a login shell; exit 6"' | ann >"$T/out" 2>"$T/err"
is $? 6 "the job's own login shells"
is "$(cat "$T/out")" "as a login shell" "are the real one"
echo 'echo "exit 9" | /mnt/bin/login-shell' | ann >"$T/out" 2>"$T/err"
is $? 9 "without arguments, too"
ann 'vscode-remote-shell forced; exit 3' >"$T/out" 2>"$T/err"
is $? 3 "what asks for itself is a command like others"

mv /mnt/bin/vscode-remote-shell /mnt/bin/away
echo 'echo in ${VSCODE_REMOTE_SHELL_SESSION:-none}; exit 4' | ann >"$T/out" 2>"$T/err"
is $? 4 "without the program: a shell"
is "$(cat "$T/out")" "in none" "on the login node"
is "$(ann 'echo a')" a "and commands"
mv /mnt/bin/away /mnt/bin/vscode-remote-shell
done_testing
