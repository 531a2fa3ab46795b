#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# VS Code's workbench in a browser on the laptop, through ssh -D and the forwarded
# port, on the cluster: a folder of the user's home, a file edited and saved, a
# terminal in the job; and with a counter running in it, what must not be lost
# when the ssh is killed and the login node is another, and when the next comes by
# ProxyCommand and is killed, too; in the long form also when the window is reloaded, the network is gone for half a minute, the ssh hangs, or
# the login node is gone for good. The long form also has a job that waits, does
# the same on a login node without us, and compares. Figures and pictures are in
# build/workbench; README.md shows two.
. "$(dirname "$0")/lib.sh"
. "$TESTS/vscode/rig.sh"
. "$TESTS/vscode/window.sh"
test -n "$chromium" || skip_all "chromium is not installed"
vscode_rig
alice login2 "$VRS" proxy --known-hosts job >"$LAPTOP/.ssh/known_job" 2>"$T/err"
{
	printf 'Host proxy2 again2\n\tUser alice\n\tHostKeyAlias job\n'
	printf '\tUserKnownHostsFile ~/.ssh/known_job\n'
	printf '\tStrictHostKeyChecking yes\n'
	printf '\tProxyCommand ssh -T alice@login2 %s proxy\n' "$VRS"
	cat "$LAPTOP/.ssh/config"
} >"$T/config"
cat "$T/config" >"$LAPTOP/.ssh/config"
rm -f "$pictures/figures" "$pictures/failed.png"
project=$AHOME/project
mkdir "$project"
cat >"$project/heat.c" <<'END'
#include <stdio.h>

/* One step of heat that spreads along a rod of n cells. */
static void step(double *t, const double *old, int n)
{
	for (int i = 1; i < n - 1; i++)
		t[i] = old[i] + 0.1 * (old[i - 1] - 2 * old[i] + old[i + 1]);
}
END
printf 'CFLAGS = -O2 -fopenmp\nheat: heat.c\n' >"$project/Makefile"
chown -R "$(stat -c %u:%g "$AHOME")" "$project"
window_settings

# ---- figures ----------------------------------------------------------------

# figure TEXT: a diagnostic that is kept
figure() {
	diag "$1"
	echo "$1" >>"$pictures/figures"
}

# took NAME WHAT BEGIN: how long since then, in seconds
took() {
	lib_s=$(($(lib_now) - $3))
	lib_s=$((lib_s / 10)).$((lib_s % 10))
	figure "$1: $2 after $lib_s s"
	echo "$1|$2|$lib_s" >>"$T/took"
}

# The same of the job and of plain ssh, side by side.
compare() {
	awk -F'|' '$1 == "job" { job[$2] = $3; order[++n] = $2 }
		$1 == "plain" { plain[$2] = $3 }
		END { for (i = 1; i <= n; i++) { w = order[i]
			if (plain[w] > 0) printf "%s: %s s, plain %s s, ratio %.2f\n",
				w, job[w], plain[w], job[w] / plain[w] } }' "$T/took"
}

# usage WHAT PATTERN: CPU seconds and greatest memory of alice's processes
usage() {
	for lib_h in $HOSTS; do
		# shellcheck disable=SC2016 # for the shell there
		root "$lib_h" sh -c 'for p in $(pgrep -u alice -x "$1"); do
			sed "s/.*) //" /proc/$p/stat | awk "{ print \$12 + \$13 }"
			sed -n "s/^VmHWM://p" /proc/$p/status
		done' sh "$2"
	done | paste - - | awk -v what="$1" '{ t += $1; if ($2 > m) m = $2; n++ }
		END { printf "%s: %d processes, %.2f s CPU, at most %d kB\n",
			what, n, t / 100, m }'
}

# ---- what is done with it ---------------------------------------------------

# after_cut NAME WHAT BEGIN N: the counter goes on, nothing is lost; N numbers
# are more than those of the time between
after_cut() {
	ok "$1, $2: the counter goes on" wb ticks 1
	took "$1" "$2" "$3"
	ok "$1, $2: every number once and in order" wb ticks "$4"
	figure "$1, $2: numbers 1 ${answer#* }"
	look_shell
	is "$on_screen" "$shell" "$1, $2: the same shell"
}

# The counter's own shell said its pid on the screen.
look_shell() {
	wb text
	on_screen=$(echo "$answer" | grep -o 'shell=[0-9]*x')
}

# pending: alice's job waits behind bob's, and what her VS Code shows of that
pending() {
	block=$(bob login1 sbatch --parsable -N2 --exclusive --wrap 'sleep 600')
	ok "bob fills the cluster" wait_for 15 job_is "$block" RUNNING
	client waits vrs1 --form legacy --block-timeout 90 --connect-timeout 90 \
		--var "SERVER=$SERVER" --var "COMMIT=$COMMIT"
	ok "a job is pending" wait_for 30 has "$T/waits/stderr" 'is pending \('
	ok "a client waits with it" wait_for 60 has "$T/waits/stderr" \
		'expected start|pending .*pending'
	bob login1 scancel "$block"
	ok "and gets its port" client_ready waits 90
	sed -n 's/^vscode-remote-shell: /stderr> &/p' "$T/waits/stderr" \
		>"$T/wb-log"
	{
		echo "Using connect timeout of 1802 seconds"
		cat "$T/wb-log"
		echo "> ready: $(client_get waits uuid)"
		echo "> $(client_get waits uuid): running"
	} >"$LAPTOP/wb-pane"
	client_close waits
}

# scenario NAME HOST OTHER: pictures and figures are NAME's
scenario() {
	begin=$(lib_now)
	connect "$1_1" "$2" || die "$1: no connection"
	took "$1" "port known" "$begin"
	window_start || die "$1: no browser"
	page=$(lib_now)
	token=$(client_get "$1_1" token)
	ok "$1: the workbench is shown" wb open \
		"http://127.0.0.1:$(cat "$LAPTOP/wb/port")/?tkn=$token&folder=/home/alice/project" ||
		exit 1
	took "$1" "workbench shown" "$page"
	ok "$1: a file is edited" wb edit heat.c "/* edited: $1 */"
	is "$(head -n 1 "$project/heat.c")" "/* edited: $1 */" \
		"$1: and saved in alice's home"
	begin=$(lib_now)
	ok "$1: a terminal opens" wb terminal
	# shellcheck disable=SC2016 # for the shell there
	ok "$1: it answers" wb run '^job=[0-9]*$' \
		'hostname; echo "job=$SLURM_JOB_ID"'
	took "$1" "terminal answers" "$begin"
	wb text
	screen=$answer
	picture window "$1-"
	wb big
	# shellcheck disable=SC2016 # for the shell there
	ok "$1: a counter runs" wb count \
		'clear; echo shell=$$x; i=0; while :; do i=$((i+1)); printf "<$i>"; sleep 0.5; done'
	look_shell
	shell=$on_screen
	like "$shell" '[0-9]' "$1: the shell is known"

	begin=$(lib_now)
	client_kill "$1_1"
	connect "$1_2" "$3" || die "$1: no second connection"
	after_cut "$1" "ssh killed, another login node" "$begin" 15
	last=$1_2
	if long_form; then
		cuts "$1" "$2" "$3"
	fi
	test "$1" != job || proxied
	picture counter "$1-"
	if test -e "$LAPTOP/wb-pane"; then
		wb log wb-pane pending && cp "$LAPTOP/wb/pending.png" "$pictures/"
		rm "$LAPTOP/wb-pane"
	fi
	figure "$1: $(cat "$LAPTOP/wb/stats")"
	test "$1" != job || ended
	window_end
}

# How often the workbench has tried to reach its server.
tries() { sed -n 's/.*connections=\([0-9]*\).*/\1/p' "$LAPTOP/wb/stats"; }

# ended: the session is cancelled while the window is open. Each time that the
# workbench tries to come back Remote-SSH would run the ssh anew: it is refused.
ended() {
	job=$(the_job)
	node=$(job_node "$job")
	figure "$(usage front vscode-remote-s)"
	figure "$(usage agent vscode-remote-a)"
	front login2 cancel
	is "$rc" 0 "cancel, with the window open"
	ok "the job ends" wait_for 30 no_job
	since=$(date +%s) seen=$(tries) when='' refused=0 n=0
	while test $n -lt "$(long_form && echo 8 || echo 3)" &&
		test $(($(date +%s) - since)) -lt 300; do
		if test "$(tries)" = "$seen"; then
			sleep 0.5	# a look at a file
			continue
		fi
		seen=$(tries) n=$((n + 1))
		when="$when $(($(date +%s) - since))"
		front login1 </dev/null
		test "$rc" = 69 && no_job && refused=$((refused + 1))
	done
	figure "the workbench tries again after$when s"
	ok "the workbench tries again" test $n -ge 2
	is "$refused" "$n" "and each of its tries is refused, and starts no job"
	like "$(cat "$T/err")" 'and stays so for a client that comes back by itself' \
		"with the line that says how to start one"
}

cuts() {
	begin=$(lib_now)
	ok "$1: the window is reloaded" wb reload
	after_cut "$1" "window reloaded" "$begin" 5
	begin=$(lib_now)
	client_kill "$1_2"
	connect "$1_3" "$2" || die "$1: no third connection"
	after_cut "$1" "ssh killed" "$begin" 15
	begin=$(lib_now)
	rig cut client.wan 30
	after_cut "$1" "30 s of network cut" "$begin" 70
	# As in a laptop that slept: nobody sees that the ssh is gone, and what is
	# on its way to it goes nowhere. VS Code sees it 20 s after it sent
	# something that is not acknowledged, so it has to send something.
	begin=$(lib_now)
	root client kill -STOP "$(client_get "$1_3" ssh_pid)"
	wb enter
	connect "$1_4" "$2" || die "$1: no fourth connection"
	after_cut "$1" "old ssh hangs" "$begin" 60
	test "$1" = job || return 0
	begin=$(lib_now)
	rig kill login1 host
	client_kill "$1_4"
	connect "$1_5" "$3" || die "$1: no fifth connection"
	after_cut "$1" "login node powered off" "$begin" 15
	last=job_5
}

# The same session by an sshd in the job, twice: the ssh there dies, too, and the
# next one finds the server.
proxied() {
	for lib_host in proxy2 again2; do
		begin=$(lib_now)
		client_kill "$last"
		last=job_$lib_host
		connect "$last" "$lib_host" || die "$lib_host: no connection"
		after_cut job "ssh killed, by ProxyCommand ($lib_host)" "$begin" 5
	done
}

scenario job vrs1 vrs2
like "$screen" "\"$node\",\"job=$job\"" \
	"the terminal is on the job's node, and knows the job"
all_gone "no job, process or folder is left"

if long_form; then
	rig start login1 host
	pending
	front login1 cancel
	all_gone "nor after the job that waited"
	rm -f "$AHOME/.vscode-server/.$COMMIT".*
	printf 'Host %s\n\tHostName %s\n\tUser alice\n\tRemoteCommand %s\n' \
		plain login1 'bash -l' >>"$LAPTOP/.ssh/config"
	scenario plain plain plain
	like "$screen" '"login1","job="' "without us it is a login node"
	client_close plain_4
	root login1 pkill -u alice
	compare >"$T/compare"
	while read -r line; do
		figure "$line"
	done <"$T/compare"
fi
done_testing
