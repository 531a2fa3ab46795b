#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Plays those who should be kept out; 0310-security.t drives it, as root.

stranger.py say [--uid UID] HOST PORT|PATH TEXT
    connects as that user, sends TEXT (with escapes such as \\x16), and prints
    how many bytes came back before the end: "N HEX"; "refused" when there was
    no connection. --slow: a byte each 50 ms.
stranger.py replay --uid UID --pid FRONT HOST PORT TEXT
    while the process FRONT is stopped, connects as UID, sends TEXT, resets, and
    connects from the same port as the caller; then FRONT goes on. Prints what
    the caller's connection got for "GET /version".
stranger.py replays --uid UID --pid FRONT --count N HOST PORT
    the same N times with the echo of load.c. Prints N, how often the stranger's
    bytes were echoed, and how often the caller's own were and nothing else.
stranger.py flood --uid UID --count N --seconds S HOST PORT
    N connections at once, each garbage, silence, HTTP, slow bytes or a TLS
    client; holds those that stay open for S seconds. Prints "N bytes", the most
    that one of them was sent.
stranger.py storm --uid UID --seconds S HOST PORT
    connects as fast as possible, until SIGTERM or for S seconds, and prints how
    often a second.
stranger.py display --uid UID PATH
    listens at PATH, which is given to the caller then; prints "ready", and for
    each connection "got N": how many bytes came.
stranger.py key SECRET TAG ROLE
    the PSK of a link in hex.
stranger.py scan SECRET TAG PATH...
    looks for the secret and its keys, raw, in hex and in base64, in the
    command lines and environments of all processes and in the files below the
    paths, SECRET itself left out. Prints where.
"""

import argparse
import base64
import hashlib
import hmac
import os
import select
import signal
import socket
import struct
import sys
import time

HTTP = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
# The beginning of a TLS client's first record, the rest of which never comes.
CLIENT_HELLO = bytes.fromhex("1603010200010001fc0303")


def make_socket(args, uid=None):
    """A socket that belongs to uid, as the kernel sees it."""
    uid = args.uid if uid is None else uid
    family = socket.AF_UNIX if args.host == "unix" else \
        socket.AF_INET6 if ":" in args.host else socket.AF_INET
    if uid != os.getuid():
        os.seteuid(uid)
    try:
        s = socket.socket(family)
        if family != socket.AF_UNIX:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return s
    finally:
        if uid != os.getuid():
            os.seteuid(os.getuid())


def connect(args, s):
    if args.host != "unix":
        s.connect((args.host, int(args.port)))
        return
    # The rights of a path are those of the one who connects.
    os.seteuid(args.uid)
    try:
        s.connect(args.port)
    finally:
        os.seteuid(os.getuid())


def read_all(s):
    got = bytearray()
    s.settimeout(args.timeout)
    try:
        while True:
            part = s.recv(65536)
            if not part:
                break
            got += part
    except OSError:
        pass
    return bytes(got)


def text(arg):
    return arg.encode("latin-1").decode("unicode_escape").encode("latin-1")


def reset(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


def say(args):
    s = make_socket(args)
    try:
        connect(args, s)
    except OSError:
        print("refused")
        return
    data = text(args.text)
    try:
        for i in range(len(data)) if args.slow else []:
            s.sendall(data[i:i + 1])
            time.sleep(0.05)
        if not args.slow:
            s.sendall(data)
    except OSError:
        pass
    got = read_all(s)
    print(len(got), got[:200].hex())


def swap(args):
    """The caller's connection from the port of one that was reset."""
    to = (args.host, int(args.port))
    os.kill(args.pid, signal.SIGSTOP)
    try:
        attacker = make_socket(args)
        attacker.bind((args.host, 0))
        attacker.connect(to)
        port = attacker.getsockname()[1]
        attacker.sendall(text(args.text))
        reset(attacker)
        victim = make_socket(args, os.getuid())
        victim.bind((args.host, port))
        victim.connect(to)
    finally:
        os.kill(args.pid, signal.SIGCONT)
    return victim


def replay(args):
    victim = swap(args)
    victim.sendall(b"GET /version HTTP/1.0\r\n\r\n")
    sys.stdout.write(read_all(victim).partition(b"\r\n\r\n")[2].decode())


def replays(args):
    args.text = "eATTACK"
    foreign = served = 0
    for _ in range(args.count):
        victim = swap(args)
        try:
            victim.sendall(b"eVICTIM")
            victim.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        got = read_all(victim)
        victim.close()
        foreign += b"ATTACK" in got
        served += got == b"VICTIM"
    print(args.count, foreign, served)


def flood(args):
    first = [os.urandom(500), b"", HTTP, b"SSH-2.0-x\r\n", CLIENT_HELLO]
    conns = {}
    for i in range(args.count):
        s = make_socket(args)
        s.setblocking(False)
        try:
            connect(args, s)
        except BlockingIOError:
            pass
        conns[s] = [first[i % len(first)], 0]
    end = time.monotonic() + args.seconds
    most = 0
    while conns and time.monotonic() < end:
        unsent = [s for s in conns if conns[s][0]]
        r, w, _ = select.select(list(conns), unsent, [], 0.2)
        for s in w:
            # In small pieces, so that some of it is slow.
            try:
                sent = s.send(conns[s][0][:100])
                conns[s][0] = conns[s][0][sent:]
            except OSError:
                r.append(s)
        for s in set(r):
            try:
                data = s.recv(4096)
            except BlockingIOError:
                continue
            except OSError:
                data = b""
            conns[s][1] += len(data)
            most = max(most, conns[s][1])
            if not data:
                s.close()
                del conns[s]
    print(most, "bytes")


def storm(args):
    """Connect as fast as possible, and keep the last ones."""
    os.setuid(args.uid)
    over = []
    signal.signal(signal.SIGTERM, lambda *_: over.append(1))
    kept, n = [], 0
    begin = time.monotonic()
    while not over and time.monotonic() < begin + args.seconds:
        s = make_socket(args)
        s.setblocking(False)
        try:
            connect(args, s)
        except OSError:
            pass
        kept.append(s)
        if len(kept) > 400:
            kept.pop(0).close()
        n += 1
    print(int(n / (time.monotonic() - begin)), "connects per second")


def hkdf(secret, salt, info):
    prk = hmac.new(salt, secret, hashlib.sha256).digest()
    return hmac.new(prk, info + b"\1", hashlib.sha256).digest()


def key_of(secret, tag, role):
    identity = "vrs1:%s:%s" % (tag, role)
    return hkdf(secret, b"vscode-remote-shell link v1", identity.encode())


def read(path):
    try:
        with open(path, "rb") as f:
            return f.read(16 << 20)
    except OSError:
        return b""


def files(args):
    for pid in os.listdir("/proc"):
        if pid.isdigit():
            yield "/proc/%s/cmdline" % pid
            yield "/proc/%s/environ" % pid
    for top in args.paths:
        for folder, _, names in os.walk(top):
            for name in names:
                path = os.path.join(folder, name)
                if os.path.isfile(path):
                    yield path


def scan(args):
    secret = read(args.secret)
    needles = []
    for raw in [secret] + [key_of(secret, args.tag, r)
                           for r in ("front", "home")]:
        needles += [raw, raw.hex().encode(), raw.hex().upper().encode(),
                    base64.b64encode(raw).rstrip(b"="),
                    base64.urlsafe_b64encode(raw).rstrip(b"=")]
    count = 0
    for path in files(args):
        data = read(path)
        count += bool(data)
        if os.path.exists(args.secret) and os.path.exists(path) and \
                os.path.samefile(path, args.secret):
            continue
        if any(n in data for n in needles):
            print(path)
    print("looked into %d files" % count, file=sys.stderr)


def display(args):
    os.seteuid(args.uid)
    s = socket.socket(socket.AF_UNIX)
    s.bind(args.path)
    s.listen()
    os.seteuid(os.getuid())
    os.chown(args.path, os.getuid(), -1)
    print("ready", flush=True)
    while True:
        c, _ = s.accept()
        n = 0
        while some := c.recv(4096):
            n += len(some)
        print("got", n, flush=True)


def key(args):
    print(key_of(read(args.secret), args.tag, args.role).hex())


parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
commands = parser.add_subparsers(dest="command", required=True)
for name, run in ("say", say), ("replay", replay), ("replays", replays), \
        ("flood", flood), ("storm", storm):
    p = commands.add_parser(name)
    p.set_defaults(run=run)
    p.add_argument("--uid", type=int, default=os.getuid())
    p.add_argument("--pid", type=int)
    p.add_argument("--count", type=int, default=500)
    p.add_argument("--seconds", type=float, default=8)
    p.add_argument("--timeout", type=float, default=10)
    p.add_argument("--slow", action="store_true")
    p.add_argument("host")
    p.add_argument("port")
    if name in ("say", "replay"):
        p.add_argument("text")
p = commands.add_parser("display")
p.set_defaults(run=display)
p.add_argument("--uid", type=int, default=os.getuid())
p.add_argument("path")
for name, run in ("key", key), ("scan", scan):
    p = commands.add_parser(name)
    p.set_defaults(run=run)
    p.add_argument("secret")
    p.add_argument("tag")
    if name == "key":
        p.add_argument("role")
    else:
        p.add_argument("paths", nargs="+")
args = parser.parse_args()
args.run(args)
