#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Runs a session again and again, with a fault at another point each time.

sweep.py kill --dir DIR --build BUILD [--points N]
    the front is killed at its Nth call, for N points spread over connecting,
    waiting, the start script and forwarding; each second time there is a job
    already. Then another connects: to the same job and the same server.
sweep.py fail --dir DIR --build BUILD --in PROGRAM [--of memory] [--points N]
    the Nth call of the front, the agent or a launcher fails, once. The front
    ends within 30 s, with a status of the manual page, and a line unless it is
    0; nothing crashes; the next one is served. --calls FROM-TO looks closer.

What did not hold is told on stderr. The last line is
    POINTS HELD FIGURE
DIR is empty, and afterwards holds what helps to understand a failure.
"""

import argparse
import glob
import mmap
import os
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

# Of the manual page; above 128 are signals, and the end of the ssh.
STATUSES = {0, 64, 69, 70, 71, 73, 75, 76, 77, 78}
BOUND = 25
MARK = "0123456789ab"
CONTENT = os.urandom(50000)

SERVER = """
import _thread, os, socket, sys
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(64)
with open(sys.argv[1] + ".new", "w") as f:
    f.write("%d %d\\n" % (os.getpid(), s.getsockname()[1]))
os.rename(sys.argv[1] + ".new", sys.argv[1])
def serve(c):
    try:
        c.sendall(b"%d\\n" % os.getpid())
        while True:
            data = c.recv(65536)
            if not data:
                break
            c.sendall(data)
    except OSError:
        pass
    c.close()
while True:
    _thread.start_new_thread(serve, (s.accept()[0],))
"""

# As the start script of an editor: find the server or start one, tell its port.
SCRIPT = """
running() {
	test -e "$1/server" && read -r pid port <"$1/server" &&
		kill -0 "$pid" 2>/dev/null
}
if ! running "$1"; then
	rm -f "$1/server"
	setsid %(python)s -IS "$1/server.py" "$1/server" </dev/null >/dev/null 2>&1 &
	until test -e "$1/server"; do sleep 0.02; done
	read -r pid port <"$1/server"
fi
printf '%%s\\n' "%(mark)s: start" "listeningOn==127.0.0.1:$port==" "%(mark)s: end"
while read -r line; do :; done
"""


class State:
    """What inject.c shares with us."""

    def __init__(self, path):
        self.path = path
        with open(path, "wb") as f:
            f.write(bytes(4096))
        with open(path, "r+b") as f:
            self.map = mmap.mmap(f.fileno(), 4096)

    def set(self, at):
        self.map[0:4096] = struct.pack("=q", at) + bytes(4088)

    def get(self):
        _, calls, fired, _ = struct.unpack("=4q", self.map[0:32])
        return calls, fired, self.map[32:72].rstrip(b"\0").decode()


class Result:
    status = None       # of the front
    err = ""
    job = None
    server = None       # pid
    block = False       # the port was told
    good = 0            # exchanges that were right
    wrong = ""          # what must not be
    seconds = 0.0


def children_of(pid):
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
            return [int(x) for x in f.read().split()]
    except OSError:
        return []


class Session:
    def __init__(self, args):
        self.args = args
        self.state = State(self.path("fault"))
        os.mkdir(self.path("state"), 0o700)
        with open(self.path("server.py"), "w") as f:
            f.write(SERVER)
        with open(self.path("serve.sh"), "w") as f:
            f.write(SCRIPT % {"python": sys.executable, "mark": MARK})
        self.began = time.time()
        self.script("agent", """
test ! -e '%(dir)s/slow' || sleep 0.2
test ! -e '%(dir)s/agent.env' || . '%(dir)s/agent.env'
exec '%(build)s/vscode-remote-agent' "$@"
""")
        # A job that waits a little before it runs.
        self.script("launcher", """
cat >"$0.$$"
exec 3<"$0.$$"
rm "$0.$$"
if test "$1" = watch && test -e '%(dir)s/slow'; then
	printf '%%s\\n' job=1 state=pending reason=Priority ''
	sleep 0.1
	printf '%%s\\n' job=1 state=pending reason=Resources ''
	sleep 0.1
fi
exec '%(build)s/launch-local' "$1" <&3
""")

    def path(self, name):
        return os.path.join(self.args.dir, name)

    def script(self, name, text):
        with open(self.path(name), "w") as f:
            f.write("#!/bin/sh" + text % vars(self.args))
        os.chmod(self.path(name), 0o755)

    def slow(self, on):
        if on:
            open(self.path("slow"), "w").close()
        elif os.path.exists(self.path("slow")):
            os.unlink(self.path("slow"))

    def faults(self, program, of, do):
        return {"FAULT_IN": program, "FAULT_OF": of, "FAULT_DO": do,
                "FAULT_STATE": self.state.path, "LD_PRELOAD": os.environ.get(
                    "FAULT_PRELOAD", self.args.build + "/faults/inject.so")}

    def agent_faults(self, env):
        path = self.path("agent.env")
        if env is None:
            if os.path.exists(path):
                os.unlink(path)
            return
        with open(path, "w") as f:
            for key, value in env.items():
                f.write("export %s='%s'\n" % (key, value))

    def front(self, env, *words):
        command = [self.args.build + "/vscode-remote-shell",
                   "--launcher=" + self.path("launcher"),
                   "--link-address=127.0.0.1", "--linger=0",
                   "--launcher-timeout=5s",
                   "--idle-timeout=10m", "--agent=" + self.path("agent"),
                   "--state-dir=" + self.path("state")] + list(words)
        return subprocess.Popen(command, env=dict(os.environ, **env),
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=open(self.path("err"), "wb"))

    def use(self, env):
        """One connection from its first byte to its end."""
        r = Result()
        begin = time.monotonic()
        p = self.front(env)
        try:
            p.stdin.write(b"sh '%s' '%s'\n" % (
                self.path("serve.sh").encode(), self.args.dir.encode()))
            p.stdin.flush()
        except OSError:
            pass
        port = self.block(p, r, begin)
        if port:
            for _ in range(2):
                self.exchange(port, r)
        try:
            p.stdin.close()
        except OSError:
            pass
        try:
            r.status = p.wait(max(1, begin + BOUND - time.monotonic()))
        except subprocess.TimeoutExpired:
            p.kill()
            p.wait()
            r.wrong = "did not end in %d s" % BOUND
        p.stdout.close()
        r.seconds = time.monotonic() - begin
        with open(self.path("err"), encoding="utf-8", errors="replace") as f:
            r.err = f.read()
        m = re.search(r"is job (\d+) on", r.err)
        r.job = m and m.group(1)
        return r

    def block(self, p, r, begin):
        seen = b""
        fd = p.stdout.fileno()
        while b": end\n" not in seen:
            left = begin + BOUND / 2 - time.monotonic()
            if left <= 0 or not select.select([fd], [], [], left)[0]:
                return None
            data = os.read(fd, 65536)
            if not data:
                return None
            seen += data
        r.block = True
        m = re.search(rb"listeningOn==127.0.0.1:(\d+)==", seen)
        return m and int(m.group(1))

    def exchange(self, port, r):
        got = b""
        try:
            s = socket.create_connection(("127.0.0.1", port), 10)
            s.sendall(CONTENT)
            s.shutdown(socket.SHUT_WR)
            while True:
                data = s.recv(65536)
                if not data:
                    break
                got += data
        except OSError:
            return
        pid, _, rest = got.partition(b"\n")
        if rest == CONTENT and pid.isdigit():
            r.good += 1
            r.server = int(pid)
        elif not CONTENT.startswith(rest):
            r.wrong = "other bytes came through"

    def cancel(self):
        p = self.front({}, "cancel")
        p.stdin.close()
        p.stdout.close()
        try:
            return p.wait(BOUND)
        except subprocess.TimeoutExpired:
            p.kill()
            p.wait()
            return -1

    def close(self):
        self.cancel()

    def agents(self):
        """The agents of this session, without zombies, and without the children
        that one forks for a look at a file system: these have its words."""
        found = {}
        mark = ("--state-dir=" + self.path("state")).encode()
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open("/proc/%s/cmdline" % pid, "rb") as f:
                    words = f.read().split(b"\0")
                with open("/proc/%s/stat" % pid, "rb") as f:
                    parent = int(f.read().rpartition(b") ")[2].split()[1])
            except OSError:
                continue
            if mark in words and words[0].endswith(b"/vscode-remote-agent"):
                found[int(pid)] = parent
        return [pid for pid, parent in found.items() if parent not in found]

    def one_agent(self):
        end = time.monotonic() + 20
        found = self.agents()
        while len(found) != 1 and time.monotonic() < end:
            time.sleep(0.05)
            found = self.agents()
        return found

    def none_left(self):
        end = time.monotonic() + 30
        while self.agents() and time.monotonic() < end:
            time.sleep(0.05)
        return not self.agents()

    def rundirs(self):
        """What is left of those of the sessions: unlocked, and there to stay.
        One that another test has just made, or removes, is so for a moment."""
        end = time.monotonic() + 5
        left = self.unlocked()
        while left and time.monotonic() < end:
            time.sleep(0.02)
            left &= self.unlocked()
        return sorted(left)

    def unlocked(self):
        """Asked of the kernel: who tries a lock takes it from an agent that
        is about to, and has only one try."""
        with open("/proc/locks") as f:
            locked = {line.rpartition(":")[2].split()[0]
                      for line in f if " FLOCK " in line}
        left = set()
        for path in glob.glob("/tmp/vscode-remote-shell.??????"):
            try:
                st = os.stat(path, follow_symlinks=False)
            except OSError:
                continue
            if st.st_uid == os.geteuid() and st.st_mtime >= self.began \
                    and str(st.st_ino) not in locked:
                left.add(path)
        return left

    def folders(self):
        return [x for x in os.listdir(self.path("state")) if x != "local"]


def whole(r):
    return r.status == 0 and not r.wrong and r.block and r.good == 2


def describe(r):
    return "status %s, job %s, server %s, %d exchanges, %.1f s%s%s" % (
        r.status, r.job, r.server, r.good, r.seconds,
        ", " + r.wrong if r.wrong else "",
        "".join("\n    " + line for line in r.err.splitlines()[-8:]))


def complain(text):
    print(text, file=sys.stderr, flush=True)


def spread(first, last, points):
    """Points of first..last, evenly; all when there are not so many."""
    total = last - first + 1
    if points <= 0 or points >= total:
        return list(range(first, last + 1))
    return sorted({first + i * total // points for i in range(points)})


def fds(pid):
    try:
        return len(os.listdir("/proc/%d/fd" % pid))
    except OSError:
        return -1


def settled(pid):
    """The descriptors of an agent that has heard of the ends of its links."""
    end = time.monotonic() + 10
    last, since = fds(pid), time.monotonic()
    while time.monotonic() < min(end, since + 0.5):
        time.sleep(0.05)
        if fds(pid) != last:
            last, since = fds(pid), time.monotonic()
    return last


def count(session, env):
    """How many calls a session has that nothing happens to."""
    session.state.set(0)
    r = session.use(env)
    if not whole(r):
        complain("no session: " + describe(r))
        sys.exit(1)
    return session.state.get()[0], r


def check_next(session, r, known):
    """What is wrong with the next connection, or ''."""
    again = session.use({})
    job, server = known if known else (r.job, r.server)
    if not whole(again):
        return "the next was not served: " + describe(again)
    if job and again.job != job:
        return "job %s became job %s" % (job, again.job)
    if server and again.server != server:
        return "server %s became %s" % (server, again.server)
    if len(session.one_agent()) != 1:
        return "%d jobs are there" % len(session.agents())
    return ""


def end_round(session):
    """Ends the session; what is wrong with that, or ''."""
    if session.cancel() == 0 and session.none_left():
        left = session.rundirs()
        for path in left:
            shutil.rmtree(path)
        return "of a job is left: %s" % left if left else ""
    left = session.agents()
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    return "a job is left: %s" % left


def kill_front(session, args):
    env = session.faults("vscode-remote-shell", "io", "kill")
    session.slow(True)
    fresh, _ = count(session, env)
    session.slow(False)
    there, first = count(session, env)
    known = (first.job, first.server)
    agent = session.one_agent()[0]
    before = settled(agent)
    points = held = 0

    def round_at(at, known):
        nonlocal points, held
        session.state.set(at)
        r = session.use(env)
        if session.state.get()[1] == 0:
            return end_round(session) if known is None else ""
        points += 1
        bad = r.wrong or check_next(session, r, known)
        left = end_round(session) if known is None else ""
        bad = bad or left
        if bad:
            complain("killed at call %d, %s, %s: %s" % (
                at, session.state.get()[2],
                "attaching" if known else "submitting", bad))
        else:
            held += 1
        return ""

    for at in spread(1, there, args.points // 2):
        round_at(at, known)
    after = settled(agent)
    if after != before:
        complain("the agent had %d descriptors and has %d" % (before, after))
        held -= 1
    end_round(session)
    session.slow(True)
    for at in spread(1, fresh, args.points - args.points // 2):
        round_at(at, None)
    print("%d %d %d calls attaching, %d submitting; agent's descriptors "
          "%d -> %d; %d folders left" % (
              points, held, there, fresh, before, after,
              len(session.folders())))


def crashed(r):
    """A signal that nobody sent, or a sanitizer's report."""
    return r.status is not None and (r.status < 0 or r.status in (
        128 + signal.SIGSEGV, 128 + signal.SIGABRT, 128 + signal.SIGBUS))


def judge(r, where):
    if r.wrong:
        return r.wrong
    if crashed(r):
        return "crashed"
    if r.status not in STATUSES and r.status <= 128:
        return "status %s is in no manual" % r.status
    # The line itself may be what could not be written.
    if r.status not in (0, 129) and where not in ("write", "send", "poll") \
            and "vscode-remote-shell: " not in r.err:
        return "no line"
    return ""


def fail_calls(session, args):
    env = session.faults(args.program, args.of, "fail")
    in_agent = args.program == "vscode-remote-agent"
    mine = {} if in_agent else env
    points = held = 0
    slowest = 0.0
    statuses = {}

    if in_agent:
        session.agent_faults(env)
    total, _ = count(session, mine)
    end_round(session)
    first, last = args.calls or (1, total)
    for at in spread(first, last, args.points):
        session.state.set(at)
        r = session.use(mine)
        _, fired, name = session.state.get()
        session.state.set(0)
        if in_agent:
            session.agent_faults(None)
        if fired:
            points += 1
            bad = judge(r, name)
            if not bad and at % args.verify == 0:
                bad = check_next(session, Result(), None)
            statuses[r.status] = statuses.get(r.status, 0) + 1
            slowest = max(slowest, r.seconds)
        else:
            bad = ""
        left = end_round(session)
        bad = bad or left
        if bad:
            complain("%s failed at call %d, %s: %s: %s" % (
                args.program, at, name, bad, describe(r)))
        elif fired:
            held += 1
        if in_agent:
            session.agent_faults(env)
    print("%d %d of %d calls; statuses %s; slowest %.1f s" % (
        points, held, total, " ".join(
            "%s:%d" % (k, statuses[k]) for k in sorted(statuses, key=str)), slowest))


def a_range(text):
    first, _, last = text.partition("-")
    return int(first), int(last or first)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name in "kill", "fail":
        p = commands.add_parser(name)
        p.add_argument("--dir", required=True)
        p.add_argument("--build", required=True)
        p.add_argument("--points", type=int, default=0)
        if name == "fail":
            p.add_argument("--in", dest="program", required=True)
            p.add_argument("--of", default="io")
            p.add_argument("--calls", type=a_range, metavar="FROM-TO",
                           help="points of these only")
            p.add_argument("--verify", type=int, default=1, metavar="N",
                           help="connect again after each Nth point")
    args = parser.parse_args()
    os.makedirs(args.dir, exist_ok=True)
    session = Session(args)
    try:
        (kill_front if args.command == "kill" else fail_calls)(session, args)
    finally:
        session.close()


main()
