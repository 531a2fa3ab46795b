#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What README.md and the documents beside it name exists: commands, options,
# packages, files, settings, messages, exit statuses.
# shellcheck disable=SC2013 # lists of words
. "$(dirname "$0")/../lib.sh"
need_product

top=$(cd "$TESTS/.." && pwd)
cd "$top" || exit 1
docs='README.md doc/GUIDE.md doc/ADMIN.md doc/TROUBLESHOOTING.md doc/EDITORS.md doc/TUTORIAL.md'

# section FILE TITLE: its lines
section() {
	awk -v title="$2" '
	/^    / { if (inside) print; next }
	/^#+ / { sub(/^#+ /, ""); inside = $0 == title; next }
	inside' "$1"
}
isnt "$(section README.md Documents)" '' 'sections are found'

# The first page is one that is read, and has the two commands, which are real.
ok 'README.md is short, but for pictures' test "$(grep -vc '!\[' README.md)" -le 128
head -n 32 README.md | sed -n 's/^    \(sh [^ ]*\)  .*/\1/p' >"$T/commands"
is "$(cat "$T/commands")" 'sh examples/quickstart.sh
sh tests/run.sh' 'the first screen has the two commands'
# What stands behind a command is copied with it.
is "$(grep -nE '^    [a-z.~/$][^#]*[^ #]    *[a-z]+ [a-z]+' README.md)" '' \
	'no words behind a command are its arguments'
while read -r command; do
	ok "$command is a script" sh -n "${command#sh }"
done <"$T/commands"

# Options: ours, salloc's as launch-slurm knows them, and those of configure.
"$BUILD/vscode-remote-shell" --help >"$T/help"
sed -n 's/^	{ "\([a-z-]*\)".*/--\1/p' src/salloc/salloctable.c >"$T/salloc"
sed -n 's/.*AS_HELP_STRING(\[\(--[a-z-]*\).*/\1/p' configure.ac >"$T/configure"
printf '%s\n' --prefix --sysconfdir >>"$T/configure"
# And those of the script that setup prints.
sed -n 's/^	\(--[a-z-]*\)) .*/\1/p' src/front/setup/laptop.sh >>"$T/configure"
# An anchor, as in a link, is none.
cat $docs | sed 's/([A-Za-z./]*#[a-z-]*)//g' >"$T/docs"
# Commands of others in it are left out: cut from the shell of Cursor.
sed 's/`bash --login[^`]*`//' "$T/docs" | grep -Eo -e '--[a-z][a-z0-9-]*' |
	sort -u >"$T/options"
ok 'options are found' test "$(wc -l <"$T/options")" -ge 15
for option in $(cat "$T/options"); do
	ok "$option exists" grep -Eqhe "(^|[ ])$option(=|\$| )" "$T/help" \
		"$T/salloc" "$T/configure"
done
for letter in $(grep -Eo '[ `]-[a-zA-Z0-9] [A-Z]' "$T/docs" | cut -c2-3 | sort -u)
do
	test "$letter" = -o || # of ssh
		ok "$letter exists" grep -qe "^  $letter, " "$T/help"
done

# default OPTION: as --help says it
default() {
	tr -s ' \n' ' ' <"$T/help" |
		sed -n "s/.* --$1=[^(]*(default: \([^)]*\)).*/\1/p"
}
like "$(section doc/GUIDE.md 'End a session')" \
	"\`--idle-timeout\` \\($(default idle-timeout);" 'its default'
is "$(default idle-timeout)" 1h '--idle-timeout has the default'
like "$(head -n 24 README.md | tr -s ' \n' ' ')" \
	'when nobody is connected for an hour' 'that is told'
is "$(default linger)" 5m '--linger has the default'
like "$(section doc/GUIDE.md 'What happens')" '`--linger` \(5 minutes\)' \
	'that is told'
is "$(default backlog)" "$(section doc/ADMIN.md Limits |
	sed -n 's/.*--backlog.* | \([0-9]*\) | .*/\1 connections/p')" 'so is that of --backlog'

# The packages are those of tests/deps.sh.
# packages COLUMN: of the set "build", in Debian or RHEL; those that every
# system has are left out
packages() {
	sed -n 's/^build  *//p' tests/deps.sh | awk -v c="$1" '{ print $c }' |
		grep -Ev '^(findutils|[mg]awk)$' | sort
}
told() {
	section doc/ADMIN.md Install | tr '\134' ' ' |
		awk -v os="$1" '$1 == os { on = 1 } /^$/ || ($1 == "RHEL" && \
			os != "RHEL") { on = 0 } on' | tr -s ' ' '\n' |
		grep -Ev '^(Debian|RHEL|[0-9]+,?|apt-get|dnf|install|)$' | sort
}
is "$(told Debian)" "$(packages 3)" "Debian's packages"
is "$(told RHEL)" "$(packages 4)" "RHEL's packages"

# Pictures: each is made by a test, which leaves it under that name.
grep -Eo '!\[[^]]*\]\(doc/[a-z]*\.(png|svg)\)' README.md | sed 's/.*(doc\/\(.*\))/\1/' |
	sort >"$T/pictures"
is "$(cat "$T/pictures")" "$(sh tests/pictures.sh -n | awk '{ print $1 }' | sort)" \
	'README.md shows the pictures that tests/pictures.sh knows'
is "$(cat "$T/pictures")" "$(cd doc && echo *.png *.svg | tr ' ' '\n' | sort)" \
	'which are all that there are'
is "$(grep -o '!\[' README.md | wc -l)" "$(wc -l <"$T/pictures")" 'each is one of doc/'
sh tests/pictures.sh -n >"$T/made"
while read -r name test made; do
	case $name in
	*.png) is "$(head -c 4 "doc/$name" | tail -c 3)" PNG "$name is a picture" ;;
	*) like "$(head -n 1 "doc/$name")" '^<svg ' "$name is a picture" ;;
	esac
	ok 'and not a big one' test "$(wc -c <"doc/$name")" -lt 150000
	made=${made##*/}
	made=${made%.*}
	ok "$test makes it" grep -qE "(picture|typed_in|log .*|browse)[^#]* ${made#job-}|for app in .*$made" "$test"
done <"$T/made"

# Files of the source, and those that make install makes.
for file in $(grep -Eoh '\b(doc|examples|tests|man|src)/[A-Za-z0-9_./-]*[a-z0-9]' \
	$docs | sort -u); do
	ok "$file exists" test -e "$file"
done
for file in PROTOCOL ARCHITECTURE.md CONTRIBUTING.md ChangeLog COPYING; do
	ok "$file exists" test -s "$file"
	like "$(cat README.md)" "\\[$file\\]\\($file\\)" 'and is told of'
done
make -s B="$BUILD" DESTDIR="$T/root" prefix=/p install >"$T/log/install" 2>&1
is $? 0 'make install works' || diag_file "$T/log/install"
section doc/ADMIN.md Install | sed -n 's|^    \(bin/[^ ]*\).*|\1|p
	s|^    \(libexec/[^ ]*\).*|\1|p' >"$T/installed"
(cd "$T/root/p" && find bin libexec -type f) | sort >"$T/made"
test -e "$BUILD/launch-slurm" || sed -i '/launch-slurm$\|end-allocation$/d' "$T/installed"
test -e "$BUILD/vscode-remote-host" || sed -i '/vscode-remote-host/d' "$T/installed"
is "$(sort "$T/installed")" "$(cat "$T/made")" 'it installs what is told'
is "$("$T/root/p/bin/vscode-remote-shell" --version)" \
	"$("$BUILD/vscode-remote-shell" --version)" 'and what was installed runs'
for page in man/*.[0-9]; do
	ok "${page##*/} too" test -s \
		"$T/root/p/share/man/man${page##*.}/${page##*/}"
done
for file in $docs; do
	ok "$file too" test -s "$T/root/p/share/doc/vscode-remote-shell/$file"
done
touch "$T/root/p/share/doc/other" "$T/root/p/libexec/other"
make -s B="$BUILD" DESTDIR="$T/root" prefix=/p uninstall >"$T/log/install" 2>&1
is "$(cd "$T/root/p" && find . -type f | sort)" './libexec/other
./share/doc/other' 'make uninstall removes that, and no more'

# The entries of the ssh configuration: one for CPUs, one for GPUs. A path that
# only the installation of who reads it has is left out.
section README.md 'Use it on a cluster' |
	sed -n '/^    Host /,/^$/s/^    //p' >"$T/config"
is "$(sed -n 's/^Host //p' "$T/config" | xargs)" 'cluster cluster-gpu' \
	'two entries are shown'
for host in cluster cluster-gpu; do
	is "$(ssh -F "$T/config" -G $host | sed -n 's/^hostname //p')" \
		login.cluster.example "ssh understands the entry of $host"
	words=$(ssh -F "$T/config" -G $host | sed -n 's/^remotecommand //p')
	like "$words" '^~/vrs/bin/vscode-remote-shell -' 'it has a RemoteCommand'
	# shellcheck disable=SC2086,SC2088 # its words
	"$BUILD"/${words#'~/vrs/bin/'} --version >"$T/log/version" 2>&1
	is $? 0 'whose options are taken'
done
like "$(ssh -F "$T/config" -G cluster-gpu)" '--gres=gpu:1' 'one asks for a GPU'
is "$(section README.md 'Use it on a cluster' |
	sed -n 's/.*--prefix=\$HOME\/\([^ ]*\) .*/~\/\1\/bin/p')" '~/vrs/bin' \
	'and it is where make install has put it'
# What the quick start does is told there.
for word in 'ssh server on loopback' 'cuts the connection' 'the same server'; do
	like "$(tr -s ' \n' '  ' <README.md)" "$word" "the quick start: $word"
done

# Settings: those that Remote-SSH has, and JSON.
settings='configFile connectTimeout defaultExtensions enableDynamicForwarding
enableRemoteCommand enableAgentForwarding lockfilesInTmp localServerDownload
maxReconnectionAttempts path permitPtyAllocation reconnectionGraceTime
remotePlatform remoteServerListenOnSocket serverInstallPath
serverPickPortsFromRange showLoginTerminal useExecServer useFlock useLocalServer'
for name in $(grep -Eoh 'remote\.SSH\.[A-Za-z]+' $docs | sort -u); do
	like " $(echo "$settings" | tr '\n' ' ') " " ${name##*.} " \
		"$name is a setting"
done
section README.md 'Use it on a cluster' | sed -n '/^    "/p' >"$T/json"
for name in configFile enableRemoteCommand useLocalServer connectTimeout \
	useExecServer; do
	like "$(cat "$T/json")" "\"remote.SSH.$name\": " "$name has a value"
	like "$(section doc/EDITORS.md 'The settings')" \
		"^\\| \`remote.SSH.$name\` \\| " 'and a reason'
done
ok 'together they are JSON' "$PYTHON" -c \
	'import json, sys; json.loads("{" + open(sys.argv[1]).read() + "}")' \
	"$T/json"

# The versions of VS Code that are said to be run are those of the tests.
for pin in tests/vscode/pins/*; do
	like "$(section doc/EDITORS.md 'What was run')" "\\b${pin##*/}\\b" \
		"VS Code ${pin##*/} is told"
done

# Messages in `quotes` are in the source, strings of several lines joined: those
# of the headings, where the symptoms are, and the one behind a colon.
bell=$(printf '\a')
cat $(find src -name "*.c") | tr -d '\n\t' | sed 's/" *"//g' >"$T/source"
{
	grep '^### ' doc/TROUBLESHOOTING.md
	grep -o '`missing or [^`]*`' doc/TROUBLESHOOTING.md
} | tr '`' '\a' | grep -o "${bell}[^${bell}]*$bell" | tr -d '\a' >"$T/messages"
ok 'messages are found' test "$(wc -l <"$T/messages")" -ge 25
while read -r message; do
	case $message in
	# Their words come together from several places.
	'is pending (') message='job %s is %s%s%s' ;;
	'Slurm refused the job:') message='"refused the job", ' ;;
	esac
	ok "\"$message\" is said" grep -qF -e "$message" "$T/source"
done <"$T/messages"
# Each symptom has a cause, and a cure or the word that it needs none.
is "$(awk '
	function end() { if (title != "" && !cure) print title }
	/^##/ { end(); title = ""; cure = 0 }
	/^### / { title = $0 }
	/^\*\*Do:\*\* |^No error: / { cure = 1 }
	END { end() }' doc/TROUBLESHOOTING.md)" '' 'each symptom has a cure'

# Exit statuses, as in the man page
section doc/ADMIN.md 'Exit statuses' |
	sed -n 's/^| \([0-9][0-9]*\) | .*/\1/p' >"$T/statuses"
is "$(cat "$T/statuses")" "$(sed -n '/^\.Sh EXIT STATUS/,/^\.Sh EXAMPLES/s/^\.It \([0-9]*\)$/\1/p' \
	man/vscode-remote-shell.1)" 'exit statuses are those of the man page'
ok 'and are found' test "$(wc -l <"$T/statuses")" -ge 9

# Commands, as --help has them; exit is beside --all
sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p' "$T/help" |
	grep -vxE 'ssh|exit' | sort >"$T/commands"
is "$(section doc/GUIDE.md Commands | sed -n 's/^| `\([a-z]*\).*/\1/p' | sort)" \
	"$(cat "$T/commands")" 'the commands are those of --help'
for word in '`ssh` is the same' 'the command `exit`'; do
	like "$(section doc/GUIDE.md Commands)" "$word" "and $word"
done

# Numbers of promises and limits
# number NAME: of a #define
number() {
	sed -n "s/^#define ${1}[ 	][ 	]*\([0-9]*\).*/\1/p" \
		$(find src/net src/front -name '*.[ch]')
}
like "$(section doc/ADMIN.md Promises | tr -s ' \n' ' ')" \
	"At most $(number GATE_SILENT) connections that are silent wait there, and $(number GATE_PENDING) in their handshake, $(number HELLO_SECONDS) seconds each" \
	'how many strangers wait, and how long'
like "$(section doc/ADMIN.md Limits)" \
	"^\\| ports of a job .* \\| $(number PORTS_MAX) \\| " 'how many ports'
like "$(section doc/ADMIN.md Limits)" \
	"^\\| lines that .* \\| $(number TELLS_AT_ONCE), then " 'how many lines'

# Each heading of the long one is in its contents, and the other way round.
is "$(sed -n '/^Contents: /,/^$/p' doc/ADMIN.md | grep -o '\[[^]]*\]' |
	tr -d '[]')" "$(sed -n 's/^## //p' doc/ADMIN.md)" \
	'the contents are the headings'

# Where the session's folder is, and how it ends: as told
folder=$HOME/.local/state/vscode-remote-shell
like "$(section doc/ADMIN.md 'State directory')" \
	"^State is in \`~${folder#"$HOME"}\` " 'the folder is told'
echo "cat $folder/*/agent.log >/dev/null && echo found" |
	"$BUILD/vscode-remote-shell" --launcher=local --linger=0 \
		--idle-timeout=5m >"$T/out" 2>"$T/log/session"
is "$(cat "$T/out")" found 'and is where it is told'
like "$(cat "$T/log/session")" "^vscode-remote-shell: session 'default' is job [0-9]+ on " \
	'the line about the session is as shown'
like "$(section doc/GUIDE.md 'While the job is pending')" \
	"^    vscode-remote-shell: session 'default' is job [0-9]+ on " \
	'and is shown'
chmod 755 "$folder"
"$BUILD/vscode-remote-shell" --launcher=local cancel >"$T/log/cancel" 2>&1
is $? 77 'rights that are not safe are status 77'
like "$(cat "$T/log/cancel")" 'run: chmod 700 ' 'and what to do is said'
chmod 700 "$folder"
"$BUILD/vscode-remote-shell" --launcher=local cancel >"$T/log/cancel" 2>&1
is $? 0 'cancel ends the session'
# shellcheck disable=SC2012
is "$(ls -d "$folder"/*/agent.log 2>/dev/null)" '' 'and its folder is removed'
done_testing
