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
# What is optimized takes longer than all of this does.
quick=$(node --v8-options | grep -o -e '--liftoff-only' | head -n 1)
# shellcheck disable=SC2086 # a word or none
parses() { NODE_PATH=$modules/node_modules node $quick "$powershell/parse.js" "$@"; }

editors=$("$shell" --help | tr -s ' \n' ' ' |
	sed -n 's/.*which one is set up: \([^(]*\) (any ssh client).*/\1/p' | tr -d ,)
like "$editors" '^vscode .*other$' "the editors are found"
# makes NAME EDITOR WAY FACTOR: its script; those of editors without that way are none
n=0
makes() {
	"$shell" --launcher=local setup --script=powershell --editor="$2" --way="$3" \
		--second-factor="$4" --login-host=hpc </dev/null >"$T/$1.ps1" 2>"$T/err"
	case $? in
	0)	n=$((n + 1)) ;;
	64)	rm "$T/$1.ps1" ;;
	*)	die "no script for $2, $3, $4" ;;
	esac
}
makes none vscode both no
mkdir -p "$XDG_CONFIG_HOME/vscode-remote-shell"
printf '[profile gpu]\ngres = gpu:1\n[profile x]\ntime = 1:00\n' \
	>"$XDG_CONFIG_HOME/vscode-remote-shell/config"
for editor in $editors; do
	for way in remote proxy both; do
		for factor in no yes; do
			makes "$editor-$way-$factor" "$editor" $way $factor
		done
	done
done
ok "scripts are made ($n)" test $n -ge 20
# And the parser would see what is none: it reads some that are spoilt, too.
script=$(find "$T" -name 'vscode-*-yes.ps1' | sort | head -n 1)
ends=$(grep -n '^	*}$' "$script" | cut -d: -f1)
ok "lines that close a block are found" test "$(echo "$ends" | wc -l)" -ge 10
for at in $(echo "$ends" | sed -n '1p;5p;$p'); do
	sed "${at}d" "$script" >"$T/without-$at.bad"
done
sed 's/^\(	*\)if (/\1if ((/' "$script" >"$T/parentheses.bad"
parses "$T"/*.ps1 "$T"/*.bad >"$T/out" 2>"$T/err"
is "$? $(cat "$T/err")" '1 ' "they are parsed"
is "$(grep -v '\.bad:[0-9]*: ' "$T/out")" '' "all of them are PowerShell, whole"
for bad in "$T"/*.bad; do
	like "$(cat "$T/out")" "^$bad:[0-9]+: " "${bad##*/} is not"
done
done_testing
