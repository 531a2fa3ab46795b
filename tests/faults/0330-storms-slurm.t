#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# bob hammers at the link port of alice's agent from her login node, where her
# front runs, from the node of her job, and from a third host.
# shellcheck disable=SC2154 # from rig/lib.sh
TEST_TIMEOUT=${TEST_TIMEOUT:-$(test "$FAULTS" = long && echo 1800 || echo 240)}
export TEST_TIMEOUT
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/storms.sh"
slurm_up
cp "$BUILD/clients/storm" "$BUILD/clients/load" "$RIG_PREFIX/clients/"

# What storms.sh asks for; $place is where the storm comes from.
storm() { exec "$RIG" exec -u bob "$place" $PREFIX/clients/storm "$@"; }
storm_end() { root "$place" sh -c 'kill $(pidof storm)'; }
visit() { alice login1 "$VRS" shell default true; }
loaded() { alice login1 $PREFIX/clients/load "$@"; }

mkfifo "$T/in"
alice login1 "$VRS" <>"$T/in" >"$T/one" 2>"$T/log/one" &
cat >"$T/in" <<-END
	$PREFIX/clients/load serve 900 >served </dev/null &
	until test -s served; do sleep 0.05; done
	printf '%s\n' '0123456789ab: start' "listeningOn==127.0.0.1:\$(cat served)==" '0123456789ab: end'
END
wait_for 60 has "$T/one" '^0123456789ab: end' || die "no session"
PORT=$(sed -n 's/^listeningOn==127.0.0.1:\([0-9]*\)==.*/\1/p' "$T/one")
job=$(the_job)
node=$(job_node "$job")
third=c1
test "$node" != c1 || third=c2
record=$(echo "$STATE"/*/endpoint)
link=$(sed -n 's/^port=//p' "$record")
host=$(sed -n 's/^host=\(10\.77\..*\)/\1/p' "$record")
tag=$(basename "$(dirname "$record")")

quiet_port
for place in login1 "$node" $third; do
	for kind in connects silence hellos binders retries; do
		storm_at "$kind" "Slurm, from $place" -r 3000 $kind "$host" \
			"$link" "vrs1:$tag:front"
	done
done
place=$node
storm_at "all kinds, all of 127/8" "Slurm, from $place" -m -r 3000 mixed \
	127.0.0.1 "$link" "vrs1:$tag:front"
is "$(the_job)" "$job" "the same job"
echo exit >"$T/in"
alice login1 "$VRS" cancel >"$T/out" 2>&1
done_testing
