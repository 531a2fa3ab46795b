#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What README names exists: commands, options, packages, files, settings,
# messages, exit statuses.
# shellcheck disable=SC2013 # lists of words
. "$(dirname "$0")/../lib.sh"
need_product

top=$(cd "$TESTS/.." && pwd)
cd "$top" || exit 1

# section TITLE: its lines
section() {
	awk -v title="$1" '
	/^-+$/ { inside = last == title; last = ""; next }
	{ if (inside && NR > 1) print last; last = $0 }
	END { if (inside) print last }' README
}

# The first screen has the two commands, and they are real.
head -n 24 README | sed -n 's/^    \(sh [^ ]*\)  .*/\1/p' >"$T/commands"
is "$(cat "$T/commands")" 'sh examples/quickstart.sh
sh tests/run.sh' 'the first screen has the two commands'
while read -r command; do
	ok "$command is a script" sh -n "${command#sh }"
done <"$T/commands"

# Options: ours, salloc's as launch-slurm knows them, and those of configure.
"$BUILD/vscode-remote-shell" --help >"$T/help"
sed -n 's/^	{ "\([a-z-]*\)".*/--\1/p' src/opt/salloc.c >"$T/salloc"
sed -n 's/.*AS_HELP_STRING(\[\(--[a-z-]*\).*/\1/p' configure.ac >"$T/configure"
echo --prefix >>"$T/configure"
grep -Eo -e '--[a-z][a-z-]*' README | sort -u >"$T/options"
ok 'options are found' test "$(wc -l <"$T/options")" -ge 15
for option in $(cat "$T/options"); do
	ok "$option exists" grep -Eqhe "(^|[ ])$option(=|\$| )" "$T/help" \
		"$T/salloc" "$T/configure"
done
for letter in $(grep -Eo ' -[a-zA-Z0-9] [A-Z]' README | cut -c2-3 | sort -u)
do
	test "$letter" = -o || # of ssh
		ok "$letter exists" grep -qe "^  $letter, " "$T/help"
done

# default OPTION: as --help says it
default() {
	tr -s ' \n' ' ' <"$T/help" |
		sed -n "s/.* --$1=[^(]*(default: \([^)]*\)).*/\1/p"
}
like "$(section 'End a session')" \
	"--idle-timeout \\($(default idle-timeout);" 'its default'
is "$(default linger)" 5m '--linger has the default'
like "$(section 'What happens')" '--linger \(5 minutes\)' 'that is told'

# The packages are those of tests/deps.sh.
# packages COLUMN: of the set "build", in Debian or RHEL; those that every
# system has are left out
packages() {
	sed -n 's/^build  *//p' tests/deps.sh | awk -v c="$1" '{ print $c }' |
		grep -Ev '^(findutils|[mg]awk)$' | sort
}
told() {
	section Install | tr '\134' ' ' |
		awk -v os="$1" '$1 == os { on = 1 } /^$/ || ($1 == "RHEL" && \
			os != "RHEL") { on = 0 } on' | tr -s ' ' '\n' |
		grep -Ev '^(Debian|RHEL|[0-9]+|apt-get|dnf|install|)$' | sort
}
is "$(told Debian)" "$(packages 3)" "Debian's packages"
is "$(told RHEL)" "$(packages 4)" "RHEL's packages"

# Pictures
for file in $(section 'What it looks like' | grep -Eo '[a-z/]*\.png'); do
	is "$(head -c 4 "$file" | tail -c 3)" PNG "$file is a picture"
	ok 'and not a big one' test "$(wc -c <"$file")" -lt 200000
done

# Files of the source, and those that make install makes.
for file in $(grep -Eo '\b(doc|examples|tests|man|src)/[A-Za-z0-9_./-]*[a-z0-9]' \
	README | sort -u); do
	ok "$file exists" test -e "$file"
done
for file in PROTOCOL HACKING ChangeLog COPYING; do
	ok "$file exists" test -s "$file"
	like "$(cat README)" "(^|[ ])$file([ .]|\$)" 'and is told of'
done
make -s B="$BUILD" DESTDIR="$T/root" prefix=/p install >"$T/log/install" 2>&1
is $? 0 'make install works' || diag_file "$T/log/install"
section Install | sed -n 's|^    \(bin/[^ ]*\).*|\1|p
	s|^    \(libexec/[^ ]*\).*|\1|p' >"$T/installed"
(cd "$T/root/p" && find bin libexec -type f) | sort >"$T/made"
test -e "$BUILD/launch-slurm" || sed -i '/launch-slurm/d' "$T/installed"
is "$(sort "$T/installed")" "$(cat "$T/made")" 'it installs what is told'
is "$("$T/root/p/bin/vscode-remote-shell" --version)" \
	"$("$BUILD/vscode-remote-shell" --version)" 'and what was installed runs'
ok 'man pages too' test -s "$T/root/p/share/man/man8/vscode-remote-agent.8"
ok 'README too' test -s "$T/root/p/share/doc/vscode-remote-shell/README"
touch "$T/root/p/share/doc/other" "$T/root/p/libexec/other"
make -s B="$BUILD" DESTDIR="$T/root" prefix=/p uninstall >"$T/log/install" 2>&1
is "$(cd "$T/root/p" && find . -type f | sort)" './libexec/other
./share/doc/other' 'make uninstall removes that, and no more'

# The entry of the ssh configuration
section Connect | sed -n '/^    Host /,/^$/s/^    //p' >"$T/config"
is "$(ssh -F "$T/config" -G cluster | sed -n 's/^hostname //p')" \
	login.cluster.example 'ssh understands the entry'
words=$(ssh -F "$T/config" -G cluster | sed -n 's/^remotecommand //p')
like "$words" '^vscode-remote-shell --salloc-arg=' 'it has a RemoteCommand'
# shellcheck disable=SC2086 # its words
"$BUILD"/$words --version >"$T/log/version" 2>&1
is $? 0 'whose options are taken'

# Settings: those that Remote-SSH has, and JSON.
settings='configFile connectTimeout defaultExtensions enableDynamicForwarding
enableRemoteCommand enableAgentForwarding lockfilesInTmp localServerDownload
maxReconnectionAttempts path permitPtyAllocation reconnectionGraceTime
remotePlatform remoteServerListenOnSocket serverInstallPath
serverPickPortsFromRange showLoginTerminal useExecServer useFlock useLocalServer'
for name in $(grep -Eo 'remote\.SSH\.[A-Za-z]+' README | sort -u); do
	like " $(echo "$settings" | tr '\n' ' ') " " ${name##*.} " \
		"$name is a setting"
done
section Connect | sed -n '/^    "/p' >"$T/json"
for name in configFile enableRemoteCommand useLocalServer connectTimeout; do
	like "$(cat "$T/json")" "\"remote.SSH.$name\": " "$name has a value"
done
ok 'together they are JSON' "$PYTHON" -c \
	'import json, sys; json.loads("{" + open(sys.argv[1]).read() + "}")' \
	"$T/json"

# Messages in `quotes` are in the source, strings of several lines joined.
bell=$(printf '\a')
cat $(find src -name "*.c") | tr -d '\n\t' | sed 's/" *"//g' >"$T/source"
section 'When it does not work' | sed '1,/^Symptom/d' |
	tr '`' '\a' | grep -o "${bell}[^${bell}]*$bell" | tr -d '\a' >"$T/messages"
ok 'messages are found' test "$(wc -l <"$T/messages")" -ge 10
while read -r message; do
	case $message in
	'vscode-remote-shell '*) continue ;;	# a command
	# Their words come together from several places.
	'is pending (') message='job %s is %s%s%s' ;;
	'Slurm refused the job:') message='"refused the job", ' ;;
	esac
	ok "\"$message\" is said" grep -qF -e "$message" "$T/source"
done <"$T/messages"

# Exit statuses, as in the man page
section 'Exit statuses' | sed -n 's/^    \([0-9][0-9]*\)  .*/\1/p' >"$T/statuses"
is "$(cat "$T/statuses")" "$(sed -n '/^\.Sh EXIT STATUS/,/^\.Sh EXAMPLES/s/^\.It \([0-9]*\)$/\1/p' \
	man/vscode-remote-shell.1)" 'exit statuses are those of the man page'
ok 'and are found' test "$(wc -l <"$T/statuses")" -ge 9

# Numbers of promises
# number NAME: of a #define in src/net
number() {
	sed -n "s/^#define ${1}[ 	][ 	]*\([0-9]*\).*/\1/p" src/net/*.[ch] src/net/*/*.[ch]
}
like "$(section 'For the administrator' | tr -s ' \n' ' ')" \
	"At most $(number GATE_SILENT) connections that are silent wait there, and $(number GATE_PENDING) in their handshake, $(number HELLO_SECONDS) seconds each" \
	'how many strangers wait, and how long'

# Each heading is in the contents, and the other way round.
is "$(sed -n '/^Contents: /,/^$/p' README | tr -s ' \n' ' ' |
	sed 's/^Contents: //; s/\. */\n/g' | sed '/^ *$/d')" \
	"$(awk '/^-+$/ { print last } { last = $0 }' README)" \
	'the contents are the headings'

# Where the session's folder is, and how it ends: as told
folder=$HOME/.local/state/vscode-remote-shell
echo "cat $folder/*/agent.log >/dev/null && echo found" |
	"$BUILD/vscode-remote-shell" --launcher=local --linger=0 \
		--idle-timeout=5m >"$T/out" 2>"$T/log/session"
is "$(cat "$T/out")" found 'the folder is where it is told'
like "$(cat "$T/log/session")" "^vscode-remote-shell: session 'default' is job [0-9]+ on " \
	'the line about the session is as shown'
like "$(section 'While the job is pending')" \
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
