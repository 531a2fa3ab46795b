# SPDX-License-Identifier: BSD-2-Clause
"""The rows: our path and those of others. Who is not installed is left out."""

import os
import shutil
import socket
import subprocess

import proc
from proc import answers, descendants, free_port, start, wait_until
from rows import Row

LOCAL = "127.0.0.1:%d"


def here(word):
    return shutil.which(word) is not None


def write(name, text):
    path = os.path.join(proc.args.dir, name)
    with open(path, "w", encoding="ascii") as f:
        f.write(text)
    os.chmod(path, 0o600)
    return path


def socat(to):
    port = free_port()
    p = start("socat", "TCP-LISTEN:%d,bind=127.0.0.1,reuseaddr,fork,"
              "backlog=128,nodelay" % port, "TCP:" + LOCAL % to + ",nodelay",
              stderr=subprocess.DEVNULL)    # each reset is a line
    wait_until(lambda: answers(port), "socat")
    return Row("socat", port, [p.pid])


def haproxy(name, *hops, more=""):
    """hops: (listening port, bind options, server port, server options)"""
    pids = []
    for i, (port, bind, to, server) in enumerate(hops):
        conf = write("%s.%d" % (name, i),
                     "global\n nbthread 1\n maxconn 2000\n"
                     "defaults\n mode tcp\n timeout connect 5s\n"
                     " timeout client 900s\n timeout server 900s\n"
                     "listen x\n bind 127.0.0.1:%d %s\n%s"
                     " server s 127.0.0.1:%d %s\n"
                     % (port, bind, more, to, server))
        pids.append(start("haproxy", "-db", "-f", conf).pid)
        wait_until(lambda: answers(port), name)
    return Row(name, hops[-1][0], pids)


def haproxy_splice(to):
    return haproxy("haproxy splice", (free_port(), "", to, ""),
                   more=" option splice-request\n option splice-response\n")


def haproxy_tls(to):
    pem, key = (os.path.join(proc.args.dir, n) for n in ("cert", "cert.key"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=bench", "-keyout", key, "-out", pem],
                   check=True, stderr=subprocess.DEVNULL)
    with open(pem, "a", encoding="ascii") as f, open(key, encoding="ascii") as k:
        f.write(k.read())
    middle, port = free_port(), free_port()
    suite = "ciphersuites TLS_AES_128_GCM_SHA256"
    return haproxy("haproxy 2 hops TLS",
                   (middle, "ssl crt %s %s" % (pem, suite), to, ""),
                   (port, "", middle, "ssl verify none " + suite))


def stunnel(to):
    name, middle, port = "stunnel 2 hops PSK", free_port(), free_port()
    keys = write("psk", "bench:" + os.urandom(32).hex() + "\n")
    pids = []
    for listen, connect, client in (middle, to, "no"), (port, middle, "yes"):
        conf = write("stunnel.%d" % listen, "foreground = yes\npid =\n"
                     "syslog = no\ndebug = 3\n[x]\nclient = %s\n"
                     "accept = 127.0.0.1:%d\nconnect = 127.0.0.1:%d\n"
                     "sslVersion = TLSv1.3\nciphersuites = "
                     "TLS_AES_128_GCM_SHA256\nPSKsecrets = %s\n"
                     "socket = l:TCP_NODELAY=1\nsocket = r:TCP_NODELAY=1\n"
                     % (client, listen, connect, keys))
        pids.append(start("stunnel", conf).pid)
        wait_until(lambda: answers(listen), name)
    return Row(name, port, pids)


def ssh_row(name, to, *options, port=None, socks=None):
    """The sshd's side are the processes that come with this ssh. It has a
    session, as with VS Code: with -N alone sshd leaves Nagle's algorithm on,
    and each new connection takes 40 ms."""
    before = descendants([proc.args.sshd])
    p = start("ssh", "-T", "-F", os.path.join(proc.args.dir, "ssh_config"),
              *options, "plain", "exec cat", stdin=subprocess.PIPE)
    wait_until(lambda: answers(socks or port), name)
    new = descendants([proc.args.sshd]) - before
    return Row(name, to if socks else port, [p.pid] + sorted(new), socks)


def ssh_l(name, to, *options):
    port = free_port()
    return ssh_row(name, to, "-L", "%d:%s" % (port, LOCAL % to), *options,
                   port=port)


def ssh_d(name, to, *options):
    port = free_port()
    return ssh_row(name, to, "-D", str(port), *options, socks=port)


def chain(word):
    """How an ssh reaches the node through the login node: the same sshd."""
    return "-oProxyCommand=ssh -T -F %s plain %s" % (
        os.path.join(proc.args.dir, "ssh_config"), word)


def make_rows(to, ours):
    """All rows, and the names of those whose program is not here."""
    mine = [ours.front.pid, ours.agent]
    ssh = "ssh" if proc.args.sshd else None
    behind = []

    def ours_behind(name):
        def make(_):
            d = ssh_d("", to)
            behind.append(d)
            return Row(name, ours.port, d.roots, d.socks, only=mine)
        return make

    table = (
        ("raw TCP", True, lambda t: Row("raw TCP", t)),
        ("socat", "socat", socat),
        ("haproxy", "haproxy",
         lambda t: haproxy("haproxy", (free_port(), "", t, ""))),
        ("haproxy splice", "haproxy", haproxy_splice),
        ("haproxy 2 hops TLS", here("openssl") and "haproxy", haproxy_tls),
        ("stunnel 2 hops PSK", "stunnel", stunnel),
        ("ssh -L", ssh, lambda t: ssh_l("ssh -L", t)),
        ("ssh -L aes128-gcm", ssh, lambda t: ssh_l(
            "ssh -L aes128-gcm", t, "-caes128-gcm@openssh.com")),
        ("ours", True, lambda t: Row("ours", ours.port, only=mine)),
        ("ssh -D", ssh, lambda t: ssh_d("ssh -D", t)),
        ("ours, ssh -D", ssh, ours_behind("ours, ssh -D")),
        ("ssh -W chain", ssh, lambda t: ssh_d("ssh -W chain", t, chain(
            "-W 127.0.0.1:%p"))),
        ("ssh+nc chain", ssh and here("nc") and ssh, lambda t: ssh_d(
            "ssh+nc chain", t, chain("nc 127.0.0.1 %p"))),
    )
    rows, absent = [], []
    for name, needs, make in table:
        if not proc.wanted(name):
            continue
        if needs is True or (needs and here(needs)):
            rows.append(make(to))
        else:
            absent.append(name)
    return rows, absent
