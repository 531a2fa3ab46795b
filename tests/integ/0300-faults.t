#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Bad input and faults: each ends with one line that says what, why and what to
# do, with the exit status that the manual page promises, and with
# nothing lost and nothing left.
. "$(dirname "$0")/../lib.sh"
need_product
at_exit vrs_end

FRONT=$BUILD/vscode-remote-shell
FAKE=$T/fake
HERE="--linger=0 --idle-timeout=10m --outage-timeout=0"

# ---- helpers ---------------------------------------------------------------

# A launcher that notes its calls in $T/calls and, verb by verb, does what
# $T/do.VERB says; else it is launch-local.
cat >"$FAKE" <<-END
	#!/bin/sh
	echo "\$1" >>'$T/calls'
	cat >'$T/request.'\$1
	test ! -e '$T/do.'\$1 || . '$T/do.'\$1
	exec '$BUILD/launch-local' "\$1" <'$T/request.'\$1
END
chmod 755 "$FAKE"

# on VERB TEXT: what the fake launcher does; with no VERB nothing special
on() {
	test -n "$1" || rm -f "$T"/do.*
	test -z "$1" || printf '%s\n' "$2" >"$T/do.$1"
	rm -f "$T/calls"
}

calls() { cat "$T/calls" 2>/dev/null | grep -c "^$1"; }

# front OPTION...: the product on stdin; output in $T/out and $T/err, its status
front() {
	# shellcheck disable=SC2086
	timeout 40 "$FRONT" --launcher=local --state-dir="$VRS_STATE" \
		$HERE "$@" >"$T/out" 2>"$T/err"
}

# shellcheck disable=SC2120
faked() { front --launcher="$FAKE" --link-address=127.0.0.1 "$@"; }

# ends STATUS ERE NAME COMMAND...: ends with STATUS, says ERE, and nothing but
# its own lines; no shell has run
ends() {
	want=$1 ere=$2 name=$3
	shift 3
	echo 'echo a shell was run' | "$@"
	is $? "$want" "$name: status $want" || diag_file "$T/err"
	like "$(cat "$T/err")" "^vscode-remote-shell: .*$ere" "$name: said"
	is "$(cat "$T/out")" "" "$name: no shell was run"
}

# one_line NAME: that was all it said
one_line() { is "$(wc -l <"$T/err")" 1 "$1: in one line"; }

# works NAME COMMAND...: a shell is run, in the one job there is
works() {
	name=$1
	shift
	echo 'echo hello' | "$@"
	is "$? $(cat "$T/out")" "0 hello" "$name" || diag_file "$T/err"
	ok "$name: in one job" wait_for 15 agents_are 1
}

# One that was cancelled may take a moment to end.
agents_are() { test "$(agents | wc -l)" = "$1"; }
no_job() { ok "$1: no job is there" wait_for 15 agents_are 0; }

# What is in the state directory besides the launcher's own.
folders() { find "$VRS_STATE" -mindepth 1 -maxdepth 1 ! -name local \
	! -name 'scope.*'; }

# ---- the command line ------------------------------------------------------

usage() {
	ends 64 "$1" "$2" front "$2"
	one_line "$2"
}

usage "unknown option '--no-such'" --no-such
usage "--listen-port.*70000" --listen-port=70000
usage "--listen-host.*elsewhere" --listen-host=elsewhere
usage "--listen-host.*--peer-check=off" --listen-host=0.0.0.0
usage "--backlog.*-1" --backlog=-1
usage "--byte-limit.*many" --byte-limit=many
usage "--idle-timeout.*never" --idle-timeout=never
usage "--launcher-timeout.*0" --launcher-timeout=0
usage "--session.*a/b" --session=a/b
usage "--peer-check.*maybe" --peer-check=maybe
usage "--link-port.*9-5" --link-port=9-5
usage "--state-dir.*absolute" --state-dir=relative
usage "--launcher.*../evil" --launcher=../evil
usage "--salloc-env.*1X" --salloc-env=1X=y
usage "--tee-stdout.*value" --tee-stdout
usage "unknown command 'nonsense'" nonsense
ok "the command line: nothing was made" test ! -e "$VRS_STATE"

# ---- files -----------------------------------------------------------------

# A tee or log that cannot be written is found out before anything is begun.
mkdir "$T/readonly"
for opt in --tee-stdin --tee-stdout --tee-stderr --log-file; do
	ends 73 "$T/no/such: $T/no: No such file or directory" "$opt unwritable" \
		faked "$opt=$T/no/such"
	one_line "$opt unwritable"
	ln -sf "$T/victim" "$T/link"
	ends 73 "$T/link: is a symbolic link" "$opt a symlink" \
		faked "$opt=$T/link"
	ends 73 "$T/readonly: Is a directory" "$opt a directory" \
		faked "$opt=$T/readonly"
done
ok "files: nothing was written through the symlink" test ! -e "$T/victim"
ok "files: the launcher was not asked" test ! -e "$T/calls"

# The disk that fills up later takes only the copy.
echo 'yes | head -c 300000; echo end' >"$T/typed"
front -v --tee-stdin=/dev/full --tee-stdout=/dev/full --log-file="$T/front.log" \
	<"$T/typed"
is "$? $(wc -c <"$T/out") $(tail -n 1 "$T/out")" "0 300004 end" \
	"a tee on a full disk: the session has all"
like "$(cat "$T/front.log")" "stdout tee /dev/full.*disk full" \
	"a tee on a full disk: the log says so"
front --log-file=/dev/full -vvv <"$T/typed"
is "$? $(wc -c <"$T/out")" "0 300004" "a log on a full disk: the session has all"
vrs cancel >"$T/log/cancel" 2>&1

# ---- the state directory ---------------------------------------------------

# unsafe ERE NAME [DIR]: the state directory is refused with 77
unsafe() {
	ends 77 "state directory: $1" "$2" faked --state-dir="${3:-$T/bad/s}"
	one_line "$2"
	ok "$2: the launcher was not asked" test ! -e "$T/calls"
}

on ''
mkdir -p "$T/bad/s"
chmod 770 "$T/bad/s"
unsafe "$T/bad/s: mode 0770 .*chmod 700" "a group-writable state directory"
chmod 700 "$T/bad/s"
chmod 777 "$T/bad"
unsafe "$T/bad: mode 0777 .*chmod go-w" "a state directory anyone can replace"
chmod 755 "$T/bad"
ln -s "$T/nowhere" "$T/dangling"
ends 73 "$T/dangling: $T/nowhere: No such file or directory" "a dangling symlink" \
	faked --state-dir="$T/dangling"
echo >"$T/file"
ends 73 "$T/file: not a directory" \
	"a file for a state directory" faked --state-dir="$T/file/s"
# Homes behind symlinks are common; what counts is where they lead.
ln -s "$T/bad/s" "$T/symlink"
works "a symlink to a safe directory" front --state-dir="$T/symlink"
front --state-dir="$T/symlink" cancel </dev/null
chmod 770 "$T/bad/s"
unsafe "$T/bad/s: mode 0770" "a symlink to an unsafe one" "$T/symlink"
chmod 700 "$T/bad/s"

# As somebody who is not root, whom the modes bind; everything it needs is
# copied to where it may go.
OWNER=54321 STRANGER=54322
if test "$(id -u)" = 0; then
	chmod 711 "$T"
	mkdir -m 755 "$T/bin"
	cp "$FRONT" "$BUILD/vscode-remote-agent" "$BUILD/launch-local" "$T/bin"
	mkdir -m 700 "$T/o" "$T/o/h" "$T/o/s" "$T/foreign"
	chown -R $OWNER "$T/o"
	chown $STRANGER "$T/foreign"
	chmod 755 "$T/foreign"
	owner() {
		# shellcheck disable=SC2086
		(cd / && HOME=$T/o/h exec timeout 40 setpriv --reuid=$OWNER \
			--regid=$OWNER --clear-groups "$T/bin/${FRONT##*/}" \
			--launcher=local --state-dir="$T/o/s" $HERE \
			"$@") >"$T/out" 2>"$T/err"
	}
	chmod 0 "$T/o/s"
	ends 77 "$T/o/s: Permission denied; --state-dir=DIR says another place, and vscode-remote-shell doctor looks for more" \
		"an unreadable state directory" owner
	chmod 500 "$T/o/s"
	ends 73 "$T/o/s.*Permission denied.*no job was submitted" \
		"a state directory without write permission" owner
	one_line "a state directory without write permission"
	chmod 700 "$T/o/s"
	ends 77 "$T/foreign: owned by uid $STRANGER, expected uid $OWNER" \
		"somebody else's state directory" owner --state-dir="$T/foreign"
	ends 77 "$T/foreign: owned by uid $STRANGER" \
		"somebody else's directory above it" owner \
		--state-dir="$T/foreign/s"
	ln -s "$T/foreign" "$T/o/link"
	ends 77 "$T/foreign: owned by uid $STRANGER" \
		"a symlink to somebody else's" owner --state-dir="$T/o/link"
	works "a user without a passwd entry" owner
	owner cancel </dev/null
	no_job "a user without a passwd entry, cancelled"
else
	skip 18 "only root can be two users"
fi

# A secret file that others can read is none.
# shellcheck disable=SC2119
faked </dev/null
is $? 0 "no input at all"
secret=$(find "$VRS_STATE" -name secret)
chmod 644 "$secret"
ends 77 "$secret: mode 0644 lets others read" "a readable secret" faked
chmod 600 "$secret"
ln "$secret" "$T/copy"
ends 77 "secret: has 2 names" "a hard-linked secret" faked
rm "$T/copy"
mv "$secret" "$T/kept"
ln -s "$T/kept" "$secret"
ends 77 "secret: is a symbolic link" "a symlink for a secret" faked
rm "$secret"
ends 69 "cannot use session 'default' \(job [0-9]+\): .*secret: No such" \
	"no secret" faked
mv "$T/kept" "$secret"
works "the secret is back: the session was unhurt" faked
vrs cancel >"$T/log/cancel" 2>&1

# ---- full and read-only disks ----------------------------------------------

unmount() { umount "$T/disk" 2>/dev/null; }

mkdir -m 700 "$T/disk"
if test "$(id -u)" = 0 &&
	mount -t tmpfs -o size=64k,mode=700 none "$T/disk" 2>/dev/null; then
	at_exit unmount
	mkdir -m 700 "$T/disk/s"
	dd if=/dev/zero of="$T/disk/fill" bs=4096 2>/dev/null
	on ''
	ends 73 "$T/disk/s.*disk full.*no job was submitted" "a full disk" \
		faked --state-dir="$T/disk/s"
	one_line "a full disk"
	is "$(calls submit)" 0 "a full disk: the launcher was not asked for a job"
	is "$(ls "$T/disk/s")" "" "a full disk: nothing is left on it"
	rm "$T/disk/fill"
	works "room again" faked --state-dir="$T/disk/s"
	# The session goes on when the disk is full afterwards.
	dd if=/dev/zero of="$T/disk/fill" bs=4096 2>/dev/null
	works "a disk full later" faked --state-dir="$T/disk/s" \
		--tee-stdout="$T/disk/tee"
	vrs --state-dir="$T/disk/s" cancel >"$T/log/cancel" 2>&1
	no_job "a full disk, cancelled"
	mount -o remount,ro "$T/disk"
	on ''
	ends 73 "$T/disk/s.*read-only.*no job was submitted" \
		"a read-only disk" faked --state-dir="$T/disk/s"
	one_line "a read-only disk"
	is "$(calls submit)" 0 "a read-only disk: no job was asked for"
	unmount
else
	skip 17 "needs to mount a tmpfs"
fi

# ---- the launcher ----------------------------------------------------------

on find 'sleep 30'
ends 69 "fake find: no answer within 1 s" "a launcher that hangs" \
	faked --launcher-timeout=1s
one_line "a launcher that hangs"
# Killed with everything it started.
hung() { test -n "$(lib_named sleep)"; }
lib_named() {
	for lib_p in $(ours); do
		test "$(lib_argv "$lib_p" | head -n 1)" = "$1" && echo "$lib_p"
	done
}
ok "a launcher that hangs is gone" wait_for 2 not hung

on find 'kill -9 $$'
ends 70 "fake find died of signal 9" "a launcher that dies" faked
one_line "a launcher that dies"
on find 'exit 3'
ends 70 "fake find ended with status 3" "a launcher that fails" faked
on find 'echo "<html>"; exit 0'
ends 70 "fake find: answer: '<html>': not a key=value" \
	"a launcher that prints garbage" faked
one_line "a launcher that prints garbage"
on find 'printf "\033[2J\001\377\n"; exit 0'
ends 70 "fake find: answer: " "a launcher that prints bytes" faked
ok "a launcher that prints bytes: they are not passed on" \
	not grep -q "$(printf '[\001\033\377]')" "$T/err"
on find 'yes garbage'
ends 70 "answer: 'garbage'" "a launcher that prints garbage for ever" faked
ends 70 "answer: 'garbage'" "the same with a cancel" faked cancel
on find 'yes a=b'
ends 70 "answer: more than" "a record without an end" faked
on find 'tr "\000" a </dev/zero'
ends 70 "answer: a line without" "a line without an end" faked
on find 'yes words >&2'
ends 69 "no answer within 1 s" "words without an end" \
	faked --launcher-timeout=1s
ok "words without an end: not all is shown" \
	test "$(wc -c <"$T/err")" -lt 2000000
no_job "after all these launchers"
is "$(folders)" "" "after all these launchers: nothing is in the state directory"

for row in usage:64 config:78 unavailable:69 refused:69 gone:69 internal:70 \
	nonsense:70; do
	class=${row%:*}
	on find "printf 'error=%s\nmessage=no, $class\n\n' $class; exit 1"
	ends "${row#*:}" "no, $class\$" "find: error=$class" faked
	one_line "find: error=$class"
	on find
	on submit "printf 'error=%s\nmessage=no, $class\n\n' $class; exit 1"
	rm "$T/do.find"
	ends "${row#*:}" "no, $class\$" "submit: error=$class" faked
	is "$(folders)" "" "submit: error=$class: nothing is left"
	rm "$T/do.submit"
done

# A refusal in several lines is the scheduler's own text.
on submit 'printf "Partition devel is down.\n\n  Ask help@cluster:\n\n" >&2
printf "error=refused\nmessage=the scheduler said no\n\n"; exit 1'
ends 69 "the scheduler said no" "a refusal in several lines" faked
is "$(sed 's/^vscode-remote-shell: //' "$T/err")" "Partition devel is down.
  Ask help@cluster:
the scheduler said no" "a refusal in several lines is shown whole"
ends 69 "Partition devel is down" "a refusal is shown despite -q" faked -q
is "$(folders)" "" "a refusal: nothing is left"

# A submit that timed out may have made the job all the same: with its tag.
on submit "'$BUILD/launch-local' submit <'$T/request.submit'; sleep 30"
works "a submit that timed out after all" faked --launcher-timeout=1s
is "$(calls submit)" 1 "a submit that timed out after all: submitted once"
on submit
rm "$T/do.submit"
works "and the next connection" faked
is "$(calls submit)" 0 "and the next connection: submits nothing"
vrs cancel >"$T/log/cancel" 2>&1
on submit "'$BUILD/launch-local' submit <'$T/request.submit' >&2; kill -9 \$\$"
works "a submit that died after all" faked
vrs cancel >"$T/log/cancel" 2>&1
on submit "sleep 30"
ends 69 "fake submit: no answer within 1 s" \
	"a submit that timed out indeed" faked --launcher-timeout=1s
no_job "a submit that timed out indeed"
is "$(folders)" "" "a submit that timed out indeed: nothing is left"
on submit 'echo; exit 0'
ends 70 "fake submit: the answer names no job" "a submit without a job" faked

# The agent calls while the scheduler still thinks about the second find.
on ''
rm -f "$T/request.submit"
on find "test ! -e '$T/request.submit' || sleep 1"
echo 'sleep 2; echo hello' | faked
is "$? $(cat "$T/out")" "0 hello" "an agent that is faster than the scheduler"
is "$(grep -c 'is job' "$T/err")" 1 \
	"an agent that is faster than the scheduler is met once"
vrs cancel >"$T/log/cancel" 2>&1
on ''

# A front that is killed while it asks has asked for nothing.
printf '%s\n' tag=0123456789abcdef session=default command=/bin/true \
	"log=$T/log/none" chdir=/ state-dir="$VRS_STATE" |
	"$BUILD/launch-local" submit >"$T/out"
is "$? $(sed -n 's/^job=.*/job/p; s/^error=//p' "$T/out")" "1 internal" \
	"half a request submits nothing"

# A job that ends before it has begun.
cat >"$T/job" <<-END
	#!/bin/sh
	printf '%s\\n' job=77 "\$(grep ^tag= '$T/request.submit')" "\$@" ''
END
chmod 755 "$T/job"
on submit 'printf "job=77\n\n"; exit 0'
printf '%s\n' "test -e '$T/request.submit' || exit 0; $T/job state=pending; exit 0" \
	>"$T/do.find"
printf '%s\n' "$T/job state=pending reason=Resources; sleep 0.2" \
	"$T/job state=ended reason=Cancelled 'text=by its owner'; exit 0" \
	>"$T/do.watch"
rm -f "$T/request.submit"
ends 69 "job 77 ended before its agent could be reached" \
	"a job that ends while pending" faked
like "$(cat "$T/err")" "job 77 is pending \(Resources\)" \
	"a job that ends while pending: its wait was told"
like "$(cat "$T/err")" "could be reached: by its owner \(Cancelled\)" \
	"a job that ends while pending: with the reason"
is "$(folders)" "" "a job that ends while pending: nothing is left"

# The watch may die; the job is watched all the same.
printf '%s\n' "if test ! -e '$T/watched'; then touch '$T/watched'; kill -9 \$\$; fi" \
	"$T/job state=ended reason=Cancelled; exit 0" >"$T/do.watch"
rm -f "$T/request.submit"
ends 69 "job 77 ended before" "a watch that dies" faked
printf '%s\n' "if test ! -e '$T/watched2'; then touch '$T/watched2'; exit 0; fi" \
	"printf 'error=gone\nmessage=no job 77\n\n'; exit 1" >"$T/do.watch"
rm -f "$T/request.submit"
ends 69 "job 77 ended before" "a watch that ends early" faked
on ''

ends 78 "launch-none: No such file" "no such launcher" front --launcher=none
ends 78 "/nonexistent/l: No such file" "no such launcher program" \
	front --launcher=/nonexistent/l

# ---- the agent and the shell -----------------------------------------------

ends 78 "/nonexistent/agent: No such file or directory" "no agent" \
	front --agent=/nonexistent/agent
one_line "no agent"
is "$(folders)" "" "no agent: nothing is left"
printf '#!/bin/sh\necho cannot load libc >&2\nexit 1\n' >"$T/broken"
chmod 755 "$T/broken"
ends 69 "job [0-9]+ ended (before|at once)" "an agent that dies" \
	front --agent="$T/broken"
like "$(cat "$T/err")" "cannot load libc" "an agent that dies: its log is shown"
is "$(ls "$(folders)")" "about
agent.log
ended" "an agent that dies: only its log is left, and how it ended"
rm -rf "$(folders)"

ends 71 "cannot start the shell: /nonexistent: No such file" "no shell" \
	front --shell=/nonexistent
once() { is "$(grep -c "$2" "$T/err")" 1 "$1: in one line"; }
once "no shell" "cannot start"
ends 71 "cannot start the shell: /etc/passwd: Permission denied" \
	"a shell that is none" front --shell=/etc/passwd
works "the session is there for a shell that is one" front

# ---- a busy port -----------------------------------------------------------

bg busy "$PYTHON" -c 'import socket, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
print(s.getsockname()[1], flush=True); time.sleep(60)'
busy=$PID
wait_for 10 test -s "$T/log/busy.out"
port=$(cat "$T/log/busy.out")
ends 71 "127.0.0.1 port $port: Address already in use" "a busy port" \
	front --listen-port="$port"
one_line "a busy port"
end_pid "$busy"
works "the port is free again" front --listen-port="$port"

# ---- a server that is announced again --------------------------------------

cat >"$T/server.py" <<-END
	import socket, sys
	s = socket.socket()
	s.bind(("127.0.0.1", 0))
	s.listen()
	port = s.getsockname()[1]
	def block():
	    print("0123456789ab: start\nlisteningOn==%d==\n0123456789ab: end" %
	          port, flush=True)
	block()
	block()
	input()
	s.close()
	block()
	input()
	s = socket.socket()
	s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
	s.bind(("127.0.0.1", port))
	s.listen()
	block()
	input()
END
# Each step when the one before it has come through.
# (The line's beginning comes before its value is known.)
came() { test "$(grep -c '^listeningOn==.*==$' "$T/out")" -ge "$1"; }
announce() {
	echo "$PYTHON '$T/server.py'"
	for i in 2 3 4; do
		wait_for 10 came $i
		echo
	done
}
for option in "" "--listen-port=$port"; do
	# shellcheck disable=SC2086
	: >"$T/out"
	announce | front --confirm-timeout=1s $option
	is $? 0 "announced again${option:+ with $option}"
	sed -n 's/^listeningOn==\(.*\)==$/\1/p' "$T/out" >"$T/values"
	is "$(wc -l <"$T/values")" 4 "four values"
	is "$(sed -n 2p "$T/values")" "$(sed -n 1p "$T/values")" \
		"a port that is announced twice is the same port"
	is "$(sed -n 3p "$T/values")" "" "one that is gone is none"
	like "$(sed -n 4p "$T/values")" '^[0-9]+$' "and one again when it is back"
done
is "$(sort -u "$T/values" | xargs)" "$port" "the chosen port, each time"

done_testing
