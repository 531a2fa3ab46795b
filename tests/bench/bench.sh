#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# make bench: figures of the data path and of the start, beside those of other
# forwarders on this machine. Nothing fails for being slow. From outside:
# BENCH_ROUNDS (default 5), BENCH_SECONDS (of one bulk measurement, default
# 0.25), BENCH_ROWS (only those whose name matches this pattern).
# The numbers are also in $BUILD/bench.json.
#
# As root the test runs in a network namespace of its own, the login node's
# side, and a second one is the compute node's. A veth pair joins them. Neither
# has a name: they go when their last process does. Others measure on loopback.
PATH=$PATH:/usr/sbin:/sbin
if test -z "$BENCH_VETH" && unshare --net sh -c '
	command -v nsenter && ip link add near type veth peer name far' \
	>/dev/null 2>&1
then
	BENCH_VETH=yes exec unshare --net sh "$0" "$@"
fi
TEST_TIMEOUT=${TEST_TIMEOUT:-2400}
export TEST_TIMEOUT BENCH_VETH
. "$(dirname "$0")/../lib.sh"
need_product
for client in load intercept; do
	test -x "$BUILD/clients/$client" ||
		die "$BUILD/clients/$client is not built"
done

LOGIN=10.77.0.1		# nobody else sees them
NODE=10.77.0.2
CONTROL=/proc/sys/net/ipv4/tcp_congestion_control
node=0			# a process of the node's namespace
node_sshd=0

has_own_net() {
	test "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)"
}

on_node() {
	test "$node" = 0 || set -- nsenter --net="/proc/$node/ns/net" "$@"
	"$@"
}

# BBR paces by a timer, and on a pair as fast as memory that timer would be all
# one measures. Most sites have cubic; reno is always there.
unpaced() {
	for control in cubic reno; do
		"$@" sh -c "echo $control >$CONTROL" 2>/dev/null && return
	done
	die "TCP knows neither cubic nor reno"
}

veth_up() {
	bg node unshare --net sleep "$TEST_TIMEOUT"
	node=$PID
	wait_for 10 has_own_net "$node" || die "no namespace for the node"
	# shellcheck disable=SC2015 # die when one of them fails
	ip link set lo up &&
		ip link add near type veth peer name far netns "$node" &&
		ip address add $LOGIN/24 dev near && ip link set near up &&
		on_node ip link set lo up &&
		on_node ip address add $NODE/24 dev far &&
		on_node ip link set far up || die "no veth pair"
	unpaced env
	unpaced on_node
}

# The login node's sshd is the host `plain', the compute node's `node'.
node_sshd_start() {
	sed "s/^ListenAddress .*/ListenAddress $NODE/" "$T/ssh/sshd_config" \
		>"$T/ssh/node_config"
	bg node-sshd nsenter --net="/proc/$node/ns/net" \
		timeout "$TEST_TIMEOUT" "$(command -v sshd)" -D -e \
		-f "$T/ssh/node_config"
	node_sshd=$PID
	printf '[%s]:%s %s\n' $NODE "$SSHD_PORT" "$(cat "$T/ssh/host.pub")" \
		>>"$T/ssh/known_hosts"
	host_first node "HostName $NODE"
	wait_for 10 ssh_to node true 2>"$T/log/try" ||
		die "the node's sshd does not let us in"
}

if test -n "$BENCH_VETH"; then
	veth_up
else
	NODE=127.0.0.1
	diag "all on loopback: a veth pair takes root and iproute2"
fi
# ssh is a peer, and the way in of the attach figures.
if command -v sshd >/dev/null && command -v ssh >/dev/null; then
	sshd_start
	vrs_host vrs
	test "$node" = 0 || node_sshd_start
fi
at_exit vrs_end
ok "measured" "$PYTHON" "$TESTS/bench/bench.py" --dir "$T" \
	--build "$BUILD" --state "$VRS_STATE" --sshd "${lib_sshd_pid:-0}" \
	--node "$node" --address "$NODE" --node-sshd "$node_sshd"
done_testing
