#%Module1.0
# SPDX-License-Identifier: BSD-2-Clause
# For environment-modules, and Lmod, too: what `make install-current
# prefix=/opt/vscode-remote-shell` has made. A command that ssh runs has no modules:
# RemoteCommand needs the full path,
# /opt/vscode-remote-shell/current/bin/vscode-remote-shell.
module-whatis "VS Code's remote server in a Slurm job"

proc ModulesHelp { } {
	puts stderr "VS Code's remote server in a Slurm job: man vscode-remote-shell"
}

set base /opt/vscode-remote-shell/current

prepend-path PATH $base/bin
prepend-path MANPATH $base/share/man
