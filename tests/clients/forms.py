# SPDX-License-Identifier: BSD-2-Clause
"""What each IDE client types and expects; the other side is forms.sh.

A form says how the script reaches the remote shell, how long the client waits
for the block, and the block's keys in their order. A client takes the block as
it comes, so it is checked whole: every line, every byte of it.
"""

import base64
import collections
import re

UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
PORT = r"[1-9][0-9]{0,4}"
ANY = r"[^\n=]*"

# hex      digits of the mark
# probes   does it ask `ready', uname and so on before the script?
# how      typed; piped: stdin ends behind it; base64: one line to be decoded
# ends     the script ends after the block
# wait     seconds until the client gives up waiting for the block
Form = collections.namedtuple("Form", "hex probes how ends wait ports keys")

FORMS = {
    # Remote-SSH waits 15 s for the log of the server, and a little for the rest
    "legacy": Form(12, True, "typed", False, 20, ["listeningOn"], """
        SSH_AUTH_SOCK DISPLAY webUiAccessToken listeningOn=port osReleaseId arch
        tmpDir platform unpackResult didLocalDownload downloadTime installTime
        serverStartTime extInstallTime connectionToken=uuid"""),
    "exec": Form(12, True, "typed", False, 20, ["listeningOn"], """
        exitCode=zero listeningOn=host:port osReleaseId arch tmpDir platform
        unpackResult didLocalDownload downloadTime installTime serverStartTime
        execServerToken=uuid platformDownloadPath SSH_AUTH_SOCK DISPLAY"""),
    "cursor": Form(24, False, "piped", False, 30,
                   ["codeListeningOn", "multiplexListeningOn"], """
        exitCode=zero nodeExecutable errorMessage isFatalError
        multiplexListeningOn=port multiplexConnectionToken=uuid
        codeListeningOn=port codeConnectionToken=uuid detectedPlatform arch
        SSH_AUTH_SOCK"""),
    # 35 times 0.5 s
    "oss": Form(24, False, "base64", True, 17.5, ["listeningOn"], """
        exitCode=zero listeningOn=port connectionToken=uuid logFile osReleaseId
        arch platform tmpDir"""),
}

VALUES = {"": ANY, "zero": "0", "uuid": UUID, "port": PORT,
          "host:port": r"127\.0\.0\.1:" + PORT}


def wrapped(form, text):
    """The script as it is typed."""
    if form.how != "base64":
        return text
    return (b"echo " + base64.b64encode(text) +
            b" | base64 -d | bash -l\n")


def parse(form, uuid, text):
    """The block's values by key; ValueError tells what is wrong with it."""
    start = text.index("%s: start\n" % uuid)
    lines = text[start:].split("\n")
    keys = form.keys.split()
    if lines.pop() or len(lines) != len(keys) + 2:
        raise ValueError("the block has %d lines, not %d: %r" %
                         (len(lines), len(keys) + 2, lines[-3:]))
    values = {}
    for key, line in zip(keys, lines[1:-1]):
        key, _, kind = key.partition("=")
        if line == "%s====" % key and kind.endswith("port"):
            raise ValueError("%s==== : no port" % key)
        m = re.fullmatch("%s==(%s)==" % (key, VALUES[kind]), line)
        if not m:
            raise ValueError("expected %s==(%s)==, got %r" %
                             (key, VALUES[kind], line))
        values[key] = m.group(1)
    return values
