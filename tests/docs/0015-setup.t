#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What setup prints for the user's own computer and what README.md, EDITORS.md, the
# manual and the examples show is the same, line by line; and ssh reads it.
. "$(dirname "$0")/../lib.sh"
need_product

top=$(cd "$TESTS/.." && pwd)
shell=$BUILD/vscode-remote-shell
me=$(id -un)

# entry FILE HOST: that entry without indentation, as who reads it has the words
entry() {
	sed 's/^[ 	]*//' "$1" | awk -v host="$2" '
	$1 == "Host" { on = $0 == "Host " host }
	on && (/^$/ || /^[#.]/) { exit }
	on'
}

# printed OPTION...: what setup prints, with the program's name as people type it
printed() {
	"$shell" --launcher=local setup "$@" </dev/null >"$T/out" 2>"$T/err" ||
		diag_file "$T/err"
	sed "s| $shell| vscode-remote-shell|; s/ --launcher=local//; s/\\b$me\\b/me/" "$T/out"
}

# Entries by RemoteCommand: setup, given the options that stand there, prints them.
for file in README.md examples/ssh_config; do
	for host in cluster cluster-gpu cluster-2fa; do
		entry "$top/$file" $host | sed 's|~/vrs/bin/||' >"$T/want"
		test -s "$T/want" || continue
		factor=no
		! grep -q '^ControlMaster' "$T/want" || factor=yes
		options=$(sed -n 's/^RemoteCommand vscode-remote-shell//p' "$T/want")
		# shellcheck disable=SC2086 # words
		printed --way=remote --strip=$host- --second-factor=$factor \
			--login-host=login.cluster.example $options >"$T/all"
		entry "$T/all" $host >"$T/got"
		same "$T/got" "$T/want" "$file: Host $host is what setup prints" ||
			diag_file "$T/got"
		echo "$file $host" >>"$T/compared"
	done
done
is "$(sort "$T/compared" | xargs)" 'README.md cluster README.md cluster-gpu examples/ssh_config cluster examples/ssh_config cluster-2fa examples/ssh_config cluster-gpu' \
	'all of them were compared'

# By ProxyCommand: Host slurm-*.
printed --way=proxy --login-host=login.cluster.example >"$T/all"
entry "$T/all" 'slurm-*' >"$T/got"
like "$(cat "$T/got")" '^ProxyCommand .*--strip=slurm- %n$' 'setup prints Host slurm-*'
entry "$top/examples/ssh_config-proxy" 'slurm-*' | sed 's/alice/me/' >"$T/want"
same "$T/got" "$T/want" 'it is that of examples/ssh_config-proxy' || diag_file "$T/got"
entry "$top/man/vscode-remote-shell.1" 'slurm-*' |
	sed 's/me@hpc/me@login.cluster.example/' >"$T/want"
same "$T/got" "$T/want" 'and that of the manual' || diag_file "$T/got"

# Settings: all that are printed, with their values, are those of README.md, and
# EDITORS.md has the reasons.
"$shell" --launcher=local setup --editor=vscode --way=remote </dev/null 2>/dev/null |
	sed -n 's/^    \("remote\.[^,]*\),*$/\1/p' >"$T/settings"
is "$(wc -l <"$T/settings")" 4 'settings are printed'
while read -r line; do
	ok "README.md has $line" grep -qE "^    $line,?\$" "$top/README.md"
	name=${line%%\":*}
	ok "and EDITORS.md ${name#\"}" grep -q "^| \`${name#\"}\` |" "$top/doc/EDITORS.md"
done <"$T/settings"

# Every editor: ssh reads what is printed, no word needs quotes, the JSON is some,
# and none is told a way that EDITORS.md says it cannot take.
config=$XDG_CONFIG_HOME/vscode-remote-shell
mkdir -p "$config"
printf '[profile gpu]\ngres = gpu:1\n' >"$config/config"
words=$("$shell" help setup | tr -s ' \n' ' ' |
	sed 's/.*which one is set up: \([^(]*\) (any ssh.*/\1/; s/,//g')
like "$words" '^vscode cursor .* other$' 'editors are found'
for editor in $words; do
	"$shell" --launcher=local setup --editor="$editor" --second-factor=yes \
		--login-host=hpc </dev/null >"$T/out" 2>"$T/err"
	is "$?" 0 "$editor: is told" || diag_file "$T/err"
	grep '^    ' "$T/out" | sed 's/^    //' |
		grep -E '^(Host |    |$)' >"$T/config"
	unlike "$(cat "$T/config")" "[\"'\`;&|<>\$]" "$editor: no quotes, no shell"
	is "$(sed 's/%[nC]//' "$T/config" | grep %)" '' "$editor: no other percent sign"
	like "$(ssh -F "$T/config" -G slurm-gpu 2>/dev/null)" '^(proxycommand ssh -T|remotecommand /)' \
		"$editor: slurm-gpu is a way into the job"
	like "$(ssh -F "$T/config" -G slurm 2>/dev/null)" '^controlmaster auto|^proxycommand ' \
		"$editor: slurm, too"
	ok "$editor: settings are JSON" "$PYTHON" -c \
		'import json, re, sys
for block in open(sys.argv[1]).read().split("\n\n"):
    if block.startswith("    \""):
        json.loads("{" + block + "}")' "$T/out"
	ways=$(grep -c 'RemoteCommand: needs' "$T/out")
	is "$ways" "$(test "$editor" = vscode && echo 1 || echo 0)" \
		"$editor: RemoteCommand is told where it works"
done
# The same as the table of EDITORS.md.
is "$(sed -n 's/^| \([^|]*\) | yes[^|]* | .*/\1/p' "$top/doc/EDITORS.md" | xargs)" \
	'VS Code, Remote - SSH `ssh` in a terminal' \
	'EDITORS.md: RemoteCommand is of VS Code, and of ssh itself'

# Both scripts do the same: they are given the same data, name the same files, and
# leave the same to the user in the same words; but what cannot be written ends that
# of PowerShell by itself, with its error. It is not run: Debian has none; that it is
# PowerShell as a whole is looked at by tests/vscode/0950-powershell.t.
scripts=$top/src/front/setup
# words FILE: what is said of it, with $ for each variable
words() {
	sed -n 's/.*\(leave\|Write-ToDo\|doing\|$what =\|would\) "\([^"]*\)".*/\2/p; s/.*"would \([^"]*\)".*/\1/p' "$1" |
		sed 's/`//g; s/\$([^)]*)/$/g; s/\${[a-z]*}/$/g; s/\$[A-Za-z0-9_:]*/$/g; s/\.\$/$/g; s/\$\$/$/g'
}
words "$scripts/laptop.sh" |
	grep -v 'make room\|see why\|no copy of\|cannot be made\|not in its place' |
	grep -v 'Linux in Windows\|ssh-keygen\|ssh does not\|another entry\|leads nowhere\|^make \$$' |
	sed 's/should be:/should be/; s/Its lines //; s/It should/should/; s/proxy --authorize.*/proxy --authorize/; s/line .# BEGIN/# BEGIN/' |
	sort -u >"$T/words.sh"
words "$scripts/laptop.ps1" >"$T/words.ps1"
ok 'words of the script for sh are found' test "$(wc -l <"$T/words.sh")" -ge 12
while read -r line; do
	# A word by which it is told, of each.
	case $line in
	*'says otherwise'*) line='says otherwise already' ;;
	*'BEGIN'*) line='without its END: take it out' ;;
	*'not understood'*) line='is not understood. Write these into it' ;;
	esac
	ok "laptop.ps1 says: $line" grep -qF -e "$line" "$T/words.ps1"
done <"$T/words.sh"
for way in proxy remote; do
	for kind in sh powershell; do
		"$shell" --launcher=local setup --script=$kind --way=$way --login-host=hpc \
			--second-factor=no </dev/null >"$T/$kind" 2>"$T/err"
		is "$?" 0 "a script for $kind, by $way"
	done
	sed -n '/^entries/,/^END/{/^entries/d;/cat/d;/^END/d;p}' "$T/sh" >"$T/entries.sh"
	sed -n "/^\$entries/,/^'@/{/^\$entries/d;/^'@/d;p}" "$T/powershell" >"$T/entries.ps1"
	like "$(cat "$T/entries.sh")" '^Host slurm' "$way: entries are found"
	same "$T/entries.ps1" "$T/entries.sh" "$way: both have the same entries"
	"$shell" --launcher=local setup --way=$way --login-host=hpc </dev/null 2>/dev/null |
		sed -n 's/^    //p' | grep -E '^(Host |    )' >"$T/text"
	grep -v 'UserKnownHostsFile\|IdentitiesOnly\|^$' "$T/entries.sh" |
		sed 's|vscode-remote-shell-slurm.key|id_ed25519|' >"$T/got"
	same "$T/got" "$T/text" "$way: which are those that are printed, with a key of their own"
	sed -n '/^settings() /,/^END/{/^settings/d;/cat/d;/^END/d;p}' "$T/sh" >"$T/settings.sh"
	sed -n "/^\$settings = /,/^'@/{/^\$settings/d;/^'@/d;p}" "$T/powershell" >"$T/settings.ps1"
	same "$T/settings.ps1" "$T/settings.sh" "$way: and the same settings"
	# All else is the file of the source.
	for kind in sh powershell; do
		file=laptop.sh
		test $kind = sh || file=laptop.ps1
		sed '/^# ---- data/,/^# ---- end of data/d' "$T/$kind" >"$T/got"
		sed '/^# ---- data/,/^# ---- end of data/d' "$scripts/$file" >"$T/want"
		same "$T/got" "$T/want" "$way: the rest of it is $file"
	done
done
is "$("$shell" --launcher=local setup --script=powershell --way=remote --second-factor=yes \
	--login-host=hpc </dev/null 2>/dev/null | grep -c 'ControlMaster [a-z]')" 0 \
	"Windows' ssh is given no ControlMaster"
LC_ALL=C grep -n '[^ -~	]' "$scripts/laptop.ps1" "$scripts/laptop.sh" >"$T/out"
is "$(cat "$T/out")" '' 'both are ASCII, which every shell reads'
if command -v shellcheck >/dev/null; then
	ok 'laptop.sh is clean' shellcheck "$scripts/laptop.sh"
	ok 'and so is what setup prints' shellcheck "$T/sh"
else
	skip 2 'shellcheck is not installed'
fi

# The tutorial says what they say and take.
for words in 'leads into a job' 'TO DO'; do
	ok "TUTORIAL.md: $words" grep -q "\`.*$words" "$top/doc/TUTORIAL.md"
	ok "which laptop.sh says: $words" grep -q "$words" "$scripts/laptop.sh"
done
for option in $(grep -o '^    sh setup.sh.*' "$top/doc/TUTORIAL.md" | grep -o -e '--[a-z-]*'); do
	ok "TUTORIAL.md: laptop.sh has $option" grep -q "^	$option)" "$scripts/laptop.sh"
done
for option in $(grep -o 'setup.ps1 -.*' "$top/doc/TUTORIAL.md" | cut -d- -f2); do
	ok "TUTORIAL.md: laptop.ps1 has -$option" grep -q "^param(.*\[switch\]\$$option[,)]" \
		"$scripts/laptop.ps1"
done

# The line for known_hosts is that of proxy.
"$shell" --launcher=local setup --way=proxy </dev/null 2>/dev/null |
	sed -n 's/^    \(vscode-remote-shell .*\)/\1/p' >"$T/got"
"$shell" --launcher=local proxy --known-hosts </dev/null >"$T/want"
same "$T/got" "$T/want" 'the line for known_hosts is that of proxy'
done_testing
