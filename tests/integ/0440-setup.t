#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# setup asks on stderr for what no option says, takes lines of stdin for answers,
# and prints on stdout what they come to; by ssh without a terminal, too.
. "$(dirname "$0")/../lib.sh"
need_product

config=$XDG_CONFIG_HOME/vscode-remote-shell
mkdir -p "$config"
printf '[profile gpu]\n[profile cpu]\n[profile big.one]\n' >"$config/config"

# setup OPTION...: with $T/in for stdin; its status is $rc
setup() {
	timeout 60 "$BUILD/vscode-remote-shell" --launcher=local setup "$@" \
		<"$T/in" >"$T/out" 2>"$T/err"
	rc=$?
}
hosts() { sed -n 's/^    Host //p' "$T/out" | xargs; }
questions() { grep -o '[WD][a-z]* [^?]*?' "$T/err" | cut -d' ' -f1-3 | xargs; }

# Nobody answers: one question, and all is as proposed.
: >"$T/in"
setup
is "$rc $(questions)" '0 Which editor?' 'the end of stdin: no more questions'
is "$(hosts)" 'slurm slurm-gpu slurm-cpu slurm-big.one slurm slurm-gpu slurm-cpu slurm-big.one slurm-*' \
	'and all profiles are hosts, by both ways'
like "$(cat "$T/out")" "HostName $(uname -n)$" 'of this host'

is "$(grep -c 'If remote\.SSH\.configFile is there, ' "$T/out")" 2 \
	'by both ways the other file that VS Code may read is told'

# Options are answers, and then nothing is read.
mkfifo "$T/never"
exec 8<>"$T/never"
timeout 60 "$BUILD/vscode-remote-shell" setup --editor=zed --login-host=hpc \
	--second-factor=no cpu <&8 >"$T/out" 2>"$T/err"
is "$? $(cat "$T/err")" '0 ' 'with all options nothing is asked, and stdin is left alone'
exec 8<&-
is "$(hosts)" 'slurm slurm-cpu slurm-*' 'the profile that was named is a host'

# Answers; wrong ones are asked again; CRs and blanks do not matter.
printf 'vi\r\n cursor \n-x\nlogin.hpc\nmaybe\nyes\r\ngpu, nope\ngpu,big.one\n' >"$T/in"
setup
is "$rc" 0 'answers are taken'
like "$(cat "$T/err")" "'vi' is none of vscode, cursor," 'a wrong editor is told'
like "$(cat "$T/err")" "'-x' is not the name of a host" 'a wrong host'
like "$(cat "$T/err")" "'maybe' is none of no, yes" 'a wrong word'
like "$(cat "$T/err")" "there is no profile 'nope'" 'a profile that there is not'
is "$(grep -o '?' "$T/err" | wc -l)" 8 'each of these is asked again'
is "$(grep -c '?.*?' "$T/err")" 0 'each of them is a line, where no terminal ends them'
is "$(hosts)" 'slurm slurm-gpu slurm-big.one slurm-* login.hpc' 'and they count'
printf '\n\n\nnone' >"$T/in"
setup --way=proxy
is "$rc $(hosts)" '0 slurm slurm-gpu slurm-cpu slurm-big.one slurm-*' \
	'an answer without its end of line is none'
printf '\n\n\nnone\n' >"$T/in"
setup --way=proxy
is "$rc $(hosts)" '0 slurm slurm-*' 'none is no profile'
head -c 9000 /dev/zero | tr '\000' x >"$T/in"
setup
is "$rc $(wc -c <"$T/out")" '64 0' 'a line without an end is given up'

# Profiles whose names would be options, or are answers here, get no entries.
for name in -evil none all; do
	mkdir -p "$T/odd/vscode-remote-shell"
	printf '[profile %s]\n[profile gpu]\n' $name >"$T/odd/vscode-remote-shell/config"
	: >"$T/in"
	XDG_CONFIG_HOME=$T/odd setup
	is "$rc $(wc -c <"$T/out") $(grep -c "setup: the profile '$name' " "$T/err")" '64 0 1' \
		"a profile with the name $name is refused" || diag_file "$T/err"
	XDG_CONFIG_HOME=$T/odd setup gpu
	is "$rc" 0 'and others are taken by their names' || diag_file "$T/err"
done

# Options of the job are those of the default session, in words without quotes.
: >"$T/in"
setup --session=a --gres=gpu:2 -S --mem=4G --salloc-env=A=1 --exclusive cpu
is "$(sed -n 's/.*RemoteCommand [^ ]*//p; s/.*ProxyCommand ssh -T [^ ]* [^ ]*//p' "$T/out")" \
	' --salloc-env=A=1 --launcher=local --session=a --exclusive --gres=gpu:2 --mem=4G
 cpu
 --salloc-env=A=1 --launcher=local --session=a --exclusive --gres=gpu:2 --mem=4G proxy
 proxy --strip=slurm- %n' 'options of the job are in the entry of the default session'
refused() {
	want=$1
	shift
	setup "$@"
	is "$rc $(wc -c <"$T/out")" '64 0' "$*: refused"
	like "$(cat "$T/err")" "$want" "$*: $want"
}
refused 'without quotes' '--comment=two words'
refused 'without quotes' --comment=100%
refused 'without quotes' '--nodelist=c[1-2]'
refused "there is no profile 'x'" x
refused "has to end with '-'" --strip=hpc
refused 'and begin with none' --strip=-hpc-
refused 'is not a name' --strip=../hpc-
refused 'is not the name of a host' --login-host=-x
refused 'RemoteCommand does not work with Cursor' --editor=cursor --way=remote
mkdir "$T/a b"
ln -s "$BUILD/vscode-remote-shell" "$T/a b/vrs"
"$T/a b/vrs" setup </dev/null >"$T/out" 2>"$T/err"
is "$? $(wc -c <"$T/out")" '64 0' 'a path with a blank is refused'
like "$(cat "$T/err")" 'make a link to it' 'and what to do is told'

# What a site says is not asked.
printf 'second-factor = yes\nlogin-host = hpc.example\n' >>"$config/config"
sed -i 1,3d "$config/config"
setup
is "$rc $(questions)" '0 Which editor?' 'what settings say is not asked'
like "$(cat "$T/out")" 'ControlMaster auto' 'and counts'
rm "$config/config"

# By ssh without a terminal: the question comes before its answer is there.
sshd_start
mkfifo "$T/keys"
ssh_to plain "'$BUILD/vscode-remote-shell' setup" <"$T/keys" >"$T/out" 2>"$T/err" &
lib_pids="$! $lib_pids"
ssh=$!
exec 9>"$T/keys"
ok 'by ssh it asks' wait_for 20 has "$T/err" 'Which editor.*\[vscode\] '
say zed
ok 'and asks on' wait_for 20 has "$T/err" 'What stands behind ssh .*\['
say login.hpc
ok 'to the end' wait_for 20 has "$T/err" 'Does a login .*\['
say no
ok 'and ends without more keys' wait_for 20 gone $ssh
exec 9>&-
wait $ssh
is "$? $(hosts)" '0 slurm slurm-*' 'that is Zed'
like "$(cat "$T/out")" "ProxyCommand ssh -T $(id -un)@login.hpc $BUILD/vscode-remote-shell proxy" \
	'with the path that ssh called'
done_testing
