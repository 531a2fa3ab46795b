#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Behind a site's wrapper messages say to type the wrapper, and without one the
# name by which the program was run; for the session that it is about.
. "$(dirname "$0")/../lib.sh"
need_product

wrapper=$T/vscode-cluster
cp "$TESTS/../examples/wrapper.sh" "$wrapper"
chmod +x "$wrapper"
export VSCODE_REMOTE_SHELL="$BUILD/vscode-remote-shell"

# said WORD...: by the wrapper; status in $RC
said() {
	timeout 30 "$wrapper" --launcher=local --state-dir="$VRS_STATE" \
		--link-port=0 --linger=0 "$@" >"$T/out" 2>"$T/err" </dev/null
	RC=$?
}
end_all() { vrs cancel --all >"$T/log/end" 2>&1; }
at_exit end_all

said shell nosuch true
like "$RC $(cat "$T/err")" "^69 .*; \`$wrapper alloc nosuch\` starts one" \
	'the wrapper is named'
said shell -- true
like "$(cat "$T/err")" "; \`$wrapper alloc\` starts one" \
	'without a name for the default session'
said --helf
like "$(cat "$T/err")" 'do you mean --help\?$' 'a slip'
said --frobnicate
like "$(cat "$T/err")" ': see vscode-cluster --help;' 'see --help of the wrapper'
said --help
like "$(cat "$T/out")" '^Usage: vscode-cluster ' 'which shows it'
like "$(cat "$T/out")" '^.vscode-cluster help COMMAND. tells' 'and what to type'

# Neither the shell in the job nor its agent has the variable.
said --session=a
is "$RC" 0 'a session'
# shellcheck disable=SC2016 # expanded in the job
said shell a 'echo "name=$VSCODE_REMOTE_SHELL_NAME."; tr "\0" "\n" </proc/$PPID/environ | grep -c ^VSCODE_REMOTE_SHELL_NAME='
is "$(xargs <"$T/out")" 'name=. 0' 'no shell and no agent gets to see it'

# A key that is not the session's.
agent=$(agents)
tag=$(basename "$(dirname "$(ls "$VRS_STATE"/*/secret)")")
cp "$VRS_STATE/$tag/secret" "$T/secret"
head -c 32 /dev/urandom >"$VRS_STATE/$tag/secret"
said --session=a
like "$RC $(cat "$T/err")" "^76 .*; \`$wrapper cancel a\` ends the session, then connect again\$" \
	'the wrong key'
cat "$T/secret" >"$VRS_STATE/$tag/secret"
isnt "$agent" '' 'there was one to talk to'

# exec -a and a full path, without a wrapper.
is "$(vrs shell nosuch true 2>&1 | grep -c "\`$BUILD/vscode-remote-shell alloc nosuch\`")" \
	1 'without a wrapper the name by which it was run'
VSCODE_REMOTE_SHELL_NAME=$(printf 'a\033[2Jb') vrs shell nosuch true 2>"$T/err"
like "$(cat "$T/err")" "\`$BUILD/vscode-remote-shell alloc" \
	'a name with control characters is not taken'
VSCODE_REMOTE_SHELL_NAME='my tool' vrs shell nosuch true 2>"$T/err"
like "$(cat "$T/err")" "\`'my tool' alloc nosuch\`" 'one with a blank is quoted'
done_testing
