#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# An ordinary user's session on another Debian, SSHD_SUITE, whose own sshd it finds:
# all that OpenSSH's programs do, from this machine, in cells. Front and agent are
# those of BUILD, which bring their libraries along, /opt/vrs/lib.
# shellcheck disable=SC2034,SC2016 # for tests/sshd/lib.sh; expanded there
if test -z "$LIB_BOUND"; then
	TEST_TIMEOUT=${TEST_TIMEOUT:-900}
	export TEST_TIMEOUT
	# Its home and caches are those of whoever runs this.
	here=$(cd "$(dirname "$0")" && pwd)
	. "$here/../debian.sh"
	DEBIAN_NOT=$(debian_not)
	if test -z "$DEBIAN_NOT"; then
		packages=openssh-server,openssh-client,rsync,git,xauth,x11-utils
		debian_kept "$SSHD_SUITE-$(echo $packages | cksum | cut -d' ' -f1)" \
			"$SSHD_SUITE" "${BUILD:-$here/../../build}/debootstrap" \
			$packages >&2 ||
			DEBIAN_NOT="debootstrap cannot make a $SSHD_SUITE"
		mkdir -p "$debian_kept/opt/vrs"
		DEBIAN=$debian_kept
	fi
	export DEBIAN DEBIAN_NOT
	test -n "$DEBIAN_NOT" || exec unshare -m --propagation=private sh -c '
		TEST_TIMEOUT=$TEST_TIMEOUT LIB_BOUND=1 exec timeout -k 60 \
			"$TEST_TIMEOUT" sh "$0"' "$0"
fi
. "$(dirname "$0")/../lib.sh"
. "$TESTS/sshd/lib.sh"
test -z "$DEBIAN_NOT" || skip_all "$DEBIAN_NOT"
need_product

# ---- the other Debian --------------------------------------------------------
# Nothing is written into the one that is kept. It is not below $T, which is removed
# at the end with all that is there.

ANN=54321
R=/mnt
test "$(readlink /proc/self/ns/mnt)" != "$(readlink /proc/1/ns/mnt)" ||
	die "not in mounts of its own"
. "$TESTS/debian.sh"
mkdir -p "$T/opt/bin" "$T/opt/lib" "$T/home/ann/far"
for p in vscode-remote-shell vscode-remote-agent launch-local; do
	cp "$BUILD/$p" "$T/opt/bin/"
	ldd "$BUILD/$p"
done | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p; s/^\t\(\/[^ ]*\) .*/\1/p' | sort -u |
	while read -r p; do cp -L "$p" "$T/opt/lib/"; done
cp -L "$(ldd /bin/sh | sed -n 's/^\t\(\/[^ ]*ld-linux[^ ]*\) .*/\1/p')" \
	"$T/opt/lib/ld.so"
cp -a "$DEBIAN/etc" "$T/etc"
printf '127.0.0.1\tlocalhost\n' >"$T/etc/hosts"
echo "ann:x:$ANN:$ANN::/home/ann:/bin/bash" >>"$T/etc/passwd"
echo "ann:!:19000::::::" >>"$T/etc/shadow"
echo "ann:x:$ANN:" >>"$T/etc/group"
chown -R $ANN:$ANN "$T/home/ann"
# shellcheck disable=SC2015 # any of them
mount --bind "$DEBIAN" "$R" && mount -o remount,ro,bind "$R" &&
	mount --bind "$T/etc" "$R/etc" && mount --bind "$T/home" "$R/home" &&
	mount --bind "$T/opt" "$R/opt/vrs" &&
	mount -t tmpfs -o mode=1777 tmp "$R/tmp" &&
	mount -t tmpfs -o mode=755 run "$R/run" &&
	mount -t proc proc "$R/proc" && debian_dev "$R/dev" ||
	die "no place to mount"

# in_debian WORD...: as ann
cat >"$T/in_debian" <<END
#!/bin/sh
exec env -i PATH=/usr/local/bin:/usr/bin:/bin HOME=/home/ann USER=ann T=$T/ \\
	$(command -v chroot) --userspec=$ANN:$ANN --groups='' $R "\$@"
END
chmod 755 "$T/in_debian"
product="/opt/vrs/bin/vscode-remote-shell --launcher=local"
over() {
	# shellcheck disable=SC2086 # words
	timeout 60 "$T/in_debian" $product cancel >"$T/log/cancel" 2>&1 </dev/null
}
at_exit over

# ---- from here ---------------------------------------------------------------

mkdir "$T/ssh"
ssh-keygen -q -t ed25519 -N '' -C test -f "$T/ssh/user"
cat >"$T/ssh_config" <<END
Host job
	User ann
	HostKeyAlias job
	IdentityFile $T/ssh/user
	IdentitiesOnly yes
	IdentityAgent none
	UserKnownHostsFile $T/known
	GlobalKnownHostsFile /dev/null
	StrictHostKeyChecking yes
	BatchMode yes
	ProxyCommand $T/in_debian $product proxy
END
# shellcheck disable=SC2086 # words
"$T/in_debian" $product proxy --known-hosts job >"$T/known" 2>"$T/err" </dev/null ||
	diag_file "$T/err"

SSHD_NAME=$(dpkg-query --admindir="$DEBIAN/var/lib/dpkg" -W -f '${Version}' \
	openssh-server | sed 's/^[0-9]*:\([0-9]*\.[0-9]*\).*/\1/')
SSHD_TABLE=${SSHD_TABLE:-$T/table}
FAR=/home/ann/far SFTP_BYTES=${SFTP_BYTES:-1073741824}
to_job -T job 'id -un; . /etc/os-release; echo $VERSION_CODENAME' </dev/null \
	>"$T/out" 2>"$T/err" || {
	diag_file "$T/err"
	die "$SSHD_NAME: no session"
}
# A sid has the name of what it will be.
like "$(tr '\n' ' ' <"$T/out")" "^ann ($SSHD_SUITE$(test "$SSHD_SUITE" != sid ||
	echo '|[a-z]+')) $" "$SSHD_NAME: a session of ann's on $SSHD_SUITE"
like "$(to_job -v -T job true </dev/null 2>&1)" \
	"remote software version OpenSSH_$SSHD_NAME" "$SSHD_NAME: which is the sshd"
sshd_cells
done_testing
