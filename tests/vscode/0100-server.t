#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# VS Code's own server as it was built: it runs from each of the places where a
# bootstrap looks for it, answers, writes its log, and has its native modules.
. "$(dirname "$0")/lib.sh"

server_port() {
	sed -n 's/^Extension host agent listening on //p' "$T/log/$1.out"
}

for form in legacy exec oss; do
	program=$(sh "$TESTS/vscode/server.sh" install $form "$HOME") ||
		die "install $form"
	bg $form timeout 60 "$program" --start-server --host=127.0.0.1 \
		--port=0 --accept-server-license-terms --connection-token=abc
	wait_for 20 has "$T/log/$form.out" 'agent listening on [0-9]'
	is "$(curl -sS "http://127.0.0.1:$(server_port $form)/version")" \
		"$COMMIT" "$form: the server tells its commit"
	end_pid "$PID"
done
like "$(cat "$HOME"/.vscode-server/data/logs/*/remoteagent.log)" \
	'agent started' "its log is below .vscode-server"
like "$(cat "$HOME"/.vscode-server-oss/data/logs/*/remoteagent.log)" \
	'agent started' "or .vscode-server-oss"

cd "$VRS_VSCODE/server" || exit
cat >"$T/load.js" <<'END'
const load = m => require(process.cwd() + "/node_modules/" + m);
load("native-watchdog");
load("@vscode/spdlog");
load("@parcel/watcher");
load("node-pty").spawn("sh", ["-c", "tty; exit 3"], {}).onExit(
	e => console.log("exit", e.exitCode));
END
is "$(./node "$T/load.js")" "exit 3" "native modules load, a terminal opens"
done_testing
