#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Measures the paths; bench.sh prepares the ground and calls it.

Rows are interleaved: each round measures every row once, and the medians of
the rounds are shown, so that a busy machine disturbs all rows alike. All hops,
client and server share the CPUs: read ratios and CPU seconds, not GB/s. System
calls are counted by strace and have no noise at all.
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
MS = int(float(os.environ.get("BENCH_SECONDS", "0.25")) * 1000)
ONLY = os.environ.get("BENCH_ROWS", "")
TICK = os.sysconf("SC_CLK_TCK")
PAGE_TEXT = 64 << 20        # bytes of text through stdio in one round
HEARTBEAT = 10              # seconds; then the programs trim their heaps
SOLID = 1 << 30             # bytes of the line without an end
args = None
children = []


# ---- processes ---------------------------------------------------------------

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


def load(*words, socks=None):
    command = [args.load] + (["-s", str(socks)] if socks else [])
    out = subprocess.run(command + [str(w) for w in words], check=True,
                         stdout=subprocess.PIPE, timeout=120).stdout
    return [float(w) for w in out.split()]


def wait_until(true, what, seconds=20):
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            sys.exit("bench: no " + what)
        time.sleep(0.02)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def answers(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


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


def forget_peak(pid):
    try:
        with open("/proc/%d/clear_refs" % pid, "w") as f:
            f.write("5")
    except OSError:
        pass            # then growth is counted from the start-up's peak


# ---- our own path ------------------------------------------------------------

class Session:
    """A front on pipes, its agent, and a load server in the job."""

    def __init__(self, state):
        port_file = os.path.join(args.dir, "port." + os.path.basename(state))
        self.state = state
        self.front = start(
            os.path.join(args.build, "vscode-remote-shell"),
            "--launcher=local", "--linger=0", "--idle-timeout=10m",
            "--state-dir=" + state, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE)
        self.buffer = bytearray(1 << 20)
        self.say("'%s' serve 900 >'%s' & until test -s '%s'; do sleep 0.05; "
                 "done; echo 0123456789ab: start; echo listeningOn==127.0.0.1:"
                 "$(cat '%s')==; echo 0123456789ab: end"
                 % (args.load, port_file, port_file, port_file))
        block = self.until(rb": end\n")
        m = re.search(rb"listeningOn==127\.0\.0\.1:(\d+)==", block)
        if not m:
            sys.exit("bench: the front forwards nothing: %r" % block)
        self.port = int(m.group(1))
        with open(port_file) as f:
            self.server = listener_pid(int(f.read()))
        self.agent = self.find_agent()

    def say(self, line):
        self.front.stdin.write(line.encode() + b"\n")
        self.front.stdin.flush()

    def until(self, pattern):
        seen = b""
        while not re.search(pattern, seen):
            data = os.read(self.front.stdout.fileno(), 65536)
            if not data:
                sys.exit("bench: the front ended: %r" % seen)
            seen += data
        return seen

    def take(self, count):
        """Read so many bytes of stdout; seconds from the first to the last."""
        fd, first = self.front.stdout.fileno(), None
        while count > 0:
            n = os.readv(fd, [self.buffer])
            first = first or time.monotonic()
            if n == 0:
                sys.exit("bench: the front ended")
            count -= n
        return time.monotonic() - first

    def find_agent(self):
        pid = self.server
        while pid > 1:
            with open("/proc/%d/cmdline" % pid, "rb") as f:
                if b"vscode-remote-agent" in f.read().split(b"\0")[0]:
                    return pid
            pid = int(stat(pid)[1])
        sys.exit("bench: no agent above the load server")

    def pids(self):
        return [self.front.pid, self.agent]

    def end(self):
        stop(self.front)
        subprocess.run([os.path.join(args.build, "vscode-remote-shell"),
                        "--launcher=local", "--state-dir=" + self.state,
                        "cancel"], stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       timeout=60)


def listener_pid(port):
    out = subprocess.run(["ss", "-Hltnp", "sport = :%d" % port], check=True,
                         stdout=subprocess.PIPE).stdout.decode()
    return int(re.search(r"pid=(\d+)", out).group(1))


# ---- the rows ----------------------------------------------------------------

class Row:
    def __init__(self, name, port, pids=(), socks=None, only=None):
        self.name, self.port, self.socks = name, port, socks
        self.roots = list(pids)     # whose CPU time, with their children
        self.only = only            # these exactly: they have children not
        self.got = {}               # on the path

    def note(self, key, value):
        self.got.setdefault(key, []).append(value)

    def path(self):
        return self.roots

    def cpu(self):
        if self.only is None:
            return cpu(self.roots)
        own = sum(sum(int(n) for n in stat(p)[11:13]) for p in self.only)
        return own / TICK + (cpu(self.roots) if self.roots else 0)

    def bulk(self, direction, streams):
        before = self.cpu()
        speed, total = load("bulk", self.port, direction, streams, MS,
                            socks=self.socks)
        self.note("%s%d" % (direction, streams), speed / 1e9)
        if streams == 1 and total:
            self.note("cpu_" + direction,
                      (self.cpu() - before) / (total / 1e9))

    def ping(self, key):
        _, p50, p99 = load("ping", self.port, 1, 20000, MS, socks=self.socks)
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
        finally:
            os.sched_setaffinity(0, everybody)
            pin(pids, everybody)

    def measure(self, server):
        for streams in 1, 8:
            for direction in "down", "up":
                self.bulk(direction, streams)
        self.ping("rt")
        self.ping_pinned(server)
        self.note("rate", load("rate", self.port, 1, 5000, MS,
                               socks=self.socks)[0])
        self.note("rate8", load("rate", self.port, 8, 5000, MS,
                                socks=self.socks)[0])


def haproxy(name, *hops):
    """hops: (listening port, bind options, server port, server options)"""
    pids = []
    for i, (port, bind, to, server) in enumerate(hops):
        conf = os.path.join(args.dir, "%s.%d" % (name, i))
        with open(conf, "w") as f:
            f.write("global\n nbthread 1\n maxconn 2000\n"
                    "defaults\n mode tcp\n timeout connect 5s\n"
                    " timeout client 900s\n timeout server 900s\n"
                    "listen x\n bind 127.0.0.1:%d %s\n"
                    " server s 127.0.0.1:%d %s\n" % (port, bind, to, server))
        pids.append(start("haproxy", "-db", "-f", conf).pid)
        wait_until(lambda: answers(port), name)
    return Row(name, hops[-1][0], pids)


def haproxy_tls(to):
    pem, key = (os.path.join(args.dir, n) for n in ("cert", "cert.key"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=bench", "-keyout", key, "-out", pem],
                   check=True, stderr=subprocess.DEVNULL)
    with open(pem, "a") as f, open(key) as k:
        f.write(k.read())
    middle, port = free_port(), free_port()
    suite = "ciphersuites TLS_AES_128_GCM_SHA256"
    return haproxy("haproxy 2 hops TLS",
                   (middle, "ssl crt %s %s" % (pem, suite), to, ""),
                   (port, "", middle, "ssl verify none " + suite))


def ssh_row(name, to, *options, port=None, socks=None):
    """The sshd's side are the processes that come with this ssh. It has a
    session, as with VS Code: with -N alone sshd leaves Nagle's algorithm on,
    and each new connection takes 40 ms."""
    before = descendants([args.sshd])
    p = start("ssh", "-T", "-F", os.path.join(args.dir, "ssh_config"),
              *options, "plain", "exec cat", stdin=subprocess.PIPE)
    wait_until(lambda: answers(socks or port), name)
    new = descendants([args.sshd]) - before
    return Row(name, to if socks else port, [p.pid] + sorted(new), socks)


def make_rows(server_port, ours):
    here = lambda word: shutil.which(word) is not None
    have_ssh = args.sshd != 0
    rows, absent = [Row("direct", server_port)], []
    if here("socat"):
        port = free_port()
        p = start("socat", "TCP-LISTEN:%d,bind=127.0.0.1,reuseaddr,fork,"
                  "backlog=128,nodelay" % port,
                  "TCP:127.0.0.1:%d,nodelay" % server_port,
                  stderr=subprocess.DEVNULL)    # each reset is a line
        wait_until(lambda: answers(port), "socat")
        rows.append(Row("socat", port, [p.pid]))
    else:
        absent.append("socat")
    if here("haproxy"):
        rows.append(haproxy("haproxy", (free_port(), "", server_port, "")))
        if here("openssl"):
            rows.append(haproxy_tls(server_port))
        else:
            absent.append("openssl (for haproxy with TLS)")
    else:
        absent.append("haproxy")
    mine = [ours.front.pid, ours.agent]
    if have_ssh:
        port, gcm, socks = free_port(), free_port(), free_port()
        to = "127.0.0.1:%d"
        rows.append(ssh_row("ssh -L", server_port, "-L", "%d:%s"
                            % (port, to % server_port), port=port))
        rows.append(ssh_row("ssh -L aes128-gcm", server_port, "-L", "%d:%s"
                            % (gcm, to % server_port), "-c",
                            "aes128-gcm@openssh.com", port=gcm))
        ssh_d = ssh_row("ssh -D", server_port, "-D", str(socks), socks=socks)
        rows.append(ssh_d)
        rows.append(Row("ours", ours.port, only=mine))
        rows.append(Row("ours behind ssh -D", ours.port, ssh_d.roots, socks,
                        only=mine))
    else:
        absent.append("ssh")
        rows.append(Row("ours", ours.port, only=mine))
    rows = [r for r in rows if re.search(ONLY, r.name)]
    return rows, absent


# ---- further figures ---------------------------------------------------------

def held(session):
    """100 connections: idle, after 4 MiB each way, closed; and both when the
    heaps were trimmed."""
    pids = {"front": session.front.pid, "agent": session.agent}
    out = {"at rest": {n: memory(p) for n, p in pids.items()}}
    p = start(args.load, "hold", session.port, 100, 4 << 20,
              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for word, key in (("open", "100 idle"), ("moved", "after 4 MiB each"),
                      ("closed", "100 closed")):
        if p.stdout.readline().strip() != word.encode():
            sys.exit("bench: 100 connections: no '%s'" % word)
        time.sleep(0.5)         # what is given back is given back by now
        out[key] = {n: memory(q) for n, q in pids.items()}
        if key.startswith("after"):
            time.sleep(HEARTBEAT + 1)
            out["  trimmed"] = {n: memory(q) for n, q in pids.items()}
        p.stdin.write(b"\n")
        p.stdin.flush()
    stop(p)
    time.sleep(HEARTBEAT + 1)
    out["  trimmed, closed"] = {n: memory(q) for n, q in pids.items()}
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
        p = start(args.load, "stall", session.port, direction,
                  stdin=subprocess.PIPE)
        time.sleep(3)           # the time is what is measured
        if p.poll() is not None:
            sys.exit("bench: the slow reader ended")
        stop(p)
    return growth(session, run)


def stdio_text(session):
    session.say("'%s' print text %d" % (args.load, PAGE_TEXT))
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
    return ["ssh", "-T", "-F", os.path.join(args.dir, "ssh_config"), *words]


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


def count_calls(session, run):
    """System calls of front and agent while run() runs, by name."""
    traces = []
    for pid in session.pids():
        out = os.path.join(args.dir, "strace.%d" % pid)
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


# ---- what is shown -----------------------------------------------------------

COLUMNS = (
    ("down 1", "down1", "%.2f"), ("up 1", "up1", "%.2f"),
    ("down 8", "down8", "%.2f"), ("up 8", "up8", "%.2f"),
    ("CPU dn", "cpu_down", "%.2f"), ("CPU up", "cpu_up", "%.2f"),
    ("p50", "rt_p50", "%.0f"), ("p99", "rt_p99", "%.0f"),
    ("1cpu50", "one_p50", "%.0f"), ("1cpu99", "one_p99", "%.0f"),
    ("conn/s", "rate", "%.0f"), ("8 at", "rate8", "%.0f"),
)


def show_rows(rows):
    print("\nGB/s with 1 and 8 streams; CPU s/GB of the hops; round trip of "
          "1 B in us,\nfree and all on one CPU; new connections a second of "
          "1 and 8 clients")
    print("%-19s" % "" + "".join("%8s" % c[0] for c in COLUMNS))
    for r in rows:
        print("%-19s" % r["name"] + "".join(
            "%8s" % (fmt % r[key] if key in r else "-")
            for _, key, fmt in COLUMNS))
    print("\nratios: down, up to direct and to ssh -L; added round trip (one "
          "CPU) to ssh -L's")
    named = {r["name"]: r for r in rows}
    direct, peer = named.get("direct"), named.get("ssh -L")
    for r in rows:
        line = "%-19s" % r["name"]
        for to in direct, peer:
            if to:
                line += "%9.2f%8.2f" % (r["down1"] / to["down1"],
                                        r["up1"] / to["up1"])
        if direct and peer and r is not direct:
            line += "%9.2f" % ((r["one_p50"] - direct["one_p50"]) /
                               (peer["one_p50"] - direct["one_p50"]))
        print(line)


def show_memory(m):
    print("\nKiB                   front RSS    anon     PSS   agent RSS    "
          "anon     PSS")
    for key, both in m.items():
        print("%-19s" % key + "   ".join(
            "".join("%9s" % both[n].get(k, "-")
                    for k in ("VmRSS", "RssAnon", "Pss"))
            for n in ("front", "agent")))


def target(what, value, limit, unit):
    print("%-8s %-52s %9.1f of %g %s"
          % ("reached" if value <= limit else "missed", what, value, limit,
             unit))
    return {"what": what, "value": round(value, 1), "limit": limit,
            "reached": value <= limit}


def show_calls(calls):
    for key, by_name in calls.items():
        print("system calls a %s: %.1f (%s)" % (
            key, sum(by_name.values()), ", ".join(
                "%s %g" % x for x in sorted(by_name.items(),
                                            key=lambda x: -x[1]))))


def median_row(row):
    return dict({k: statistics.median(v) for k, v in row.got.items()},
                name=row.name)


def can_strace():
    return os.geteuid() == 0 and shutil.which("strace")


def measure():
    server = start(args.load, "serve", 900, stdout=subprocess.PIPE)
    server_port = int(server.stdout.readline())
    ours = Session(args.state)
    rows, absent = make_rows(server_port, ours)
    if absent:
        print("left out, not installed: " + ", ".join(absent))
    text, bare, through_ssh = [], [], []
    true, first, plain = [], [], []
    print_text = [args.load, "print", "text", str(PAGE_TEXT)]
    for _ in range(ROUNDS):
        for row in rows:
            try:
                row.measure(ours.server if "ours" in row.name else server.pid)
            except subprocess.SubprocessError as e:
                sys.exit("bench: %s: %s" % (row.name, e))
        text.append(stdio_text(ours))
        bare.append(stdio_pipe(print_text))
        if args.sshd:
            through_ssh.append(stdio_pipe(ssh("plain", *print_text)))
            for _ in range(2):
                true.append(time_ssh_true())
                plain.append(time_first_byte(["plain", "bash -l"]))
                first.append(time_first_byte(["vrs"]))
    med = statistics.median
    result = {"rounds": ROUNDS, "ms": MS, "absent": absent,
              "rows": [median_row(r) for r in rows],
              "stdio": {"ours": med(text), "pipe": med(bare)}}
    show_rows(result["rows"])
    print("\nstdio, lines of text, GB/s: ours %.2f, a bare pipe %.2f"
          % (med(text), med(bare)), end="")
    if args.sshd:
        result["stdio"]["ssh"] = med(through_ssh)
        result["attach_ms"] = {"ssh true": med(true), "ssh, a shell's first "
                               "byte": med(plain), "ours": med(first)}
        print(", ssh %.2f\nms: ssh host true %.0f; first byte of a login "
              "shell through ssh %.0f, through ours %.0f"
              % (med(through_ssh), med(true), med(plain), med(first)))
    else:
        print()
    if can_strace():
        result["calls"] = system_calls(ours)
        show_calls(result["calls"])
    else:
        print("system calls are not counted: that takes root and strace")
    ours.end()

    idle = Session(args.state + ".idle")
    result["memory"] = held(idle)
    show_memory(result["memory"])
    idle.end()
    slow = Session(args.state + ".slow")
    result["growth"] = {d: slow_reader(slow, d) for d in ("down", "up")}
    slow.end()
    solid = Session(args.state + ".solid")

    def one_line():
        solid.say("'%s' print solid %d" % (args.load, SOLID))
        result["stdio"]["solid"] = SOLID / solid.take(SOLID) / 1e9
    result["growth"]["solid"] = growth(solid, one_line)
    solid.end()
    print("\npeak over base, KiB (front, agent): slow reader 3 s down %d, %d; "
          "up %d, %d;\n1 GiB without a newline at %.2f GB/s %d, %d" % (
              *result["growth"]["down"].values(),
              *result["growth"]["up"].values(), result["stdio"]["solid"],
              *result["growth"]["solid"].values()))
    print()
    show_targets(result)
    with open(os.path.join(args.build, "bench.json"), "w") as f:
        json.dump(result, f, indent=1)
    stop(server)


def show_targets(result):
    idle, targets = result["memory"]["100 idle"], []
    if "attach_ms" in result:
        a = result["attach_ms"]
        targets.append(target("attach, more than ssh host true",
                              a["ours"] - a["ssh true"], 100, "ms"))
    for name in "front", "agent":
        targets.append(target("RSS of the %s with 100 idle connections" % name,
                              idle[name]["VmRSS"] / 1024, 8, "MiB"))
    for name in "front", "agent":
        targets.append(target("growth of the %s, 1 GiB without newline" % name,
                              result["growth"]["solid"][name], 1024, "KiB"))
    for direction in "down", "up":
        targets.append(target("growth of both, slow reader " + direction,
                              sum(result["growth"][direction].values()),
                              1536, "KiB"))
    for key, limit in ("round trip", 12), ("MB down", 200), ("MB up", 200):
        if "calls" in result:
            targets.append(target("system calls a " + key,
                                  sum(result["calls"][key].values()), limit,
                                  ""))
    result["targets"] = targets


def main():
    global args
    p = argparse.ArgumentParser()
    p.add_argument("--dir", required=True, help="temporary directory")
    p.add_argument("--build", required=True)
    p.add_argument("--state", required=True, help="state directory")
    p.add_argument("--sshd", type=int, default=0, help="its pid, 0: none")
    args = p.parse_args()
    args.load = os.path.join(args.build, "clients", "load")
    try:
        measure()
    finally:
        for child in list(children):
            stop(child)


if __name__ == "__main__":
    main()
