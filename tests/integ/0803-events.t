#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What a site tells its users, and is told of their sessions: banner, syslog,
# event-log. Its files, and the machine's /dev/log, are in file systems of this
# test's own.
# shellcheck disable=SC2016,SC2154 # for shells there; from settings.sh
. "$(dirname "$0")/../settings.sh"
mkdir "$T/dev"
# own_dev: a /dev with what programs need, in which a socket can be made
own_dev() {
	mount -t tmpfs -o mode=755 dev "$T/dev" || return 1
	for n in null zero full random urandom tty fuse; do
		test -e "/dev/$n" || continue
		: >"$T/dev/$n" && mount --bind "/dev/$n" "$T/dev/$n" || return 1
	done
	mkdir "$T/dev/pts" "$T/dev/shm" &&
		mount --bind /dev/pts "$T/dev/pts" &&
		mount -t tmpfs -o mode=1777 shm "$T/dev/shm" &&
		ln -s pts/ptmx "$T/dev/ptmx" &&
		ln -s /proc/self/fd "$T/dev/fd" &&
		mount --move "$T/dev" /dev
}
site_files own_dev
mkdir -m 1733 "$T/events"

# each EVENT KEY...: of all lines of that event, in JSON, these values
each() {
	"$PYTHON" - "$T/events/$(id -un).json" "$@" <<'END'
import json, sys
for line in open(sys.argv[1]):
    v = json.loads(line)
    assert list(v) == ["time", "event", "uid", "user", "session", "job",
                       "profile", "node", "reason"], v
    if sys.argv[2] in ("", v["event"]):
        print(*(v[key] for key in sys.argv[3:]))
END
}
over() {
	says 0 cancel --all
	a_while "$VRS_STATE"
}

# ---- events ------------------------------------------------------------------

cat >"$T/listen.py" <<'END'
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("/dev/log")
print("ready", flush=True)
with open(sys.argv[1], "wb", buffering=0) as out:
    while True:
        out.write(s.recv(8192) + b"\n")
END
bg listen "$PYTHON" "$T/listen.py" "$T/syslog"
listen=$PID
wait_for 10 has "$T/log/listen.out" ready
cat >"$site/config" <<END
syslog = local3
event-log = $T/events/%u.json
[limit]
gpus = ..1
[profile p]
linger = 0
END
echo true | typed p
is $? 0 "a session whose events are told" || diag_file "$T/err"
wait_for 10 has "$T/syslog" event=detach
job=$(sed -n 's/.*event=start.* job=\([^ ]*\).*/\1/p' "$T/syslog")
over
wait_for 10 has "$T/syslog" event=end
is "$(sed 's/.*event=\([^ ]*\).*/\1/' "$T/syslog" | grep -v submit | xargs)" \
	'start attach detach end' "each has its line, in its order"
is "$(grep -c event=submit "$T/syslog")" 1 "a submit, too"
is "$(sed 's/>.*/>/' "$T/syslog" | sort -u)" '<158>' "local3 and info"
like "$(cat "$T/syslog")" \
	"^<158>[A-Z][a-z][a-z] [ 0-9][0-9] [0-9:]{8} vscode-remote-agent\\[[0-9]+\\]: event=start uid=$(id -u) user=$(id -un) session=p job=$job profile=p node=[^ ]+\$" \
	"a line as a whole"
like "$(cat "$T/syslog")" 'event=end .* reason="[^"]+"$' "the end has a reason"
is "$(each start uid user session job profile)" \
	"$(id -u) $(id -un) p $job p" "the same as JSON"
is "$(each '' event | grep -v submit | xargs)" 'start attach detach end' \
	"all of them"
is "$(stat -c %a "$T/events/$(id -un).json")" 600 "in a file of the user's"
: >"$T/syslog"
says 64 alloc -S --gpus=2
is "$(each refused session job reason)" \
	"default None $(err)" "what settings forbid"
says 69 alloc --pre-submit='exit 3 # " event=forged
event=forged uid=0'
is "$(each refused reason | tail -n 1)" \
	"pre-submit: 'exit 3 # \" event=forged\\012event=forged uid=0' ended with status 3" \
	"what a hook does"
is "$(wc -l <"$T/syslog")" 2 "a line of the system log each"
is "$("$PYTHON" -c 'import shlex, sys
for line in open(sys.argv[1]):
    v = dict(f.split("=", 1) for f in shlex.split(line.split("]: ", 1)[1]))
    print(v["event"], v["uid"])' "$T/syslog")" \
	"refused $(id -u)
refused $(id -u)" "and nobody's text is another field or line"

# ---- counters ----------------------------------------------------------------

# gathers: what was heard goes to a log, as a syslog daemon writes it
gathers() {
	tr -d '\0' <"$T/syslog" | sed 's/^<158>\(.\{15\}\) /\1 c17 /' >>"$T/log.all"
	: >"$T/syslog"
}
# The line of the unit, for files of this test's.
unit=$TESTS/../examples/systemd/vscode-remote-shell-events.service
line=$(sed -n 's|^ExecStart=@bindir@/vscode-remote-shell ||p' "$unit" |
	sed "s|/var/lib/vscode-remote-shell |$T/kept |
		s|/var/lib/prometheus/node-exporter/|$T/|; s|/var/log/.*|$T/log.all|")
prom=$T/vscode-remote-shell-events.prom
counts() { # [WHAT]
	# shellcheck disable=SC2086 # words
	env -i PATH=/usr/bin:/bin "$vrs" $line >"$T/out" 2>"$T/err"
	is "$? $(cat "$T/out" "$T/err")" "${want_rc:-0} ${want_err:-}" "${1:-it is counted}"
}
counted() { sed -n "s/^vscode_remote_shell_$1 //p" "$prom"; }
printf 'Nov 29 10:00:00 c17 sshd[3]: vscode-remote-agent[1]: event=start\n' >"$T/log.all"
gathers
counts
is "$(counted 'events_total{event="refused"}')" 2 "what was refused"
is "$(counted 'events_total{event="start"}')" 0 "nothing that another program writes"
is "$(stat -c %a "$prom") $(tail -n 1 "$prom")" "644 # EOF" "a file for others"
is "$(grep -Evc '^(# (HELP|TYPE) [a-z_]+ .+|# EOF|[a-z_]+(\{[a-z]+="[a-z-]+"\})? [0-9]+)$' "$prom")" \
	0 "no line is of another form"
is "$(sed -n 's/^# TYPE \([a-z_]*\) counter$/\1_total/p' "$prom" | sort)" \
	"$(sed -n 's/^\([a-z_]*_total\)[ {].*/\1/p' "$prom" | sort -u)" \
	"the names of counters are as OpenMetrics wants them"
says 0 alloc counted
over
wait_for 30 has "$T/syslog" event=end
mv "$T/log.all" "$T/log.all.1"
gathers
counts "the log was rotated"
is "$(counted 'events_total{event="start"}') $(counted 'ends_total{reason="scheduler"}')" \
	"1 1" "a session, and why it ended" || diag_file "$T/log.all"
is "$(counted 'events_total{event="refused"}')" 2 "what was counted is not counted again"
counts "once more"
is "$(counted 'events_total{event="start"}')" 1 "nothing new"
for event in $(sed -n 's/.*_total{event="\([a-z-]*\)".*/\1/p' "$prom"); do
	ok "$event is in the manual" grep -Eq "[ ,]$event(,| \|)" "$TESTS/../doc/ADMIN.md"
done
cp "$prom" "$T/before"
mv "$T/log.all" "$T/log.all.gz"
want_rc=66 want_err="vscode-remote-shell: $T/log.all: No such file or directory" \
	counts "no log"
ok "then they stay" cmp "$prom" "$T/before"
echo new >"$T/log.all"
want_err="vscode-remote-shell: $T/log.all: what was read last is not there any more: some lines may not be counted; let it be read before it is removed or compressed" \
	counts "a rest that is compressed"
is "$(counted event_gaps_total) $(counted 'events_total{event="start"}')" "1 1" \
	"is a gap, and the rest stays"
echo nonsense >"$T/kept/events"
want_rc=65 want_err="vscode-remote-shell: $T/kept/events: 'nonsense': not a key=value line; remove that file to begin anew" \
	counts "what is kept is not right"
rm -r "$T/kept"
says 64 events "$T/log.all"

# A reader that does not read: its queue is full.
kill -STOP "$listen"
"$PYTHON" -c 'import socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.setblocking(False)
try:
    while True:
        s.sendto(b"x", "/dev/log")
except BlockingIOError:
    pass'
says 0 alloc full
over
kill -CONT "$listen"
is "$(each start session)" "p
counted
full" "a system log that takes nothing is not waited for"
end_pid "$listen"
rm -f /dev/log
says 0 alloc nobody
over
like "$(each start session)" nobody "nor one that is not there"
# A submit whose answer is lost, but whose job is found.
cat >"$T/lossy" <<END
#!/bin/sh
test "\$1" = submit || exec '$BUILD/launch-local' "\$@"
'$BUILD/launch-local' "\$@" >/dev/null
printf 'error=unavailable\nmessage=the answer is lost\n\n'
END
chmod 755 "$T/lossy"
says 0 --launcher="$T/lossy" alloc lost
is "$(each submit session job | grep -c '^lost [0-9]')" 1 \
	"a job that is found is told as one that was answered"
over

# ---- a file that is not safe, or hangs ---------------------------------------

rm "$T/events/$(id -un).json"
ln -s "$T/other" "$T/events/$(id -un).json"
says 0 -v alloc
like "$(cat "$T/err")" \
	"WARNING\\] event log $T/events/$(id -un).json: is a symbolic link" \
	"a symbolic link is told"
over
ok "and not followed" test ! -e "$T/other"
printf 'event-log = /var/log/events.json\n' >"$site/config"
says 78 alloc
is "$(err)" "$site/config:1: event-log: '/var/log/events.json' is not an absolute path with %u in it, which stands for the user" \
	"a file for all is refused"
says 78 config --check="$site/config"
if command -v bindfs >/dev/null && mkdir "$T/real" "$T/slow" &&
	bindfs "$T/real" "$T/slow" 2>"$T/log/bindfs"; then
	fuse=$(pgrep -f "^bindfs $T/real $T/slow")
	unmount() {
		kill -CONT "$fuse"
		umount -l "$T/slow"
		wait_for 5 gone "$fuse" || kill "$fuse"
	}
	at_exit unmount
	printf 'event-log = %s/slow/%%u.json\n' "$T" >"$site/config"
	says 0 alloc slow
	kill -STOP "$fuse"
	says 0 shell slow -- echo here
	is "$(cat "$T/out")" here "a file system that hangs holds up no shell"
	says 0 status slow
	kill -CONT "$fuse"
	over
	wait_for 20 has "$T/real/$(id -un).json" '"end"'
	is "$(sed 's/.*"event": "\([a-z]*\)".*/\1/' "$T/real/$(id -un).json" |
		grep -v submit | xargs)" 'start attach detach attach detach end' \
		"and nothing is lost when it goes on"
else
	skip 6 "bindfs cannot mount"
fi

# ---- banner --------------------------------------------------------------------

printf 'Welcome\tall\r\n\033[2Jnews: no GPUs on Monday' >"$site/banner"
printf 'banner = %s/banner\n[profile p]\nlinger = 0\n' "$site" >"$site/config"
says 0 alloc p
like "$(err)" '^Welcome all$' "a banner"
like "$(err)" '^\\033\[2Jnews: no GPUs on Monday$' \
	"in which control characters are made visible"
echo 'echo out' | typed p
is "$(cat "$T/out")" out "stdout is the client's"
is "$(err | tail -n 3 | sed 's/ on .*//')" 'Welcome all
\033[2Jnews: no GPUs
session '"'p' is job $(vrs list --json | "$PYTHON" -c 'import json, sys
print(json.load(sys.stdin)["sessions"][0]["job"])')" "each connection shows it"
echo 'echo out' | typed -q p
is "$(cat "$T/err")" '' "but not with --quiet"
says 0 shell p -- true
is "$(cat "$T/err")" '' "nor does a command"
i=0
while test $((i += 1)) -le 60; do echo "line $i"; done >"$site/banner"
echo true | typed p
is "$(err | grep -c '^line')" 40 "a long one is cut"
chmod 666 "$site/banner"
echo true | typed -v p
is $? 0 "one that others can write keeps nobody out"
unlike "$(err)" '^line' "and is not shown"
like "$(err)" "WARNING\\] banner: $site/banner: others may write it" "which is told"
rm "$site/banner"
echo true | typed p
is $? 0 "nor does one that is not there"
over
done_testing
