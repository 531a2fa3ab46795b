#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What a site's settings forbid or lower, each by a real command line: nothing is
# started then, and one line says what, by which line of which file, and where to
# read more. The site's files are in a file system of this test's own.
# shellcheck disable=SC2154 # from settings.sh
. "$(dirname "$0")/../settings.sh"
site_files

# refused WHY [WORD...]: that is one line and starts nothing
refused() {
	lib_why=$1
	shift
	says 64 "$@"
	is "$(err)" "$lib_why; see https://x/y" "and why"
}
# lowered WHY [WORD...]: it starts, with a line
lowered() {
	lib_why=$1
	shift
	says 0 "$@"
	like "$(err)" "$lib_why; see https://x/y" "and what is made of it"
}

cat >"$site/config" <<'END'
help-url = https://x/y
[limit]
partition = cpu gpu* !gpu-test
account = lab
qos = !high
time = ..8:00:00
cpus = ..4
mem = ..8G
gpus = ..1
nodes = ..1
shell = /bin/sh /bin/bash
launcher = local slurm
profile = small big
container = /images/* docker://lab/*
command = !proxy !logs
app = !rstudio jupyter*
[profile small]
salloc-arg = --time=1:00:00
[profile big]
salloc-arg = --time=9:00:00
END
c=$site/config
refused "partition: gpu-test is asked for, and $c:3 allows cpu gpu* !gpu-test" \
	alloc -S -pgpu-test
refused "partition: long is asked for, and $c:3 allows cpu gpu* !gpu-test" \
	-S --part -S long
refused "account: other is asked for, and $c:4 allows lab" alloc -S --account=other
refused "qos: high is asked for, and $c:5 allows !high" alloc -S -q -S high
refused "time: 1-00:00:00 is asked for, and $c:6 allows ..8:00:00" alloc -S -t1-0
refused "cpus: 8 is asked for, and $c:7 allows ..4" alloc -S -c4 -S -n2
refused "mem: 9G is asked for, and $c:8 allows ..8G" alloc -S --mem=9G
refused "gpus: 2 is asked for, and $c:9 allows ..1" alloc -S --gres=gpu:2
refused "nodes: 2 is asked for, and $c:10 allows ..1" alloc -S -N2
refused "--shell: '/bin/csh' is not one of those that $c:11 allows (/bin/sh /bin/bash)" \
	alloc --shell=/bin/csh
refused "--launcher: '/x/launch' is not one of those that $c:12 allows (local slurm)" \
	alloc --launcher=/x/launch
for image in /x /images/../x docker://other/x none; do
	refused "--container: '$image' is not one of those that $c:14 allows (/images/* docker://lab/*)" \
		alloc --container=$image
done
says 0 alloc --dry-run --container=docker://lab/x
refused "proxy: this command is not allowed here, by $c:15" proxy
refused "logs: this command is not allowed here, by $c:15" logs
refused "rstudio: this app is not allowed here, by $c:16" app rstudio
refused "files: this app is not allowed here, by $c:16" app --stop files
refused "time: 9:00:00 is asked for, and $c:6 allows ..8:00:00" alloc big
refused "time: 9:00:00 is asked for, and $c:6 allows ..8:00:00" big
printf '[profile mine]\n' >"$user/config"
refused "--profile: 'mine' is not one of those that $c:13 allows (small big)" mine
printf 'salloc-arg = -pX\n' >"$user/config"
refused "partition: X is asked for, and $c:3 allows cpu gpu* !gpu-test" alloc
says 0 cancel --all
rm "$user/config"
# As an ssh client would ask: the login node's, not the job's.
SSH_ORIGINAL_COMMAND="$vrs proxy" "$vrs" forced >"$T/out" 2>"$T/err" </dev/null
is $? 64 "proxy behind forced"
is "$(err)" "proxy: this command is not allowed here, by $c:15; see https://x/y" \
	"and why"
SSH_ORIGINAL_COMMAND="echo here" "$vrs" forced >"$T/out" 2>"$T/err" </dev/null
is "$(cat "$T/out")" here "which runs everything else"
says 64 --help-url=http://z alloc
is "$(err)" "--help-url: is for the site's files only" "a site's key"
says 0 list --no-header
is "$(cat "$T/out")" '' "nothing was started"
says 0 config
like "$(sed 's/  */ /g' "$T/out")" "\\[limit\\] gpus ..1 $c:9" "config tells bounds"

# ---- lowered ----------------------------------------------------------------

cat >"$c" <<'END'
help-url = https://x/y
[lower]
time = ..8:00:00
partition = cpu
idle-timeout = ..1h
END
lowered "time: 1-00:00:00 is asked for, and $c:3 allows ..8:00:00: it is made --time=480" \
	alloc a -S -t1-0
says 0 list --json
is "$("$PYTHON" -c 'import json, sys
print([s["session"] for s in json.load(sys.stdin)["sessions"]])' <"$T/out")" \
	"['a']" "the session is there"
lowered "partition: x is asked for, and $c:4 allows cpu: it is made --partition=cpu" \
	alloc b -S -px
lowered "idle-timeout: '2h' is beyond what $c:5 allows: it is made '1h'" \
	alloc c --idle-timeout=2h
says 0 cancel --all

# ---- for some ----------------------------------------------------------------

group=$(id -gn)
cat >"$c" <<END
linger = 1m
[partition gpu]
idle-timeout = 7m
[lock partition long]
idle-timeout = 8m
[group $group]
linger = 2m
[group nobody-has-this]
linger = 3m
[limit group $group]
gpus = ..3
[limit]
gpus = ..1
END
value() { sed -n "s/^$1  *//p" "$T/out" | sed 's/  */ /g'; }
says 0 config -S -pgpu
is "$(value idle-timeout)" "7m site, $c:3" "the default of a partition"
is "$(value linger)" "2m site, $c:7" "and of a Unix group"
says 0 config
is "$(value idle-timeout)" "1h default" "another has it not"
says 64 --idle-timeout=1m alloc -S -plong
is "$(err)" "--idle-timeout: is locked to '8m' by $c:5: leave it out" \
	"a lock of a partition"
says 64 alloc -S -G4
is "$(err)" "gpus: 4 is asked for, and $c:11 allows ..3" \
	"the limit of a group stands in place of that of all"

# ---- several partitions, and other spellings ---------------------------------------

cat >"$c" <<'END'
help-url = https://x/y
[limit]
gpus = ..1
nodes = ..1
qos = !high
[limit partition gpu]
gpus = ..2
idle-timeout = ..2h
[limit partition big]
gpus = ..4
idle-timeout = ..3h
[lock partition m]
linger = 1m
[lock partition n]
linger = 2m
[lower partition old]
partition = gpu
END
refused "gpus: 3 is asked for, and $c:7 allows ..2" alloc --partition=gpu,big --gpus=3
refused "gpus: 3 is asked for, and $c:7 allows ..2" alloc --partition=big,gpu --gpus=3
refused "gpus: 3 is asked for, and $c:3 allows ..1" alloc --partition=big,x --gpus=3
refused "gpus: 3 is asked for, and $c:7 allows ..2" alloc --partition=old --gpus=3
says 64 alloc --partition=big,gpu --idle-timeout=150m
like "$(err)" "is out of the bounds that $c:8 sets" "the strictest of an option, too"
says 64 alloc --partition=old --idle-timeout=150m
like "$(err)" "is out of the bounds that $c:8 sets" \
	"and that of the partition in which the site puts it"
refused "partition: m,n are asked for, and $c:13 and $c:15 lock linger differently: name one partition" \
	alloc --partition=m,n
refused "nodes: 3 is asked for, and $c:4 allows ..1" alloc -S '-w n[1-3]'
refused "qos: HIGH is asked for, and $c:5 allows !high" alloc --qos=HIGH
for gres in gpu:+8 GPU:8 gres:gres:gpu:8 gres/gpu:8 'gpu: 8' gpu:a100:+8; do
	refused "gpus: 8 is asked for, and $c:3 allows ..1" alloc "--gres=$gres"
done
words=$(yes -- -c1 | head -n 70 | tr '\n' ' ')
refused "gpus: 9 is asked for, and $c:3 allows ..1" alloc -S "$words -G9"
says 0 list --no-header
is "$(cat "$T/out")" '' "nothing was started"

# ---- locks and limits ----------------------------------------------------------

cat >"$c" <<END
[limit]
profile = a b
[lock group $group]
profile = special
[lock]
exclusive = no
[profile a]
[profile special]
linger = 17m
END
says 0 config
is "$(value profile)" "special site, $c:4; locked, $c:4; limited, $c:2" \
	"a profile that is locked counts whatever the list says"
is "$(value linger)" "17m profile, $c:9" "with all that it says"
says 64 --profile=a alloc
says 0 --dry-run alloc --oversubscribe
says 64 alloc --exclusive
is "$(err)" "--exclusive: is locked by $c:6: leave it out" "what is locked to no"

# ---- sessions ----------------------------------------------------------------

cat >"$c" <<'END'
help-url = https://x/y
[limit]
sessions = ..2
[limit profile p]
sessions = ..1
[profile p]
linger = 1m
END
says 0 alloc p
says 69 alloc --profile=p --session=other
is "$(err)" "$c:5 allows 1 session of profile 'p' at once (there are: p); \`$vrs cancel NAME\` ends one; see https://x/y" \
	"one of the profile"
says 0 alloc one
says 69 alloc two
is "$(err | sed 's/p, one/one, p/')" "$c:3 allows 2 sessions at once (there are: one, p); \`$vrs cancel NAME\` ends one; see https://x/y" \
	"two at all"
says 0 alloc p
says 0 shell one -- true
says 0 cancel one
says 0 alloc two
says 0 cancel --all

# ---- wrong lines ---------------------------------------------------------------

# The way to the internet, and where else.
cat >"$site/config" <<'END'
[lock]
outbound = login
outbound-allow = git.site:443
END
says 0 config
is "$(value outbound)" "login site, $c:2; locked, $c:2" "all have a way to the internet"
is "$(value outbound-allow)" "git.site:443 site, $c:3; locked, $c:3" "and to a host of the site"
says 64 --outbound=off alloc
is "$(err)" "--outbound: is locked to 'login' by $c:2: leave it out" "nobody goes otherwise"
says 64 --outbound-allow=10.0.0.0/8 alloc
is "$(err)" "--outbound-allow: is locked by $c:3: leave it out" "nor elsewhere"
printf '[lock]\noutbound-allow = none\n' >"$site/config"
says 0 config
is "$(value outbound-allow)" "- site, $c:2; locked, $c:2" "a site may allow nothing"
says 64 --outbound=login --outbound-allow=10.0.0.0/8 alloc
is "$(err)" "--outbound-allow: is locked by $c:2: leave it out" "and let nobody add to it"
printf 'outbound-allow = 10.1\n' >"$site/config"
says 78 config
like "$(err)" "^$c:1: outbound-allow: '10.1' is not a network" "what is none is told with its line"

# What leaves a container.
printf '[lock]\nbridge = off\nbridge-command = none\nbridge-command = squeue\n' >"$c"
says 0 config
is "$(value bridge)" "off site, $c:2; locked, $c:2" "nothing is run outside of a container"
says 64 --bridge=on alloc
is "$(err)" "--bridge: is locked to 'off' by $c:2: leave it out" "and nobody changes that"
says 64 --bridge-command=any alloc
is "$(err)" "--bridge-command: is locked by $c:3: leave it out" "nor the list of commands"
printf 'bridge-command = /bin/ls\n' >"$c"
says 78 config
like "$(err)" "^$c:1: bridge-command: '/bin/ls' is no name of a command" "a bad name, with its line"

# bad TEXT WHY: nothing is started
bad() {
	printf '%b' "$1" >"$c"
	says 78 alloc
	is "$(err)" "$c$2" "told: $2"
	says 78 config --check="$c"
}
bad '[limit]\ntime = soon..\n' \
	":2: time: --time=soon: not a time; minutes, minutes:seconds, hours:minutes:seconds or days-hours[:minutes[:seconds]]"
bad '[limit]\ncpus = 4\n' ":2: cpus: '4' is not MIN..MAX, MIN.. or ..MAX"
bad '[limit group x]\nsessions = ..many\n' ":2: sessions: 'many' is not a number"
bad '[limit]\nsalloc-arg = -p\n' \
	":2: salloc-arg: has neither bounds nor words to choose from"
bad '[lower partition x y]\n' \
	":1: is no [SECTION]: it ends with ']', and a comment may follow"
# A slip in a list, which a connection does not end by.
checks() {
	printf '%b' "$1" >"$T/try"
	says "$2" config --check="$T/try"
	is "$(err)" "$3" "--check: ${3:-good}"
}
rm "$c"
checks '[limit]\ncommand = attach proxi list\n' 78 "$T/try:2: command: there is no command 'proxi'"
cp "$T/try" "$c"
says 0 list
rm "$c"
checks '[profile x]\n[limit profile x]\ncommand = !logs !proxxy\n' 78 \
	"$T/try:3: command: there is no command 'proxxy'"
checks '[limit]\napp = jupyterlab filez\n' 78 "$T/try:2: app: there is no app 'filez'"
checks '[limit]\ncommand = attach, list !pr* ssh exit\napp = files mine\n[app mine]\ncommand = true\n' 0 ''
# An app may be of another file.
mkdir -p "$user"
printf '[app other]\ncommand = true\n' >"$user/config"
printf '[limit]\napp = !other\n' >"$T/try"
says 0 config --check="$T/try"
rm "$user/config"
says 78 config --check="$T/try"
is "$(err)" "$T/try:2: app: there is no app 'other'" "--check: an app that is nowhere"

# ---- ways round it -----------------------------------------------------------

printf 'help-url = https://x/y\n[limit partition gpu]\ngpus = ..1\n[limit]\nshell = /usr/bin/*\n[lower]\ncpus = ..4\n' >"$site/config"
rm -f "$user/config"
says 64 --dry-run alloc --partition=gpu --gpus=8 --exclusive --oversubscribe
like "$(err)" 'gpus|exclude each other' "two words of which some releases take both"
refused "--shell: '/usr/bin/../../tmp/evil' is not one of those that $site/config:5 allows (/usr/bin/*)" \
	alloc --shell=/usr/bin/../../tmp/evil
mkdir -p "$site/config.d"
ln -s "$T/nowhere" "$site/config.d/locks.conf"
says 78 alloc
is "$(err)" "$site/config.d/locks.conf: No such file or directory" \
	"a site's file that is not there any more"
rm "$site/config.d/locks.conf"
says 64 alloc -- --session=web
is "$(err)" "'--session=web' is no option of salloc, but of this program: write it by itself, before --" \
	"an option of ours among salloc's"

done_testing
