# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC1091,SC2034,SC2154
# For the *.t with VS Code's own server on the cluster: source it after lib.sh,
# then call vscode_rig. alice's home has the server then, $SERVER as she sees it.
. "$TESTS/rig/lib.sh"

vscode_rig() {
	slurm_up
	SERVER=$(sh "$TESTS/vscode/server.sh" install legacy "$AHOME") ||
		die "install"
	SERVER=/home/alice/${SERVER#"$AHOME/"}
	# Not the files: they may be links to those of the cache.
	chown "$(stat -c %u:%g "$AHOME")" "$AHOME/.vscode-server" \
		"$AHOME/.vscode-server/bin"
	laptop_host vrs1 login1
	laptop_host vrs2 login2
}
