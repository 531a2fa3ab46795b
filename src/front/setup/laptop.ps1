# SPDX-License-Identifier: BSD-2-Clause
# What vscode-remote-shell's setup would have you do on your own computer, done, on
# Windows: an entry for each session in your ssh configuration, and your editor's
# settings. Read it, then
#
#   powershell -ExecutionPolicy Bypass -File SCRIPT -DryRun     say what would be changed
#   powershell -ExecutionPolicy Bypass -File SCRIPT             change it; a second time changes nothing
#   powershell -ExecutionPolicy Bypass -File SCRIPT -Undo       take all of it back
#   powershell -ExecutionPolicy Bypass -File SCRIPT -RotateKey  another key for your jobs, the old one is good no more
#
# It connects to nothing, but for -RotateKey, which says so. What it adds to files of
# yours stands between two markers; a copy of each is made before. Exit status: 0, 1
# when something is left to you, which is said. It was read, not run: Debian, where
# all is tested, has no PowerShell.
param([switch]$DryRun, [switch]$Undo, [switch]$RotateKey)
$ErrorActionPreference = 'Stop'

# ---- data: setup has written these lines for you
$name = 'slurm'
$login = 'me@login.cluster.example'
$program = '/opt/vrs/bin/vscode-remote-shell'
$way = 'proxy'
$editor = 'VS Code'
$folder = 'Code'
$hosts = 'slurm slurm-gpu'
$click = 'press F1, "Remote-SSH: Connect to Host...", and choose slurm. Or slurm-gpu.'
$entries = @'
Host slurm
    ProxyCommand ssh -T me@login.cluster.example /opt/vrs/bin/vscode-remote-shell proxy
'@
$settings = @'
remote.SSH.connectTimeout 1800
'@
$hostKey = @'
vscode-remote-shell ecdsa-sha2-nistp256 AAAA
'@
# ---- end of data

$sshDir = Join-Path $HOME '.ssh'
$config = Join-Path $sshDir 'config'
$ownName = "vscode-remote-shell-$name.conf"
$own = Join-Path $sshDir $ownName
$knownHosts = Join-Path $sshDir "vscode-remote-shell-$name.known_hosts"
$key = Join-Path $sshDir "vscode-remote-shell-$name.key"
$settingsFile = Join-Path $env:APPDATA "$folder\User\settings.json"
$copy = ".before-vscode-remote-shell-$name"
$mark = "vscode-remote-shell $name"
$include = "Include $ownName"
$script:left = 0
$script:newMade = @()

# Each byte is a character of this, so that no byte changes on its way.
$bytes = [Text.Encoding]::GetEncoding(28591)

function Get-Whole($path) {
    if (Test-Path -LiteralPath $path) { $bytes.GetString([IO.File]::ReadAllBytes($path)) } else { '' }
}
# As bytes; -ceq would leave out what a language takes for nothing.
function Test-Same($one, $other) { [string]::Equals($one, $other, [StringComparison]::Ordinal) }
function Get-Place($text, $what, $from) { $text.IndexOf($what, $from, [StringComparison]::Ordinal) }
# Where the links of a file lead.
function Get-End($path) {
    $at = Get-Item -LiteralPath $path -Force -ErrorAction SilentlyContinue
    while ($at -and $at.LinkType -eq 'SymbolicLink') {
        $path = [IO.Path]::GetFullPath([IO.Path]::Combine((Split-Path $path), @($at.Target)[0]))
        $at = Get-Item -LiteralPath $path -Force -ErrorAction SilentlyContinue
    }
    $path
}
# All of it, or the file is as it was: it is written beside.
function Set-Whole($path, $text) {
    $path = Get-End $path
    try {
        [IO.File]::WriteAllBytes("$path.new", $bytes.GetBytes($text))
        if (Test-Path -LiteralPath $path) { [IO.File]::Replace("$path.new", $path, [NullString]::Value) }
        else { [IO.File]::Move("$path.new", $path) }
    } finally { Remove-Item -LiteralPath "$path.new" -ErrorAction SilentlyContinue }
}
function Write-ToDo($text) { Write-Output "TO DO: $text"; $script:left = 1 }
function Get-LineEnd($text) { if ($text -match "^[^`n]*`r`n") { "`r`n" } else { "`n" } }

# ---- what was made, so that -Undo knows: comments in our own file

function Get-Made { (Get-Whole $own) -split "`n" | Where-Object { $_ -like '# made: *' } | ForEach-Object { $_.Substring(8) } }

function New-Folder($path) {
    if (Test-Path -LiteralPath $path) { return }
    New-Folder (Split-Path $path)
    if ($DryRun) { Write-Output "would make the directory $path"; return }
    Write-Output "make the directory $path"
    [void](New-Item -ItemType Directory -Path $path)
    $script:newMade += "directory $path"
}

# Whether all is as it should be: else it is left to the user.
function Set-Changed($path, $text, $what) {
    if (Test-Same (Get-Whole $path) $text) { return }
    $there = Test-Path -LiteralPath $path
    if ($there -and (Get-Item -LiteralPath $path -Force).IsReadOnly) {
        Write-ToDo "$path cannot be written. $what"
        return
    }
    if ($DryRun) { Write-Output "would change $path, and keep a copy in $path$copy"; return }
    if ($there) {
        Write-Output "change $path, and keep a copy in $path$copy"
        if (-not (Test-Path -LiteralPath "$path$copy")) { Set-Whole "$path$copy" (Get-Whole $path) }
    } else {
        Write-Output "make $path"
        $script:newMade += "file $path"
    }
    Set-Whole $path $text
}

function Set-Own($path, $text) {
    $there = Get-Item -LiteralPath $path -Force -ErrorAction SilentlyContinue
    if ($there -and ($there.LinkType -eq 'SymbolicLink' -or $there.PSIsContainer)) {
        Write-ToDo "$path is not a file of ours, but a link or a directory: take it away, and run this again"
        return
    }
    if (Test-Same (Get-Whole $path) $text) { return }
    if ($DryRun) { Write-Output "would write $path"; return }
    Write-Output "write $path"
    Set-Whole $path $text
}

# What it was without us; and the copy, if it is the same.
function Restore-File($path, $text) {
    if (-not (Test-Same (Get-Whole $path) $text)) {
        if ((Get-Item -LiteralPath $path -Force).IsReadOnly) {
            Write-ToDo "$path cannot be written: take out what stands between the markers"
            return
        }
        if ($DryRun) { Write-Output "would take our lines out of $path"; return }
        Write-Output "take our lines out of $path"
        Set-Whole $path $text
    }
    if ($DryRun) { return }
    if ($text -eq '' -and (Get-Made) -contains "file $path") { Remove-Item -LiteralPath $path }
    if (-not (Test-Path -LiteralPath "$path$copy")) { return }
    if (Test-Same (Get-Whole $path) (Get-Whole "$path$copy")) { Remove-Item -LiteralPath "$path$copy" }
    else { Write-Output "$path was changed since: what it was before is in $path$copy" }
}

# ---- .ssh\config

# The file but for our lines; $null when a marker lacks its other one.
function Get-WithoutBlock($text) {
    $begin = Get-Place $text "# BEGIN $mark," 0
    if ($begin -lt 0) { return $text }
    $end = Get-Place $text "# END $mark" $begin
    if ($end -lt 0) { return $null }
    $behind = Get-Place $text "`n" $end
    if ($behind -lt 0) { $behind = $text.Length - 1 }
    $text.Substring(0, $begin) + $text.Substring($behind + 1)
}

# ---- the entry of the login nodes

# What ssh makes of a host without our lines: each word with its values.
function Read-Ssh($of) {
    $rest = Get-WithoutBlock (Get-Whole $config)
    $rest = ($rest -split "`n" | Where-Object { $_ -notmatch ('^\s*Include .*' + [regex]::Escape($ownName)) }) -join "`n"
    $theirs = [IO.Path]::GetTempFileName()
    Set-Whole $theirs $rest
    $values = @{}
    foreach ($line in @(cmd /c "ssh -F `"$theirs`" -G $of 2>nul")) {
        $word, $value = $line -split ' ', 2
        if ($values.ContainsKey($word)) { $values[$word] += "`n$value" } else { $values[$word] = $value }
    }
    Remove-Item -LiteralPath $theirs
    $values
}

# The lines by which a host gets to the login nodes as their own entry does, if that
# is one of the user's.
function Get-Login($of, $line) {
    $there = Read-Ssh $of
    $wanted = Read-Ssh ($login -replace '^.*@', '')
    if (-not $wanted['hostname']) { return $line }
    "    HostName $($wanted['hostname'])"
    $words = 'Port', 'ProxyJump', 'ProxyCommand', 'IdentityFile', 'IdentitiesOnly', 'CertificateFile', 'IdentityAgent', 'HostKeyAlias'
    $differ = @($words | Where-Object { $wanted[$_.ToLower()] -cne $there[$_.ToLower()] })
    foreach ($word in $differ) {
        if (-not $wanted[$word.ToLower()]) { continue }
        foreach ($value in $wanted[$word.ToLower()] -split "`n") {
            # A blank in the name of a file needs quotes.
            if ($word -match 'File|Agent' -and $value -match ' ') { $value = "`"$value`"" }
            "    $word $value"
        }
    }
    # What is said first counts: a none comes behind all that is something.
    foreach ($word in $differ) { if (-not $wanted[$word.ToLower()]) { "    $word none" } }
}

# The entries of setup, for this computer: a RemoteCommand's host is the login nodes',
# which may have an entry here that setup there cannot know.
function Get-Entries {
    $newHost = ''
    $lines = foreach ($line in $entries.Replace("`r", '') -split "`n") {
        if ($line -match '^Host (.*)') { $newHost = $Matches[1] }
        if ($line -match '^    HostName ') { Get-Login $newHost $line } else { $line }
    }
    $lines -join "`n"
}

function Set-Config {
    $rest = Get-WithoutBlock (Get-Whole $config)
    if ($null -eq $rest) { Write-ToDo "$config has the line '# BEGIN $mark' without its END: take it out"; return }
    # Its user may have put it there himself.
    if ($rest -match ('(?m)^\s*Include\s.*' + [regex]::Escape($ownName) + '["\s]*$')) { Set-Changed $config $rest ''; return }
    $lineEnd = Get-LineEnd $rest
    $block = "# BEGIN $mark, made by setup", $include, "# END $mark", '' -join $lineEnd
    Set-Changed $config ($block + $rest) "Put this line above its first Host: $include"
}

# ---- settings.json

function Get-WithoutJson($text) {
    $begin = Get-Place $text "/* BEGIN $mark," 0
    if ($begin -lt 0) { return $text }
    $last = "/* END $mark */"
    $end = Get-Place $text $last $begin
    if ($end -lt 0) { return $null }
    ($text.Substring(0, $begin) -replace "\r?\n[ \t]*\z", '') + $text.Substring($end + $last.Length)
}

# Where the first brace is, and each key of the outermost object with its value; $null:
# it is no object, or has no end. Comments, and commas before a brace that closes, are
# as VS Code takes them.
function Read-Settings($text) {
    $blank = '(?:[\s\u00EF\u00BB\u00BF]|//[^\n]*|/\*[\s\S]*?\*/)*'
    $string = '"(?:[^"\\]|\\[\s\S])*"'
    $token = [regex]"\G$blank(?<token>$string|[^\s{}\[\],:`"/]+|[{}\[\],:])?"
    $at = 0; $depth = 0; $brace = -1; $found = @{}; $keyName = $null; $before = $null
    while ($at -lt $text.Length) {
        $m = $token.Match($text, $at)
        if (-not $m.Groups['token'].Success) {
            if ($at + $m.Length -lt $text.Length) { return $null }
            break
        }
        $t = $m.Groups['token'].Value
        $at += $m.Length
        if ($brace -lt 0 -and $t -ne '{') { return $null }
        if ($depth -eq 1 -and -not $keyName -and $before -like '"*' -and $t -ne ':') { return $null }
        if ($depth -eq 1 -and $t -eq ':') { $keyName = $before.Trim('"'); $found[$keyName] = '' }
        elseif ($depth -eq 1 -and $t -eq ',') { $keyName = $null }
        elseif ($depth -ge 1 -and $keyName -and -not ($depth -eq 1 -and $t -eq '}')) { $found[$keyName] += $t }
        if ($t -eq '{' -or $t -eq '[') { $depth++; if ($brace -lt 0) { $brace = $at } }
        elseif ($t -eq '}' -or $t -eq ']') { $depth--; if ($depth -eq 0) { break } }
        $before = $t
    }
    if ($depth -ne 0) { return $null }
    @{ Brace = $brace; Found = $found }
}

# Settings of the user's with which the editor does not get to our entries.
function Write-Harmful($found) {
    $other = ([string]$found['remote.SSH.configFile']).Trim('"').Replace('\\', '\')
    $path = $other -replace '^~', $HOME.Replace('$', '$$')
    if ($path -and $path -ne 'null' -and $path.Replace('/', '\') -ne $config -and
        (Get-Whole $path) -notmatch ('(?m)^\s*' + [regex]::Escape($include))) {
        Write-ToDo "$editor reads $other and not $config, by remote.SSH.configFile of $settingsFile`: take that setting out, or put this line above the first Host there: $include"
    }
    if ($way -ne 'remote') { return }
    foreach ($one in $hosts -split ' ') {
        if ($found['remote.SSH.remotePlatform'] -match ('"' + [regex]::Escape($one) + '"')) {
            Write-ToDo "$settingsFile has $one in remote.SSH.remotePlatform, and RemoteCommand does not work with that: take it out"
        }
    }
}

# A file is made and removed, since rights of Windows tell too little.
function Test-Folder($path) {
    while (-not (Test-Path -LiteralPath $path)) { $path = Split-Path $path }
    $trial = Join-Path $path "vscode-remote-shell-$name.trial"
    try { Set-Whole $trial ''; Remove-Item -LiteralPath $trial; $true } catch { $false }
}

function Set-Settings {
    if ($folder -eq '') { return }
    $rest = Get-WithoutJson (Get-Whole $settingsFile)
    if ($null -eq $rest) { Write-ToDo "$settingsFile has a comment 'BEGIN $mark' without its END: take it out"; return }
    $read = Read-Settings $rest
    $wanted = @($settings -split "\r?\n" | Where-Object { $_ } | ForEach-Object { , ($_ -split ' ', 2) })
    $all = ($wanted | ForEach-Object { '    "' + $_[0] + '": ' + $_[1] }) -join ",`n"
    if ($null -eq $read) { Write-ToDo "$settingsFile is not understood. Write these into it:`n$all"; return }
    Write-Harmful $read.Found
    $missing = @()
    foreach ($one in $wanted) {
        $line = '"' + $one[0] + '": ' + $one[1]
        if (-not $read.Found.ContainsKey($one[0])) { $missing += "    $line" }
        elseif ($read.Found[$one[0]] -cne $one[1]) { Write-ToDo "$settingsFile says otherwise already. It should be: $line" }
    }
    $new = $rest
    if ($missing.Count -gt 0) {
        $lineEnd = Get-LineEnd $rest
        $lines = $missing -join ",$lineEnd"
        if ($read.Brace -lt 0) {
            $new = $rest + ('', "/* BEGIN $mark, made by setup */", '{', $lines, '}', "/* END $mark */" -join $lineEnd)
        } else {
            if ($read.Found.Count -gt 0) { $lines += ',' }
            $block = '', "    /* BEGIN $mark, made by setup */", $lines, "    /* END $mark */" -join $lineEnd
            $new = $rest.Insert($read.Brace, $block)
        }
    } elseif (-not (Test-Path -LiteralPath $settingsFile)) { return }
    if (-not (Test-Path -LiteralPath $settingsFile) -and -not (Test-Folder (Split-Path $settingsFile))) {
        Write-ToDo "$(Split-Path $settingsFile) cannot be written. Write these into $settingsFile`:`n$all"
        return
    }
    New-Folder (Split-Path $settingsFile)
    Set-Changed $settingsFile $new "Write these into it:`n$all"
    $script:newMade += "settings $settingsFile"
}

# ---- the key, and what all files come to

# An empty word gets lost on the way to a program, but not by cmd.
function New-Key($path) {
    cmd /c "ssh-keygen -q -t ed25519 -N `"`" -C `"$mark`" -f `"$path`""
    if ($LASTEXITCODE -ne 0) { Write-ToDo "ssh-keygen could not make $path" }
}

function Set-All {
    New-Folder $sshDir
    if ($way -eq 'proxy') {
        if (-not (Test-Path -LiteralPath $key)) {
            if ($DryRun) { Write-Output "would make a key for your jobs, $key" }
            else { Write-Output "make a key for your jobs, $key"; New-Key $key }
        }
        Set-Own $knownHosts ($hostKey.Replace("`r", '') + "`n")
    }
    Set-Settings
    Set-Config
    $body = Get-Entries
    # OpenSSH 7 of Windows runs only what has its whole path.
    if ((cmd /c 'ssh -V 2>&1') -match '_7\.') { $body = $body.Replace('ProxyCommand ssh ', "ProxyCommand $((Get-Command ssh).Source) ") }
    $made = @(@(Get-Made) + $script:newMade | Select-Object -Unique | ForEach-Object { "# made: $_" })
    Set-Own $own ((@("# Made by vscode-remote-shell setup; $config includes it.") + $made + $body -join "`n") + "`n")
    if ((-not $DryRun) -and (Test-Path -LiteralPath $config)) {
        foreach ($one in $hosts -split ' ') {
            $effect = (cmd /c "ssh -G $one 2>&1") -join "`n"
            if ($effect -match ("command .*" + [regex]::Escape($program))) { Write-Output "ssh $one leads into a job." }
            elseif ($script:left -eq 0) { Write-ToDo "ssh does not take the entry of $one from $config`: see ssh -G $one" }
        }
    }
    Write-Output "In $editor`: $click"
}

function Undo-All {
    $directories = @(Get-Made | Where-Object { $_ -like 'directory *' } | ForEach-Object { $_.Substring(10) } | Sort-Object -Descending)
    # Of every editor whose script has had this name, not only of the one that is run.
    $settingsFiles = @(@(Get-Made | Where-Object { $_ -like 'settings *' } | ForEach-Object { $_.Substring(9) }) + $(if ($folder) { $settingsFile }) | Select-Object -Unique)
    foreach ($one in @(, @($config, 'Get-WithoutBlock')) + @($settingsFiles | ForEach-Object { , @($_, 'Get-WithoutJson') })) {
        if (-not (Test-Path -LiteralPath $one[0])) { continue }
        $without = $one[1]
        $rest = & $without (Get-Whole $one[0])
        if ($null -eq $rest) { Write-ToDo "$($one[0]) has 'BEGIN $mark' without its END: take it out" }
        else { Restore-File $one[0] $rest }
    }
    foreach ($file in $own, $knownHosts, $key, "$key.pub") {
        if (-not (Test-Path -LiteralPath $file)) { continue }
        if ($DryRun) { Write-Output "would remove $file" } else { Write-Output "remove $file"; Remove-Item -LiteralPath $file }
    }
    if ($DryRun) { return }
    foreach ($dir in $directories) {
        if ((Test-Path -LiteralPath $dir) -and -not (Get-ChildItem -LiteralPath $dir -Force)) { Remove-Item -LiteralPath $dir }
    }
}

# Of the list of keys at the login nodes.
function Invoke-List($option, $path) { cmd /c "ssh -T -o RemoteCommand=none $login $program proxy $option <`"$path`"" }

# How many were listed; $null: not known. Start-up files of the login node may print, too.
function Remove-Listed($path) {
    $answer = @(Invoke-List '--revoke' $path)
    if ($LASTEXITCODE -eq 0) { $answer -match '^\d+$' | Select-Object -Last 1 }
}

# The new key is none; the old one is listed, whatever was done to it.
function Set-OldKey($why) {
    [void](Invoke-List '--authorize' "$key.pub")
    if ($LASTEXITCODE -eq 0) { Write-ToDo "the key is the old one: $why" }
    else { Write-ToDo "the key is the old one, which may be listed no more: ${why}: ssh -T $login $program proxy --authorize, with $key.pub for its input" }
    [void](Remove-Listed "$key.new.pub")
    Remove-Item -LiteralPath "$key.new", "$key.new.pub" -ErrorAction SilentlyContinue
}

# The list of keys is there only where nodes do not take any key. The new one is in it
# before the old one is out, so that one of them is good at any time.
function Update-Key {
    if ($way -ne 'proxy' -or -not (Test-Path -LiteralPath $key)) { Write-ToDo "there is no key of ours to rotate"; return }
    $what = "make another key in the place of $key, and ask $login by ssh whether the old one is listed there"
    if ($DryRun) { Write-Output "would $what"; return }
    Write-Output $what
    Remove-Item -LiteralPath "$key.new", "$key.new.pub" -ErrorAction SilentlyContinue
    New-Key "$key.new"
    if (-not (Test-Path -LiteralPath "$key.new.pub")) { return }
    [void](Invoke-List '--authorize' "$key.new.pub")
    if ($LASTEXITCODE -ne 0) {
        Remove-Item -LiteralPath "$key.new", "$key.new.pub" -ErrorAction SilentlyContinue
        Write-ToDo "$login could not be asked: the key is the old one"
        return
    }
    $n = Remove-Listed "$key.pub"
    if ($null -eq $n) { Set-OldKey "$login did not say whether the old key was listed"; return }
    if ($n -eq '0') { [void](Remove-Listed "$key.new.pub") }
    try { Move-Item -LiteralPath "$key.new" $key -Force }
    catch { Set-OldKey "the new key could not take the place of $key"; return }
    try { Move-Item -LiteralPath "$key.new.pub" "$key.pub" -Force }
    catch { Write-ToDo "the new key is not in its place: move $key.new.pub to $key.pub" }
}

if (-not (Test-Folder $sshDir)) {
    Write-ToDo "$sshDir is not a directory that you own and can write: nothing was done. Make it yours, and run this again"
    exit $script:left
}
if ($Undo) { Undo-All } elseif ($RotateKey) { Update-Key } else { Set-All }
exit $script:left
