# SPDX-License-Identifier: BSD-2-Clause
"""A web server of the files below a directory.

mirror.py FILE DIR LOG      its port is written to FILE, each path that is asked for
                            to LOG. Of a PATH beside which there is PATH.hold only
                            the first half is sent, until that has been removed
"""
import http.server
import os
import sys
import time

FILE, DIR, LOG = sys.argv[1:]


class Files(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        with open(LOG, "a") as log:
            log.write(self.path + "\n")
        path = os.path.normpath(DIR + self.path)
        try:
            with open(path, "rb") as f:
                body = f.read()
        except OSError:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        half = len(body) // 2
        try:
            self.wfile.write(body[:half])
            for _ in range(6000):
                if not os.path.exists(path + ".hold"):
                    break
                time.sleep(0.05)
            self.wfile.write(body[half:])
        except OSError:
            pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files)
with open(FILE + ".new", "w") as f:
    f.write(str(server.server_address[1]))
os.rename(FILE + ".new", FILE)
server.serve_forever()
