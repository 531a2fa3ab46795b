# SPDX-License-Identifier: BSD-2-Clause
"""Our own path: a front, its agent, and a load server in the job."""

import os
import re
import subprocess
import sys
import time

import proc
from proc import on_node, start, stat, stop


class Session:
    """A front on pipes, its agent, and a load server in the job."""

    def __init__(self, state):
        port_file = os.path.join(proc.args.dir, "port." + os.path.basename(state))
        self.state, self.began = state, time.monotonic()
        self.front = start(
            os.path.join(proc.args.build, "vscode-remote-shell"),
            "--launcher=local", "--linger=0", "--idle-timeout=10m",
            "--state-dir=" + state, *agent_on_node(), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE)
        self.buffer = bytearray(1 << 20)
        self.say("'%s' serve 3600 >'%s' & until test -s '%s'; do sleep 0.05; "
                 "done; echo 0123456789ab: start; echo listeningOn==127.0.0.1:"
                 "$(cat '%s')==; echo 0123456789ab: end"
                 % (proc.args.load, port_file, port_file, port_file))
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

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        stop(self.front)
        subprocess.run([os.path.join(proc.args.build, "vscode-remote-shell"),
                        "--launcher=local", "--state-dir=" + self.state,
                        "cancel"], stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       timeout=60)


def agent_on_node():
    """Options for an agent behind the veth pair: a program that enters its
    namespace and is replaced by the agent."""
    if proc.args.node == 0:
        return ()
    path = os.path.join(proc.args.dir, "agent")
    agent = os.path.join(proc.args.build, "vscode-remote-agent")
    with open(path, "w", encoding="ascii") as f:
        f.write("#!/bin/sh\nexec %s \"$@\"\n" % " ".join(on_node(agent)))
    os.chmod(path, 0o700)
    return "--agent=" + path, "--link-address=%s/24" % proc.args.address


def listener_pid(port):
    out = subprocess.run(on_node("ss", "-Hltnp", "sport = :%d" % port),
                         check=True, stdout=subprocess.PIPE).stdout.decode()
    return int(re.search(r"pid=(\d+)", out).group(1))
