#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A RemoteCommand whose job ends with its ssh connection, as that of a program
# which holds an allocation: all that the shell started is killed at the end of
# stdin. Needs user namespaces, or root.
mine=-U
test "$(id -u)" != 0 || mine=
dir=$(mktemp -d) && mkfifo "$dir/stdin" || exit
unshare $mine ${mine:+-r} --pid --fork --kill-child --mount-proc \
	bash -l <"$dir/stdin" &
cat >"$dir/stdin"
kill -9 $!
rm -rf "$dir"
