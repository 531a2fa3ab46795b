# SPDX-License-Identifier: BSD-2-Clause
"""The rows: our path and those of others. Who is not installed is left out.

Those of one hop go from here to the server, of two hops from here to the node
and there to the server. ssh is two hops, the second is the node's sshd. The
last rows have an ssh -D in front, as in real life, to the sshd that is here.
"""

import os
import shutil
import socket
import subprocess

import proc
from proc import LOCAL, answers, descendants, free_port, on_login, on_node, \
    start, wait_until
from rows import Row


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
              "backlog=128,nodelay" % port,
              "TCP:%s:%d,nodelay" % (proc.args.address, to),
              stderr=subprocess.DEVNULL)    # each reset is a line
    wait_until(lambda: answers(port), "socat")
    return Row("socat", port, [p.pid])


class Hop:
    """Where a hop listens, and where it connects to."""

    def __init__(self, place, listen, connect):
        self.place, self.listen, self.connect = place, listen, connect

    def run(self, *command):
        p = start(*self.place(*command))
        wait_until(lambda: answers(self.listen[1], self.listen[0]), command[0])
        return p.pid


def one_hop(to):
    return Hop(on_login, (LOCAL, free_port()), (proc.args.address, to))


def two_hops(to):
    """The one on the node first, since it must be up first."""
    middle = proc.args.address, free_port(on_node)
    return (Hop(on_node, middle, (LOCAL, to)),
            Hop(on_login, (LOCAL, free_port()), middle))


def haproxy_hop(name, hop, bind="", server="", more=""):
    conf = write("%s.%d" % (name, hop.listen[1]),
                 "global\n nbthread 1\n maxconn 2000\n"
                 "defaults\n mode tcp\n timeout connect 5s\n"
                 " timeout client 900s\n timeout server 900s\n"
                 "listen x\n bind %s:%d %s\n%s server s %s:%d %s\n"
                 % (*hop.listen, bind, more, *hop.connect, server))
    return hop.run("haproxy", "-db", "-f", conf)


def haproxy(name, to, more=""):
    hop = one_hop(to)
    return Row(name, hop.listen[1], [haproxy_hop(name, hop, more=more)])


def haproxy_splice(to):
    return haproxy("haproxy splice", to,
                   " option splice-request\n option splice-response\n")


def haproxy_tls(to):
    pem, key = (os.path.join(proc.args.dir, n) for n in ("cert", "cert.key"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=bench", "-keyout", key, "-out", pem],
                   check=True, stderr=subprocess.DEVNULL)
    with open(pem, "a", encoding="ascii") as f, open(key, encoding="ascii") as k:
        f.write(k.read())
    name, suite = "haproxy 2 hops TLS", "ciphersuites TLS_AES_128_GCM_SHA256"
    far, near = two_hops(to)
    pids = [haproxy_hop(name, far, bind="ssl crt %s %s" % (pem, suite)),
            haproxy_hop(name, near, server="ssl verify none " + suite)]
    return Row(name, near.listen[1], pids)


def stunnel(to):
    far, near = two_hops(to)
    keys = write("psk", "bench:" + os.urandom(32).hex() + "\n")
    pids = []
    for hop, client in (far, "no"), (near, "yes"):
        conf = write("stunnel.%d" % hop.listen[1], "foreground = yes\npid =\n"
                     "syslog = no\ndebug = 3\n[x]\nclient = %s\n"
                     "accept = %s:%d\nconnect = %s:%d\n"
                     "sslVersion = TLSv1.3\nciphersuites = "
                     "TLS_AES_128_GCM_SHA256\nPSKsecrets = %s\n"
                     "socket = l:TCP_NODELAY=1\nsocket = r:TCP_NODELAY=1\n"
                     % (client, *hop.listen, *hop.connect, keys))
        pids.append(hop.run("stunnel", conf))
    return Row("stunnel 2 hops PSK", near.listen[1], pids)


def sshds():
    # A pid of 0 is nobody's here, and the parent of all to descendants().
    return descendants([p for p in (proc.args.sshd, proc.args.node_sshd) if p])


def ssh_row(name, to, host, *options, port=None, socks=None):
    """The sshd's side are the processes that come with this ssh. It has a
    session, as with VS Code: with -N alone sshd leaves Nagle's algorithm on,
    and each new connection takes 40 ms."""
    before = sshds()
    p = start("ssh", "-T", "-F", os.path.join(proc.args.dir, "ssh_config"),
              *options, host, "exec cat", stdin=subprocess.PIPE)
    wait_until(lambda: answers(socks or port), name)
    return Row(name, to if socks else port, [p.pid] + sorted(sshds() - before),
               socks)


def ssh_l(name, to, *options):
    port = free_port()
    return ssh_row(name, to, "node", "-L", "%d:%s:%d" % (port, LOCAL, to),
                   *options, port=port)


def ssh_d(name, to, *options, host="node"):
    port = free_port()
    return ssh_row(name, to, host, "-D", str(port), *options, socks=port)


def chain(word):
    """How an ssh reaches the node through the login node."""
    return "-oProxyCommand=ssh -T -F %s plain %s" % (
        os.path.join(proc.args.dir, "ssh_config"), word)


def make_rows(to, ours):
    """All rows, and the names of those whose program is not here."""
    mine = [ours.front.pid, ours.agent]
    ssh = "ssh" if proc.args.sshd else None

    def ours_behind(_):
        name = "ours, ssh -D"
        d = ssh_d(name, to, host="plain")
        return Row(name, ours.port, d.roots, d.socks, only=mine, parts={
            "ssh": d.roots[:1], "sshd": d.roots[1:],
            "front": [ours.front.pid], "agent": [ours.agent]})

    table = (
        ("raw TCP", True, lambda t: Row("raw TCP", t,
                                        host=proc.args.address)),
        ("socat", "socat", socat),
        ("haproxy", "haproxy", lambda t: haproxy("haproxy", t)),
        ("haproxy splice", "haproxy", haproxy_splice),
        ("haproxy 2 hops TLS", here("openssl") and "haproxy", haproxy_tls),
        ("stunnel 2 hops PSK", "stunnel", stunnel),
        ("ssh -L", ssh, lambda t: ssh_l("ssh -L", t)),
        ("ssh -L aes128-gcm", ssh, lambda t: ssh_l(
            "ssh -L aes128-gcm", t, "-caes128-gcm@openssh.com")),
        ("ours", True, lambda t: Row("ours", ours.port, only=mine)),
        ("ssh -D", ssh, lambda t: ssh_d("ssh -D", t)),
        ("ours, ssh -D", ssh, ours_behind),
        ("ssh -W chain", ssh, lambda t: ssh_d("ssh -W chain", t, chain(
            "-W %h:%p"))),
        ("ssh+nc chain", here("nc") and ssh, lambda t: ssh_d(
            "ssh+nc chain", t, chain("nc %h %p"))),
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
