#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# html.sh DIR: the man pages as HTML in DIR, with links between them and an index.
# Pages of others lead to Debian's.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
others=https://manpages.debian.org

command -v mandoc >/dev/null || {
	echo "$0: mandoc is needed, in the package mandoc" >&2
	exit 1
}
mkdir -p "$1"
cd "$1"
rm -f ./*.html
cp "$here/man.css" .
# To mandoc all pages are others'.
for page in "$here"/*.[1-9]; do
	name=$(basename "$page")
	printf 's|"%s/%s"|"%s.html"|g\n' "$others" "$name" "$name"
done >links.sed
{
	echo '<!DOCTYPE html>'
	echo '<html lang="en"><head><meta charset="utf-8"/>'
	echo '<link rel="stylesheet" href="man.css"/>'
	echo '<title>vscode-remote-shell</title></head><body>'
	echo '<h1>vscode-remote-shell</h1><dl>'
	for page in "$here"/*.[1-9]; do
		name=$(basename "$page")
		mandoc -T html -O "man=$others/%N.%S,style=man.css,toc" "$page" \
			>page
		sed -f links.sed page >"$name.html"
		printf '<dt><a href="%s.html">%s(%s)</a></dt>\n' "$name" \
			"${name%.*}" "${name##*.}"
		printf '<dd>%s</dd>\n' "$(sed -n 's/^\.Nd //p' "$page")"
	done
	echo '</dl></body></html>'
} >index.html
rm page links.sed
