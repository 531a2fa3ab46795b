#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doc/TROUBLESHOOTING.md and the symptoms that doctor --log knows are the same: titles,
# causes and cures, and each message of a title is a part of lines that is searched for.
. "$(dirname "$0")/../lib.sh"

top=$(cd "$TESTS/.." && pwd)
$PYTHON - "$top" <<'END' >"$T/out" 2>"$T/err"
import re, sys

top = sys.argv[1]

def plain(text):
    """Without links, in one line."""
    return " ".join(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).split())

document = []
with open(top + "/doc/TROUBLESHOOTING.md", encoding="utf-8") as f:
    for section in re.split("^## ", f.read(), flags=re.M)[1:]:
        for row in re.split("^### ", section, flags=re.M)[1:]:
            title, _, body = row.partition("\n")
            means, _, advice = body.partition("**Do:** ")
            document.append((title, plain(means), plain(advice)))

def strings(text):
    return [re.sub(r"\\(.)", r"\1", s)
            for s in re.findall(r'"((?:[^"\\]|\\.)*)"', text)]

source = open(top + "/src/doctor/symptom.c", encoding="utf-8").read()
source = source.split("symptom_table[] = {\n")[1].split("\n\t{ 0 }\n")[0]
rows = []
for row in source.split("\t{ .title = ")[1:]:
    field = {"title": strings(row.split("\n")[0])[0]}
    for m in re.finditer(r"^\t\t\.(\w+) = (.*?)(?: },|,)$", row, flags=re.M):
        field[m.group(1)] = strings(m.group(2))
    rows.append(field)

print("rows", len(rows))
for (title, means, advice), row in zip(document, rows):
    if row["title"] != title:
        print("title: '%s' is '%s' in the source" % (title, row["title"]))
    if row["means"] != [means]:
        print("%s: means: '%s'" % (title, means))
    if row.get("advice", [""]) != [advice]:
        print("%s: advice: '%s'" % (title, advice))
    ours = re.findall("`([^`]+)`", title)
    others = re.findall('"([^"]+)"', re.sub("`[^`]+`", "", title))
    for part in ours:
        if part not in row.get("ours", []):
            print("%s: is not searched for: %s" % (title, part))
    # A part of it will do.
    for part in others:
        if not any(p in part or part in p for p in row.get("others", [])) \
                and not title.startswith("The log says"):
            print("%s: is not searched for: %s" % (title, part))
if len(rows) != len(document):
    print("%d in the document, %d in the source" % (len(document), len(rows)))
END
is "$(cat "$T/err")" '' 'they are understood'
ok 'symptoms were found' test "$(sed -n 's/^rows //p' "$T/out")" -ge 40
is "$(grep -v '^rows ' "$T/out")" '' 'the document and doctor have the same'
done_testing
