#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A host with several addresses: the agent calls each of them, and the front
# takes one call only. It once started a session for every call.
. "$(dirname "$0")/../lib.sh"
need_product

test "$(id -u)" = 0 || skip_all "only root can make a network of its own"

# Six addresses, no loopback among them.
cat >"$T/inside" <<'END'
ip link set lo up && ip link add v0 type veth peer name v1 || exit 1
for link in v0 v1; do ip link set $link up || exit 1; done
for n in 1 2 3 4 5 6; do ip addr add 10.77.$n.1/24 dev v0 || exit 1; done
for n in 1 2 3 4 5; do
	echo 'echo pid $$; read -r x; echo "heard $x"
hello' | timeout 30 "$BUILD/vscode-remote-shell" "$@" 2>>"$T/err.$n" >"$T/out.$n"
	echo "$?" >"$T/status.$n"
	timeout 30 "$BUILD/vscode-remote-shell" "$@" cancel >>"$T/log/cancel" 2>&1
done
END
# With a name of its own it is used as any scheduler is: on all addresses.
# shellcheck disable=SC2016 # expanded by the launcher
printf '#!/bin/sh\nexec "%s/launch-local" "$@"\n' "$BUILD" >"$T/launch-any"
chmod 755 "$T/launch-any"
export T
timeout 100 unshare -n sh "$T/inside" --launcher="$T/launch-any" \
	--state-dir="$VRS_STATE" --linger=0 --idle-timeout=10m \
	>"$T/log/inside" 2>&1
rc=$?
test -e "$T/status.1" ||
	skip_all "no network of its own: $(tail -n 1 "$T/log/inside")"
is $rc 0 "five sessions, one after the other"
for n in 1 2 3 4 5; do
	is "$(cat "$T/status.$n")" 0 "session $n ends well"
	is "$(grep -c "session 'default' is job" "$T/err.$n")" 1 \
		"session $n is found once"
	is "$(grep -c '^pid' "$T/out.$n")" 1 "session $n has one shell"
	like "$(cat "$T/out.$n")" '^heard hello$' "session $n hears its stdin"
done
done_testing
