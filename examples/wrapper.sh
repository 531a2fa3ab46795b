#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# vscode-remote-shell under a name of your site's, such as
# /usr/local/bin/vscode-cluster:
#	RemoteCommand vscode-cluster gpu
# Defaults are not here but in the settings, see site.conf; an option that stands
# before "$@" gives way to the same one of a user. Messages name what is in
# VSCODE_REMOTE_SHELL_NAME where they say what to type.
export VSCODE_REMOTE_SHELL_NAME="$0"
exec "${VSCODE_REMOTE_SHELL:-/usr/local/bin/vscode-remote-shell}" "$@"
