#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# --server-dir, with each way in which a start script may name its folder: as a
# word of a line of assignments it is found, too, and when it is not found a line
# says so as soon as the script announces its server.
. "$(dirname "$0")/../lib.sh"
need_product

not_named='no effect on this connection'

# connect NAME LINE OPTION...: a script that has this line; its output is $T/NAME
connect() {
	name=$1 line=$2
	shift 2
	{
		echo "PYTHON=$PYTHON"
		sed "s|^VSCODE_AGENT_FOLDER=.*|$line|" "$CLIENTS/records.sh"
	} >"$T/$name.in"
	grep -qF 'VSCODE_AGENT_FOLDER=' "$T/$name.in" || die "no line"
	timeout 60 "$BUILD/vscode-remote-shell" --launcher=local \
		--state-dir="$VRS_STATE" --linger=0 --shell=/bin/sh "$@" \
		<"$T/$name.in" >"$T/$name" 2>"$T/log/$name.err"
}
folder() { sed -n "s/^folder==\(.*\)==\$/\1/p" "$T/$1"; }
warned() { grep -c "$not_named" "$T/log/$1.err"; }
end() { vrs cancel --all >"$T/log/cancel" 2>&1; }
at_exit end

session="^$VRS_STATE/[0-9a-f]{16}/server/.vscode-server\$"
connect alone 'VSCODE_AGENT_FOLDER="$HOME/.vscode-server"' --server-dir=session
like "$(folder alone)" "$session" "a line of its own is found"
connect word 'UUID="a b" VSCODE_AGENT_FOLDER="$HOME/.vscode-server" ALLOW="1"' \
	--server-dir=session
like "$(folder word)" "$session" "so is a word of a line of assignments"
is "$(warned alone)$(warned word)" 00 "and nothing is said"
like "$(cat "$T/word")" 'listeningOn==[0-9]+==' "the server is announced"

connect other 'VSCODE_AGENT_FOLDER=$HOME/.vscode-server' --server-dir=session
is "$(folder other)" "$HOME/.vscode-server" "a line of another form is not"
is "$(warned other)" 1 "which is said, once"
connect again 'VSCODE_AGENT_FOLDER=$HOME/.vscode-server' --server-dir=session
is "$(warned again)" 1 "to each connection"
connect own "VSCODE_AGENT_FOLDER=$T/mine/.vscode-server" --server-dir=session
is "$(folder own) $(warned own)" "$T/mine/.vscode-server 1" \
	"nor is a folder of the user's choice"
echo "echo 'listeningOn==1=='" | timeout 60 "$BUILD/vscode-remote-shell" \
	--launcher=local --state-dir="$VRS_STATE" --linger=0 \
	--confirm-timeout=1s --shell=/bin/sh >"$T/noblock" 2>"$T/log/noblock.err"
is "$(cat "$T/noblock")$(warned noblock)" 'listeningOn==1==0' \
	"a shell without a block hears nothing"
end
connect home 'VSCODE_AGENT_FOLDER=$HOME/.vscode-server'
is "$(warned home)" 0 "nor does anybody without --server-dir"
done_testing
