#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The whole life of a session on this one machine, in about 20 seconds:
#
#	sh examples/quickstart.sh
#
# A private sshd on loopback is the login node, the job runs beside it
# (--launcher=local), and a small client types what VS Code's Remote-SSH types.
# Everything happens below one temporary directory, which is HOME meanwhile;
# what is missing to build is installed by tests/deps.sh. BUILD=DIR names programs
# that are built already.

top=$(cd "$(dirname "$0")/.." && pwd) || exit 1
PATH=$PATH:/usr/sbin:/sbin
client=$top/tests/clients/client.py
T=
pids=

step() { echo; echo "$*"; }
say() { echo "   $*"; }

# fail TEXT: one line, and where to look
fail() {
	keep=1
	echo "quickstart: failed: $*${T:+ (logs in $T)}" >&2
	exit 1
}

# ---- what needs cleaning up --------------------------------------------------

alive() {
	case $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) in
	'' | [ZX]*) return 1 ;;
	esac
}

# Processes that have our temporary directory in environment or arguments.
ours() {
	grep -lszF -- "$T/" /proc/[0-9]*/environ /proc/[0-9]*/cmdline |
		cut -d/ -f3 | sort -un | while read -r p; do
		alive "$p" && echo "$p"
	done
}

none_of_ours() { test -z "$(ours)"; }
gone() { ! alive "$1"; }

# wait_for SECONDS COMMAND...
wait_for() {
	end=$(($(date +%s) + $1))
	shift
	until "$@"; do
		test "$(date +%s)" -le "$end" || return 1
		sleep 0.1
	done
}

end_ours() {
	for p in $pids; do kill "$p" 2>/dev/null; done
	wait_for 10 none_of_ours && return
	for p in $(ours); do kill -9 "$p" 2>/dev/null; done
	wait_for 5 none_of_ours
	return 1
}

clean_up() {
	status=$?
	trap - EXIT
	test -n "$T" || exit $status
	if test -d "$T/state"; then session cancel >>"$T/log/cancel" 2>&1; fi
	end_ours
	test -n "$keep" || rm -rf "$T"
	exit $status
}
trap clean_up EXIT
trap 'exit 130' HUP INT TERM

# ---- 1. build ---------------------------------------------------------------

step "1. Building vscode-remote-shell"
cd "$top" || exit 1
keep=
sh tests/deps.sh build quickstart || fail "see the line above"
log=$(mktemp) || exit 1
make_it() {
	test -e config.mk ||
		{ autoheader -f && autoconf -f && ./configure; } || return
	make -j2 build/vscode-remote-shell build/vscode-remote-agent \
		build/launch-local
}
if test -n "$BUILD"; then
	say "already done in $BUILD"
elif make_it </dev/null >"$log" 2>&1; then
	BUILD=$top/build
else
	tail -n 15 "$log" >&2
	fail "the build, see $log"
fi
rm -f "$log"
say "$("$BUILD/vscode-remote-shell" --version 2>&1 | head -n 1)"

# ---- 2. a login node ----------------------------------------------------------

step "2. Starting a private ssh server on this machine, as the login node"
python=/usr/bin/python3
test -x $python || python=$(command -v python3)
T=$(mktemp -d /tmp/vrs-quick.XXXXXX) || fail "no temporary directory"
mkdir -p "$T/log" "$T/h" "$T/one" "$T/two" || fail "cannot write below $T"
HOME=$T/h
export HOME
unset SSH_AUTH_SOCK XDG_CONFIG_HOME XDG_STATE_HOME XDG_RUNTIME_DIR DISPLAY
for key in host user; do
	ssh-keygen -q -t ed25519 -N '' -C quickstart -f "$T/$key" ||
		fail "ssh-keygen"
done
# sshd insists on this folder when root runs it.
test "$(id -u)" != 0 || test -d /run/sshd || mkdir -m 755 /run/sshd

session() { $remote_shell "$@" </dev/null; }
remote_shell="$BUILD/vscode-remote-shell --launcher=local --linger=0"
remote_shell="$remote_shell --state-dir=$T/state"

# configs PORT USE-PAM
configs() {
	cat >"$T/sshd_config" <<-END
	ListenAddress 127.0.0.1
	Port $1
	HostKey $T/host
	AuthorizedKeysFile $T/user.pub
	PidFile none
	StrictModes no
	UsePAM $2
	PasswordAuthentication no
	PermitRootLogin prohibit-password
	PrintMotd no
	SetEnv HOME=$HOME
	END
	echo "[127.0.0.1]:$1 $(cat "$T/host.pub")" >"$T/known_hosts"
	cat >"$T/ssh_config" <<-END
	Host cluster
		RemoteCommand $remote_shell
	Host *
		HostName 127.0.0.1
		Port $1
		User $(id -un)
		IdentityFile $T/user
		IdentitiesOnly yes
		UserKnownHostsFile $T/known_hosts
		BatchMode yes
		ControlPath none
	END
}

settled() { gone "$1" || grep -q "Server listening" "$T/log/sshd" 2>/dev/null; }

# A port may be taken before sshd has it; a locked password keeps out keys too,
# unless PAM decides.
pam=no
for try in 1 2 3 4 5; do
	port=$($python -c 'import socket; s = socket.socket()
s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	configs "$port" $pam
	"$(command -v sshd)" -D -e -f "$T/sshd_config" >"$T/log/sshd" 2>&1 &
	sshd=$!
	pids="$sshd $pids"
	wait_for 10 settled $sshd
	ssh -T -F "$T/ssh_config" plain true </dev/null 2>"$T/log/ssh" && break
	kill $sshd 2>/dev/null
	! grep -q 'account is locked' "$T/log/sshd" || pam=yes
	test $try != 5 || fail "the private sshd does not let us in"
done
say "sshd listens on 127.0.0.1:$port"

# ---- 3. connect ---------------------------------------------------------------

value() { sed -n "s/^$2=//p" "$T/$1/result" 2>/dev/null; }
settled_client() {
	case $(value "$1" state) in ready | failed | ended) ;; *) false ;; esac
}

# connect DIR: ssh -T -D PORT cluster, as Remote-SSH does
connect() {
	$python "$client" attach --dir "$T/$1" --config "$T/ssh_config" \
		--python $python cluster </dev/null >"$T/log/client-$1" 2>&1 &
	pids="$! $pids"
	wait_for 40 settled_client "$1"
	test "$(value "$1" state)" = ready || {
		grep '^vscode-remote-shell: ' "$T/$1/stderr" | head -n 3 >&2
		fail "the client got no port: $(value "$1" error)"
	}
}

# page DIR PATH: from the server in the job, through ssh's SOCKS port
page() {
	$python "$client" fetch --socks "$(value "$1" socks)" \
		"$(value "$1" port)" "$2"
}

step "3. Connecting: ssh -T -D PORT cluster, with this in the ssh config:"
sed -n '2s/^/   /p' "$T/ssh_config"
connect one
say "a shell in the job answered, as \"$(value one uname | cut -c1-50)\""

step "4. Starting a server in the job, as VS Code would"
server=$(page one /pid) || fail "no page comes through ssh"
say "it is process $server and listens on port" \
	"$(cat "$HOME/.vscode-server/port"), inside the job"
say "the client was told port $(value one port), which leads there:" \
	"GET /version -> $(page one /version)"

# ---- 5. cut and come back -----------------------------------------------------

step "5. The laptop vanishes: kill -9 of its ssh"
kill -9 "$(value one ssh_pid)"
closed() { test "$(value one state)" = ended; }
wait_for 10 closed || fail "the client did not see the end of its ssh"
alive "$server" || fail "the server died with the connection"
say "server $server goes on"

step "6. Connecting again"
connect two
again=$(page two /pid) || fail "no page comes through the new ssh"
test "$again" = "$server" ||
	fail "another server answers: $again instead of $server"
say "the same server $again answers, now behind port $(value two port)"

# ---- 7. end -------------------------------------------------------------------

step "7. Ending the session: vscode-remote-shell cancel"
session cancel >"$T/log/cancel" 2>&1 ||
	fail "cancel: $(tail -n 1 "$T/log/cancel")"
sed 's/^/   /' "$T/log/cancel"
wait_for 15 gone "$server" || fail "server $server is still there"
say "server $server has ended"
end_ours || fail "something was left running"
step "Done: nothing is left running, and all of this happened below $T"
