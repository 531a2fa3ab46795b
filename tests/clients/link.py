#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""An end of the link protocol, written after PROTOCOL and nothing else.

link.py FOLDER: talks to the agent whose session folder that is, by `openssl
s_client`, and prints a line "ok NAME" or "bad NAME" for each thing tried.

link.py FOLDER version: prints what version of the protocol the agent speaks.
link.py FOLDER status: prints the report of the session.
link.py FOLDER stall SECONDS PATH: a byte to and fro through the session while a
shell, a look at the socket PATH and a connection to it are asked for; prints
the longest time of one, in ms, and what the others heard.
link.py FOLDER limit SECONDS: tells the agent the time limit, and prints what it
says until the session ends, each line with the time since then.
link.py FOLDER end REASON: tells the agent to end the session, and prints what it
says, until the link is closed.
link.py flood ARGUMENT...: an agent with these arguments, which answers one front
and then says NOTICE, LIMIT and ERROR 200 times a second, for three seconds.
link.py FOLDER visit COUNT: has so many links that ask for nothing, one after the
other, and says "up".
"""
import hashlib
import hmac
import os
import select
import socket
import struct
import subprocess
import sys
import threading
import time

HELLO, ERROR = 1, 2
CONTROL, SHELL, CONNECT, STATUS, START, REPORT = 16, 17, 18, 20, 21, 33
TAKE, OFFER, WANTED, DECLINED = 23, 73, 74, 75
OK, DATA, EOF, RESET, EXIT, SIGNAL, ANNOUNCED = 32, 48, 49, 50, 51, 52, 54
CHECK, CHECKED, PING, PONG, NOTICE, END, LIMIT = 64, 65, 66, 67, 68, 69, 70


def hkdf(key, salt, info):
    """RFC 5869 with SHA-256, for 32 bytes, which is one block."""
    prk = hmac.new(salt, key, hashlib.sha256).digest()
    return hmac.new(prk, info + b"\x01", hashlib.sha256).digest()


def string(text):
    data = text.encode()
    return struct.pack(">H", len(data)) + data


def take_string(data):
    n = struct.unpack(">H", data[:2])[0]
    return data[2:2 + n].decode(), data[2 + n:]


def frame(kind, payload=b"", stream=0):
    return struct.pack(">BBH", kind, stream, len(payload)) + payload


def hello(version=6, oldest=1, more=b""):
    return frame(HELLO, struct.pack(">HH", version, oldest) +
                 string("link.py") + string("nowhere") + more)


class Session:
    def __init__(self, folder):
        self.tag = os.path.basename(folder)
        with open(os.path.join(folder, "secret"), "rb") as f:
            self.secret = f.read()
        self.port, self.hosts = None, []
        with open(os.path.join(folder, "endpoint"), encoding="ascii") as f:
            for line in f.read().splitlines():
                key, _, value = line.partition("=")
                if key == "port":
                    self.port = value
                elif key == "host":
                    self.hosts.append(value)

    def key(self, role):
        identity = "vrs1:" + self.tag + ":" + role
        return identity, hkdf(self.secret, b"vscode-remote-shell link v1",
                              identity.encode())


class Link:
    """A link that is dialed. Frames come as (type, stream, payload)."""

    def __init__(self, session, role="front", spoil=False,
                 suite="TLS_AES_128_GCM_SHA256"):
        identity, psk = session.key(role)
        if spoil:
            psk = bytes(32)
        self.process = subprocess.Popen(
            ["openssl", "s_client", "-quiet", "-tls1_3",
             "-ciphersuites", suite, "-psk_identity", identity,
             "-psk", psk.hex(), "-connect",
             session.hosts[0] + ":" + session.port],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, bufsize=0)
        self.have = b""

    def send(self, *frames):
        try:
            self.process.stdin.write(b"".join(frames))
        except BrokenPipeError:
            pass

    def more(self, deadline):
        """Append what comes; False at the end, or when it is too late."""
        left = max(0, deadline - time.monotonic())
        if not select.select([self.process.stdout], [], [], left)[0]:
            return False
        data = os.read(self.process.stdout.fileno(), 65536)
        self.have += data
        return data != b""

    def receive(self, seconds=20):
        """The next frame, or None at the end of the link."""
        deadline = time.monotonic() + seconds
        while True:
            if len(self.have) >= 4:
                kind, stream, n = struct.unpack(">BBH", self.have[:4])
                if len(self.have) >= 4 + n:
                    payload = self.have[4:4 + n]
                    self.have = self.have[4 + n:]
                    return kind, stream, payload
            if not self.more(deadline):
                return None

    def ended(self, seconds=20):
        """Whether the link ends, whatever comes before."""
        deadline = time.monotonic() + seconds
        while self.more(deadline):
            pass
        return time.monotonic() < deadline

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


def say(good, name):
    print("ok" if good else "bad", name, flush=True)


def control(session):
    link = Link(session)
    # A request may follow the hello at once.
    link.send(hello(more=b"a later field"), frame(CONTROL))
    kind, _, payload = link.receive()
    version, oldest = struct.unpack(">HH", payload[:4])
    program, rest = take_string(payload[4:])
    host, _ = take_string(rest)
    say(kind == HELLO and oldest <= 1 and version == 6, "hello")
    say(program.startswith("vscode-remote-agent ") and
        host == socket.gethostname(), "hello names program and host")
    kind, _, payload = link.receive()
    say(kind == OK and take_string(payload)[0] == host,
        "OK of a control link has the node")
    link.send(frame(200, b"of a later version"), frame(PING, b"12345678"))
    say(link.receive() == (PONG, 0, b"12345678"),
        "an unknown frame is skipped, and a ping answered")

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]

    def check(number, wait_ms):
        link.send(frame(CHECK, struct.pack(">IHH", number, wait_ms, port) +
                        string("")))
    check(7, 0)
    kind, _, payload = link.receive()
    number, ours = struct.unpack(">IB", payload[:5])
    say(kind == CHECKED and number == 7 and ours == 0 and
        str(port) in take_string(payload[5:])[0], "no listener is not ours")
    check(8, 10000)
    time.sleep(0.2)
    listener.listen()
    kind, _, payload = link.receive()
    say(kind == CHECKED and payload == struct.pack(">IBH", 8, 1, 0),
        "one that comes while it waits is")
    listener.close()
    link.send(frame(CHECK, struct.pack(">IHH", 9, 0, port) + b"\0\xffx"))
    kind, _, payload = link.receive()
    say(kind == CHECKED and payload[:5] == struct.pack(">IB", 9, 0) and
        take_string(payload[5:])[0] != "", "one that it cannot read is answered")
    for number in range(100, 165):
        check(number, 60000)
    kind, _, payload = link.receive()
    say(kind == CHECKED and payload[:5] == struct.pack(">IB", 164, 0) and
        "too much" in take_string(payload[5:])[0],
        "one more than 64 is answered")
    link.close()
    link = Link(session)
    link.send(hello(), frame(CONTROL))
    say([link.receive()[0], link.receive()[0]] == [HELLO, OK],
        "another control link")
    return link


def program(shell="", command="", env=b""):
    """The fields of SHELL, and of START behind the kind, without a terminal."""
    return struct.pack(">BHHHH", 0, 0, 0, 0, 0) + string("") + \
        string(shell) + string(command) + env


def shell(session, suite, kind=None):
    link = Link(session, suite=suite)
    fields = program("/bin/sh", "", b"LINK_TEST=a b\0")
    link.send(hello(), frame(SHELL, fields) if kind is None else
              frame(START, string(kind) + fields))
    say(link.receive()[0] == HELLO and link.receive()[0] == OK,
        "a shell link with " + suite)
    link.send(frame(ANNOUNCED))
    link.send(frame(DATA, b'echo "$LINK_TEST"; echo err >&2; cat; exit 7\n'))
    streams, ends = {1: b"", 2: b""}, set()
    while True:
        kind, stream, payload = link.receive() or (None, 0, b"")
        if kind == DATA:
            streams[stream] += payload
            # Earlier the shell might read it, and not cat.
            if payload == b"a b\n":
                link.send(frame(DATA, b"rest\n"), frame(EOF))
        elif kind == EOF:
            ends.add(stream)
        else:
            break
    say(streams == {1: b"a b\nrest\n", 2: b"err\n"},
        "environment, stdin, stdout and stderr of " + suite)
    say(kind == EXIT and payload == b"\0\7" and ends == {1, 2},
        "exit status after both ends of " + suite)
    link.close()


def signalled(session):
    link = Link(session)
    link.send(hello(), frame(SHELL, program("/bin/sh", "echo go; exec sleep 60")))
    while link.receive()[0] != DATA:
        pass
    link.send(frame(SIGNAL, b"\x0a"))
    kind = None
    while kind not in (EXIT, ERROR):
        kind, _, payload = link.receive()
    say(kind == EXIT and payload == b"\1\x0a", "signal and command")
    link.close()


def started(session):
    """What START has and SHELL has not: a kind."""
    link = Link(session)
    link.send(hello(), frame(START, string("command") + program(
        "/bin/sh", "cat >&2; exit 3")), frame(DATA, b"in"), frame(EOF))
    got = []
    while (answer := link.receive()) is not None:
        got.append(answer)
    say([kind for kind, _, _ in got[:2]] == [HELLO, OK] and
        (DATA, 2, b"in") in got and got[-1] == (EXIT, 0, b"\0\3") and
        (EOF, 2, b"") in got, "START of a command")
    link.close()
    for name, payload in (
            ("a kind that it does not know", string("sesame") + program()),
            ("a shell with a command", string("shell") + program("", "x")),
            ("a command without one", string("command") + program()),
            ("a path for a kind", string("/bin/sh") + program()),
            ("no kind", string("") + program() + b"A=1\0")):
        link = Link(session)
        link.send(hello(), frame(START, payload))
        link.receive()
        kind, _, why = link.receive()
        say(kind == ERROR and why[0] == 76 and link.ended(),
            name + " is refused")
        link.close()


def connect(session):
    listener = socket.create_server(("127.0.0.1", 0))
    request = frame(CONNECT, struct.pack(">H", listener.getsockname()[1]) +
                    string(""))

    def echo():
        for _ in range(3):
            peer, _ = listener.accept()
            data = b""
            while part := peer.recv(65536):
                data += part
            peer.sendall(data[::-1])
            peer.close()
    threading.Thread(target=echo, daemon=True).start()
    link = Link(session)
    link.send(hello(), request,
              frame(DATA, b"ab"), frame(DATA, b"cd"), frame(EOF))
    say([link.receive()[0] for _ in range(2)] == [HELLO, OK],
        "a connect link")
    say(link.receive() == (DATA, 0, b"dcba") and link.receive() == (EOF, 0, b""),
        "half-close: the answer comes after the end")
    link.send(request, frame(DATA, b"ef"), frame(EOF))
    say([link.receive() for _ in range(3)] ==
        [(OK, 0, b""), (DATA, 0, b"fe"), (EOF, 0, b"")],
        "and the link takes another request")
    link.send(frame(DATA, b"x"))
    say(link.receive()[0] == ERROR and link.ended(), "but nothing else")
    link.close()
    link = Link(session)
    link.send(hello(1), request, frame(EOF))
    say([link.receive()[0] for _ in range(3)] == [HELLO, OK, EOF] and
        link.ended(), "in version 1 the link is over")
    link.close()
    listener.close()
    link = Link(session)
    link.send(hello(), frame(CONNECT, struct.pack(">H", 1) + string("")))
    say(link.receive()[0] == HELLO and link.receive()[:1] == (ERROR,),
        "error, where nothing listens")
    link.close()


def services(session):
    """What nobody waits for, and an offer that nobody knows."""
    link = Link(session)
    link.send(hello(), frame(TAKE, struct.pack(">I", 7) + string("")))
    link.receive()
    kind, _, why = link.receive()
    say(kind == ERROR and why[0] == 69 and link.ended(),
        "a connection that nobody waits for is not taken")
    link.close()
    link = Link(session)
    link.send(hello(), frame(CONTROL),
              frame(OFFER, b"\1" + string("unknown") + string("?")),
              frame(DECLINED, struct.pack(">IB", 7, 69) + string("none")),
              frame(PING, b"12345678"))
    say([link.receive()[0] for _ in range(3)] == [HELLO, OK, PONG],
        "an offer of what it does not know is ignored")
    link.close()


def status(session, quiet=False):
    """The keys of the report."""
    link = Link(session)
    link.send(hello(), frame(STATUS))
    first, answer = link.receive(), link.receive()
    good = first[0] == HELLO and answer[0] == REPORT and link.ended()
    link.close()
    lines = answer[2].decode().split("\n")
    if not quiet:
        say(good, "a status link has one answer")
        say(lines[-2:] == ["", ""], "which is a record")
    return dict(line.split("=", 1) for line in lines[:-2])


def statuses(session, control_link):
    said = status(session)
    say(said["session"] == "default" and said["fronts"] == "1" and
        said["clients"] == said["shells"] == "0" and
        said["node"] == socket.gethostname(), "it says how the session is")
    say("left" not in said and int(said["started"]) < 60 and
        int(said["idle"]) <= int(said["started"]) and
        said["idle-timeout"] == "3600", "times are durations")
    control_link.send(frame(LIMIT, struct.pack(">I", 5000)),
                      frame(PING, b"limit..."))
    say(control_link.receive() == (PONG, 0, b"limit..."), "a limit is taken")
    say(4900 <= int(status(session)["left"]) <= 5000, "and reported")
    control_link.send(frame(LIMIT, struct.pack(">I", 0xffffffff)),
                      frame(PING, b"no limit"))
    kind, _, payload = control_link.receive()
    say(kind == NOTICE and "limit" in take_string(payload)[0],
        "a limit that has changed is told to all")
    say(control_link.receive() == (PONG, 0, b"no limit") and
        "left" not in status(session), "as is that there is none")


def refused(session):
    for name, link in (("a wrong key", Link(session, spoil=True)),
                       ("the key of the other role", Link(session, "home"))):
        link.send(hello(), frame(CONTROL))
        say(link.receive() is None, name + " gets nothing")
        link.close()
    link = Link(session)
    link.send(hello(9, 7), frame(CONTROL))
    say(link.receive()[0] == HELLO and link.ended(), "a version too new")
    link.close()
    link = Link(session)
    link.send(hello(), frame(DATA, b"x"))
    link.receive()
    kind, _, payload = link.receive()
    say(kind == ERROR and payload[0] == 76, "error 76 without a request")
    link.close()
    link = Link(session)
    link.send(hello(), frame(CONTROL), frame(PING, b"1234567"))
    say(link.ended(), "a frame of a wrong length ends the link")
    link.close()


def follow(session, seconds):
    """Tell the limit, and print what comes."""
    link = Link(session)
    link.send(hello(), frame(CONTROL), frame(LIMIT, struct.pack(">I", seconds)))
    begin = time.monotonic()
    names = {NOTICE: "notice", END: "end", LIMIT: "limit"}
    while answer := link.receive(120):
        kind, _, payload = answer
        if kind in names:
            text = struct.unpack(">I", payload)[0] if kind == LIMIT else \
                take_string(payload)[0]
            print("%.1f %s %s" % (time.monotonic() - begin, names[kind], text),
                  flush=True)
    link.close()


def end(session, reason):
    link = Link(session)
    link.send(hello(), frame(CONTROL), frame(END, string(reason)))
    while answer := link.receive(30):
        kind, _, payload = answer
        if kind == END:
            print(take_string(payload)[0], flush=True)
    link.close()


def visit(session, count):
    links = []
    for _ in range(count):
        links.append(Link(session))
        links[-1].send(hello())
        if links[-1].receive()[0] != HELLO:
            sys.exit("no hello")
    print("up", flush=True)
    for link in links:
        link.close()


def echo_server():
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        peer, _ = listener.accept()
        try:
            while data := peer.recv(65536):
                peer.sendall(data)
        except ConnectionError:
            pass
    threading.Thread(target=serve, daemon=True).start()
    return listener


def stall(session, seconds, path):
    """A byte to and fro all the time, while others want what may hang."""
    listener = echo_server()
    link = Link(session)
    link.send(hello(), frame(CONNECT, struct.pack(
        ">H", listener.getsockname()[1]) + string("")))
    link.receive()
    link.receive()
    others = [Link(session) for _ in range(3)]
    others[0].send(hello(), frame(SHELL, program("", "echo")))
    others[1].send(hello(), frame(CONNECT, struct.pack(">H", 0) +
                                  string(path)))
    others[2].send(hello(), frame(CONTROL), frame(CHECK, struct.pack(
        ">IHH", 1, 5000, 0) + string(path)), frame(LIMIT, struct.pack(
            ">I", 61)))
    longest, n = 0, 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        begin = time.monotonic()
        link.send(frame(DATA, b"x"))
        if link.receive(30) != (DATA, 0, b"x"):
            print("broken")
            return
        longest = max(longest, time.monotonic() - begin)
        n += 1
        time.sleep(0.005)
    print("trips", n, "longest", int(longest * 1000))
    for name, other in zip(("shell", "connect", "control"), others):
        kinds = []
        while (got := other.receive(0.3)) is not None:
            kinds.append(str(got[0]))
        print(name, *kinds)
        other.close()
    link.close()


class Served:
    """A link that a front has dialed, by `openssl s_server`."""
    more, send, receive = Link.more, Link.send, Link.receive

    def __init__(self, identity, psk, port):
        self.process = subprocess.Popen(
            ["openssl", "s_server", "-quiet", "-tls1_3", "-nocert", "-naccept",
             "1", "-ciphersuites", "TLS_AES_128_GCM_SHA256", "-psk_identity",
             identity, "-psk", psk.hex(), "-accept", "127.0.0.1:%d" % port],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, bufsize=0)
        self.have = b""


def flood(arguments):
    given = dict(a[2:].split("=", 1) for a in arguments if "=" in a)
    folder = os.path.join(given["state-dir"], given["tag"])
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    record = os.path.join(folder, "endpoint")
    with open(record, "w", encoding="ascii", opener=lambda path, flags:
              os.open(path, flags, 0o600)) as f:
        f.write("port=1\nhost=127.0.0.1\n\n")
    identity, psk = Session(folder).key("front")
    front = Served(identity, psk, port)
    with open(record, "w", encoding="ascii") as f:
        f.write("port=%d\nhost=127.0.0.1\nnode=flood\n\n" % port)
    while (got := front.receive(60)) is not None and got[0] != CONTROL:
        pass
    front.send(hello(), frame(OK, string("flood")))
    for i in range(600):
        front.send(frame(NOTICE, string("notice %d" % i)),
                   frame(LIMIT, struct.pack(">I", 3600)),
                   frame(ERROR, b"\x45" + string("error %d" % i)))
        time.sleep(0.005)
    front.send(frame(END, string("the flood is over")))
    time.sleep(1)
    front.process.kill()


def main():
    if sys.argv[1] == "flood":
        flood(sys.argv[2:])
        return
    session = Session(sys.argv[1])
    if sys.argv[2:] == ["version"]:
        link = Link(session)
        link.send(hello(3, 1))
        print(struct.unpack(">H", link.receive()[2][:2])[0])
        link.close()
        return
    if sys.argv[2:3] == ["stall"]:
        stall(session, float(sys.argv[3]), sys.argv[4])
        return
    if sys.argv[2:] == ["status"]:
        for key, value in status(session, quiet=True).items():
            print(key + "=" + value)
        return
    if sys.argv[2:3] == ["limit"]:
        follow(session, int(sys.argv[3]))
        return
    if sys.argv[2:3] == ["end"]:
        end(session, sys.argv[3])
        return
    if sys.argv[2:3] == ["visit"]:
        visit(session, int(sys.argv[3]))
        return
    link = control(session)
    shell(session, "TLS_AES_128_GCM_SHA256")
    shell(session, "TLS_CHACHA20_POLY1305_SHA256")
    shell(session, "TLS_AES_128_GCM_SHA256", "shell")
    started(session)
    signalled(session)
    connect(session)
    services(session)
    statuses(session, link)
    refused(session)
    link.send(frame(PING, b"87654321"))
    say(link.receive() == (PONG, 0, b"87654321"),
        "the control link did not notice")
    link.close()


main()
