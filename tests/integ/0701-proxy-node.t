#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A node where an ordinary user has no passwordless way in: his sshd runs all the
# same, also with a home that his group may write. And nodes on which none can:
# each tells why in one line, and at once.
# shellcheck disable=SC2016 # for shells there
if test -z "$VRS_OWN_MOUNTS" && test "$(id -u)" = 0 &&
	unshare -m true 2>/dev/null; then
	VRS_OWN_MOUNTS=1 exec unshare -m --propagation=private sh "$0" "$@"
fi
. "$(dirname "$0")/../lib.sh"
need_product
test -n "$VRS_OWN_MOUNTS" || skip_all "only root can make users"
PATH=$PATH:/usr/sbin:/usr/local/sbin
SSHD=$(command -v sshd) || skip_all "no sshd"

ANN=54321
# passwd SHELL PASSWORD: ann's entry
passwd() {
	grep -v '^ann:' "$T/passwd.before" >/etc/passwd
	echo "ann:$2:$ANN:$ANN::/mnt/home/ann:$1" >>/etc/passwd
}
cp -a /etc "$T/etc"
mount --bind "$T/etc" /etc || die "no /etc of our own"
cp /etc/passwd "$T/passwd.before"
echo "ann:x:$ANN:" >>/etc/group
echo 'ann:!:19000::::::' >>/etc/shadow
passwd /bin/sh x
# As nodes have it: terminals are of the group tty. sshd insists on that.
mount -t devpts -o newinstance,gid=5,mode=620,ptmxmode=666 pts /dev/pts ||
	die "no terminals of our own"
mount --bind /dev/pts/ptmx /dev/ptmx || die "no /dev/ptmx of our own"
# Not of the clone or $T, which other users may not be able to enter.
mkdir "$T/area"
mount -t tmpfs -o mode=755 area "$T/area" || die "no tmpfs"
mount --bind "$T/area" /mnt || die "no place to mount"
mkdir -p /mnt/bin /mnt/home/ann
cp "$BUILD/vscode-remote-shell" "$BUILD"/launch-* "$BUILD/vscode-remote-agent" \
	/mnt/bin
ssh-keygen -q -t ed25519 -N '' -f /mnt/home/ann/key
chown -R $ANN:$ANN /mnt/home/ann
chmod 2775 /mnt/home/ann

ann() {
	timeout 60 env -i PATH=/usr/bin:/bin HOME=/mnt/home/ann USER=ann T="$T/" \
		setpriv --reuid=$ANN --regid=$ANN --clear-groups \
		sh -c 'cd; exec "$@"' - "$@" </dev/null
}
front() { ann /mnt/bin/vscode-remote-shell --launcher=local "$@"; }
front proxy --known-hosts job >"$T/known" 2>"$T/err" || diag_file "$T/err"
cp "$T/known" /mnt/home/known
chmod 644 /mnt/home/known
cat >/mnt/home/config <<'END'
Host job
	User ann
	IdentityFile /mnt/home/ann/key
	IdentityAgent none
	BatchMode yes
	UserKnownHostsFile /mnt/home/known
	StrictHostKeyChecking yes
	ProxyCommand /mnt/bin/vscode-remote-shell --launcher=local proxy
END
ssh_job() { ann ssh -F /mnt/home/config job "$@"; }
over() {
	front cancel >"$T/cancel" 2>&1
	rm -f /mnt/home/ann/.local/state/vscode-remote-shell/ended.*
}
leave() { over; umount -l "$T/area"; }
at_exit leave

# ---- it works --------------------------------------------------------------

is "$(ssh_job 'id -un; echo $VSCODE_REMOTE_SHELL_SESSION' 2>"$T/err")" "ann
default" "a locked account, a home that the group writes" || diag_file "$T/err"
ann ssh -F /mnt/home/config -tt job 'tty; exit 4' >"$T/out" 2>"$T/err"
is $? 4 "a terminal" || diag_file "$T/err"
like "$(tr -d '\r' <"$T/out")" '^/dev/pts/' "is one"

# The agent's node is the same machine, with what it has from now on.
# refuses NAME ERE: the same in one line, and 69
refuses() {
	front proxy >"$T/out" 2>"$T/err"
	is $? 69 "$1: status 69"
	sed -i "/session 'default' is job/d" "$T/err"
	like "$(cat "$T/err")" "$2" "$1: says why"
	is "$(wc -l <"$T/err")" 1 "$1: in one line"
	is "$(cat "$T/out")" "" "$1: nothing on stdout"
	ssh_job true 2>"$T/err"
	is $? 255 "$1: ssh ends"
	like "$(cat "$T/err")" "$2" "$1: and shows it"
}

echo "Down for maintenance until noon" >/etc/nologin
refuses "/etc/nologin" \
	'logins are shut there by /etc/nologin: Down for maintenance until noon$'
rm /etc/nologin
ok "and without it: works again" ssh_job true

over
passwd /usr/sbin/nologin x
refuses "a shell that lets nobody in" 'your login shell there is /usr/sbin/nologin'
passwd /bin/sh x

over
: >"$T/none"
mount --bind "$T/none" "$SSHD"
refuses "no sshd" 'there is no sshd on .*; its package is openssh-server$'
umount "$SSHD"
ok "one that is there now is found" ssh_job true

# fake LINE: an sshd that does this
fake() {
	over
	printf '#!/bin/sh\n%s\n' "$1" >"$T/area/fake"
	chmod 755 "$T/area/fake"
	mount --bind "$T/area/fake" "$SSHD"
}
fake 'echo "$3: line 3: Bad configuration option: New" >&2; exit 255'
refuses "a configuration that is refused" \
	"$SSHD on .* cannot be used: .*line 3: Bad configuration option: New\$"
umount "$SSHD"
fake 'test "$1" = -T || { echo "no hostkeys available -- exiting." >&2; exit 1; }'
refuses "an sshd that dies at once" \
	'sshd on .* ended with status 1 before anybody had logged in: no hostkeys available'
umount "$SSHD"
# From OpenSSH 9.8 on sshd is two programs, and -T does not ask for the second.
fake 'test "$1" = -T || { echo "/usr/lib/openssh/sshd-session does not exist or is not executable" >&2; exit 255; }'
refuses "no sshd-session beside it" \
	'sshd on .* ended with status 255 .*: /usr/lib/openssh/sshd-session does not exist'
umount "$SSHD"
fake 'test "$1" = -T && exec sleep 60'
refuses "an sshd that hangs" 'ended by signal 14 .*did not answer'
umount "$SSHD"

# ---- no echo that sshd would trust -----------------------------------------

over
echo=$(readlink -f /bin/echo)
cp "$echo" "$T/area/echo"
chown $ANN "$T/area/echo"
mount --bind "$T/area/echo" "$echo"
refuses "an echo that is not root's" \
	'sshd on .* cannot take any key, .*: list yours, by .*proxy --authorize'
list() { # FILE
	ann sh -c "/mnt/bin/vscode-remote-shell --launcher=local proxy --authorize <$1"
}
ann ssh-keygen -q -t ed25519 -N '' -f other
list other.pub 2>"$T/err"
is $? 0 "a key is listed" || diag_file "$T/err"
ssh_job true 2>"$T/err"
is $? 255 "one that is not is not taken"
is "$(front proxy 2>&1 </dev/null | grep -c 'proxy --authorize. has listed')" 1 \
	"and the next client is told of the list"
list key.pub 2>"$T/err"
is "$(ssh_job 'echo $VSCODE_REMOTE_SHELL_SESSION' 2>"$T/err")" default \
	"a listed one is, with the session's environment" || diag_file "$T/err"
umount "$echo"

# What sshd says of every connection of an ordinary user is for nobody.
over
front -vv alloc >"$T/out" 2>&1
ok "a session that logs" ssh_job true
front logs >"$T/logs" 2>&1
like "$(cat "$T/logs")" 'sshd [0-9]+: Accepted publickey' "the log has a login" ||
	diag_file "$T/logs"
unlike "$(cat "$T/logs")" 'login records|lastlog' "and no noise"
done_testing
