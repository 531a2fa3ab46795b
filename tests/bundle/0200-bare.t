#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The bundle in a Debian (BARE_ROOT) that has no library which it needs, run by a user
# of whom only a module of glibc's name service knows, as of those of sssd and LDAP:
# sessions by launch-local, in a folder with a strange name. The machine's openssl.cnf
# is for an OpenSSL that has other things.
. "$(dirname "$0")/../lib.sh"

test -f "${BUNDLE:-}" || skip_all "BUNDLE names no bundle (make check-bundle)"
test -d "${BARE_ROOT:-}" || skip_all "BARE_ROOT names no bare system"
name=$(basename "$BUNDLE" .tar.gz)

cat >"$T/inside" <<'END'
root=$1
mount -t tmpfs tmpfs "$root/work" && mkdir "$root/work/up" "$root/work/work" || exit
mount -t overlay -o "lowerdir=$2,upperdir=$root/work/up,workdir=$root/work/work" \
	overlay "$root/new" && cd "$root/new" && mkdir -p old || exit
mount -t proc proc proc && mount --rbind /dev dev && mount -t tmpfs run run || exit
mkdir -p var/lib/extrausers usr/lib/ssl
sed -i 's/^passwd:.*/passwd: files extrausers/' etc/nsswitch.conf
echo 'jo:x:4001:4001:Jo:/home/jo:/bin/bash' >var/lib/extrausers/passwd
printf 'openssl_conf = a\n[a]\nproviders = b\n[b]\nnothing = c\n[c]\nactivate = 1\n' \
	>usr/lib/ssl/openssl.cnf
mkdir -p 'home/jo/my tools' && tar -xzf "$3" -C 'home/jo/my tools' || exit
cp "$root/script" home/jo/script
chown -R 4001:4001 home/jo
chmod 1777 tmp
pivot_root . old && umount -l /old || exit
exec setpriv --reuid=4001 --regid=4001 --clear-groups env -i -C /home/jo \
	HOME=/home/jo PATH=/usr/bin:/bin NAME="$4" bash /home/jo/script
END
cat >"$T/script" <<'END'
front="/home/jo/my tools/$NAME/bin/vscode-remote-shell"
echo "libraries: $(ls /usr/lib/*/libevent* /usr/lib/*/libjansson* 2>/dev/null | wc -l)"
echo "passwd: $(grep -c '^jo:' /etc/passwd)"
"$front" --version | head -n 1
echo 'echo "one: $USER $HOME $SHELL job=$PPID"; exit 3' |
	"$front" --linger=0 --launcher=local 2>err1
echo "status $?"
ln -s "$front" "link to it"
echo 'echo "two: job=$PPID"' | "./link to it" --linger=0 --launcher=local 2>err2
"./link to it" --launcher=local list --no-header 2>&1
"./link to it" --launcher=local list --json 2>&1 | tr -d ' \n'
echo
"$front" --launcher=local cancel 2>&1
cat err1 err2
END
mkdir "$T/work" "$T/new"
timeout 60 unshare --mount --pid --fork --kill-child --propagation private \
	bash "$T/inside" "$T" "$BARE_ROOT" "$BUNDLE" "$name" >"$T/out" 2>"$T/err"
is $? 0 "it ran" || diag_file "$T/err"
version=$(sed -n '1s/ .*//p' "$TESTS/../ChangeLog")
out=$(cat "$T/out")
like "$out" '^libraries: 0$' "none of its libraries is there"
like "$out" '^passwd: 0$' "nor its user in the passwd file"
like "$out" "^vscode-remote-shell $version\$" "--version"
like "$out" '^one: jo /home/jo /bin/bash job=' "a shell in a job, of a user by name"
like "$out" '^status 3$' "its status"
job=$(sed -n 's/^one: .*job=//p' "$T/out")
like "$out" "^two: job=$job\$" "by a link to it, in the same job"
like "$out" '^default  *[0-9]+ ' "list"
like "$out" '"session":"default"|"name":"default"' "as JSON"
like "$out" "^vscode-remote-shell: session 'default': job [0-9]+ ended\$" "cancel"
is "$(grep -c '^vscode-remote-shell: .*\(cannot\|fail\)' "$T/out")" 0 \
	"and no complaint" || diag_file "$T/out"
done_testing
