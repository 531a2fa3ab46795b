#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# --forward-agent: one socket in the job leads to the ssh-agent of whatever
# connection is there, for shells of the session and behind an sshd in the job.
# Whoever has its name is as an old shell of the session, so the test itself asks
# there what a user asks: ssh-add -l, and a login by a key.
# shellcheck disable=SC2016 # for shells there
. "$(dirname "$0")/../lib.sh"
need_product
command -v ssh-agent >/dev/null || skip_all "no ssh-agent"
sshd_start
at_exit vrs_end

# agent NAME: an ssh-agent on $T/NAME, with a key of that name
agent() {
	bg "agent-$1" ssh-agent -D -a "$T/$1"
	ok "an agent, $1" wait_for 10 test -S "$T/$1"
	ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$T/key-$1"
	SSH_AUTH_SOCK=$T/$1 ssh-add -q "$T/key-$1" 2>"$T/log/add-$1"
}

# attach NAME HOST AGENT: a connection of that name, which brings this agent and
# stays; its ssh is $PID
attach() {
	mkfifo "$T/in-$1"
	exec 3<>"$T/in-$1"
	bg "$1" sh -c "exec timeout 300 ssh -T -F '$T/ssh_config' -o ForwardAgent=yes -o IdentityAgent='$3' $2 <'$T/in-$1'"
	echo 'echo here; echo "sock=$SSH_AUTH_SOCK"' >&3
	exec 3<&-
	ok "a connection, $1" wait_for 20 has "$T/log/$1.out" '^sock='
}

# lose: its ssh is killed, as by a laptop that is gone
lose() { kill -9 "$(pgrep -P "$1" -x ssh)"; }

# keys: what an old shell is told
keys() { SSH_AUTH_SOCK=$sock timeout 30 ssh-add -l 2>&1 | sed 's/.*SHA256[^ ]* //'; }
keys_are() { test "$(keys)" = "$1"; }

agent a
agent b
host_add agent "$(vrs_command --forward-agent)"
host_add none "$(vrs_command -v)"

# ---- without it ------------------------------------------------------------

ssh_to -o ForwardAgent=yes -o IdentityAgent="$T/a" none <<-'END' >"$T/out" 2>"$T/err"
	echo "sock=[$SSH_AUTH_SOCK]"
END
is "$(cat "$T/out")" "sock=[]" "without the option there is no socket"
unlike "$(cat "$T/err")" forward-agent "and no word of it"
echo 'echo "sock=[$SSH_AUTH_SOCK]"' | ssh_to agent >"$T/out" 2>"$T/err"
is "$(cat "$T/out")" "sock=[]" "nor without an agent"
like "$(cat "$T/err")" '^vscode-remote-shell: --forward-agent has no effect: ssh has brought no agent here; .ForwardAgent yes' \
	"which is told in a line"
SSH_AUTH_SOCK=$T/nowhere vrs --forward-agent shell -- true 2>"$T/err"
is $? 0 "with one that is dead the shell is there"
like "$(cat "$T/err")" "^vscode-remote-shell: --forward-agent has no effect: the agent that SSH_AUTH_SOCK names cannot be used: $T/nowhere: No such file" \
	"and a line tells why the agent is not"

# ---- which connection ------------------------------------------------------

attach one agent "$T/a"
one=$PID
sock=$(sed -n 's/^sock=//p' "$T/log/one.out")
like "$sock" '^/tmp/vscode-remote-shell\.[^/]*/agent\.sock$' "a name of its own"
ok "that is not too long" test ${#sock} -lt 108
is "$(stat -c %a "$sock")" 600 "the socket is the user's alone"
is "$(stat -c %a "${sock%/*}")" 700 "in a directory of his"
is "$(keys)" "a (ED25519)" "the agent of the connection is there"
is "$(vrs shell -- 'echo $SSH_AUTH_SOCK')" "$sock" "all shells have it"

attach two agent "$T/b"
two=$PID
is "$(sed -n 's/^sock=//p' "$T/log/two.out")" "$sock" "the name stays"
is "$(keys)" "b (ED25519)" "the newest connection counts"
attach three none "$T/a"
is "$(keys)" "b (ED25519)" "of those that offer one"
lose "$two"
ok "its ssh is killed, the older one takes its place" \
	wait_for 20 keys_are "a (ED25519)"
attach four agent "$T/b"
four=$PID
is "$(keys)" "b (ED25519)" "the next connection counts again"
lose "$one"
ok "which an older one that leaves does not change" wait_for 10 gone "$one"
is "$(keys)" "b (ED25519)" "it is there still"
lose "$four"
ok "none is there any more: that is said" wait_for 20 keys_are \
	"error fetching identities: communication with agent failed"
agent c
attach five agent "$T/c"
five=$PID
is "$(keys)" "c (ED25519)" "and the next is there at once"

# An independent job has not what is of this session, though start-up files set
# PATH: the command that submits it is told nothing of it.
mkdir "$T/bin"
cat >"$T/bin/sbatch" <<-'END'
	#!/bin/sh
	echo "$*: ${SSH_AUTH_SOCK-none} ${PATH%%:*}"
END
chmod 755 "$T/bin/sbatch"
echo "PATH=$T/bin:/usr/bin:/bin" >"$HOME/.profile"
is "$(vrs shell -- 'sbatch --wrap true')" "--wrap true: none $T/bin" \
	"an independent job has no such socket"
is "$(vrs shell -- 'command -v sbatch')" "$(echo "$VRS_STATE"/*/bin/sbatch)" \
	"by a command that is first in PATH"
is "$(vrs shell -- 'SSH_AUTH_SOCK=/mine sbatch x')" "x: /mine $T/bin" \
	"a value of the user's own stays"
is "$(echo 'sbatch y' | timeout 90 "$BUILD/vscode-remote-shell" --launcher=local \
	--linger=0 --state-dir="$VRS_STATE" 2>"$T/err")" "y: none $T/bin" \
	"also in a shell that reads what it is to do"

# Many at once, each on a connection of its own.
for i in $(seq 100); do keys >"$T/many-$i" & done
wait_many() { test "$(cat "$T"/many-* | grep -c '^c ')" = 100; }
ok "a hundred at once" wait_for 30 wait_many

# A cleaner of /tmp takes the directory: the next shell makes it anew.
rm -rf "${sock%/*}"
is "$(vrs shell -- 'echo $SSH_AUTH_SOCK' 2>"$T/err")" "$sock" "removed, and the name is the same"
is "$(keys)" "c (ED25519)" "and leads to the agent again"
ok "nothing was written to the user's own folder of ssh" test ! -e "$HOME/.ssh"

# ---- others ----------------------------------------------------------------

if test "$(id -u)" = 0; then
	# as_other COMMAND...: another user, whom directories let in
	chmod 711 "$T"
	as_other() { setpriv --reuid 54322 --regid 54322 --clear-groups "$@"; }
	SSH_AUTH_SOCK=$sock as_other ssh-add -l >"$T/out" 2>&1
	like "$(cat "$T/out")" 'Permission denied|Could not open' "another user finds no socket"
	chmod 711 "${sock%/*}" && chmod 666 "$sock"
	SSH_AUTH_SOCK=$sock as_other timeout 30 ssh-add -l >"$T/out" 2>&1
	unlike "$(cat "$T/out")" 'ED25519' "nor an answer, if he gets there"
	ok "and the log names him" has "$VRS_STATE"/*/agent.log \
		'refused a connection of another user \(uid 54322\)'
	chmod 600 "$sock" && chmod 700 "${sock%/*}"
	mkdir -m 777 "$T/open"
	bg other setpriv --reuid 54322 --regid 54322 --clear-groups \
		ssh-agent -D -a "$T/open/s"
	ok "another user's agent" wait_for 10 test -S "$T/open/s"
	SSH_AUTH_SOCK=$T/open/s vrs --forward-agent shell -- true 2>"$T/err"
	like "$(cat "$T/err")" "cannot be used: $T/open/s belongs to uid 54322" \
		"is not offered"
	is "$(keys)" "c (ED25519)" "to anybody"
else
	skip 6 "only root can be two users"
fi

# ---- a key for one destination ---------------------------------------------

# Another host, which a key is for only from this one.
ssh-keygen -q -t ed25519 -N '' -f "$T/ssh/host2"
port2=$(free_port)
sed "s|^Port .*|Port $port2|; s|^HostKey .*|HostKey $T/ssh/host2|" \
	"$T/ssh/sshd_config" >"$T/ssh/sshd_config2"
bg sshd2 timeout 900 "$(command -v sshd)" -D -e -f "$T/ssh/sshd_config2"
ok "another host" wait_for 10 has "$T/log/sshd2.err" "Server listening"
{
	sed 's/^/login /' "$T/ssh/host.pub"
	sed 's/^/other /' "$T/ssh/host2.pub"
} >"$T/known-hops"
cat >"$T/hop" <<-END
	Host *
		HostName 127.0.0.1
		User $(id -un)
		UserKnownHostsFile $T/known-hops
		GlobalKnownHostsFile /dev/null
		IdentityFile none
		BatchMode yes
	Host other
		Port $port2
		HostKeyAlias other
END
# hop: log in there with what the socket has
hop() { SSH_AUTH_SOCK=$sock timeout 30 ssh -F "$T/hop" other echo there 2>&1; }
for key in here far; do
	ssh-keygen -q -t ed25519 -N '' -C $key -f "$T/key-$key"
	cat "$T/key-$key.pub" >>"$T/ssh/authorized_keys"
done
SSH_AUTH_SOCK=$T/c ssh-add -q -d "$T/key-c" 2>"$T/log/add-c"
if SSH_AUTH_SOCK=$T/c ssh-add -q -H "$T/known-hops" -h login "$T/key-here" \
	2>"$T/log/add-here"; then
	like "$(hop)" 'Permission denied' "a key for this host alone opens no other"
	SSH_AUTH_SOCK=$T/c ssh-add -q -H "$T/known-hops" -h login \
		-h 'login>other' "$T/key-far"
	is "$(hop)" there "one for the other, by this one, does"
else
	skip 2 "this ssh-add knows no destinations"
fi

# ---- any ssh client --------------------------------------------------------

vrs proxy --known-hosts job >"$T/known"
agent d
proxy_host job "timeout 100 ssh -T -F $T/ssh_config -o ForwardAgent=yes -o IdentityAgent=$T/d plain \"$(vrs_command) --forward-agent proxy\""
ssh_to job 'echo $SSH_AUTH_SOCK; ssh-add -l' >"$T/out" 2>"$T/err"
is "$(head -n 1 "$T/out")" "$sock" "an ssh client has the same name" ||
	diag_file "$T/err"
like "$(cat "$T/out")" ' d \(ED25519\)$' "and its own agent behind it"
is "$(ssh_to job 'command -v sbatch')" "$(echo "$VRS_STATE"/*/bin/sbatch)" \
	"what submits an independent job is the same"
is "$(echo 'sbatch z' | ssh_to job 2>"$T/err" | tail -n 1)" "z: none $T/bin" \
	"also in a login shell"
# What the shell at a terminal reads goes before all that was there.
echo "READ=yes PATH=$T/bin:\$PATH" >"$HOME/.bashrc"
printf 'echo "it is $(command -v sbatch) $READ"\nexit\n' |
	ssh_to -tt job >"$T/out" 2>"$T/err"
like "$(cat "$T/out")" "it is $(echo "$VRS_STATE"/*/bin/sbatch) yes" \
	"also in one at a terminal, whose .bashrc puts another before" ||
	diag_file "$T/err"
rm "$HOME/.bashrc"
ssh_to -o ForwardAgent=yes -o IdentityAgent="$T/a" job 'echo $SSH_AUTH_SOCK' >"$T/out" 2>"$T/err"
is "$(cat "$T/out")" "$sock" "also with ssh -A, whose own would end with it"
lose "$five"
ok "no connection has one" wait_for 20 keys_are \
	"error fetching identities: communication with agent failed"
proxy_host bare "$(vrs_command) proxy"
ssh_to -o ForwardAgent=yes -o IdentityAgent="$T/a" bare 'echo $SSH_AUTH_SOCK; ssh-add -l' \
	>"$T/out" 2>"$T/err"
like "$(cat "$T/out")" ' a \(ED25519\)$' "then that of ssh -A is better than none"
done_testing
