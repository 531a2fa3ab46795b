# SPDX-License-Identifier: BSD-2-Clause
"""A row of the table: one path, and what is measured of it in a round."""

import os
import subprocess
import time

import proc
from proc import LOCAL, TICK, cpu, load, pin, ran, start, stat, stop


class Row:
    def __init__(self, name, port, pids=(), socks=None, only=None, host=LOCAL,
                 parts=None):
        self.name, self.port, self.socks = name, port, socks
        self.way = ["-a", host] + (["-s", socks] if socks else [])
        self.roots = list(pids)     # whose CPU time, with their children
        # These exactly, without their children, which are not on the path.
        self.only = only
        self.got = {}
        self.parts = parts or {}    # name: pids, whose time is also told apart

    def note(self, key, value):
        self.got.setdefault(key, []).append(value)

    def load(self, *words):
        return load(*self.way, *words)

    def cpu(self):
        if self.only is None:
            return cpu(self.roots)
        own = sum(sum(int(n) for n in stat(p)[11:13]) for p in self.only)
        return own / TICK + (cpu(self.roots) if self.roots else 0)

    def cpu_of_parts(self):
        return {n: sum(map(ran, p)) for n, p in self.parts.items()}

    def bulk(self, direction, streams):
        before, part = self.cpu(), self.cpu_of_parts()
        speed, total = self.load("bulk", self.port, direction, streams,
                                 proc.ms)
        self.note("%s%d" % (direction, streams), speed / 1e9)
        if streams == 1 and total:
            self.note("cpu_" + direction,
                      (self.cpu() - before) / (total / 1e9))
            for name, used in self.cpu_of_parts().items():
                self.note("cpu_%s_%s" % (direction, name),
                          (used - part[name]) / (total / 1e9))

    def ping(self, key, size=1):
        _, p50, p99 = self.load("ping", self.port, size, 20000, proc.ms)
        self.note(key + "_p50", p50)
        self.note(key + "_p99", p99)

    def ping_pinned(self, server):
        everybody = os.sched_getaffinity(0)
        pids = [server] + (self.only or []) + self.roots
        one = {min(everybody)}
        pin(pids, one)
        os.sched_setaffinity(0, one)
        try:
            self.ping("one")
            self.ping("four", 4096)
        finally:
            os.sched_setaffinity(0, everybody)
            pin(pids, everybody)

    def ping_beside(self, key, *other):
        """Round trips while another connection is busy, or stands still. What
        the other moved, in GB/s, where it says so."""
        p = start(proc.args.load, *self.way, other[0], self.port, *other[1:],
                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        time.sleep(proc.ms / 1000)      # its windows are open
        self.ping(key)
        if other[0] != "stall":
            self.note(key + "_bulk", float(p.stdout.read().split()[0]) / 1e9)
        stop(p)

    def opening(self):
        """Microseconds to open, use and close one connection, after a pause in
        which spare links are made."""
        time.sleep(0.1)
        rate = self.load("rate", self.port, 1, 2, 1000)[0]
        self.note("open", 1e6 / rate)

    def measure(self, server):
        for streams in 1, 8:
            for direction in "down", "up":
                self.bulk(direction, streams)
        self.ping("rt")
        self.ping_pinned(server)
        for direction in "down", "up":
            self.ping_beside("full_" + direction, "bulk", direction, 1,
                             proc.ms * 5 // 2)
        self.ping_beside("pace", "pace", proc.ms * 5 // 2)
        self.ping_beside("stall", "stall", "down")
        self.opening()
        for clients, key in (1, "rate"), (8, "rate8"):
            self.note(key, self.load("rate", self.port, clients, 5000,
                                     proc.ms)[0])
