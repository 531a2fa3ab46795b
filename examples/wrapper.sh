#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A site's own vscode-remote-shell: installed as, for example,
# /usr/local/bin/vscode-cluster, it saves the users from knowing partitions and
# firewalls. They write into their ssh configuration
#	RemoteCommand vscode-cluster --salloc-arg=--cpus-per-task=8
# Their arguments come after those of the site, and of two the last one counts.

# Where make install has put it: below --prefix.
program=${VSCODE_REMOTE_SHELL:-/usr/local/bin/vscode-remote-shell}

# Nodes whose C library is too old for VS Code's server: a newer one, and
# patchelf, in a directory that the nodes share.
glibc=${VSCODE_GLIBC:-/opt/vscode-glibc}
if test -d "$glibc"; then
	set -- \
		-e "VSCODE_SERVER_CUSTOM_GLIBC_LINKER=$glibc/lib/ld-linux-x86-64.so.2" \
		-e "VSCODE_SERVER_CUSTOM_GLIBC_PATH=$glibc/lib" \
		-e "VSCODE_SERVER_PATCHELF_PATH=$glibc/bin/patchelf" \
		"$@"
fi

# What messages say to type: this script, as it was called.
export VSCODE_REMOTE_SHELL_NAME="$0"

exec "$program" \
	--salloc-arg=--partition=interactive \
	--salloc-arg=--time=8:00:00 \
	--idle-timeout=30m \
	--link-port=60000-60999 \
	"$@"
