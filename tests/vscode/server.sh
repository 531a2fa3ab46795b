#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# VS Code's own remote server, from the npm package code-server, whose lib/vscode
# is that server unchanged. pins/VERSION has what belongs to one, with a lock
# file; VSCODE_PIN says which is meant, and without it it is the newest.
#
#   server.sh pins                print the versions there are, the oldest first
#   server.sh build               print the directory DIR where it is, after
#                                 having built it there if need be
#   server.sh install FORM HOME   put it below HOME where a bootstrap of FORM
#                                 looks for it, and print its program's path
#       legacy  .vscode-server/bin/COMMIT/bin/code-server
#       exec    .vscode-server/cli/servers/Stable-COMMIT/server/bin/code-server
#       oss     .vscode-server-oss/bin/COMMIT/bin/code-server-oss
#
# DIR has server/ (bin, out, node, ...), modules/ (playwright-core, code-server) and
# the files version, commit and made-with (which Node.js and node-gyp). It is kept
# below XDG_CACHE_HOME, whoever builds owns it, and VRS_VSCODE=DIR names another one.
# A minute at most, and 350 to 750 MB.
#
# Status 0; 77: it cannot be had here, the last line of stderr tells why; 1: it
# should have been possible.
set -e
umask 022
unset CDPATH NODE_OPTIONS MAKEFLAGS MAKELEVEL
here=$(cd "$(dirname "$0")" && pwd)

say() { echo "server.sh: $*" >&2; }

pins() { find "$here/pins" -mindepth 1 -printf '%P\n' -prune | sort -V; }

pin=${VSCODE_PIN:-$(pins | tail -n 1)}
lock=$here/pins/$pin/package-lock.json
test -f "$lock" || {
	say "no version $pin, there are: $(pins | xargs)"
	exit 64
}
sum=$(cat "$here/server.sh" "$lock" | cksum | cut -d' ' -f1)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/vscode-remote-shell-tests
dir=${VRS_VSCODE:-$cache/vscode-$pin-$(uname -m)-$sum}

cannot() {
	say "$*"
	exit 77
}

# run COMMAND...: its output is shown only if it fails
run() {
	"$@" >"$new/log" 2>&1 || {
		tail -n 20 "$new/log" >&2
		say "failed: $*"
		exit 1
	}
}

fetch() { npm "$@" --ignore-scripts --no-audit --no-fund --loglevel=error; }

# pinned NAME: the version in package.json
pinned() {
	sed -n "s/.*\"$1\": \"\\([0-9.]*\\)\".*/\\1/p" "${lock%-lock.json}.json"
}

need() {
	for word in npm g++ make python3; do
		command -v $word >/dev/null || cannot "$word is not installed"
	done
	case $(uname -m) in
	x86_64)	arch=x64 ;;
	aarch64) arch=arm64 ;;
	*)	cannot "npm has no Node.js for $(uname -m)" ;;
	esac
	npm view "code-server@$(pinned code-server)" version \
		--fetch-retries=0 --fetch-timeout=15000 >/dev/null 2>&1 ||
		cannot "npm reaches no registry"
}

# What compiles the modules and what they run in are npm's, at pinned versions:
# Debian's node-gyp links every module with Debian's libnode, and two Nodes in one
# process crash. Of the system only npm itself is used, which fetches.
choose_node() {
	headers=$new/node_modules/node-linux-$arch
	node=$headers/bin/node
	gyp=$new/node_modules/npm/node_modules/node-gyp
	test -x "$node" && test -f "$headers/include/node/node.h" ||
		cannot "npm brought no Node.js with headers"
	made_with="Node.js $("$node" -p process.versions.node), node-gyp $(
		"$node" -p "require('$gyp/package.json').version"), from npm"
	say "with $made_with"
}

# Of these names the first that there is: they have changed.
module() {
	for word; do
		test ! -d "node_modules/$word" || break
	done
	echo "$word"
}

# 1.100 wants a program rg there, 1.139 brings its own.
place_rg() {
	test -d node_modules/@vscode/ripgrep || return 0
	rg=$(command -v rg) || return 0
	mkdir node_modules/@vscode/ripgrep/bin
	cp "$rg" node_modules/@vscode/ripgrep/bin/rg
}

# Only what the server cannot do without is compiled: terminals, its log, and
# the watch over the process above the extension host.
build() {
	new=$dir.new.$$
	trap 'rm -rf "$new"' EXIT
	trap 'exit 130' HUP INT TERM
	mkdir -p "$cache" && rm -rf "$new" && mkdir "$new"
	need
	say "building in $dir"
	cp "${lock%-lock.json}.json" "$lock" "$new"
	cd "$new"
	run fetch ci
	choose_node
	mv node_modules/code-server/lib/vscode server
	cp "$node" server/node
	cd server
	find . -name '*.map' -exec rm {} +
	# tslib is the one module that its own lock file does not pin.
	run fetch install --omit=dev tslib@2.8.1
	for module in @vscode/spdlog node-pty \
		"$(module @vscode/native-watchdog native-watchdog)"; do
		PATH=$(dirname "$node"):$PATH run "$node" \
			"$gyp/bin/node-gyp.js" rebuild --nodedir="$headers" \
			-j 2 -C "node_modules/$module"
		rm -rf "node_modules/$module/build/Release/obj.target"
	done
	place_rg
	cp bin/code-server-oss bin/code-server
	cp bin/remote-cli/code-linux.sh bin/remote-cli/code
	product version >../version
	product commit >../commit
	cd ..
	echo "$made_with" >made-with
	rm -rf "$headers" node_modules/npm log
	# It is what serves that server to browsers, without ssh.
	ln -s ../../../server node_modules/code-server/lib/vscode
	mv node_modules modules
	# By which code-server's own find each other.
	ln -s modules node_modules
	mv -T "$new" "$dir" 2>/dev/null || test -s "$dir/commit"
}

# product KEY: of the server's product.json; the last one, others belong to
# extensions that come with it
product() { sed -n "s/^  \"$1\": \"\\(.*\\)\",\\{0,1\\}$/\\1/p" product.json; }

# Hard links are enough where they are possible, since nobody writes there.
install() {
	commit=$(cat "$dir/commit")
	name=code-server data=.vscode-server
	case $1 in
	legacy)	to=$data/bin/$commit ;;
	exec)	to=$data/cli/servers/Stable-$commit/server ;;
	oss)	data=.vscode-server-oss name=code-server-oss
		to=$data/bin/$commit ;;
	*)	say "no form $1"
		exit 64 ;;
	esac
	to=$2/$to
	if test ! -e "$to"; then
		mkdir -p "$(dirname "$to")"
		cp -al "$dir/server" "$to" 2>/dev/null || {
			rm -rf "$to"
			cp -a "$dir/server" "$to"
		}
		rm "$to/product.json"
		sed "s/\(\"serverDataFolderName\": \)\"[^\"]*\"/\1\"$data\"/" \
			"$dir/server/product.json" >"$to/product.json"
	fi
	echo "$to/bin/$name"
}

case $1,$# in
pins,1)
	pins ;;
build,1)
	test -s "$dir/commit" || (build) >&2
	echo "$dir" ;;
install,3)
	test -s "$dir/commit" || (build) >&2
	install "$2" "$3" ;;
*)
	echo "usage: server.sh pins | build | install legacy|exec|oss HOME" >&2
	exit 64 ;;
esac
