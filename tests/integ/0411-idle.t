#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A session that nobody uses ends, with a warning before; one whose processes
# compute does not, if that is wanted.
. "$(dirname "$0")/../lib.sh"
need_product
command -v openssl >/dev/null || skip_all "openssl is not installed"
at_exit vrs_end

# run NAME OPTION...: commands on stdin in the session NAME
run() {
	name=$1
	shift
	timeout 30 "$BUILD/vscode-remote-shell" --launcher=local --linger=0 \
		--state-dir="$VRS_STATE" --session="$name" "$@" \
		2>"$T/log/$name.err" >"$T/log/$name.out"
}
idle() {
	$PYTHON "$CLIENTS/link.py" "$folder" status | sed -n 's/^idle=//p'
}

# Times are counted from when something was certainly so, since a loaded machine
# comes late to look.
# A terminal stays in the session when its front is gone.
since=$(lib_now)
run quiet --idle-timeout=8s --notify-terminals=on \
	--notify-command="echo \$VSCODE_REMOTE_EVENT \$VSCODE_REMOTE_SECONDS \
		>>'$T/events'" <<-END
	setsid script -qfc 'chmod g+w \$(tty); sleep 60' $T/tty \
		</dev/null >/dev/null 2>&1 &
	sleep 3
	cat /proc/uptime >$T/open
END
is $? 0 "idle: a session"
agent=$(agents)
folder=$(find "$VRS_STATE" -mindepth 1 -maxdepth 1 -name '????????????????')
ok "idle: it lives on" alive "$agent"
idle=$(idle)
ok "idle: a shell that is open is not idle" \
	test "$idle" -le $(($(lib_now) / 10 - $(cut -d. -f1 "$T/open") + 2))
ok "idle: warned a quarter before" wait_for 12 has "$T/tty" \
	"session 'quiet' ends in 2 seconds, since nobody is connected"
ok "idle: not much sooner" test $(($(lib_now) - since)) -ge 80
ok "idle: the command hears of it" wait_for 5 has "$T/events" '^idle-warning 2$'
ok "idle: it ends" wait_for 20 gone "$agent"
ok "idle: not too soon" test $(($(lib_now) - since)) -ge 100
like "$(cat "$T/events")" '^ending 0$' "idle: and of the end"
ok "idle: no state is left" test ! -e "$folder"

# One that comes back in time makes it begin anew.
run again --idle-timeout=6s <<-END
	true
END
agent=$(agents)
since=$(lib_now)
sleep 4
run again <<-END
	sleep 1
END
ok "again: the same" alive "$agent"
ok "again: it ends at last" wait_for 20 gone "$agent"
ok "again: counted from the last use" test $(($(lib_now) - since)) -ge 105

# A fifth of a processor, for a while; another that takes next to nothing.
run busy --idle-timeout=4s --idle-busy=cpu <<-END
	setsid $PYTHON -c "import time
	end = time.monotonic() + 12
	while time.monotonic() < end:
	    stop = time.process_time() + 0.05
	    while time.process_time() < stop: pass
	    time.sleep(0.2)
	open('$T/done', 'w')
	time.sleep(60)" </dev/null >/dev/null 2>&1 &
END
agent=$(agents)
ok "cpu: what computes keeps it alive" wait_for 30 test -e "$T/done"
ok "cpu: all the time" alive "$agent"
ok "cpu: it ends when that is over" wait_for 20 gone "$agent"
done_testing
