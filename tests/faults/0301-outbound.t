#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2016 # for shells there
# The way to the internet (--outbound): many connections, one after the other and at
# once, some that nobody reads, and the front killed in the middle of a download.
TEST_TIMEOUT=${TEST_TIMEOUT:-$(test "$FAULTS" = long && echo 600 || echo 240)}
export TEST_TIMEOUT
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"
need_product

outside() { timeout 500 "$PYTHON" "$CLIENTS/outside.py" "$@"; }

# begin NAME: a front that dials, and the job's proxy in $proxy
begin() {
	front_start "$1" --outbound=login --outbound-allow=127.0.0.1
	type "$1" 'echo "proxy=$VRS_OUTBOUND"'
	wait_for 30 has "$T/log/front-$1.out" '^proxy=http' || die "no proxy"
	proxy=$(sed -n 's/^proxy=//p' "$T/log/front-$1.out")
}

bg web "$PYTHON" "$CLIENTS/outside.py" serve "$T/web"
ok "an internet" wait_for 10 test -s "$T/web"
here=127.0.0.1:$(cat "$T/web")
begin one
agent=$(agents)
outside many "$proxy" "$here" 200 40 >/dev/null
fds_before="$(fds "$FRONT") $(fds "$agent")"
# but 8, which wait a minute for another request
settled() {
	test "$(fds "$FRONT")" -le $((${fds_before% *} + 8)) &&
		test "$(fds "$agent")" -le $((${fds_before#* } + 8))
}
wait_for 5 settled

n=$(of 1000 10000)
lib_clock
began=$lib_time
is "$(outside many "$proxy" "$here" "$n" 8)" "$n ok" "$n connections, one after the other"
lib_clock
took=$((lib_time - began))
ok "their descriptors return" wait_for 10 settled ||
	diag "before $fds_before, now $(fds "$FRONT") $(fds "$agent")"
figure "outbound connections" local "$n" "$n" \
	"$((n * 100 / (took > 0 ? took : 1))) a second; descriptors $fds_before -> $(fds "$FRONT") $(fds "$agent")"

# What nobody reads waits in the kernel, and in what each stream may have here: as
# much as it ever will when neither program has computed anything for a while.
spent() { awk '{ print $14 + $15 }' "/proc/$FRONT/stat" "/proc/$agent/stat" | xargs; }
still() {
	spent=$(spent)
	sleep 0.5
	test "$spent" = "$(spent)"
}
n=$(of 200 400)
bg crowd timeout 500 "$PYTHON" "$CLIENTS/outside.py" crowd "$proxy" "$here" $n "$T/crowd"
crowd=$PID
ok "$n that nobody reads, at once" wait_for 60 test -e "$T/crowd"
is "$(outside many "$proxy" "$here" 200 4)" "200 ok" "do not hold up others"
if sanitized; then
	skip 2 "a sanitizer keeps what was freed"
else
	ok "which fill up" wait_for 60 still
	# 64 KiB a stream, in pieces of memory that may be twice as large as what is in
	# them: 18 to 36 MB were seen.
	most=$((20480 + n * 128))
	ok "nor take more memory than they may" \
		test "$(rss "$FRONT" VmHWM)" -le $most -a "$(rss "$agent" VmHWM)" -le $most ||
		diag "$(rss "$FRONT" VmHWM) $(rss "$agent" VmHWM), at most $most"
fi
figure "outbound streams that nobody reads" local "$n" "$n" \
	"at most $(rss "$FRONT" VmHWM) and $(rss "$agent" VmHWM) kB"
end_pid "$crowd"
ok "and go in full" wait_for 10 settled ||
	diag "before $fds_before, now $(fds "$FRONT") $(fds "$agent")"

# A front that dies takes its downloads along, at once; the next one goes on.
n=$(of 6 30) held=0 worst=0
i=1
while test $i -le "$n"; do
	outside killed "$proxy" "$here" $((i * i * 20000)) "$FRONT" >"$T/killed" 2>"$T/log/killed"
	wait "$FRONT" 2>/dev/null
	read -r word ms <"$T/killed"
	begin "again$i"
	test "$(outside many "$proxy" "$here" 1 1)" = "1 ok" && test "$word" = reset &&
		held=$((held + 1))
	case $word,$ms in
	reset,[0-9]*) test "$ms" -le $worst || worst=$ms ;;
	*) worst=99999 ;;
	esac
	i=$((i + 1))
done
is $held "$n" "a front that is killed in a download: it is reset, and the next one is there"
ok "within a second" test $worst -le 1000 || diag "$worst ms"
figure "front killed in a download" local "$n" $held "reset after $worst ms at most"
done_testing
