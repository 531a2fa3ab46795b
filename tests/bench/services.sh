#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# make bench: the services of a session of a real Slurm cluster: the way to the
# internet beside the forwarding path and ssh -R with tinyproxy, the laptop's
# ssh-agent beside ssh -A twice, a tool with a web page beside its own start. Nothing
# fails for being slow. BENCH_ROUNDS (5), BENCH_MB (1000) for each download. The
# numbers are also in $BUILD/services.json.
# shellcheck disable=SC2154,SC2016 # from rig/lib.sh; for shells there
TEST_TIMEOUT=${TEST_TIMEOUT:-900}
export TEST_TIMEOUT
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
. "$(dirname "$0")/figure.sh"
command -v tinyproxy >/dev/null || skip_all "no tinyproxy"
MB=${BENCH_MB:-1000}
ROUNDS=${BENCH_ROUNDS:-5}
slurm_up
cp "$TESTS/bench/services.py" "$TESTS/bench/show.py" "$RIG_PREFIX/clients/"
FIGURES="$PYTHON $PREFIX/clients/services.py"
login=$(root login1 ip -4 -o address show scope global |
	sed -n 's|.* inet \(10\.[0-9.]*\)/.*|\1|p' | head -n 1)

# ---- the session, and the other ways -------------------------------------------

app="WEBAPP_TOKEN=x exec $PYTHON -I $PREFIX/clients/webapp.py serve \"\$APP_SOCKET\""
alice login1 mkdir -p .config/vscode-remote-shell
alice login1 tee .config/vscode-remote-shell/config >/dev/null <<END
outbound = login
outbound-allow = $login
forward-agent = yes
linger = 0
[app web]
command = $app
listen = socket
url = /
END
bg laptop-agent "$RIG" exec -u alice client ssh-agent -D -a /home/alice/agent
ok "an agent on the laptop" wait_for 10 test -S "$LAPTOP/agent"
alice client ssh-keygen -q -t ed25519 -N '' -f /home/alice/lent
alice client env SSH_AUTH_SOCK=/home/alice/agent ssh-add -q /home/alice/lent \
	2>"$T/log/add"
cat "$LAPTOP/lent.pub" >>"$AHOME/.ssh/authorized_keys"

# A connection that stays, whose shell tells the names, and measures when told to.
mkfifo "$T/typed"
"$RIG" ssh -T -o ForwardAgent=yes -o IdentityAgent=/home/alice/agent \
	alice@login1 "$VRS" <"$T/typed" >"$T/log/session.out" \
	2>"$T/log/session.err" 9>&- &
lib_pids="$! $lib_pids"
exec 7>"$T/typed"
echo 'echo "proxy=$VRS_OUTBOUND"; echo "sock=$SSH_AUTH_SOCK"' >&7
said() { sed -n "s/^$1=//p" "$T/log/session.out"; }
ok "a session with a way out and an agent" wait_for 60 has "$T/log/session.out" \
	'^sock=/' || diag_file "$T/log/session.err"
job=$(the_job)
node=$(job_node "$job")

others=
bg there "$RIG" exec -u alice "$node" $FIGURES serve 127.0.0.1 /home/alice/there
others="$PID $others"
bg here "$RIG" exec -u alice login1 $FIGURES serve "$login" /home/alice/here
others="$PID $others"
ok "servers" wait_for 10 test -s "$AHOME/there" -a -s "$AHOME/here"
here=$login:$(cat "$AHOME/here")
bg forward "$RIG" exec -u alice login1 "$VRS" forward "$(cat "$AHOME/there")" 9001
others="$PID $others"
ok "a forwarded port" wait_for 20 has "$T/log/forward.out" .  ||
	diag_file "$T/log/forward.err"
cat >"$AHOME/tinyproxy.conf" <<END
Port 9002
Listen 127.0.0.1
MaxClients 100
LogLevel Error
LogFile "/home/alice/tinyproxy.log"
Allow 127.0.0.1
END
bg tinyproxy "$RIG" exec -u alice login1 tinyproxy -d -c /home/alice/tinyproxy.conf
others="$PID $others"
ok "an sshd of the node" rig start "$node" sshd
remote="ssh -o BatchMode=yes -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile=/home/alice/hosts"
cp "$LAPTOP/lent" "$AHOME/.ssh/on" && chown --reference="$AHOME" "$AHOME/.ssh/on"
bg remote "$RIG" exec -u alice login1 $remote -i /home/alice/.ssh/on -N \
	-R 127.0.0.1:9003:127.0.0.1:9002 "$node"
others="$PID $others"
bulk() { alice "$1" $FIGURES bulk "$MB" "$2" ${3:+"$3"}; }
tiny() { alice "$node" $FIGURES bulk 1 "$here" 127.0.0.1:9003 >/dev/null 2>&1; }
ok "ssh -R" wait_for 20 tiny || diag_file "$T/log/remote.err"

# ---- the figures -----------------------------------------------------------------

mine() {
	rm -f "$AHOME/answer"
	echo "$FIGURES agent 1000 >/home/alice/answer" >&7
	wait_for 60 test -s "$AHOME/answer" && cat "$AHOME/answer"
}
twice() {
	"$RIG" ssh -T -A -o IdentityAgent=/home/alice/agent alice@login1 \
		"$remote -A $node $FIGURES agent 1000"
}
round=0
while test $round -lt "$ROUNDS"; do
	figure outbound bulk "$node" "$here" "$(said proxy)"
	figure forward bulk login1 127.0.0.1:9001
	figure tinyproxy bulk "$node" "$here" 127.0.0.1:9003
	figure agent mine
	figure "ssh -A" twice
	figure app alice login1 $FIGURES app "$VRS"
	figure start alice "$node" $FIGURES start "$app"
	round=$((round + 1))
	echo "# round $round of $ROUNDS" >&2
done
"$PYTHON" "$TESTS/bench/services.py" show "$ROUNDS" "$T/figures" "$BUILD/services.json"
is $? 0 "shown"
exec 7>&-
for pid in $others; do end_pid "$pid"; done
alice login1 "$VRS" cancel >"$T/log/cancel" 2>&1
all_gone "it all ends"
done_testing
