#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# html.sh DIR: the man pages and the documents as HTML in DIR, with links between them
# and an index. Pages of others lead to Debian's; files that a document leads to are
# copied. Without pandoc there are the man pages alone.
set -eu
unset CDPATH
top=$(cd "$(dirname "$0")/.." && pwd)
others=https://manpages.debian.org

# head PATH TITLE: how the page at that place begins
head() {
	echo '<!DOCTYPE html>'
	echo '<html lang="en"><head><meta charset="utf-8"/>'
	echo '<meta name="viewport" content="width=device-width"/>'
	echo "<link rel=\"stylesheet\" href=\"$(up "$1")html.css\"/>"
	echo "<title>$2</title></head><body>"
}

# up PATH: from there to DIR
up() {
	case $1 in
	*/*)	echo ../ ;;
	esac
}

# entry HREF WORDS: a row of the index
entry() { printf '<li><a href="%s">%s</a>: %s</li>\n' "$1" "$2" "$3"; }

# To mandoc all pages are others'.
man_pages() {
	for page in "$top"/man/*.[1-9]; do
		name=$(basename "$page")
		printf 's|"%s/%s"|"%s.html"|g\n' "$others" "$name" "$name"
	done >links.sed
	for page in "$top"/man/*.[1-9]; do
		name=$(basename "$page")
		mandoc -T html -O "man=$others/%N.%S,style=html.css,toc" "$page" \
			>page
		sed -f links.sed page >"$name.html"
		entry "$name.html" "${name%.*}(${name##*.})" \
			"$(sed -n 's/^\.Nd //p' "$page")"
	done
	rm page links.sed
}

# document PATH: of the source, made a page here
document() {
	title=$(sed -n '/^# /{s///p;q;}' "$top/$1")
	mkdir -p "$(dirname "$1")"
	{
		head "$1" "$title"
		echo "<p><a href=\"$(up "$1")index.html\">Contents</a></p>"
		pandoc -f gfm -t html5 --wrap=none "$top/$1" |
			sed 's|\(href="[^":]*\)\.md\([#"]\)|\1.html\2|g
				s|href="\([^":]*\)man/\([^"/]*\.[1-9]\)"|href="\1\2.html"|g
				s|<table>|<div class="table">&|; s|</table>|&</div>|'
		echo '</body></html>'
	} >"${1%.md}.html"
	(cd "$(dirname "$1")" && led_to "$(basename "$1" .md).html") | while read -r file
	do
		mkdir -p "$(dirname "$file")"
		cp -R "$top/$file" "$(dirname "$file")/"
	done
	entry "${1%.md}.html" "${1##*/}" "$title"
}

# led_to FILE: what of the source a page leads to or shows, as a path from the top
led_to() {
	grep -Eo '(href|src)="[^":#]+' "$1" | sed 's/.*"//' |
		grep -Ev '\.(html|css)$' | while read -r file; do
			file=$(realpath -ms "$file")
			echo "${file#"$dir/"}"
		done
}

command -v mandoc >/dev/null || {
	echo "$0: mandoc is needed, in the package mandoc" >&2
	exit 1
}
mkdir -p "$1"
dir=$(cd "$1" && pwd -P)
cd "$dir"
rm -f ./*.html doc/*.html
cp "$top/doc/html.css" .
{
	head index vscode-remote-shell
	echo '<h1>vscode-remote-shell</h1>'
	if command -v pandoc >/dev/null; then
		echo '<h2>Documents</h2><ul>'
		for page in README.md doc/TUTORIAL.md doc/GUIDE.md doc/EDITORS.md \
			doc/TROUBLESHOOTING.md doc/COMING-FROM.md doc/ADMIN.md \
			SECURITY.md ARCHITECTURE.md CONTRIBUTING.md; do
			document $page
		done
		echo '</ul>'
	else
		echo "html: no README.md and doc/*.md: pandoc is not installed" >&2
	fi
	echo '<h2>Manual</h2><ul>'
	man_pages
	echo '</ul></body></html>'
} >index.html
