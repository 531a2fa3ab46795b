# SPDX-License-Identifier: BSD-2-Clause
"""What is not a row of the table: memory, the shell's stdio, the time to attach,
system calls."""

import os
import signal
import statistics
import subprocess
import sys
import time

import proc
from proc import forget_peak, load, memory, run_client, start, stat, stop, \
    switches, wait_until

PAGE_TEXT = 64 << 20        # bytes of text through stdio in one round
HEARTBEAT = 10              # seconds; then the programs trim their heaps


def held(session):
    """100 connections: idle, after 4 MiB each way, closed; and both when the
    heaps were trimmed. Then 1000 idle ones."""
    pids = {"front": session.front.pid, "agent": session.agent}
    out = {}

    def note(key):
        out[key] = {n: memory(p) for n, p in pids.items()}

    def hold(count, size, *steps):
        p = start(proc.args.load, "hold", session.port, count, size,
                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for word, key, trimmed in steps:
            if p.stdout.readline().strip() != word.encode():
                sys.exit("bench: %d connections: no '%s'" % (count, word))
            time.sleep(0.5)         # what is given back is given back by now
            note(key)
            if trimmed:
                time.sleep(HEARTBEAT + 1)
                note(trimmed)
            p.stdin.write(b"\n")
            p.stdin.flush()
        stop(p)

    note("at rest")
    hold(100, 4 << 20, ("open", "100 idle", None),
         ("moved", "after 4 MiB each", "trimmed"),
         ("closed", "closed", "trimmed, closed"))
    hold(1000, 0, ("open", "1000 idle", None))
    return out


def growth(session, run):
    """By how much the peak of each process grows while run() runs; KiB."""
    pids = {"front": session.front.pid, "agent": session.agent}
    before = {}
    for name, pid in pids.items():
        forget_peak(pid)
        before[name] = memory(pid)["VmRSS"]
    run()
    return {n: memory(p)["VmHWM"] - before[n] for n, p in pids.items()}


def slow_reader(session, direction):
    def run():
        p = start(proc.args.load, "stall", session.port, direction,
                  stdin=subprocess.PIPE)
        time.sleep(3)           # the time is what is measured
        if p.poll() is not None:
            sys.exit("bench: the slow reader ended")
        stop(p)
    return growth(session, run)


SOLID = 1 << 30             # bytes of the line without an end
WARM = SOLID // 4           # after so many the buffers of the path are there


def solid(session):
    """Growth while the path gets warm, by whatever bytes; growth by the line
    then, and its GB/s."""
    took = []

    def line(size):
        session.say("'%s' print solid %d" % (proc.args.load, size))
        took.append(session.take(size))
    warm = growth(session, lambda: line(WARM))
    grown = growth(session, lambda: line(SOLID))
    return warm, grown, SOLID / took[1] / 1e9


class Stdio:
    """The shell's output beside a pipe and ssh, and the time to its first
    byte."""

    def __init__(self, session):
        self.session = session
        self.got = {}

    def note(self, key, value):
        self.got.setdefault(key, []).append(value)

    def intercept(self):
        """The interceptor alone, without link and pipes."""
        for what in "text", "mixed", "solid":
            speed, kib = run_client("intercept", what, SOLID)
            self.note("alone " + what, speed / 1e9)
            if what == "solid":
                self.note("alone KiB", kib)

    def measure(self):
        self.intercept()
        text = [proc.args.load, "print", "text", str(PAGE_TEXT)]
        self.note("ours", stdio_text(self.session))
        self.note("a pipe", stdio_pipe(text))
        if not proc.args.sshd:
            return
        self.note("ssh", stdio_pipe(ssh("plain", *text)))
        for _ in range(2):
            self.note("ms true", time_ssh_true())
            self.note("ms shell", time_first_byte(["plain", "bash -l"]))
            self.note("ms ours", time_first_byte(["vrs"]))

    def tell(self, result):
        med = {k: statistics.median(v) for k, v in self.got.items()}
        alone = result["interceptor"] = {k[6:]: med.pop(k) for k in list(med)
                                         if k.startswith("alone ")}
        result["stdio"] = {k: v for k, v in med.items() if k[:2] != "ms"}
        print("\nstdio, lines of text, GB/s: " + ", ".join(
            "%s %.2f" % x for x in result["stdio"].items()))
        print("the interceptor alone, GB/s: the same lines %.1f, mixed and "
              "short ones %.1f;\na line of 1 GiB %.0f, and %d KiB more "
              "memory" % (
                  alone["text"], alone["mixed"], alone["solid"],
                  alone["KiB"]))
        if "ms ours" not in med:
            return
        result["attach_ms"] = {"ssh true": med["ms true"],
                               "ssh, a shell's first byte": med["ms shell"],
                               "ours": med["ms ours"]}
        print("ms, the session's job runs: " + ", ".join(
            "%s %.0f" % x for x in result["attach_ms"].items()))


def stdio_text(session):
    session.say("'%s' print text %d" % (proc.args.load, PAGE_TEXT))
    return PAGE_TEXT / session.take(PAGE_TEXT) / 1e9


def stdio_pipe(command):
    """The same through something else than us."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE) as p:
        buffer, left, first = bytearray(1 << 20), PAGE_TEXT, None
        while left > 0:
            n = os.readv(p.stdout.fileno(), [buffer])
            first = first or time.monotonic()
            if n == 0:
                sys.exit("bench: %s ended" % command[0])
            left -= n
        return PAGE_TEXT / (time.monotonic() - first) / 1e9


def ssh(*words):
    return ["ssh", "-T", "-F", os.path.join(proc.args.dir, "ssh_config"), *words]


def time_ssh_true():
    began = time.monotonic()
    subprocess.run(ssh("plain", "true"), check=True,
                   stdin=subprocess.DEVNULL)
    return (time.monotonic() - began) * 1000


def time_first_byte(host):
    """From the start of ssh to the first byte of its shell; milliseconds."""
    began = time.monotonic()
    with subprocess.Popen(ssh(*host), stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as p:
        p.stdin.write(b"echo first\n")
        p.stdin.flush()
        if os.read(p.stdout.fileno(), 100) != b"first\n":
            sys.exit("bench: no shell behind ssh %s" % host[0])
        took = (time.monotonic() - began) * 1000
        p.stdin.write(b"exit\n")
        p.stdin.close()
        p.stdout.read()
    return took


YOUNG = 45                  # seconds, in which a new session is looked after


def idle(session):
    """How often each process was on a processor in an idle minute: what woke it
    up. And all of them from a heartbeat to the next: the median, since each
    five minutes the agent does look after its folders."""
    pids = {"front": session.front.pid, "agent": session.agent,
            "keeper": int(stat(session.agent)[1])}
    time.sleep(max(HEARTBEAT, session.began + YOUNG - time.monotonic()))
    at = [{n: switches(p) for n, p in pids.items()}]
    for _ in range(60 // HEARTBEAT):
        time.sleep(HEARTBEAT)
        at.append({n: switches(p) for n, p in pids.items()})
    every = [sum(b.values()) - sum(a.values()) for a, b in zip(at, at[1:])]
    return dict({n: at[-1][n] - at[0][n] for n in pids},
                heartbeat=statistics.median(every))


def count_calls(session, run):
    """System calls of front and agent while run() runs, by name."""
    traces = []
    for pid in session.pids():
        out = os.path.join(proc.args.dir, "strace.%d" % pid)
        said = out + ".said"
        with open(said, "w") as f:
            traces.append((out, start("strace", "-c", "-o", out, "-p", pid,
                                      stderr=f)))
        wait_until(lambda: b"attached" in open(said, "rb").read(), "strace")
    result = run()
    calls = {}
    for out, p in traces:
        stop(p, signal.SIGINT)
        for line in open(out):
            w = line.split()
            if len(w) >= 5 and w[0][0].isdigit() and w[-1] != "total":
                calls[w[-1]] = calls.get(w[-1], 0) + int(w[3])
    return calls, result


def system_calls(session):
    few, many = 200, 1200
    a, _ = count_calls(session, lambda: load("ping", session.port, 1, few,
                                             20000))
    b, _ = count_calls(session, lambda: load("ping", session.port, 1, many,
                                             20000))
    trip = {n: (b[n] - a.get(n, 0)) / (many - few) for n in b}
    out = {"round trip": {n: round(v, 2) for n, v in trip.items() if v > 0.05}}
    for direction in "down", "up":
        calls, (_, total) = count_calls(session, lambda: load(
            "bulk", session.port, direction, 1, 1000))
        out["MB " + direction] = {n: round(v / (total / 1e6), 1)
                                  for n, v in calls.items()
                                  if v / (total / 1e6) >= 0.5}
    return out
