#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Starts many fronts, as many users would, and holds them.

usage: fronts.py NAME COUNT PER_SECOND SECONDS COMMAND [WORD...]

Runs COMMAND WORD... --session=NAME-I for I below COUNT, at that rate (0: all at
once), each with a shell that is asked for a word. Prints one line

    attached N failed N median S p99 S max S

of the seconds from a front's start to that word, when all have answered or
SECONDS are over, and holds them until its own stdin ends.
"""

import os
import selectors
import statistics
import subprocess
import sys
import time

name, count, rate, seconds = sys.argv[1], *map(float, sys.argv[2:5])
command = sys.argv[5:]
count = int(count)
answers = selectors.DefaultSelector()
begun, took, fronts = {}, [], []
origin = time.monotonic()


def start(i):
    errors = open("fronts-%s-%d.err" % (name, i), "wb")
    p = subprocess.Popen(command + ["--session=%s-%d" % (name, i)],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         stderr=errors)
    errors.close()
    fronts.append(p)
    begun[p.stdout] = time.monotonic()
    p.stdin.write(b"echo here\n")
    p.stdin.flush()
    answers.register(p.stdout, selectors.EVENT_READ)


while begun or len(fronts) < count:
    now = time.monotonic()
    if now - origin > seconds:
        break
    due = count if rate == 0 else int((now - origin) * rate) + 1
    while len(fronts) < min(count, due):
        start(len(fronts))
    for key, _ in answers.select(0.02):
        if b"here" in os.read(key.fileobj.fileno(), 65536):
            took.append(time.monotonic() - begun[key.fileobj])
        answers.unregister(key.fileobj)
        del begun[key.fileobj]
took.sort()
if took:
    print("attached %d failed %d median %.2f p99 %.2f max %.2f" % (
        len(took), count - len(took), statistics.median(took),
        took[int(len(took) * 0.99)], took[-1]), flush=True)
else:
    print("attached 0 failed %d median 0 p99 0 max 0" % count, flush=True)
sys.stdin.read()
for p in fronts:
    p.stdin.close()
    p.kill()
    p.wait()
