#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# machine-settings: a site's defaults for VS Code's server are in its settings before
# the first shell, where they are absent; a lock holds, and none is none.
# shellcheck disable=SC2154 # from settings.sh
. "$(dirname "$0")/../settings.sh"

file=$T/site.json
folder=$HOME/.vscode-server
settings=$folder/data/Machine/settings.json
# session WORD...: its shell prints the settings
session() {
	echo "cat $settings" | typed "$@"
	is $? 0 "$*: a session" || diag_file "$T/err"
	cp "$T/out" "$T/got"
	says 0 cancel
}

ok "the example's settings are JSON" "$PYTHON" -m json.tool \
	"$TESTS/../examples/machine-settings.json" "$T/json"
cp "$TESTS/../examples/machine-settings.json" "$file"
echo "machine-settings = $file" >"$user/config"
echo "ls -d $folder" | typed
like "$(cat "$T/err")" 'No such file' "without a server nothing is made"
says 0 cancel
mkdir "$folder"
session
is "$("$PYTHON" -c 'import json, sys
print(sys.stdin.read() and json.load(open(sys.argv[1])) == json.load(open(sys.argv[2])))' \
	"$settings" "$file" <"$T/got")" True "it has them from the start"
printf '{\n  // mine\n  "search.followSymlinks": true,\n}\n' >"$settings"
session
like "$(cat "$T/got")" '^  // mine$' "a comment stays"
is "$(grep -c followSymlinks "$settings")" 1 "what is set stays"
like "$(cat "$T/got")" '^  "search.exclude": \{$' "what is not comes behind it"
cp "$settings" "$T/before"
# What an ended child has left goes when there is something to write.
sed -i '/search.exclude/,$d' "$settings" && echo '}' >>"$settings"
touch -d '2 minutes ago' "$folder/data/Machine/.settings.json.7"
touch "$folder/data/Machine/.settings.json.8" "$folder/data/Machine/.settings.json.old"
session
is "$(cd "$folder/data/Machine" && ls -A)" ".settings.json.8
.settings.json.old
settings.json" "of what is half written only the old is removed"
cp "$settings" "$T/before"
inode=$(stat -c %i "$settings")
session
is "$(cat "$settings") $(stat -c %i "$settings")" "$(cat "$T/before") $inode" \
	"a second time nothing is written"

# What is left as it is, with a line in the log.
printf '{ mine }' >"$settings"
echo "cat $settings" | typed -vv
is "$(cat "$T/out")" '{ mine }' "what is no JSON is left as it is"
log=$(echo "$VRS_STATE"/*/agent.log)
wait_for 30 grep -q 'left as it is: line 1: there is no name in quotes' "$log"
pass "which the log says"
says 0 cancel
echo '{}' >"$settings"
mv "$folder" "$T/elsewhere"
ln -s "$T/elsewhere" "$folder"
session
is "$(cat "$T/got")" '{}' "a folder outside of the home is left as it is"
rm "$folder"
mv "$T/elsewhere" "$folder"
session --machine-settings=none
is "$(cat "$T/got")" '{}' "none is none"
session --server-hygiene=off
like "$(cat "$T/got")" '"search.exclude"' "records need not be looked at for it"

# A file that is not good.
says 0 config --check="$user/config"
echo '{"a": 1, "a": 2}' >"$file"
says 78 config --check="$user/config"
is "$(err)" "$user/config:1: machine-settings: $file: line 1: a name is there twice" \
	"config --check says what is wrong in it"
chmod 666 "$file"
says 78 config --check="$user/config"
like "$(err)" "$file: others may write it" "or who could change it"
rm "$file"
says 0 config --check="$user/config"
echo 'machine-settings = here.json' >"$user/config"
says 78 list
like "$(err)" "'here.json' is not an absolute path" "a path must be whole"
rm "$user/config"

# A site's, which is locked.
site_files
echo '{"a": 1}' >"$site/machine.json"
printf '[lock]\nmachine-settings = %s/machine.json\n' "$site" >"$site/config"
says 0 config --check="$site/config"
rm "$settings"
session
is "$(cat "$T/got")" "$(printf '{\n\t"a": 1\n}')" "what a site locks"
says 64 alloc --machine-settings=none
like "$(err)" '^--machine-settings: ' "nobody changes"
done_testing
