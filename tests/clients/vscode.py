# SPDX-License-Identifier: BSD-2-Clause
"""VS Code's side of a connection to its remote server, as far as tests need it.

    Connection   WebSocket upgrade, handshake, and then messages that are
                 numbered, acknowledged, and sent again after a resume by the
                 reconnection token (VS Code's PersistentProtocol)
    Ipc          calls and events on a management connection
    Terminal     a shell in the server's pty host
    Agents       the server's agent host, since 1.121, and a shell below it

Written for VS Code 1.100 and 1.139, which take the same but where the version is
asked for. Nothing here is asynchronous: whoever waits for something calls
pump().
"""

import base64
import json
import os
import secrets
import select
import socket
import struct
import time
import uuid

# Pause (7) and resume (8) are asked of us for large uploads only.
REGULAR, CONTROL, ACK, DISCONNECT, REPLAY, KEEPALIVE = 1, 2, 3, 5, 6, 9
MANAGEMENT, EXTENSION_HOST, TUNNEL = 1, 2, 3


class Refused(Exception):
    """The server said no, for good: a real client would not try again."""


class Lost(Exception):
    """The connection is gone: a real client would try again."""


class Address:
    """Where a server is: a port of 127.0.0.1, behind a SOCKS port or not."""

    def __init__(self, port, token, commit, version, socks=None):
        self.port, self.token = int(port), token
        self.commit, self.socks = commit, socks and int(socks)
        self.version = tuple(map(int, version.split(".")))

    def dial(self, timeout=20):
        s = socket.create_connection(
            ("127.0.0.1", self.socks or self.port), timeout)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.socks:
            s.sendall(b"\x05\x01\x00")
            if s.recv(2) != b"\x05\x00":
                raise Lost("SOCKS is refused")
            s.sendall(b"\x05\x01\x00\x03\x09127.0.0.1" +
                      struct.pack(">H", self.port))
            reply = s.recv(10)
            if len(reply) != 10 or reply[1]:
                raise Lost("SOCKS: %r" % reply)
        return s


class Connection:
    def __init__(self, address, kind, args=None):
        self.kind, self.args = kind, args
        self.token = str(uuid.uuid4())
        self.sent = self.acked = self.received = self.told = 0
        self.unacked = []           # (id, data)
        self.inbox = []             # data of regular messages
        self.answer = self.open(address, False)

    # ---- the wire ----

    def write(self, kind, number=0, ack=0, data=b""):
        frame = struct.pack(">BIII", kind, number, ack, len(data)) + data
        self.sock.sendall(frame)

    def control(self, **message):
        self.write(CONTROL, data=json.dumps(message).encode())

    def fill(self, timeout):
        """Read once; False when nothing came in time."""
        if not select.select([self.sock], [], [], timeout)[0]:
            return False
        try:
            part = self.sock.recv(262144)
        except OSError as e:
            raise Lost(str(e)) from e
        if not part:
            raise Lost("closed by the server")
        self.buffer += part
        return True

    def frames(self):
        while len(self.buffer) >= 13:
            kind, number, ack, size = struct.unpack(">BIII", self.buffer[:13])
            if len(self.buffer) < 13 + size:
                return
            data = bytes(self.buffer[13:13 + size])
            del self.buffer[:13 + size]
            yield kind, number, ack, data

    def next_control(self, timeout=10):
        end = time.monotonic() + timeout
        while True:
            for kind, _, _, data in self.frames():
                if kind == CONTROL:
                    message = json.loads(data)
                    if message.get("type") == "error":
                        raise Refused(message.get("reason"))
                    return message
            if not self.fill(max(0, end - time.monotonic())):
                raise Lost("no answer in the handshake")

    def open(self, address, again):
        self.buffer = bytearray()
        try:
            self.sock = address.dial()
            self.sock.settimeout(20)
            self.upgrade(address, again)
            self.control(type="auth", auth=address.token,
                         data=secrets.token_hex(8))
            self.next_control()
            self.control(type="connectionType", commit=address.commit,
                         signedData=address.token,
                         desiredConnectionType=self.kind,
                         args=self.args or {})
            # A tunnel of 1.139 says ok or error when it has connected, one of
            # 1.100 nothing: its first bytes are the other side's.
            if self.kind == TUNNEL and address.version < (1, 101):
                return None
            return self.next_control()
        except OSError as e:
            raise Lost(str(e)) from e

    def upgrade(self, address, again):
        self.sock.sendall((
            "GET /stable-%s?reconnectionToken=%s&reconnection=%s"
            "&skipWebSocketFrames=true HTTP/1.1\r\n"
            "Host: 127.0.0.1:%d\r\nConnection: Upgrade\r\n"
            "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: %s\r\n\r\n" %
            (address.commit, self.token, "true" if again else "false",
             address.port, base64.b64encode(os.urandom(16)).decode())
        ).encode())
        while b"\r\n\r\n" not in self.buffer:
            if not self.fill(20):
                raise Lost("no answer to the upgrade")
        head, _, rest = bytes(self.buffer).partition(b"\r\n\r\n")
        self.buffer = bytearray(rest)
        if b" 101 " not in head.split(b"\r\n")[0] + b" ":
            raise Lost("no upgrade: %r" % head[:60])

    # ---- messages ----

    def send(self, data):
        self.sent += 1
        self.unacked.append((self.sent, data))
        self.told = self.received
        self.write(REGULAR, self.sent, self.received, data)

    def pump(self, timeout=0.0):
        """Take what is there, or wait for something; new ones are in inbox."""
        got = self.fill(timeout)
        for kind, number, ack, data in self.frames():
            while self.unacked and self.unacked[0][0] <= ack:
                self.unacked.pop(0)
            if kind == REGULAR and number == self.received + 1:
                self.received = number
                self.inbox.append(data)
            elif kind == REGULAR and number > self.received:
                raise Refused("message %d comes after %d" %
                              (number, self.received))
            elif kind == REPLAY:
                self.replay()
            elif kind == DISCONNECT:
                raise Refused("the server disconnects us")
        if self.told != self.received:
            self.told = self.received
            self.write(ACK, 0, self.received)
        return got

    def replay(self):
        for number, data in self.unacked:
            self.write(REGULAR, number, self.received, data)

    def keepalive(self):
        self.write(KEEPALIVE, 0, self.received)

    def resume(self, address):
        """On a new connection to the same server, nothing lost or doubled."""
        self.close()
        self.answer = self.open(address, True)
        self.write(ACK, 0, self.received)
        self.replay()

    def close(self):
        self.sock.close()


# ---- calls -------------------------------------------------------------------

def vql(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def pack(value):
    if value is None:
        return b"\x00"
    if isinstance(value, str):
        data = value.encode()
        return b"\x01" + vql(len(data)) + data
    if isinstance(value, list):
        return b"\x04" + vql(len(value)) + b"".join(map(pack, value))
    if isinstance(value, int) and not isinstance(value, bool):
        return b"\x06" + vql(value)
    data = json.dumps(value).encode()
    return b"\x05" + vql(len(data)) + data


def unpack(data, at=0):
    def length(at):
        n = shift = 0
        while True:
            n |= (data[at] & 127) << shift
            shift += 7
            at += 1
            if data[at - 1] < 128:
                return n, at

    kind, at = data[at], at + 1
    if kind == 0:
        return None, at
    n, at = length(at)
    if kind == 6:
        return n, at
    if kind == 4:
        items = []
        for _ in range(n):
            item, at = unpack(data, at)
            items.append(item)
        return items, at
    part, at = data[at:at + n], at + n
    if kind == 1:
        return part.decode(), at
    return (json.loads(part) if kind == 5 else part), at


class Ipc:
    def __init__(self, connection):
        self.connection = connection
        self.last = 0
        self.answers = {}           # number: (succeeded, value)
        self.heard = {}             # number: callback of an event
        connection.send(pack({"remoteAuthority": "test",
                              "clientId": secrets.token_hex(4)}))

    def pump(self, timeout=0.0):
        got = self.connection.pump(timeout)
        inbox, self.connection.inbox = self.connection.inbox, []
        for message in inbox:
            header, at = unpack(message)
            value, _ = unpack(message, at)
            if header[0] == 204:
                self.heard[header[1]](value)
            elif header[0] in (201, 202, 203):
                self.answers[header[1]] = header[0] == 201, value
        return got

    def request(self, kind, channel, name, arg):
        self.last += 1
        self.connection.send(pack([kind, self.last, channel, name]) +
                             pack(arg))
        return self.last

    def call(self, channel, name, arg=None, timeout=30):
        number = self.request(100, channel, name, arg)
        end = time.monotonic() + timeout
        while number not in self.answers:
            if time.monotonic() > end:
                raise Lost("%s %s: no answer" % (channel, name))
            self.pump(0.2)
        good, value = self.answers.pop(number)
        if not good:
            raise Refused("%s %s: %s" % (channel, name, value))
        return value

    def listen(self, channel, name, callback):
        self.heard[self.request(102, channel, name, None)] = callback


class Terminal:
    """A shell in the folder; text is all that it printed so far."""

    CHANNEL = "remoteterminal"

    def __init__(self, ipc, folder, shell="/bin/sh"):
        self.ipc = ipc
        self.text = ""
        self.size = 0
        ipc.listen(self.CHANNEL, "$onProcessDataEvent", self.data)
        uri = {"$mid": 1, "path": folder, "scheme": "file"}
        made = ipc.call(self.CHANNEL, "$createProcess", {
            "configuration": {}, "resolvedVariables": {},
            "envVariableCollections": [], "resolverEnv": {},
            "shellLaunchConfig": {"executable": shell, "args": [],
                                  "cwd": folder},
            "workspaceId": "test", "workspaceName": "test",
            "workspaceFolders": [{"uri": uri, "name": "test", "index": 0}],
            "activeWorkspaceFolder": {"uri": uri, "name": "test", "index": 0},
            "shouldPersistTerminal": True, "cols": 80, "rows": 24,
            "unicodeVersion": "11",
            "options": {"shellIntegration": {"enabled": False,
                                             "suggestEnabled": False,
                                             "nonce": ""},
                        "windowsEnableConpty": False,
                        "windowsUseConptyDll": False,
                        "isScreenReaderOptimized": False}})
        self.id = made["persistentTerminalId"]
        ipc.call(self.CHANNEL, "$start", [self.id])

    def data(self, event):
        if event["id"] == self.id:
            text = event["event"]
            text = text if isinstance(text, str) else text["data"]
            self.text += text
            self.size += len(text)
            if self.size >= 5000:   # or the pty host stops reading
                self.ipc.request(100, self.CHANNEL, "$acknowledgeDataEvent",
                                 [self.id, self.size])
                self.size = 0

    def type(self, text):
        self.ipc.request(100, self.CHANNEL, "$input", [self.id, text])


class Agents:
    """The server's agent host, which starts when the first window asks for it.

    What an agent's tool runs is a shell below it; that needs no account.
    """

    CHANNEL = "agentHostProxy"
    PROTOCOL = "0.9.0"

    def __init__(self, ipc, folder):
        self.ipc, self.folder = ipc, folder
        self.asked = self.acted = 0
        self.answers = {}
        ipc.listen(self.CHANNEL, "frame", self.frame)
        ipc.call(self.CHANNEL, "connect", timeout=60)
        self.call("initialize", clientId="test",
                  protocolVersions=[self.PROTOCOL])

    def frame(self, text):
        message = json.loads(text)
        if "method" not in message:
            self.answers[message.get("id")] = message

    def send(self, **message):
        self.ipc.call(self.CHANNEL, "send",
                      json.dumps(dict(message, jsonrpc="2.0")))

    def call(self, method, **params):
        self.asked += 1
        self.send(id=self.asked, method=method, params=params)
        end = time.monotonic() + 60
        while self.asked not in self.answers:
            if time.monotonic() > end:
                raise Lost("%s: no answer of the agent host" % method)
            self.ipc.pump(0.2)
        answer = self.answers.pop(self.asked)
        if "error" in answer:
            raise Refused("%s: %s" % (method, answer["error"]))
        return answer.get("result")

    def run(self, command):
        """In a shell of its own, which stays."""
        self.acted += 1
        channel = "agenthost-terminal:/%d" % self.acted
        self.call("createTerminal", channel=channel, name="test",
                  cwd="file://" + self.folder)
        self.send(method="dispatchAction", params={
            "channel": channel, "clientSeq": self.acted,
            "action": {"type": "terminal/input", "data": command + "\r"}})
