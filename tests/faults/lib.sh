# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# For the *.t of this folder: source it after tests/lib.sh. FAULTS=long runs the
# long form of a test; FAULTS_TABLE is the file to which figures are appended.

# shellcheck disable=SC2034 # for the tests
INJECT=$BUILD/faults/inject.so
# AddressSanitizer insists on being first.
FAULT_PRELOAD="$(ldd "$BUILD/vscode-remote-shell" |
	sed -n 's/^[^=]*libasan[^=]*=> \([^ ]*\) .*/\1:/p')$INJECT"
export FAULT_PRELOAD

long() { test "$FAULTS" = long; }

# of SHORT LONG: the number of this form
of() { if long; then echo "$2"; else echo "$1"; fi; }

# figure FAULT WHERE POINTS HELD FIGURE: a row of the table
figure() {
	diag "$1 ($2): $4 of $3 held; $5"
	test -z "$FAULTS_TABLE" ||
		printf '%s|%s|%s|%s|%s\n' "$@" >>"$FAULTS_TABLE"
}

# sweep NAME WHERE SWEEP-ARGUMENT...: every point of it holds
sweep() {
	sweep_name=$1 sweep_where=$2
	shift 2
	sweeps=$((sweeps + 1))
	$PYTHON "$TESTS/faults/sweep.py" "$@" --dir "$T/sweep$sweeps" \
		--build "$BUILD" >"$T/swept" 2>"$T/log/sweep$sweeps"
	is $? 0 "$sweep_name: was tried" || return
	read -r points held found <"$T/swept"
	is "$held" "$points" "$sweep_name: held at each of $points points"
	figure "$sweep_name" "$sweep_where" "$points" "$held" "$found"
}

# clock_new WHO...: wall clocks of their own, in $T/clock-WHO for inject.c
clock_new() {
	for clock in "$@"; do
		head -c 4096 /dev/zero >"$T/clock-$clock"
	done
}

# clock_shift WHO SECONDS: it is so far ahead of ours; state.shift of inject.c
clock_shift() {
	"${PYTHON:-python3}" -I -c 'import struct, sys
with open(sys.argv[1], "r+b") as f:
    f.seek(24)
    f.write(struct.pack("=q", int(sys.argv[2])))' "$T/clock-$1" "$2"
}

# clock_pass WHO... SECONDS: so much time passes for their timers, in steps of 5 s
# (CLOCK_STEP) within which those at the other end of a link answer
clock_pass() {
	"${PYTHON:-python3}" -I -c 'import os, struct, sys, time
step = int(os.environ.get("CLOCK_STEP", 5))
for _ in range(0, int(sys.argv[-1]), step):
    for name in sys.argv[2:-1]:
        with open(sys.argv[1] + name, "r+b") as f:
            f.seek(72)
            ahead = struct.unpack("=q", f.read(8))[0]
            f.seek(72)
            f.write(struct.pack("=q", ahead + step))
    time.sleep(0.2)' "$T/clock-" "$@"
}

# clock_env WHO [PROGRAM]: words for env(1), by which the front has that clock
clock_env() {
	echo "LD_PRELOAD=$FAULT_PRELOAD FAULT_IN=${2:-vscode-remote-shell}" \
		"FAULT_STATE=$T/clock-$1 FAULT_TIMERS=1"
}

# clock_agent: $T/agent is an agent that has the clock `agent'
clock_agent() {
	cat >"$T/agent" <<-END
		#!/bin/sh
		exec env $(clock_env agent vscode-remote-agent) \\
			'$BUILD/vscode-remote-agent' "\$@"
	END
	chmod 755 "$T/agent"
}

# Kilobytes that a process has in memory, or had at most (VmHWM).
rss() { sed -n "s/^${2:-VmRSS}:[^0-9]*\([0-9]*\) kB/\1/p" "/proc/$1/status"; }

# A sanitizer keeps what was freed: nothing can be said about memory.
sanitized() { grep -qaF __asan_default_options "$BUILD/vscode-remote-shell"; }

# front_start NAME [OPTION...]: a front with a shell, into which type NAME TEXT
# types; its pid is in $FRONT, its output in $T/log/front-NAME.{out,err}. What
# is in $PRELOAD is put into its environment.
front_start() {
	front_name=$1
	shift
	mkfifo "$T/in.$front_name"
	# shellcheck disable=SC2086
	env $PRELOAD "$BUILD/vscode-remote-shell" --launcher=local \
		--state-dir="$VRS_STATE" --linger=0 --idle-timeout=20m "$@" \
		<>"$T/in.$front_name" >"$T/log/front-$front_name.out" \
		2>"$T/log/front-$front_name.err" &
	FRONT=$!
	lib_pids="$FRONT $lib_pids"
	case " $lib_hooks " in *" vrs_end "*) ;; *) at_exit vrs_end ;; esac
}

type() { printf '%s\n' "$2" >"$T/in.$1"; }

# front_serve NAME: the load server of tests/clients runs in the job, and the
# front's port for it is in $PORT
front_serve() {
	type "$1" "test -s '$T/served' || '$BUILD/clients/load' serve 900 \
>'$T/served' </dev/null & until test -s '$T/served'; do sleep 0.05; done
printf '%s\n' '0123456789ab: start' \
\"listeningOn==127.0.0.1:\$(cat '$T/served')==\" '0123456789ab: end'"
	wait_for 30 has "$T/log/front-$1.out" '^0123456789ab: end' ||
		die "no server in the job"
	PORT=$(sed -n 's/^listeningOn==127.0.0.1:\([0-9]*\)==.*/\1/p' \
		"$T/log/front-$1.out" | tail -n 1)
}

load() { timeout 300 "$BUILD/clients/load" "$@"; }

# sees PID: ours may be looked into; they hide themselves from all but root
sees() { test -r "/proc/$1/fd"; }

fds() { find "/proc/$1/fd" -mindepth 1 2>/dev/null | wc -l; }
