#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a service of a session moves, beside the ways that people build by hand.

usage: services.py serve ADDRESS PORTFILE
       services.py bulk MEGABYTES HOST:PORT [PROXY]
       services.py agent COUNT
       services.py app FRONT...
       services.py start COMMAND
       services.py show ROUNDS FIGURES RESULT

serve answers each "N\\n" with so many bytes, from a port that it writes to a file.
bulk prints the GB/s in which they come from there, by a proxy's CONNECT if one is
named. agent asks $SSH_AUTH_SOCK for its keys that often, and prints the median of
an answer in us, and the time that 99 of 100 take at most. app starts the tool `web'
by the front on this host, and start the command itself, with $APP_SOCKET set; both
print the ms until the first byte of a page, and end it. show makes a table of lines
"NAME VALUE", the medians.
"""

import os
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time

from show import Targets, medians_of, save

CHUNK = 1 << 20
ZEROS = bytes(CHUNK)


def answer(conn):
    with conn, conn.makefile("rb") as f:
        for line in f:
            left = int(line)
            while left > 0:
                left -= conn.send(ZEROS[:left])


def serve(address, path):
    with socket.create_server((address, 0), backlog=100) as s:
        with open(path + ".new", "w", encoding="ascii") as f:
            f.write(str(s.getsockname()[1]))
        os.rename(path + ".new", path)
        while True:
            threading.Thread(target=answer, args=(s.accept()[0],),
                             daemon=True).start()


def dial(target, proxy):
    host, port = (proxy or target).rsplit(":", 1)
    conn = socket.create_connection((host, int(port)))
    if proxy:
        conn.sendall(b"CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n" %
                     ((target.encode(),) * 2))
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = conn.recv(1)
            if not byte:
                sys.exit("bulk: %s: %r" % (proxy, head))
            head += byte
        if b" 200 " not in head.split(b"\r\n")[0]:
            sys.exit("bulk: %s: %r" % (proxy, head))
    return conn


def bulk(megabytes, target, proxy=None):
    room = bytearray(CHUNK)
    size = left = int(megabytes) * 1000000
    with dial(target, proxy and proxy.replace("http://", "")) as conn:
        conn.sendall(b"1\n")
        conn.recv(1)
        began = time.monotonic()
        conn.sendall(b"%d\n" % size)
        while left > 0:
            n = conn.recv_into(room)
            if n == 0:
                sys.exit("bulk: ended, with %d bytes to come" % left)
            left -= n
    print("%.3f" % (size / (time.monotonic() - began) / 1e9))


def agent(count):
    """Requests 11 and answers 12 of the ssh-agent protocol."""
    took = []
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(os.environ["SSH_AUTH_SOCK"])
        f = s.makefile("rb")
        for _ in range(int(count)):
            began = time.monotonic()
            s.sendall(b"\0\0\0\1\x0b")
            said = f.read(struct.unpack("!I", f.read(4))[0])
            took.append((time.monotonic() - began) * 1e6)
            if said[:1] != b"\x0c":
                sys.exit("agent: %r" % said)
    took.sort()
    print("%.0f %.0f" % (statistics.median(took), took[len(took) * 99 // 100]))


def page(path, seconds=30):
    """When the first byte of a page came from a socket that may not be there yet."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(path)
                s.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                if s.recv(1):
                    return time.monotonic()
        except (FileNotFoundError, ConnectionRefusedError):
            pass
        time.sleep(0.001)
    return sys.exit("no page at " + path)


def app(*front):
    began = time.monotonic()
    with subprocess.Popen([*front, "app", "web"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE) as p:
        line = p.stdout.readline().decode()
        took = page(line.split()[2].split(":")[1]) - began
        subprocess.run([*front, "app", "--stop", "web"], check=True,
                       stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    print("%.1f" % (took * 1000))


def start(command):
    with tempfile.TemporaryDirectory() as d:
        path = d + "/app.sock"
        began = time.monotonic()
        with subprocess.Popen(["sh", "-c", command],
                              env=dict(os.environ, APP_SOCKET=path)) as p:
            took = page(path) - began
            p.kill()
    print("%.1f" % (took * 1000))


def targets(m):
    t = Targets()
    t.least("outbound bulk to the forwarding path", m["outbound"] / m["forward"],
            0.8)
    t.least("outbound bulk to ssh -R and tinyproxy",
            m["outbound"] / m["tinyproxy"], 1.5)
    t.limit("an answer of the agent to that by ssh -A twice",
            m["agent"] / m["ssh -A"], 1, "x")
    t.limit("app, until its first byte, more than its own start",
            m["app"] - m["start"], 50, "ms")
    return t.all


ROWS = (
    ("outbound", "a download by --outbound", "%.2f GB/s"),
    ("forward", "one by a forwarded port, to the login node", "%.2f GB/s"),
    ("tinyproxy", "one by ssh -R and tinyproxy", "%.2f GB/s"),
    ("agent", "an answer of the agent by --forward-agent", "%.0f us"),
    ("agent p99", "  99 of 100", "%.0f us"),
    ("ssh -A", "one by ssh -A to the login node and on", "%.0f us"),
    ("ssh -A p99", "  99 of 100", "%.0f us"),
    ("app", "a tool by `app', to its first byte", "%.0f ms"),
    ("start", "its own start", "%.0f ms"),
)


def show(rounds, figures, result):
    medians = medians_of(figures)
    print()
    for key, what, form in ROWS:
        print("%-48s%14s" % (what, form % medians[key]))
    print()
    save(result, rounds, medians, targets(medians))


if __name__ == "__main__":
    {"serve": serve, "bulk": bulk, "agent": agent, "app": app, "start": start,
     "show": show}[sys.argv[1]](*sys.argv[2:])
