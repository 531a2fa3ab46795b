#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# examples/wrapper.sh: the site's defaults come first, the user's arguments after
# them as they were typed, and of two the last one counts.
. "$(dirname "$0")/../lib.sh"
need_product

wrapper=$TESTS/../examples/wrapper.sh

# A vscode-remote-shell that records its arguments, one a line, and its input.
# shellcheck disable=SC2016 # expanded by the script
printf '#!/bin/sh\nprintf "%%s\\n" "$@" >"%s/words"\ncat >"%s/input"\nexit 7\n' \
	"$T" "$T" >"$T/recorder"
chmod 755 "$T/recorder"
export VSCODE_REMOTE_SHELL="$T/recorder" VSCODE_GLIBC="$T/none"

wrap() { sh "$wrapper" "$@" </dev/null; }

wrap
cp "$T/words" "$T/site"
like "$(cat "$T/site")" '^--salloc-arg=--partition=' 'the site has its defaults'
unlike "$(cat "$T/site")" VSCODE_SERVER 'and no variables without their folder'

wrap -S --partition=gpu '--session=a b' '' "it's \$HOME" --idle-timeout=5m
cp "$T/site" "$T/want"
printf '%s\n' -S --partition=gpu '--session=a b' '' "it's \$HOME" \
	--idle-timeout=5m >>"$T/want"
same "$T/words" "$T/want" "the user's arguments come after, unchanged"

wrap cancel --session=gpu
is "$(tail -n 2 "$T/words")" 'cancel
--session=gpu' 'commands pass'

VSCODE_GLIBC=$T wrap --linger=0
is "$(grep -c '^VSCODE_SERVER_[A-Z_]*=/' "$T/words")" 3 \
	'with its folder three variables are set'
is "$(tail -n 1 "$T/words")" --linger=0 "and the user's arguments are last"
cut -d= -f1 "$T/words" | grep '^VSCODE_' | sort >"$T/variables"
is "$(cat "$T/variables")" 'VSCODE_SERVER_CUSTOM_GLIBC_LINKER
VSCODE_SERVER_CUSTOM_GLIBC_PATH
VSCODE_SERVER_PATCHELF_PATH' 'by the names that VS Code reads'

# It is the RemoteCommand: stdin and the exit status are the program's.
printf 'typed\0ahead' | sh "$wrapper"
is $? 7 'the exit status is that of the program'
is "$(tr '\000' . <"$T/input")" typed.ahead 'stdin reaches it'

VSCODE_REMOTE_SHELL=$T/missing wrap 2>"$T/err"
is $? 127 'a program that is not there is a failure'
like "$(cat "$T/err")" "$T/missing" 'that names it'

# The real one takes the defaults, and lets the user's count.
VSCODE_REMOTE_SHELL=$BUILD/vscode-remote-shell
wrap --version >"$T/version"
is $? 0 'the defaults are options of the program'
wrap --idle-timeout=soon cancel 2>"$T/err"
is $? 64 "the user's options are read"
like "$(cat "$T/err")" 'idle-timeout.*soon' 'and named when they are wrong'

# Of two the last counts: a launcher that shows what would be submitted.
# shellcheck disable=SC2016 # expanded by the launcher
printf '#!/bin/sh\ntest "$1" != submit || { cat >"%s/request"; printf "error=refused\\nmessage=seen\\n\\n"; exit 1; }\n' \
	"$T" >"$T/launch-show"
chmod 755 "$T/launch-show"
wrap --state-dir="$T/state" --launcher="$T/launch-show" --idle-timeout=5m \
	-S --partition=gpu --link-port=0 --link-address=127.0.0.1 2>"$T/err"
is $? 69 'a launcher that refuses'
request=$(cat "$T/request")
like "$request" '^command=--idle-timeout=5m$' \
	"the user's --idle-timeout counts"
unlike "$request" 'link-port=60000' "the user's --link-port counts"
is "$(printf '%s\n' "$request" | sed -n 's/^option=--partition=//p' |
	tail -n 1)" gpu "the user's partition is the last"
done_testing
