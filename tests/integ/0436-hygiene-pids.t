#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A runtime of containers that gives each program pids of its own: several have that of
# the server's record there, and the one that is the server is found.
# shellcheck disable=SC2016 # expanded in the job
. "$(dirname "$0")/../own-tmp.sh"
. "$(dirname "$0")/../lib.sh"
need_product
if test "$(id -u)" = 0; then apart='unshare -p -f'; else apart='unshare -U --map-current-user -p -f'; fi
$apart true 2>/dev/null || skip_all "no namespace of pids can be made"
at_exit vrs_end

COMMIT=0123456789abcdef0123456789abcdef01234567
AGENT=$HOME/.vscode-server
PIDFILE=$AGENT/.$COMMIT.pid
{ printf hsqs && head -c 92 /dev/zero; } >"$T/i.sqsh"
cat >"$T/apart" <<END
#!/bin/sh
while test "\$1" != --; do shift; done
shift
exec $apart -- "\$@"
END
chmod +x "$T/apart"
mkdir -p "$XDG_CONFIG_HOME/vscode-remote-shell" "$AGENT/bin/$COMMIT" "$T/bin"
cat >"$XDG_CONFIG_HOME/vscode-remote-shell/config" <<END
[runtime apart]
program = $T/apart
images = sqsh
enter = %image --
signals = kept
END
# What runs tells its pid in there; one is a server.
printf 'echo $$ >"$1"\nsleep 1000\n' >"$T/bin/program"
cp "$T/bin/program" "$AGENT/bin/$COMMIT/server"

# runs NAME PROGRAM FILE: a test, in a container of its own, where it writes FILE
runs() {
	bg "$1" timeout 90 "$BUILD/vscode-remote-shell" --launcher=local \
		--state-dir="$VRS_STATE" shell -- "sh $2 $3 & wait"
	ok "$1: it runs" wait_for 30 test -s "$3"
}
# outside PROGRAM: its pid out here
outside() { pgrep -xf "sh $1 .*"; }
marked() { grep -qs "^process=$1 " "$VRS_STATE"/servers/*; }

vrs_alloc --container="$T/i.sqsh" --container-runtime=apart
runs before "$T/bin/program" "$T/before"
runs server "$AGENT/bin/$COMMIT/server" "$PIDFILE"
runs after "$T/bin/program" "$T/after"
pid=$(cat "$PIDFILE")
is "$(cat "$T/before" "$T/after")" "$pid
$pid" "all have the same pid, each in its own container"
server=$(outside "$AGENT/bin/$COMMIT/server")
like "$server" '^[0-9]+$' "the server has another one out here"
# A look that found it dead would have moved its record.
sleep 1.1
in_image true
ok "it is the one that is remembered" wait_for 30 marked "$server" ||
	diag_file "$VRS_STATE"/servers/*
is "$(cat "$PIDFILE")" "$pid" "its record stays"
ok "nothing is put out of the way" not test -e "$AGENT/.stale-records"
kill -9 "$server"
ok "it ends" wait_for 30 gone "$server"
# By one of the next programs: the folder is not looked at again at once. Where nobody
# has that pid its record may be of another host, and stays.
put_out() {
	in_image true
	test -e "$AGENT/.stale-records"
}
if test -e "/proc/$pid"; then
	ok "then its record is put out of the way, since another has that pid here" \
		wait_for 30 put_out || diag_file "$T/err"
else
	skip 1 "nobody has process id $pid here"
fi
vrs cancel >"$T/log/cancel" 2>&1
done_testing
