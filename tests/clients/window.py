#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A window of VS Code that stays open, for tests of who is connected.

window.py PORT TOKEN COMMIT VERSION FOLDER COMMAND [AGENT]

Opens a management and an extension host connection to the server, watches FOLDER
and types COMMAND into a terminal. From version 1.121 on it asks for the agent
host, as a window does, and with AGENT runs that command below it. Prints "up"
when the terminal has printed "ready", and stays until it is killed, as a laptop
that is closed: without a word. When the server goes away it keeps what is left
of its connections.
"""

import sys
import time

sys.dont_write_bytecode = True     # the tests write nothing beside themselves

from vscode import (Address, Agents, Connection, EXTENSION_HOST, Ipc, Lost, MANAGEMENT,
                    Terminal)

port, token, commit, version, folder, command = sys.argv[1:7]
address = Address(port, token, commit, version)
management = Connection(address, MANAGEMENT)
extensions = Connection(address, EXTENSION_HOST, {
    "language": "en", "env": {}, "break": False})
ipc = Ipc(management)

FILES = "remoteFilesystem"
ipc.heard[ipc.request(102, FILES, "fileChange", ["test"])] = lambda _: None
ipc.call(FILES, "watch", ["test", 1, {"$mid": 1, "path": folder,
                                      "scheme": "file"},
                          {"recursive": True, "excludes": []}])
if address.version >= (1, 121):
    agents = Agents(ipc, folder)
    for one in sys.argv[7:]:
        agents.run(one)
terminal = Terminal(ipc, folder)
terminal.type(command + "\r")

end = time.monotonic() + 60
told = 0
while not told or not time.sleep(0.5):
    try:
        ipc.pump(0.5)
        extensions.pump()
        management.keepalive()
        extensions.keepalive()
    except (Lost, OSError):
        if not told:
            raise
    if not told and "ready" in terminal.text.replace(command, ""):
        told = 1
        print("up", flush=True)
    if not told and time.monotonic() > end:
        raise Lost("the terminal is not ready")
