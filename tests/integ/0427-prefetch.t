#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# --prefetch: while a job is pending the server that the client's script wants is
# got on this node, whole or not at all, whatever comes between; and nothing that
# the client sends or is sent changes by it.
. "$(dirname "$0")/../lib.sh"
need_product
queue_new
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY

case $(uname -m) in
x86_64) arch=x64 other=arm64 ;;
aarch64) arch=arm64 other=x64 ;;
*) skip_all "VS Code has no server for $(uname -m)" ;;
esac

# ---- what is to be got -------------------------------------------------------

A=e10f2369d0d9614a452462f2e01cdc4aa9486296
B=4949701c880d4bdb949e3c0e6b400288da7f474b
home=$HOME/.vscode-server
bg mirror timeout 900 "$PYTHON" "$CLIENTS/mirror.py" "$T/port" "$T/web" "$T/asked"
: >"$T/asked"
wait_for 10 test -s "$T/port" || die "no web server"
url="http://127.0.0.1:$(cat "$T/port")/%c/%a/%q"
on="--prefetch=on --prefetch-url=$url"

# server COMMIT [SAYS]: what the mirror has of that commit; SAYS is in its product.json
server() {
	web=$T/web/$1
	tree=$T/tree/vscode-server-linux-$arch
	rm -rf "$T/tree"
	mkdir -p "$tree/bin" "$tree/out" "$web/server-linux-$arch" \
		"$web/server-linux-$other" "$web/cli-alpine-$arch"
	cat >"$tree/bin/code-server" <<-'END'
	#!/bin/sh
	echo "$*" >>"$HOME/ran"
	while test $# -gt 0; do
		case $1 in
		--server-data-dir) dir=$2 ;;
		--install-extension)
			case $2 in
			bad.*) echo "Extension '$2' not found." >&2; exit 1 ;;
			slow.*) n=0; while test -e "$HOME/hold" && test $n -lt 600; do
				sleep 0.1; n=$((n + 1)); done ;;
			esac
			mkdir -p "$dir/extensions/$(echo "$2" | tr A-Z a-z)-1.0.0" ;;
		esac
		shift
	done
	END
	chmod +x "$tree/bin/code-server"
	printf '{\n\t"commit": "%s"\n}\n' "${2:-$1}" >"$tree/product.json"
	echo a >"$tree/node"
	# It must not fit into one read.
	head -c 300000 /dev/urandom >"$tree/out/server-main.js"
	echo b >"$tree/.hidden"
	tar -czf "$web/server-linux-$arch/stable" -C "$T/tree" "${tree##*/}"
	cp "$web/server-linux-$arch/stable" "$web/server-linux-$other/stable"
	printf '#!/bin/sh\necho cli\n' >"$T/tree/code"
	chmod +x "$T/tree/code"
	tar -czf "$web/cli-alpine-$arch/stable" -C "$T/tree" code
}
server $A
server $B

# script KIND COMMIT [FOLDER]: what a client types: the top of its script, and more
script() {
	printf 'exec cat\n# shellcheck shell=sh\necho "88eae011963a: running"\n'
	printf 'UUID="88eae011963a"\nCOMMIT_ID="%s"\nQUALITY="stable"\n' "$2"
	printf 'VSCODE_AGENT_FOLDER="%s"\n' "${3:-\$HOME/.vscode-server}"
	case $1 in
	cli) echo 'CLI_NAME_IN_ARCHIVE="code"' ;;
	*) echo 'VSCH_DIR="$VSCODE_AGENT_FOLDER/bin/$COMMIT_ID"' ;;
	esac
	printf '\001\r\n\377 no end of line'
}

# ---- who asks for it ---------------------------------------------------------

# front NAME [OPTION...]: with what $T/NAME.in has, while its job is pending; $PID
front() {
	name=$1
	shift
	# shellcheck disable=SC2046,SC2086 # words
	$(queue_command --session="$name" --shell=/bin/bash "$@") <"$T/$name.in" >"$T/$name.out" 2>"$T/log/$name.err" 9>&- &
	PID=$!
	lib_pids="$PID $lib_pids"
}
told() { grep -c 'prefetch' "$T/log/$1.err"; }
asked() { wc -l <"$T/asked"; }
says() { wait_for 20 has "$T/log/$1.err" "$2"; }
left() { find "$HOME" "$T/mine" -name '.prefetch.*' 2>/dev/null; }
none_left() { test -z "$(left)"; }
whole() { cmp -s "$T/tree/vscode-server-linux-$arch/node" "$1/node" &&
	test -x "$1/bin/code-server" && test -s "$1/out/server-main.js" &&
	test -e "$1/.hidden"; }
# fetching COMMIT: what is started for it
fetching() {
	for p in $(ours); do
		case $(lib_argv "$p" | xargs) in
		timeout*prefetch-server*" $1 "*) echo "$p" ;;
		esac
	done
}
is_fetching() { test -n "$(fetching "$1")"; }
half_is_there() {
	test -n "$(find "$home/bin" -path '*.prefetch*/archive' -size +1 2>/dev/null)"
}
not_fetching() { ! is_fetching "$1"; }
# run PID NAME: its job starts, and what its shell says is what was typed
run() {
	says "$2" 'is pending' || return
	queue start "$(sed -n 's/.*job \([0-9]*\) is pending.*/\1/p' \
		"$T/log/$2.err" | head -n 1)"
	wait_for 20 gone "$1"
	tail -n +2 "$T/$2.in" >"$T/want"
	same "$T/$2.out" "$T/want" "$2: the shell has and says each byte as it came"
}

script bin $A >"$T/bin.in"
front bin $on
pid=$PID
ok "it is got" says bin 'prefetch: VS Code.s server [0-9a-f]{40} is in place$'
ok "while the job is pending" says bin 'job 1 is pending'
ok "to where the script looks" whole "$home/bin/$A"
is "$(cat "$T/asked")" "/$A/server-linux-$arch/stable" "asked for once"
like "$(cat "$T/log/bin.err")" "prefetch: getting VS Code's server $A into $home, on this node\$" \
	"it is told when it begins"
is "$(told bin)" 2 "and when it ends, no more"
ok "and nothing else is left" none_left
run "$pid" bin

cp "$T/bin.in" "$T/again.in"
front again $on -vv
pid=$PID
ok "a second front looks" says again 'prefetch: over'
is "$(asked) $(grep -c 'vscode-remote-shell: prefetch' "$T/log/again.err")" "1 0" \
	"and there it is: nothing is got or told"
run "$pid" again

cp "$T/bin.in" "$T/off.in"
rm -rf "$home"
front off
pid=$PID
ok "off: pending" says off 'is pending'
run "$pid" off
is "$(asked) $(told off)" "1 0" "without the option nothing is got"

script cli $A >"$T/cli.in"
front cli $on
pid=$PID
ok "exec server: it is got" says cli 'is in place$'
is "$("$home/code-$A")" cli "its own program"
ok "and the server" whole "$home/cli/servers/Stable-$A/server"
is "$(told cli)" 2 "in two lines"
ok "and nothing else is left" none_left
run "$pid" cli

# ---- what fails --------------------------------------------------------------

# fails NAME WHY [OPTION...]: one line, nothing in place; $PID waits on
fails() {
	lib_why=$2
	name=$1
	shift 2
	front "$name" $on "$@"
	ok "$name: it is told why" says "$name" \
		"prefetch: $lib_why; the editor's script will get what is missing itself"
	is "$(told "$name")" 2 "$name: in one line behind that of the beginning"
	ok "$name: nothing is in place" test ! -e "$place"
	ok "$name: nothing is left" none_left
}
C=$(echo $A | tr e f)
place=$home/bin/$C
script bin $C >"$T/none.in"
fails none "server-linux-$arch: .*404.*"
run "$PID" none
mkdir -p "$T/web/$C/server-linux-$arch"
head -c 100000 /dev/urandom >"$T/web/$C/server-linux-$arch/stable"
cp "$T/none.in" "$T/bad.in"
fails bad "server-linux-$arch: .*gzip.*"
run "$PID" bad
head -c 100000 "$T/web/$A/server-linux-$arch/stable" >"$T/web/$C/server-linux-$arch/stable"
cp "$T/none.in" "$T/cut.in"
fails cut "server-linux-$arch: .*end of file.*"
run "$PID" cut
cp "$T/web/$A/server-linux-$arch/stable" "$T/web/$C/server-linux-$arch/stable"
cp "$T/none.in" "$T/version.in"
fails version "server-linux-$arch: it is another version"
run "$PID" version
cp "$T/web/$A/cli-alpine-$arch/stable" "$T/web/$C/server-linux-$arch/stable"
cp "$T/none.in" "$T/shape.in"
fails shape "server-linux-$arch: there is no bin/code-server in it"
run "$PID" shape

mkdir "$T/mine"
place=$T/mine/.vscode-server/bin/$A
echo >"$T/mine/.vscode-server"
script bin $A "$T/mine/.vscode-server" >"$T/file.in"
fails file ".*/mine/.vscode-server.*"
run "$PID" file
rm "$T/mine/.vscode-server"
unmount() { umount -l "$T/mine" 2>/dev/null; }
at_exit unmount
if mount -t tmpfs -o ro none "$T/mine" 2>/dev/null; then
	cp "$T/file.in" "$T/ro.in"
	fails ro ".*[Rr]ead-only.*"
	run "$PID" ro
	unmount
else
	skip 5 "nothing can be mounted here"
fi
if mount -t tmpfs -o size=200k none "$T/mine" 2>/dev/null; then
	cp "$T/file.in" "$T/full.in"
	# As curl or wget says it.
	fails full ".*([Nn]o space|[Ww]rit).*"
	run "$PID" full
	unmount
else
	skip 5 "nothing can be mounted here"
fi

echo 'exec cat' >"$T/plain.in"
printf 'COMMIT_ID=latest\n' >>"$T/plain.in"
before=$(asked)
front plain $on -vv
pid=$PID
ok "plain: pending" says plain 'is pending'
run "$pid" plain
is "$(asked) $(told plain)" "$before 0" "where no commit is known nothing is got"

# ---- what comes between ------------------------------------------------------

hold=$T/web/$B/server-linux-$arch/stable.hold
script bin $B >"$T/kill.in"
: >"$hold"
front kill $on
pid=$PID
ok "half of it is there" wait_for 20 half_is_there
ok "which nobody sees who looks for it" test ! -e "$home/bin/$B"
ok "nor who lists what is there" test "$(ls "$home/bin")" = ""
for p in $(fetching $B); do kill -s KILL -- "-$p"; done
ok "killed: it is told" says kill 'prefetch: it ended with signal 9; the editor'
ok "and half of it is in place" test ! -e "$home/bin/$B"
isnt "$(left)" "" "but in its directory"
rm "$hold"
run "$pid" kill
age() { find "$home/bin" -path '*.prefetch*' -exec touch -d "-$1" {} +; }
age '2 hours'
cp "$T/kill.in" "$T/after.in"
front after $on
ok "a later one gets it" says after 'is in place$'
ok "whole" whole "$home/bin/$B"
ok "and removes what was left" wait_for 10 none_left
run "$PID" after

rm -rf "$home"
: >"$hold"
cp "$T/kill.in" "$T/ends.in"
front ends $on
pid=$PID
ok "ends: half of it is there" wait_for 20 half_is_there
# Again and again, for what cleans up must not end of it.
tell_to_end() {
	n=0
	while kill -s TERM -- "-$1" 2>/dev/null && test $n -lt 1000; do
		n=$((n + 1))
	done
}
for p in $(fetching $B); do tell_to_end "$p"; done
ok "told to end, it does" says ends 'prefetch: .*; the editor'
ok "and cleans up" wait_for 10 none_left
kill "$pid"

before=$(asked)
one_more() { test "$(asked)" -gt "$before"; }
cp "$T/kill.in" "$T/dies.in"
front dies $on
pid=$PID
ok "dies: half of it is there" wait_for 20 half_is_there
cp "$T/kill.in" "$T/two.in"
front two $on -vv
ok "another front meanwhile" says two 'prefetch: over'
is "$(asked) $(grep -c 'vscode-remote-shell: prefetch' "$T/log/two.err")" \
	"$((before + 1)) 0" "sees that it is being got, and does nothing"
kill -9 "$pid"
ok "a front that is killed" wait_for 10 gone "$pid"
ok "leaves it to its end" is_fetching $B
# As if nothing had come for long, or both had looked at once.
age '5 minutes'
before=$(asked)
cp "$T/kill.in" "$T/late.in"
front late $on
ok "two at once" wait_for 20 one_more
is "$(fetching $B | wc -l)" 2 "get it"
ok "none of which is to be seen" test ! -e "$home/bin/$B"
rm "$hold"
ok "the one says so" says late 'is in place$'
ok "the other comes to its end" wait_for 20 not_fetching $B
ok "and it is whole" whole "$home/bin/$B"
is "$(ls -A "$home/bin")" "$B" "once, and nothing else"

# at_work NAME: where the script's lock is NAME
at_work() {
	rm -rf "$home"
	mkdir -p "$home/bin/$B"
	echo lock >"$home/bin/$B/vscode-remote-lock.me.$B"
	cp "$T/kill.in" "$T/$1.in"
}
at_work busy
front busy $on
unpacked() { find "$home/bin" -path '*.prefetch*/new/bin/code-server' | grep -q .; }
ok "while a script installs it, it is got" wait_for 20 unpacked
age '5 minutes'
looks() { test -n "$(find "$home/bin" -maxdepth 1 -name '.prefetch*' -mmin -2)"; }
ok "and waits" wait_for 20 looks
ok "with nothing to be seen" test ! -e "$home/bin/$B/bin"
rm "$home/bin/$B/vscode-remote-lock.me.$B"
ok "until that has given up" says busy 'is in place$'
ok "whole" whole "$home/bin/$B"
at_work lock
touch -d '-20 minutes' "$home/bin/$B/vscode-remote-lock.me.$B"
front lock $on
ok "lock: in place" says lock 'is in place$'
ok "beside the lock of one that was killed" whole "$home/bin/$B"
is "$(cat "$home/bin/$B/vscode-remote-lock.me.$B")" lock "which stays"
rm -rf "$home"
mkdir -p "$home/bin/$B/out"
echo mine >"$home/bin/$B/out/x"
cp "$T/kill.in" "$T/way.in"
front way $on
ok "where somebody has begun to unpack" says way \
	'prefetch: .*[Nn]ot empty.*; the editor'
ok "no server is to be seen" test ! -e "$home/bin/$B/bin"
is "$(cat "$home/bin/$B/out/x")" mine "and what is there stays"
ok "way: nothing is left" none_left
find "$home/bin/$B" -exec touch -d '-20 minutes' {} +
before=$(asked)
cp "$T/kill.in" "$T/wreck.in"
front wreck $on
ok "and when that was killed" says wreck \
	"prefetch: $home/bin/$B is half of a server, which .* remove it; the editor"
is "$(asked)" "$before" "nothing is got in vain"

# What another user could have put there is not run.
rm -rf "$home"
mkdir -p "$T/open/mine"
chmod 777 "$T/open"
script bin $B "$T/open/mine/.vscode-server" >"$T/open.in"
front open $on
ok "below a directory in which all may write" says open \
	"prefetch: all users may write in $T/open; the editor"
chmod 1777 "$T/open"
# Of what only other nodes have not even the first directory is here, nor can it be
# made; root could, but not there.
only_there=/nowhere.$$
test "$(id -u)" != 0 || only_there=/proc/nowhere
script bin $B "$only_there/me/.vscode-server" >"$T/nowhere.in"
front nowhere $on
ok "where there is no such directory" says nowhere "prefetch: .*$only_there.*; the editor"
cp "$T/open.in" "$T/sticky.in"
front sticky $on
ok "but take away only what is theirs" says sticky 'is in place$'
if test "$(id -u)" = 0; then
	rm -rf "$T/open/mine/.vscode-server/extensions"
	chown 65534 "$T/open/mine/.vscode-server/bin/$B/bin/code-server"
	cp "$T/open.in" "$T/other.in"
	rm -f "$HOME/ran"
	front other $on --prefetch-extensions=x.y
	ok "a program of another user" says other \
		'prefetch: .*/bin/code-server is of another user; the editor'
	ok "is not run" test ! -e "$HOME/ran"
	chown -R 65534 "$T/open/mine"
	cp "$T/open.in" "$T/whole.in"
	front whole $on --prefetch-extensions=x.y
	ok "nor in his directory" says whole \
		"prefetch: $T/open/mine.* is of another user; the editor"
	ok "is anything run" test ! -e "$HOME/ran"
else
	skip 4 "only root can give a file away"
fi

# ---- extensions, other machines ----------------------------------------------

rm -rf "$home"
script bin $A >"$T/ext.in"
front ext $on --prefetch-extensions=Ms-Python.Python,a.b
ok "extensions: in place" says ext \
	"VS Code's server $A and Ms-Python.Python and a.b is in place"
is "$(ls "$home/extensions")" "a.b-1.0.0
ms-python.python-1.0.0" "by the server"
like "$(cat "$HOME/ran")" "--server-data-dir $home --install-extension" "in its folder"
ran=$(wc -l <"$HOME/ran")
cp "$T/ext.in" "$T/more.in"
front more $on --prefetch-extensions=a.b,c.d
ok "one more" says more 'prefetch: c.d is in place'
is "$(tail -n +$((ran + 1)) "$HOME/ran" | grep -c 'a\.b')" 0 "and only that"
cp "$T/ext.in" "$T/bade.in"
front bade $on --prefetch-extensions=bad.x
ok "one that is not to be had" says bade "prefetch: extensions: Extension 'bad.x' not found"
: >"$HOME/hold"
cp "$T/ext.in" "$T/slow.in"
front slow $on --prefetch-extensions=slow.x
ok "one that takes its time" wait_for 20 has "$HOME/ran" 'slow\.x'
cp "$T/ext.in" "$T/beside.in"
front beside $on -vv --prefetch-extensions=slow.x
ok "another front meanwhile" says beside 'prefetch: over'
rm "$HOME/hold"
ok "slow: in place" says slow 'slow.x is in place'
is "$(grep -c 'slow\.x' "$HOME/ran")" 1 "it was installed once"
ok "slow: nothing is left" wait_for 10 none_left

rm -rf "$home"
cp "$T/ext.in" "$T/other.in"
front other $on --prefetch=$other --prefetch-extensions=a.b
ok "for other machines" says other 'is in place'
is "$(tail -n 1 "$T/asked")" "/$A/server-linux-$other/stable" "theirs is asked for"
ok "whose server is not run here" says other 'prefetch-extensions: has no effect'
ok "so no extension" test ! -e "$home/extensions"

# ---- by settings, by a forced command, and by who types late ------------------

rm -rf "$home"
mkdir -p "$XDG_CONFIG_HOME/vscode-remote-shell"
cat >"$XDG_CONFIG_HOME/vscode-remote-shell/config" <<-END
	prefetch = on
	prefetch-url = $url
	prefetch-extensions = a.b, c.d
	END
cp "$T/ext.in" "$T/conf.in"
front conf
ok "by settings" says conf 'and a.b and c.d is in place$'
rm -rf "$home"
# It looks into a pipe, as sshd has one.
mkfifo "$T/forced.in"
cat "$T/ext.in" >"$T/forced.in" &
SSH_ORIGINAL_COMMAND=bash
export SSH_ORIGINAL_COMMAND
front forced forced
unset SSH_ORIGINAL_COMMAND
ok "by a forced command" says forced 'and a.b and c.d is in place$'

rm -rf "$home"
mkfifo "$T/asks.in"
front asks
pid=$PID
exec 9>"$T/asks.in"
echo 'echo "ready: 88eae011963a"' >&9
ok "who asks first" says asks 'is pending'
queue start "$(sed -n 's/.*job \([0-9]*\) is pending.*/\1/p' "$T/log/asks.err" |
	head -n 1)"
ok "is answered" wait_for 20 has "$T/asks.out" '^ready: '
is "$(told asks)" 0 "so far nothing is known"
cat "$T/ext.in" >&9
ok "when the script is there it is got, too" says asks 'is in place$'
exec 9>&-
ok "asks: the shell ends" wait_for 20 gone "$pid"
rm "$XDG_CONFIG_HOME/vscode-remote-shell/config"

# ---- with wget, and with none ------------------------------------------------

rm -rf "$home"
mkdir "$T/tools"
for tool in sh cat sed tar gzip mkdir mktemp find rm mv tr grep test printf touch sleep wget stat id tail; do
	path=$(command -v $tool) && case $path in /*) ln -s "$path" "$T/tools/" ;; esac
done
alone() {
	echo "$url" | PATH=$T/tools "$T/tools/sh" "$BUILD/prefetch-server" \
		"$home" bin $A stable $arch >"$T/alone" 2>&1
}
if test -e "$T/tools/wget"; then
	ok "by wget, too" alone
	ok "whole" whole "$home/bin/$A"
	rm -rf "$home" "$T/tools/wget"
else
	skip 2 "there is no wget"
fi
ok "with neither it fails" not alone
is "$(tail -n 1 "$T/alone")" "failed there is neither curl nor wget on this node" \
	"and says so"
ok "and leaves nothing" none_left
done_testing
