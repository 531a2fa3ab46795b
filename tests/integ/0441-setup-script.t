#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The script of setup for the user's own computer, on homes as people have them, by
# the shells that they have: twice, and back. No byte of theirs is lost or changed.
# SETUP=long tries each home both ways by all shells; else ways and shells take turns.
. "$(dirname "$0")/../lib.sh"
need_product

shell=$BUILD/vscode-remote-shell
marks='vscode-remote-shell slurm'
config=$XDG_CONFIG_HOME/vscode-remote-shell
mkdir -p "$config"
printf '[profile gpu]\ngres = gpu:1\n' >"$config/config"
for way in remote proxy; do
	"$shell" --launcher=local setup --script=sh --way=$way --login-host=hpc \
		</dev/null >"$T/$way.sh" 2>"$T/err" || die "no script"
done
me=$(id -un)
real_home=$HOME

# as SHELL HOME WAY OPTION...: run it there; its status is $rc
as() {
	lib_sh=$1 lib_home=$2 lib_way=$3
	shift 3
	# shellcheck disable=SC2086 # busybox sh
	HOME=$lib_home XDG_CONFIG_HOME=$lib_home/.config $lib_sh "$T/$lib_way.sh" \
		"$@" >"$T/out" 2>"$T/err"
	rc=$?
}

# picture HOME: every file there, with what it holds, its mode and where it leads, and
# every directory
picture() {
	(cd "$1" && find . -type d -printf '%p %m\n' && find . \( -type f -o -type l \) -exec sh -c '
	for f; do
		printf "%s %s %s %s\n" "$f" "$(stat -c %a "$f")" \
			"$(readlink "$f")" "$(sha256sum <"$f")"
	done' - {} +) | sort
}

# Our lines taken out by another program than the script's: what is left has to be
# what was there before.
cat >"$T/outside.py" <<'END'
import re, sys
mark = sys.argv[1].encode()
data = open(sys.argv[2], "rb").read()
data = re.sub(rb"# BEGIN " + mark + rb",[^\n]*\n(?:[^\n]*\n)*?# END " + mark + rb"\r?\n",
              b"", data)
data = re.sub(rb"\r?\n[ \t]*/\* BEGIN " + mark + rb",.*?/\* END " + mark + rb" \*/",
              b"", data, flags=re.S)
sys.stdout.buffer.write(data)
END
# A reader of JSON with comments and trailing commas: KEY=VALUE of what is outermost.
cat >"$T/jsonc.py" <<'END'
import json, re, sys
text = open(sys.argv[1], encoding="utf-8-sig").read()
text = re.sub(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', lambda m: m.group(1) or " ",
              text, flags=re.S)
text = re.sub(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', lambda m: m.group(1) or "", text)
for key, value in sorted(json.loads(text).items()):
    print(key + "=" + json.dumps(value))
END

# ---- homes ---------------------------------------------------------------------------

# home NAME: with what most of them have
home() {
	H=$T/homes/$1
	S=$H/.config/Code/User
	mkdir -p "$H/.ssh" "$S"
	chmod 700 "$H/.ssh"
	printf '# mine\nHost work\n\tUser w\n\nHost *\n\tForwardAgent no\n\tProxyCommand none\n' \
		>"$H/.ssh/config"
	printf '{\n    "editor.fontSize": 12\n}\n' >"$S/settings.json"
	printf 'Port 22\n' >"$H/.ssh/other"
}
home crlf
sed -i 's/$/\r/' "$H/.ssh/config" "$S/settings.json"
home no-newline
printf 'Host work\n  User w' >"$H/.ssh/config"
printf '{"editor.fontSize":12}' >"$S/settings.json"
home match
printf 'Match host work exec "true"\n    User w\nHost *\n    User x\n    RemoteCommand none\n' >"$H/.ssh/config"
printf '{}' >"$S/settings.json"
home include
printf 'Include other\n\n\tHost work\n\tUser w\n' >"$H/.ssh/config"
: >"$S/settings.json"
home link
mkdir -p "$H/dotfiles"
mv "$H/.ssh/config" "$H/dotfiles/ssh config"
ln -s "../dotfiles/ssh config" "$H/.ssh/config"
mv "$S/settings.json" "$H/dotfiles/settings.json"
ln -s ../../../dotfiles/settings.json "$S/settings.json"
home jsonc
cat >"$S/settings.json" <<'END'
// Settings { of mine
{
	/* "remote.SSH.useLocalServer": true, */
	"remote.SSH.connectTimeout": 60, // too short
	"[python]": { "remote.SSH.useExecServer": true, "a": [1, {"b": "}"},], },
	"x.y": "a \" // no comment { \\",
	"remote.SSH.remotePlatform": {
		"work": "linux",
	},
}
END
home read-only
chmod 444 "$H/.ssh/config" "$S/settings.json"
home no-ssh
rm -r "$H/.ssh" "$H/.config"

# ---- each of them ---------------------------------------------------------------------

# leads HOME: what ssh is to make of it, with the home directory of the test
leads() {
	sed "s|^Include vscode|Include $1/.ssh/vscode|; s|^Include other|Include $1/.ssh/other|" \
		"$1/.ssh/config" >"$T/ssh-config"
	ssh -F "$T/ssh-config" -G slurm-gpu 2>/dev/null
}

# try SHELL NAME WAY
try() {
	what="$2, $3, $1"
	cp -a "$T/homes/$2" "$T/trial"
	h=$T/trial
	picture "$h" >"$T/before"
	as "$1" "$h" "$3" --dry-run
	picture "$h" >"$T/dry"
	same "$T/dry" "$T/before" "$what: --dry-run changes nothing"
	as "$1" "$h" "$3"
	is "$rc $(cat "$T/err")" "$(expected "$2" "$3") " "$what: done" || diag_file "$T/out"
	picture "$h" >"$T/once"
	isnt "$(cat "$T/once")" "$(cat "$T/before")" "$what: it has done something"
	as "$1" "$h" "$3"
	picture "$h" >"$T/twice"
	same "$T/twice" "$T/once" "$what: a second time changes nothing"
	unlike "$(cat "$T/out")" '^(make|change|write) ' "$what: and says so"
	for lib_f in .ssh/config .config/Code/User/settings.json; do
		test -e "$T/homes/$2/$lib_f" || continue
		"$PYTHON" "$T/outside.py" "$marks" "$h/$lib_f" >"$T/outside"
		same "$T/outside" "$T/homes/$2/$lib_f" "$what: $lib_f is as it was outside the markers"
	done
	test "$2" != crlf || is "$(cat "$h/.ssh/config" "$h/.config/Code/User/settings.json" |
		grep -vc "$(printf '\r')\$")" 0 "$what: all lines end as they did"
	if test "$2" != read-only; then
		case $3 in
		remote) lib_want="^remotecommand $shell gpu" ;;
		proxy) lib_want="^proxycommand ssh -T $me@hpc $shell proxy --strip=slurm- %n" ;;
		esac
		like "$(leads "$h")" "$lib_want" "$what: slurm-gpu leads into a job"
		test "$2" = no-ssh || like "$(ssh -F "$T/ssh-config" -G work 2>/dev/null)" \
			'^user w$' "$what: and the user's own host is as it was"
		"$PYTHON" "$T/jsonc.py" "$h/.config/Code/User/settings.json" >"$T/got"
		wanted "$2" "$3" >"$T/want"
		same "$T/got" "$T/want" "$what: the settings are there" || diag_file "$T/got"
	fi
	as "$1" "$h" "$3" --undo --dry-run
	picture "$h" >"$T/dry"
	same "$T/dry" "$T/twice" "$what: --undo --dry-run changes nothing"
	as "$1" "$h" "$3" --undo
	picture "$h" >"$T/after"
	same "$T/after" "$T/before" "$what: --undo: every file is as before" ||
		diag "$(diff "$T/before" "$T/after")"
	is "$(find "$h" -name '*vscode-remote-shell*')" '' "$what: and nothing is left"
	rm -rf "$T/trial"
}

# Only what cannot be written, or is set otherwise, is left to the user.
expected() {
	case $1 in
	read-only | jsonc) echo 1 ;;
	*) echo 0 ;;
	esac
}

# wanted NAME WAY: settings, ours where there were none
wanted() {
	{
		"$PYTHON" "$T/jsonc.py" "$T/homes/$1/.config/Code/User/settings.json" 2>/dev/null
		test "$2" = proxy || printf '%s\n' remote.SSH.enableRemoteCommand=true \
			remote.SSH.useLocalServer=true
		test "$1" = jsonc || echo remote.SSH.connectTimeout=1800
		echo remote.SSH.useExecServer=false
	} | LC_ALL=C sort
}

shells=
for sh in dash bash busybox; do
	! command -v $sh >/dev/null || shells="$shells $sh"
done
# try_by WAY DIR SHELL...
try_by() {
	by_way=$1 by_home=${2##*/}
	shift 2
	for sh in "$@"; do
		echo "$by_home $by_way $sh" >>"$T/tried"
		test "$sh" != busybox || sh='busybox sh'
		try "$sh" "$by_home" "$by_way"
	done
}
# shellcheck disable=SC2086 # words
set -- $shells
way=proxy other=remote
for dir in "$T"/homes/*; do
	if test "$SETUP" = long; then
		try_by proxy "$dir" "$@"
		try_by remote "$dir" "$@"
	else
		try_by $way "$dir" "$1"
		first=$1 was=$way
		shift
		set -- "$@" "$first"
		way=$other other=$was
	fi
done
# tried FIELD: how many different ones
tried() { cut -d' ' -f"$1" "$T/tried" | sort -u | wc -l; }
is "$(tried 1) $(tried 2) $(tried 3)" "8 2 $#" 'all homes, both ways, by all shells'

# What is left to the user is said, with the lines.
cp -a "$T/homes/read-only" "$T/trial"
as sh "$T/trial" proxy
like "$(cat "$T/out")" '^TO DO: .*/\.ssh/config cannot be written\. Put this line above its first Host: Include ' \
	'a file that cannot be written: which, and what it lacks'
like "$(cat "$T/out")" '^TO DO: .*/settings.json cannot be written\.' 'the same of settings'
like "$(cat "$T/out")" '^    "remote.SSH.connectTimeout": 1800,$' 'with the lines'
chmod 644 "$T/trial/.ssh/config" "$T/trial/.config/Code/User/settings.json"
sed -i '1iInclude vscode-remote-shell-slurm.conf' "$T/trial/.ssh/config"
sed -i '1a"remote.SSH.connectTimeout": 1800, "remote.SSH.useExecServer": false,' \
	"$T/trial/.config/Code/User/settings.json"
chmod 444 "$T/trial/.ssh/config" "$T/trial/.config/Code/User/settings.json"
as sh "$T/trial" proxy
is "$rc $(grep -c 'TO DO' "$T/out")" '0 0' 'once the user has written them all is well' ||
	diag_file "$T/out"
rm -rf "$T/trial"
cp -a "$T/homes/jsonc" "$T/trial"
as sh "$T/trial" proxy
like "$(cat "$T/out")" '^TO DO: .* says otherwise already' 'a setting that is there stays'
like "$(cat "$T/out")" '^    "remote.SSH.connectTimeout": 1800$' 'and what it should be is said'

# Every host is named, and the default session's is the one to begin with.
rm -rf "$T/trial"
for way in remote proxy; do
	cp -a "$T/homes/match" "$T/trial"
	as sh "$T/trial" $way
	is "$(grep 'leads into a job' "$T/out" | xargs)" \
		'ssh slurm leads into a job. ssh slurm-gpu leads into a job.' \
		"$way: all hosts that lead into a job are named"
	like "$(cat "$T/out")" 'choose slurm\. Or slurm-gpu\.$' "$way: also among what to click"
	rm -rf "$T/trial"
done

# Two editors share the name: the script of either takes back what both have done.
for editor in zed cursor; do
	"$shell" --launcher=local setup --script=sh --way=proxy --login-host=hpc \
		--editor=$editor </dev/null >"$T/$editor.sh" 2>"$T/err"
	cp -a "$T/homes/match" "$T/trial"
	mkdir -p "$T/trial/.config/Cursor/User"
	printf '{ "mine": 1 }\n' >"$T/trial/.config/Cursor/User/settings.json"
	picture "$T/trial" >"$T/before"
	as sh "$T/trial" remote
	as sh "$T/trial" $editor
	as sh "$T/trial" $editor
	as sh "$T/trial" $editor --undo
	picture "$T/trial" >"$T/after"
	same "$T/after" "$T/before" "VS Code, then $editor, which takes back all" ||
		diag "$(diff "$T/before" "$T/after")"
	rm -rf "$T/trial"
done

# Where it cannot write it says so at once, and does nothing.
cp -a "$T/homes/match" "$T/trial"
chmod 500 "$T/trial/.ssh"
picture "$T/trial" >"$T/before"
for action in --dry-run '' --undo --rotate-key; do
	# shellcheck disable=SC2086 # none
	as sh "$T/trial" proxy $action
	is "$rc $(wc -l <"$T/out") $(cat "$T/err")" '1 1 ' \
		"a .ssh that cannot be written: one line, $action" || diag_file "$T/out"
	like "$(cat "$T/out")" '^TO DO: .*/\.ssh is not a directory that you own and can write: nothing was done' \
		"which says so, $action"
done
picture "$T/trial" >"$T/after"
same "$T/after" "$T/before" 'and nothing was done'
chmod 700 "$T/trial/.ssh"
rm -r "$T/trial/.ssh"
chmod 500 "$T/trial"
as sh "$T/trial" proxy
is "$rc $(wc -l <"$T/out") $(cat "$T/err")" '1 1 ' 'nor can .ssh be made: one line'
chmod 700 "$T/trial"
rm -r "$T/trial/.config/Code/User"
chmod 500 "$T/trial/.config/Code"
as sh "$T/trial" proxy
is "$rc $(grep -c '^TO DO: .*/Code cannot be written\. Write these into ' "$T/out") $(cat "$T/err")" '1 1 ' \
	'a folder of settings that cannot be made is left to the user' || diag_file "$T/out"
chmod 700 "$T/trial/.config/Code"
rm -r "$T/trial"
for home in '' "$T/no/such"; do
	for action in '' --dry-run; do
		# shellcheck disable=SC2086 # none
		as sh "$home" proxy $action
		is "$rc $(wc -l <"$T/err") $(cat "$T/out")" '64 1 ' "HOME is '$home': one line $action"
	done
done
(unset HOME && sh "$T/proxy.sh" >"$T/out" 2>"$T/err")
is "$? $(wc -l <"$T/err")" '64 1' 'HOME is not set: one line'

# Settings by which VS Code would not find its way: as they are called there.
cp -a "$T/homes/match" "$T/trial"
printf '{ "remote.SSH.configFile": "~/cfg", "remote.SSH.remotePlatform": {\n"work": "linux", "slurm-gpu" : "linux" } }\n' \
	>"$T/trial/.config/Code/User/settings.json"
as sh "$T/trial" remote
is "$rc $(grep -c '^TO DO' "$T/out")" '1 2' 'settings that lead elsewhere are left to the user'
like "$(cat "$T/out")" '^TO DO: VS Code reads ~/cfg and not .*/\.ssh/config, by remote\.SSH\.configFile of .*: Include vscode-remote-shell-slurm\.conf$' \
	'another configuration of ssh: which, and what to do'
like "$(cat "$T/out")" '^TO DO: .*settings\.json has slurm-gpu in remote\.SSH\.remotePlatform,' \
	"a host's platform: whose, and where"
printf 'Include vscode-remote-shell-slurm.conf\n' >"$T/trial/cfg"
as sh "$T/trial" proxy
is "$rc $(grep -c '^TO DO' "$T/out")" '0 0' 'the other one has our line; ProxyCommand bears a platform' ||
	diag_file "$T/out"
rm -rf "$T/trial"

# ---- what cannot be written whole ----------------------------------------------------

# A cp that has no room in $FULL: half of a file, and an error. Its mode stays.
mkdir "$T/full"
cat >"$T/full/cp" <<'END'
#!/bin/sh
for to; do :; done
case $to in
*"/$FULL"*) ;;
*) exec /bin/cp "$@" ;;
esac
test "$1" != -p || shift
head -c $(($(wc -c <"$1") / 2)) "$1" >"$to"
echo "cp: $to: no space left" >&2
exit 1
END
chmod +x "$T/full/cp"
# full FULL SAID OPTION...: what is there is as it was, and one line says so
full() {
	full_at=$1 full_said=$2
	shift 2
	find "$T/trial" -path "$T/trial/$full_at*" -type f -exec sha256sum {} + >"$T/before"
	FULL=$full_at PATH=$T/full:$PATH as sh "$T/trial" remote "$@"
	is "$rc $(grep -c "^TO DO: .*$full_said" "$T/out")" '1 1' \
		"no room for $full_at $*: it is said" || diag_file "$T/out"
	find "$T/trial" -path "$T/trial/$full_at*" -type f -exec sha256sum {} + >"$T/after"
	same "$T/after" "$T/before" 'and it is as it was, with nothing beside' ||
		diag "$(cat "$T/after")"
}
rm -rf "$T/trial"
cp -a "$T/homes/link" "$T/trial"
full .ssh/config 'no copy of .*/\.ssh/config,'
full dotfiles/ssh '/\.ssh/config could not be written to its end'
as sh "$T/trial" remote --undo
cp -a "$T/homes/link/." "$T/trial"
full dotfiles/settings.json '/settings\.json could not be written to its end'
as sh "$T/trial" remote --undo
cp -a "$T/homes/link/." "$T/trial"
full .ssh/vscode-remote-shell-slurm.conf 'slurm\.conf cannot be written'
chmod 640 "$T/trial/dotfiles/ssh config"
as sh "$T/trial" remote --undo
as sh "$T/trial" remote
is "$rc $(readlink "$T/trial/.ssh/config") $(stat -c %a "$T/trial/dotfiles/ssh config")" \
	'0 ../dotfiles/ssh config 640' 'with room all is done, and links and modes stay'
full dotfiles/settings.json '/settings\.json could not be written to its end' --undo
as sh "$T/trial" remote --undo
same "$T/trial/dotfiles/settings.json" "$T/homes/link/dotfiles/settings.json" 'and back'
rm -rf "$T/trial"

# A link in the place of a file of ours would have another one written over.
for kind in known_hosts conf; do
	cp -a "$T/homes/match" "$T/trial"
	printf 'precious\n' >"$T/trial/precious"
	ln -s ../precious "$T/trial/.ssh/vscode-remote-shell-slurm.$kind"
	as sh "$T/trial" proxy
	is "$rc $(grep -c "^TO DO: .*slurm\.$kind is not a file of ours, but a link" "$T/out")" '1 1' \
		"a link in the place of $kind: it is said"
	is "$(cat "$T/trial/precious")" precious 'and where it leads nothing is changed'
	rm -rf "$T/trial"
done

# Homes whose names mean something to sed, to awk, or to ssh.
for odd in 'a&b' 'a|b' 'a\1\n' 'a*[b' 'a
b'; do
	cp -a "$T/homes/match" "$T/$odd"
	as sh "$T/$odd" proxy
	is "$rc $(grep -c 'leads into a job' "$T/out") $(cat "$T/err")" '0 2 ' \
		"a home with the name $(printf '%s' "$odd" | tr '\n' '^')" || diag_file "$T/out"
	as sh "$T/$odd" proxy --undo
	same "$T/$odd/.ssh/config" "$T/homes/match/.ssh/config" 'and back'
	rm -rf "${T:?}/$odd"
done

# ---- settings of other shapes --------------------------------------------------------

rm -rf "$T/trial"
cp -a "$T/homes/match" "$T/trial"
file=$T/trial/.config/Code/User/settings.json
# shape NAME UNDERSTOOD TEXT
shape() {
	printf "$3" >"$file"
	cp "$file" "$T/original"
	as sh "$T/trial" proxy
	is "$rc" "$((1 - $2))" "settings, $1: understood $2" || diag_file "$T/out"
	if test "$2" = 1; then
		like "$("$PYTHON" "$T/jsonc.py" "$file")" '^remote.SSH.connectTimeout=1800$' \
			"$1: JSON as VS Code reads it"
	else
		same "$file" "$T/original" "$1: left alone"
		like "$(cat "$T/out")" 'is not understood\. Write these' "$1: and said"
	fi
	as sh "$T/trial" proxy --undo
	same "$file" "$T/original" "$1: as before"
}
shape 'a comment alone' 1 '// none yet\n'
shape 'a BOM' 1 '\357\273\277{ "a": 1 }\n'
shape 'nothing but blanks' 1 ' \n\n'
shape 'a comment in an empty object' 1 '{ /* { */ }'
shape 'a string with an escaped quote' 1 '{"a\\\\\\"": "}", "b":"\\\\\\\\"}'
shape 'umlauts' 1 '{"\303\244": "\360\237\230\200",}\n'
shape 'a comment at the end without its line' 1 '{"a":1}//x'
shape 'numbers and words' 1 '{"a":-1.5e3,"b":null,"c":[true,false]}'
shape 'an array' 0 '[]\n'
shape 'no end' 0 '{ "a": 1\n'
shape 'a string without its end' 0 '{ "a\n'
shape 'no colon' 0 '{ "a" 1 }\n'
shape 'a comment without its end' 0 '{ /* \n'

# One of somebody else, by root.
if test "$(id -u)" = 0; then
	printf '{}' >"$file"
	chown 4711 "$file"
	as sh "$T/trial" proxy
	is "$rc $(cat "$file")" '1 {}' "somebody else's file is left alone"
	as sh "$T/trial" proxy --undo
	rm "$file"
else
	skip 1 'needs root'
fi

# By whichever awk there is.
for awk in mawk gawk original-awk; do
	if ! command -v $awk >/dev/null; then
		skip 2 "$awk is not installed"
		continue
	fi
	mkdir -p "$T/awk"
	ln -sf "$(command -v $awk)" "$T/awk/awk"
	cp "$T/homes/jsonc/.config/Code/User/settings.json" "$file"
	PATH=$T/awk:$PATH as sh "$T/trial" proxy
	"$PYTHON" "$T/jsonc.py" "$file" >"$T/got"
	wanted jsonc proxy >"$T/want"
	same "$T/got" "$T/want" "settings, by $awk" || diag_file "$T/out"
	PATH=$T/awk:$PATH as sh "$T/trial" proxy --undo
	same "$file" "$T/homes/jsonc/.config/Code/User/settings.json" "and back, by $awk"
done

# Where there is no room for what a file is to be, it stays as it is.
crowd() { # BYTES WORD...: no file gets longer than that
	"$PYTHON" -c 'import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
os.execvp(sys.argv[2], sys.argv[2:])' "$@"
}
# full BYTES WHAT: with files of 560 bytes
full() {
	as "crowd $1 sh" "$T/trial" proxy
	is "$rc" 1 "$1 bytes, $2: it is said"
	like "$(cat "$T/out")" '^TO DO: .* cannot hold what .*/\.ssh/config is to be, which is as it was' \
		"$1 bytes: of the configuration"
	like "$(cat "$T/out")" '^TO DO: .* cannot hold what .*settings.json is to be' \
		"$1 bytes: of the settings"
	same "$T/trial/.ssh/config" "$T/original" "$1 bytes: no byte of it is lost"
	same "$file" "$T/original.json" "$1 bytes: nor of the settings"
}
{
	echo 'Host work'
	head -c 550 /dev/zero | tr '\000' '#'
} >"$T/original"
{
	echo '{ "a": 1 }'
	head -c 549 /dev/zero | tr '\000' ' '
} >"$T/original.json"
cp "$T/original" "$T/trial/.ssh/config"
cp "$T/original.json" "$file"
full 600 'our lines have no room'
full 500 'it has none itself'
as sh "$T/trial" proxy
is "$rc" 0 'with room all is done' || diag_file "$T/out"
as "crowd 500 sh" "$T/trial" proxy --undo
is "$rc" 1 'no room for --undo: it is said'
as sh "$T/trial" proxy --undo
same "$T/trial/.ssh/config" "$T/original" 'and then it takes all back'
same "$file" "$T/original.json" 'of the settings, too'

# An Include of another file, whose name begins so, is not ours.
cp "$T/homes/match/.ssh/config" "$T/trial/.ssh/config"
sed -i '1iinclude vscode-remote-shell-slurm.conf.old' "$T/trial/.ssh/config"
as sh "$T/trial" proxy
is "$rc $(grep -c '^Include' "$T/trial/.ssh/config")" '0 1' "another file's Include is none of ours"
sed -i 's/\.old$//' "$T/trial/.ssh/config"
as sh "$T/trial" proxy
is "$rc $(grep -c '^Include' "$T/trial/.ssh/config")" '0 0' 'and in whatever case the user has it'
as sh "$T/trial" proxy --undo
rm "$T/trial/.ssh/config.before-vscode-remote-shell-slurm"

# Markers that somebody has torn apart are not guessed at.
printf '# BEGIN %s, made by setup\nHost x\n' "$marks" >"$T/trial/.ssh/config"
cp "$T/trial/.ssh/config" "$T/original"
as sh "$T/trial" proxy
is "$rc" 1 'a marker without its end'
same "$T/trial/.ssh/config" "$T/original" 'is left alone'
as sh "$T/trial" proxy --undo
is "$rc" 1 'also by --undo'
same "$T/trial/.ssh/config" "$T/original" 'which changes nothing'

# What the user has changed since is not taken back.
cp "$T/homes/match/.ssh/config" "$T/trial/.ssh/config"
as sh "$T/trial" proxy
printf 'Host later\n' >>"$T/trial/.ssh/config"
as sh "$T/trial" proxy --undo
like "$(cat "$T/out")" 'was changed since: what it was before is in ' 'a later change is noticed'
is "$(tail -n 1 "$T/trial/.ssh/config")" 'Host later' 'and stays'
same "$T/trial/.ssh/config.before-vscode-remote-shell-slurm" "$T/homes/match/.ssh/config" \
	'as does the copy of before'
as sh "$T/trial" proxy --no-such
is "$rc $(cat "$T/out")" '64 ' 'an option that there is not'
rm -rf "$T/trial"

# ---- into a job, and another key ------------------------------------------------------

sshd_start
HOME=$real_home
at_exit vrs_end
VRS_STATE=$XDG_STATE_HOME/vscode-remote-shell
"$shell" --launcher=local setup --script=sh --way=proxy --login-host=hpc \
	</dev/null >"$T/proxy.sh" 2>"$T/err"
# ssh with the configuration of this test, for whoever calls it
mkdir "$T/bin"
printf '#!/bin/sh\nexec %s -F %s "$@"\n' "$(command -v ssh)" "$T/ssh_config" >"$T/bin/ssh"
chmod +x "$T/bin/ssh"
as sh "$HOME" proxy
is "$rc" 0 'in the home of the test'
key=$HOME/.ssh/vscode-remote-shell-slurm.key
is "$(stat -c %a "$key")" 600 'the key is for nobody else'
like "$(cat "$key.pub")" '^ssh-ed25519 ' 'and is of ed25519'
sed "s|~/.ssh|$HOME/.ssh|" "$HOME/.ssh/vscode-remote-shell-slurm.conf" >"$T/job.conf"
is "$(PATH=$T/bin:$PATH timeout 60 "$(PATH=/usr/bin:/bin command -v ssh)" -F "$T/job.conf" \
	-o GlobalKnownHostsFile=/dev/null -o BatchMode=yes slurm \
	'test -d "$VRS_RUNTIME_DIR" && echo in a job' 2>"$T/log/job")" 'in a job' \
	'ssh slurm is in a job, with that key and that host key' ||
	diag_file "$T/log/job"

# The login nodes by an entry of the user's own, which only his computer knows.
"$shell" --launcher=local setup --script=sh --way=remote --login-host=front \
	</dev/null >"$T/remote.sh" 2>"$T/err"
mkdir -p "$T/trial/.ssh" "$T/my keys"
cp "$T/ssh/user" "$T/my keys/user"
cat >"$T/trial/.ssh/config" <<END
Host front
	HostName 127.0.0.1
	Port $SSHD_PORT
	ProxyJump none
	IdentityFile "$T/my keys/user"
	IdentitiesOnly yes
Host far
	HostName 127.0.0.2
	ProxyJump gate:2222
Host *
	IdentityAgent none
	UserKnownHostsFile $T/ssh/known_hosts
	BatchMode yes
	ProxyJump elsewhere
END
as sh "$T/trial" remote
is "$rc" 0 'an entry of their own: done' || diag_file "$T/out"
leads "$T/trial" >"$T/effect"
is "$(grep -E '^(hostname|port|proxyjump|identityfile) ' "$T/effect" | sort | xargs)" \
	"hostname 127.0.0.1 identityfile $T/my keys/user port $SSHD_PORT" \
	'an entry of their own: each host gets there as it does'
is "$(printf 'test -d "$VRS_RUNTIME_DIR" && echo in a job\n' |
	timeout 60 ssh -T -F "$T/ssh-config" slurm 2>"$T/log/own")" 'in a job' \
	'an entry of their own: ssh slurm is in a job' || diag_file "$T/log/own"
picture "$T/trial" >"$T/once"
as sh "$T/trial" remote
picture "$T/trial" >"$T/twice"
same "$T/twice" "$T/once" 'an entry of their own: a second time changes nothing'
sed -i 's/@front$/@far/; s/HostName front/HostName far/' "$T/remote.sh"
as sh "$T/trial" remote
is "$(leads "$T/trial" | grep -E '^(hostname|port|proxyjump) ' | sort | xargs)" \
	'hostname 127.0.0.2 port 22 proxyjump gate:2222' 'another one, by a gate'
rm -rf "$T/trial"

cp "$key" "$T/old"
cp "$key.pub" "$T/old.pub"
# rotate LISTED: the old key's place in the list of keys
rotate() {
	PATH=$T/bin:$PATH as sh "$HOME" proxy --rotate-key
	is "$rc" 0 "$1: another key" || { diag_file "$T/out"; diag_file "$T/err"; }
	isnt "$(cat "$key.pub")" "$(cat "$T/old.pub")" "$1: it is another one"
	is "$(ssh-keygen -y -f "$key" | cut -d' ' -f2)" "$(cut -d' ' -f2 "$key.pub")" \
		"$1: both halves are of one key"
	is "$(stat -c %a "$key")" 600 "$1: for nobody else"
	is "$(find "$HOME/.ssh" -name '*.new*')" '' "$1: nothing is left"
}
printf '#!/bin/sh\n%s -F %s "$@"\nrc=$?\necho Good bye\nexit $rc\n' \
	"$(PATH=/usr/bin:/bin command -v ssh)" "$T/ssh_config" >"$T/bin/ssh"
rotate 'the old key was not listed, and the login node prints'
is "$(cat "$VRS_STATE/authorized_keys" 2>/dev/null)" '' 'no key is listed then'
cp "$key.pub" "$T/old.pub"
ssh-keygen -q -t ed25519 -N '' -f "$T/third"
cat "$T/old.pub" "$T/third.pub" |
	"$shell" --launcher=local proxy --authorize 2>"$T/err"
rotate 'the old key was listed'
is "$(cut -d' ' -f2 "$VRS_STATE/authorized_keys" | xargs)" \
	"$(cut -d' ' -f2 "$T/third.pub" "$key.pub" | xargs)" \
	'the old one is listed no more, the new one is, and others stay'
cp "$key.pub" "$T/old.pub"
# listed: the keys of the list
listed() { cut -d' ' -f2 "$VRS_STATE/authorized_keys" | sort | xargs; }
was_listed=$(listed)
# kept WHY SCRIPT: after an ssh that is SCRIPT, with $ssh for ssh, the old key is in use
kept() {
	printf '#!/bin/sh\nssh="%s -F %s"\n%s\n' "$(PATH=/usr/bin:/bin command -v ssh)" \
		"$T/ssh_config" "$2" >"$T/bin/ssh"
	PATH=$T/bin:$PATH as sh "$HOME" proxy --rotate-key
	is "$rc $(grep -c '^TO DO: .*the key is the old one' "$T/out")" '1 1' "$1: it is said" ||
		diag_file "$T/out"
	same "$key.pub" "$T/old.pub" "$1: the key is the old one"
	is "$(listed)" "$was_listed" "$1: which is listed, and no other"
	is "$(find "$HOME/.ssh" -name '*.new*')" '' "$1: nothing is left"
}
kept 'the new key cannot be listed' 'case $* in *--authorize) exit 1 ;; esac; exec $ssh "$@"'
kept 'the answer is lost' \
	'$ssh "$@" || exit; case $* in *--revoke) exit 255 ;; esac'
kept 'the answer is glued to a greeting' \
	'case $* in *--revoke) printf Welcome ;; esac; exec $ssh "$@"'
printf '#!/bin/sh\ncase $* in *.key) exit 1 ;; esac\nexec /bin/mv "$@"\n' >"$T/bin/mv"
chmod +x "$T/bin/mv"
kept 'the file cannot be replaced' 'exec $ssh "$@"'
rm "$T/bin/mv"
printf '#!/bin/sh\necho who is there\n' >"$T/bin/ssh"
PATH=$T/bin:$PATH as sh "$HOME" proxy --rotate-key
is "$rc" 1 'no number: it is said'
same "$key.pub" "$T/old.pub" 'and the key is the old one'
printf '#!/bin/sh\nexit 255\n' >"$T/bin/ssh"
PATH=$T/bin:$PATH as sh "$HOME" proxy --rotate-key
is "$rc" 1 'no connection: it is said'
same "$key.pub" "$T/old.pub" 'and the key is the old one'
is "$(find "$HOME/.ssh" -name '*.new*')" '' 'with nothing left'
done_testing
