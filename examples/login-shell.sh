#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A login shell for the passwd entry (chsh, LDAP) that takes ssh into a job: a shell
# and what editors start. Commands, scp, sftp, rsync, git, su, cron and terminals
# below a shell have the shell that is named here, as if that stood in the entry; so
# has whoever comes where the program is not. Put its path into /etc/shells, and the
# file on login and compute nodes.
program=${VSCODE_REMOTE_SHELL:-/usr/local/bin/vscode-remote-shell}
shell=/bin/bash

if ! test -x "$program"; then
	test $# != 0 || set -- -l
	exec "$shell" "$@"
fi
exec "$program" --partition=interactive \
	forced --login-shell="$shell" -- "$@"
