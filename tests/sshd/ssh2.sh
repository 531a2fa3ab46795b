#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Prints a directory in which npm's ssh2 is, of the version in package.json, after
# having fetched it if need be: without its parts in C, which it does not need. It
# is kept below XDG_CACHE_HOME. Status 77: it cannot be had here, and the last line
# of stderr tells why.
set -e
umask 022
unset CDPATH NODE_OPTIONS
here=$(cd "$(dirname "$0")" && pwd)
sum=$(cat "$0" "$here/package-lock.json" | cksum | cut -d' ' -f1)
dir=${XDG_CACHE_HOME:-$HOME/.cache}/vscode-remote-shell-tests/ssh2-$sum

cannot() {
	echo "$*" >&2
	exit 77
}

if test ! -d "$dir"; then
	command -v npm >/dev/null || cannot "npm is not installed"
	new=$dir.new.$$
	trap 'rm -rf "$new"' EXIT
	trap 'exit 130' HUP INT TERM
	mkdir -p "$new"
	cp "$here/package.json" "$here/package-lock.json" "$new"
	(cd "$new" && npm ci --omit=optional --ignore-scripts --no-audit \
		--no-fund --loglevel=error --fetch-retries=1) >&2 ||
		cannot "npm brings no ssh2"
	mv -T "$new" "$dir" 2>/dev/null || test -d "$dir"
fi
echo "$dir/node_modules"
