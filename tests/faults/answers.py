#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Fronts whose launcher, or agent, says anything.

answers.py --build BUILD --dir DIR --says LAUNCHER --seconds N --seed S
    The launcher answers anything, to every command of the front.
answers.py --state STATE ...
    It says what is in DIR, the job's folder is in STATE, and whoever answers
    there as the agent means no good.

Answers are records as they should be in which keys, numbers, bytes, the end or
the exit status are others. A front must end by itself or by SIGTERM within some
seconds, with a status and no signal, and print nothing of ours that a terminal obeys.
What did not hold is told on stderr, with its answers below DIR. The last line is
    RUNS HELD
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

KEYS = ["job", "tag", "session", "state", "reason", "text", "start", "end",
        "left", "node", "status", "age", "partition", "time-limit", "cpus",
        "mem", "gres", "scope", "link-address", "by", "lacked", "note",
        "error", "message", "odd-key"]
VALUES = [b"", b"0", b"1", b"-1", b"9223372036854775807",
          b"-9223372036854775808", b"18446744073709551616", b"253402300799",
          b"253402300800", b"1e9", b"0x10", b" 7", b"unlimited", b"pending",
          b"configuring", b"running", b"suspended", b"completing", b"ended",
          b"unavailable", b"refused", b"config", b"usage", b"gone",
          b"internal", b"0123456789abcdef", b"0123456789abcdeg", b"default",
          b"../../etc", b"\\n", b"\\\\", b"\\x", b"\x1b[2J\x9b31m", b"%s%n",
          b"\xff\xfe", b"x" * 300, b"y" * 70000, b"None", b"COMPLETED",
          b"itself", b"scheduler", b"requeue", b"127.0.0.1", b"10.0.0.0/8"]
NUMBERS = {"start", "end", "left", "status", "age", "time-limit", "cpus", "mem"}
COMMANDS = [["status"], ["status", "--json"], ["list"], ["list", "--json"],
            ["extend", "10"], ["extend", "default", "1h"], ["cancel"],
            ["cancel", "--all"], ["alloc"], ["alloc", "--no-wait"],
            ["attach"], ["attach", "--on-hangup=cancel"], ["shell"],
            ["shell", "--", "true"], ["logs"]]
TO_AGENT = [["attach"], ["attach", "--on-hangup=cancel"], ["shell"],
            ["shell", "--", "true"], ["status", "--json"], ["list"],
            ["extend", "10"]]
AT_ONCE = 4
TERM_AFTER = 0.7    # a front that waits
BOUND = 25          # and then


def pair(rng):
    if rng.random() < 0.5:
        return rng.choice(sorted(NUMBERS)), rng.choice(VALUES[3:9])
    return rng.choice(KEYS), rng.choice(VALUES)


def record(rng, verb):
    pairs = [("job", b"1"), ("tag", b"0123456789abcdef"),
             ("session", b"default"), ("state", b"pending")]
    if verb == "find":
        pairs += [("age", b"3")]
    elif verb == "watch":
        pairs[3] = ("state", rng.choice([b"running", b"ended", b"ended"]))
    elif verb == "extend":
        pairs = [("end", b"1795892969"), ("left", b"60")]
    elif verb == "end":
        pairs = []
    for _ in range(rng.randrange(6)):
        pairs.insert(rng.randrange(len(pairs) + 1), pair(rng))
    if pairs and rng.random() < 0.3:
        i = rng.randrange(len(pairs))
        pairs[i] = (pairs[i][0], rng.choice(VALUES))
    return b"".join(k.encode() + b"=" + v + b"\n" for k, v in pairs) + b"\n"


def answer(rng, verb):
    data = b"scope=here\n\n" if verb == "find" and rng.random() < 0.7 else b""
    for _ in range(rng.choice([0, 1, 1, 1, 1, 2, 5, 40])):
        data += record(rng, verb)
    how = rng.random()
    if how < 0.1:
        data = data[:rng.randrange(len(data) + 1)]
    elif how < 0.2 and data:
        at = rng.randrange(len(data))
        data = data[:at] + bytes([rng.randrange(256)]) + data[at + 1:]
    elif how < 0.23:
        data += rng.randbytes(rng.randrange(5000))
    elif how < 0.25:
        data = b"x" * 400000
    return data


def write(folder, rng):
    for verb in ("submit", "find", "watch", "end", "extend"):
        for suffix, data in (
                ("", answer(rng, verb)),
                (".status", rng.choice([b"", b"", b"", b"0", b"1", b"3"])),
                (".err", rng.choice([b"", b"", b"words\n", b"\x1b]0;x\x07",
                                     b"z" * 50000]))):
            path = os.path.join(folder, verb + suffix)
            if data or not suffix:
                with open(path, "wb") as f:
                    f.write(data)
            elif os.path.exists(path):
                os.unlink(path)


def run(args, command, folder, state):
    """Why it did not hold, or None."""
    front = subprocess.Popen(
        [args.build + "/vscode-remote-shell", "--launcher=" + args.says,
         "--state-dir=" + state, "--outage-timeout=0",
         "--launcher-timeout=5s", "--link-address=127.0.0.1", "--linger=0",
         "-v"] + command,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "LAUNCH_SAYS": folder})
    try:
        # What a shell prints is its own.
        shown, out = front.communicate(b"hello\n", timeout=TERM_AFTER)
    except subprocess.TimeoutExpired:
        front.send_signal(signal.SIGTERM)
        try:
            shown, out = front.communicate(timeout=BOUND)
        except subprocess.TimeoutExpired:
            front.kill()
            front.communicate()
            return "does not end"
    if front.returncode < 0:
        return "died of signal %d" % -front.returncode
    if command[0] in ("status", "list"):
        out += shown
    # What the shell says on its stderr passes as it is.
    ours = out if command[0] in ("status", "list") else b"\n".join(
        line for line in out.split(b"\n")
        if line.startswith(b"vscode-remote-shell: "))
    if any(c < 32 and c != 10 or c == 127 for c in ours):
        return "printed a control character"
    return None


def try_launcher(args, number):
    """Whether run NUMBER held; the answers of one that did not are kept."""
    rng = random.Random(args.seed + number)
    top = os.path.join(args.dir, "run-%d" % (args.seed + number))
    folder, state = top + "/says", top + "/state"
    for path in (folder, state):
        os.makedirs(path, mode=0o700)
    write(folder, rng)
    command = COMMANDS[number % len(COMMANDS)]
    why = run(args, command, folder, state)
    if why is None:
        shutil.rmtree(top)
    else:
        print("%s: %s: answers in %s" % (" ".join(command), why, folder),
              file=sys.stderr)
    return why is None


def try_agent(args):
    runs = held = 0
    end = time.monotonic() + args.seconds
    with ThreadPoolExecutor(len(TO_AGENT)) as pool:
        while time.monotonic() < end or runs == 0:
            for command, why in zip(TO_AGENT, pool.map(
                    lambda c: run(args, c, args.dir, args.state), TO_AGENT)):
                runs += 1
                held += why is None
                if why is not None:
                    print("%s: %s" % (" ".join(command), why),
                          file=sys.stderr)
    print(runs, held)


def main():
    p = argparse.ArgumentParser()
    for name in ("build", "dir", "says"):
        p.add_argument("--" + name, required=True)
    p.add_argument("--seconds", type=float, required=True)
    p.add_argument("--seed", type=int, required=True)
    p.add_argument("--state")
    args = p.parse_args()
    if args.state:
        try_agent(args)
        return
    end = time.monotonic() + args.seconds
    runs = held = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while time.monotonic() < end or runs < len(COMMANDS):
            held += sum(pool.map(lambda n: try_launcher(args, n),
                                 range(runs, runs + AT_ONCE)))
            runs += AT_ONCE
    print(runs, held)


main()
