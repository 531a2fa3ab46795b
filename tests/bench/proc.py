# SPDX-License-Identifier: BSD-2-Clause
"""Processes: started, ended, put on a CPU, and what they use."""

import os
import re
import signal
import socket
import subprocess
import sys
import time

TICK = os.sysconf("SC_CLK_TCK")
args = None         # of the command line, set by bench.py
LOCAL = "127.0.0.1"
ms = int(float(os.environ.get("BENCH_SECONDS", "0.25")) * 1000)
children = []


def wanted(row):
    return re.search(os.environ.get("BENCH_ROWS", ""), row)


def on_login(*command):
    """The command as it is run here, on the login node's side."""
    return command


def on_node(*command):
    """The command as it is run on the compute node's side."""
    if args.node == 0:
        return command
    return ("nsenter", "--net=/proc/%d/ns/net" % args.node) + command


def start(*command, **how):
    how.setdefault("stdin", subprocess.DEVNULL)
    how.setdefault("stdout", subprocess.DEVNULL)
    how.setdefault("stderr", open(os.path.join(args.dir, "log", "bench"), "a"))
    p = subprocess.Popen([str(w) for w in command], **how)
    children.append(p)
    return p


def stop(p, sig=signal.SIGTERM):
    for stream in p.stdin, p.stdout:
        if stream:
            stream.close()
    if p.poll() is None:
        p.send_signal(sig)
    try:
        p.wait(10)
    except subprocess.TimeoutExpired:
        p.kill()
        p.wait()
    children.remove(p)


def run_client(name, *words):
    """One of tests/clients, and the numbers that it prints."""
    out = subprocess.run([os.path.join(args.build, "clients", name)] +
                         [str(w) for w in words], check=True,
                         stdout=subprocess.PIPE, timeout=120).stdout
    return [float(w) for w in out.split()]


def load(*words):
    return run_client("load", *words)


def wait_until(true, what, seconds=20):
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            sys.exit("bench: no " + what)
        time.sleep(0.02)


FREE = ("import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); "
        "print(s.getsockname()[1])")


def free_port(place=on_login):
    """One that was free there a moment ago."""
    return int(subprocess.run(place(sys.executable, "-c", FREE), check=True,
                              stdout=subprocess.PIPE).stdout)


def answers(port, host=LOCAL):
    with socket.socket() as s:
        return s.connect_ex((host, port)) == 0


def stat(pid):
    try:
        with open("/proc/%d/stat" % pid) as f:
            return f.read().rpartition(")")[2].split()
    except OSError:
        return None


def descendants(pids):
    parent = {}
    for name in os.listdir("/proc"):
        s = stat(int(name)) if name.isdigit() else None
        if s:
            parent[int(name)] = int(s[1])
    found, more = set(), set(pids)
    while more:
        found |= more
        more = {p for p, of in parent.items() if of in found} - found
    return found


def cpu(pids):
    """Seconds used so far, with those of children that have ended."""
    ticks = 0
    for pid in descendants(pids):
        s = stat(pid)
        ticks += sum(int(n) for n in s[11:15]) if s else 0
    return ticks / TICK


def ran(pid):
    """Seconds that a process of one thread has run so far, finer than ticks
    where the kernel tells."""
    try:
        with open("/proc/%d/schedstat" % pid) as f:
            return int(f.read().split()[0]) / 1e9
    except OSError:
        s = stat(pid)
        return sum(int(n) for n in s[11:13]) / TICK if s else 0


def pin(pids, cpus):
    for pid in descendants(pids):
        try:
            for task in os.listdir("/proc/%d/task" % pid):
                os.sched_setaffinity(int(task), cpus)
        except OSError:
            pass        # ended meanwhile


def memory(pid):
    """RSS, its peak, and PSS where that may be read; in KiB."""
    values = {}
    for name in "status", "smaps_rollup":
        try:
            with open("/proc/%d/%s" % (pid, name)) as f:
                values.update(re.findall(r"(?m)^(\w+):\s+(\d+) kB", f.read()))
        except OSError:
            pass
    return {k: int(values[k]) for k in ("VmRSS", "VmHWM", "RssAnon", "Pss")
            if k in values}


def switches(pid):
    """How often it has gone to sleep."""
    with open("/proc/%d/status" % pid) as f:
        return int(re.search(r"(?m)^voluntary_ctxt_switches:\s+(\d+)",
                             f.read()).group(1))


def forget_peak(pid):
    try:
        with open("/proc/%d/clear_refs" % pid, "w") as f:
            f.write("5")
    except OSError:
        pass            # then growth is counted from the start-up's peak
