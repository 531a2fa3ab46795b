#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a command of the node costs in a container.

bridge.py times N COMMAND...        median and p99 in ms of N runs, one after another
bridge.py driver DIR                run what asks for it, as slurmdriver.py --mode=server
                                    --jobmode=folder does: a look at DIR each second
bridge.py asks DIR N COMMAND...     as times, by that
bridge.py show FIGURES JSON         the table of lines "NAME MEDIAN P99", and targets
"""
import json
import os
import subprocess
import sys
import time

POLL = 1.0    # its default


def summary(seconds):
    ms = sorted(1000 * s for s in seconds)
    print("%.2f %.2f" % (ms[len(ms) // 2], ms[min(len(ms) - 1, len(ms) * 99 // 100)]))


def measure(n, run):
    run()    # what is cold is nobody's
    seconds = []
    for _ in range(n):
        begin = time.monotonic()
        run()
        seconds.append(time.monotonic() - begin)
    summary(seconds)


def times(n, *command):
    measure(int(n), lambda: subprocess.run(command, stdout=subprocess.DEVNULL,
                                           check=True))


def write(path, data):
    with open(path + ".new", "w") as f:
        json.dump(data, f)
    os.rename(path + ".new", path)


def driver(folder):
    os.makedirs(folder, exist_ok=True)
    while True:
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            if not name.endswith(".job"):
                continue
            with open(path) as f:
                words = json.load(f)
            os.unlink(path)
            done = subprocess.run(words, capture_output=True, text=True)
            write(path[:-4] + ".result", {"output": done.stdout})
        time.sleep(POLL)


def ask(folder, n, command):
    path = os.path.join(folder, "%d.%d" % (os.getpid(), n))
    write(path + ".job", command)
    while not os.path.exists(path + ".result"):
        time.sleep(POLL)
    with open(path + ".result") as f:
        json.load(f)
    os.unlink(path + ".result")


def asks(folder, n, *command):
    number = iter(range(1 << 30))
    measure(int(n), lambda: ask(folder, next(number), command))


def show(figures, out):
    rows = {}
    with open(figures) as f:
        for line in f:
            name, median, p99 = line.rsplit(None, 2)
            rows[name] = {"ms": float(median), "p99": float(p99)}
    print("\nms of a command, median and p99")
    for name, row in rows.items():
        print("%-34s%10.1f%10.1f" % (name, row["ms"], row["p99"]))
    more = rows["squeue, by the bridge"]["ms"] - rows["squeue, outside"]["ms"]
    print("\n%-8s squeue by the bridge, more than outside %.1f <= 10 ms" %
          ("reached" if more <= 10 else "missed", more))
    with open(out, "w") as f:
        json.dump({"rows": rows, "more_ms": round(more, 2)}, f, indent=1)


globals()[sys.argv[1]](*sys.argv[2:])
