#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Types into a command that runs on a terminal, as a person would.

terminal.py ROWSxCOLUMNS COMMAND... <SCRIPT

SCRIPT lines:   type TEXT     send TEXT and Enter; \\x03 is Ctrl-C
                key TEXT      send TEXT alone; \\x1b is Escape
                see REGEX     wait (90 s) until it is on the screen
                size RxC      change the window
                flood         type lines until nobody has taken any for a second
The screen goes to stdout; the exit status is the command's, 128+n for a signal,
or 99 when something was not seen.
"""
import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import time


def set_size(fd, text):
    rows, columns = map(int, text.split("x"))
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def main():
    script = sys.stdin.read().splitlines()
    pid, fd = pty.fork()
    if pid == 0:
        # The size has to be there before the command looks.
        set_size(0, sys.argv[1])
        os.execvp(sys.argv[2], sys.argv[2:])
    screen = b""
    seen = 0

    def read_more(seconds):
        nonlocal screen
        if not select.select([fd], [], [], seconds)[0]:
            return True
        try:
            data = os.read(fd, 65536)
        except OSError:
            data = b""
        screen += data
        return bool(data)

    for line in script:
        word, _, rest = line.partition(" ")
        if word in ("type", "key"):
            keys = re.sub(r"\\x([0-9a-f]{2})",
                          lambda m: chr(int(m.group(1), 16)), rest)
            os.write(fd, keys.encode() + (b"\r" if word == "type" else b""))
        elif word == "size":
            set_size(fd, rest)
        elif word == "flood":
            os.set_blocking(fd, False)
            while select.select([], [fd], [], 1)[1]:
                os.write(fd, b"flood\r" * 100)
                read_more(0)
            os.set_blocking(fd, True)
        elif word == "see":
            end = time.monotonic() + 90
            while not (m := re.search(rest.encode(), screen[seen:])):
                if time.monotonic() > end or not read_more(0.5):
                    os.write(1, screen)
                    print("\nnot seen: " + rest)
                    os.kill(pid, 9)
                    return 99
            seen += m.end()
    while read_more(30):
        pass
    os.write(1, screen)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return status if status >= 0 else 128 - status


sys.exit(main())
