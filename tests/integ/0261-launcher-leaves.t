#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A launcher that answered and has exited is believed, whatever it has left
# running: such a process may hold the launcher's pipes for as long as it lives.
. "$(dirname "$0")/../lib.sh"
need_product

LAUNCH_SAYS=$T/says
export LAUNCH_SAYS T
mkdir -p "$LAUNCH_SAYS"
cat >"$T/launch-leaves" <<END
#!/bin/sh
# Behind it stays a process with its stdout and stderr.
setsid sh -c 'echo \$\$ >>"\$T/left"; exec sleep 600' &
until test -s "\$T/left"; do sleep 0.02; done
exec '$CLIENTS/launch-says' "\$@"
END
chmod 755 "$T/launch-leaves"
end_left() {
	# shellcheck disable=SC2046 # a word each
	kill $(cat "$T/left" 2>/dev/null) 2>/dev/null
	rm -f "$T/left"
}
at_exit end_left

# front WORD...: exit status in $front, what was said in $T/front
front() {
	"$BUILD/vscode-remote-shell" --launcher="$T/launch-leaves" \
		--launcher-timeout=5s --outage-timeout=0 \
		--state-dir="$VRS_STATE" "$@" </dev/null >"$T/front" 2>&1
	front=$?
}

says() {
	says_verb=$1
	shift
	printf '%s\n' "$@" '' >"$LAUNCH_SAYS/$says_verb"
}

says find job=1 tag=0123456789abcdef session=default state=pending
front status
is $front 1 "find: its answer counts"
like "$(cat "$T/front")" 'state: *PENDING' "and is shown"
while read -r pid; do alive "$pid" || echo "$pid"; done <"$T/left" >"$T/dead"
is "$(cat "$T/dead")" "" "while what it left lives"
says extend end=1795892969
front extend 10
like "$(cat "$T/front")" 'may run 10:00 longer' "extend"
says watch job=1 state=ended reason=FAILED status=3
front alloc
like "$(cat "$T/front")" 'ended before its agent .*exit status 3' "watch"

# A record that is not closed by an empty line, with words on stderr
printf 'error=refused\nmessage=no more jobs for you' >"$LAUNCH_SAYS/find"
echo 1 >"$LAUNCH_SAYS/find.status"
echo "the scheduler is in a bad mood" >"$LAUNCH_SAYS/find.err"
front status
is $front 69 "an error is one"
like "$(cat "$T/front")" 'no more jobs for you' "with its message"
like "$(cat "$T/front")" 'bad mood' "and with the words on stderr"
rm "$LAUNCH_SAYS/find.err" "$LAUNCH_SAYS/find"
echo 3 >"$LAUNCH_SAYS/find.status"
front status
like "$(cat "$T/front")" 'find ended with status 3' "a status without a word is one"

# More than a pipe holds
rm "$LAUNCH_SAYS/find.status"
i=0
while test $i -lt 3000; do
	i=$((i + 1))
	printf '%s\n' "job=$i" tag=0123456789abcdef "session=s$i" \
		state=pending ''
done >"$LAUNCH_SAYS/find"
front list --no-header
is "$(wc -l <"$T/front")" 3000 "a long answer is whole"
end_left
done_testing
