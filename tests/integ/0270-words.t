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
typed "'gpu': a GPU is asked for with .alloc -S --gres=gpu:1" gpu

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

# ---- options ---------------------------------------------------------------

typed "'--sesion': do you mean --session\?\$" --sesion=x
typed "'--idle-time-out': do you mean --idle-timeout\?\$" --idle-time-out=5m
typed "'--all1': see" cancel --all1
typed "unknown option '--gpus': .* --salloc-arg=--gpus=1\$" --gpus=1
typed " --salloc-arg=--time=2:00:00 --salloc-arg=--partition=gpu\$" \
	-t 2:00:00 -p gpu
typed " --salloc-arg=--partition=gpu --salloc-arg=--time=2:00:00\$" \
	-- -p gpu -t 2:00:00
typed "not a port .* --salloc-arg=--partition=gpu\$" -p gpu
typed " --salloc-arg=--qos=debug\$" -q debug
typed " --salloc-arg=--partition=gpu\$" alloc --partiton=gpu

# ---- behind -S: the local launcher reads no more of it than the time ----------

typed " --salloc-arg=--gres=gpu:1 --salloc-arg=--time=1:00:00\$" \
	alloc -S '--gres=gpu:1 --time=1:00:00'
typed " --salloc-arg=--partition=gpu\$" alloc -S '-p gpu'

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
