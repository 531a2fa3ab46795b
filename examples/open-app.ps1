# SPDX-License-Identifier: BSD-2-Clause
# For Windows, "Run with PowerShell": starts a tool in your session on the cluster,
# or finds it, and opens it in your browser. Close the window, or Ctrl-C, to leave the
# tool; it stays in the session. The first time it logs in twice, since the ssh of
# Windows can forward nothing later; what to forward is kept in a file. It was read,
# not run: Debian, where all is tested, has no PowerShell. Change these:
$login = 'cluster'                   # as for ssh
$app = 'jupyterlab'                  # see `vscode-remote-shell apps`
$session = 'default'
$program = 'vscode-remote-shell'     # on the cluster

$file = Join-Path $env:LOCALAPPDATA "vscode-remote-shell-$login-$app-$session.txt"
$options = '-T', '-o', 'RemoteCommand=none', '-o', 'ServerAliveInterval=30'
if (-not (Test-Path $file)) {
    $line = & ssh @options $login $program app $app $session | Select-Object -First 1
    if ($line -notmatch '^ssh -L (\S+) ') { exit 1 }
    Set-Content $file $Matches[1]
}
$forward = Get-Content $file -TotalCount 1
& ssh @options -o ExitOnForwardFailure=yes -L $forward $login $program app $app $session |
    ForEach-Object {
        if ($_ -like 'http*') { Start-Process $_ }
        elseif ($_ -notlike "ssh -L $forward *") { Write-Output $_ }
        # The name of the socket has changed, as with another session or settings.
        if ($_ -like 'ssh -L *' -and $_ -notlike "ssh -L $forward *") { Remove-Item $file }
    }
