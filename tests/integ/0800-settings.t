#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Settings of site and user, profiles, locks and limits, each by a real command
# line: what counts, what is told, and that nothing is started when a line is
# wrong. The site's files are in a file system of this test's own over SYSCONFDIR.
# shellcheck disable=SC2154 # from settings.sh
. "$(dirname "$0")/../settings.sh"
# value OPTION: its value and origin, as config has printed them
value() {
	sed -n "s/^$1  *//p" "$T/out" | sed 's/  */ /g'
}

# ---- the user's ------------------------------------------------------------

says 0 config
is "$(value linger)" '5m default' "without a file the default"
is "$(value launcher)" 'local command line' "and the command line"
says 0 profiles
is "$(cat "$T/out")" '' "no profile"
is "$(err)" 'there is no profile in the settings' "which is said"

cat >"$user/config" <<'END'
linger = 7m
[profile cpu]
description = two cores
salloc-arg = --cpus-per-task=2
[profile gpu]
inherit = cpu
salloc-arg = "--comment=a b"
idle-timeout = 30m
END
says 0 config gpu
is "$(value linger)" "7m user, $user/config:1" "the user's"
is "$(value idle-timeout)" "30m profile, $user/config:8" "the profile's"
is "$(value session)" 'gpu profile' "its session"
is "$(value cpus-per-task); $(value comment)" \
	"2 profile, $user/config:4; a b profile, $user/config:7" \
	"what it inherits, and its own"
says 0 config --profile=gpu --linger=1m --session=x
is "$(value linger)" '1m command line' "the command line counts most"
is "$(value session)" 'x command line' "also for the session"
says 0 profiles
is "$(sed 's/  */ /g' "$T/out")" \
	"PROFILE SESSION OPTIONS DESCRIPTION
cpu cpu --cpus-per-task=2 two cores
gpu gpu '--comment=a b' --cpus-per-task=2 --idle-timeout=30m -" "profiles"
says 0 profiles --json
is "$("$PYTHON" -c 'import json, sys
for p in json.load(sys.stdin)["profiles"]:
    print(p["profile"], p["session"], p["options"], p["description"], sep="|")' \
	<"$T/out")" "cpu|cpu|--cpus-per-task=2|two cores
gpu|gpu|'--comment=a b' --cpus-per-task=2 --idle-timeout=30m|None" "as JSON"
says 0 config --json gpu
is "$("$PYTHON" -c 'import json, sys
for o in json.load(sys.stdin)["options"]:
    if o["option"] == "session":
        print(o["value"], o["origin"])' <"$T/out")" "gpu profile" "config, too"
says 64 --profile=gpx config
is "$(err)" "there is no profile 'gpx'; there are: cpu, gpu" "one that is none"

# ---- sessions ----------------------------------------------------------------

printf '[profile a]\nshell = /bin/sh\n[profile b]\n' >"$user/config"
echo 'echo "in $VSCODE_REMOTE_SHELL_SESSION"' |
	"$vrs" --launcher=local --state-dir="$VRS_STATE" a >"$T/out" 2>"$T/err"
is $? 0 "a profile as RemoteCommand" || diag_file "$T/err"
is "$(cat "$T/out")" 'in a' "is in its session"
says 0 alloc b
says 0 list --no-header
is "$(cut -d' ' -f1 "$T/out" | sort | tr '\n' ' ')" 'a b ' "each has its session"
says 0 shell a -- 'echo "$SHELL"'
is "$(cat "$T/out")" /bin/sh "with what the profile says"
says 0 cancel --all

# ---- what is wrong -----------------------------------------------------------

# bad TEXT WHY: such a file of the user starts nothing
bad() {
	printf '%b' "$1" >"$user/config"
	says 78 alloc
	is "$(err)" "$user/config$2" "told: $2"
}
bad 'linger = 5m\nlingr = 1m\n' ":2: unknown key 'lingr': do you mean 'linger'?"
bad 'linger = soon\n' ":1: linger: 'soon' is not a duration like 90s, 5m, 1h or 2d"
bad '[profile list]\n' ':1: [profile list]: a profile cannot have the name of a command'
bad '[profile a]\ninherit = a\n[profile]\n' \
	':3: unknown section [profile]: there are [profile NAME], [app NAME], [runtime NAME], [partition NAME], [group NAME], [lock], [limit] and [lower], the last three also as [lock partition NAME]'
bad '[lock]\nlinger = 1m\n' ":1: [lock] is for the site's files only"
says 0 list --help
says 0 --version
printf 'linger = 5m\n' >"$user/config"
chmod 666 "$user/config"
says 78 alloc
is "$(err)" "$user/config: others may write it (mode 0666): chmod go-w it" \
	"one that others may write"
rm "$user/config"
mkdir "$user/config"
says 78 alloc
is "$(err)" "$user/config: is not a regular file" "one that is none"
rmdir "$user/config"
says 0 list --no-header
is "$(cat "$T/out")" '' "nothing was started"
printf '[profile a]\ninherit = b\n' >"$T/try"
says 78 config --check="$T/try"
is "$(err)" "$T/try:2: inherit: there is no profile 'b'" "config --check"
# What a session refuses of a container is told here, with its line.
container_says() {
	printf '%s\n' "[profile c]" "$1" >"$T/try"
	says 78 config --check="$T/try"
	is "$(err)" "$T/try:2: $2" "config --check: $1"
}
container_says "container = img" "container: 'img' is not an absolute path"
container_says "container-bind = rel" "container-bind: 'rel' is not an absolute path"
container_says "container-bind = /x:rel" \
	"container-bind: '/x:rel' is not two absolute paths with one ':' between them"
container_says "container-runtime = bwrap" \
	"container-runtime: there is no runtime 'bwrap': do you mean 'bubblewrap', whose program that is?"
container_says "container = http://x/y" \
	"container: 'http://x/y' is no name that any runtime takes: those begin with docker://, library://, oras://"
printf '%s\n' "[profile c]" "container = ~/img" "container-bind = ~/x:/x" >"$T/try"
says 0 config --check="$T/try"
says 78 config --check="$T/none"
is "$(err)" "$T/none: there is no such file" "also when there is no such file"
for file in profiles site; do
	says 0 config --check="$TESTS/../examples/$file.conf"
done

# ---- the site's --------------------------------------------------------------

site_files
mkdir "$site/config.d"
cat >"$site/config" <<'END'
linger = 1m
[lock]
peer-check = require
[limit]
idle-timeout = 10m..2h
END
printf 'linger = 2m\n[profile all]\n' >"$site/config.d/b.conf"
printf 'linger = 3m\n' >"$site/config.d/a.conf"
printf 'linger = 4m\n' >"$site/config.d/c.conf~"
says 0 config
is "$(value linger)" "2m site, $site/config.d/b.conf:1" \
	"files by their names"
is "$(value peer-check)" \
	"require site, $site/config:3; locked, $site/config:3" \
	"what is locked"
printf 'linger = 9m\n' >"$user/config"
says 0 config
is "$(value linger)" "9m user, $user/config:1" "the user's counts more"
says 64 --peer-check=off alloc
is "$(err)" "--peer-check: is locked to 'require' by $site/config:3: leave it out" \
	"a lock holds on the command line"
printf '[lock]\npartition = devel\n[limit]\ntime = ..8:00:00\n' \
	>"$site/config.d/d.conf"
lock="$site/config.d/d.conf:2"
for words in --partition=x '-S -px' '-S --partition=x' '-S -p -S x' '-- -px'; do
	# shellcheck disable=SC2086 # several words
	says 64 $words
	is "$(err)" "--partition: is locked to 'devel' by $lock: leave it out" \
		"a lock on an option of salloc: $words"
done
says 64 -S '-t 5 -p x'
says 64 alloc -S -t9:00:00
is "$(err)" "time: 9:00:00 is asked for, and ${lock%:2}:4 allows ..8:00:00" \
	"a limit, too"
rm "$site/config.d/d.conf"
says 64 --idle-timeout=0 alloc
is "$(err)" "--idle-timeout: '0' is out of the bounds that $site/config:5 sets (10m to 2h)" \
	"and a limit"
printf 'peer-check = off\n' >"$user/config"
says 78 alloc
is "$(err)" "$user/config:1: peer-check: is locked to 'require' by $site/config:3: leave it out" \
	"also in the user's file"
printf '[profile all]\nidle-timeout = 3h\n' >"$user/config"
says 78 alloc all
is "$(err)" "$user/config:2: idle-timeout: '3h' is out of the bounds that $site/config:5 sets (10m to 2h)" \
	"and in a profile of it"
done_testing
