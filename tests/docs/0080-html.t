#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# make html: every page is in the index, each link leads to a page or a place that
# is there, and only pages of others lead elsewhere.
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
        if "href" in attrs:
            self.links.append(attrs["href"])

os.chdir(sys.argv[1])
own = set(sys.argv[2:])
pages = {n: Page(n) for n in os.listdir(".") if n.endswith(".html")}
for name, page in sorted(pages.items()):
    for link in page.links:
        other = re.match(r"https://manpages\.debian\.org/([\w.+-]+)$", link)
        to, _, place = link.partition("#")
        to = to or name
        if other:
            if other[1] in own:
                print(name, link, "is ours")
        elif not os.path.exists(to):
            print(name, link, "is not there")
        elif place and place not in pages[to].ids:
            print(name, link, "is no place there")
for name in own:
    if name + ".html" not in pages["index.html"].links:
        print("index.html", name, "is missing")
print(sum(len(p.links) for p in pages.values()), "links")
END
own=$(cd "$top/man" && echo *.[1-9])
# shellcheck disable=SC2086 # a list
links() { "$PYTHON" "$T/links.py" "$T/b/html" $own; }

make -s -C "$top" B="$T/b" html >"$T/log/html" 2>&1
is $? 0 'make html works' || diag_file "$T/log/html"
links >"$T/out"
is "$(grep -v ' links$' "$T/out")" '' 'its links lead somewhere'
ok 'there are some' test "$(sed -n 's/ links$//p' "$T/out")" -gt 300
like "$(cat "$T/b/html/vscode-remote-agent.8.html")" \
	'href="vscode-remote-shell.1.html"' 'also from page to page'
# shellcheck disable=SC2012 # names of ours
is "$(ls "$T/b/html" | grep -vc '\.html$')" 1 'nothing else is left there but a style'
# The checker sees each kind of fault.
cat >"$T/b/html/bad.html" <<'END'
<a href="gone.html"></a><a href="index.html#gone"></a><a href="#gone"></a>
<a href="https://manpages.debian.org/vscode-remote-shell.1"></a>
END
sed -i '/vscode-grim-reaper/d' "$T/b/html/index.html"
is "$(links | grep -vc ' links$')" 5 'and broken ones would be found'
done_testing
