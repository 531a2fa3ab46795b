#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The internet, as a test needs it, and programs that go there by a proxy.

outside.py serve FILE [ADDR]     a web server; its port is written to FILE. Paths:
                                 /hello, /head (what it was sent), /endless
outside.py proxy FILE LOG [CODE] a proxy that knows CONNECT, with its port in FILE;
                                 each head that it is sent goes to LOG. CODE: it
                                 refuses with that. FILE may be a Unix socket's:
                                 then it ends in .sock, and the proxy is there
outside.py many PROXY TARGET N PARALLEL
                                 N connections to TARGET by CONNECT, so many at a
                                 time; prints how many said hello
outside.py raw PROXY TEXT        send TEXT (with escapes), print all that comes
outside.py hold PROXY TARGET FILE
                                 ask for /endless and read none of it; FILE is made
                                 when it has begun
outside.py drain PROXY TARGET FILE
                                 read /endless; FILE is made when it has begun; at
                                 its end print "reset" or "end", and the time
outside.py crowd PROXY TARGET N FILE
                                 N connections to /endless at once, of which nothing
                                 is read; FILE is made when all have begun
outside.py killed PROXY TARGET BYTES PID
                                 read so many bytes of /endless, then kill that
                                 process; print "reset", or what else came of it,
                                 and after how many milliseconds
"""
import os
import signal
import socket
import socketserver
import sys
import threading
import time


def address(text):
    host, port = text.rsplit(":", 1)
    return host.replace("http://", ""), int(port)


def read_head(sock):
    """Byte by byte, since what is behind it is somebody else's."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = sock.recv(1)
        if not byte:
            break
        head += byte
    return head


def write_port(path, port):
    with open(path + ".new", "w") as f:
        f.write(str(port))
    os.rename(path + ".new", path)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 512


class UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


class Web(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            self.answer()
        except OSError:
            pass

    def answer(self):
        head = read_head(self.request)
        path = head.split(b" ")[1] if b" " in head else b"/"
        if path == b"/endless":
            self.request.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                self.request.sendall(b"x" * 65536)
        body = head if path == b"/head" else b"hello\n"
        self.request.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n"
            b"Connection: close\r\n\r\n" % len(body) + body)


class Proxy(socketserver.BaseRequestHandler):
    log = None
    code = None

    def handle(self):
        head = read_head(self.request)
        with open(self.log, "ab") as f:
            f.write(head)
        if self.code:
            self.request.sendall(b"HTTP/1.1 %s\r\n\r\n" % self.code.encode())
            return
        if not head.startswith(b"CONNECT "):
            self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
                                 b"Connection: close\r\n\r\n")
            return
        there = socket.create_connection(address(head.split(b" ")[1].decode()))
        self.request.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        back = threading.Thread(target=pump, args=(there, self.request))
        back.start()
        pump(self.request, there)
        back.join()


def pump(source, sink):
    try:
        while True:
            data = source.recv(65536)
            if not data:
                break
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(path, addr="127.0.0.1"):
    server = Server((addr, 0), Web)
    write_port(path, server.server_address[1])
    server.serve_forever()


def proxy(path, log, code=None):
    Proxy.log = log
    Proxy.code = code
    if path.endswith(".sock"):
        UnixServer(path, Proxy).serve_forever()
    server = Server(("127.0.0.1", 0), Proxy)
    write_port(path, server.server_address[1])
    server.serve_forever()


def tunnel(by, target):
    """A connection to the target, or the status in words."""
    sock = socket.create_connection(address(by), timeout=120)
    sock.sendall(b"CONNECT %s HTTP/1.1\r\n\r\n" % target.encode())
    head = read_head(sock)
    if not head.startswith(b"HTTP/1.1 200 "):
        sock.close()
        raise OSError(head.decode(errors="replace").split("\r\n")[0])
    return sock


def many(by, target, n, parallel):
    counts = {}
    lock = threading.Lock()
    left = [int(n)]

    def work():
        while True:
            with lock:
                if left[0] == 0:
                    return
                left[0] -= 1
            try:
                sock = tunnel(by, target)
                sock.sendall(b"GET /hello HTTP/1.1\r\nHost: x\r\n"
                             b"Connection: close\r\n\r\n")
                data = b""
                while True:
                    more = sock.recv(65536)
                    if not more:
                        break
                    data += more
                sock.close()
                word = "ok" if data.endswith(b"\r\n\r\nhello\n") else "odd"
            except OSError as e:
                word = str(e)
            with lock:
                counts[word] = counts.get(word, 0) + 1

    threads = [threading.Thread(target=work) for _ in range(int(parallel))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for word in sorted(counts):
        print(counts[word], word)


def raw(by, text):
    sock = socket.create_connection(address(by), timeout=60)
    sock.sendall(text.encode().decode("unicode_escape").encode("latin-1"))
    while True:
        try:
            data = sock.recv(65536)
        except ConnectionResetError:
            print("reset")
            return
        if not data:
            return
        sys.stdout.write(data.decode(errors="replace"))


def begin_endless(by, target, path):
    sock = tunnel(by, target)
    sock.sendall(b"GET /endless HTTP/1.1\r\n\r\n")
    read_head(sock)
    open(path, "w").close()
    return sock


def hold(by, target, path):
    begin_endless(by, target, path)
    time.sleep(600)


def drain(by, target, path):
    sock = begin_endless(by, target, path)
    word = "end"
    try:
        while sock.recv(65536):
            pass
    except ConnectionResetError:
        word = "reset"
    print(word, int(time.time() * 1000))


def crowd(by, target, n, path):
    socks = [begin_endless(by, target, os.devnull) for _ in range(int(n))]
    open(path, "w").close()
    time.sleep(600)
    del socks


def killed(by, target, n, pid):
    sock = begin_endless(by, target, os.devnull)
    left = int(n)
    while left > 0:
        data = sock.recv(min(left, 65536))
        if not data:
            print("ended early")
            return
        left -= len(data)
    os.kill(int(pid), signal.SIGKILL)
    start = time.monotonic()
    word = "end"
    try:
        while sock.recv(65536):
            pass
    except ConnectionResetError:
        word = "reset"
    print(word, int((time.monotonic() - start) * 1000))


if __name__ == "__main__":
    verbs = {"serve": serve, "proxy": proxy, "many": many, "raw": raw,
             "hold": hold, "drain": drain,
             "crowd": crowd, "killed": killed}
    verbs[sys.argv[1]](*sys.argv[2:])
