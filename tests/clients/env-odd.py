# SPDX-License-Identifier: BSD-2-Clause
"""env-odd.py N COMMAND...: run it with N variables of all that a value may be.

Their names begin with ODD_. No value has several lines, which no sshd can be told.
Of who runs it only what a login has is left, however many variables there are:
sshd takes about 1000.
"""
import os
import sys

VALUES = [
    b'a "quoted" one', b"it's", b"\ttabs\t", b"", b"\\back\\slash\\",
    b"#hash", b"a # b", b"$HOME `id` *;&|<>", b"  blanks  ", b'"', b'\\"',
    b"bytes \xff\xfe\x01\x7f", b"a=b=c", b"%t %k %%", b"\xc3\xa4",
    b"x" * 3000, b"@", b"','", b"!{}[]()~?",
]

LOGIN = {b"HOME", b"PATH", b"USER", b"LOGNAME", b"SHELL", b"LANG", b"TERM", b"TMPDIR",
         b"BUILD", b"SSH_AUTH_SOCK"}

env = {k: v for k, v in os.environb.items() if k in LOGIN or k.startswith(b"XDG_")}
for i in range(int(sys.argv[1])):
    value = VALUES[i % len(VALUES)]
    env[b"ODD_%d" % i] = value + b"%d" % i if value and i % 2 else value
os.execvpe(sys.argv[2], sys.argv[2:], env)
