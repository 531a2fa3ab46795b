#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A client by ProxyCommand that never reads its stderr.

deaf.py COMMAND: runs COMMAND with a stderr that is a full pipe, and prints the first
8 bytes that it writes to stdout. Then its stdin is closed, and it is waited for.
"""

import os
import subprocess
import sys


def full_pipe():
    """The end of a pipe into which nothing more can be written, and the other."""
    reads, writes = os.pipe()
    os.set_blocking(writes, False)
    try:
        while True:
            os.write(writes, b"x" * 4096)
    except BlockingIOError:
        pass
    os.set_blocking(writes, True)
    return writes, reads


stderr, nobody_reads = full_pipe()
child = subprocess.Popen(sys.argv[1], shell=True, stdin=subprocess.PIPE,
                         stdout=subprocess.PIPE, stderr=stderr)
print(child.stdout.read(8).decode(), flush=True)
child.stdin.close()
child.wait()
