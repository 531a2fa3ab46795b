#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Stands in for VS Code's CLI as exec server (`code command-shell`), with what
matters to those who carry its connections: it says "Listening on ADDRESS:PORT",
has one port, ends when the process --parent-process-id is gone, and has the
server itself behind it on a Unix socket, started at the first connection, found
by its pid file at the next, and never ended.

Unlike the real one it speaks no protocol of its own: a connection to it is one
to the server.
"""

import argparse
import os
import re
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid


class Server:
    """The one behind; its folder is what the CLI has for that commit."""

    def __init__(self, args):
        self.program = args.server
        self.dir = os.path.join(args.cli_data_dir, "servers",
                                "Stable-" + args.commit)
        self.lock = threading.Lock()

    def path(self, name):
        return os.path.join(self.dir, name)

    def read(self, name):
        try:
            with open(self.path(name)) as f:
                return f.read().strip()
        except OSError:
            return ""

    def running(self):
        try:
            with open("/proc/%d/cmdline" % int(self.read("pid.txt"))) as f:
                return self.program in f.read()
        except (OSError, ValueError):
            return False

    def start(self):
        os.makedirs(self.dir, exist_ok=True)
        sock = os.path.join(tempfile.gettempdir(), "code-%s" % uuid.uuid4())
        with open(self.path("log.txt"), "wb") as log:
            p = subprocess.Popen(
                [self.program, "--connection-token=remotessh",
                 "--accept-server-license-terms", "--start-server",
                 "--telemetry-level", "off", "--enable-remote-auto-shutdown",
                 "--socket-path=" + sock],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        with open(self.path("pid.txt"), "w") as f:
            f.write("%d\n" % p.pid)

    def socket(self):
        """What its log says that it listens on."""
        m = re.search(r"^Extension host agent listening on (/.*)$",
                      self.read("log.txt"), re.M)
        return m.group(1) if m else ""

    def connect(self):
        with self.lock:
            if not self.running():
                self.start()
        end = time.monotonic() + 20
        while True:
            s = socket.socket(socket.AF_UNIX)
            try:
                s.connect(self.socket())
                return s
            except OSError:
                s.close()
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)


def copy(a, b):
    try:
        while True:
            data = a.recv(65536)
            if not data:
                break
            b.sendall(data)
        b.shutdown(socket.SHUT_WR)
    except OSError:
        for s in a, b:
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def serve(client, server):
    with client, server.connect() as behind:
        there = threading.Thread(target=copy, args=(client, behind))
        there.start()
        copy(behind, client)
        there.join()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("command", choices=["command-shell"])
    parser.add_argument("--cli-data-dir", required=True)
    parser.add_argument("--parent-process-id", type=int, required=True)
    parser.add_argument("--on-host", default="127.0.0.1")
    parser.add_argument("--on-port", action="store_true")
    parser.add_argument("--server", required=True)
    parser.add_argument("--commit", required=True)
    args = parser.parse_args()
    server = Server(args)
    listener = socket.create_server((args.on_host, 0), backlog=64)
    print("* VS Code's CLI, a stand-in", file=sys.stderr)
    print("Listening on %s:%d" % listener.getsockname(), flush=True)
    parent = "/proc/%d" % args.parent_process_id
    while os.path.exists(parent):
        if select.select([listener], [], [], 2)[0]:
            client, _ = listener.accept()
            threading.Thread(target=serve, args=(client, server),
                             daemon=True).start()
    return 0


if __name__ == "__main__":
    sys.exit(main())
