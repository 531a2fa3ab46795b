#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Measures the paths; bench.sh prepares the ground and calls it.

Rows are interleaved: each round measures every row once, and the medians of
the rounds are shown, so that a busy machine disturbs all rows alike. All hops,
client and server share the CPUs: read ratios and CPU seconds, not GB/s. System
calls are counted by strace and have no noise at all.

A path has two sides, joined by a veth pair: here is the login node's, with the
client, our front and others' first hop; what runs on_node is the compute
node's, with our agent, others' second hop and the server.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys

import figures
import proc
import show
from peers import make_rows
from session import Session

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))


def median_row(row):
    return dict({k: statistics.median(v) for k, v in row.got.items()},
                name=row.name)


def measure_rows(result):
    server = proc.start(
        *proc.on_node(proc.args.load, "serve", 3600,
                      "0.0.0.0" if proc.args.node else proc.LOCAL),
        stdout=subprocess.PIPE)
    to = int(server.stdout.readline())
    ours = Session(proc.args.state)
    rows, absent = make_rows(to, ours)
    if absent:
        print("left out, not installed: " + ", ".join(absent))
    other = figures.Stdio(ours)
    for n in range(ROUNDS):
        for row in rows:
            try:
                row.measure(ours.server if "ours" in row.name else server.pid)
            except subprocess.SubprocessError as e:
                sys.exit("bench: %s: %s" % (row.name, e))
        other.measure()
        print("round %d of %d" % (n + 1, ROUNDS), file=sys.stderr, flush=True)
    result.update(rounds=ROUNDS, ms=proc.ms, absent=absent,
                  rows=[median_row(r) for r in rows])
    show.rows(result["rows"])
    show.ratios(result["rows"])
    show.chain(result["rows"])
    other.tell(result)
    result["wakeups"] = figures.idle(ours)
    print("\nwake-ups in an idle minute: front %d, agent %d, its keeper %d; of "
          "all,\nfrom a heartbeat to the next: %d" %
          tuple(result["wakeups"].values()))
    if os.geteuid() == 0 and shutil.which("strace"):
        result["calls"] = figures.system_calls(ours)
        show.calls(result["calls"])
    else:
        print("system calls are not counted: that takes root and strace")
    ours.end()
    proc.stop(server)


def measure_memory(result):
    with Session(proc.args.state + ".idle") as session:
        result["memory"] = figures.held(session)
    show.memory(result["memory"])
    result["growth"] = {}
    with Session(proc.args.state + ".slow") as session:
        for way in "down", "up":
            result["growth"][way] = figures.slow_reader(session, way)
    with Session(proc.args.state + ".solid") as session:
        warm, solid, speed = figures.solid(session)
    result["growth"].update(warm=warm, solid=solid)
    print("\npeak over base, KiB (front, agent): slow reader 3 s down %d, %d; "
          "up %d, %d;\nthe first output %d, %d; then 1 GiB without a newline, "
          "at %.2f GB/s, %d, %d" % (
              *result["growth"]["down"].values(),
              *result["growth"]["up"].values(), *warm.values(), speed,
              *solid.values()))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--dir", required=True, help="temporary directory")
    p.add_argument("--build", required=True)
    p.add_argument("--state", required=True, help="state directory")
    p.add_argument("--sshd", type=int, default=0, help="its pid, 0: none")
    p.add_argument("--node", type=int, default=0, help="a process of the "
                   "node's network namespace, 0: all is on loopback")
    p.add_argument("--address", default=proc.LOCAL, help="the node's")
    p.add_argument("--node-sshd", type=int, default=0)
    proc.args = p.parse_args()
    proc.args.load = os.path.join(proc.args.build, "clients", "load")
    result = {}
    try:
        measure_rows(result)
        measure_memory(result)
        show.targets(result)
    finally:
        for child in list(proc.children):
            proc.stop(child)
    with open(os.path.join(proc.args.build, "bench.json"), "w",
              encoding="ascii") as f:
        json.dump(result, f, indent=1)


if __name__ == "__main__":
    main()
