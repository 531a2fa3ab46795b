#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Remote-SSH's forwarding server: a port on the laptop that leads through the
SOCKS port of an ssh to a port of the remote host, and stays the same while those
behind it change.

forwarder.py DIR    DIR/target has "SOCKS PORT", read at each connection
                    DIR/port gets the number of our own port
                    DIR/stats gets connections, the most at a time, bytes to the
                    remote host and from there
"""

import os
import socket
import sys
import threading
import time


class Forwarder:
    def __init__(self, folder):
        self.dir = folder
        self.lock = threading.Lock()
        self.stats = {"connections": 0, "open": 0, "most": 0, "up": 0,
                      "down": 0}

    def write(self, name, text):
        new = os.path.join(self.dir, name + ".new")
        with open(new, "w") as f:
            f.write(text + "\n")
        os.rename(new, os.path.join(self.dir, name))

    def add(self, key, number):
        with self.lock:
            self.stats[key] += number
            self.stats["most"] = max(self.stats["most"], self.stats["open"])

    def dial(self):
        with open(os.path.join(self.dir, "target")) as f:
            socks, port = map(int, f.read().split())
        s = socket.create_connection(("127.0.0.1", socks))
        s.sendall(b"\x05\x01\x00")
        s.recv(2)
        s.sendall(b"\x05\x01\x00\x03\x09127.0.0.1" + port.to_bytes(2, "big"))
        reply = s.recv(10)
        if len(reply) != 10 or reply[1]:
            s.close()
            raise OSError("refused")
        return s

    def copy(self, a, b, key):
        try:
            while True:
                data = a.recv(262144)
                if not data:
                    break
                self.add(key, len(data))
                b.sendall(data)
            b.shutdown(socket.SHUT_WR)
        except OSError:
            self.end(a, b)

    @staticmethod
    def end(*sockets):
        for s in sockets:
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def serve(self, client):
        self.add("connections", 1)
        self.add("open", 1)
        try:
            with client, self.dial() as remote:
                for s in client, remote:
                    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                t = threading.Thread(target=self.copy,
                                     args=(client, remote, "up"))
                t.start()
                self.copy(remote, client, "down")
                t.join()
        except OSError:
            pass
        self.add("open", -1)

    def report(self):
        while True:
            self.write("stats", " ".join("%s=%d" % i
                                         for i in self.stats.items()))
            time.sleep(0.5)

    def run(self):
        listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.write("port", "%d" % listener.getsockname()[1])
        threading.Thread(target=self.report, daemon=True).start()
        while True:
            client, _ = listener.accept()
            threading.Thread(target=self.serve, args=(client,),
                             daemon=True).start()


if __name__ == "__main__":
    Forwarder(sys.argv[1]).run()
