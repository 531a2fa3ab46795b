#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What vscode-remote-shell's setup would have you do on your own computer, done: an
# entry for each session in your ssh configuration, and your editor's settings. Read
# it, then
#
#	sh SCRIPT --dry-run	say what would be changed
#	sh SCRIPT		change it; a second time changes nothing
#	sh SCRIPT --undo	take all of it back
#	sh SCRIPT --rotate-key	another key for your jobs, the old one is good no more
#
# It connects to nothing, but for --rotate-key, which says so. What it adds to files
# of yours stands between two markers; a copy of each is made before. Exit status: 0,
# 1 when something is left to you, which is said, 64 for a wrong option or no HOME.

# ---- data: setup has written these lines for you
name=slurm
login=me@login.cluster.example
program=/opt/vrs/bin/vscode-remote-shell
way=proxy
editor='VS Code'
folder=Code
hosts='slurm slurm-gpu'
click='press F1, "Remote-SSH: Connect to Host...", and choose slurm. Or slurm-gpu.'
entries() {
	cat <<'END'
Host slurm
    ProxyCommand ssh -T me@login.cluster.example /opt/vrs/bin/vscode-remote-shell proxy
END
}
settings() {
	cat <<'END'
remote.SSH.connectTimeout 1800
END
}
host_key() {
	cat <<'END'
vscode-remote-shell ecdsa-sha2-nistp256 AAAA
END
}
# ---- end of data

if test ! -d "${HOME:-}"; then
	printf '%s\n' "HOME is to be your home directory, and is '${HOME:-}': log in anew, or set it" >&2
	exit 64
fi
umask 077
LC_ALL=C
export LC_ALL

ssh_dir=$HOME/.ssh
config=$ssh_dir/config
own=$ssh_dir/vscode-remote-shell-$name.conf
known_hosts=$ssh_dir/vscode-remote-shell-$name.known_hosts
key=$ssh_dir/vscode-remote-shell-$name.key
copy=before-vscode-remote-shell-$name
mark="vscode-remote-shell $name"
include="Include $(basename "$own")"
left=0

say() { printf '%s\n' "$*"; }

# What the user has to do himself. In a pipe the caller has to see the status.
leave() { say "TO DO: $*"; left=1; return 1; }

# Before a byte of a file is replaced, all that is to stand there is in $tmp.
no_room() { leave "$tmp cannot hold what $1 is to be, which is as it was: make room there, and run this again"; }

# not_without STATUS FILE MARKER: what without_block and without_json have failed by
not_without() {
	if test "$1" = 3; then
		leave "$2 has $3 'BEGIN $mark' without its END: take it out"
	else
		no_room "$2"
	fi
}

dry=
doing() {
	say "${dry:+would }$*"
	test -z "$dry"
}

# What its owner may not write is not to be changed, not by root either; and neither
# is what belongs to somebody else, wherever a link leads.
is_writable() {
	# shellcheck disable=SC2012 # the first and third word
	test -w "$1" && ls -ldLn "$1" | awk -v uid="$(id -u)" '
		{ exit !($1 ~ /^[-d].w/ && $3 == uid) }'
}

# can_make PATH: in the nearest directory above it that there is
can_make() {
	above=$1
	while test ! -e "$above"; do
		above=$(dirname "$above")
	done
	is_writable "$above"
}

# ---- what was made, so that --undo knows: comments in our own file -----------------

made() { sed -n 's/^# made: //p' "$own" 2>/dev/null; }
was_made() { made | grep -qxF -e "$1"; }
new_made=
note_made() { new_made="$new_made# made: $1
"; }

# make_dir DIR: with what is missing above it
make_dir() {
	test ! -d "$1" || return 0
	make_dir "$(dirname "$1")" || return
	doing "make the directory $1" || return 0
	mkdir "$1" || return
	note_made "directory $1"
}

# ---- files ---------------------------------------------------------------------------

# end_of FILE: where its links lead, which is somewhere
end_of() {
	at=$1
	while test -L "$at"; do
		to=$(readlink "$at") || return
		case $to in
		/*) at=$to ;;
		*) at=${at%/*}/$to ;;
		esac
	done
	printf '%s\n' "$at"
}

# copy_whole FROM TO [LIKE]: TO is all of FROM, with the mode and owner of LIKE, or as
# it was: it is written beside, which is $beside meanwhile
beside=
copy_whole() {
	beside=$2.new
	rm -f "$beside" &&
		{ test ! -e "${3-}" || cp -p "$3" "$beside"; } &&
		cp "$1" "$beside" && cmp -s "$1" "$beside" && mv -f "$beside" "$2" &&
		return
	rm -f "$beside"
	return 1
}

# replace FILE NEW: links stay, and so do its owner and mode
replace() {
	{ end=$(end_of "$1") && copy_whole "$2" "$end" "$end"; } ||
		leave "$1 could not be written to its end, so it is as it was: make room there, and run this again"
}

# keep_copy FILE: before it is changed for the first time
keep_copy() {
	test ! -e "$1" || test -e "$1.$copy" || copy_whole "$1" "$1.$copy" "$1"
}

# change FILE NEW WHAT: if they differ; 1 when that is left to the user
change() {
	if test -L "$1" && test ! -e "$1"; then
		leave "$1 is a link that leads nowhere. $3"
		return 1
	fi
	if test -e "$1"; then
		! cmp -s "$1" "$2" || return 0
		if ! is_writable "$1"; then
			leave "$1 cannot be written. $3"
			return 1
		fi
		doing "change $1, and keep a copy in $1.$copy" || return 0
		if ! keep_copy "$1"; then
			leave "there can be no copy of $1, so it is as it was. $3"
			return 1
		fi
	else
		doing "make $1" || return 0
		note_made "file $1"
	fi
	replace "$1" "$2"
}

# own_file FILE: of ours alone, from $tmp/file
own_file() {
	if test -L "$1" || { test -e "$1" && test ! -f "$1"; }; then
		leave "$1 is not a file of ours, but a link or a directory: take it away, and run this again"
		return
	fi
	if test -e "$1" && cmp -s "$1" "$tmp/file"; then return; fi
	doing "write $1" || return 0
	copy_whole "$tmp/file" "$1" || leave "$1 cannot be written: see why, and run this again"
}

# Whether the lines of a file end with CR LF.
has_cr() { awk 'NR == 1 { found = /\r$/; exit } END { exit !found }' "$1"; }

# with_end FILE: stdin, whose lines get the ends of FILE
with_end() {
	if has_cr "$1"; then
		awk '{ printf "%s\r\n", $0 }'
	else
		cat
	fi
}

# ---- ~/.ssh/config -------------------------------------------------------------------

block() {
	say "# BEGIN $mark, made by setup"
	say "$include"
	say "# END $mark"
}

# without_block FILE: FILE, but for our lines; a byte behind the last keeps its end.
# Status 3: our first line is there, and not our last.
without_block() {
	{ cat "$1" && printf x; } | awk -v mark="$mark" '
	function out(line) { if (!inside) printf "%s", line }
	{
		bare = line = $0
		sub(/\r$/, "", bare)
		if (NR > 1)
			out(before "\n")
		if (ends) { inside = 0; ends = 0 }
		if (index(bare, "# BEGIN " mark ",") == 1) inside = 1
		if (inside && (bare == "# END " mark || bare == "# END " mark "x")) ends = 1
		before = line
	}
	END {
		if (before !~ /x$/)
			exit 2
		if (inside && !ends)
			exit 3
		out(substr(before, 1, length(before) - 1))
	}'
}

# ---- the entry of the login nodes ----------------------------------------------------

# ask_ssh HOST: what ssh makes of it without our lines. A file that is named by -F
# stands for the user's and the system's.
ask_ssh() {
	{
		test ! -e "$config" || without_block "$config" |
			grep -v "^[[:space:]]*Include .*$(basename "$own")"
		printf '\nMatch all\nInclude /etc/ssh/ssh_config\n'
	} >"$tmp/theirs"
	ssh -F "$tmp/theirs" -G "$1" 2>/dev/null
}

# put_login HOST: the lines by which HOST gets to the login nodes as their own entry
# does, if that is one of the user's. 1: ssh could not be asked.
put_login() {
	ask_ssh "$1" >"$tmp/new-host" && ask_ssh "${login##*@}" >"$tmp/login" || return
	awk '
	BEGIN {
		n = split("Port ProxyJump ProxyCommand IdentityFile IdentitiesOnly CertificateFile IdentityAgent HostKeyAlias", word, " ")
	}
	{ key = $1; sub(/^[^ ]* */, "") }
	NR == FNR { there[key] = there[key] "\n" $0; next }
	key == "hostname" { print "    HostName " $0 }
	{ wanted[key] = wanted[key] "\n" $0 }
	# A blank in the name of a file needs quotes.
	function put(name, values, n, value, i) {
		n = split(substr(values, 2), value, "\n")
		for (i = 1; i <= n; i++)
			print "    " name " " (name ~ /File|Agent/ && value[i] ~ / / ? "\"" value[i] "\"" : value[i])
	}
	# What is said first counts: a none comes behind all that is something.
	END {
		for (i = 1; i <= n; i++)
			if (wanted[tolower(word[i])] != there[tolower(word[i])])
				put(word[i], wanted[tolower(word[i])])
		for (i = 1; i <= n; i++)
			if (wanted[tolower(word[i])] == "" && there[tolower(word[i])] != "")
				print "    " word[i] " none"
	}' "$tmp/new-host" "$tmp/login"
}

# The entries of setup, for this computer: a RemoteCommand's host is the login nodes',
# which may have an entry here that setup there cannot know.
local_entries() {
	entries | while IFS= read -r line; do
		case $line in
		'Host '*) new_host=${line#Host } ;;
		'    HostName '*)
			! put_login "$new_host" >"$tmp/lines" || line=$(cat "$tmp/lines")
			;;
		esac
		say "$line"
	done
}

set_config() {
	: >"$tmp/rest"
	if test -e "$config"; then
		without_block "$config" >"$tmp/rest" ||
			{ not_without $? "$config" 'the line'; return; }
	fi
	# Its user may have put it there himself.
	if grep -qi "^[[:space:]]*Include[[:space:]].*$(basename "$own")[\"[:space:]]*\$" "$tmp/rest"; then
		cp "$tmp/rest" "$tmp/config"
	else
		{ block | with_end "$tmp/rest" && cat "$tmp/rest"; } >"$tmp/config"
	fi || { no_room "$config"; return; }
	change "$config" "$tmp/config" \
		"Put this line above its first Host: $include"
}

unset_config() {
	test -e "$config" || return 0
	without_block "$config" >"$tmp/rest" ||
		{ not_without $? "$config" 'the line'; return; }
	restore "$config" "$tmp/rest"
}

# restore FILE REST: what it was without us; and the copy, if it is the same
restore() {
	if ! cmp -s "$1" "$2"; then
		if ! is_writable "$1"; then
			leave "$1 cannot be written: take out what stands between the markers"
			return
		fi
		doing "take our lines out of $1" || return 0
		replace "$1" "$2" || return
	elif test -n "$dry"; then
		return 0
	fi
	if test ! -s "$1" && was_made "file $1"; then
		rm -f "$1"
	fi
	test -e "$1.$copy" || return 0
	if cmp -s "$1" "$1.$copy"; then
		rm -f "$1.$copy"
	else
		say "$1 was changed since: what it was before is in $1.$copy"
	fi
}

# ---- settings.json -------------------------------------------------------------------

settings_dir() {
	case $(uname) in
	Darwin) say "$HOME/Library/Application Support/$folder/User" ;;
	*) say "${XDG_CONFIG_HOME:-$HOME/.config}/$folder/User" ;;
	esac
}

# without_json FILE: the same of settings, where comments are our markers
without_json() {
	awk -v mark="$mark" '
	BEGIN { RS = "\001"; ORS = "" }
	{
		s = $0
		begin = index(s, "/* BEGIN " mark ",")
		if (begin == 0) { print s; next }
		rest = substr(s, begin)
		end = "/* END " mark " */"
		at = index(rest, end)
		if (at == 0) exit 3
		head = substr(s, 1, begin - 1)
		sub(/[ \t]*$/, "", head)
		sub(/\r?\n$/, "", head)
		print head substr(rest, at + length(end))
	}' "$1"
}

# look_at_json FILE: where its first brace is, then each key of the outermost object
# with its value. Status 1: it is no object, or has no end. Comments, and commas
# before a brace that closes, are as VS Code takes them.
look_at_json() {
	awk '
	BEGIN { RS = "\001" }
	function skip(c, next_one) {
		while (i <= n) {
			c = substr(s, i, 1)
			next_one = substr(s, i + 1, 1)
			if (c == "/" && next_one == "/") {
				while (i <= n && substr(s, i, 1) != "\n") i++
			} else if (c == "/" && next_one == "*") {
				i += 2
				while (i <= n && substr(s, i, 2) != "*/") i++
				i += 2
			} else if (c ~ /[ \t\r\n]/ || c == "\357" || c == "\273" || c == "\277") {
				i++
			} else {
				return
			}
		}
	}
	# A string, with its quotes; i is behind it then.
	function string(from) {
		from = i++
		while (i <= n && substr(s, i, 1) != "\"")
			i += substr(s, i, 1) == "\\" ? 2 : 1
		i++
		return substr(s, from, i - from)
	}
	# Whatever a value is, i is behind it then.
	function value(from, depth, c) {
		from = i
		for (;;) {
			skip()
			c = substr(s, i, 1)
			if (i > n) return ""
			if (c == "\"") { string() }
			else if (c ~ /[{[]/) { depth++; i++ }
			else if (c ~ /[]}]/) { if (depth == 0) break; depth--; i++ }
			else if (c == "," && depth == 0) break
			else do i++; while (i <= n && substr(s, i, 1) !~ /[] \t\r\n,{}["\/]/)
			if (depth == 0) last = i
		}
		return substr(s, from, last - from)
	}
	{
		s = $0
		n = length(s)
		i = 1
		skip()
		if (i > n) { print 0; done = 1; exit 0 }
		if (substr(s, i, 1) != "{") exit 1
		found = i++
		print found
		for (;;) {
			skip()
			c = substr(s, i, 1)
			if (c == "}") { done = 1; exit 0 }
			if (c == ",") { i++; continue }
			if (c != "\"") exit 1
			k = string()
			skip()
			if (substr(s, i, 1) != ":") exit 1
			i++
			skip()
			v = value()
			gsub(/[\r\n]/, " ", v)
			print substr(k, 2, length(k) - 2), v
		}
	}
	END { if (NR == 0) print 0; else if (!done) exit 1 }' "$1"
}

# json_block INDENT: the lines that are missing, between their markers
json_block() {
	say "${1}/* BEGIN $mark, made by setup */"
	sed "s/^/$1/" "$tmp/missing"
	printf '%s' "${1}/* END $mark */"
}

# value_of SETTING: in $tmp/keys
value_of() {
	sed 1d "$tmp/keys" | awk -v key="$1" '
		$1 == key { sub(/^[^ ]* /, ""); print; exit }'
}

# Settings of the user's with which the editor does not get to our entries.
tell_harmful() {
	other=$(value_of remote.SSH.configFile)
	other=${other#\"}
	other=${other%\"}
	# VS Code, too, takes ~/ for the home directory.
	path=$other
	test "${path#\~/}" = "$path" || path=$HOME/${path#\~/}
	case $path in
	'' | null | "$config") ;;
	*)
		grep -q "^[[:space:]]*$include" "$path" 2>/dev/null ||
			leave "$editor reads $other and not $config, by remote.SSH.configFile of $file: take that setting out, or put this line above the first Host there: $include"
		;;
	esac
	test "$way" = remote || return 0
	platforms=$(value_of remote.SSH.remotePlatform)
	for host in $hosts; do
		case $platforms in
		*"\"$host\""*) leave "$file has $host in remote.SSH.remotePlatform, and RemoteCommand does not work with that: take it out" ;;
		esac
	done
}

# Which settings are missing, into $tmp/missing; of those that are otherwise a line.
find_missing() {
	settings | while read -r setting value; do
		there=$(value_of "$setting")
		if test -z "$there"; then
			say "\"$setting\": $value,"
		elif test "$there" != "$value"; then
			say "\"$setting\": $value" >>"$tmp/otherwise"
		fi
	done >"$tmp/missing"
	# Before a brace that closes there is to be no comma.
	if test "$(wc -l <"$tmp/keys")" -le 1; then
		sed '$s/,$//' "$tmp/missing" >"$tmp/last" && mv "$tmp/last" "$tmp/missing"
	fi
}

tell_settings() {
	settings | sed 's/^\([^ ]*\) /    "\1": /; $!s/$/,/'
}

set_settings() {
	test -n "$folder" || return 0
	if grep -qi microsoft /proc/version 2>/dev/null; then
		leave "this is Linux in Windows, where $editor has the settings and the ssh of Windows: take setup --script=powershell there"
		return
	fi
	file=$(settings_dir)/settings.json
	: >"$tmp/json"
	if test -e "$file"; then
		without_json "$file" >"$tmp/json" ||
			{ not_without $? "$file" 'a comment'; return; }
	fi
	rm -f "$tmp/otherwise"
	if ! look_at_json "$tmp/json" >"$tmp/keys"; then
		leave "$file is not understood. Write these into it:"
		tell_settings
		return
	fi
	tell_harmful
	find_missing
	if test -e "$tmp/otherwise"; then
		leave "$file says otherwise already. Its lines should be:"
		sed 's/^/    /' "$tmp/otherwise"
	fi
	if test -s "$tmp/missing"; then
		add_settings || { no_room "$file"; return; }
	elif test -e "$file"; then
		cp "$tmp/json" "$tmp/new" || { no_room "$file"; return; }
	else
		return
	fi
	if test ! -e "$file" && ! can_make "$(dirname "$file")"; then
		leave "$above cannot be written. Write these into $file:"
		tell_settings
		return
	fi
	make_dir "$(dirname "$file")" || return
	change "$file" "$tmp/new" "Write these into it:" || tell_settings
	note_made "settings $file"
}

# $tmp/json with the block into $tmp/new: behind its brace, or with braces of its own.
# Status 0: all of it.
add_settings() {
	at=$(head -n 1 "$tmp/keys")
	{
		say ''
		if test "$at" -eq 0; then
			say "/* BEGIN $mark, made by setup */"
			say '{'
			sed 's/^/    /' "$tmp/missing"
			say '}'
			printf '%s' "/* END $mark */"
		else
			json_block '    '
		fi
		# $( ) would take the ends of lines.
		printf x
	} >"$tmp/block" || return
	cr=
	! has_cr "$tmp/json" || cr=yes
	BLOCK=$(cat "$tmp/block") CR=$cr AT=$at awk '
	BEGIN { RS = "\001"; ORS = "" }
	function block(text) {
		text = substr(ENVIRON["BLOCK"], 1, length(ENVIRON["BLOCK"]) - 1)
		if (ENVIRON["CR"] != "") gsub(/\n/, "\r\n", text)
		return text
	}
	{
		if (ENVIRON["AT"] == 0) print $0 block()
		else print substr($0, 1, ENVIRON["AT"]) block() substr($0, ENVIRON["AT"] + 1)
	}
	END { if (NR == 0) print block() }' "$tmp/json" >"$tmp/new"
}

# Of every editor whose script has had this name, not only of the one that is run.
unset_settings() {
	{
		made | sed -n 's/^settings //p'
		test -z "$folder" || say "$(settings_dir)/settings.json"
	} | sort -u >"$tmp/settings"
	while IFS= read -r path; do
		unset_one "$path"
	done <"$tmp/settings"
}

# unset_one FILE
unset_one() {
	test -e "$1" || return 0
	without_json "$1" >"$tmp/json" ||
		{ not_without $? "$1" 'a comment'; return; }
	restore "$1" "$tmp/json"
}

# ---- the key, and what all files come to ---------------------------------------------

# new_key FILE
new_key() { ssh-keygen -q -t ed25519 -N '' -C "$mark" -f "$1" && chmod 600 "$1"; }

set_key() {
	test "$way" = proxy || return 0
	test ! -e "$key" || return 0
	doing "make a key for your jobs, $key" || return 0
	new_key "$key" || leave "ssh-keygen could not make $key"
}

# Our own file, last: it has what was made.
set_own() {
	{
		say "# Made by vscode-remote-shell setup; $config includes it."
		made
		printf '%s' "$new_made" | sed 's/^# made: //'
	} | awk 'NR == 1 { print; next } !seen[$0]++ { print "# made: " $0 }' >"$tmp/own" ||
		{ no_room "$own"; return; }
	{ cat "$tmp/own" && local_entries; } >"$tmp/file" || { no_room "$own"; return; }
	own_file "$own"
}

set_known_hosts() {
	test "$way" = proxy || return 0
	host_key >"$tmp/file" || { no_room "$known_hosts"; return; }
	own_file "$known_hosts"
}

# What ssh makes of it all: by copies that have whole paths, since a test may have
# another home directory than ssh believes, and without the names in that, of which
# some mean something to ssh.
check() {
	test -z "$dry" && test -e "$config" && test -e "$own" || return 0
	cp "$own" "$tmp/own.conf" || { no_room "$own"; return; }
	FROM=$include TO="Include \"$tmp/own.conf\"" awk '
	index($0, ENVIRON["FROM"]) == 1 {
		$0 = ENVIRON["TO"] substr($0, length(ENVIRON["FROM"]) + 1)
	}
	{ print }' "$config" >"$tmp/check"
	for host in $hosts; do
		if ! ssh -F "$tmp/check" -G "$host" >"$tmp/effect" 2>"$tmp/why"; then
			leave "ssh does not take $config: $(head -n 1 "$tmp/why")"
			return
		elif grep -q "command .*$program" "$tmp/effect"; then
			say "ssh $host leads into a job."
		elif test "$left" = 0; then
			leave "another entry of $config comes before that of $host"
		fi
	done
}

do_it() {
	make_dir "$ssh_dir" || exit 1
	set_key
	set_known_hosts
	set_settings
	set_config
	set_own
	check
	say "In $editor: $click"
}

undo() {
	unset_config
	unset_settings
	made | sed -n 's/^directory //p' | sort -r >"$tmp/directories"
	for file in "$own" "$known_hosts" "$key" "$key.pub"; do
		test -e "$file" || continue
		! doing "remove $file" || rm -f "$file"
	done
	test -n "$dry" || while read -r dir; do
		rmdir "$dir" 2>/dev/null
	done <"$tmp/directories"
}

# ask_list OPTION KEY: of the list of keys at the login nodes
ask_list() { ssh -T -o RemoteCommand=none "$login" "$program" proxy "$1" <"$2"; }

# unlist KEY: how many were listed. Start-up files of the login node may print, too.
unlist() {
	answer=$(ask_list --revoke "$1") &&
		say "$answer" | grep -x '[0-9][0-9]*' | tail -n 1 | grep .
}

# keep_old WHY: the new key is none; the old one is listed, whatever was done to it
keep_old() {
	if ask_list --authorize "$key.pub" >/dev/null; then
		leave "the key is the old one: $1"
	else
		leave "the key is the old one, which may be listed no more: $1: ssh -T $login $program proxy --authorize <$key.pub"
	fi
	unlist "$key.new.pub" >/dev/null
	rm -f "$key.new" "$key.new.pub"
}

# The list of keys is there only where nodes do not take any key. The new one is in it
# before the old one is out, so that one of them is good at any time.
rotate_key() {
	if test "$way" != proxy || test ! -e "$key"; then
		leave "there is no key of ours to rotate"
		return
	fi
	doing "make another key in the place of $key, and ask $login by ssh whether the old one is listed there" || return 0
	rm -f "$key.new" "$key.new.pub"
	new_key "$key.new" || { leave "ssh-keygen could not make $key.new"; return; }
	if ! ask_list --authorize "$key.new.pub" >/dev/null; then
		rm -f "$key.new" "$key.new.pub"
		leave "$login could not be asked: the key is the old one"
		return
	fi
	n=$(unlist "$key.pub") ||
		{ keep_old "$login did not say whether the old key was listed"; return; }
	test "$n" != 0 || unlist "$key.new.pub" >/dev/null
	mv -f "$key.new" "$key" ||
		{ keep_old "the new key could not take the place of $key"; return; }
	mv -f "$key.new.pub" "$key.pub" ||
		leave "the new key is not in its place: mv $key.new.pub $key.pub"
}

action=change
for option in "$@"; do
	case $option in
	--dry-run) dry=yes ;;
	--undo) action=undo ;;
	--rotate-key) action=rotate ;;
	*)
		say "there are --dry-run, --undo and --rotate-key, and not '$option'" >&2
		exit 64 ;;
	esac
done
if ! can_make "$ssh_dir"; then
	leave "$above is not a directory that you own and can write: nothing was done. Make it yours, and run this again"
	exit $left
fi
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"; rm -f "$beside"' EXIT
trap 'exit 1' HUP INT TERM
case $action in
change) do_it ;;
undo) undo ;;
rotate) rotate_key ;;
esac
exit $left
