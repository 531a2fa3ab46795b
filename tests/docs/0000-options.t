#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# --help, the man pages, the completion and the examples say the same.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/options.sh"

top=$(cd "$TESTS/.." && pwd)
shell=$BUILD/vscode-remote-shell
agent=$BUILD/vscode-remote-agent

# What the completion offers after the words given, the last being completed.
# shellcheck disable=SC2016 # expanded by bash
complete_words() {
	bash -c '
	. "$1"
	shift
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	_vscode_remote_shell
	printf "%s\n" "${COMPREPLY[@]}"' - "$top/examples/bash-completion" \
		vscode-remote-shell "$@"
}

compare() {
	sort "$T/$1" >"$T/$1.sorted"
	sort "$T/$2" >"$T/$2.sorted"
	diff "$T/$1.sorted" "$T/$2.sorted" >"$T/diff" && { pass "$3"; return; }
	fail "$3"
	diag_file "$T/diff"
}

"$shell" --help >"$T/help"
options_of_help <"$T/help" >"$T/help.shell"
options_of_man "$top/man/vscode-remote-shell.1" >"$T/man.shell"
"$agent" --help | options_of_help >"$T/help.agent"
options_of_man "$top/man/vscode-remote-agent.8" >"$T/man.agent"

# The comparisons below must not succeed because nothing was found.
like "$(cat "$T/help.shell")" '^p listen-port= \(0\)$' 'help is understood'
like "$(cat "$T/help.shell")" '^- group-command= \(workgroup .* --\)$' \
	'wrapped lines are understood'
ok 'it has all the options' test "$(wc -l <"$T/help.shell")" -ge 29
ok 'the agent has options' test "$(wc -l <"$T/help.agent")" -ge 10

compare help.shell man.shell 'vscode-remote-shell.1 has the options of --help'
compare help.agent man.agent 'vscode-remote-agent.8 has the options of --help'
is "$(awk 'length > 80' "$T/help")" '' 'help has lines of 80 columns'

# A site's keys have a page of their own.
awk '/^	{ "/ { split($0, q, "\""); name = q[2] } /\.of_site = 1/ { print name }' \
	"$top/src/opt/opttable.c" >"$T/site"
sed -n '/^\.Ss What only the site/,/^And these sections/s/^\.It Cm \([a-z-]*\) No.*/\1/p' \
	"$top/man/vscode-remote-shell.conf.5" >"$T/man.site"
like "$(cat "$T/site")" '^help-url$' 'keys of a site are understood'
compare site man.site 'vscode-remote-shell.conf.5 has the keys of a site'

# The options of salloc that are understood: the rows of the table but those that
# only say why not.
sed -n 's/^	{ "\([a-z-]*\)", .*/\1 &/p' "$top/src/salloc/salloctable.c" | grep -v REFUSED |
	sed 's/ .*//; s/^/--/' >"$T/salloc"
sed -n '/^Understood are/,/^with their short names/p' \
	"$top/man/vscode-remote-shell.1" | grep -o -e '--[a-z-]*' >"$T/man.salloc"
like "$(cat "$T/salloc")" '^--cpus-per-task$' 'the table of salloc is understood'
compare salloc man.salloc 'vscode-remote-shell.1 has the options of salloc'

# Options of salloc are written one way, as README.md does it; the section of the
# page that tells of the others has them as terms.
(cd "$top" && grep -nr -e '-S *--[a-z]' -e '-S *-[a-zA-Z] *[a-z0-9]' -e '--salloc-arg=--' README.md doc/*.md \
	examples man) | grep -v ':\.It Ql ' >"$T/otherwise"
is "$(cat "$T/otherwise")" '' 'options of salloc are written --NAME=VALUE in each document'

# The names that both have, with what each means.
sed 's/^. \([a-z0-9-]*\).*/--\1/' "$T/help.shell" | sort -u >"$T/ours"
sed -n 's/^	{ "\([a-z0-9-]*\)", .*/--\1/p' "$top/src/salloc/salloctable.c" | sort -u |
	comm -12 - "$T/ours" >"$T/both"
sed -n '/^These names are also options/,/^\.El/s/^\.It Cm \(--[a-z-]*\) Ta.*/\1/p' \
	"$top/man/vscode-remote-shell.1" >"$T/man.both"
like "$(cat "$T/both")" '^--signal$' 'names that are ours and of salloc are found'
compare both man.both 'vscode-remote-shell.1 has the names that are both'

# Options of another tool, which --help does not list.
sed -n 's/^	{ "\([a-z-]*\)", .*CONNECT(.*/--\1/p' "$top/src/opt/opttable.c" >"$T/other"
sed -n '/^\.Ss Options of slurm-connect/,/^\.El/p' "$top/man/vscode-remote-shell.1" |
	grep '^\.It Cm' | sed 's/ Ta .*//' | grep -o -e '--[a-z-]*' >"$T/man.other"
like "$(cat "$T/other")" '^--session-key$' 'options of slurm-connect are found'
compare other man.other 'vscode-remote-shell.1 has those of slurm-connect'

sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p' "$T/help" >"$T/commands"
sed -n '/^\.Sh COMMANDS/,/^\.Sh [^C]/s/^\.It Cm \([a-z-]*\).*/\1/p' \
	"$top/man/vscode-remote-shell.1" >"$T/man.commands"
like "$(cat "$T/commands")" '^cancel$' 'commands are understood'
compare commands man.commands 'vscode-remote-shell.1 has the commands of --help'

if command -v bash >/dev/null; then
	sed 's/^. \([^ ]*\) .*/--\1/' "$T/help.shell" >"$T/long"
	complete_words -- >"$T/completion"
	compare long completion 'the completion has the options of --help'
	complete_words '' >"$T/completion.commands"
	compare commands completion.commands \
		'the completion has the commands of --help'
	is "$(complete_words --peer-check = o)" off \
		'values are completed behind ='
	is "$(complete_words -v --launcher lo)" local \
		'values are completed as words'
	is "$(complete_words --linger '')" '' 'unless nobody can know them'
	# --verbose takes no argument, so an option may follow
	is "$(complete_words --verbose --tee-stdi)" --tee-stdin= \
		'options are completed'
	# shellcheck disable=SC2016 # expanded by the script
	printf '#!/bin/sh\ntest "$1" = list && printf "cpu 1 R\\ngpu 2 R\\n"\n' \
		>"$T/vscode-remote-shell"
	chmod +x "$T/vscode-remote-shell"
	PATH=$T:$PATH
	is "$(complete_words cancel --session = '' | xargs)" 'cpu gpu' \
		'sessions are completed, as list tells them'
	is "$(complete_words -v shell g)" gpu 'and as operands'
	is "$(complete_words list '')" '' 'where a command takes one'
	is "$(complete_words help ca)" cancel 'help takes a command'
else
	skip 10 'bash is not installed'
fi

if command -v mandoc >/dev/null; then
	overstrike=.$(printf '\b')
	for page in "$top"/man/*.[1578]; do
		is "$(mandoc -T lint "$page" 2>/dev/null |
			grep -v 'referenced manual not found')" '' \
			"${page##*/} is clean"
		is "$(mandoc -T ascii -O width=80 "$page" 2>/dev/null |
			sed "s/$overstrike//g" | awk 'length > 80')" '' \
			"${page##*/} has no line that 80 columns do not hold"
	done
	# A title that is wider than its column stands on a line of its own.
	is "$(mandoc -T ascii -O width=80 "$top/man/vscode-remote-shell.1" |
		sed "s/$overstrike//g" | grep -c '^ *Name  *Of vscode-remote-shell  *Of salloc')" 1 \
		'the table of names of both has its titles in one line'
else
	skip 11 'mandoc is not installed'
fi

# As `man` shows it at 80 columns: a table that is too wide for them is torn.
if command -v groff >/dev/null; then
	for page in "$top"/man/*.[1578]; do
		groff -mandoc -Tascii -rLL=78n -ww "$page" >"$T/page" 2>"$T/groff"
		is "$? $(grep 'break line' "$T/groff")" '0 ' "${page##*/} fits into 80 columns"
	done
else
	skip 6 'groff is not installed'
fi

# The apps that are built in, of which only the settings know more.
apps=$(HOME=$T "$BUILD/vscode-remote-shell" app no.such 2>&1 |
	sed -n "s/.*there are: //; s/,//gp")
is "$(grep -c "words \"$apps \$names\"" "$top/examples/bash-completion")" 1 \
	'the completion has the apps that are built in'

# Every value that the completion offers, and every example, is accepted.
# shellcheck disable=SC2317 # called by ok
accepted() { "$shell" "$@" --version >/dev/null; }
for mode in $(complete_words --peer-check ''); do
	ok "--peer-check=$mode is taken" accepted "--peer-check=$mode"
done
for action in $(complete_words --on-hangup ''); do
	ok "--on-hangup=$action is taken" accepted "--on-hangup=$action"
done
# shellcheck disable=SC2013 # a host is one word
for host in $(sed -n 's/^Host //p' "$top/examples/ssh_config"); do
	words=$(sed -n "/^Host $host\$/,/^\$/s/^	RemoteCommand //p" \
		"$top/examples/ssh_config")
	eval "set -- $words"
	is "$1" vscode-remote-shell "Host $host has a RemoteCommand"
	shift
	ok "and its options are taken" accepted "$@"
done
for file in proxy clients; do
	# shellcheck disable=SC2013 # a host is one word
	for host in $(sed -n 's/^Host //p' "$top/examples/ssh_config-$file" |
			grep -v '^login'); do
		words=$(ssh -F "$top/examples/ssh_config-$file" -G "$host" |
			sed -n 's/^proxycommand ssh -T \(alice@\)*login.cluster.example //p' |
			sed 's/%n/slurm-x/')
		eval "set -- $words"
		is "$1" vscode-remote-shell "Host $host has a ProxyCommand"
		shift
		ok "and its options are taken" accepted "$@"
	done
	# In clients that read no ssh_config, too: within double quotes.
	grep -o '"ssh -T [^"]*"' "$top/examples/ssh_config-$file" |
		sed 's/"//g; s/^ssh -T login.cluster.example //' |
		sort -u >"$T/quoted"
	test $file = proxy || is "$(cat "$T/quoted")" "vscode-remote-shell proxy" \
		"ssh_config-$file: and what others are given is the same"
done
if command -v ssh >/dev/null; then
	# shellcheck disable=SC2016 # expanded by sh
	ok 'ssh understands examples/ssh_config' sh -c \
		'ssh -F "$1" -G cluster-debug | grep -q "^remotecommand .*PID"' \
		- "$top/examples/ssh_config"
else
	skip 1 'ssh is not installed'
fi

export VSCODE_REMOTE_SHELL="$shell"
is "$(sh "$top/examples/wrapper.sh" --version)" "$("$shell" --version)" \
	'examples/wrapper.sh runs the program'

# Settings, also the lines that are comments there.
# shellcheck disable=SC2317 # called by ok
good() { "$shell" config --check="$1" >"$T/out"; }
for file in site profiles apps; do
	conf=$top/examples/$file.conf
	ok "$file.conf is good" good "$conf"
	sed 's/^#\([a-z][a-z-]* = \)/\1/' "$conf" >"$T/$file.conf"
	ok 'and all that it proposes' good "$T/$file.conf"
done
isnt "$(grep -c . "$T/site.conf")" 0 'of which there is some'
for key in $(cat "$T/site"); do
	ok "site.conf has $key" grep -q "^$key = " "$T/site.conf"
done

if command -v shellcheck >/dev/null; then
	ok 'examples/wrapper.sh is clean' shellcheck "$top/examples/wrapper.sh"
	ok 'examples/open-app.command is clean' shellcheck \
		"$top/examples/open-app.command"
	ok 'examples/bash-completion is clean' shellcheck -s bash \
		"$top/examples/bash-completion"
else
	skip 3 'shellcheck is not installed'
fi

done_testing
