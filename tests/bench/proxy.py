#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What an ssh client gets by ProxyCommand, beside other ways to a node of a job.

usage: proxy.py measure CONFIG ROUNDS MEGABYTES MEMORY RESULT
       proxy.py hold CONFIG HOST COUNT

CONFIG is an ssh_config with the hosts of WAYS, all of which lead to the node of
one job that runs, and with `login' and `forced', the login node without and with a
forced command. /dev/shm/big is a file of so many megabytes, here and there. Each round measures every way once, so that a busy machine disturbs all
alike; medians are shown. MEMORY has lines "HOST KIB KIB" of what a connection
takes on the login node and on the node.

hold opens COUNT connections, prints a line when all are there, and holds them until
its own stdin ends.
"""

import json
import os
import statistics
import subprocess
import sys
import time

from show import Targets

WAYS = {
    "ours": "ours, ProxyCommand",
    "srun": "srun -u --overlap sshd -i",
    "own": "a user's sshd, ssh -W",
    "node": "ssh -J login node",
}
BIG = "/dev/shm/big"
AT_ONCE = 20
STROKES = 300
COLUMNS = (
    ("down", "%.0f", "MB/s"), ("up", "%.0f", "MB/s"), ("stroke", "%.0f", "us"),
    ("true", "%.0f", "ms"), ("at once", "%.0f", "ms"),
    ("login", "%.1f", "MiB"), ("job", "%.1f", "MiB"))


def ssh(config, host, *words):
    return ["ssh", "-F", config, *words[:-1], host, words[-1]]


def seconds(command):
    began = time.monotonic()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return time.monotonic() - began


def take(p, count):
    """So many bytes of what a program says."""
    got = b""
    while len(got) < count:
        some = os.read(p.stdout.fileno(), count - len(got))
        if not some:
            sys.exit("proxy: %s ended" % p.args)
        got += some
    return got


class Held:
    """A connection that stays until its stdin is closed."""

    def __init__(self, command, word=b"ready"):
        self.p = subprocess.Popen(command, stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE)
        self.word = word

    def wait(self):
        seen = b""
        while not seen.endswith(self.word):
            seen += take(self.p, 1)

    def end(self):
        self.p.stdin.close()
        self.p.stdout.read()
        self.p.wait()


def hold(config, host, count):
    held = [Held(ssh(config, host, "-T", "echo ready; exec cat"))
            for _ in range(count)]
    for h in held:
        h.wait()
    return held


def at_once(config, host):
    """Milliseconds until so many that begin together are all there."""
    began = time.monotonic()
    held = hold(config, host, AT_ONCE)
    took = time.monotonic() - began
    for h in held:
        h.end()
    return took * 1000


def stroke(config, host):
    """Microseconds from a key to its echo by a program on a terminal."""
    with subprocess.Popen(
            ssh(config, host, "-tt", "stty raw -echo; printf ready; exec cat"),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL) as p:
        seen, took = b"", []
        while not seen.endswith(b"ready"):
            seen += take(p, 1)
        for _ in range(STROKES):
            began = time.monotonic()
            os.write(p.stdin.fileno(), b"x")
            take(p, 1)
            took.append((time.monotonic() - began) * 1e6)
            time.sleep(0.002)   # as between keys: all of them sleep
        p.kill()                # a raw terminal knows no end of stdin
    return statistics.median(took)


def measure_way(config, host, megabytes):
    there = host + ":" + BIG
    scp = ["scp", "-q", "-F", config]
    return {
        "down": megabytes / seconds([*scp, there, BIG + ".down"]),
        "up": megabytes / seconds([*scp, BIG, there + ".up"]),
        "stroke": stroke(config, host),
        "true": seconds(ssh(config, host, "-T", "true")) * 1000,
        "at once": at_once(config, host),
    }


def measure(config, rounds, megabytes):
    got = {host: {} for host in (*WAYS, "login", "forced")}
    for n in range(rounds):
        for host in WAYS:
            for key, value in measure_way(config, host, megabytes).items():
                got[host].setdefault(key, []).append(value)
        for host in ("login", "forced") * 5:
            got[host].setdefault("true", []).append(
                seconds(ssh(config, host, "-T", "true")) * 1000)
        print("round %d of %d" % (n + 1, rounds), file=sys.stderr, flush=True)
    return {host: {k: statistics.median(v) for k, v in keys.items()}
            for host, keys in got.items()}


def read_memory(path, rows):
    with open(path, encoding="ascii") as f:
        for line in f:
            host, login, job = line.split()
            rows[host].update(login=int(login) / 1024, job=int(job) / 1024)


def show(rows, megabytes):
    print("\nto the node of a job: scp of %d MB, a keystroke and its echo, ssh "
          "true,\n%d connections opened at once; memory for each of them\n%-27s"
          % (megabytes, AT_ONCE, "") +
          "".join("%9s" % c[0] for c in COLUMNS) + "\n%-27s" % "" +
          "".join("%9s" % c[2] for c in COLUMNS))
    for host, name in WAYS.items():
        print("%-27s" % name + "".join(
            "%9s" % (fmt % rows[host][key]) for key, fmt, _ in COLUMNS))
    plain, forced = rows["login"]["true"], rows["forced"]["true"]
    print("\nssh login true: %.0f ms, behind a forced command %.0f ms, %.2f of "
          "that\n" % (plain, forced, forced / plain))


def targets(rows):
    t = Targets()
    ours, own = rows["ours"], rows["own"]
    for way in "down", "up":
        t.least("scp %s to the ssh -W chain" % way, ours[way] / own[way], 1.5)
    t.limit("a keystroke to the ssh -W chain's",
            ours["stroke"] / own["stroke"], 0.9, "x")
    t.limit("ssh true, more than ssh -J login node true",
            ours["true"] - rows["node"]["true"], 60, "ms")
    return t.all


def main():
    config = sys.argv[2]
    if sys.argv[1] == "hold":
        held = hold(config, sys.argv[3], int(sys.argv[4]))
        print("held", flush=True)
        sys.stdin.read()
        for h in held:
            h.end()
        return
    rounds, megabytes = int(sys.argv[3]), int(sys.argv[4])
    rows = measure(config, rounds, megabytes)
    read_memory(sys.argv[5], rows)
    show(rows, megabytes)
    with open(sys.argv[6], "w", encoding="ascii") as f:
        json.dump({"rounds": rounds, "megabytes": megabytes, "rows": rows,
                   "targets": targets(rows)}, f, indent=1)


if __name__ == "__main__":
    main()
