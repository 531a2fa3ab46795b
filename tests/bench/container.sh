#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# make bench: what it costs in a session of a real Slurm cluster that its commands run
# in an image: beside the same command on the node, and the runtime's own exec there.
# The image has the node's programs, so that both are the same shell. Nothing fails for
# being slow. BENCH_ROUNDS (5). The numbers are also in $BUILD/container.json.
# shellcheck disable=SC2154 # from rig/lib.sh
TEST_TIMEOUT=${TEST_TIMEOUT:-600}
export TEST_TIMEOUT
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
. "$(dirname "$0")/figure.sh"
command -v bwrap >/dev/null || skip_all "no bubblewrap"
ROUNDS=${BENCH_ROUNDS:-5}
slurm_up
cp "$TESTS/bench/container.py" "$TESTS/bench/show.py" "$RIG_PREFIX/clients/"
home=$(alice login1 sh -c 'echo ~')
image=$home/image

mkdir -p "$AHOME/image/usr/bin" "$AHOME/image/etc/alternatives" "$AHOME/image/tmp" \
	"$AHOME/image/dev" "$AHOME/image/proc" "$AHOME/image/sys" "$AHOME/image/home"
for dir in bin sbin lib lib32 lib64; do
	test ! -e "/$dir" || ln -s "usr/$dir" "$AHOME/image/$dir"
done
for file in profile profile.d bash.bashrc passwd group; do
	test ! -e "/etc/$file" || cp -r "/etc/$file" "$AHOME/image/etc/"
done
: >"$AHOME/image/usr/bin/sh"	# which is looked for before /usr is bound
chmod -R go+rX "$AHOME/image"

# own RUNTIME: its words for a program, as somebody would type them
own() {
	case $1 in
	bubblewrap)
		echo "bwrap --ro-bind $image / --ro-bind /usr /usr --dev-bind /dev /dev --proc /proc --bind /home /home --bind /tmp /tmp" ;;
	charliecloud)
		echo "ch-run --home --bind=/usr:/usr --bind=/tmp:/tmp $image --" ;;
	esac
}
timed() {
	timed_host=$1
	shift
	alice "$timed_host" "$PYTHON" $PREFIX/clients/container.py time 10 "$@"
}

set -- bubblewrap
! command -v ch-run >/dev/null || set -- "$@" charliecloud
for runtime; do
	front login1 --session="$runtime" alloc -S-c1 --container="$image" \
		--container-runtime="$runtime" --container-bind=/usr \
		--container-bind=/etc/alternatives </dev/null
	is "$rc" 0 "a session by $runtime" || diag_file "$T/err"
	front login1 --session="$runtime" shell -- test ! -e /var </dev/null
	is "$rc" 0 "which is in the image" || diag_file "$T/err"
done
node=$(job_node "$(the_job | head -n 1)")
round=0
while test $round -lt "$ROUNDS"; do
	for runtime; do
		figure "$runtime inside" timed login1 $VRS --session="$runtime" shell -- true
		figure "$runtime outside" timed login1 $VRS --session="$runtime" shell \
			--no-container -- true
		# shellcheck disable=SC2046 # words
		figure "$runtime own" timed "$node" $(own "$runtime") /bin/true
	done
	round=$((round + 1))
	echo "# round $round of $ROUNDS" >&2
done
"$PYTHON" "$TESTS/bench/container.py" show "$ROUNDS" "$T/figures" "$BUILD/container.json"
is $? 0 "shown"
alice login1 "$VRS" cancel --all >"$T/log/cancel" 2>&1
all_gone "it all ends"
done_testing
