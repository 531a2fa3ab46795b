# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154,SC2034
# For the *.t that run the installed product on the rig: source it after
# tests/lib.sh, then call slurm_up. alice's laptop is the host `client'; what
# she does there goes through `client' and its sisters of tests/lib.sh, which
# are made anew here. RIG_LAUNCHER=slurm-cli has it all without launch-slurm, as
# where there is no libslurm; RIG_LAUNCH_SLURM is the launch-slurm for the Slurm of
# RIG_SLURM.

RIG=$TESTS/rig/rig
PREFIX=/opt/vscode-remote-shell
VRS=$PREFIX/bin/vscode-remote-shell
HOSTS='login1 login2 c1 c2'
RIG_STATE=$T/rig
RIG_PREFIX=$T/stage
AHOME=$RIG_STATE/home/alice		# hers on the cluster
LAPTOP=$RIG_STATE/laptop/alice
STATE=$AHOME/.local/state/vscode-remote-shell
LAUNCHER=launch-${RIG_LAUNCHER:-slurm}
LIBEXEC=$PREFIX/libexec/vscode-remote-shell
export RIG_STATE RIG_PREFIX

# shellcheck source=/dev/null
. "$TESTS/rig/as.sh"

rig() { "$RIG" "$@" 9>&-; }

# alice HOST COMMAND..., bob HOST COMMAND..., root HOST COMMAND...
alice() { rig_as command alice "$@" 9>&-; }
bob() { rig_as command bob "$@" 9>&-; }
root() { rig_as command root "$@" 9>&-; }

rig_down() {
	# What its daemons saw of a test that failed
	test $lib_failed = 0 || for lib_f in "$RIG_STATE"/log/*/slurm/*.log; do
		diag_file "$lib_f" 40
	done
	rig down --purge >"$T/log/down" 2>&1
}

# rig_up: a cluster, which goes down at the end of the test
rig_up() {
	at_exit rig_down
	rig up >"$T/log/up" 2>&1
	case $? in
	0) ;;
	77) skip_all "no Slurm cluster: $(tail -n 1 "$T/log/up")" ;;
	*) die "the rig does not come up" ;;
	esac
}

# Installed product and the clients, a cluster, and a laptop that knows hosts.
slurm_up() {
	need_product
	test -x "$BUILD/$LAUNCHER" || skip_all "no Slurm: $LAUNCHER was not built"
	(umask 022 && make -s -C "$TESTS/.." B="$BUILD" prefix=/ \
		DESTDIR="$RIG_PREFIX" install &&
		cp -r "$CLIENTS" "$RIG_PREFIX/clients") >"$T/log/install" 2>&1 ||
		die "make install failed"
	lib_slurm=$RIG_PREFIX${LIBEXEC#"$PREFIX"}/launch-slurm
	test "$LAUNCHER" = launch-slurm || rm -f "$lib_slurm"
	test -z "${RIG_LAUNCH_SLURM:-}" || cp "$RIG_LAUNCH_SLURM" "$lib_slurm"
	rig_up
}

# laptop_host NAME LOGIN [WORD...]: an entry of alice's ssh configuration; the
# words come before and behind the product's path when one of them is @.
laptop_host() {
	lib_name=$1 lib_login=$2
	shift 2
	case " $* " in
	*" @ "*) lib_words=$(echo "$*" | sed "s|@|$VRS|") ;;
	*) lib_words="$VRS $*" ;;
	esac
	printf 'Host %s\n\tHostName %s\n\tUser alice\n\tRemoteCommand %s\n' \
		"$lib_name" "$lib_login" "$(echo "$lib_words" | sed 's/%/%%/g')" \
		>>"$LAPTOP/.ssh/config"
}

# ---- jobs ------------------------------------------------------------------

# Jobs that are not over yet.
jobs_of() { root ctl squeue -h -u "$1" -o %i; }

# The one job of alice, or several.
the_job() { jobs_of alice | tr '\n' ' ' | sed 's/ $//'; }

no_job() { test -z "$(jobs_of alice)"; }

# job_is JOB STATE
job_is() { test "$(root ctl squeue -h -t all -j "$1" -o %T)" = "$2"; }

job_node() { root ctl squeue -h -j "$1" -o %N; }

# on_node JOB PID: that process is there, and Slurm counts it to the job
on_node() {
	root "$(job_node "$1")" scontrol listpids "$1" | grep -q "^$2 "
}

# Processes of alice anywhere in the cluster.
alices() {
	for lib_h in $HOSTS; do
		root "$lib_h" ps -u alice -o "pid=,args=" |
			sed "s/^/$lib_h /"
	done
}

no_alices() { test -z "$(alices)"; }

# folders: of sessions, by their secret, since a folder without one only keeps a
# log for `logs`; state_clean: there is none, and no mark of a server
folders() {
	find "$STATE" -mindepth 2 -maxdepth 2 -name secret -printf '%h\n' \
		2>/dev/null | sed 's|.*/||'
}
state_clean() { test -z "$(folders; ls "$STATE/servers" 2>/dev/null)"; }

# all_gone NAME: nothing of alice is left, anywhere
all_gone() {
	if wait_for 15 no_job && wait_for 10 no_alices &&
		wait_for 5 state_clean; then
		pass "$1"
	else
		fail "$1" || diag "jobs: $(jobs_of alice)
processes: $(alices)
folders: $(folders; ls "$STATE/servers" 2>/dev/null)"
	fi
}

# ports HOST: what listens there for others than the rig's daemons, lines of
# ADDRESS:PORT
ports() {
	root "$1" ss -Hltn | awk '{ print $4 }' |
		grep -Ev ':(22|6817|6818)$'
}

# link_ports HOST: those of them that are open to other hosts
link_ports() { ports "$1" | grep -Ev '^(127\.0\.0\.1|\[::1\]):'; }

# ---- the laptop ------------------------------------------------------------

# client NAME HOST [OPTION...]: as in tests/lib.sh, on the laptop
client() {
	lib_c=$1
	shift
	alice client mkdir -p "$lib_c"
	ln -sfn "$LAPTOP/$lib_c" "$T/$lib_c"
	rm -f "$T/$lib_c/result"
	bg "client-$lib_c" "$RIG" exec -u alice client "$PYTHON" \
		$PREFIX/clients/client.py attach --dir "/home/alice/$lib_c" "$@"
	eval "CLIENT_$lib_c=\$PID"
}

client_close() {
	# shellcheck disable=SC2016 # for the shell there
	root client sh -c 'kill $(ps -o ppid= -p "$1")' sh \
		"$(client_get "$1" ssh_pid)"
	wait_for 10 client_is "$1" ended
}

client_kill() {
	root client kill -9 "$(client_get "$1" ssh_pid)"
	wait_for 10 client_is "$1" ended
}

fetch() {
	lib_c=$1
	lib_path=$2
	shift 2
	alice client "$PYTHON" $PREFIX/clients/client.py fetch --socks \
		"$(client_get "$lib_c" socks)" "$@" \
		"$(client_get "$lib_c" port)" "$lib_path"
}

# typed HOST: what stdin has is typed into a connection from the laptop to that
# entry. front LOGIN [OPTION...]: the product run there without ssh. Output in
# $T/out and $T/err, status in $rc, tenths of a second in $took.
typed() {
	timeout 300 "$RIG" ssh -T "alice@$1" >"$T/out" 2>"$T/err"
	rc=$?
}

front() {
	lib_login=$1
	shift
	lib_begin=$(lib_now)
	timeout 300 "$RIG" exec -u alice "$lib_login" "$VRS" "$@" >"$T/out" \
		2>"$T/err"
	rc=$?
	took=$(($(lib_now) - lib_begin))
}

# in_image WORD...: as in tests/lib.sh, by front login1
in_image() {
	front login1 shell -- "$@" </dev/null
	cat "$T/out"
}
