#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A stand-in for `code agent host`, the supervisor of VS Code's agents, as the
exec server of 1.121 and later starts it: in a session and with a parent of its
own, on a free port of loopback, for ever, found by a lock and an entry in a
registry, both below the home directory.

supervisor.py PROGRAM [work]: starts it as PROGRAM, a copy of this interpreter,
unless the lock names a live process, as the exec server does. "work" keeps it
computing. Prints its pid and its port.
"""
import hashlib
import json
import os
import shutil
import socket
import sys

HOME = os.environ["HOME"]
LOCK = HOME + "/.vscode-server/cli/agent-host-stable.lock"
ENTRIES = HOME + "/.config/Code/agent-host/local-endpoint/entries"


def write(path, value):
    os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
    with open(path + ".tmp", "w", opener=lambda p, f: os.open(p, f, 0o600)) as f:
        json.dump(value, f)
    os.rename(path + ".tmp", path)


def publish(port):
    pid = os.getpid()
    write(LOCK, {"schemaVersion": 1, "pid": pid, "port": port,
                 "connectionToken": "secret", "protocolVersion": "0.1.0"})
    name = "standalone\0%d\0abc" % pid
    write("%s/%s.json" % (ENTRIES, hashlib.sha256(name.encode()).hexdigest()),
          {"schemaVersion": 2, "type": "standalone", "pid": pid,
           "instanceId": "abc", "connectionToken": "secret",
           "endpoint": {"type": "tcp", "host": "127.0.0.1", "port": port}})


def supervise(work):
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    publish(port)
    print(os.getpid(), port, flush=True)
    for fd in 0, 1, 2:
        os.dup2(os.open("/dev/null", os.O_RDWR), fd)
    while work:
        pass
    while True:
        listener.accept()[0].close()


def running():
    try:
        with open(LOCK) as f:
            lock = json.load(f)
        os.kill(lock["pid"], 0)
        return "%d %d" % (lock["pid"], lock["port"])
    except (OSError, ValueError, KeyError):
        return None


def start(program, work):
    os.makedirs(os.path.dirname(program), exist_ok=True)
    if not os.path.exists(program):
        shutil.copy(os.path.realpath(sys.executable), program)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execv(program, [program, os.path.abspath(__file__), "-", *work])
        os._exit(0)
    os.wait()


if sys.argv[1] == "-":
    supervise(sys.argv[2:] == ["work"])
elif running():
    print(running())
else:
    start(sys.argv[1], sys.argv[2:])
