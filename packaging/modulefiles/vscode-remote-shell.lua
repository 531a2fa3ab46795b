-- SPDX-License-Identifier: BSD-2-Clause
-- For Lmod: what `make install-current prefix=/opt/vscode-remote-shell` has made.
-- A command that ssh runs has no modules: RemoteCommand needs the full path,
-- /opt/vscode-remote-shell/current/bin/vscode-remote-shell.
whatis("Name: vscode-remote-shell")
whatis("Description: VS Code's remote server in a Slurm job")
help([[VS Code's remote server in a Slurm job: man vscode-remote-shell]])

local base = "/opt/vscode-remote-shell/current"

prepend_path("PATH", pathJoin(base, "bin"))
prepend_path("MANPATH", pathJoin(base, "share/man"))
