#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# examples/machine-settings.py: a site's defaults for VS Code's server are merged
# where they are absent, and nothing else changes; run by hand, and by job-start.
# shellcheck disable=SC2154 # from settings.sh
. "$(dirname "$0")/../settings.sh"

example=$TESTS/../examples/machine-settings
merges() { # the example, over the settings in $T/site.json
	"$PYTHON" "$example.py" "$T/site.json" >"$T/out" 2>"$T/err"
	is "$? $(cat "$T/out")" "0 " "$1"
}
settings=$HOME/.vscode-server/data/Machine/settings.json
# has KEY: its value, as JSON in one line; of no key, all
has_key() {
	"$PYTHON" -c 'import json, sys
v = json.load(open(sys.argv[1]))
print(json.dumps(v if len(sys.argv) < 3 else v.get(sys.argv[2])))' "$settings" "$@"
}

ok "the example's settings are JSON" "$PYTHON" -m json.tool "$example.json" "$T/json"
cat >"$T/site.json" <<'END'
{"search.followSymlinks": false, "files.watcherExclude": {"/scratch/**": true}}
END
merges "no server: nothing is done"
ok "nor made" test ! -e "$HOME/.vscode-server"
mkdir -p "$HOME/.vscode-server/bin" "$HOME/.x-server"
merges "a server without settings"
is "$(has_key files.watcherExclude) $(has_key search.followSymlinks)" \
	'{"/scratch/**": true} false' "gets them"
is "$(stat -c %a "$settings")" 600 "as the user's own file"
is "$(find "$HOME/.x-server" -mindepth 1)" '' "what is no server gets none"
cp -p "$settings" "$T/before"
inode=$(stat -c %i "$settings")
merges "a second time"
is "$(cat "$settings")" "$(cat "$T/before")" "nothing changes"
is "$(stat -c %i "$settings")" "$inode" \
	"nor is it written"

echo '{"search.followSymlinks": true, "z": [1, "é"], "files.watcherExclude": {}}' \
	>"$settings"
cp "$settings" "$T/before"
merges "what is set otherwise"
is "$(cat "$settings")" "$(cat "$T/before")" "stays"
echo '{"z": [1, "é"], "search.followSymlinks": true}' >"$settings"
chmod 640 "$settings"
merges "what is set in part"
is "$(has_key)" '{"z": [1, "\u00e9"], "search.followSymlinks": true, "files.watcherExclude": {"/scratch/**": true}}' \
	"gets the rest, behind"
is "$(stat -c %a "$settings")" 640 "with its mode"

printf '{ // mine\n"z": 1,\n}\n' >"$settings"
cp "$settings" "$T/before"
merges "what has comments"
is "$(cat "$settings")" "$(cat "$T/before")" "is left as it is"
like "$(cat "$T/err")" "^machine-settings: $settings is left as it is: " "which is said"
mkdir "$HOME/dotfiles"
echo '{}' >"$HOME/dotfiles/machine.json"
ln -sf "$HOME/dotfiles/machine.json" "$settings"
merges "a link"
ok "stays one" test -L "$settings"
is "$(has_key search.followSymlinks)" false "and what it leads to has them"
is "$(find "$HOME" -name '*.json.*')" '' "nothing is left beside"

# By a session: it is there before its first shell.
rm -f "$settings"
echo "job-start = \"- $PYTHON $example.py $T/site.json\"" >"$user/config"
echo "cat $settings" | typed
is $? 0 "a session with it as job-start" || diag_file "$T/err"
like "$(cat "$T/out")" '"search.followSymlinks": false' "has them from the start"
says 0 cancel
done_testing
