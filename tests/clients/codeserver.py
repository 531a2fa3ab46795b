#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Stands in for VS Code's server where npm cannot be had: takes its options,
says that it listens as that does, and answers /version, /delay-shutdown (both
without a token) and /pid. Ends after ten minutes."""

import argparse
import http.server
import os
import socketserver
import threading


class Page(http.server.BaseHTTPRequestHandler):
    pages = {"/version": "stub-1", "/delay-shutdown": "OK",
             "/pid": str(os.getpid())}

    def address_string(self):
        return "-"

    def do_GET(self):
        body = self.pages.get(self.path, "Forbidden.").encode()
        self.send_response(200 if self.path in self.pages else 403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Unix(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


parser = argparse.ArgumentParser()
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--socket-path")
args, _ = parser.parse_known_args()
if args.socket_path:
    server = Unix(args.socket_path, Page)
    where = args.socket_path
else:
    server = http.server.ThreadingHTTPServer((args.host, args.port), Page)
    where = server.server_address[1]
print("Extension host agent listening on %s" % where, flush=True)
threading.Timer(600, os._exit, [0]).start()
server.serve_forever()
