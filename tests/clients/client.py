#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Plays the Remote-SSH client against a real ssh; tests drive it.

client.py attach --dir DIR --config FILE [--form FORM] HOST
    runs `ssh -v -T -D PORT HOST`, types the probes, then bootstrap.sh, or
    forms.sh with a form of forms.py, reads the block with the port, and keeps
    the ssh open until SIGTERM or until the ssh ends. DIR/result has key=value
    lines:
        state       connecting, ready (the port is known), failed or ended
        error       of a failed one: what it waited for
        ssh_pid socks uuid
        noise       bytes on stdout before the first probe's answer
        uname shell subshell_pid running_pid      the answers
        value port token                          from the block
        port2                                     when it has two
        strict      no: a byte came that nobody printed
        blanks      after the block
        ready_after block_after     seconds since the ssh was started
        exit        of the ssh, when ended; 128+n for a signal
    DIR/stdout is every byte of the ssh's stdout, DIR/script the part from
    "ID: running" to "ID: end", DIR/stderr what `ssh -v` said.

client.py fetch [--socks PORT] PORT-OR-SOCKET PATH
    one HTTP request to 127.0.0.1:PORT, or to a Unix socket, directly or
    through SOCKS5; prints the body. Status 0: answered 200; 2: could not
    connect; 3: closed without a byte; 1: anything else.
"""

import argparse
import hashlib
import os
import random
import re
import secrets
import select
import signal
import socket
import subprocess
import sys
import time

sys.dont_write_bytecode = True     # the tests write nothing beside themselves

from forms import FORMS, parse, wrapped


HERE = os.path.dirname(os.path.abspath(sys.argv[0]))


class Failed(Exception):
    pass


def free_port():
    """None that the kernel gives to whoever asks for any, as in tests/lib.sh."""
    while True:
        port = random.randrange(10000, 20000)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass


class Client:
    def __init__(self, args):
        self.args = args
        self.form = FORMS.get(args.form)
        self.seen = bytearray()     # stdout not yet looked at
        mark = secrets.token_hex(self.form.hex // 2 if self.form else 6)
        self.result = {"state": "connecting", "error": "", "strict": "yes",
                       "blanks": 0, "uuid": args.uuid or mark}
        self.pending = bytearray()  # not yet taken by the ssh
        self.eof = False            # no more of it will come
        self.stopping = False
        self.log = open(self.path("stdout"), "wb", buffering=0)

    def path(self, name):
        return os.path.join(self.args.dir, name)

    def note(self, **changes):
        self.result.update(changes)
        new = self.path("result.new")
        with open(new, "w") as f:
            for key, value in self.result.items():
                f.write("%s=%s\n" % (key, value))
        os.rename(new, self.path("result"))

    def start(self):
        socks = free_port()
        command = [self.args.ssh, "-v", "-T", "-D", str(socks)]
        if self.args.config:
            command += ["-F", self.args.config]
        command += ["-o", "ConnectTimeout=15", self.args.host]
        command += self.args.command_words
        with open(self.path("stderr"), "wb") as err:
            self.ssh = subprocess.Popen(command, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=err)
        os.set_blocking(self.ssh.stdin.fileno(), False)
        self.begin = time.monotonic()
        self.note(ssh_pid=self.ssh.pid, socks=socks)

    def send(self, text):
        self.pending += text if isinstance(text, bytes) else text.encode()

    def turn(self, seconds):
        """Wait for one event; False at the end of the ssh's stdout."""
        fd_out = self.ssh.stdout.fileno()
        r, w, _ = select.select([fd_out],
                                [self.ssh.stdin] if self.pending else [], [],
                                max(0, min(seconds, 0.2)))
        if w:
            try:
                del self.pending[:os.write(w[0].fileno(),
                                           self.pending[:65536])]
            except BrokenPipeError:
                self.pending.clear()
        if self.eof and not self.pending and not self.ssh.stdin.closed:
            self.ssh.stdin.close()
        if r:
            data = os.read(fd_out, 65536)
            self.log.write(data)
            self.seen += data
            return bool(data)
        return True

    def until(self, pattern, what, limit=None):
        """Take stdout up to and with pattern; what came before it is noise."""
        limit = limit or self.args.timeout
        deadline = time.monotonic() + limit
        while True:
            m = re.search(pattern, bytes(self.seen))
            if m:
                before = bytes(self.seen[:m.start()])
                del self.seen[:m.end()]
                return m, before
            if self.stopping:
                raise Failed("told to stop while waiting for " + what)
            left = deadline - time.monotonic()
            if left <= 0:
                raise Failed("no %s in %g s" % (what, limit))
            if not self.turn(left):
                raise Failed("the connection ended before " + what)

    def since(self):
        return "%.2f" % (time.monotonic() - self.begin)

    def answer(self, pattern, what):
        m, before = self.until(pattern, what)
        if before:
            self.note(strict="no: %r before %s" % (before[:100], what))
        return m.group(1).decode()

    def probes(self):
        uuid = self.result["uuid"]
        steps = [
            ('echo "ready: %s"\n' % uuid, None),
            ("uname -rsv\n", "uname"),
            ("echo $SHELL\n", "shell"),
            ("sh\necho $$\n", "subshell_pid"),
        ]
        patterns = {"uname": rb"(Linux [^\n]*)\n", "shell": rb"(/[^\n]*)\n",
                    "subshell_pid": rb"(\d+)\n"}
        # A client whose shell is late types its first probe again and again.
        for _ in range(self.args.repeat):
            self.send(steps[0][0])
        if self.args.early:
            self.send("".join(text for text, _ in steps))
        else:
            self.send(steps[0][0])
        ready = rb"ready: %s\n" % uuid.encode()
        # What ConnectTimeout has, and two seconds.
        _, before = self.until(ready, "ready", self.args.connect_timeout and
                               self.args.connect_timeout + 2)
        self.note(noise=len(before), ready_after=self.since())
        for _ in range(self.args.repeat):
            self.answer(b"(" + ready + b")", "ready again")
        for text, key in steps[1:]:
            if not self.args.early:
                self.send(text)
            self.note(**{key: self.answer(patterns[key], key)})

    def script(self):
        uuid = self.result["uuid"].encode()
        head = ["ID=" + uuid.decode(), "PYTHON=" + self.args.python]
        if self.form:
            head += ["FORM=" + self.args.form, "CLIENTS=" + HERE]
        head += self.args.var
        name = self.args.script or os.path.join(
            HERE, "forms.sh" if self.form else "bootstrap.sh")
        with open(name, "rb") as f:
            text = f.read()
        # The real one has 10 to 30 kB. The last line ends the shell.
        pad = b"# padding, as long as a line of the real script may be\n"
        text = ("\n".join(head) + "\n").encode() + \
            pad * (self.args.pad // len(pad)) + text
        self.send(wrapped(self.form, text) if self.form else text)
        self.eof = self.form and self.form.how == "piped"
        m, before = self.until(rb"(?s)%s: running\n.*?\n%s: end\n" %
                               (uuid, uuid), "block",
                               self.args.block_timeout or
                               self.form and self.form.wait)
        if before:
            self.note(strict="no: %r before the script" % before[:100])
        self.note(block_after=self.since())
        with open(self.path("script"), "wb") as f:
            f.write(m.group(0))
        return m.group(0).decode()

    def parse(self, text):
        under = re.search(r"Script executing under PID: (\d+)\n", text)
        self.note(running_pid=under.group(1) if under else "")
        if self.form:
            values = parse(self.form, self.result["uuid"], text)
            ports = [values[key] for key in self.form.ports]
            token = [v for k, v in values.items() if k.endswith("Token")]
            self.note(value=ports[0], token=token[-1],
                      port=ports[0].rpartition(":")[2],
                      port2="".join(ports[1:]))
            return
        start = text.index("%s: start\n" % self.result["uuid"])
        values = dict(re.findall(r"^([A-Za-z_]+)==(.*)==$", text[start:],
                                 re.M))
        value = values.get("listeningOn", "")
        port = value.rpartition(":")[2]
        self.note(value=value, token=values.get("execServerToken", ""),
                  port=port if port.isdigit() else value)
        if not value and not self.args.allow_empty:
            raise Failed("listeningOn==== : no port")

    def keep(self):
        end = time.monotonic() + self.args.life
        while not self.stopping and time.monotonic() < end:
            alive = self.turn(1)
            blanks = self.seen.count(b" ")
            if blanks != len(self.seen):
                self.note(strict="no: %r after the block" % self.seen[:100])
            if blanks:
                self.note(blanks=self.result["blanks"] + blanks)
            self.seen.clear()
            if not alive:
                return

    def stop(self):
        if self.stopping:
            self.ssh.terminate()
        try:
            rc = self.ssh.wait(10)
        except subprocess.TimeoutExpired:
            self.ssh.kill()
            rc = self.ssh.wait()
        return rc if rc >= 0 else 128 - rc

    def run(self):
        def on_term(*_):
            self.stopping = True
        signal.signal(signal.SIGTERM, on_term)
        self.start()
        try:
            if not self.form or self.form.probes:
                self.probes()
            self.parse(self.script())
            self.note(state="ready")
            self.keep()
            state = "ended"
        except (Failed, OSError, ValueError) as e:
            self.note(error=" ".join(str(e).split()))
            state = "failed"
            self.stopping = True
        self.note(state=state, exit=self.stop())
        return 0 if state == "ended" else 1


def connect(args):
    """A connected socket; OSError when there is none to be had."""
    if args.socks:
        s = socket.create_connection(("127.0.0.1", args.socks), args.timeout)
        s.sendall(b"\x05\x01\x00")
        if s.recv(2) != b"\x05\x00":
            raise OSError("the SOCKS server wants to know who we are")
        if args.target.isdigit():
            address = b"127.0.0.1"
            s.sendall(b"\x05\x01\x00\x03" + bytes([len(address)]) + address +
                      int(args.target).to_bytes(2, "big"))
        else:
            raise OSError("%s: not a port" % args.target)
        reply = b""
        while len(reply) < 10:
            part = s.recv(10 - len(reply))
            if not part:
                raise OSError("refused: SOCKS connection closed")
            reply += part
        if reply[1] != 0:
            raise OSError("refused: SOCKS error %d" % reply[1])
        return s
    if args.target.isdigit():
        return socket.create_connection(("127.0.0.1", int(args.target)),
                                        args.timeout)
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(args.timeout)
    s.connect(args.target)
    return s


def fetch(args):
    try:
        s = connect(args)
    except OSError as e:
        print("fetch: %s" % e, file=sys.stderr)
        return 2
    body = secrets.token_bytes(args.post) if args.post else b""
    head = "%s %s HTTP/1.0\r\n" % ("POST" if args.post else "GET", args.path)
    if args.post and not args.half_close:
        head += "Content-Length: %d\r\n" % len(body)
    reply = bytearray()
    try:
        s.settimeout(args.timeout)
        s.sendall(head.encode() + b"\r\n" + body)
        if args.half_close:
            s.shutdown(socket.SHUT_WR)
        while True:
            part = s.recv(65536)
            if not part:
                break
            reply += part
    except OSError as e:
        print("fetch: after %d bytes: %s" % (len(reply), e), file=sys.stderr)
        return 1 if reply else 3
    if not reply:
        print("fetch: closed without a byte", file=sys.stderr)
        return 3
    head, _, answer = bytes(reply).partition(b"\r\n\r\n")
    if args.half_close:     # the server's /eof
        want = b"%d %s\n" % (len(body),
                             hashlib.sha256(body).hexdigest().encode())
    elif args.post:
        want = body
    else:
        want = answer
        sys.stdout.buffer.write(answer)
    if args.post:
        print("same" if answer == want else "different")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    whole = not length or int(length.group(1)) == len(answer)
    good = head.split(b" ")[1:2] == [b"200"]
    return 0 if good and whole and answer == want else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    a = commands.add_parser("attach")
    a.add_argument("--dir", required=True)
    a.add_argument("--config")
    a.add_argument("--ssh", default="ssh")
    a.add_argument("--uuid")
    a.add_argument("--command", action="append", default=[], metavar="WORD",
                   dest="command_words", help="what ssh is given behind HOST")
    a.add_argument("--early", action="store_true",
                   help="type all probes at once")
    a.add_argument("--repeat", type=int, default=0, metavar="N",
                   help="type the first probe N times more")
    a.add_argument("--var", action="append", default=[], metavar="NAME=VALUE",
                   help="put before the script")
    a.add_argument("--form", choices=FORMS)
    a.add_argument("--script", help="instead of bootstrap.sh or forms.sh")
    a.add_argument("--python", default=sys.executable)
    a.add_argument("--pad", type=int, default=15000, metavar="BYTES")
    a.add_argument("--allow-empty", action="store_true")
    a.add_argument("--timeout", type=float, default=90)
    a.add_argument("--connect-timeout", type=float, metavar="SECONDS",
                   help="remote.SSH.connectTimeout; else --timeout")
    a.add_argument("--block-timeout", type=float, metavar="SECONDS",
                   help="instead of that of the form")
    a.add_argument("--life", type=float, default=900)
    a.add_argument("host")
    f = commands.add_parser("fetch")
    f.add_argument("--socks", type=int)
    f.add_argument("--post", type=int, metavar="BYTES",
                   help="send so many random bytes, to be echoed")
    f.add_argument("--half-close", action="store_true",
                   help="the end of the body is the end of our side")
    f.add_argument("--timeout", type=float, default=60)
    f.add_argument("target")
    f.add_argument("path")
    args = parser.parse_args()
    if args.command == "fetch":
        return fetch(args)
    return Client(args).run()


if __name__ == "__main__":
    sys.exit(main())
