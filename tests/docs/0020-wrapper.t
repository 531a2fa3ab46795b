#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# examples/wrapper.sh: three lines, by which the user's arguments reach the program
# as they were typed, and stdin and the exit status are the program's.
. "$(dirname "$0")/../lib.sh"
need_product

wrapper=$TESTS/../examples/wrapper.sh
is "$(grep -Evc '^(#[^!]|$)' "$wrapper")" 3 'three lines'

# A vscode-remote-shell that records its arguments, one a line, and its input.
# shellcheck disable=SC2016 # expanded by the script
printf '#!/bin/sh\nprintf "%%s\\n" "$VSCODE_REMOTE_SHELL_NAME" "$@" >"%s/words"\ncat >"%s/input"\nexit 7\n' \
	"$T" "$T" >"$T/recorder"
chmod 755 "$T/recorder"
export VSCODE_REMOTE_SHELL="$T/recorder"

wrap() { sh "$wrapper" "$@" </dev/null; }

wrap -S --partition=gpu '--session=a b' '' "it's \$HOME" --idle-timeout=5m
printf '%s\n' "$wrapper" -S --partition=gpu '--session=a b' '' "it's \$HOME" \
	--idle-timeout=5m >"$T/want"
same "$T/words" "$T/want" "the user's arguments, unchanged, and the name"
printf 'typed\0ahead' | sh "$wrapper"
is $? 7 'the exit status is that of the program'
is "$(tr '\000' . <"$T/input")" typed.ahead 'stdin reaches it'

VSCODE_REMOTE_SHELL=$T/missing wrap 2>"$T/err"
is $? 127 'a program that is not there is a failure'
like "$(cat "$T/err")" "$T/missing" 'that names it'

VSCODE_REMOTE_SHELL=$BUILD/vscode-remote-shell
is "$(wrap --version)" "$("$BUILD/vscode-remote-shell" --version)" 'the real one'
wrap --idle-timeout=soon cancel 2>"$T/err"
is $? 64 "the user's options are read"
like "$(cat "$T/err")" 'idle-timeout.*soon' 'and named when they are wrong'
done_testing
