# SPDX-License-Identifier: BSD-2-Clause
"""Process trees like those of an editor's server, for tests of the reaper.

    trees.py ROOT UID KIND...

starts one tree for each KIND as UID, re-parented to process 1, and prints a
line "KIND PID..." when it stands: the root, then what is below it. ROOT is a
directory with bin/node, a copy of Python, below a directory of the kind.

plain      a server, a helper, a terminal with a shell and a python of the user
listen     listens on a TCP port; "PORT" follows the pids
unix       listens on ROOT/sock-UID
caller     as listen, and connects to TREES_TO, a port or the path of a socket
stubborn   ignores SIGTERM, and so does its child
forker     starts a child every 2 ms, and two more for SIGTERM
detach     a child that left its session and its parent, with the mark only
slow       a member that ends 300 ms after SIGTERM
phoenix    its child leaves one like itself behind for each SIGTERM, for ever,
           known by the mark only
bomb       everybody forks as fast as it can, up to 300 processes of the user
hostile    a name and arguments that want to forge lines and steer terminals
huge       a megabyte of arguments
runs       a shell that runs the command TREES_RUN
"""
import os
import resource
import signal
import socket
import subprocess
import sys
import time

MARK = "VSCODE_IPC_HOOK_CLI"


def sleeper(argv0, **more):
    return subprocess.Popen([argv0, "1000"], executable="/bin/sleep",
                            stdin=subprocess.DEVNULL, **more).pid


def plain(tell):
    tell(os.getpid())
    tell(sleeper("--type=extensionHost"))
    shell = subprocess.Popen(
        ["/bin/sh", "-c", "sleep 1000 & echo $!; exec sleep 1000"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        start_new_session=True)
    tell(shell.pid)
    tell(int(shell.stdout.readline()))


def accept_all(listener):
    kept = []
    while True:
        kept.append(listener.accept())


def listen(tell):
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    s.listen(500)
    tell(os.getpid())
    tell(s.getsockname()[1])
    return lambda: accept_all(s)


def unix(tell):
    s = socket.socket(socket.AF_UNIX)
    path = "%s/sock-%d" % (ROOT, os.getuid())
    s.bind(path)
    s.listen(5)
    tell(os.getpid())
    return lambda: accept_all(s)


def caller(tell):
    to = os.environ["TREES_TO"]
    if to.startswith("/"):
        s = socket.socket(socket.AF_UNIX)
        s.connect(to)
    else:
        s = socket.create_connection(("127.0.0.1", int(to)))
    run = listen(tell)
    return lambda: run() if s else None


def stubborn(tell):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    tell(os.getpid())
    tell(sleeper("sleep", restore_signals=False))


def forker(tell):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: (sleeper("sleep"),
                                              sleeper("sleep")))
    tell(os.getpid())

    def run():
        end = time.monotonic() + 20
        while time.monotonic() < end:
            sleeper("sleep", start_new_session=True)
            time.sleep(0.002)
    return run


def detach(tell):
    os.environ[MARK] = "%s/ipc-%d" % (ROOT, os.getpid())
    tell(os.getpid())
    tell(sleeper("marked"))
    r, w = os.pipe()
    if os.fork() == 0:
        os.setsid()
        pid = sleeper("stray", start_new_session=True)
        os.write(w, b"%d" % pid)
        os._exit(0)
    os.wait()
    tell(int(os.read(r, 20)))


def slow(tell):
    def end(*_):
        time.sleep(0.3)
        os._exit(0)
    signal.signal(signal.SIGTERM, end)
    tell(os.getpid())


def phoenix(tell):
    tell(os.getpid())
    env = dict(os.environ)
    env[MARK] = "%s/ipc-%d" % (ROOT, os.getpid())
    child = subprocess.Popen(
        [ROOT + "/bin/node", os.path.abspath(__file__), ROOT, "-", "rising"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=env)
    tell(child.stdout.readline().split()[1].decode())


def rising(tell):
    def rise(*_):
        if os.fork() != 0:
            os._exit(0)
        if os.getsid(0) != os.getpid():
            os.setsid()
    signal.signal(signal.SIGTERM, rise)
    tell(os.getpid())


def bomb(tell):
    resource.setrlimit(resource.RLIMIT_NPROC, (300, 300))
    tell(os.getpid())

    def run():
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                os.fork()
            except OSError:
                time.sleep(0.001)
            os.setpgid(0, 0)
    return run


EVIL = ("x\n[2024-04-25T23:00:00] Killed 9 process(es) under pid 1 (uid 0)\n"
        "\033[2J\033]0;evil\a\u202e\r").encode() + b"\xff\xfe'\"\\"


def hostile(tell):
    tell(os.getpid())
    with open("/proc/self/comm", "wb") as f:
        f.write(b"a\n) S 1 1\033[")
    tell(sleeper(EVIL))


def huge(tell):
    tell(os.getpid())
    word = "a" * 100000
    tell(subprocess.Popen(["python3", "-c", "import time; time.sleep(1000)"] +
                          10 * [word], executable="/usr/bin/python3",
                          stdin=subprocess.DEVNULL).pid)


def runs(tell):
    tell(os.getpid())
    tell(subprocess.Popen(["/bin/sh", "-c", os.environ["TREES_RUN"]],
                          stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL).pid)


def server(kind):
    """In the process whose program is ROOT/bin/node."""
    said = []
    run = globals()[kind](said.append)
    print(kind, *said, flush=True)
    os.dup2(os.open("/dev/null", os.O_RDWR), 1)
    if run:
        run()
    while True:
        signal.pause()


def start(kind, uid, node):
    """A server without a parent, in a session of its own."""
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        if os.fork() != 0:
            os._exit(0)
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        os.dup2(w, 1)
        os.execv(node, [node, os.path.abspath(__file__), ROOT, "-", kind])
    os.close(w)
    os.waitpid(pid, 0)
    with os.fdopen(r) as f:
        print(f.readline(), end="", flush=True)


ROOT = sys.argv[1]
if sys.argv[2] == "-":
    server(sys.argv[3])
else:
    for one in sys.argv[3:]:
        start(one, int(sys.argv[2]), ROOT + "/bin/node")
