#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What programs do with asyncssh, by a ProxyCommand; see with_paramiko.py."""
import asyncio
import hashlib
import shlex
import sys

import asyncssh


def digest(data):
    return hashlib.sha256(data).hexdigest()


async def from_there(c):
    """A port of the node leads here."""
    async def serve(reader, writer):
        writer.write(b"from here")
        writer.close()
        await writer.wait_closed()

    listener = await c.start_server(lambda *_: serve, "127.0.0.1", 0,
                                    encoding=None)
    result = await c.run("bash -c 'cat </dev/tcp/127.0.0.1/%d'" %
                         listener.get_port())
    listener.close()
    return result.stdout


async def talk():
    proxy, user, key, known, directory, file, port = sys.argv[1:]
    async with asyncssh.connect(
            "job", username=user, client_keys=[key], known_hosts=known,
            agent_path=None, config=None, proxy_command=shlex.split(proxy),
            login_timeout=30) as c:
        r = await c.run("echo out; echo err >&2; exit 7")
        print("status=%d out=%s err=%s" % (
            r.exit_status, r.stdout.strip(), r.stderr.strip()))
        with open(file, "rb") as f:
            data = f.read()
        r = await c.run("cat", input=data, encoding=None)
        print("stdin=%s" % digest(r.stdout))
        r = await c.run("echo $VSCODE_REMOTE_SHELL_SESSION")
        print("session=%s" % r.stdout.strip())
        r = await c.run("stty size", term_type="xterm", term_size=(120, 40))
        print("size=%s" % r.stdout.strip())
        async with c.start_sftp_client() as sftp:
            await sftp.put(file, directory + "/asyncssh")
            r = await c.run("sha256sum <'%s/asyncssh'" % directory)
            print("there=%s" % r.stdout.split()[0])
            async with sftp.open(directory + "/asyncssh", "rb") as f:
                print("back=%s" % digest(await f.read()))
        reader, writer = await c.open_connection("127.0.0.1", int(port),
                                                 encoding=None)
        writer.write(b"GET /page HTTP/1.0\r\n\r\n")
        answer = await reader.read()
        print("page=%s" % digest(answer.partition(b"\r\n\r\n")[2]))
        print("from there=%s" % await from_there(c))


asyncio.run(talk())
