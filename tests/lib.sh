# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# The library of the *.t files, in POSIX sh. Begin a test with
#
#	. "$(dirname "$0")/../lib.sh"
#
# and end it with done_testing, which cleans up and counts one test more: that
# nothing is left running. Each test has a temporary directory of its own, $T,
# with HOME and the XDG directories in it; every process of the test carries
# that path in its environment, which is how leftovers are told from strangers.
#
# From outside: BUILD (the build directory), TEST_TIMEOUT (seconds, default
# 300), KEEP=1 (leave $T behind).

# Whatever happens, a test ends: it runs below timeout(1), whose SIGTERM still
# leaves it a minute to clean up. What it starts has a bounded life, too. The
# seconds are those of an idle machine, as wait_for's are: on a busy one they are
# three times as many.
if test -z "$LIB_BOUND"; then
	LIB_BOUND=1
	export LIB_BOUND
	exec timeout -k 60 $((${TEST_TIMEOUT:-300} * 3)) sh "$0" "$@"
fi
unset LIB_BOUND

PATH=$PATH:/usr/sbin:/sbin
export PATH
TESTS=$(cd "$(dirname "$0")/.." && pwd) || exit 1
BUILD=$(cd "${BUILD:-$TESTS/../build}" && pwd) || exit 1
export BUILD
CLIENTS=$TESTS/clients
# Another uid must be able to run it too, so rather the system's.
PYTHON=/usr/bin/python3
test -x $PYTHON || PYTHON=$(command -v python3)

# ---- TAP -------------------------------------------------------------------

lib_n=0		# tests so far
lib_failed=0
lib_done=

diag() { printf '%s\n' "$*" | sed 's/^/# /' >&2; }

# Show a file as a diagnostic, its end only when it is long.
diag_file() {
	test -s "$1" || return 0
	diag "--- $1"
	tail -n "${2:-60}" "$1" | tr -d '\000' | cut -c1-400 |
		sed 's/^/# /' >&2
}

pass() { lib_n=$((lib_n + 1)); echo "ok $lib_n - $1"; }

fail() {
	lib_n=$((lib_n + 1)) lib_failed=$((lib_failed + 1))
	echo "not ok $lib_n - $1"
	diag "failed: $1"
	return 1
}

# ok NAME COMMAND...: the command succeeds
ok() {
	lib_name=$1
	shift
	if "$@"; then pass "$lib_name"; else
		lib_rc=$?
		fail "$lib_name" || diag "status $lib_rc of: $*"
		return 1
	fi
}

not() { if "$@"; then return 1; fi; }

# is GOT WANT NAME
is() {
	if test "$1" = "$2"; then pass "$3"; else
		fail "$3" || diag "     got: $1
expected: $2"
		return 1
	fi
}

# like GOT ERE NAME, unlike GOT ERE NAME
like() {
	if printf '%s\n' "$1" | grep -Eq -- "$2"; then pass "$3"; else
		fail "$3" || diag "     got: $1
expected: $2"
		return 1
	fi
}

unlike() {
	if printf '%s\n' "$1" | grep -Eq -- "$2"; then
		fail "$3" || diag "         got: $1
not expected: $2"
		return 1
	else pass "$3"; fi
}

isnt() {
	if test "$1" != "$2"; then pass "$3"; else
		fail "$3" || diag "got, and did not expect: $1"
		return 1
	fi
}

# same GOT WANT NAME: two files, byte for byte
same() {
	if cmp -s "$1" "$2"; then pass "$3"; else
		fail "$3" || diag "$(cmp "$1" "$2" 2>&1; wc -c "$1" "$2" 2>&1)"
		return 1
	fi
}

# skip N REASON: count N tests as skipped
skip() {
	lib_skip=$1
	while test "$lib_skip" -gt 0; do
		lib_n=$((lib_n + 1)) lib_skip=$((lib_skip - 1))
		echo "ok $lib_n # SKIP $2"
	done
}

# The whole file is skipped; call it before any test.
skip_all() {
	echo "1..0 # SKIP $*"
	lib_done=1
	for lib_h in $lib_hooks; do $lib_h; done
	exit 0
}

# Nothing further makes sense, in no file.
bail_out() {
	echo "Bail out! $*"
	lib_failed=1
	exit 1
}

# Give up this file.
die() {
	fail "$*"
	exit 1
}

done_testing() {
	lib_cleanup
	echo "1..$lib_n"
	lib_done=1
	exit $((lib_failed > 0))
}

# ---- waiting ---------------------------------------------------------------

# Hundredths of a second since boot, in $lib_time, without a process for it
lib_clock() {
	read -r lib_time _ </proc/uptime
	lib_time=${lib_time%.*}${lib_time#*.}
}

# Tenths of a second since boot.
lib_now() {
	lib_clock
	echo "${lib_time%?}"
}

# wait_for SECONDS COMMAND...: until the command succeeds; 1 when it never did.
# SECONDS are those of a machine that has little else to do: the tests keep it
# busy themselves, so they wait for up to three times as long.
wait_for() {
	lib_clock
	lib_since=$lib_time lib_end=$((lib_time + $1 * 300))
	shift
	while lib_clock; lib_look=$lib_time; ! "$@"; do
		lib_clock
		test "$lib_time" -lt "$lib_end" || return 1
		lib_rest $((lib_time - lib_look)) $((lib_time - lib_since))
	done
}

# lib_rest TOOK WAITED: sleep before the next look, three times as long as the
# last one took, or a twentieth of what was waited: tests side by side that look
# all the time would have the machine busy with looking.
lib_rest() {
	lib_gap=$(($1 * 3 > $2 / 20 ? $1 * 3 : $2 / 20))
	case $lib_gap in
	[5-9]) sleep 0.0$lib_gap ;;
	[1-9][0-9]) sleep 0.$lib_gap ;;
	???*) sleep 1 ;;
	*) sleep 0.05 ;;
	esac
}

# Does the process exist, as more than a zombie?
alive() {
	{ read -r lib_stat <"/proc/$1/stat"; } 2>/dev/null || return 1
	case ${lib_stat##*) } in
	'' | [ZX]*) return 1 ;;
	esac
}

gone() { ! alive "$1"; }

# has FILE ERE, with NUL bytes in the file ignored
has() { { tr -d '\000' <"$1"; } 2>/dev/null | grep -Eq -- "$2"; }

# ---- processes -------------------------------------------------------------

lib_pids=	# what cleanup ends, last started first

# bg NAME COMMAND...: run it in the background, output in $T/log/NAME.out and
# .err; its pid is in $PID. End it with end_pid.
bg() {
	lib_name=$1
	shift
	# Whoever looks at once must not see what an earlier one of that name said.
	: >"$T/log/$lib_name.out" 2>"$T/log/$lib_name.err"
	"$@" </dev/null >"$T/log/$lib_name.out" 2>"$T/log/$lib_name.err" 9>&- &
	PID=$!
	lib_pids="$PID $lib_pids"
}

# bindfs_on DIR OPTION... FROM: DIR is a file system that has the files of FROM, whose
# process is $PID, for the caller to unmount; or it cannot be mounted here
bindfs_on() {
	lib_mount=$1
	shift
	bg bindfs bindfs -f --no-allow-other "$@" "$lib_mount"
	wait_for 30 mounted_or_gone "$lib_mount" "$PID"
	mountpoint -q "$lib_mount"
}
mounted_or_gone() { mountpoint -q "$1" || gone "$2"; }

# end_pid PID: SIGTERM, after 6 s SIGKILL, and wait for the end
end_pid() {
	kill "$1" 2>/dev/null
	wait_for 2 gone "$1" || kill -9 "$1" 2>/dev/null
	wait "$1" 2>/dev/null
	wait_for 5 gone "$1"
}

# The words of a process, one a line; nothing when it is gone.
lib_argv() { cat "/proc/$1/cmdline" 2>/dev/null | tr '\000' '\n'; }

# Live processes that carry $T in their environment or their arguments.
ours() {
	grep -lszF -- "$T/" /proc/[0-9]*/environ /proc/[0-9]*/cmdline |
		cut -d/ -f3 | sort -un | while read -r lib_p; do
		alive "$lib_p" && echo "$lib_p"
	done
}

none_of_ours() { test -z "$(ours)"; }

# A port that was free a moment ago, and is none of those that the kernel gives to
# whoever asks for any, nor of those that app chooses from.
free_port() {
	$PYTHON -c 'import random, socket
while True:
    port = random.randrange(10000, 20000)
    try:
        socket.socket().bind(("127.0.0.1", port))
        break
    except OSError:
        pass
print(port)'
}

# Is something listening there on loopback?
listening() {
	ss -Hltn "sport = :$1" | grep -q .
}

# scp_option: -O, which is for the protocol that scp had before OpenSSH 9; nothing where
# that is all it does
scp_option() {
	case $(scp -O 2>&1) in
	*'unknown option'*) ;;
	*)	echo -O ;;
	esac
}
# scp_old WORD...: by that protocol
# shellcheck disable=SC2046 # none, or one
scp_old() { timeout 60 scp $(scp_option) "$@"; }

# ---- cleanup ---------------------------------------------------------------

lib_hooks=	# commands, each one word, run first at the end

at_exit() { lib_hooks="$1 $lib_hooks"; }

lib_show_logs() {
	for lib_f in "$T"/log/* "$T"/state/*.log "$T"/state/*/*.log; do
		diag_file "$lib_f"
	done
}

lib_cleanup() {
	test -n "$T" || return 0
	trap : TERM
	exec 9>&-
	for lib_h in $lib_hooks; do $lib_h; done
	for lib_p in $lib_pids; do end_pid "$lib_p"; done
	if wait_for 10 none_of_ours; then
		pass "nothing is left running"
	else
		fail "nothing is left running" || for lib_p in $(ours); do
			diag "left: $lib_p $(lib_argv "$lib_p" | tr '\n' ' ')"
			kill -9 "$lib_p" 2>/dev/null
		done
		wait_for 5 none_of_ours
	fi
	for lib_f in "$BUILD"/sanitizer.*; do
		# One that was killed meanwhile leaves an empty file.
		test -s "$lib_f" || continue
		fail "a sanitizer reports" || diag_file "$lib_f"
		mv "$lib_f" "$BUILD/reported.${lib_f##*.}"
	done
	test $lib_failed = 0 || lib_show_logs
	if test -n "$KEEP"; then
		diag "kept: $T"
	else
		rm -rf "$T"
	fi
	T=
}

lib_on_exit() {
	lib_rc=$?
	trap - EXIT
	trap '' PIPE
	test -n "$lib_done" || {
		test $lib_failed = 0 && fail "the test ended early, status $lib_rc"
		lib_cleanup
		echo "1..$lib_n"
		test $lib_rc != 0 || lib_rc=1
	}
	test -z "$T" || rm -rf "$T"
	exit $lib_rc
}

trap lib_on_exit EXIT
trap 'fail "not done in ${TEST_TIMEOUT:-300} seconds"; exit 1' TERM
# PIPE: who was to count is gone, and what runs must end all the same.
trap 'exit 130' HUP INT PIPE

# ---- a place of its own ----------------------------------------------------

# Short, since paths of Unix sockets end at 107 bytes.
T=${TMPDIR:-/tmp}
test ${#T} -le 24 || T=/tmp
T=$(mktemp -d "$T/vrs.XXXXXX") || bail_out "no temporary directory"
for lib_v in $(env | sed -n 's/^\(\(SSH\|XDG\|SLURM\|VSCODE\|DBUS\)_[A-Za-z0-9_]*\)=.*/\1/p'); do
	unset "$lib_v"
done
unset DISPLAY TMPDIR MAKEFLAGS MAKELEVEL CDPATH
HOME=$T/h
XDG_CONFIG_HOME=$HOME/.config
XDG_STATE_HOME=$HOME/.local/state
XDG_DATA_HOME=$HOME/.local/share
XDG_CACHE_HOME=$HOME/.cache
XDG_RUNTIME_DIR=$T/run
export HOME XDG_CONFIG_HOME XDG_STATE_HOME XDG_DATA_HOME XDG_CACHE_HOME \
	XDG_RUNTIME_DIR
if ! mkdir -p "$HOME" "$T/log" || ! mkdir -m 700 "$T/run"; then
	bail_out "cannot write below $T"
fi

# ---- ssh -------------------------------------------------------------------

# sshd_start: a private sshd on loopback as the calling user, $SSHD_PORT; hosts
# are added to $T/ssh_config by host_add. Sessions get the test's HOME.
sshd_start() {
	mkdir -p "$T/ssh"
	for lib_k in host user; do
		ssh-keygen -q -t ed25519 -N '' -C test -f "$T/ssh/$lib_k" ||
			bail_out "ssh-keygen failed"
	done
	cp "$T/ssh/user.pub" "$T/ssh/authorized_keys"
	# sshd insists on it when root runs it.
	test "$(id -u)" != 0 || test -d /run/sshd || mkdir -m 755 /run/sshd
	lib_pam=no
	for lib_try in 1 2 3 4 5; do
		SSHD_PORT=$(free_port)
		lib_sshd_config
		bg sshd timeout 900 "$(command -v sshd)" -D -e -f "$T/ssh/sshd_config"
		lib_sshd_pid=$PID
		wait_for 10 lib_sshd_settled "$lib_sshd_pid"
		if alive "$lib_sshd_pid" && ssh_to plain true 2>"$T/log/try"
		then
			return 0
		fi
		end_pid "$lib_sshd_pid"
		# A locked password keeps out keys too, unless PAM decides.
		! has "$T/log/sshd.err" 'account is locked' || lib_pam=yes
	done
	diag_file "$T/log/try"
	die "the private sshd does not let us in"
}

lib_sshd_settled() { gone "$1" || has "$T/log/sshd.err" "Server listening"; }

lib_sshd_config() {
	cat >"$T/ssh/sshd_config" <<-END
	ListenAddress 127.0.0.1
	Port $SSHD_PORT
	HostKey $T/ssh/host
	AuthorizedKeysFile $T/ssh/authorized_keys
	PidFile none
	StrictModes no
	UsePAM $lib_pam
	PasswordAuthentication no
	KbdInteractiveAuthentication no
	PermitRootLogin prohibit-password
	PrintMotd no
	PrintLastLog no
	UseDNS no
	AllowTcpForwarding yes
	LogLevel VERBOSE
	SetEnv HOME=$HOME XDG_CONFIG_HOME=$XDG_CONFIG_HOME XDG_STATE_HOME=$XDG_STATE_HOME XDG_RUNTIME_DIR=$XDG_RUNTIME_DIR
	END
	printf '[127.0.0.1]:%s %s\n' "$SSHD_PORT" "$(cat "$T/ssh/host.pub")" \
		>"$T/ssh/known_hosts"
	cat >"$T/ssh_config" <<-END
	Host *
		HostName 127.0.0.1
		Port $SSHD_PORT
		User $(id -un)
		IdentityFile $T/ssh/user
		IdentitiesOnly yes
		IdentityAgent none
		UserKnownHostsFile $T/ssh/known_hosts
		GlobalKnownHostsFile /dev/null
		StrictHostKeyChecking yes
		BatchMode yes
		RequestTTY no
		ControlPath none
		ConnectTimeout 15
	END
}

# host_add NAME COMMAND: a host with this RemoteCommand
host_add() {
	printf 'Host %s\n\tRemoteCommand %s\n' "$1" "$2" >>"$T/ssh_config"
}

# host_first NAMES LINE...: hosts with these lines. They come before all others,
# since ssh takes the first value of each.
host_first() {
	{
		printf 'Host %s\n' "$1"
		shift
		printf '\t%s\n' "$@"
		cat "$T/ssh_config"
	} >"$T/ssh_config.new"
	mv "$T/ssh_config.new" "$T/ssh_config"
}

# proxy_host NAMES COMMAND [LINE...]: hosts in a job, by this ProxyCommand. Their key
# is that of "job" in $T/known.
proxy_host() {
	lib_names=$1
	lib_command=$2
	shift 2
	host_first "$lib_names" 'HostKeyAlias job' "UserKnownHostsFile $T/known" \
		"ProxyCommand $lib_command" "$@"
}

# ssh_to HOST [COMMAND]: at most two minutes
ssh_to() { timeout 120 ssh -T -F "$T/ssh_config" "$@" 9>&-; }

# ---- the product -----------------------------------------------------------

# need_product: fail plainly when it was not built
need_product() {
	for lib_p in vscode-remote-shell vscode-remote-agent launch-local; do
		test -x "$BUILD/$lib_p" || die "$BUILD/$lib_p is not built"
	done
}

# other_build TREE DIR HEADER ARGUMENT...: make(1) in TREE, with DIR for its build
# directory, where only what includes HEADER is compiled anew: all else is BUILD's
other_build() {
	lib_tree=$1 lib_dir=$2 lib_header=$3
	shift 3
	cp -rp "$BUILD" "$lib_dir" || die "no room for another build"
	find "$lib_dir/obj" -name '*.d' -exec grep -lF "$lib_header" {} + |
		sed 's/d$/o/' | xargs rm -f
	find "$lib_dir" \( -name '*.a' -o -maxdepth 1 -type f -perm /100 \) \
		-exec rm -f {} +
	make -s -C "$lib_tree" B="$lib_dir" "$@" >"$T/log/make" 2>&1 || {
		diag_file "$T/log/make"
		die "another version cannot be built"
	}
}

VRS_STATE=$T/state

# vrs_command [OPTION...]: how the product is called
vrs_command() {
	printf "'%s' --launcher=local --state-dir=%s --linger=0 %s" \
		"$BUILD/vscode-remote-shell" "$VRS_STATE" \
		"--idle-timeout=10m $*"
}

# vrs_host NAME [OPTION...]: a host whose RemoteCommand is the product with the
# local launcher. The words must need no quoting.
vrs_host() {
	lib_name=$1
	shift
	host_add "$lib_name" "$(vrs_command "$@")"
	case " $lib_hooks " in
	*" vrs_end "*) ;;
	*) at_exit vrs_end ;;
	esac
}

# a_while STATE: as if nobody had come for some minutes, so that a session which
# was ended on purpose may be started again by whoever comes
a_while() {
	find "$1" -maxdepth 1 -name 'ended.*' -exec touch -d '-100 seconds' {} +
}

# agents: pids of the test's agents, without the children that one forks, for a
# look at a file system that may hang: these have all its words
agents() {
	for lib_p in $(ours); do
		lib_words=$(lib_argv "$lib_p")
		case $(printf '%s\n' "$lib_words" | head -n 1) in
		*vscode-remote-agent) ;;
		*) continue ;;
		esac
		lib_parent=$(sed 's/.*) . //; s/ .*//' "/proc/$lib_p/stat" \
			2>/dev/null)
		# Without one it has ended meanwhile.
		test -z "$lib_parent" ||
			test "$(lib_argv "$lib_parent")" = "$lib_words" ||
			echo "$lib_p"
	done
}

no_agents() { test -z "$(agents)"; }

# vrs WORD...: the product, run directly on the same session
vrs() {
	timeout 90 "$BUILD/vscode-remote-shell" --launcher=local \
		--state-dir="$VRS_STATE" "$@" </dev/null
}

# vrs_alloc OPTION...: a session, even though one was ended a moment ago
vrs_alloc() {
	! test -d "$VRS_STATE" || a_while "$VRS_STATE"
	vrs alloc --idle-timeout=10m "$@" >"$T/alloc" 2>&1 || diag_file "$T/alloc"
}

# doctor_told VERDICT CHECK ERE NAME: doctor, whose output is in $T/out and whose status in
# $rc, has that line and no other that is not good
# shellcheck disable=SC2154 # the test's
doctor_told() {
	case $1 in warning) lib_told=1 ;; *) lib_told=2 ;; esac
	grep -E '^(warning|fault) ' "$T/out" >"$T/bad"
	is "$rc $(wc -l <"$T/bad")" "$lib_told 1" "$4: one line" || diag_file "$T/bad"
	like "$(tr -s ' ' <"$T/bad")" "^$1 (login|node) $2 .*$3" "$4: which says so"
}

vrs_end() {
	! test -d "$VRS_STATE" || vrs cancel >"$T/log/cancel" 2>&1
}

# ---- images of containers ----------------------------------------------------

# in_image WORD...: a command in the session, what it says on stderr in $T/err
in_image() { vrs shell -- "$@" 2>"$T/err"; }

# image_can: whether there is what image_new needs
image_can() {
	IMAGE_SHELL=$(command -v busybox) || return
	case $(ldd "$IMAGE_SHELL" 2>&1) in *=*) return 1 ;; esac
}

# image_new DIR: a root file system of busybox, for any user
image_new() {
	mkdir -p "$1/bin" "$1/etc" "$1/usr/bin" "$1/tmp" "$1/dev" "$1/proc" \
		"$1/sys" "$1/home/other"
	cp "$IMAGE_SHELL" "$1/bin/busybox"
	for lib_name in sh env cat ls id sed sleep stat test stty tail head \
		grep printf tr touch mkdir rm uname \
		date cut wc kill true ps; do
		ln -s busybox "$1/bin/$lib_name"
	done
	echo "the image" >"$1/etc/inside"
	touch "$1/etc/group" "$1/etc/hosts" "$1/etc/resolv.conf"
	echo 'root:x:0:0:root:/root:/bin/sh' >"$1/etc/passwd"
	echo 'PATH=$PATH; export PROFILE=read' >"$1/etc/profile"
	chmod -R go+rX "$1"
}

# ---- a queue ---------------------------------------------------------------

# queue_new: from here on `queued' is the product with tests/clients/launch-queue
# for a scheduler, whose state is in $VRS_QUEUE; queue WORD...: change it.
queue_new() {
	VRS_QUEUE=$T/queue
	export VRS_QUEUE
	mkdir "$VRS_QUEUE"
	at_exit queue_end
}

queue() { "$PYTHON" "$CLIENTS/launch-queue" "$@"; }

# queue_command [OPTION...]: how the product is called; words need no quoting
queue_command() {
	echo "$BUILD/vscode-remote-shell --launcher=$CLIENTS/launch-queue" \
		"--link-address=127.0.0.1 --state-dir=$VRS_STATE --linger=0" \
		"--idle-timeout=10m $*"
}

# shellcheck disable=SC2046 # words
queued() { timeout 120 $(queue_command "$@"); }

queue_end() {
	rm -f "$VRS_QUEUE/down" "$VRS_QUEUE/slow"
	for lib_s in $(sed -n 's/^session=//p' "$VRS_QUEUE"/*.state | sort -u); do
		queued --session="$lib_s" cancel >"$T/log/cancel" 2>&1 </dev/null
	done
}

# job_state ID: what the queue says of it; job_last: the newest one's id
job_state() { sed -n 's/^state=//p' "$VRS_QUEUE/$1.state" 2>/dev/null; }
job_state_is() { test "$(job_state "$1")" = "$2"; }
job_tag() { sed -n 's/^tag=//p' "$VRS_QUEUE/$1.state"; }
job_last() {
	find "$VRS_QUEUE" -name '*.request' | sed 's|.*/||; s/\..*//' |
		sort -n | tail -n 1
}

# ---- a conversation with a remote shell ------------------------------------

# talk HOST: an ssh whose stdin is fed by say; its output goes to $T/talk.out
# and .err, its pid is $TALK. One at a time.
talk() {
	rm -f "$T/talk.in"
	mkfifo "$T/talk.in"
	: >"$T/talk.out"
	ssh -T -F "$T/ssh_config" "$@" <"$T/talk.in" >"$T/talk.out" \
		2>"$T/talk.err" &
	TALK=$!
	lib_pids="$TALK $lib_pids"
	exec 9>"$T/talk.in"
}

say() { printf '%s\n' "$*" >&9; }

# hears SECONDS ERE: wait until a line of the output so far matches
hears() { wait_for "$1" has "$T/talk.out" "$2"; }

# talk_end: end of stdin, wait at most 30 s; the ssh's status is in $TALK_RC
talk_end() {
	exec 9>&-
	wait_for 30 gone "$TALK" || {
		diag "ssh did not end, killed"
		kill -9 "$TALK"
	}
	wait "$TALK"
	TALK_RC=$?
}

# terminal_lines: what terminal.py 30x100 types to see that a shell there has that
# terminal, whose Ctrl-C ends what runs in it
terminal_lines() {
	cat <<'END'
type test -t 0 && stty size
see 30 100
type sh -c 'echo go-$((1+1)); exec sleep 1000'
see go-2
type \x03
type echo still $((40+2))
see still 42
END
}

# ---- the client of VS Code -------------------------------------------------

# client NAME HOST [OPTION...]: tests/clients/client.py attach in the
# background; what it found is read with client_get NAME KEY.
client() {
	lib_c=$1
	shift
	mkdir -p "$T/$lib_c"
	rm -f "$T/$lib_c/result"
	bg "client-$lib_c" "$PYTHON" "$CLIENTS/client.py" attach \
		--dir "$T/$lib_c" --config "$T/ssh_config" "$@"
	eval "CLIENT_$lib_c=\$PID"
}

client_get() { sed -n "s/^$2=//p" "$T/$1/result" 2>/dev/null; }

client_is() {
	case "|$2|" in *"|$(client_get "$1" state)|"*) ;; *) return 1 ;; esac
}

# client_ready NAME [SECONDS]: it has the port, or 1 and its error shown
client_ready() {
	wait_for "${2:-30}" client_is "$1" 'ready|failed|ended' &&
		client_is "$1" ready && return 0
	diag "client $1: $(client_get "$1" state) $(client_get "$1" error)"
	diag_file "$T/$1/stderr" 20
	return 1
}

# client_close NAME: end of stdin, as a window that is closed
client_close() {
	eval "end_pid \$CLIENT_$1"
}

# client_kill NAME: the laptop is gone
client_kill() {
	kill -9 "$(client_get "$1" ssh_pid)"
	wait_for 10 client_is "$1" ended
	eval "wait_for 5 gone \$CLIENT_$1"
}

# fetch NAME PATH [OPTION...]: GET from the server behind the client's port,
# through its SOCKS port
fetch() {
	lib_c=$1
	lib_path=$2
	shift 2
	$PYTHON "$CLIENTS/client.py" fetch --socks \
		"$(client_get "$lib_c" socks)" "$@" \
		"$(client_get "$lib_c" port)" "$lib_path"
}
