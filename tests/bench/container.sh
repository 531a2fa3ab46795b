#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# make bench: what it costs in a session of a real Slurm cluster that its commands run
# in an image: beside the same command on the node, and the runtime's own exec there.
# The image has the node's programs, so that both are the same shell. Nothing fails for
# being slow. BENCH_ROUNDS (5). The numbers are also in $BUILD/container.json. Of
# Apptainer and Podman, where the nodes have them (make bench-containers), the exec is
# that into an instance, as a session has one.
# shellcheck disable=SC2154,SC2016 # from rig/lib.sh; for shells there
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
	apptainer) echo "apptainer exec instance://own" ;;
	podman) echo "podman exec own" ;;
	esac
}
# known RUNTIME: an image for it, and an instance of somebody's own on c1
known() {
	case $1 in
	apptainer)
		alice c1 apptainer build "$home/i.sif" "$image" &&
			alice c1 apptainer instance start --bind /usr "$home/i.sif" own ;;
	podman)
		for h in c1 c2; do
			root $h sh -c 'mkdir -p /dev/mqueue; mount -t mqueue mqueue /dev/mqueue
				for f in /etc/subuid /etc/subgid; do echo alice:100000:65536 >$f; done'
		done
		alice c1 sh -c 'tar --owner=0 --group=0 -C ~/image -c . |
			podman import - localhost/image:1' &&
			alice c1 podman run --detach --name=own --userns=keep-id \
				--network=host --pid=host --ipc=host --uts=host \
				--volume /usr:/usr --entrypoint= localhost/image:1 \
				sleep 100000 ;;
	esac >"$T/log/known" 2>&1
}
# of RUNTIME: the image that a session gets
of() {
	case $1 in
	apptainer) echo "$home/i.sif" ;;
	podman) echo docker://localhost/image:1 ;;
	*) echo "$image" ;;
	esac
}
timed() {
	timed_host=$1
	shift
	alice "$timed_host" "$PYTHON" $PREFIX/clients/container.py time 10 "$@"
}

set -- bubblewrap
for pair in charliecloud:ch-run apptainer:apptainer podman:podman; do
	! root c1 sh -c "command -v ${pair#*:}" >/dev/null || set -- "$@" "${pair%:*}"
done
for runtime; do
	known "$runtime" || diag_file "$T/log/known"
	front login1 --session="$runtime" alloc -S-c1 -S-w -Sc1 --container="$(of "$runtime")" \
		--container-runtime="$runtime" --container-bind=/usr \
		--container-bind=/etc/alternatives </dev/null
	is "$rc" 0 "a session by $runtime" || diag_file "$T/err"
	front login1 --session="$runtime" shell -- test ! -e /boot </dev/null
	is "$rc" 0 "which is in the image" || diag_file "$T/err"
done
node=c1
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
ok "the sessions end" wait_for 60 no_job
# What is of nobody's session, with the process by which Podman keeps its namespace.
for runtime; do
	case $runtime in
	apptainer) alice c1 apptainer instance stop own ;;
	podman)
		alice c1 podman rm --force --time=0 own
		root c1 sh -c 'kill -9 $(pgrep -u alice)' ;;
	esac >>"$T/log/known" 2>&1
done
all_gone "it all ends"
done_testing
