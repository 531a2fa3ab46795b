# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# A command inside a host of the rig: what tests do most, so it starts no process
# that it can do without. `rig exec' is this, and so are alice, bob and root of the
# tests' lib.sh.

# rig_as RUN USER HOST COMMAND...: as USER in its home; RUN is exec or command. Kills
# the command when nsenter, which waits for it outside, is killed: a change of ids
# clears that signal, so setpriv changes them first.
rig_as() {
	as_run=$1 as_user=$2 as_host=$3
	shift 3
	{ read -r as_init <"$RIG_STATE/run/$as_host/init" && grep -qzxF \
		"RIG_HOST=$RIG_STATE/run/$as_host" "/proc/$as_init/environ"; } \
		2>/dev/null || {
		echo "rig: host $as_host is not up" >&2
		return 1
	}
	set -- --pdeathsig KILL -- "$@"
	if test "$as_user" = root; then
		as_home=/root
		as_path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
	else
		as_home=/home/$as_user as_path=/usr/local/bin:/usr/bin:/bin
		set -- --reuid="$as_user" --regid="$as_user" --init-groups \
			--inh-caps=-all "$@"
	fi
	$as_run nsenter -t "$as_init" -m -u -i -n -p -- env -i -C "$as_home" \
		HOME="$as_home" USER="$as_user" LOGNAME="$as_user" \
		SHELL=/bin/bash PATH="$as_path" LANG=C.UTF-8 \
		TERM="${TERM:-dumb}" setpriv "$@"
}
