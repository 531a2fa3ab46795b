#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# slurm-versions.sh TEST...: these tests of a Slurm cluster on each release in
# SLURM_RELEASES, with a launch-slurm that is built for it in BUILD. The clusters
# have the files of other Debians (tests/rig/rig), which is for root. Prints a table;
# 1 when a test has failed.
# shellcheck disable=SC2034 # read by rig
cd "$(dirname "$0")/.." || exit 1
build=${BUILD:-$PWD/build}
out=$build/slurm-versions
rm -rf "$out"
mkdir -p "$out"
bad=0

# launcher RELEASE ROOT: that of the release, for a machine that has another
launcher() {
	lib=$2/usr/lib/$(${CC:-cc} -print-multiarch)/libslurm.so
	# Its libc's headers are not for the compiler of this machine.
	mkdir -p "$build/slurm-$1/include"
	ln -sfn "$2/usr/include/slurm" "$build/slurm-$1/include/slurm"
	make -s B="$build/slurm-$1" \
		SLURM_CFLAGS="-I$build/slurm-$1/include" \
		SLURM_LIBS="$lib -Wl,--allow-shlib-undefined" \
		"$build/slurm-$1/launch-slurm"
}

# one RELEASE TEST: a word for the table
one() {
	log=$out/$1.${2##*/}
	RIG_SLURM=$1 BUILD=$build prove -v "$2" >"$log" 2>&1 </dev/null
	rc=$?
	n=$(grep -c '^ok ' "$log")
	failed=$(grep -c '^not ok ' "$log")
	if test $rc != 0; then
		echo "$failed failed of $((n + failed))"
		grep '^not ok ' "$log" | sed "s|^|$1 ${2##*/}: |" >&2
		bad=1
	elif grep -q '^[^ ]* \.\. skipped: ' "$log"; then
		sed -n 's/^[^ ]* \.\. \(skipped: .*\)/\1/p' "$log"
	else
		echo "ok $n"
	fi
}

for release in ${SLURM_RELEASES:-22.05 24.11 26.05}; do
	# That of the release before would be taken for this one's.
	unset RIG_ROOT
	if ! RIG_ROOT=$(RIG_SLURM=$release sh -c 'exec tests/rig/rig root' \
		2>"$out/$release.root"); then
		echo "$release|all|$(tail -n 1 "$out/$release.root")"
		continue
	fi
	RIG_LAUNCH_SLURM=
	if test -n "$RIG_ROOT"; then
		RIG_LAUNCH_SLURM=$build/slurm-$release/launch-slurm
		launcher "$release" "$RIG_ROOT" >"$out/$release.make" 2>&1 || {
			echo "$release|launch-slurm|does not build"
			tail -n 5 "$out/$release.make" >&2
			bad=1
			continue
		}
	fi
	export RIG_ROOT RIG_LAUNCH_SLURM
	for t; do
		echo "$release|$(basename "$t" .t)|$(one "$release" "$t")"
	done
done >"$out/rows"
test "$(grep -c 'failed of\|does not build' "$out/rows")" = 0 || bad=1
echo
column -t -s '|' -N "Slurm,test,result" "$out/rows" 2>/dev/null ||
	sed 's/|/  /g' "$out/rows"
exit $bad
