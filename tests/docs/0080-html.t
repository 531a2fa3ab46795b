#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# make html: every man page and document is in the index, each link leads to a page, a
# place or a file that is there, and only pages of others lead elsewhere.
. "$(dirname "$0")/../lib.sh"
command -v mandoc >/dev/null || skip_all "mandoc is not installed"

top=$(cd "$TESTS/.." && pwd)
cat >"$T/links.py" <<'END'
# Prints what is wrong with the links of the pages in a folder.
import html.parser, os, re, sys

class Page(html.parser.HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.ids, self.links = set(), []
        self.feed(open(path, encoding="utf-8").read())
    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if "id" in attrs:
            self.ids.add(attrs["id"])
        self.links += [attrs[a] for a in ("href", "src") if a in attrs]

os.chdir(sys.argv[1])
own = set(sys.argv[2:])
pages = {n: Page(n) for n in (os.path.normpath(os.path.join(d, f))
    for d, _, fs in os.walk(".") for f in fs) if n.endswith(".html")}
for name, page in sorted(pages.items()):
    for link in page.links:
        other = re.match(r"https://manpages\.debian\.org/([\w.+-]+)$", link)
        to, _, place = link.partition("#")
        to = os.path.normpath(os.path.join(os.path.dirname(name), to)) if to else name
        if other:
            if other[1] in own:
                print(name, link, "is ours")
        elif not os.path.exists(to):
            print(name, link, "is not there")
        elif place and place not in pages[to].ids:
            print(name, link, "is no place there")
for name in own:
    name = name.replace(".md", "")
    if name + ".html" not in pages["index.html"].links:
        print("index.html", name, "is missing")
print(sum(len(p.links) for p in pages.values()), "links")
END
own=$(cd "$top/man" && echo *.[1-9])
documents=$(cd "$top" && echo *.md doc/*.md)
command -v pandoc >/dev/null || documents=
# shellcheck disable=SC2086 # a list
links() { "$PYTHON" "$T/links.py" "$T/b/html" $own $documents; }

make -s -C "$top" B="$T/b" html >"$T/log/html" 2>&1
is $? 0 'make html works' || diag_file "$T/log/html"
links >"$T/out"
is "$(grep -v ' links$' "$T/out")" '' 'its links lead somewhere'
ok 'there are some' test "$(sed -n 's/ links$//p' "$T/out")" -gt 300
like "$(cat "$T/b/html/vscode-remote-agent.8.html")" \
	'href="vscode-remote-shell.1.html"' 'also from page to page'
if test -n "$documents"; then
	like "$(cat "$T/b/html/README.html")" 'src="doc/workbench.png"' 'pictures are shown'
	like "$(cat "$T/b/html/doc/GUIDE.html")" 'href="../README.html#use-it-on-a-cluster"' \
		'documents lead to each other'
	ok 'an example comes along' cmp "$top/examples/site.conf" \
		"$T/b/html/examples/site.conf"
	is "$(cat "$T/log/html")" '' 'and nothing is left out'
else
	skip 4 'pandoc is not installed'
fi
# The checker sees each kind of fault.
cat >"$T/b/html/bad.html" <<'END'
<a href="gone.html"></a><a href="index.html#gone"></a><a href="#gone"></a>
<a href="https://manpages.debian.org/vscode-remote-shell.1"></a>
END
sed -i '/vscode-grim-reaper/d' "$T/b/html/index.html"
is "$(links | grep -vc ' links$')" 5 'and broken ones would be found'

# Without pandoc there is the manual, and a line.
mkdir "$T/bin"
for name in sh sed mandoc basename dirname mkdir rm cp grep cat realpath; do
	ln -s "$(command -v $name)" "$T/bin/$name"
done
env PATH="$T/bin" sh "$top/doc/html.sh" "$T/b/html" >"$T/out" 2>&1
is "$? $(cat "$T/out")" \
	'0 html: no README.md and doc/*.md: pandoc is not installed' 'without pandoc a line says so'
documents=
is "$(links | grep -v ' links$')" '' 'and the man pages are there'
done_testing
