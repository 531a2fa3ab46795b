#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""machine-settings.py FILE: defaults of a site for VS Code's server.

What VS Code watches and searches costs a shared file system much. In a site's
settings of vscode-remote-shell

	job-start = "- python3 /path/to/machine-settings.py /path/to/machine-settings.json"

puts the settings in FILE into data/Machine/settings.json of each editor's server
that the user has, where they are absent: what is set there stays, and so do the
user's own settings, which count more. A file that is no plain JSON, such as one
with comments, is left as it is, with a line in the session's log. A server that
is not there yet gets them with the next session.
"""
import glob
import json
import os
import sys


def load(path):
    with open(path, encoding="utf-8") as f:
        value = json.load(f)
    if not isinstance(value, dict):
        raise ValueError("it is no object")
    return value


def write(path, value):
    """In one step, with the mode that it has; a link stays one."""
    path = os.path.realpath(path)
    temp = "%s.%d" % (path, os.getpid())
    try:
        mode = os.stat(path).st_mode & 0o777
    except FileNotFoundError:
        mode = 0o600
    fd = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with open(fd, "w", encoding="utf-8") as f:
            json.dump(value, f, indent="\t", ensure_ascii=False)
            f.write("\n")
        os.rename(temp, path)
    except OSError:
        os.unlink(temp)
        raise


def merge(path, site):
    try:
        has = load(path)
    except FileNotFoundError:
        has = {}
    absent = {key: site[key] for key in site if key not in has}
    if absent:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        write(path, {**has, **absent})


def main():
    site = load(sys.argv[1])
    for folder in sorted(glob.glob(os.path.expanduser("~/.*-server*"))):
        # Only an editor's server has one of these.
        if not any(os.path.isdir(os.path.join(folder, name))
                   for name in ("data", "bin", "cli")):
            continue
        path = os.path.join(folder, "data", "Machine", "settings.json")
        try:
            merge(path, site)
        except (OSError, ValueError) as e:
            print("machine-settings: %s is left as it is: %s" % (path, e),
                  file=sys.stderr)


main()
