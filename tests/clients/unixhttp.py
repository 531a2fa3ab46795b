# SPDX-License-Identifier: BSD-2-Clause
"""unixhttp.py ADDRESS [PATH]: prints what an HTTP server says on a Unix socket, or
on a port of 127.0.0.1, behind its status on a line of its own; "none" when the
connection is refused or reset before it says anything."""
import socket
import sys

where = sys.argv[1]
path = sys.argv[2] if len(sys.argv) > 2 else "/"
answer = b""
try:
    if where.startswith("/"):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(20)
        s.connect(where)
    else:
        s = socket.create_connection(("127.0.0.1", int(where)), 20)
    s.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
    while chunk := s.recv(65536):
        answer += chunk
except (ConnectionError, FileNotFoundError, PermissionError):
    pass
head, _, body = answer.partition(b"\r\n\r\n")
print(head.split()[1].decode() if head else "none")
sys.stdout.write(body.decode())
