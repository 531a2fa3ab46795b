#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# make bench: one pass over 5000 processes, all of one tree, beside the
# ps whose output the program that this one replaces reads. In a pid namespace
# own; needs root. Nothing fails for being slow but the figures that are
# promised: less than 200 ms of CPU, and 20 MB. BENCH_PROCESSES changes 5000.
#
# reaper     nobody is connected to anything of the user
# connected  somebody is to the tree, through an sshd of the user
# elsewhere  somebody is to another server of the user, so that each descriptor
#            of the 5000 must be looked at; that time is only shown
TEST_TIMEOUT=${TEST_TIMEOUT:-300}
export TEST_TIMEOUT
. "$(dirname "$0")/../lib.sh"
test "$(id -u)" = 0 || skip_all "only root can have a pid namespace"
unshare -p -f -m true 2>/dev/null || skip_all "unshare does not work here"
test -x "$BUILD/vscode-grim-reaper" || skip_all "the reaper is not built"
n=${BENCH_PROCESSES:-5000}
mkdir -p "$T/.vscode-server/bin"
chmod 755 "$T"
cp "$(command -v sleep)" "$T/.vscode-server/bin/node"
cp "$(readlink -f "$PYTHON")" "$T/sshd"
cat >"$T/inside.py" <<'END'
import os, socket, subprocess, sys, time
n, node, reaper, sshd = int(sys.argv[1]), *sys.argv[2:5]
ready_r, ready_w = os.pipe()
if os.fork() == 0:
    os.setsid()
    os.setresgid(2001, 2001, 2001)
    os.setresuid(2001, 2001, 2001)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    kids = [os.posix_spawn(node, [node, "1000"], {}) for _ in range(n - 1)]
    os.set_inheritable(listener.fileno(), True)
    os.write(ready_w, b"%d" % listener.getsockname()[1])
    os.execv(node, [node, "1000"])
port = int(os.read(ready_r, 10))
time.sleep(0.5)

LIKE_SSHD = """
import os, socket, sys, time
os.setresgid(2001, 2001, 2001)
os.setresuid(2001, 2001, 2001)
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
print("up", flush=True)
time.sleep(1000)
"""

def client(port):
    """What sshd does for ssh -D: it connects, as the user."""
    child = subprocess.Popen([sshd, "-c", LIKE_SSHD, str(port)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    child.stdout.readline()
    return child

def run(name, argv):
    best, rss = None, 0
    for _ in range(5):
        child = subprocess.Popen(argv, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, use = os.wait4(child.pid, 0)
        child.returncode = status
        cpu = use.ru_utime + use.ru_stime
        best = cpu if best is None else min(best, cpu)
        rss = max(rss, use.ru_maxrss)
    print("%s %.1f %d" % (name, best * 1000, rss), flush=True)

run("reaper", [reaper, "--dry-run", "--age=0", "-q"])
visitor = client(port)
run("connected", [reaper, "--dry-run", "--age=0", "-q"])
visitor.kill()
visitor.wait()
other = socket.socket()
other.bind(("127.0.0.1", 0))
other.listen()
visitor = client(other.getsockname()[1])
run("elsewhere", [reaper, "--dry-run", "--age=0", "-q"])
run("ps", ["ps", "-A", "n", "-o", "ruid,pid,ppid,args"])
END
cat >"$T/inside.sh" <<'END'
mount -t proc proc /proc || exit 1
"$@"
END
unshare -p -f -m --propagation private \
	sh "$T/inside.sh" "$PYTHON" "$T/inside.py" "$n" \
	"$T/.vscode-server/bin/node" "$BUILD/vscode-grim-reaper" \
	"$T/sshd" >"$T/figures"
is "$(wc -l <"$T/figures")" 4 "a pass over $n processes"
while read -r name ms kib; do
	echo "# $name: $ms ms of CPU, $kib KiB"
done <"$T/figures"
ms_of() { sed -n "s/^$1 \([0-9]*\).*/\1/p" "$T/figures"; }
kib_of() { sed -n "s/^$1 .* //p" "$T/figures"; }
ok "less than 200 ms of CPU" test "$(ms_of reaper)" -lt 200
ok "less than 20 MB" test "$(kib_of reaper)" -lt 20000
ok "with a client less than 200 ms of CPU" test "$(ms_of connected)" -lt 200
ok "with a client less than 20 MB" test "$(kib_of elsewhere)" -lt 20000
done_testing
