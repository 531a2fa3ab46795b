#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The packages for Debian that 0100-made.t has left in PACKAGES, on a cluster whose
# hosts have a Debian of their own (RIG_ROOT): login nodes have all, compute nodes
# -agent alone. A job; an upgrade while it runs; without -slurm; and when all is
# removed nothing is left of them.
TEST_TIMEOUT=${TEST_TIMEOUT:-600}
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"

# shellcheck disable=SC2154 # of rig/lib.sh
ls "${PACKAGES:-/nonexistent}"/*.deb >/dev/null 2>&1 ||
	skip_all "PACKAGES names no packages (make check-packages)"
test -d "${RIG_ROOT:-}" || skip_all "RIG_ROOT names no Debian of hosts"

# The same as of a release later.
mkdir -p "$T/old" "$T/new"
cp "$PACKAGES"/*.deb "$T/old"
rm -f "$T/old"/*-dbgsym_*
for deb in "$T/old"/*.deb; do
	dpkg-deb -R "$deb" "$T/deb" && sed -i 's/\([= ][0-9.]*\)-1\(\.[0-9]*\)\{0,1\}\b/\1-2/' \
		"$T/deb/DEBIAN/control" &&
		dpkg-deb -b "$T/deb" "$T/new" >/dev/null || die "cannot make $deb newer"
	rm -r "$T/deb"
done
chmod -R a+rX "$T/old" "$T/new"
chmod 755 "$T"
unset RIG_PREFIX
RIG_BIND="$T/old $T/new"
export RIG_BIND
rig_up
VRS=vscode-remote-shell

# packages HOST: ours that are installed there, with their versions
packages() {
	root "$1" dpkg-query -W -f '${db:Status-Abbrev}${Package} ${Version}\n' \
		'vscode-*' 2>/dev/null | grep '^ii'
}
# everything HOST: all files but those of dpkg, of users and of daemons
everything() {
	# shellcheck disable=SC2016
	root "$1" find / -xdev -not -path '/var/lib/dpkg/*' -not -path '/var/cache/*' \
		-not -path '/var/log/*' -not -path '/home/*' -not -path '/tmp/*' \
		-not -path '/etc/systemd*' | sort
}
dpkg() {
	host=$1
	shift
	root "$host" sh -c "DEBIAN_FRONTEND=noninteractive dpkg $*" \
		>"$T/log/dpkg.$host" 2>&1 || diag_file "$T/log/dpkg.$host"
}

for host in login1 c1; do
	everything $host >"$T/before.$host"
done
for host in login1 login2; do
	dpkg $host -i "$T/old/*.deb"
done
for host in c1 c2; do
	dpkg $host -i "$T/old/vscode-remote-shell-agent_*.deb"
done
for host in login1 c1; do
	everything $host >"$T/with.$host"
	ok "$host: a look at all files sees those of the packages" \
		grep -qx /usr/libexec/vscode-remote-shell/vscode-remote-agent "$T/with.$host"
done
is "$(packages login1 | wc -l)" 4 "four packages on a login node"
is "$(packages c1 | cut -d' ' -f2)" vscode-remote-shell-agent \
	"one on a compute node"
is "$(root login1 sh -c 'ls /etc/systemd/system/*/vscode-* 2>/dev/null')" "" \
	"no timer is on"

# ---- a job ------------------------------------------------------------------------

laptop_host one login1 --partition=devel
laptop_host two login2 --partition=devel
# sends NAME LINE...: a shell by that entry, its output in $T/out
sends() {
	entry=$1
	shift
	printf '%s\n' "$@" >"$T/shell"
	typed "$entry" <"$T/shell"
}
# shellcheck disable=SC2016 # expanded in the job
where='echo "job=$SLURM_JOB_ID host=$(hostname)"'
sends one "$where" 'exit 37'
job=$(the_job)
like "$rc $(cat "$T/out")" "^37 job=$job host=c[12]\$" "a shell in a job" ||
	diag_file "$T/err"
sends two "$where"
like "$(cat "$T/out")" "^job=$job " "by the other login node"

# ---- an upgrade -------------------------------------------------------------------

mkfifo "$T/in"
timeout 120 "$RIG" ssh -T alice@one <"$T/in" >"$T/log/held" 2>&1 &
held=$!
lib_pids="$held $lib_pids"
exec 8>"$T/in"
echo 'echo one' >&8
ok "a shell that stays" wait_for 20 has "$T/log/held" one ||
	bail_out "no session to upgrade under"
node=$(job_node "$job")
agent=$(root "$node" pgrep -u alice -f vscode-remote-agent | tr '\n' ' ')
like "$agent" '^[0-9]' "an agent runs"
for host in login1 c1 c2; do
	case $host in
	login1) dpkg $host -i "$T/new/*.deb" ;;
	*)	dpkg $host -i "$T/new/vscode-remote-shell-agent_*.deb" ;;
	esac
done
is "$(packages login1 | grep -c -- '-2$')" 4 "all are newer"
echo 'echo two' >&8
ok "the shell goes on" wait_for 10 has "$T/log/held" two
is "$(root "$node" pgrep -u alice -f vscode-remote-agent | tr '\n' ' ')" "$agent" \
	"by the same agent"
for entry in one two; do
	sends $entry "$where"
	like "$(cat "$T/out")" "^job=$job " "the job is found by $entry" || diag_file "$T/err"
done
exec 8>&-
wait_for 10 gone $held

# ---- without Slurm's library, and removed ------------------------------------------

for host in login1 login2; do
	dpkg $host --purge vscode-remote-shell-slurm
done
sends one "$where"
like "$(cat "$T/out")" "^job=$job " "without -slurm it is sbatch's" ||
	diag_file "$T/err"
is "$(grep -c 'cannot be run' "$T/err")" 0 "of which nothing is said"
alice login2 "$VRS" cancel >"$T/out" 2>"$T/err"
is $? 0 "cancel" || diag_file "$T/err"
all_gone "nothing of the session is left"

dpkg login1 --purge vscode-remote-shell vscode-grim-reaper vscode-remote-shell-agent
dpkg c1 --purge vscode-remote-shell-agent
for host in login1 c1; do
	is "$(packages $host)" "" "$host: no package"
	everything $host >"$T/after.$host"
	is "$(diff "$T/before.$host" "$T/after.$host" | grep '^[<>]')" "" \
		"$host: no file"
done
done_testing
