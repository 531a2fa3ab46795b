#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Whatever fails before there is a session, with whatever descriptors: a line, a
# status of the manual, and no signal. The end of stdin and a stdout that nobody
# reads, which are how a client goes, come at the same moment as the failure.
. "$(dirname "$0")/../lib.sh"
need_product

LAUNCH_SAYS=$T/says
export LAUNCH_SAYS
mkdir -p "$LAUNCH_SAYS" "$T/open" "$T/empty"
chmod 777 "$T/open"
: >"$T/file"

# A port that is taken, until the end of the test
$PYTHON -c 'import socket, sys, time
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen()
print(s.getsockname()[1], flush=True)
time.sleep(600)' >"$T/port" &
lib_pids="$! $lib_pids"
wait_for 10 test -s "$T/port" || die "no port"
read -r busy <"$T/port"

# Each line: the status, the words of a front that fails by itself.
cat >"$T/cases" <<END
71 --listen-port=$busy
64 --listen-host=0.0.0.0
64 --no-such-option
64 no-such-command
64 --idle-timeout=never
64 --signal=KILL
64 extend default forever
73 --log-file=/nonexistent/log
73 --log-file=$T
73 --tee-stdin=/nonexistent/tee
73 --tee-stdout=/nonexistent/tee
73 --tee-stderr=/nonexistent/tee
73 --state-dir=$T/file/state
77 --state-dir=$T/open/s
78 --launcher=/nonexistent/launcher
78 --launcher=$T/file
78 --launcher=none
69 --launcher-timeout=1s --outage-timeout=0 --launcher=$T/deaf
70 --launcher=$T/garbage
70 --launcher=$T/shot
69 --launcher=$T/unavailable --outage-timeout=0
69 --launcher=$T/refused
78 --launcher=$T/config
64 --launcher=$T/usage
78 --launcher=local --agent=/nonexistent/agent
69 --launcher=$T/nothing shell
69 --launcher=$T/nothing shell -- true
69 --launcher=$T/nothing extend 10
70 --launcher=$T/nothing
END
for class in unavailable refused config usage; do
	printf '#!/bin/sh\ncat >/dev/null\necho error=%s\necho message=no\nexit 1\n' \
		$class >"$T/$class"
done
printf '#!/bin/sh\nexec sleep 600\n' >"$T/deaf"
printf '#!/bin/sh\nexec head -c 300000 /dev/urandom\n' >"$T/garbage"
# shellcheck disable=SC2016
printf '#!/bin/sh\nkill -9 $$\n' >"$T/shot"
printf '#!/bin/sh\ncat >/dev/null\necho scope=x\n' >"$T/nothing"
chmod 755 "$T/deaf" "$T/garbage" "$T/shot" "$T/nothing" "$T/unavailable" \
	"$T/refused" "$T/config" "$T/usage"

# front WORD...: with this state directory, unless another is named
front() {
	timeout 60 "$BUILD/vscode-remote-shell" --state-dir="$VRS_STATE" "$@" \
		2>"$T/err"
	echo $? >"$T/status"
}

# shaped SHAPE WORD...: descriptors as they may be
shaped() {
	shape=$1
	shift
	case $shape in
	usual) front "$@" </dev/null >/dev/null ;;
	gone) front "$@" </dev/null | true ;;
	closed) front "$@" <&- >&- ;;
	noin) front "$@" <&- >/dev/null ;;
	noout) front "$@" </dev/null >&- ;;
	pipe) sleep 0.01 | front "$@" | true ;;
	full) front "$@" </dev/null >/dev/full ;;
	esac
}

bad=
tried=0
while read -r status words; do
	for hangup in keep cancel; do
		# It takes its time.
		case $words in *deaf*) test $hangup = cancel || continue ;; esac
		for shape in usual gone closed noin noout pipe full; do
			# shellcheck disable=SC2086
			shaped $shape --on-hangup=$hangup $words
			read -r got <"$T/status"
			tried=$((tried + 1))
			# A client that is gone may be noticed first.
			case $got:$shape in
			$status:*) ;;
			129:gone | 129:pipe) continue ;;
			*) bad="$bad
$shape $hangup $words: $got, not $status" ;;
			esac
			test -s "$T/err" || bad="$bad
$shape $hangup $words: without a word"
		done
	done
done <"$T/cases"
is "$bad" "" "$tried failures before the session: a line and a status each"

# Without stderr it is silent, and ends the same.
bad=
while read -r status words; do
	# shellcheck disable=SC2086
	timeout 60 "$BUILD/vscode-remote-shell" --state-dir="$VRS_STATE" \
		--on-hangup=cancel $words <&- >&- 2>&-
	got=$?
	test $got = "$status" || bad="$bad $words:$got"
done <"$T/cases"
is "$bad" "" "the same without any descriptor"
done_testing
