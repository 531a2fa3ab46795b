#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A window of VS Code whose connection is cut again and again.

resume.py --dir DIR --config FILE --server PROGRAM --commit COMMIT
          --version VERSION [HOST...]

Connects to the first HOST as client.py does, opens a management and an
extension host connection to the server it finds, and a terminal with a counter.
A wrong token must be refused, and a tunnel must lead to a port on the server's
machine, its own. Then, --rounds times: kill -9 of the ssh, a new one to the next HOST with a new
bootstrap, both connections resumed by their old tokens, and the counter looked
at: every number once, in order, from the same shell. A line a round on stdout.

Status 0: all of them resumed; 3: the server refused a resume for good, where a
real window says that it cannot reconnect; 1: anything else. The last line of
stdout says it.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True     # the tests write nothing beside themselves

from vscode import (Address, Connection, EXTENSION_HOST, Ipc, Lost, MANAGEMENT,
                    Refused, Terminal, TUNNEL)

HERE = os.path.dirname(os.path.abspath(sys.argv[0]))
COUNT = ("stty -echo; echo shell=$$ on=$(hostname) job=$SLURM_JOB_ID; i=0; "
         "while :; do i=$((i+1)); echo tick $i; sleep %g; done\r")


class Bootstrap:
    """An ssh with client.py above it."""

    def __init__(self, args, number, host):
        self.dir = os.path.join(args.dir, "ssh.%d" % number)
        os.makedirs(self.dir, exist_ok=True)
        command = [sys.executable, os.path.join(HERE, "client.py"), "attach",
                   "--dir", self.dir, "--form", args.form,
                   "--block-timeout", "60",
                   "--var", "SERVER=" + args.server,
                   "--var", "COMMIT=" + args.commit, "--var", "WAITS=500"]
        if args.config:
            command += ["--config", args.config]
        self.client = subprocess.Popen(command + [host],
                                       stdin=subprocess.DEVNULL)
        end = time.monotonic() + 90
        while self.get("state") not in ("ready", "failed", "ended"):
            if time.monotonic() > end or self.client.poll() is not None:
                break
            time.sleep(0.02)
        if self.get("state") != "ready":
            raise Lost("%s: %s" % (host, self.get("error")))
        # The exec server's own token is not the one of the server behind it.
        token = "remotessh" if args.form == "exec" else self.get("token")
        self.address = Address(self.get("port"), token, args.commit,
                               args.version,
                               self.get("socks"))

    def get(self, key):
        try:
            with open(os.path.join(self.dir, "result")) as f:
                return dict(line.rstrip("\n").split("=", 1) for line in f)[key]
        except (OSError, KeyError):
            return ""

    def kill(self):
        os.kill(int(self.get("ssh_pid")), signal.SIGKILL)
        self.client.wait(20)

    def close(self):
        self.client.terminate()
        self.client.wait(20)


class Window:
    def __init__(self, args, address):
        self.token = address.token
        self.management = Connection(address, MANAGEMENT)
        self.extensions = Connection(address, EXTENSION_HOST, {
            "language": "en", "env": {}, "break": False})
        self.ipc = Ipc(self.management)
        self.terminal = Terminal(self.ipc, args.folder)
        self.alive = time.monotonic()

    def ask(self, command, pattern):
        """Type a command, and wait for a line that matches."""
        at = len(self.terminal.text)
        self.terminal.type(command + "\r")
        end = time.monotonic() + 20
        while time.monotonic() < end:
            m = re.search(pattern, self.terminal.text[at:])
            if m:
                return m.group(1)
            self.pump(0.05)
        raise Lost("%s: no answer in the terminal" % command)

    def pump(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.ipc.pump(0.05)
            self.extensions.pump()
            if time.monotonic() - self.alive > 5:
                self.alive = time.monotonic()
                self.management.keepalive()
                self.extensions.keepalive()

    def shell(self):
        found = re.findall(r"shell=\d+ on=\S* job=\d*", self.terminal.text)
        return found[0] if len(found) == 1 else "%d shells" % len(found)

    def ticks(self):
        """How many there are; Refused when one is missing or comes twice."""
        seen = re.findall(r"tick (\d+)\r\n", self.terminal.text)
        want = [str(n + 1) for n in range(len(seen))]
        if seen != want:
            bad = [(g, w) for g, w in zip(seen, want) if g != w]
            raise Lost("ticks are wrong, (got, expected): %s" % bad[:3])
        return len(seen)

    def wait_ticks(self, number, seconds=30):
        end = time.monotonic() + seconds
        while self.ticks() < number:
            if time.monotonic() > end:
                raise Lost("no tick after %d" % self.ticks())
            self.pump(0.1)

    def resume(self, address):
        """With all that the window had, the server's token too: a browser
        keeps that, and a desktop that gets a new one is no better off."""
        address.token = self.token
        self.management.resume(address)
        self.extensions.resume(address)


def check(args, window, address):
    """What a connection can do besides being resumed."""
    try:
        Connection(Address(address.port, "wrong", args.commit, args.version,
                           address.socks), MANAGEMENT)
        raise Lost("a wrong token is taken")
    except Refused as e:
        if "auth mismatch" not in str(e):
            raise Lost("a wrong token: %s" % e) from e
    if args.form == "exec":     # the server has no port
        return
    port = window.ask("cat ~/.vscode-server*/.%s.log" % args.commit,
                      r"agent listening on (\d+)")
    tunnel = Connection(address, TUNNEL, {"host": "127.0.0.1",
                                          "port": int(port)})
    tunnel.sock.sendall(b"GET /version HTTP/1.0\r\n\r\n")
    while tunnel.fill(20):
        if tunnel.buffer.endswith(args.commit.encode()):
            tunnel.close()
            return
    raise Lost("nothing comes through the tunnel")


def cut(args, window, bootstrap, number):
    """Kill the ssh and come back on the next host; the new bootstrap."""
    before = window.ticks()
    bootstrap.kill()
    lost = time.monotonic()
    try:
        window.pump(10)
        raise Lost("the connection outlives its ssh")
    except Lost as e:
        if "outlives" in str(e):
            raise
    time.sleep(args.gap)
    host = args.host[number % len(args.host)]
    bootstrap = Bootstrap(args, number, host)
    window.resume(bootstrap.address)
    back = time.monotonic()
    window.wait_ticks(before + int(args.gap / args.interval) + 2)
    print("round %d: %s, %.2f s after the cut (shell %s s, port %s s), "
          "ticks 1 to %d, %s" %
          (number, host, back - lost - args.gap,
           bootstrap.get("ready_after"), bootstrap.get("block_after"),
           window.ticks(), window.shell()), flush=True)
    return bootstrap


def run(args):
    bootstrap = Bootstrap(args, 0, args.host[0])
    window = Window(args, bootstrap.address)
    check(args, window, bootstrap.address)
    window.terminal.type(COUNT % args.interval)
    window.wait_ticks(3)
    shell = window.shell()
    print("start: %s" % shell, flush=True)
    for number in range(1, args.rounds + 1):
        bootstrap = cut(args, window, bootstrap, number)
        if window.shell() != shell:
            raise Lost("another shell: %s" % window.shell())
    bootstrap.close()
    return "all of %d resumed" % args.rounds


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--dir", required=True)
    parser.add_argument("--config")
    parser.add_argument("--form", default="legacy")
    parser.add_argument("--server", required=True)
    parser.add_argument("--commit", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--folder", default="/tmp")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--interval", type=float, default=0.2)
    parser.add_argument("--gap", type=float, default=0.5,
                        help="seconds between the cut and the next ssh")
    parser.add_argument("host", nargs="+")
    args = parser.parse_args()
    try:
        print("result: " + run(args))
        return 0
    except Refused as e:
        print("refused for good: %s" % e)
        return 3
    except (Lost, OSError, subprocess.SubprocessError) as e:
        print("failed: %s" % e)
        return 1


if __name__ == "__main__":
    sys.exit(main())
