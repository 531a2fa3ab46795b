#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A gallery of extensions, as VS Code asks one, with one extension: test.outside.

gallery.py HOST PORT URL LOG [CERTIFICATE KEY]

It is reached by URL, where its product.json has "serviceUrl": what it is asked goes
to LOG, a line each, and "up" comes first. It answers the query for the extension by
name or by id, and has its manifest and its package, which is made here. With a
certificate it speaks TLS.
"""
import http.server
import io
import json
import ssl
import sys
import uuid
import zipfile

NAME, VERSION = "outside", "1.2.3"
ID = str(uuid.uuid5(uuid.NAMESPACE_DNS, "test.outside"))
MANIFEST = {"name": NAME, "publisher": "test", "version": VERSION,
            "displayName": "from outside", "engines": {"vscode": "^1.0.0"},
            "contributes": {}}
VSIX_XML = f"""<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
<Metadata><Identity Language="en-US" Id="{NAME}" Version="{VERSION}" Publisher="test"/>
<DisplayName>from outside</DisplayName></Metadata>
<Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>
<Dependencies/><Assets><Asset Type="Microsoft.VisualStudio.Code.Manifest"
Path="extension/package.json"/></Assets></PackageManifest>
"""
TYPES = """<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension=".json" ContentType="application/json"/>
<Default Extension=".vsixmanifest" ContentType="text/xml"/></Types>
"""


def package():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("extension.vsixmanifest", VSIX_XML)
        z.writestr("[Content_Types].xml", TYPES)
        z.writestr("extension/package.json", json.dumps(MANIFEST))
    return out.getvalue()


ASSETS = {
    "Microsoft.VisualStudio.Code.Manifest":
        ("application/json", json.dumps(MANIFEST).encode()),
    "Microsoft.VisualStudio.Services.VSIXPackage":
        ("application/octet-stream", package()),
}


def extension(url):
    assets = f"{url}/assets"
    return {
        "extensionId": ID, "extensionName": NAME, "displayName": "from outside",
        "shortDescription": "", "flags": "validated, public",
        "publisher": {"publisherId": ID, "publisherName": "test",
                      "displayName": "test", "flags": "none"},
        "lastUpdated": "2026-01-01T00:00:00Z",
        "publishedDate": "2026-01-01T00:00:00Z",
        "releaseDate": "2026-01-01T00:00:00Z",
        "statistics": [], "categories": [], "tags": [],
        "versions": [{
            "version": VERSION, "flags": "validated",
            "lastUpdated": "2026-01-01T00:00:00Z",
            "assetUri": assets, "fallbackAssetUri": assets,
            "files": [{"assetType": t, "source": f"{assets}/{t}"}
                      for t in ASSETS],
            "properties": [{"key": "Microsoft.VisualStudio.Code.Engine",
                            "value": "^1.0.0"}],
        }],
    }


def answer(query, url):
    wanted = [c.get("value", "").lower() for f in query.get("filters", [])
              for c in f.get("criteria", []) if c.get("filterType") in (4, 7)]
    found = [extension(url)] if {ID, "test.outside"} & set(wanted) else []
    return {"results": [{"extensions": found, "pagingToken": None,
                         "resultMetadata": [{
                             "metadataType": "ResultCount",
                             "metadataItems": [{"name": "TotalCount",
                                                "count": len(found)}]}]}]}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    url, log = "", None

    def say(self, status, kind, body):
        print(f"{self.command} {self.path} {status}", file=self.log, flush=True)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.split("?")[0].endswith("/extensionquery"):
            self.say(200, "application/json",
                     json.dumps(answer(json.loads(body), self.url)).encode())
        else:
            self.say(404, "text/plain", b"")

    def do_GET(self):
        self.say(*((200,) + ASSETS[name] if
                   (name := self.path.split("?")[0].rsplit("/", 1)[-1]) in ASSETS
                   else (404, "text/plain", b"")))

    def log_message(self, *args):
        pass


def main():
    host, port, Handler.url, log = sys.argv[1:5]
    Handler.log = open(log, "a", encoding="utf-8")
    server = http.server.ThreadingHTTPServer((host, int(port)), Handler)
    if len(sys.argv) > 5:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*sys.argv[5:7])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    print("up", file=Handler.log, flush=True)
    server.serve_forever()


main()
