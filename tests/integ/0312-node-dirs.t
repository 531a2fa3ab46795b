#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What is used by name in /tmp for as long as a session lasts, when it is removed
# by a cleaner and made anew by another user; or when he was there first. A /tmp
# of its own, since he takes names in it.
. "$(dirname "$0")/../own-tmp.sh"
. "$(dirname "$0")/../lib.sh"
need_product
test -n "$VRS_OWN_TMP" || skip_all "needs root, and a tree that is not below /tmp"
at_exit vrs_end

node=/tmp/vscode-remote-shell-0
he() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }

# A directory of his, with what VS Code's script would run.
takes() {
	he sh -c 'umask 0; mkdir -p "$0/server/.vscode-server/bin" "$0/run" &&
		printf "#!/bin/sh\nid >%s\n" "$1/ran" \
		>"$0/server/.vscode-server/bin/node" &&
		chmod 755 "$0/server/.vscode-server/bin/node"' "$1" "$T"
}

# connect NAME: where a start script puts its server, in $T/NAME; the node binary
# that it finds there is run.
# shellcheck disable=SC2016 # for a shell of the session
connect() {
	printf '%s\n' 'VSCODE_AGENT_FOLDER="$HOME/.vscode-server"' \
		'"$VSCODE_AGENT_FOLDER/bin/node" 2>/dev/null' \
		'echo "$VSCODE_AGENT_FOLDER $XDG_RUNTIME_DIR"' \
		'stat -c "%u %a" "$VSCODE_AGENT_FOLDER/.." "$XDG_RUNTIME_DIR"' |
		timeout 60 "$BUILD/vscode-remote-shell" --launcher=local \
		--state-dir="$VRS_STATE" --linger=0 --shell=/bin/sh \
		--server-dir=node >"$T/$1" 2>"$T/log/$1.err"
	read -r folder run <"$T/$1"
}
private() {
	is "$(sed -n 2,3p "$T/$1" | paste -sd,)" "0 700,0 700" \
		"$1: both directories are private and ours"
	ok "$1: nothing of his was run" not test -e "$T/ran"
}

connect first
is "$folder" "$node/server/.vscode-server" "first: the folder is the node's"
private first
is "$(cat "$T/log/first.err" | grep -c 'server-dir')" 0 "first: nothing to say"
ok "first: its directory is locked" not flock -n -x "$node" true
ok "first: so is the session's" not flock -n -x "${run%/run}" true

rm -rf "$node" "${run%/run}"
connect cleaned
is "$folder" "$node/server/.vscode-server" "cleaned: it is made anew"
private cleaned
like "$(cat "$T/log/cleaned.err")" "$node: No such file.*server folder.* is made anew" \
	"cleaned: and the user is told"
like "$(cat "$T/log/cleaned.err")" "/tmp/vscode-remote-shell\.[^ ]* .*made anew" \
	"cleaned: of the session's directory, too"
ok "cleaned: it is locked again" not flock -n -x "$node" true

first_run=$run
rm -rf "$node" "${run%/run}"
takes "$node"
takes "${run%/run}"
connect taken
like "$folder" "^$node\..*/server/.vscode-server\$" "taken: another name"
isnt "$run" "$first_run" "taken: and another of the session's"
private taken
like "$(cat "$T/log/taken.err")" "$node: owned by uid 65534" \
	"taken: the user is told of whom"
ok "taken: his own stays" test -e "$node/server/.vscode-server/bin/node"
second=$folder

# At once, when a look of a moment ago would do.
rm -rf "${second%/server/*}" "${run%/run}"
takes "${second%/server/*}"
takes "${run%/run}"
connect soon
isnt "$folder" "$second" "soon: a third"
private soon

vrs cancel >"$T/log/cancel" 2>&1
ok "the end" wait_for 10 test -z "$(agents)"
ok "ours goes" test ! -e "${run%/run}"
ok "his stay" test -d "${first_run%/run}"

# He is there first, and the name that we took then is found again.
connect later
like "$folder" "^$node\..*/server/.vscode-server\$" "later: another name at once"
like "$(cat "$T/log/later.err")" \
	"$node: owned by uid 65534.*--server-dir=node is $node\." \
	"later: the user is told, and where it is"
private later
again=$folder
unlike "$(cat "$T/log/taken.err" "$T/log/later.err")" 'left alone' \
	"nothing else is looked for in his"
vrs cancel >"$T/log/cancel" 2>&1
connect found
is "$folder" "$again" "found: the next session finds the same"
vrs cancel >"$T/log/cancel" 2>&1

# Who may write in /tmp may rename what is there, with no cleaner's help.
chmod 0777 /tmp
echo 'echo hello' | timeout 60 "$BUILD/vscode-remote-shell" --launcher=local \
	--state-dir="$VRS_STATE" --linger=0 >"$T/out" 2>"$T/err"
is "$(cat "$T/out")" "" "a /tmp that is not sticky: no session"
like "$(cat "$T/err")" '/tmp: mode 0777 lets others write' "and a line says why"
chmod 1777 /tmp
done_testing
