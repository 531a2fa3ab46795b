# SPDX-License-Identifier: BSD-2-Clause
# unixask.py PATH|PORT: what the server behind it says, PORT being of 127.0.0.1.
import socket
import sys

if sys.argv[1].startswith("/"):
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(20)
    s.connect(sys.argv[1])
else:
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20)
print(s.recv(100).decode())
