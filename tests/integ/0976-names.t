#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# File names with any printable byte, and some that are none, reach the job
# unchanged: state directory, home, and the options of the job. Slurm takes % and
# a backslash in the name of a job's output for something else.
# shellcheck disable=SC2154 # from rig/lib.sh
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
slurm_up
mkdir -p "$RIG_STATE/home/shared"
chown 3001:3001 "$RIG_STATE/home/shared"

# ---- each alone ----------------------------------------------------------------

cat >"$RIG_STATE/home/shared/each.py" <<'END'
import os, subprocess, sys, time
TOP, LAUNCHER = b"/home/shared/each", sys.argv[1]
names = [bytes([b]) for b in range(0x20, 0x7f) if b != 0x2f]
names += [s.encode() for s in ("\u00e9", "\u65e5", "\U0001f600")]
names += [b"\xe9", b"\\\\", b"\\%j", b"%%", b"%5j", b"$(id)", b"\t"]
def kv(key, value):
    return key + b"=" + value.replace(b"\\", b"\\\\") + b"\n"
os.mkdir(TOP)
for n, byte in enumerate(names):
    at = TOP + b"/b" + byte + b"j"
    os.mkdir(at)
    text = (kv(b"tag", b"%016x" % (n + 1)) + kv(b"session", b"s%d" % n) +
        kv(b"command", b"/bin/sh") + kv(b"command", b"-c") +
        kv(b"command", b'pwd; printf "%s\\n" "$SLURM_JOB_NAME" "$0" "$V"') +
        kv(b"command", b"w" + byte + b"j") + kv(b"env", b"V=v" + byte + b"j") +
        kv(b"env", b"PATH=/usr/bin:/bin") +
        kv(b"option", b"--chdir=" + at) +
        kv(b"option", b"--job-name=n" + byte + b"j") +
        kv(b"option", b"--comment=c" + byte + b"j") +
        kv(b"log", at + b"/out") + kv(b"chdir", b"/home/alice") +
        kv(b"state-dir", at) + kv(b"user", b"alice") + b"\n")
    r = subprocess.run([LAUNCHER, "submit"], input=text,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if r.returncode:
        print("refused:", byte, r.stdout)
end = time.monotonic() + 100
for n, byte in enumerate(names):
    at = TOP + b"/b" + byte + b"j"
    want = (at + b"\nn" + byte + b"j-s%d\nw" % n + byte + b"j\nv" + byte +
            b"j\n")
    got = None
    while got != want and time.monotonic() < end:
        try:
            got = open(at + b"/out", "rb").read()
        except OSError as e:
            got = e
        if got != want:
            time.sleep(0.1)
    if got != want:
        end = 0
        print("not well:", byte, got)
        if os.path.isdir(at):
            print(os.listdir(at))
print(len(names), "names")
END
alice login1 "$PYTHON" /home/shared/each.py \
	"$LIBEXEC/$LAUNCHER" >"$T/each" 2>&1
is "$(cat "$T/each")" "104 names" "each alone, in the names of output, directory, job, and in words"

# ---- all of them in a session ----------------------------------------------------

all() { # with or without a backslash, which hides the others from Slurm
	"$PYTHON" -c 'import sys
n = "".join(chr(b) for b in range(0x20, 0x7f) if chr(b) not in sys.argv[1])
sys.stdout.buffer.write(n.encode() + "\u00e9\u65e5".encode() + b"\xe9%j.")' "$1"
}
# session WHAT OPTION...: one that is started, shown, and ended
session() {
	what=$1
	shift
	# shellcheck disable=SC2016 # for the shell in the job
	echo 'echo got-$((1+1)); pwd; echo "$V"' >"$T/script"
	timeout 300 "$RIG" exec -u alice login1 env HOME="$home" "$VRS" "$@" \
		<"$T/script" >"$T/out" 2>"$T/err"
	is "$?" 0 "$what: a shell"
	is "$(head -n 1 "$T/out")" got-2 "$what: runs in the job"
}
ends() {
	alice login1 env HOME="$home" "$VRS" "$@" cancel >"$T/out" 2>"$T/err"
	is "$?" 0 "$what: cancel"
	ok "$what: no job is left" wait_for 10 no_job
	ok "$what: nor a folder" wait_for 10 no_folder
}
no_folder() { test -z "$(find "$RIG_STATE/home/shared" -name secret)"; }
home=/home/alice
for without in '/\' '/'; do
	name=$(all "$without")
	what="state directory, without $without"
	session "$what" --state-dir="/home/shared/$name" -e "V=$name"
	is "$(sed -n 3p "$T/out")" "$name" "$what: -e is unchanged"
	ok "$what: the log is where it should be" \
		test -n "$(find "$RIG_STATE/home/shared/$name" -name agent.log)"
	ends --state-dir="/home/shared/$name"
done

# A home: in /etc/passwd a colon cannot be.
home="/home/shared/h$(all '/:')"
cp -a "$AHOME" "$RIG_STATE$home"
"$PYTHON" - "$RIG_STATE/etc/passwd" "$home" <<'END'
import os, sys
path, home = (os.fsencode(w) for w in sys.argv[1:])
lines = [l.split(b":") for l in open(path, "rb").read().split(b"\n")]
for l in lines:
    if l[0] == b"alice":
        l[5] = home
open(path, "wb").write(b"\n".join(b":".join(l) for l in lines))
END
session home
is "$(sed -n 2p "$T/out")" "$home" "home: the shell is in it"
ends
session "home, --server-dir=session" --server-dir=session
ok "home: its server folder has links to it" test -L \
	"$(find "$RIG_STATE$home/.local" -path '*.vscode-server/data' | head -n 1)"
ends
done_testing
