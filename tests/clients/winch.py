#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Tells each new size of its terminal, and that it goes on after it was stopped.

It forks nothing: a shell would look at its trap when its command has ended, and what
stops between vfork(2) and exec(3) keeps a shell from stopping.
"""
import os
import signal


def size(*_):
    os.write(1, b"%dx%d\n" % os.get_terminal_size()[::-1])


signal.signal(signal.SIGWINCH, size)
signal.signal(signal.SIGCONT, lambda *_: os.write(1, b"goes on\n"))
os.write(1, b"it begins\n")
while True:
    signal.pause()
