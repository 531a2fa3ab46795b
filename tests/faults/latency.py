#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""latency.py PORT FILE: one byte to and fro through the echo of tests/clients/
load, each 3 ms, until FILE exists. With --http a page of its own connection,
of the server that tests/clients/bootstrap.sh starts. Prints the longest time it
took in ms, how many went, how many took more than 100 ms, and what 99 of 100
were within, in ms."""

import os
import socket
import sys
import time


def dial():
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    s.settimeout(200)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def page():
    s = dial()
    s.sendall(b"GET /version HTTP/1.0\r\n\r\n")
    got = b""
    while True:
        data = s.recv(4096)
        if not data:
            break
        got += data
    s.close()
    return got.endswith(b"\r\n\r\nstub-1\n")


def byte():
    echo.sendall(b"x")
    return echo.recv(1) == b"x"


if "--http" in sys.argv:
    once = page
else:
    echo = dial()
    echo.sendall(b"e")
    once = byte
all_of_them = []
print("on", flush=True)
while not os.path.exists(sys.argv[2]):
    begin = time.monotonic()
    if not once():
        sys.exit("something else came back")
    took = time.monotonic() - begin
    all_of_them.append(took * 1000)
    time.sleep(0.003)
all_of_them.sort()
print("%d %d %d %d" % (all_of_them[-1], len(all_of_them),
                       sum(ms > 100 for ms in all_of_them),
                       all_of_them[len(all_of_them) * 99 // 100]))
