#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""How long a laptop waits for a shell in a job, beside what Slurm offers.

usage: attach.py ROUNDS RESULT LOGIN AGENT FRONT...

FRONT... is the command of our front on the host LOGIN, whose session runs, and
is the only job of the user; AGENT is our agent there. Each row is one ssh from
its start to the first byte of a login shell in the job; in each round every row
is measured twice, and the medians are shown. `attach' rows go to the job that
runs, `fresh' ones have one of their own. All hosts have the same clock.
"""

import json
import os
import statistics
import subprocess
import sys
import time

from show import Targets

ROUNDS, RESULT, LOGIN, AGENT = int(sys.argv[1]), *sys.argv[2:5]
FRONT = " ".join(sys.argv[5:])
STAMP = "date +%s.%N"


def ssh(command, *options):
    return ["ssh", *(options or ("-T",)), LOGIN, command]


def run(command):
    return subprocess.run(ssh(command), check=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE).stdout.decode()


def first_byte(command, typed=b"echo first\n"):
    """Milliseconds until the shell says the word."""
    began = time.monotonic()
    with subprocess.Popen(command, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as p:
        p.stdin.write(typed)
        p.stdin.flush()
        got = os.read(p.stdout.fileno(), 100)
        took = (time.monotonic() - began) * 1000
        if not got.startswith(b"first"):
            p.kill()
            sys.exit("attach: %s: %r %r" % (command, got, p.stderr.read()))
        p.stdin.close()
        p.stdout.read()
    return took


def whole(command):
    began = time.monotonic()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return (time.monotonic() - began) * 1000


class Fresh:
    """A session of ours that has no job yet; another name each time, since a
    session waits until its last job is gone. Its agent tells when the job's
    script begins. way: as what Slurm is given the job (--start)."""

    def __init__(self, way):
        self.way, self.n, self.since_start = way, 0, []
        run("printf '#!/bin/sh\\n%s >started\\nexec %s \"$@\"\\n' >agent && "
            "chmod 700 agent" % (STAMP.replace("%", "%%"), AGENT))

    def __call__(self):
        self.n += 1
        command = "%s --session=%s-%d --start=%s --agent=$HOME/agent" % (
            FRONT, self.way, self.n, self.way)
        began = time.time()
        took = first_byte(ssh(command))
        started = float(run("cat started")) - began
        self.since_start.append(took - started * 1000)
        run(command + " cancel 2>/dev/null")
        return took


def batch_start():
    """When the script of a batch job begins, of which ours is one."""
    began = time.time()
    run("rm -f begun && sbatch -Q -o /dev/null --wrap '%s >begun'" % STAMP)
    started = float(run("until test -s begun; do sleep 0.02; done; cat begun"))
    return (started - began) * 1000


def make_rows(job, batch):
    into = "srun -Q --overlap --jobid=%s " % job
    return {
        "ssh true": lambda: whole(ssh("true")),
        "ssh, a shell": lambda: first_byte(ssh("bash -l")),
        "attach, ours": lambda: first_byte(ssh(FRONT)),
        "attach, srun --overlap": lambda: first_byte(ssh(into + "bash -l")),
        # A terminal would echo what is typed.
        "attach, srun --overlap --pty": lambda: first_byte(
            ssh(into + "--pty bash -lc 'echo first'", "-q", "-tt"), b""),
        "fresh, ours": batch,
        "fresh, ours, allocation": Fresh("allocation"),
        "fresh, srun": lambda: first_byte(ssh("srun -Q bash -l")),
        "fresh, salloc srun": lambda: first_byte(
            ssh("salloc -Q srun -Q bash -l")),
        "sbatch, until its script begins": batch_start,
    }


def measure(rows):
    got = {name: [] for name in rows}
    for n in range(ROUNDS):
        for name, row in rows.items():
            got[name] += [row(), row()]
        print("round %d of %d" % (n + 1, ROUNDS), file=sys.stderr, flush=True)
    return {name: statistics.median(v) for name, v in got.items()}


def show(ms, since_start):
    print("\nms from the start of ssh to a shell's first byte")
    print("%-32s%8s%20s" % ("", "ms", "more than ssh true"))
    for name, value in ms.items():
        print("%-32s%8.0f%20.0f" % (name, value, value - ms["ssh true"]))
    print("fresh, ours, from where its job's script begins: %.0f\n" %
          since_start)
    t = Targets()
    t.limit("attach, more than ssh true", ms["attach, ours"] - ms["ssh true"],
            30, "ms")
    t.limit("attach to srun --overlap",
            ms["attach, ours"] / ms["attach, srun --overlap"], 1, "x")
    t.limit("fresh by allocation, more than salloc srun",
            ms["fresh, ours, allocation"] - ms["fresh, salloc srun"], 50, "ms")
    t.limit("fresh by allocation to batch",
            ms["fresh, ours, allocation"] / ms["fresh, ours"], 1, "x")
    return t.all


def main():
    job = run("squeue -h -u $(id -un) -o %i").strip()
    if not job.isdigit():
        sys.exit("attach: the jobs are '%s', not one" % job)
    batch = Fresh("batch")
    ms = measure(make_rows(job, batch))
    since_start = statistics.median(batch.since_start)
    targets = show(ms, since_start)
    with open(RESULT, "w", encoding="ascii") as f:
        json.dump({"rounds": ROUNDS, "ms": ms, "since_start": since_start,
                   "targets": targets}, f, indent=1)


if __name__ == "__main__":
    main()
