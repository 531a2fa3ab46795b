#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Draws what a terminal has shown: capture.py COLUMNS <TEXT >PICTURE.svg

A line that begins with "$ " was typed. Longer ones go on in the next line, as there.
The same text gives the same picture, and stands in it as its description, which
capture.py -t <PICTURE.svg prints.
"""

import html
import re
import sys

WIDTH, HEIGHT, MARGIN = 7.2, 17, 12     # of a character, of a line, around all
HEAD = """<svg xmlns="http://www.w3.org/2000/svg" width="{w:.0f}" height="{h}" viewBox="0 0 {w:.0f} {h}">
<style>text {{ font: 12px "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #d8d8d8;
white-space: pre }} .typed {{ fill: #ffffff; font-weight: bold }} .prompt {{ fill: #7ec87e }}</style>
<rect width="100%" height="100%" rx="6" fill="#1e1e1e"/>"""


def text(x, y, what, kind=""):
    """The length is told, so that columns stand below each other in every font."""
    if not what.strip():
        return ""
    return '<text x="%.1f" y="%d" textLength="%.1f"%s xml:space="preserve">%s</text>\n' % (
        x, y, len(what) * WIDTH, ' class="%s"' % kind if kind else "",
        html.escape(what, quote=False))


def draw(lines, columns):
    out, y = [], MARGIN
    for line in lines:
        typed = line.startswith("$ ")
        for at in range(0, max(len(line), 1), columns):
            y += HEIGHT
            part = line[at:at + columns].rstrip()
            if typed and at == 0:
                out.append(text(MARGIN, y - 4, "$", "prompt"))
                out.append(text(MARGIN + 2 * WIDTH, y - 4, part[2:], "typed"))
            else:
                out.append(text(MARGIN, y - 4, part, "typed" if typed else ""))
    return "%s\n%s<desc>\n%s\n</desc>\n</svg>\n" % (
        HEAD.format(w=columns * WIDTH + 2 * MARGIN, h=y + MARGIN), "".join(out),
        html.escape("\n".join(lines), quote=False))


def told(picture):
    return html.unescape(re.search(r"<desc>\n(.*)\n</desc>", picture, re.S)[1])


if sys.argv[1] == "-t":
    print(told(sys.stdin.read()))
else:
    sys.stdout.write(draw(sys.stdin.read().splitlines(), int(sys.argv[1])))
