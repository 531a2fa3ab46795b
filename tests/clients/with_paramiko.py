#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What programs do with paramiko, by a ProxyCommand.

with_paramiko.py PROXY USER KEY KNOWN DIR FILE PORT

PROXY is a command line without a shell's syntax, KNOWN a known_hosts with the key
of `job', DIR a directory there, FILE what is carried, PORT one of the node that
serves /page by HTTP. Prints what came of it as key=value lines, the same as the
programs of other libraries beside this one.
"""
import hashlib
import sys
import threading

import paramiko


def digest(data):
    return hashlib.sha256(data).hexdigest()


def whole(channel):
    parts = []
    while True:
        part = channel.recv(65536)
        if not part:
            return b"".join(parts)
        parts.append(part)


def run(client, command, given=b""):
    channel = client.get_transport().open_session()
    channel.exec_command(command)
    # What is sent may have to wait for what comes back.
    writer = threading.Thread(target=lambda: (channel.sendall(given),
                                              channel.shutdown_write()))
    writer.start()
    out = whole(channel)
    err = channel.makefile_stderr("rb").read()
    writer.join()
    return channel.recv_exit_status(), out, err


def on_terminal(client):
    channel = client.get_transport().open_session()
    channel.get_pty(width=120, height=40)
    channel.exec_command("stty size")
    return whole(channel).decode().strip()


def from_there(client):
    """A port of the node leads here."""
    transport = client.get_transport()
    port = transport.request_port_forward("127.0.0.1", 0)
    answer = []
    asker = threading.Thread(target=lambda: answer.append(run(
        client, "bash -c 'cat </dev/tcp/127.0.0.1/%d'" % port)[1]))
    asker.start()
    channel = transport.accept(20)
    channel.sendall(b"from here")
    channel.close()
    asker.join()
    return answer[0].decode()


def main():
    proxy, user, key, known, directory, file, port = sys.argv[1:]
    client = paramiko.SSHClient()
    client.load_host_keys(known)
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    client.connect("job", username=user, key_filename=key, allow_agent=False,
                   look_for_keys=False, sock=paramiko.ProxyCommand(proxy),
                   timeout=30, banner_timeout=30, auth_timeout=30)
    status, out, err = run(client, "echo out; echo err >&2; exit 7")
    print("status=%d out=%s err=%s" % (status, out.decode().strip(),
                                       err.decode().strip()))
    with open(file, "rb") as f:
        data = f.read()
    print("stdin=%s" % digest(run(client, "cat", data)[1]))
    print("session=%s" % run(
        client, "echo $VSCODE_REMOTE_SHELL_SESSION")[1].decode().strip())
    print("size=%s" % on_terminal(client))
    sftp = client.open_sftp()
    sftp.put(file, directory + "/paramiko")
    print("there=%s" % run(client, "sha256sum <'%s/paramiko'" %
                           directory)[1].decode().split()[0])
    with sftp.open(directory + "/paramiko", "rb") as f:
        print("back=%s" % digest(f.read()))
    channel = client.get_transport().open_channel(
        "direct-tcpip", ("127.0.0.1", int(port)), ("127.0.0.1", 1))
    channel.sendall(b"GET /page HTTP/1.0\r\n\r\n")
    print("page=%s" % digest(whole(channel).partition(b"\r\n\r\n")[2]))
    print("from there=%s" % from_there(client))
    client.close()


main()
