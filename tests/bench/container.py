#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What it costs that a session's programs run in an image.

usage: container.py time COUNT WORD...
       container.py show ROUNDS FIGURES RESULT

time runs a command that often, one after the other, and prints the median of the ms
that it took. show makes a table of lines "NAME VALUE", the medians.
"""

import statistics
import subprocess
import sys
import time

from show import Targets, medians_of, save


def time_it(count, *words):
    took = []
    for _ in range(int(count)):
        began = time.monotonic()
        subprocess.run(words, check=True, stdin=subprocess.DEVNULL)
        took.append((time.monotonic() - began) * 1000)
    print("%.1f" % statistics.median(took))


ROWS = (
    ("inside", "a command by `shell', in an image by %s"),
    ("outside", "  the same by shell --no-container"),
    ("own", "  %s's own exec, for `true'"),
)


def show(rounds, figures, result):
    medians = medians_of(figures)
    runtimes = sorted({name.split()[0] for name in medians})
    t = Targets()
    print()
    for r in runtimes:
        for key, what in ROWS:
            what = what.replace("%s", r)
            print("%-56s%8.1f ms" % (what, medians[r + " " + key]))
    print()
    for r in runtimes:
        entering = medians[r + " inside"] - medians[r + " outside"]
        t.limit("entering by %s, more than its own exec" % r,
                entering - medians[r + " own"], 20, "ms")
    save(result, rounds, medians, t.all)


if __name__ == "__main__":
    {"time": time_it, "show": show}[sys.argv[1]](*sys.argv[2:])
