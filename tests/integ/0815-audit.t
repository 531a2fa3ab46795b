#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# audit: a host that keeps all promises gives no line, and each thing that is broken
# on purpose gives exactly one, until it is mended.
# shellcheck disable=SC2154 # from settings.sh
# What agents of other tests listen on is not seen from a network of its own.
if test -z "$VRS_AUDIT" && test "$(id -u)" = 0 && unshare --net true 2>/dev/null; then
	VRS_AUDIT=yes exec unshare --net sh "$0" "$@"
fi
. "$(dirname "$0")/../settings.sh"

# An installation, units and homes of this test's own, all root's.
own_run() { test -n "$VRS_AUDIT" && ip link set lo up && mount -t tmpfs -o mode=755 own /run; }
site_files own_run
prefix=/run/vrs
libexec=$prefix/libexec/vscode-remote-shell
front=$prefix/bin/vscode-remote-shell
units=/run/systemd/system
reaper=$prefix/bin/vscode-grim-reaper
home=/run/home/jo
state=$home/.local/state/vscode-remote-shell
umask 022
make -s -C "$TESTS/.." B="$BUILD" prefix=/ DESTDIR="$prefix" install \
	>"$T/log/install" 2>&1 || die "make install failed"
mkdir -p "$units" /run/hooks /run/log /run/cache "$state/0123456789abcdef"
test -e "$reaper" || cp "$front" "$reaper"
for unit in "$TESTS"/../examples/systemd/*.service; do
	sed "s|@bindir@|$prefix/bin|" "$unit" >"$units/$(basename "$unit")"
done
printf '[Service]\nExecStart=-%s --run\n' "$reaper" \
	>"$units/vscode-grim-reaper.service"
printf '#!/bin/sh\n' >/run/hooks/first
chmod 755 /run/hooks/first
chmod 1733 /run/log
chmod 1777 /run/cache
echo x >"$state/0123456789abcdef/secret"
chmod 600 "$state/0123456789abcdef/secret"
chmod 700 "$state" "$state/0123456789abcdef"
chown -R 3001:3001 "$home"
mkdir "$site/config.d"
cat >"$site/config" <<'END'
pre-submit = - /run/hooks/first
container-cache = /data:/run/cache
event-log = /run/log/%u.json
link-port = 60000-60009
END

audit() { "$front" audit "$home" >"$T/out" 2>"$T/err"; }
# found WHAT REGEX: one line, and it says so
found() {
	audit
	is "$? $(wc -l <"$T/out")" "1 1" "$1: found, alone" ||
		diag_file "$T/out"
	like "$(cat "$T/out")" "$2" "$1: told as it is"
}
clean() { # WHAT
	audit
	is "$? $(cat "$T/out" "$T/err")" "0 " "$1"
}
# broken PATH REGEX COMMAND...: COMMAND breaks it; its owner and mode come back
broken() {
	path=$1 says=$2
	shift 2
	was=$(stat -c '%u:%g %a' "$path")
	"$@"
	found "$*" "$says"
	chown "${was% *}" "$path"
	chmod "${was#* }" "$path"
}

clean "a host as it should be: nothing is found"

# ---- owners and modes ------------------------------------------------------

agent=$libexec/vscode-remote-agent
broken "$agent" "^$agent: everybody can write to it; chmod o-w\$" chmod o+w "$agent"
broken "$agent" ": group 3001 can write to it; chmod g-w\$" \
	sh -c "chgrp 3001 $agent; chmod g+w $agent"
broken "$agent" ': user 3001 owns it; chown it to root$' chown 3001 "$agent"
broken "$agent" ': it is setuid or setgid' chmod u+s "$agent"
broken "$front" "^$front: it is setuid or setgid" chmod g+s "$front"
broken "$libexec" "^$libexec: everybody can write" chmod o+w "$libexec"
broken "$prefix" "^$prefix: everybody can write" chmod o+w "$prefix"
broken "$site" "^$site: everybody can write" chmod o+w "$site"
broken "$site/config.d" "config.d: everybody can write" chmod o+w "$site/config.d"
broken /run/hooks/first '^/run/hooks/first: everybody can write' \
	chmod o+w /run/hooks/first
broken /run/hooks '^/run/hooks: user 3001 owns it' chown 3001 /run/hooks
mv /run/hooks/first /run/hooks/second
found "a hook that is gone" '^/run/hooks/first: No such file or directory; it is needed$'
mv /run/hooks/second /run/hooks/first
broken /run/log '^/run/log: anybody can remove what others have' chmod 777 /run/log
broken /run/log '^/run/log: all of group 3001 can remove what others have there; chmod \+t$' \
	sh -c 'chgrp 3001 /run/log; chmod 770 /run/log'
broken /run/log '^/run/log: user 3001 owns it' chown 3001 /run/log
broken /run/cache '^/run/cache: anybody can remove' chmod -t /run/cache
clean "mended, nothing is found"
# What nobody may use the program with is said by itself.
chmod o+w "$site/config"
audit
is $? 78 "settings that everybody can write stop it"
chmod o-w "$site/config"
broken "$state" "^$state: others have rights there; chmod go=\$" chmod 755 "$state"
broken "$state/0123456789abcdef" 'abcdef: others have rights' \
	chmod g+x "$state/0123456789abcdef"
broken "$state/0123456789abcdef/secret" 'secret: others have rights' \
	chmod g+r "$state/0123456789abcdef/secret"
chmod g+r "$state/0123456789abcdef/secret"
"$front" audit "$home" "$home" >"$T/out"
is "$? $(wc -l <"$T/out")" "1 1" "a home that is named twice is told of once"
chmod g-r "$state/0123456789abcdef/secret"
ln -s / "$state/0123456789abcdef/link"
clean "a link in a folder is not followed"
rm "$state/0123456789abcdef/link"
broken "$state/0123456789abcdef/secret" \
	'secret: user 3002 owns it, not the 3001 whose it is; chown it$' \
	chown 3002 "$state/0123456789abcdef/secret"

# ---- units -----------------------------------------------------------------

echo '[Service]' >"$units/vscode-remote-shell.service"
found "another unit" \
	"^$units/vscode-remote-shell.service: it is no unit of this program"
rm "$units/vscode-remote-shell.service"
broken "$reaper" "^$reaper: everybody can write" chmod o+w "$reaper"
broken "$units/vscode-grim-reaper.service" 'reaper.service: everybody can write' \
	chmod o+w "$units/vscode-grim-reaper.service"
sed -i "s|$reaper|/run/gone|" "$units/vscode-grim-reaper.service"
found "a unit whose program is gone" '^/run/gone: No such file'
sed -i "s|/run/gone|$reaper|" "$units/vscode-grim-reaper.service"
mkdir "$units/vscode-grim-reaper.service.d"
part=$units/vscode-grim-reaper.service.d/override.conf
printf '[Service]\nExecStart=\nExecStart=%s --run\n' "$reaper" >"$part"
ln -s /dev/null "$units/vscode-grim-reaper.timer"
clean "a drop-in of the reaper's, and a timer that is masked: nothing is found"
broken "$part" '/override.conf: everybody can write' chmod o+w "$part"
sed -i "s|$reaper|/run/gone|" "$part"
found "a drop-in whose program is gone" '^/run/gone: No such file'
rm -r "$part" "${part%/*}" "$units/vscode-grim-reaper.timer"

# ---- listeners -------------------------------------------------------------

python=$(readlink -f "$(command -v "$PYTHON")")
mkdir /run/x
# listens NAME ADDRESS PORT: a program of that name does
listens() {
	cp "$python" "/run/x/$1"
	rm -f "$T/listens"
	bg listens "/run/x/$1" -c 'import socket, sys, time
s = socket.create_server((sys.argv[1], int(sys.argv[2])))
open(sys.argv[3], "w").close()
time.sleep(600)' "$2" "$3" "$T/listens"
	listener=$PID
	wait_for 10 test -e "$T/listens"
}
ends() {
	kill "$listener"
	wait "$listener" 2>/dev/null
}
listens vscode-remote-agent 0.0.0.0 0
found "an agent outside of --link-port" \
	"^vscode-remote-agent, process $listener of user 0: listens on .*, beyond loopback and outside of --link-port; end it\$"
ends
listens launch-local 0.0.0.0 0
found "a launcher that listens" "^launch-local, process $listener "
ends
ok "an agent listens on loopback" listens vscode-remote-agent 127.0.0.1 0
clean "which is as it should be"
ends
port=
for n in 0 1 2 3 4 5 6 7 8 9; do
	test -n "$port" || { listens vscode-remote-agent 0.0.0.0 "6000$n" && port=$n; }
done
isnt "$port" '' "one of the ports is free"
clean "and one on a port of --link-port"
ends

# ---- not root --------------------------------------------------------------

setpriv --reuid=3001 --regid=3001 --clear-groups env -i HOME="$home" "$front" audit \
	>"$T/out" 2>"$T/err"
is "$? $(cat "$T/out")" "0 " "a user: the same"
like "$(cat "$T/err")" 'is seen by root only; it was not looked at$' \
	"but what he cannot see is said"
done_testing
