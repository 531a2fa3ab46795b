#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The installed product on a real Slurm cluster, from a laptop over a real ssh:
# attach, reconnect by the other login node, cancel; what bob can see of it; two
# login nodes at once; the queue; groups, environment and resources.
# shellcheck disable=SC2154 # from rig/lib.sh
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
slurm_up

laptop_host vrs1 login1 --salloc-arg=--partition=devel
laptop_host vrs2 login2 --salloc-arg=--partition=devel
server_pid() { cat "$AHOME/.vscode-server/pid" 2>/dev/null; }

# ---- attach ----------------------------------------------------------------

client first vrs1
ok "a client gets its port" client_ready first || exit 1
job=$(the_job)
node=$(job_node "$job")
server=$(server_pid)
like "$job" '^[0-9]+$' "there is one job"
is "$(client_get first strict)" yes "no byte that nobody printed"
is "$(fetch first /version)" stub-1 "a page comes through SOCKS"
is "$(fetch first /pid)" "$server" "of the server that was started"
is "$(fetch first '/env?SLURM_JOB_ID')" "$job" "in the environment of the job"
is "$(fetch first '/env?SLURMD_NODENAME')" "$node" "on its node"
ok "Slurm counts the server to the job" on_node "$job" "$server"
isnt "$(client_get first port)" "$(cat "$AHOME/.vscode-server/port")" \
	"the port is one of login1"
is "$(fetch first /echo --post 3000000)" same "3 MB go there and come back"

# ---- others ----------------------------------------------------------------

# bytes USER HOST ADDRESS PORT: what a request gets, nothing when nothing
bytes() {
	rig exec -u "$1" "$2" curl -gsS --http0.9 --max-time 8 \
		"http://$3:$4/version" 2>"$T/curl"
}

port=$(client_get first port)
for address in 127.0.0.1 '[::1]'; do
	is "$(bytes alice login1 "$address" "$port")" stub-1 \
		"alice gets a page from $address on login1"
	is "$(bytes bob login1 "$address" "$port")" '' "bob gets no byte there"
	like "$(cat "$T/curl")" 'Empty reply|reset' "he was let go at once"
done
is "$(ports login1 | grep -c ":$port\$")" 2 "that port is on loopback only"
is "$(link_ports login1)" '' "nothing on login1 is open to other hosts"
link=$(link_ports "$node")
is "$(echo "$link" | wc -l)" 1 "on the node there is one port"
is "$(bytes bob login1 "$node" "${link##*:}")" '' "bob gets no byte from it"
like "$(cat "$T/curl")" 'Empty reply|reset' "it was open to him"
not bob login1 ls "/home/alice/.local/state/vscode-remote-shell" \
	>"$T/out" 2>&1
like "$(cat "$T/out")" denied "bob cannot read the state directory"
is "$(find "$STATE" \( -type d ! -perm 700 \) -o \( -type f -perm /077 \))" \
	'' "it has no rights for others"

# The secret in all forms it may have, and all that others might read.
secret=$STATE/$(folders)/secret
"$PYTHON" - "$secret" >"$T/forms" <<'END'
import base64, sys
raw = open(sys.argv[1], "rb").read()
half = raw[:16]
print(raw.hex(), raw.hex().upper(), half.hex(), half.hex().upper(),
      base64.b64encode(raw).decode().rstrip("="),
      base64.urlsafe_b64encode(raw).decode().rstrip("="), sep="\n")
END
is "$(wc -l <"$T/forms")" 6 "the secret is known to the test"
mkdir "$T/seen"
bob login1 scontrol show job -dd "$job" >"$T/seen/scontrol" 2>&1
bob login1 squeue -o %all -j "$job" >"$T/seen/squeue" 2>&1
alice login1 scontrol write batch_script "$job" - >"$T/seen/script" 2>&1
for host in $HOSTS; do
	root "$host" ps axewww >"$T/seen/ps.$host"
done
cp -r "$RIG_STATE/log" "$RIG_STATE/spool" "$T/first/" "$T/seen/"
cp "$STATE/$(folders)/agent.log" "$T/seen/"
like "$(cat "$T/seen/script")" vscode-remote-agent "there is a script to search"
like "$(cat "$T/seen/ps.$node")" 'remote-agent .*HOME=' "and an environment"
cat "$secret" "$T/forms" >"$T/control"
# A line of 0 bytes would match everything, so -z and the raw bytes whole.
leaks() {
	grep -rlaFf "$T/forms" "$@"
	"$PYTHON" - "$secret" "$@" <<-'END'
	import os, sys
	raw = open(sys.argv[1], "rb").read()
	for top in sys.argv[2:]:
	    files = [top] + [os.path.join(d, f) for d, _, fs in os.walk(top)
	                     for f in fs]
	    for f in files:
	        if os.path.isfile(f) and raw in open(f, "rb").read():
	            print(f)
	END
}
is "$(leaks "$T/control" | wc -l)" 2 "the search finds a secret"
is "$(leaks "$T/seen")" '' "it is nowhere else"
rm -rf "$T/seen" "$T/forms" "$T/control"

# ---- the laptop is gone, and comes back by the other login node ------------

client_kill first
client second vrs2
ok "login2 gives a port too" client_ready second || exit 1
is "$(the_job)" "$job" "of the same job"
is "$(fetch second /pid)" "$server" "and of the same server"
is "$(bytes alice login1 127.0.0.1 "$port")" stub-1 \
	"the old port lingers on login1"

front login2 cancel
is "$rc $(cat "$T/err")" \
	"0 vscode-remote-shell: session 'default': job $job ended" "cancel"
ok "the client sees the end" wait_for 15 client_is second ended
a_while "$STATE"
like "$(cat "$T/second/stderr")" "job $job ends: " "and why"
all_gone "no job, process or folder is left"
a_while "$STATE"

# ---- eight fronts, two login nodes, one job ---------------------------------

crowd=
for n in 1 2 3 4 5 6 7 8; do
	# shellcheck disable=SC2016 # for the shell in the job
	echo 'echo "job=$SLURM_JOB_ID pid=$PPID"' |
		timeout 300 "$RIG" ssh -T "alice@vrs$((n % 2 + 1))" \
			>"$T/crowd.$n" 2>"$T/crowd.err.$n" &
	crowd="$crowd $!"
done
failed=0
for pid in $crowd; do
	wait "$pid" || failed=$((failed + 1))
done
is "$failed" 0 "eight fronts at once end well" ||
	for n in 1 2 3 4 5 6 7 8; do diag_file "$T/crowd.err.$n"; done
is "$(cat "$T"/crowd.[1-8] | wc -l)" 8 "each with its shell"
is "$(sort -u "$T"/crowd.[1-8] | wc -l)" 1 "below one and the same agent"
one_job() { is_one "$(the_job)"; }
is_one() { test -n "$1" && test "$1" = "${1% *}"; }
ok "one job remains" wait_for 10 one_job
is "job=$(the_job)" "$(cut -d' ' -f1 "$T/crowd.1")" "it is that one"
is "$(folders | wc -l)" 1 "one folder remains"
front login1 cancel
is "$rc" 0 "cancel"
all_gone "no job, process or folder is left"
a_while "$STATE"

# ---- group, environment, resources -----------------------------------------

mkdir "$RIG_PREFIX/site"
cat >"$RIG_PREFIX/site/workgroup" <<'END'
#!/bin/sh
echo "$*" >>"$HOME/workgroup.log"
test "$1 $2 $3 $4 $5" = "-g wg1 --command @ --" || exit 9
shift 5
exec "$@"
END
chmod 755 "$RIG_PREFIX/site/workgroup"
laptop_host rich login1 "PATH=$PREFIX/site:\$PATH DISPLAY=:9 FROM=login" \
	"SSH_AUTH_SOCK=/tmp/agent XDG_RUNTIME_DIR=/run/user/3001 TMPDIR=/nowhere" \
	"@ -g wg1 -e MINE='a b' -e FROM -e NOTSET --session=rich" \
	"-S --cpus-per-task=2 --salloc-arg=--mem=200 -S --gres=gpu:1"
# shellcheck disable=SC2016 # for the shell in the job
typed rich <<'END'
echo "display=[$DISPLAY] agent=[$SSH_AUTH_SOCK] ssh=[$SSH_CONNECTION]"
echo "mine=[$MINE] from=[$FROM] notset=[${NOTSET-unset}]"
stat -c '%a %U' "$XDG_RUNTIME_DIR"
echo "dirs=$TMPDIR $XDG_RUNTIME_DIR"
echo "gpu=[$CUDA_VISIBLE_DEVICES] cpus=[$SLURM_CPUS_PER_TASK]"
echo "session=[$VSCODE_REMOTE_SHELL_SESSION] $(hostname)"
exit 37
END
is "$rc" 37 "the shell's exit status comes back" || diag_file "$T/err"
like "$(cat "$AHOME/workgroup.log")" \
	"^-g wg1 --command @ -- /.*/$LAUNCHER submit\$" \
	"the launcher is run by the group's command"
out=$(cat "$T/out")
like "$out" '^display=\[\] agent=\[\] ssh=\[\]$' \
	"nothing of the login node's session is in the job"
like "$out" '^mine=\[a b\] from=\[login\] notset=\[unset\]$' \
	"-e sets variables"
is "$(grep -c '^700 alice$' "$T/out")" 1 "XDG_RUNTIME_DIR is private"
like "$out" '^dirs=/tmp /tmp/vscode-remote-shell\.[^ /]+/run$' \
	"and the session's own; TMPDIR is what Slurm says"
like "$out" '^gpu=\[[0-9]\] cpus=\[2\]$' "GPU and number of CPUs are told"
like "$out" '^session=\[rich\] c2$' "on the node that has a GPU"
job=$(the_job)
show=$(root ctl scontrol show job -o "$job" | tr ' ' '\n')
like "$show" '^NumCPUs=2$' "scontrol shows the CPUs"
like "$show" '^MinMemoryNode=200M$' "the memory"
like "$show" '^TresPerNode=.*gpu:1$' "the GPU"
like "$show" '^JobName=vscode-remote-shell-rich$' "the session in the name"
front login2 cancel --session=rich
all_gone "no job, process or folder is left"
a_while "$STATE"

# ---- the queue --------------------------------------------------------------

block=$(bob login1 sbatch --parsable -N2 --exclusive --wrap 'sleep 600')
ok "bob fills the cluster" wait_for 15 job_is "$block" RUNNING
head -c 400000 /dev/urandom >"$T/random"
sum=$(sha256sum <"$T/random" | cut -d' ' -f1)
{
	# shellcheck disable=SC2016 # for the shell in the job
	echo 'echo "$(head -c 400000 | sha256sum) job=$SLURM_JOB_ID"'
	cat "$T/random"
	echo 'exit 5'
} >"$T/typed"

mkfifo "$T/fifo"
exec 9<>"$T/fifo"	# a stdin that stays open
begin=$(lib_now)
"$RIG" ssh -T alice@vrs1 <"$T/fifo" >"$T/wait.out" 2>"$T/wait.err" 9>&- &
waiting=$!
ok "a line about the job comes" \
	wait_for 20 has "$T/wait.err" 'job [0-9]+ is pending'
took=$(($(lib_now) - begin))
diag "told after $took tenths of a second: $(cat "$T/wait.err")"
kill -9 "$waiting"
wait "$waiting" 2>/dev/null
exec 9>&-
ok "the front ends with its ssh" wait_for 10 no_alices
job=$(the_job)
ok "its job waits on" job_is "$job" PENDING

typed vrs2 <"$T/typed" &
typing=$!
ok "the next front tells the reason" wait_for 15 has "$T/err" \
	"job $job is pending \(Resources: [a-z ]*\)"
is "$(the_job)" "$job" "of the same job"
is "$(bytes bob c1 login2 "$(link_ports login2 | sed 's/.*://')")" '' \
	"bob gets no byte from the port that waits for the agent"
like "$(cat "$T/curl")" 'Empty reply|reset' "it was open to him"
bob login1 scancel "$block"
wait "$typing"
is "$(cat "$T/out")" "$sum  - job=$job" \
	"what was typed while the job was pending arrived, byte for byte"
like "$(tail -n 1 "$T/err")" "job $job on c[12]\$" "the last line names the node"
front login1 cancel
all_gone "no job, process or folder is left"
a_while "$STATE"
done_testing
