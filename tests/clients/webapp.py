# SPDX-License-Identifier: BSD-2-Clause
"""A tool with a web page, as users start in a session, and who talks to it.

webapp.py serve WHERE [HOST]   listen on a Unix socket, or on a port of HOST; the
                               token is in WEBAPP_TOKEN, and who has it not gets 403
webapp.py echo WHERE PATH      by WebSocket, to a socket or a port of 127.0.0.1: what
                               comes back of a word, and of 100000 bytes: the word, or
                               the status of who is refused
"""
import base64
import hashlib
import os
import re
import socket
import struct
import sys
import threading


def read_head(f):
    lines = []
    while (line := f.readline().rstrip(b"\r\n")):
        lines.append(line.decode())
    return lines


def read_message(f):
    """One message in one frame, without its mask; None at the end."""
    head = f.read(2)
    if len(head) < 2 or head[0] & 15 == 8:
        return None
    n = head[1] & 127
    if n == 126:
        n = struct.unpack("!H", f.read(2))[0]
    elif n == 127:
        n = struct.unpack("!Q", f.read(8))[0]
    mask = f.read(4) if head[1] & 128 else bytes(4)
    return bytes(b ^ mask[i % 4] for i, b in enumerate(f.read(n)))


def message(data, mask=b""):
    n, bit = len(data), 128 if mask else 0
    length = (bytes([bit | n]) if n < 126 else
              bytes([bit | 126]) + struct.pack("!H", n) if n < 65536 else
              bytes([bit | 127]) + struct.pack("!Q", n))
    masked = bytes(b ^ mask[i % 4] for i, b in enumerate(data)) if mask else data
    return b"\x82" + length + mask + masked


def accept_key(key):
    magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    return base64.b64encode(hashlib.sha1((key + magic).encode()).digest()).decode()


def answer(conn, token):
    f = conn.makefile("rb")
    head = read_head(f)
    if not head:
        return
    path = head[0].split()[1]
    key = next((h.split(": ")[1] for h in head
                if h.lower().startswith("sec-websocket-key")), None)
    if re.search(r"[?&]token=([^&]*)", path) is None or \
            re.search(r"[?&]token=([^&]*)", path)[1] != token:
        conn.sendall(b"HTTP/1.1 403 No\r\nConnection: close\r\n\r\nno token\n")
    elif key is None:
        conn.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello from %d\n"
                     % os.getpid())
    else:
        conn.sendall(("HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n"
                      "Connection: Upgrade\r\nSec-WebSocket-Accept: "
                      f"{accept_key(key)}\r\n\r\n").encode())
        while (data := read_message(f)) is not None:
            conn.sendall(message(data))
    f.close()
    conn.shutdown(socket.SHUT_WR)


def guarded(conn, token):
    with conn:
        try:
            answer(conn, token)
        except OSError:
            pass


def serve(where, host="127.0.0.1"):
    if where.startswith("/"):
        s = socket.socket(socket.AF_UNIX)
        s.bind(where)
        s.listen()
    else:
        s = socket.create_server((host, int(where)))
    while True:
        conn = s.accept()[0]
        threading.Thread(target=guarded, daemon=True,
                         args=(conn, os.environ["WEBAPP_TOKEN"])).start()


def echo(where, path):
    if where.startswith("/"):
        s = socket.socket(socket.AF_UNIX)
        s.connect(where)
    else:
        s = socket.create_connection(("127.0.0.1", int(where)))
    s.settimeout(20)
    key = base64.b64encode(os.urandom(16)).decode()
    s.sendall((f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
               "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
               f"Sec-WebSocket-Key: {key}\r\n\r\n").encode())
    f = s.makefile("rb")
    head = read_head(f)
    if head[0].split()[1] != "101":
        return head[0].split()[1]
    if not any(accept_key(key) in h for h in head):
        return "another's answer"
    long = os.urandom(100000)
    for data in (b"word", long):
        s.sendall(message(data, os.urandom(4)))
        if read_message(f) != data:
            return "not the same"
    return "word"


if sys.argv[1] == "serve":
    serve(*sys.argv[2:])
print(echo(*sys.argv[2:]))
