#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A launcher that cannot be loaded, as after an upgrade of Slurm: status 78 and
# one line. And how launchers are called in messages.
. "$(dirname "$0")/../lib.sh"
need_product

# ends STATUS WANT NAME: with launch-NAME in $T
ends() {
	timeout 30 "$BUILD/vscode-remote-shell" --launcher="$T/$3" \
		--state-dir="$VRS_STATE" --outage-timeout=0 list \
		>"$T/out" 2>"$T/err" </dev/null
	is $? "$1" "$3: status $1"
	like "$(cat "$T/err")" "$2" "$3: $2"
	unlike "$(cat "$T/err")" 'launch-launch' "$3: is named once"
}

script() {
	printf '#!/bin/sh\n%s\n' "$2" >"$T/$1"
	chmod +x "$T/$1"
}

# A real program whose library is not there any more: the name is changed in
# the file, as a new release changes the number.
sed 's/libevent_core/libevent_gone/' "$BUILD/vscode-remote-agent" \
	>"$T/launch-slurm"
chmod +x "$T/launch-slurm"
ends 78 '^vscode-remote-shell: launch-slurm cannot be run on this host: error while loading shared libraries: libevent_gone.* \(status 127\); after an upgrade of Slurm or a library it must be built again, or use --launcher=slurm-cli$' \
	launch-slurm
is "$(wc -l <"$T/err")" 1 'one line'
cp "$T/launch-slurm" "$T/launch-other"
ends 78 'launch-other cannot be run on this host: error while loading .*\(status 127\)$' \
	launch-other

script launch-words 'echo "sbatch: not found" >&2; exit 127'
ends 78 ': launch-words cannot be run on this host: sbatch: not found \(status 127\)$' \
	launch-words
script launch-more 'echo "one" >&2; echo "two" >&2; exit 126'
ends 78 'launch-more cannot be run on this host: \(status 126\)$' launch-more
is "$(wc -l <"$T/err")" 3 'what it prints is shown'
script launch-mute 'exit 127'
ends 78 'launch-mute cannot be run on this host: \(status 127\)$' launch-mute
script launch-own 'printf "error=refused\nmessage=no such queue\n\n"; exit 127'
ends 69 ': no such queue$' launch-own
script launch-fails 'exit 3'
ends 70 ': launch-fails find ended with status 3$' launch-fails
ends 78 ': cannot run launch-none: ' launch-none

# One of ours, by its short name.
mkdir -p "$T/tree"
for p in vscode-remote-shell vscode-remote-agent; do
	cp "$BUILD/$p" "$T/tree"
done
cp "$T/launch-slurm" "$T/launch-words" "$T/tree"
for name in words slurm; do
	"$T/tree/vscode-remote-shell" --launcher=$name \
		--state-dir="$VRS_STATE" list 2>"$T/err"
	like "$? $(cat "$T/err")" "^78 vscode-remote-shell: launch-$name cannot" \
		"--launcher=$name"
done
"$T/tree/vscode-remote-shell" --launcher=locl --state-dir="$VRS_STATE" list 2>"$T/err"
like "$? $(cat "$T/err")" '^78 .*: cannot run launch-locl: .*; --launcher is one of: slurm, words$' \
	'a name that there is not: those that there are'
"$T/tree/vscode-remote-shell" --launcher=words -g wg --group-command="$T/none/wg" \
	--state-dir="$VRS_STATE" list 2>"$T/err"
like "$? $(cat "$T/err")" "^78 .*: cannot run launch-words: $T/none/wg: .*; .* --group-command" \
	'no command for groups: the option that says another'
"$T/tree/vscode-remote-shell" --launcher=slurm --state-dir="$VRS_STATE" list 2>"$T/err"
unlike "$(cat "$T/err")" 'slurm-cli' 'a launcher that is not there is not named'

# One that is stands in: with the same request, and one line for all of it.
cat >"$T/tree/launch-slurm-cli" <<END
#!/bin/sh
cat >"$T/asked.\$1"
printf 'scope=c1\n\n'
END
chmod +x "$T/tree/launch-slurm-cli"
"$T/tree/vscode-remote-shell" --launcher=slurm --state-dir="$VRS_STATE" list \
	>"$T/out" 2>"$T/err"
is $? 0 'launch-slurm-cli stands in for it'
like "$(cat "$T/err")" '^vscode-remote-shell: launch-slurm cannot be run on this host: error while loading shared libraries: .* \(status 127\); it must be built again, and until then launch-slurm-cli does its work$' \
	'and that is said'
is "$(grep -c 'cannot be run' "$T/err")" 1 'once'
like "$(cat "$T/asked.find")" '^state-dir=/' 'it is asked the same'
# One for another release of Slurm says so itself.
script tree/launch-slurm 'echo "built for another" >&2; exit 127'
"$T/tree/vscode-remote-shell" --launcher=slurm --state-dir="$VRS_STATE" list \
	>"$T/out" 2>"$T/err"
like "$? $(cat "$T/err")" '^0 vscode-remote-shell: launch-slurm cannot .*: built for another \(status 127\); it must' \
	'also one whose library is of another release'
# It has the last word, as a refusal of the other would.
script tree/launch-slurm-cli \
	'cat >/dev/null; printf "error=refused\nmessage=no such queue\n\n"; exit 1'
"$T/tree/vscode-remote-shell" --launcher=slurm --state-dir="$VRS_STATE" list \
	>"$T/out" 2>"$T/err"
like "$? $(tail -n 1 "$T/err")" '^69 .*: no such queue$' 'and has the last word'
for command in list status cancel; do
	script tree/launch-slurm-cli \
		'cat >/dev/null; printf "error=config\nmessage=no slurm.conf\n\n"; exit 1'
	"$T/tree/vscode-remote-shell" --launcher=slurm-cli --state-dir="$VRS_STATE" \
		$command >"$T/out" 2>"$T/err"
	like "$? $(tail -n 1 "$T/err")" '^78 .*: no slurm\.conf; .* give --launcher=local \(launcher = local in the settings\)$' \
		"$command where Slurm is not set up: what to do"
done
script tree/launch-slurm-cli 'exit 127'
timeout 30 "$T/tree/vscode-remote-shell" --launcher=slurm \
	--state-dir="$VRS_STATE" list >"$T/out" 2>"$T/err"
like "$? $(tail -n 1 "$T/err")" \
	'^78 .*: launch-slurm-cli cannot be run on this host: \(status 127\)$' \
	'nobody stands in for that one'
# Given by its path, it is meant; the other is proposed.
timeout 30 "$T/tree/vscode-remote-shell" --launcher="$T/tree/launch-slurm" \
	--state-dir="$VRS_STATE" list >"$T/out" 2>"$T/err"
like "$? $(cat "$T/err")" '^78 .*, or use --launcher=slurm-cli$' 'by its path'

# Without launch-slurm it is what a Slurm is asked by.
rm "$T/tree/launch-slurm"
script tree/launch-slurm-cli "cat >'$T/auto'; printf 'scope=c1\n\n'"
SLURM_CONF=/nowhere "$T/tree/vscode-remote-shell" --state-dir="$VRS_STATE" list \
	>"$T/out" 2>"$T/err"
is "$?$(cat "$T/err")" 0 'a build without libslurm: --launcher=auto uses it'
ok 'it was asked' test -s "$T/auto"
done_testing
