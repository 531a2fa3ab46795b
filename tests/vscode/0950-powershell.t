#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The script of setup for Windows is PowerShell from its first line to its last, for
# each editor and way: by a parser from npm, since no package has PowerShell. It is not
# run.
powershell=$(cd "$(dirname "$0")/powershell" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/vscode-remote-shell-tests
. "$(dirname "$0")/../lib.sh"
need_product
shell=$BUILD/vscode-remote-shell

for word in node npm; do
	command -v $word >/dev/null || skip_all "$word is not installed"
done
# Kept as the servers are, for who has the tests run.
sum=$(cat "$powershell"/*.json | cksum | cut -d' ' -f1)
modules=$cache/powershell-$sum
if test ! -d "$modules"; then
	mkdir -p "$T/new"
	cp "$powershell"/*.json "$T/new"
	npm view web-tree-sitter version --fetch-retries=0 --fetch-timeout=15000 \
		>"$T/log/npm" 2>&1 || skip_all "npm reaches no registry"
	(cd "$T/new" && HOME=$T timeout 120 npm ci --ignore-scripts --no-audit \
		--no-fund) >"$T/log/npm" 2>&1 || die "npm ci failed"
	mkdir -p "$cache"
	mv -T "$T/new" "$modules" 2>/dev/null || test -d "$modules" ||
		die "$modules cannot be made"
fi
parses() { NODE_PATH=$modules/node_modules node "$powershell/parse.js" "$@"; }

editors=$("$shell" --help | tr -s ' \n' ' ' |
	sed -n 's/.*which one is set up: \([^(]*\) (any ssh client).*/\1/p' | tr -d ,)
like "$editors" '^vscode .*other$' "the editors are found"
config=$XDG_CONFIG_HOME/vscode-remote-shell
mkdir -p "$config"
n=0
for profiles in none gpu; do
	test $profiles = none ||
		printf '[profile gpu]\ngres = gpu:1\n[profile x]\ntime = 1:00\n' >"$config/config"
	for editor in $editors; do
		for way in remote proxy both; do
			for factor in no yes; do
				"$shell" --launcher=local setup --script=powershell \
					--editor="$editor" --way=$way --second-factor=$factor \
					--login-host=hpc </dev/null \
					>"$T/$profiles-$editor-$way-$factor.ps1" 2>"$T/err"
				case $? in
				0)	n=$((n + 1)) ;;
				64)	rm "$T/$profiles-$editor-$way-$factor.ps1" ;;
				*)	die "no script for $editor, $way, $factor" ;;
				esac
			done
		done
	done
done
ok "scripts are made ($n)" test $n -ge 40
is "$(parses "$T"/*.ps1 2>&1)" '' "all of them are PowerShell, whole"

# And the parser would see what is not.
script=$(find "$T" -name 'gpu-vscode-*-yes.ps1' | sort | head -n 1)
ends=$(grep -n '^	*}$' "$script" | cut -d: -f1)
ok "lines that close a block are found" test "$(echo "$ends" | wc -l)" -ge 10
for at in $(echo "$ends" | sed -n '1p;5p;$p'); do
	sed "${at}d" "$script" >"$T/cut"
	parses "$T/cut" >"$T/out" 2>&1
	is $? 1 "without line $at, which closes a block, it is not"
done
sed 's/^\(	*\)if (/\1if ((/' "$script" >"$T/cut"
parses "$T/cut" >"$T/out" 2>&1
is "$? $(grep -c ":[0-9]*: " "$T/out" | sed 's/^[1-9].*/some/')" '1 some' \
	"a parenthesis too many: lines are told"
done_testing
