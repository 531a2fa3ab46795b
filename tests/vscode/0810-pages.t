#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What we write in HTML, in a browser as wide as a telephone and a desk: the page that
# help --site makes of a site's settings, and all of make html. Pictures are in
# build/pages.
. "$(dirname "$0")/lib.sh"
need_product
newest=$(sh "$TESTS/vscode/server.sh" pins | tail -n 1)
test "$VERSION" = "$newest" ||
	skip_all "no version of VS Code matters here; they are looked at with $newest"
chromium=$(command -v chromium || command -v chromium-browser) ||
	skip_all "chromium is not installed"
pictures=$BUILD/pages
mkdir -p "$pictures" "$T/page"

# pages FILE...: what is wrong with them, and how many they were
pages() {
	timeout 250 "$VRS_VSCODE/server/node" "$CLIENTS/pages.js" \
		"$VRS_VSCODE/modules" "$chromium" "$pictures" "$@" 2>&1
}

# site_page: with these settings of a site, where one may put them into their place
site_page() {
	lib_etc=$(strings "$BUILD/vscode-remote-shell" |
		sed -n 's|/vscode-remote-shell/config$||p' | head -n 1)
	unshare --mount sh -c 'mkdir -p "$1" && mount -t tmpfs site "$1" &&
		mkdir "$1/vscode-remote-shell" &&
		cat >"$1/vscode-remote-shell/config" && "$2" help --site' \
		sh "$lib_etc" "$BUILD/vscode-remote-shell"
}
{
	cat "$TESTS/../examples/site.conf"
	cat <<'END'
[profile image]
description = the site's tools, for <everybody> & "whoever" reads a-long-word-that-nobody-breaks
container = /opt/images/of/this/year/and-a-long-name/tools-2026.11-with-everything.sif
container-bind = /data
END
} >"$T/site"
if site_page <"$T/site" >"$T/page/site.html" 2>"$T/err"; then
	has "$T/page/site.html" 'tools-2026' || die "the page has not the settings"
else
	diag "without a site's settings: $(cat "$T/err")"
	"$BUILD/vscode-remote-shell" help --site >"$T/page/site.html"
fi
is "$(pages "$T/page/site.html")" '1 pages, 1 links' "the page of a site"

make -s -C "$TESTS/.." B="$T/b" html >"$T/log/html" 2>&1
pages "$T"/b/html/*.html "$T"/b/html/doc/*.html >"$T/out"
is "$(grep -v ' links$' "$T/out")" '' "the man pages and documents"
like "$(cat "$T/out")" '^[0-9]+ pages, [0-9]{3,} links$' "all of them"

# It sees each kind of fault.
cat >"$T/page/bad.html" <<'END'
<!DOCTYPE html><html><head><title>bad</title></head><body><h1>x</h1><h3></h3>
<div style="width: 600px">wide</div><a href="gone.html">x</a><a href="#gone">x</a>
<img src="gone.png" alt="x"><script>nothing()</script></body></html>
END
pages "$T/page/bad.html" >"$T/out"
for word in 'too wide for 400' 'h3 "" behind h1' 'an empty heading' 'no file:.*/gone.html' \
	'no place file:.*#gone' 'not loaded: .*/gone.png' 'nothing is not defined'; do
	like "$(cat "$T/out")" "bad.html: .*$word" "it sees: $word"
done
done_testing
