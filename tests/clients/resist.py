#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Processes that do not want to end.

resist.py FOLDER [CALM]: starts one of each kind below, all deaf to SIGHUP and
SIGTERM, and writes their names into FOLDER when they are there. Each lives for
100 s; the runner, which takes a whole processor, does not hurry for CALM seconds.
"""
import os
import signal
import sys
import time

DEADLINE = time.monotonic() + 100
HURRY = time.monotonic() + (float(sys.argv[2]) if len(sys.argv) > 2 else 0)


def deaf():
    for sig in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        signal.signal(sig, signal.SIG_IGN)


def there(name):
    with open(os.path.join(sys.argv[1], name), "w", encoding="ascii") as f:
        f.write("%d\n" % os.getpid())


def sit(name):
    there(name)
    while time.monotonic() < DEADLINE:
        time.sleep(1)


def own_session(name):
    """Two forks and a session of its own, as a daemon."""
    os.setsid()
    if os.fork() == 0:
        sit(name)


def stopped(name):
    there(name)
    os.kill(os.getpid(), signal.SIGSTOP)
    sit(name)


def breeder(name):
    """Has always new children, in its own group."""
    os.setpgid(0, 0)
    there(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while time.monotonic() < DEADLINE:
        if os.fork() == 0:
            time.sleep(0.5)
            os._exit(0)
        time.sleep(0.01)


def runner(name):
    """Is always another process, an orphan in a session of its own."""
    there(name)
    while time.monotonic() < DEADLINE:
        if os.fork() != 0:
            os._exit(0)
        os.setsid()
        if time.monotonic() < HURRY:
            time.sleep(0.1)


def reborn(name):
    """Answers SIGTERM with a copy of itself."""
    def again(*_):
        if os.fork() == 0:
            os.setsid()
    signal.signal(signal.SIGTERM, again)
    sit(name)


def main():
    deaf()
    for kind in (sit, own_session, stopped, breeder, runner, reborn):
        if os.fork() == 0:
            kind(kind.__name__)
            os._exit(0)


main()
