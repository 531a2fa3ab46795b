#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# --container-cache: a session's image is copied once, however many sessions want it
# and whoever of them is killed meanwhile, and what a registry names becomes a file.
# What is told of an image that cannot be used. Here enroot and apptainer are scripts
# that run bubblewrap; what one process does about a copy is in
# tests/unit/agent/test_imagecache.c.
# shellcheck disable=SC2016 # expanded in the job
. "$(dirname "$0")/../lib.sh"
need_product
command -v bwrap >/dev/null || skip_all "no bubblewrap"
image_can || skip_all "no static busybox"
bwrap --ro-bind / / true 2>/dev/null || skip_all "bubblewrap does not run here"
at_exit vrs_end

image_new "$T/image"
mkdir -p "$T/project" "$T/bin" "$T/local"
cache=$T/local/vscode-remote-shell-$(id -un)

# What follows the image in their words is run in the directory, which stands for it.
cat >"$T/bin/inside" <<END
#!/bin/sh
echo "\$1" >>"$T/started"
shift
exec bwrap --ro-bind "$T/image" / --dev-bind /dev /dev --proc /proc --bind /tmp /tmp "\$@"
END
cat >"$T/bin/enroot" <<END
#!/bin/sh
while test "\${1%.sqsh}" = "\$1"; do shift; done
exec "$T/bin/inside" "\$@"
END
cat >"$T/bin/apptainer" <<END
#!/bin/sh
if test "\$1" = pull; then
	echo "\$*" >>"$T/pulled"
	test "\$4" != docker://lab/nosuch || { echo "FATAL: no such image" >&2; exit 255; }
	echo "Copying blob 1"
	exec cp "$T/project/sif" "\$3"
fi
while test "\${1%.sif}" = "\$1"; do shift; done
exec "$T/bin/inside" "\$@"
END
chmod +x "$T"/bin/*
PATH=$T/bin:$PATH

# sqsh FILE BYTES: as squashfs begins, and so long
sqsh() {
	"$PYTHON" -c 'import os, sys
size = int(sys.argv[2])
head = b"hsqs" + bytes(36) + size.to_bytes(8, "little")
open(sys.argv[1], "wb").write(head + os.urandom(size - len(head)))' "$@"
}
# sif FILE MACHINE: 4 KiB with the header of a SIF
sif() {
	"$PYTHON" -c 'import sys
head = b"#!/usr/bin/env run-singularity\n".ljust(32, b"\0") + b"SIF_MAGIC\0" + b"01\0"
head += sys.argv[2].encode() + bytes(65)
head += (2048).to_bytes(8, "little") * 2
open(sys.argv[1], "wb").write(head.ljust(4096, b"\0"))' "$@"
}
sum_of() { sha256sum <"$1"; }
# session NAME OPTION...: one more
session() {
	session=$1
	shift
	vrs_alloc --session="$session" "$@"
}
in_its_image() { vrs --session="$session" shell -- "$@" 2>"$T/err"; }
stop() { vrs cancel --all >"$T/log/cancel" 2>&1; }
copies() { find "$cache" -mindepth 1 -maxdepth 1 ! -name .lock -printf '%f\n' | sort; }
# is_told TEXT NAME: a line of the last command begins so
is_told() {
	ok "$2" grep -qF "vscode-remote-shell: $1" "$T/err" || diag_file "$T/err"
}

# ---- a file ------------------------------------------------------------------

sqsh "$T/project/tools.sqsh" 300000
sum=$(sum_of "$T/project/tools.sqsh")
session one --container="$T/project/tools.sqsh" --container-cache="$T/project:$T/local"
is "$(in_its_image cat /etc/inside)" "the image" "a copy is used" || diag_file "$T/err"
copy=$(tail -n 1 "$T/started")
like "$copy" "^$cache/tools-[0-9a-f]{16}\.sqsh$" "it lies in the user's own directory"
is "$(sum_of "$copy")" "$sum" "with the same bytes"
is "$(stat -c %a "$cache" "$copy" | tr '\n' ' ')" "700 600 " "for nobody else"
is_told "container: $T/project/tools.sqsh (293 KiB) is copied to $cache" "that it is copied"
is_told "container: ${copy##*/} is there, after " "and that it is done"
session two --container="$T/project/tools.sqsh" --container-cache="$T/local"
is "$(in_its_image cat /etc/inside)" "the image" "another session has the same"
is "$(tail -n 1 "$T/started")" "$copy" "the same copy"
is "$(grep -c copied "$T/err")" 0 "without a word"
session three --container="$T/project/tools.sqsh" --container-cache="$T/none:$T/local"
is "$(in_its_image cat /etc/inside; tail -n 1 "$T/started")" "the image
$T/project/tools.sqsh" "images that are not below FROM stay where they are"
stop

# ---- eight at once, one killed -------------------------------------------------

# A file system that takes its time; and an ordinary user does not see what an agent's
# processes have open.
slow_begin() {
	test "$(id -u)" = 0 && command -v bindfs >/dev/null && mkdir "$T/slow" || return
	bindfs_on "$T/slow" --read-rate=4M "$T/project" || return
	fuse=$PID
}
slow_end() {
	fusermount -u "$T/slow" 2>/dev/null || umount -l "$T/slow" 2>/dev/null
	end_pid "$fuse"
}
if slow_begin; then
	sqsh "$T/project/big.sqsh" 12000000
	sum=$(sum_of "$T/project/big.sqsh")
	for i in 1 2 3 4 5 6 7 8; do
		session "many-$i" --container="$T/slow/big.sqsh" --container-cache="$T/local"
	done
	pids=
	for i in 1 2 3 4 5 6 7 8; do
		bg "many-$i" timeout 90 "$BUILD/vscode-remote-shell" --launcher=local \
			--state-dir="$VRS_STATE" --session="many-$i" shell -- 'cat /etc/inside'
		pids="$pids $PID"
	done
	# Who copies has a file open there which is not done, whether it has a name or not.
	copying() {
		# shellcheck disable=SC2046 # words
		find $(ours | sed 's|.*|/proc/&/fd|') -lname "$cache/*" ! -lname '*/.lock' \
			-printf '%h\n' 2>/dev/null | cut -d/ -f3 | head -n 1
	}
	# Nobody gets on with it until he is killed.
	is_copied() {
		copier=$(copying)
		test -n "$copier" && kill -STOP "$fuse"
	}
	ok "one of eight copies" wait_for 30 is_copied
	kill -9 "$copier"
	kill -CONT "$fuse"
	# shellcheck disable=SC2086 # a list
	wait $pids
	is "$(cat "$T"/log/many-*.out | uniq -c | sed 's/^ *//')" "8 the image" \
		"all of them run in the image"
	is "$(copies | grep -c big)" 1 "there is one copy"
	is "$(sum_of "$cache/$(copies | grep big)")" "$sum" "which is right"
	is "$(copies | grep -c part)" 0 "and nothing else"
	is "$(cat "$T"/log/many-*.err | grep -c 'is copied to')" 2 "it was begun twice"
	is "$(cat "$T"/log/many-*.err | grep -c 'was ended by signal 9; the image is used where it is')" 1 \
		"who made the first is told so" || cat "$T"/log/many-*.err >&2
	stop
	mkdir "$T/project/tree"
	cp -r "$T/image/bin" "$T/project/big.sqsh" "$T/project/tree"
	session ends --container="$T/slow/tree" --container-cache="$T/local"
	bg ends timeout 90 "$BUILD/vscode-remote-shell" --launcher=local \
		--state-dir="$VRS_STATE" --session=ends shell -- true
	begun() { copies | grep -q part; }
	ok "a directory is copied" wait_for 30 begun
	stop
	is "$(copies | grep -c tree)" 0 "the end of the session leaves nothing of it"
	slow_end
else
	skip 9 "bindfs cannot mount here, or nobody sees who copies"
fi

# ---- no room -----------------------------------------------------------------

mkdir "$T/small"
unmount_small() { umount -l "$T/small" 2>/dev/null; }
at_exit unmount_small
if mount -t tmpfs -o size=100k,mode=1777 none "$T/small" 2>/dev/null; then
	session full --container="$T/project/tools.sqsh" --container-cache="$T/small"
	is "$(in_its_image cat /etc/inside)" "the image" "no room: the session can be used"
	is "$(tail -n 1 "$T/started")" "$T/project/tools.sqsh" "with the image itself"
	like "$(grep cache "$T/err")" "^vscode-remote-shell: --container-cache: $T/small/[^ ]*: there is no room for it: it has 293 KiB, and [0-9]+ KiB are free; the image is used where it is$" \
		"which is one line"
	is "$(find "$T/small" -type f ! -name .lock)" "" "and nothing is left of it"
	stop
	# A directory tells by its writes.
	session full --container="$T/image" --container-cache="$T/small" \
		--container-runtime=bubblewrap
	is "$(in_its_image cat /etc/inside)" "the image" "a directory, too"
	like "$(grep cache "$T/err")" "disk full: no space left on the file system; the image is used where it is$" \
		"says why"
	is "$(find "$T/small" -type f ! -name .lock)" "" "and leaves nothing"
	stop
	umount "$T/small"
else
	skip 7 "a tmpfs cannot be mounted here"
fi

# ---- a directory, a name ---------------------------------------------------------

session tree --container="$T/image" --container-cache="$T/local" \
	--container-runtime=bubblewrap
is "$(in_its_image 'cat /etc/inside; touch /etc/x 2>/dev/null || echo whole')" "the image
whole" "a copy of a directory" || diag_file "$T/err"
is "$(diff -r --no-dereference "$T/image" "$cache/$(copies | grep '^image-')" && echo same)" same \
	"has all of it"
# As a cleaner does, or another session for which it is too old.
find "$cache" -maxdepth 1 -name 'image-*' -exec touch -d '-40 days' {} +
is "$(in_its_image cat /etc/inside)" "the image" "one that is in use"
is "$(find "$cache" -maxdepth 1 -name 'image-*' -mtime -1 | wc -l)" 1 "is not old"
rm -rf "$cache"/image-*
is "$(in_its_image cat /etc/inside)" "the image" "one that was removed is made anew" ||
	diag_file "$T/err"
is "$(copies | grep -c '^image-')" 1 "in the cache"
stop

case $(uname -m) in
aarch64) here=04 other=02 other_name=x86_64 ;;
*) here=02 other=04 other_name=aarch64 ;;
esac
sif "$T/project/sif" "$here"
session name --container=docker://lab/tools:2 --container-cache="$T/local"
is "$(in_its_image cat /etc/inside)" "the image" "a name of a registry" || diag_file "$T/err"
like "$(tail -n 1 "$T/started")" "^$cache/tools-2-[0-9a-f]{16}\.sif$" "is a file from then on"
like "$(cat "$T/pulled")" "^pull --disable-cache $cache/\.tools-2-[0-9a-f]{16}\.sif\.part docker://lab/tools:2$" \
	"that apptainer has made"
is_told "container: apptainer makes a .sif file of docker://lab/tools:2, in $cache" \
	"which is told"
session name2 --container=docker://lab/tools:2 --container-cache="$T/local"
is "$(in_its_image cat /etc/inside; wc -l <"$T/pulled")" "the image
1" "once"
stop

# ---- what cannot be used ---------------------------------------------------------

# refused OPTION...: status and line of a command in such a session
refused() {
	session bad "$@"
	in_its_image true
	refused_rc=$?
	test "$(grep -c 'cannot be entered' "$T/err")" = 1 || printf 'not one line, '
	test "$(vrs --session=bad shell --no-container -- echo fine 2>&1)" = fine ||
		printf 'not usable, '
	echo "$refused_rc $(sed -n 's/^vscode-remote-shell: //p' "$T/err" | tail -n 1)"
	stop
}
like "$(refused --container=docker://lab/nosuch --container-cache="$T/local")" \
	"^69 the container cannot be entered on .*: --container-cache: $cache: [^ ]*/apptainer ended with status 255: FATAL: no such image; .*--no-container" \
	"a name that is none"
is "$(copies | grep -c nosuch)" 0 "leaves nothing"
sif "$T/project/other.sif" "$other"
if test -e "/proc/sys/fs/binfmt_misc/qemu-$other_name"; then
	skip 1 "QEMU runs it here"
else
	like "$(refused --container="$T/project/other.sif" --container-cache="$T/local")" \
		"^69 .*: $T/project/other.sif is for $other_name, and this node is $(uname -m);" \
		"an image of another machine"
fi
is "$(copies | grep -c other)" 0 "is not copied"
head -c 200000 "$T/project/tools.sqsh" >"$T/project/cut.sqsh"
like "$(refused --container="$T/project/cut.sqsh")" \
	"^69 .*: $T/project/cut.sqsh: it is damaged: its end is missing, for as squashfs it has 200000 bytes of 300000;" \
	"one without its end"
echo '<html>' >"$T/project/page.sif"
like "$(refused --container="$T/project/page.sif")" \
	"^69 .*: $T/project/page.sif: it is no image: neither SIF nor squashfs" "one that is none"
like "$(refused --container="$T/project/tools.sqsh" --container-cache="/x:y")" \
	"^69 .*: --container-cache: '/x:y' is not an absolute path" "a cache that is none"
mkdir "$T/open"
chmod 777 "$T/open"
session open --container="$T/project/tools.sqsh" --container-cache="$T/open"
is "$(in_its_image cat /etc/inside)" "the image" "a cache in which others could put an image"
like "$(grep cache "$T/err")" "^vscode-remote-shell: --container-cache: $T/open: mode 0777 lets others write to it.*; the image is used where it is$" \
	"is not used"
stop

# ---- one that a user makes ---------------------------------------------------------

sh "$TESTS/../examples/image/small.sh" "$T/own/small" >"$T/out" 2>&1
is $? 0 "examples/image/small.sh" || diag_file "$T/out"
session small --container="$T/own/small" --container-runtime=bubblewrap
is "$(in_its_image 'id -un; echo one two | awk "{ print \$2 }"; cat /etc/passwd | wc -l')" \
	"$(id -un)
two
$(test "$(id -un)" = root && echo 1 || echo 2)" "an image of any user's" || diag_file "$T/err"
stop

# ---- VS Code's server --------------------------------------------------------------

# with FILE...: what is told of the image when it has these in /lib64
with() {
	rm -rf "$T/image/lib64"
	mkdir "$T/image/lib64"
	for file; do : >"$T/image/lib64/$file"; done
	session abi --container="$T/image" --container-runtime=bubblewrap
	in_its_image true
	sed 's/^vscode-remote-shell: //; s/glibc 2.28 and/THAT and/' "$T/err"
	stop
}
like "$(with none)" "^container: the image has no glibc in /lib and /usr/lib and no libstdc\+\+: VS Code's server, which needs THAT and libstdc\+\+ 6.0.25 \(GCC 8\), will not start in it; shells and commands do$" \
	"an image in which VS Code's server cannot run"
like "$(with libc-2.17.so libc.so.6 libstdc++.so.6.0.19)" \
	"^container: the image has glibc 2.17 and libstdc\+\+ 6.0.19: VS Code" "one that is too old"
is "$(with libc.so.6 libstdc++.so.6.0.30)" "" "one in which it can: nothing is told"
done_testing
