#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# vscode-remote-host(1) has the commands, variables, options and statuses of the
# program, and says what each thing of slurmdriver has become.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/session-env.sh"

top=$(cd "$TESTS/.." && pwd)
page=$top/man/vscode-remote-host.1

# rows FILE: first strings of its table
rows() { sed -n 's/^	{ \(\.name = \)\{0,1\}"\([^"]*\)"[ ,].*/\2/p' "$top/src/$1"; }

ok 'the commands are found' test "$(rows opt/bridgecommand.c | wc -l)" -ge 9
is "$(sed -n '/^These commands can/,/^\.El/s/^\.It Cm //p' "$page")" \
	"$(rows opt/bridgecommand.c)" 'the page has the commands of the table'
for where in vscode-remote-shell.1 vscode-remote-agent.8; do
	is "$(sed -n '/^\.It Fl -bridge-command/,/^May be/p' "$top/man/$where" | tr '\n' ' ' |
		grep -o 'beside \.Cm .* and \.Cm [a-z]*' |
		sed 's/beside//; s/\.Cm//g; s/,//g; s/ and / /' | xargs)" \
		"$(rows opt/bridgecommand.c | xargs)" "and so has $where"
done
ok 'the variables are found' test "$(rows proto/bridgeenv.c | wc -l)" -ge 30
{
	rows proto/bridgeenv.c
	# Those that do not go into a container.
	sed -n 's/^	{ "\([^"]*\)", SESSIONENV_NODES, .*/\1/p' "$top/src/proto/sessionenv.c"
	sed -n '/^	{ /h; /\.of_node = 1/{ x; s/^	{ "\([^"]*\)".*/\1/p; }' "$top/src/proto/sessionenv.c"
} | LC_ALL=C sort -u >"$T/variables"
ok 'and those that stay outside' grep -qx 'LD_\*' "$T/variables"
# A row that another one has in it needs no words of its own.
is "$(env_of_man "$page" '^.Ss Environment' | LC_ALL=C sort)" \
	"$(grep -v '^PYTHON[A-Z]' "$T/variables")" 'the page has the variables of the tables'

sed -n '/^const struct bridgesig bridgesigs/,/^};/p' "$top/src/os/bridgesig.c" |
	grep -o 'SIG[A-Z0-9]*' | sort >"$T/signals"
ok 'the signals are found' test "$(wc -l <"$T/signals")" -ge 9
is "$(sed -n '/^\.Ss Signals/,/caller has ignored/p' "$page" | grep -o 'SIG[A-Z0-9]*' | sort -u)" \
	"$(cat "$T/signals")" 'the page has the signals of the table'

sed -n 's/^	"  \(--[a-z]*\).*/\1/p' "$top/src/host/main.c" | sort >"$T/options"
ok 'the options are found' test "$(wc -l <"$T/options")" -ge 3
is "$(sed -n '/^The options are/,/^\.El/s/^\.It Fl \(-[a-z]*\).*/-\1/p' "$page" | sort)" \
	"$(cat "$T/options")" 'the page has the options of --help'

# What slurmdriver.py has: endpoints, options, files.
sed -n '/^\.Sh INSTEAD OF SLURMDRIVER/,/^\.El/p' "$page" | sed 's/ Ta .*//' >"$T/rows"
for word in pwd ls cd sbatch squeue sinfo scancel git exec stop_server -exec -mode \
	server client -jobmode socket folder -jobdir -archivedir -polltime -timeout \
	.jobs .results; do
	ok "instead of $word" grep -Eq -e "(^| )$word( |\$)" "$T/rows"
done
is "$(sed -n '/^\.Sh INSTEAD OF SLURMDRIVER/,/^\.El/p' "$page" | grep '^\.It' | grep -vc ' Ta ')" 0 \
	'each of its rows says something'

if test -x "$BUILD/vscode-remote-host"; then
	is "$("$BUILD/vscode-remote-host" --help | sed -n 's/^  \(--[a-z]*\).*/\1/p' | sort)" \
		"$(cat "$T/options")" '--help'
	is "$("$BUILD/vscode-remote-host" --version)" \
		"vscode-remote-host $("$BUILD/vscode-remote-shell" --version | sed 's/.* //; 1q')" \
		'the version is that of the others'
	like "$("$BUILD/vscode-remote-host" --nosuch x 2>&1; echo $?)" \
		'^vscode-remote-host: there is no option --nosuch; see vscode-remote-host --help' \
		'an option that there is not'
	is "$("$BUILD/vscode-remote-host" --timeout=x ls 2>&1; echo $?)" \
		"vscode-remote-host: no time: --timeout=x; see vscode-remote-host --help
64" 'a time that is none'
	unlike "$(readelf -d "$BUILD/vscode-remote-host" 2>&1)" NEEDED 'it needs no library'
else
	skip 5 'no vscode-remote-host'
fi
done_testing
