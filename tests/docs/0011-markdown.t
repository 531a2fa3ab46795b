#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The documents in Markdown are shown as they are meant on a forge: links lead
# somewhere, tables have all their cells, lines in code are not wrapped; and what
# stands in code exists: scripts, targets of make, commands, files.
. "$(dirname "$0")/../lib.sh"

top=$(cd "$TESTS/.." && pwd)
$PYTHON - "$top" <<'END' >"$T/out" 2>"$T/err"
import os, re, subprocess, sys

top = sys.argv[1]
os.chdir(top)
docs = sorted([f for f in os.listdir(".") if f.endswith(".md")] +
              ["doc/" + f for f in os.listdir("doc") if f.endswith(".md")])

def bad(name, number, text):
    print("%s:%d: %s" % (name, number, text))

class Document:
    """Lines of text, with those of code apart, and the anchors."""
    def __init__(self, name):
        self.name, self.text, self.code, self.anchors = name, [], [], set()
        fence, before = None, ""
        for number, line in enumerate(open(name, encoding="utf-8"), 1):
            line = line.rstrip("\n")
            if re.match("```", line):
                fence = None if fence else line
                if fence == "```":
                    bad(name, number, "a fence without a language")
                before = ""
                continue
            # Indented behind an empty line or more of the same is code.
            indented = re.match(" {4}|\t", line) and before in ("", "code")
            if fence or indented:
                self.code.append((number, line.strip()))
                before = "code" if indented else ""
                continue
            if re.match("#+ ", line):
                self.anchor(number, line)
            self.text.append((number, line))
            before = line.strip() and "text"
        if fence:
            bad(name, number, "a fence is not closed")

    def anchor(self, number, line):
        """As forges make them: lower case, no punctuation, - for blanks."""
        title = re.sub("^#+ ", "", line)
        a = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        if a in self.anchors:
            bad(self.name, number, "a second heading '%s'" % title)
        self.anchors.add(a)

    def whole(self):
        return "\n".join(line for _, line in self.text)

    def spans(self):
        """Words in code, and the line in which they begin."""
        at = {}
        text = self.whole()
        for m in re.finditer("`([^`]+)`", text):
            yield (self.text[text.count("\n", 0, m.start())][0],
                   " ".join(m.group(1).split()))

known = {name: Document(name) for name in docs}

# ---- how it is shown ---------------------------------------------------------
for doc in known.values():
    text = doc.whole()
    if len(re.findall("`", text)) % 2:
        bad(doc.name, 0, "a ` is not closed")
    for m in re.finditer(r"\]\(([^)]*)\)", re.sub("`[^`]*`", "", text)):
        target = m.group(1)
        line = doc.text[0][0]
        if re.match("[a-z]+:", target):
            bad(doc.name, line, "a link leaves the project: " + target)
            continue
        path, _, anchor = target.partition("#")
        path = os.path.normpath(os.path.join(os.path.dirname(doc.name), path)) \
            if path else doc.name
        if not os.path.exists(path):
            bad(doc.name, line, "no file " + target)
        elif anchor and (path not in known or
                         anchor not in known[path].anchors):
            bad(doc.name, line, "no heading " + target)
    cells = None
    for number, line in doc.text:
        if re.search("<[a-zA-Z/!]", re.sub("`[^`]*`", "", line)):
            bad(doc.name, number, "HTML")
        if not line.startswith("|"):
            cells = None
            continue
        n = len(re.findall(r"(?<!\\)\|", line))
        if cells is None:
            cells = n
        elif n != cells:
            bad(doc.name, number, "%d cells, expected %d" % (n - 1, cells - 1))
    # Every one is reached from the first page.
seen, todo = set(), ["README.md"]
while todo:
    name = todo.pop()
    if name in seen or name not in known:
        continue
    seen.add(name)
    for target in re.findall(r"\]\(([^)#]*)[^)]*\)", known[name].whole()):
        todo.append(os.path.normpath(
            os.path.join(os.path.dirname(name), target)))
for name in set(docs) - seen:
    bad(name, 0, "README.md does not lead to it")

# ---- what is in code exists -----------------------------------------------------
targets = set()
for line in open("Makefile"):
    m = re.match("#: ([a-z-]+)  ", line)
    if m:
        targets.add(m.group(1))
build = os.environ["BUILD"]
helps = subprocess.run([build + "/vscode-remote-shell", "--help"],
                       capture_output=True, text=True).stdout
commands = set(re.findall("^  ([a-z]+) ", helps.split("Commands:")[1]
                          .split("\n\n")[0], re.M))
tried = {"script": 0, "target": 0, "command": 0, "page": 0, "file": 0}

def exists(kind, there, name, number, what):
    tried[kind] += 1
    if not there:
        bad(name, number, "no such %s: %s" % (kind, what))

for doc in known.values():
    for number, code in list(doc.spans()) + doc.code:
        for m in re.finditer(r"(?:^|[ (])(?:sh|prove -v) ([a-z]+/[^ ;&]*\.(?:sh|t))", code):
            exists("script", os.path.exists(m.group(1)), doc.name, number, code)
        for m in re.finditer(r"(?:^|&& |; )make((?: -[sj0-9]+| [A-Z_]+=[^ ]*)*) ([a-z-]+)", code):
            exists("target", m.group(2) in targets, doc.name, number, code)
        for m in re.finditer(r"vscode-remote-shell ([a-z]+)\b(?![=/])", code):
            if not code.startswith("man "):
                exists("command", m.group(1) in commands | {"session"},
                       doc.name, number, code)
        for m in re.finditer(r"^man ([a-z-]+)$", code):
            exists("page", any(f.startswith(m.group(1) + ".")
                               for f in os.listdir("man")),
                   doc.name, number, code)
        m = re.match(r"((?:src|tests|examples|man|doc)/[\w./-]*[\w])/?$", code)
        if m:
            exists("file", os.path.exists(m.group(1)), doc.name, number, code)
for kind, n in tried.items():
    if n == 0:
        bad("all", 0, "no %s was found: this test sees nothing" % kind)
print("documents", len(docs))
END
is "$(cat "$T/err")" '' 'they are understood'
is "$(grep -v '^documents ' "$T/out")" '' 'nothing is wrong'
ok 'several were read' test "$(sed -n 's/^documents //p' "$T/out")" -ge 5
done_testing
