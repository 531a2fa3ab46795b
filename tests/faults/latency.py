#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""latency.py PORT FILE: one byte to and fro through the echo of tests/clients/
load, each 3 ms, until FILE exists. Prints the longest time it took in ms, how
many went, and how many took more than 100 ms."""

import os
import socket
import sys
import time

s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
s.settimeout(200)
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
s.sendall(b"e")
longest, n, late = 0.0, 0, 0
print("on", flush=True)
while not os.path.exists(sys.argv[2]):
    begin = time.monotonic()
    s.sendall(b"x")
    if s.recv(1) != b"x":
        sys.exit("another byte came back")
    took = time.monotonic() - begin
    longest = max(longest, took)
    n += 1
    late += took > 0.1
    time.sleep(0.003)
print("%d %d %d" % (longest * 1000, n, late))
