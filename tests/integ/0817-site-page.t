#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# help --site: a page in HTML with what a site's settings say, and nothing of who
# asks for it.
# shellcheck disable=SC2154 # from settings.sh
. "$(dirname "$0")/../settings.sh"

# page: prints it as text, a row of a table a line, cells divided by |; or what is
# wrong with its tags
cat >"$T/text.py" <<'END'
import html.parser, sys

class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.out = [], []
    def handle_starttag(self, tag, attrs):
        if tag != "meta":
            self.open.append(tag)
        for name, value in attrs:
            if name == "href":
                self.out.append("[" + value + "]")
    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            sys.exit("tag " + tag)
        self.out.append("|" if tag in ("td", "th") else
                        "\n" if tag in ("tr", "p", "h1", "h2", "pre") else "")
    def handle_data(self, data):
        self.out.append(data.strip("\n"))

page = Page()
page.feed(open(sys.argv[1], encoding="utf-8").read())
page.close()
print("".join(page.out), "open:", page.open)
END
page() {
	says 0 help --site
	cp "$T/out" "$T/page"
	"$PYTHON" "$T/text.py" "$T/page" >"$T/text"
	is $? 0 "its tags are in order"
	like "$(tail -n 1 "$T/text")" 'open: \[\]$' "and all are closed"
}

page
like "$(cat "$T/text")" '^ssh LOGIN-NODE [^ ]+ setup$' "without settings: how to begin"
is "$(grep -c '^list|' "$T/text")" 1 "and the commands"
is "$(grep -cE '^(Profiles|Bounds)$' "$T/text")" 0 "no empty tables"

site_files
cat >"$site/config" <<'END'
login-host = login.hpc.example
help-url = https://hpc.example/a?b&c
[profile gpu]
description = one GPU <b>for & "a day"
partition = gpu
time = 1-0
[limit]
gpus = ..2
[lock partition gpu]
unattended-timeout = 4h
END
cat >"$user/config" <<'END'
[profile mine]
partition = mine
END
page
like "$(cat "$T/text")" '^ssh login.hpc.example [^ ]+ setup$' "the site's login node"
like "$(cat "$T/text")" '\[https://hpc.example/a\?b&c\]' "its page"
like "$(cat "$T/text")" '^gpu\|one GPU <b>for & "a day"\|.*--partition=gpu.*\|$' \
	"its profile, as it is written"
is "$(grep -c mine "$T/text")" 0 "and none of the user's"
like "$(cat "$T/text")" '^limit\|gpus\|\.\.2\|$' "its bounds"
like "$(cat "$T/text")" '^lock partition gpu\|unattended-timeout\|4h\|$' "its locks"
echo 'help-url = javascript:alert(1)' >"$site/config"
"$vrs" help --site >"$T/page" 2>"$T/err"
is "$? $(grep -c href "$T/page")" "0 0" "what is no URL is no link"
echo 'nonsense' >"$site/config"
says 78 help --site
done_testing
