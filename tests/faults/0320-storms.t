#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Another user hammers at the agent's link port and at that of a front which
# awaits its agent, in every way that needs no key, from one address and from
# all of 127/8: whoever has the key is served, each time. How fast is a figure.
TEST_TIMEOUT=${TEST_TIMEOUT:-$(test "$FAULTS" = long && echo 1800 || echo 240)}
export TEST_TIMEOUT
if test -z "$VRS_OWN_NET" && test "$(id -u)" = 0 && unshare -n true 2>/dev/null
then
	VRS_OWN_NET=1 exec unshare -n sh "$0" "$@"
fi
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/storms.sh"
need_product
test -n "$VRS_OWN_NET" || skip_all "only root can be two users"
ip link set lo up || die "no network of its own"

# What storms.sh asks for.
storm() { exec "$BUILD/clients/storm" -u 54322 "$@"; }
storm_end() { kill $storm_pid; }
visit() { vrs shell default true; }
loaded() { load "$@"; }

front_start one --log-file="$T/log/one" -vv
front_serve one
link=$(sed -n 's/^port=//p' "$VRS_STATE"/*/endpoint)
tag=$(basename "$(dirname "$VRS_STATE"/*/endpoint)")
agent=$(agents)

quiet_port
bg sink "$BUILD/clients/load" serve 900
ok "a plain listener" wait_for 10 test -s "$T/log/sink.out"
sink=$(cat "$T/log/sink.out")
control_at "control: hellos at a plain listener" loopback -r 3000 hellos \
	127.0.0.1 "$sink" "vrs1:$tag:front"
for kind in connects silence part hellos binders retries; do
	storm_at "$kind, one address" loopback -r 3000 $kind 127.0.0.1 \
		"$link" "vrs1:$tag:front"
	storm_at "$kind, all of 127/8" loopback -m -r 3000 $kind 127.0.0.1 \
		"$link" "vrs1:$tag:front"
done
storm_at "all kinds, ::1" loopback -r 3000 mixed ::1 "$link" "vrs1:$tag:front"
control_at "control: all kinds at a plain listener, as fast as it can" \
	loopback -m mixed 127.0.0.1 "$sink" "vrs1:$tag:front"
storm_at "all kinds, as fast as it can" loopback -m mixed 127.0.0.1 \
	"$link" "vrs1:$tag:front"
is "$(agents)" "$agent" "the same job"
ok "it was tried: strangers were sent away" \
	has "$(echo "$VRS_STATE"/*/agent.log)" "a stranger was sent away"

# What is up, beside the same storm at a plain listener: the machine, on which the
# storm is made, too, is slower then by itself. Each is measured by turns, and the
# best of its medians counts, since whatever else the machine does only makes them
# worse; the figure counts as held up to 1.3 of the other.
# beside NAME ARGUMENT...: of storm, up to its address
beside() {
	beside_name=$1
	shift
	: >"$T/beside.quiet"
	: >"$T/beside.plain"
	: >"$T/beside.ours"
	i=0
	while test $i -lt "$(of 9 30)"; do
		i=$((i + 1))
		# shellcheck disable=SC2046 # three words
		echo $(loaded ping "$PORT" 64 400 5000) >>"$T/beside.quiet"
		for at in "plain $sink" "ours $link"; do
			storm "$@" 127.0.0.1 "${at#* }" "vrs1:$tag:front" \
				>"$T/storm" 2>"$T/err" &
			storm_pid=$!
			sleep 0.1
			# shellcheck disable=SC2046 # three words
			echo $(loaded ping "$PORT" 64 400 5000) \
				>>"$T/beside.${at% *}"
			storm_end
			wait $storm_pid
		done
	done
	set --
	for at in quiet plain ours; do
		awk '{ print $2 }' "$T/beside.$at" | sort -n >"$T/sorted"
		set -- "$@" "$(head -n 1 "$T/sorted")"
		is "$(wc -l <"$T/sorted")" $i "$beside_name: $at was measured"
	done
	figure "what is up, in a storm of $beside_name" loopback 1 \
		"$(awk "BEGIN { print ($3 <= 1.3 * $2) }")" "round trip $3 us, \
$(awk "BEGIN { printf \"%.2f\", $3 / $2 }") of that at a plain listener ($2 us), \
$(awk "BEGIN { printf \"%.2f\", $3 / $1 }") of quiet ($1 us)"
}
beside "hellos" -r 3000 hellos
beside "hellos, as fast as it can" -m hellos

# Each agent of a new session calls the front that waits for it, through a storm
# at the one port that it may have. The agent takes the next. Both are free, and
# below those that the kernel gives to whoever connects.
cat >"$T/pair.py" <<'END'
import socket
with open("/proc/sys/net/ipv4/ip_local_port_range") as f:
    port = int(f.read().split()[0])
while port > 1025:
    port -= 2
    try:
        for n in port, port + 1:
            socket.create_server(("", n)).close()
    except OSError:
        continue
    print(port)
    break
END
home=$($PYTHON -I "$T/pair.py")
n=$(of 10 40)
starts() {
	i=0
	served=0
	calls=0
	: >"$T/times"
	while test $i -lt "$n"; do
		i=$((i + 1))
		began=$(now_ms)
		echo "echo served; cat '$VRS_STATE'/*/agent.log" | timeout 60 \
			"$BUILD/vscode-remote-shell" --launcher=local \
			--state-dir="$VRS_STATE" --session="$1$i" -vv \
			--link-port="$home-$((home + 1))" --linger=0 >"$T/out" 2>"$T/err"
		! has "$T/out" '^served$' || served=$((served + 1))
		! has "$T/out" 'told .* where we are' || calls=$((calls + 1))
		echo $(($(now_ms) - began)) >>"$T/times"
		vrs cancel "$1$i" >"$T/out" 2>&1
	done
	sort -n "$T/times" >"$T/sorted"
}
starts quiet
is $served "$n" "sessions are started"
quiet_p50=$(percentile 50)
for kind in silence hellos binders retries; do
	storm -m -r 3000 $kind 127.0.0.1 "$home" "vrs1:$tag:home" >"$T/storm" &
	storm_pid=$!
	starts $kind
	storm_end
	wait $storm_pid
	is $served "$n" "$kind at the port of a waiting front: all are served"
	figure "storm of $kind at a waiting front" loopback "$n" $served \
		"$calls called; a new session in $(percentile 50) ms, at most \
$(tail -n 1 "$T/sorted"), quiet $quiet_p50"
done
done_testing
