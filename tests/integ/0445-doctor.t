#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# doctor: each of many set-ups that are broken in one place has one line that says
# so, of the right check, and a good one has none.
# shellcheck disable=SC2016 # expanded by the programs that stand in
. "$(dirname "$0")/../lib.sh"
need_product
at_exit vrs_end

# What is asked in a set-up that is good: a host that the test describes.
mkdir "$T/fake" "$T/keep"
fake() { # NAME TEXT: a program of that name, which is a script
	printf '#!/bin/sh\n%s\n' "$2" >"$T/fake/$1"
	chmod +x "$T/fake/$1"
}
fake_sshd() { # KEYWORD VALUE [TEXT]: one that has them; TEXT is for a user's own
	fake sshd "case \$1\$2 in -T-f) ${3:-exit 0} ;; esac
		printf '%s\\n' 'allowtcpforwarding yes' 'allowstreamlocalforwarding yes' 'maxsessions 10' |
			sed 's/^$1 .*/$1 $2/'"
}
good() {
	fake_sshd x x
	fake busctl 'echo b false'
	fake quota 'exit 0'
	fake getconf 'echo glibc 2.36'
	fake ldconfig "echo '	libstdc++.so.6 (libc6,x86-64) => $T/fake/lib'"
	printf 'x\0GLIBCXX_3.4\0GLIBCXX_3.4.9\0GLIBCXX_3.4.30\0' >"$T/fake/lib"
	rm -rf "$HOME"
	mkdir "$HOME"
	printf 'PATH=%s:$PATH\nexport PATH\n' "$T/fake" >"$HOME/.profile"
}
PATH=$T/fake:$PATH
export PATH

# doctor [OPTION]...: $T/out, $T/err, $rc
doctor() {
	vrs "$@" >"$T/out" 2>"$T/err"
	rc=$?
}

# ---- it is good ------------------------------------------------------------

good
doctor doctor
is "$rc $(grep -cE '^(warning|fault)' "$T/out")" "0 0" "a good set-up has no line" ||
	diag_file "$T/out"
like "$(tail -n 1 "$T/out")" '^[0-9]+ ok, [0-9]+ unknown, 0 warnings, 0 faults$' "the sum"
unlike "$(cat "$T/out")" munge "where no job goes to another host nobody asks for munge"
unlike "$(ls -A "$HOME")" doctor "nothing is left in the home directory"
is "$(find "$HOME" "$VRS_STATE" -name '*doctor*')" '' "nor in the state directory"
doctor doctor --json
is "$rc" 0 "--json: 0"
ok "--json: each check" $PYTHON -c '
import json, sys
rows = json.load(open(sys.argv[1]))["checks"]
names = [r["check"] for r in rows]
assert len(set(names)) == len(names) >= 18, names
assert all(r["verdict"] in ("ok", "unknown") and r["finding"] and
    r["means"] is None and r["place"] == "login" for r in rows), rows' "$T/out"
doctor doctor --job
is "$rc $(grep -cE '^(warning|fault)' "$T/out")" "0 0" "--job: no line" ||
	diag_file "$T/out"
like "$(tr -s ' ' <"$T/out")" '^ok node link login node and node connect to each other$' \
	"--job: both ways"
is "$(vrs list --no-header)" '' "--job: no session is left"
is "$(find "$VRS_STATE" -name doctor)" '' "--job: nor what the node has written"
doctor list --job
is "$rc" 64 "--job is no option of list"

# ---- the login node ----------------------------------------------------------

config=$XDG_CONFIG_HOME/vscode-remote-shell
settings() { # TEXT: of the user
	good
	mkdir -p "$config"
	printf '%s\n' "$1" >"$config/config"
}
settings 'linger = 1h
no-such-key = 1'
doctor doctor
doctor_told fault settings "config:2: .*no-such-key" "an unknown key"
settings 'linger = soon'
doctor doctor
doctor_told fault settings "config:1: .*soon" "a value that is none"
settings 'linger = 1h'
chmod 666 "$config/config"
doctor doctor
doctor_told fault settings 'others may write it' "settings that others may write"
settings 'peer-check = off'
doctor doctor
doctor_told warning options 'peer-check=off' "everybody may connect"
doctor list
is "$rc" 0 "such settings stop no other command"

good
doctor --listen-port=20001 doctor
doctor_told warning options listen-port "one port for those who linger"
doctor doctor --container-bind=/tmp
doctor_told warning options container-bind "directories of an image that there is not"
doctor doctor --agent="$T/none"
doctor_told fault version "$T/none" "no agent"
fake agent 'echo vscode-remote-agent 0.0.1'
doctor doctor --agent="$T/fake/agent"
doctor_told fault version 'version 0\.0\.1' "an agent of another version"
fake agent 'echo "agent: error while loading shared libraries: libevent" >&2; exit 127'
doctor doctor --agent="$T/fake/agent"
doctor_told fault version 'shared libraries: libevent' "an agent that lacks a library"

launcher() { # TEXT: a script
	fake launcher "$1"
}
launcher 'cat >/dev/null
echo "error=unavailable
message=no answer from slurmctld: Connection refused
"
exit 1'
doctor --launcher="$T/fake/launcher" doctor
doctor_told fault scheduler 'launcher, after [0-9]+ ms: no answer from slurmctld' "slurmctld is down"
launcher 'echo "sbatch: cannot be found" >&2; exit 1'
doctor --launcher="$T/fake/launcher" doctor
doctor_told fault scheduler 'sbatch: cannot be found' "a launcher that fails"
doctor --launcher="$T/none" doctor
doctor_told fault scheduler none "no launcher"

mkdir -m 755 "$T/wide"
doctor doctor --state-dir="$T/wide"
doctor_told fault state 'lets others in' "a state directory for all"
: >"$T/file"
doctor doctor --state-dir="$T/file"
doctor_told fault state 'not a directory' "a file in its place"
mkdir -m 777 "$T/open"
chmod 777 "$T/open"
doctor doctor --state-dir="$T/open/state"
doctor_told fault state 'lets others write' "others could replace it"
fake squeue 'exit 0'
fake scontrol 'echo "ClusterName = c"'
fake sbatch 'exit 0'
case $T in /tmp/*)
	doctor --launcher=slurm-cli doctor --state-dir="$T/keep/state"
	doctor_told fault state 'is of this host alone' "the state is in /tmp"
	;;
*)
	skip 2 "temporary directories are elsewhere"
	;;
esac

good
fake quota 'echo "Disk quotas for user: over file block quota on /home"; exit 1'
doctor doctor
doctor_told fault quota 'quota on /home' "over the quota"

good
mkdir -p -m 700 "$VRS_STATE/0123456789abcdef"
touch -d '20 days ago' "$VRS_STATE/0123456789abcdef"
doctor doctor
doctor_told warning records '1 of 1 folders' "a folder that is left"
rmdir "$VRS_STATE/0123456789abcdef"

good
mkdir -p "$HOME/.vscode-server/bin"
truncate -s 3G "$HOME/.vscode-server/bin/large"
doctor doctor
doctor_told warning folders '\.vscode-server has 3072 MB' "a large folder"

good
doctor doctor --shell="$T/none"
doctor_told fault shell 'none is not there' "no shell"
doctor doctor --shell=/bin/false
doctor_told fault shell 'lets nobody in' "a shell that lets nobody in"

# Lines of a start-up file of bash.
startup() {
	good
	printf '# a comment\n%s\n' "$1" >"$HOME/.bash_profile"
	doctor doctor --shell=/bin/bash
}
startup 'echo Welcome to the cluster'
doctor_told warning startup "prints 'Welcome to the cluster', at $HOME/.bash_profile, line 2" \
	"a start-up file that prints"
startup 'read answer'
doctor_told fault startup "reads what an editor types: $HOME/.bash_profile, line 2: read answer" \
	"one that reads"
startup 'cat >/dev/null'
doctor_told fault startup "$HOME/.bash_profile, line 2: cat" "one that reads all"
startup 'exit 3'
doctor_told fault startup "$HOME/.bash_profile, line 2: exit 3" "one that ends"
startup 'exec sh'
doctor_told warning startup "$HOME/.bash_profile, line 2: .* exec sh" "one that becomes another shell"
startup 'exec true'
doctor_told fault startup "$HOME/.bash_profile, line 2: exec true" "one that becomes no shell"
good
printf '. ~/.more\n' >"$HOME/.bash_profile"
printf '\n\necho more\n' >"$HOME/.more"
doctor doctor --shell=/bin/bash
doctor_told warning startup "$HOME/.more, line 3" "a file that it reads"

good
fake_sshd allowtcpforwarding no
doctor doctor
doctor_told fault sshd 'AllowTcpForwarding no' "no forwarding"
fake_sshd maxsessions 1
doctor doctor
doctor_told warning sshd 'MaxSessions 1' "one session"
fake_sshd allowstreamlocalforwarding no
doctor doctor
doctor_told warning sshd 'AllowStreamLocalForwarding no' "no sockets"
fake sshd 'echo "sshd: no hostkeys available" >&2; exit 1'
doctor doctor
like "$(tr -s ' ' <"$T/out")" '^unknown login sshd .*only root' "what root alone may read is unknown"
is "$rc" 0 "which is no fault"

good
fake busctl 'echo b true'
doctor doctor
doctor_told warning logind KillUserProcesses=yes "processes end at logout"
doctor doctor --linger=0
is "$rc" 0 "which is no matter to who has none"

good
limited() { # OPTION VALUE
	(ulimit "$1" "$2" && doctor doctor && echo "$rc" >"$T/rc") 2>/dev/null
	rc=$(cat "$T/rc")
}
limited -n 100
doctor_told fault limits 'open files .*: 100' "few open files"
limited -f 8192
doctor_told fault limits 'size of a file .*: 4 MB' "small files only"

# ---- what takes its time, side by side ------------------------------------------

good
mkdir "$T/slow"
printf 'sleep 60\n' >"$T/slow/.bash_profile"
slow_pids=
slow() { # NAME WORD...: doctor in the background
	slow_name=$1
	shift
	{
		"$@" >"$T/slow.$slow_name" 2>"$T/log/slow.$slow_name"
		echo $? >"$T/rc.$slow_name"
	} &
	slow_pids="$slow_pids $!"
}
launcher 'exec sleep 60'
slow launcher vrs --launcher="$T/fake/launcher" doctor
slow shell env HOME="$T/slow" timeout 60 "$BUILD/vscode-remote-shell" --launcher=local \
	--state-dir="$VRS_STATE" doctor --shell=/bin/bash
fuse=
hung_begin() {
	command -v bindfs >/dev/null && mkdir "$T/real" "$T/hung" || return
	bg bindfs bindfs -f --no-allow-other "$T/real" "$T/hung"
	fuse=$PID
	at_exit hung_end
	# Nothing may ask it, or the kernel knows the answer for a second.
	wait_for 10 grep -qF " $T/hung " /proc/self/mounts
}
hung_end() {
	test -n "$fuse" || return
	kill -CONT "$fuse" 2>/dev/null
	umount -l "$T/hung" 2>/dev/null || fusermount -uz "$T/hung" 2>/dev/null
	# A mount namespace that another test has made meanwhile has it, too.
	end_pid "$fuse"
	fuse=
}
if hung_begin; then
	kill -STOP "$fuse"
	slow home env -u XDG_CONFIG_HOME -u XDG_STATE_HOME \
		HOME="$T/hung" timeout 60 "$BUILD/vscode-remote-shell" \
		--launcher=local doctor
else
	hung_end
fi
# shellcheck disable=SC2086 # a list
wait $slow_pids
settled() { # NAME
	cp "$T/slow.$1" "$T/out"
	rc=$(cat "$T/rc.$1")
}
settled launcher
doctor_told fault scheduler 'has not answered' "a scheduler that hangs"
settled shell
doctor_told fault startup 'is at .*/slow/.bash_profile, line 1: sleep 60' "a start-up file that hangs"
if test -n "$fuse"; then
	settled home
	doctor_told fault home 'no answer within 4 s' "a home directory that hangs"
	hung_end
else
	skip 2 "bindfs cannot mount"
fi

# ---- file systems -----------------------------------------------------------------

good
folder=$HOME/.vscode-server
mkdir "$folder"
unmount_folder() { umount -l "$folder" 2>/dev/null; }
at_exit unmount_folder
if mount -t tmpfs -o mode=700,size=64k none "$folder" 2>/dev/null; then
	cat /dev/zero >"$folder/zero" 2>/dev/null
	doctor doctor
	doctor_told fault room 'disk full' "a full disk"
	umount "$folder"
	mount -t tmpfs -o mode=700,size=100m none "$folder"
	doctor doctor
	doctor_told warning room 'room for 100 MB' "a disk that is soon full"
	umount "$folder"
	mount -t tmpfs -o mode=700,nr_inodes=100 none "$folder"
	doctor doctor
	doctor_told warning room 'files' "few files"
	mount -o remount,ro "$folder"
	doctor doctor
	doctor_told fault room 'read-only' "a read-only disk"
	like "$(cat "$T/out")" 'do: make room, or, where permission is denied, make it yours' \
		"the advice is for whoever may not write, too"
	umount "$folder"
	mount -t tmpfs -o mode=700,noexec none "$folder"
	doctor doctor
	doctor_told fault room 'noexec' "no programs there"
	umount "$folder"
else
	skip 11 "tmpfs cannot be mounted"
fi

# ---- the node ---------------------------------------------------------------------

good
fake getconf 'echo glibc 2.17'
doctor doctor --job
doctor_told fault libc 'glibc 2\.17' "an old C library"
good
printf 'GLIBCXX_3.4.19\0' >"$T/fake/lib"
doctor doctor --job
doctor_told fault 'libstdc\+\+' '3\.4\.19' "an old C++ library"
good
fake_sshd x x 'echo "/usr/lib/openssh/sshd-session does not exist" >&2; exit 255'
doctor doctor --job
doctor_told fault node-sshd 'sshd-session does not exist' "half an sshd"
good
fake_sshd x x "echo sshdsessionpath $T/none; exit 0"
doctor doctor --job
doctor_told fault node-sshd "needs $T/none" "the other half of an sshd"
good
doctor doctor --job --sshd="$T/none"
doctor_told warning node-sshd 'there is no .*none' "no sshd"
good
doctor doctor --job --container="$T/none"
grep -E '^[a-z]+ +node +container ' "$T/out" >"$T/line"
is "$rc $(wc -l <"$T/line")" '2 1' 'an image that there is not: a line' || diag_file "$T/out"
like "$(tr -s ' ' <"$T/line")" "^fault node container .*$T/none" 'which says why'
# Who starts the job limits it, or refuses.
launcher 'ulimit -f 100000; exec '"$BUILD"'/launch-local "$@"'
doctor --launcher="$T/fake/launcher" doctor --job
doctor_told fault limits 'size of a file' "a limit in jobs"
launcher 'case $1 in
submit) cat >/dev/null; printf "error=refused\nmessage=Invalid account\n\n"; exit 1 ;;
esac
exec '"$BUILD"'/launch-local "$@"'
doctor --launcher="$T/fake/launcher" doctor --job
doctor_told fault job 'Invalid account' "a job that is refused"
fake agent 'case $* in
*--version*) exec '"$BUILD"'/vscode-remote-agent "$@" ;;
esac
echo broken; exit 1'
doctor doctor --job --agent="$T/fake/agent"
doctor_told fault job broken "an agent that ends at once"

# A job that waits, and somebody who does not.
queue_new
# shellcheck disable=SC2046 # words
bg stopped $(queue_command) doctor --job
ok "a job waits" wait_for 20 test -s "$VRS_QUEUE/1.state"
kill -TERM "$PID"
wait "$PID"
is "$?" 0 "told to end while its job waits"
like "$(tr -s ' ' <"$T/log/stopped.out")" '^unknown node job it was given up: ' \
	"it says so"
like "$(cat "$VRS_QUEUE/calls")" '^end' "the job is taken back"
done_testing
