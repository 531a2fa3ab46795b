#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What somebody types who knows other tools, or makes a slip: nothing is done,
# and the line that says so has the right words.
. "$(dirname "$0")/../lib.sh"
need_product

# typed WANT WORD...: the line said, and status 64
typed() {
	want=$1
	shift
	vrs "$@" >"$T/out" 2>"$T/err"
	is "$? $(wc -l <"$T/err")" "64 1" "$*: refused, in one line"
	like "$(cat "$T/err")" "$want" "$*: $want"
}

# ---- commands --------------------------------------------------------------

for pair in stop:cancel kill:cancel rm:cancel scancel:cancel end:cancel \
	ls:list ps:list squeue:list jobs:list info:status show:status \
	start:alloc wait:alloc submit:alloc salloc:alloc connect:attach \
	resume:attach login:shell exec:shell srun:shell renew:extend \
	log:logs tail:logs usage:help; do
	typed "'${pair%:*}': here it is \`${pair#*:}[ \`].*\\(" "${pair%:*}"
done
typed "'version': that is --version\$" version
typed "'gpu': a GPU is asked for with .alloc --gres=gpu:1" gpu

# A row means a command that is there, and is none itself.
"$BUILD/vscode-remote-shell" --help |
	sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p' >"$T/commands"
table=$TESTS/../src/front/cmd/synonym.c
sed -n 's/.*\.command = "\([a-z]*\)".*/\1/p' "$table" | sort -u >"$T/meant"
ok 'the table is understood' test "$(wc -l <"$T/meant")" -ge 7
is "$(grep -vxFf "$T/commands" "$T/meant")" '' 'its commands are there'
sed -n 's/^	{ "\([a-z0-9]*\)", .*/\1/p' "$table" >"$T/synonyms"
is "$(grep -xFf "$T/commands" "$T/synonyms")" '' 'none of its words is one'
is "$(sort "$T/synonyms" | uniq -d)" '' 'each stands there once'

typed "do you mean 'list'\?\$" lits
typed "do you mean 'extend'\?\$" extedn
typed "do you mean 'alloc'\?\$" aloc

# What destroys is proposed for no word that is only like it.
for word in edit exi exti exot wait quit cancle cance canel; do
	typed "unknown command '$word'" "$word"
	unlike "$(cat "$T/err")" 'do you mean|exit.\?' "$word: no guess that ends"
done

# A profile may be meant as well.
mkdir -p "$HOME/.config/vscode-remote-shell"
config=$HOME/.config/vscode-remote-shell/config
printf '[profile bigmem]\n[profile gpu-a100]\n[profile cancels]\n' >"$config"
typed "unknown command 'bigmen': do you mean the profile 'bigmem'\?\$" bigmen
typed "do you mean 'list'\?\$" lits
typed "unknown command 'devel': there are attach, .*, help; profiles: bigmem, gpu-a100, cancels; an option of salloc" devel
typed "unknown command 'cance': there are" cance
typed "unknown command 'bigmen': there are attach" help bigmen
unlike "$(cat "$T/err")" bigmem "help: tells nothing of profiles"
for n in 1 2 3 4 5 6 7 8 9; do printf '[profile %s0a]\n[profile %s0b]\n' $n $n; done >>"$config"
typed "help; .profiles. lists 21 profiles; an option of salloc" devel
typed "do you mean the profile 'bigmem'\?\$" bigmen
rm "$config"
typed "there are attach, .*, help; an option of salloc" bigmen

# ---- options ---------------------------------------------------------------

typed "'--sesion': do you mean --session\?\$" --sesion=x
typed "'--idle-time-out': do you mean --idle-timeout\?\$" --idle-time-out=5m
typed "'--all1': see" cancel --all1
typed "^[^ ]* --gpus: needs a value, behind '=': --gpus=1\$" --gpus 1
typed " --time=2:00:00 --partition=gpu\$" -t 2:00:00 -p gpu
typed "not a port .* --partition=gpu\$" -p gpu
typed " --qos=debug\$" -q debug
typed "do you mean --partition\?\$" alloc --partiton=gpu
typed "--x11: not for a batch job\$" --x11
typed "--time=1h: not a time;" alloc --time=1h
typed "--array: a session is one job with one agent\$" --array=1-3
typed "--time: .list. starts no job that it could be for\$" list --time=5
typed "--salloc-arg: .list. starts no job" list -S --partition=gpu
typed "--salloc-arg: .shell .* starts no job" shell -S -pgpu

# ---- options of salloc, as people write them -----------------------------------

# asked WANT WORD...: what config says of time and partition
asked() {
	want=$1
	shift
	vrs "$@" config 2>"$T/err" | sed -n 's/^\(time\|partition\)  *\([^ ]*\) .*/\1=\2/p' |
		xargs >"$T/out"
	is "$(cat "$T/out")" "$want" "$*" || diag_file "$T/err"
}
asked 'partition=gpu time=5' --partition=gpu --time=5
asked 'partition=gpu time=5' -S '--partition=gpu --time=5'
asked 'partition=gpu time=5' -S -pgpu -S -t -S 5
asked 'time=7' -S -t5 --time=7
is "$(vrs config -- -p gpu -t 2:00:00 2>&1 | grep -c 'takes no argument')" 1 \
	"behind -- of a command that starts none they are operands"

# ---- a number without a unit --------------------------------------------------

for option in idle-timeout linger confirm-timeout outage-timeout; do
	typed "--$option: '60' may be seconds or minutes: write 60s or 60m\$" \
		--$option=60
done
vrs extend none 60 2>"$T/err"
like "$(cat "$T/err")" "'60' is taken as minutes, as Slurm does: 60m; seconds are written 60s\$" \
	'extend: says what it takes a number for'
vrs extend none 60m 2>"$T/err"
unlike "$(cat "$T/err")" 'minutes' 'extend: nothing, with a unit'

is "$(agents)" '' 'nor an agent'
done_testing
