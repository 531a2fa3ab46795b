# SPDX-License-Identifier: BSD-2-Clause
# unixserve.py PATH: an editor's server in the job, on a Unix socket that it
# announces as start scripts do; who connects is told "ours".
import os
import socket
import sys

s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen()
print("0123456789ab: start\nlisteningOn==%s==\n0123456789ab: end"
      % sys.argv[1], flush=True)
os.dup2(2, 1)
while True:
    c = s.accept()[0]
    c.sendall(b"ours")
    c.close()
