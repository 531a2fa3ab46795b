#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""paths.py TRACE FROM [EXCEPT...]: which files a loop has touched. TRACE is what
`strace -ff -y' has written of its thread. Looked at is what comes between the
first line that has FROM in it and the last wait of the loop. A path that begins
as an EXCEPT (a regular expression) does is passed over. Prints each other one,
with its call; at last how many calls there were."""

import os
import re
import sys

WAIT = re.compile(r"epoll_p?wait2?\(")
# "at" calls: a directory and a name; else a path; else a descriptor of a file.
AT = re.compile(r'^(\w+at2?|statx)\((?:\d+|AT_FDCWD)<([^>]*)>, "([^"]*)"')
PATH = re.compile(r'^(\w+)\("([^"]*)"')
DESCRIPTOR = re.compile(r"^(\w+)\(\d+<(/[^>]*)>")

with open(sys.argv[1], errors="replace") as f:
    lines = f.read().splitlines()
begin = next(i for i, line in enumerate(lines) if sys.argv[2] in line)
end = max(i for i, line in enumerate(lines) if WAIT.search(line))
passed = [re.compile(e) for e in sys.argv[3:]]
calls = 0
found = {}
for line in lines[begin:end]:
    at, path = AT.match(line), PATH.match(line)
    descriptor = DESCRIPTOR.match(line)
    if at and not at[3].startswith("/"):
        call, name = at[1], os.path.join(at[2], at[3]).rstrip("/") or "/"
    elif at:
        call, name = at[1], at[3]
    elif path:
        call, name = path[1], path[2]
    elif descriptor:
        call, name = descriptor[1], descriptor[2]
    else:
        continue
    calls += 1
    if not any(e.match(name) for e in passed):
        found.setdefault(name, call)
for name, call in found.items():
    print(call, name)
print(calls)
