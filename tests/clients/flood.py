#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes to stdout until nobody has taken anything for a second, leaves a file
to say so, and holds stdout open until its reader is gone.

flood.py FILE
"""
import os
import select
import sys

os.set_blocking(1, False)
while select.select([], [1], [], 1)[1]:
    os.write(1, bytes(4096))
open(sys.argv[1], "w").close()
end = select.poll()
end.register(1, 0)  # an error is told unasked
end.poll(120000)
