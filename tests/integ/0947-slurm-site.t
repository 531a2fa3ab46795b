#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What a site sees of all its users' sessions: by the lines of doc/ADMIN.md, as
# they stand there, and by list --all-users.
# shellcheck disable=SC2154 # from rig/lib.sh
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
slurm_up

# said COMMAND: the line of doc/ADMIN.md that begins so
said() { sed -n "/^\`\`\`sh\$/,/^\`\`\`\$/s/^$1 /&/p" "$TESTS/../doc/ADMIN.md"; }

front login1 alloc one -S --time=30
is "$rc" 0 "a session of alice"
one=$(the_job)
front login1 alloc two --no-wait -S --partition=down -S --job-name=mine
is "$rc" 0 "one that waits, of another name"
bob login1 "$VRS" alloc his >"$T/log/bob" 2>&1
is "$?" 0 "and one of bob's"
two=$(root ctl squeue -h -n mine-two -o %i)
his=$(jobs_of bob)
# Neither of these is a session.
root login1 sbatch -p down --wrap=: --job-name=vscode-remote-shell-x \
	--comment='not vscode-remote-shell session=x' >"$T/log/other" 2>&1
is "$?" 0 "and another job"

# ---- squeue, sacct ---------------------------------------------------------

squeue=$(said squeue)
is "$(echo "$squeue" | grep -c .)" 1 "the manual has a line of squeue"
want=$(printf '%s alice RUNNING\n%s alice PENDING\n%s bob RUNNING' "$one" \
	"$two" "$his" | sort)
# columns: job, user and state of what it prints
columns() { cut -d'|' -f1-3 "$T/out" | tr '|' ' ' | sort; }
root login2 sh -c "$squeue" >"$T/out" 2>"$T/err"
is "$(columns)" "$want" "which shows root all sessions, and nothing else"
bob login2 sh -c "$squeue" >"$T/out" 2>"$T/err"
is "$(columns)" "$want" "and who may see others' jobs, too"

# There is no database here, and without one sacct looks at nothing else. It has
# the fields, at least; some stand there as the end of another.
sacct=$(said sacct)
is "$(echo "$sacct" | grep -c .)" 1 "the manual has a line of sacct"
root login2 sh -c "$sacct" >"$T/out" 2>"$T/err"
is "$(cat "$T/err")" "Slurm accounting storage is disabled" \
	"of which sacct says nothing else"
root login1 cat /usr/bin/sacct | strings >"$T/fields"
for field in $(echo "$sacct" | sed 's/.* -o \([^ ]*\) .*/\1/' | tr , ' '); do
	ok "sacct: there is $field" grep -qi "$field\$" "$T/fields"
done

# ---- list --all-users ------------------------------------------------------

# rows: name, job, user and state, as above
rows() { awk '{ print $2, $3, $4 }' "$T/out" | sort; }
everybody() { # by root, who has no state directory here, and needs none
	root login2 env HOME=/root "$VRS" list --all-users "$@" \
		>"$T/out" 2>"$T/err"
	rc=$?
}
for launcher in "$LAUNCHER" launch-slurm-cli; do
	everybody --no-header --launcher="${launcher#launch-}"
	is "$rc $(cat "$T/err")" "0 " "$launcher: list --all-users"
	is "$(rows)" "$want" "$launcher: shows them all" || diag_file "$T/out"
	is "$(awk '{ print $1 }' "$T/out" | sort | xargs)" "his one two" \
		"$launcher: by their names"
done
everybody
like "$(head -n 1 "$T/out")" '^NAME +JOBID +USER +STATE ' "a title of the users"
everybody --json
if grep -q 'without jansson' "$T/err"; then
	skip 1 "built without jansson"
else
	is "$(grep -c '"user": "\(alice\|bob\)"' "$T/out")" 3 "and as JSON"
fi
front login1 list --no-header
is "$(awk '{ print $1, $2 }' "$T/out" | sort | xargs)" \
	"one $one two $two" "without it alice has her own"
front login1 list --all-users --no-header
is "$(rows)" "$want" "by it she sees others', too, for the site shows them"
front login1 list --all-users --launcher=local
is "$rc" 69 "a launcher that cannot list them"
like "$(cat "$T/err")" '--all-users: launch-local can list your own sessions only$' \
	"says so"

# ---- list --metrics --------------------------------------------------------

# What the unit runs, as systemd has it do: all is read-only but two directories, no
# home is there, and no variable but PATH.
unit=$TESTS/../examples/systemd/vscode-remote-shell-metrics.service
dir=$(sed -n 's/^ReadWritePaths=//p' "$unit")
line=$(sed -n 's|^ExecStart=@bindir@/vscode-remote-shell ||p' "$unit")
prom=${line##*=}
like "$line" '^list .* --metrics=[a-z_/-]+\.prom$' "the unit has it written"
is "${prom%/*}" "$dir" "where it may write"
ok "which the manual names" grep -qF "$prom" "$TESTS/../doc/ADMIN.md"
state=/var/lib/$(sed -n 's/^StateDirectory=//p' "$unit")
like "$line" " --state-dir=$state " "and keep what it keeps"
mode=$(sed -n 's/^StateDirectoryMode=//p' "$unit")
# shellcheck disable=SC2016 # for the shells there
root login2 sh -c 'mkdir /var/tmp/dir && mkdir -m "$1" /var/tmp/state &&
	chown 65534 /var/tmp/dir' - "$mode"
# /var/lib is the machine's own on the rig, so an empty one is put over it.
# shellcheck disable=SC2016
confined='mount -t tmpfs -o mode=755 own /var/lib && mkdir -p "$1" "$2" &&
	mount --bind /var/tmp/dir "$1" && mount --bind /var/tmp/state "$2" &&
	mount -o remount,bind,ro /var/lib && mount -o remount,bind,ro / &&
	mount -t tmpfs -o mode=0,ro,size=4k no /root && shift 2 &&
	exec env -i PATH=/usr/local/bin:/usr/bin:/bin \
		setpriv --bounding-set=-all,+dac_override --inh-caps=-all "$@"'
written() { # [OPTION...]
	# shellcheck disable=SC2086 # words
	root login2 unshare -m sh -c "$confined" - "$dir" "$state" "$VRS" "$@" $line \
		>"$T/out" 2>"$T/err"
	is "$? $(cat "$T/out")" "${want_rc:-0} " "$* it is written: ${want_rc:-0}" ||
		diag_file "$T/err"
	root login2 cat "/var/tmp/dir/${prom##*/}" >"$T/prom" 2>>"$T/err"
}
gauge() { sed -n "s/^vscode_remote_shell_$1 //p" "$T/prom"; }
written
is "$(gauge 'sessions{state="running"}')" 2 "two sessions run"
is "$(gauge 'sessions{state="pending"}')" 1 "one waits"
is "$(gauge 'sessions{state="suspended"}')" 0 "none is suspended, which is said"
is "$(gauge 'partition_sessions{partition="down",state="pending"}')" 1 "by partition"
is "$(gauge users)" 2 "two users"
like "$(gauge longest_wait_seconds)" '^[0-9]+$' "how long one waits"
is "$(sed -n 's/.*build_info{version="\(.*\)"} 1$/\1/p' "$T/prom")" \
	"$(root login2 "$VRS" --version | sed -n '1s/.* //p')" "this version"
is "$(tail -n 1 "$T/prom")" "# EOF" "it ends as OpenMetrics does"
is "$(grep -Evc '^(# (HELP|TYPE) [a-z_]+ .+|# EOF|[a-z_]+(\{.*\})? [0-9]+)$' "$T/prom")" \
	0 "no line is of another form"
is "$(root login2 stat -c %a "/var/tmp/dir/${prom##*/}")" 644 "node_exporter may read it"
cp "$T/prom" "$T/before"
rig kill ctl slurmctld STOP >"$T/log/stop" 2>&1
want_rc=69 written --launcher-timeout=3s
is "$(cat "$T/prom")" "$(cat "$T/before")" "without slurmctld it stays as it was"
rig kill ctl slurmctld CONT >"$T/log/cont" 2>&1

# ---- audit -----------------------------------------------------------------

# audited HOST [OPTION...]: by root, with alice's session there
audited() {
	host=$1
	shift
	root "$host" env HOME=/root "$VRS" "$@" audit /home/alice /home/bob \
		>"$T/out" 2>"$T/err"
	rc=$?
}
for host in login1 c1 c2; do
	audited "$host"
	is "$rc $(cat "$T/out" "$T/err")" "0 " "audit: nothing on $host"
done
audited "$(job_node "$one")" --link-port=1-2
is "$rc" 1 "audit: of an agent's port"
like "$(head -n 1 "$T/out")" \
	'^vscode-remote-agent, process [0-9]+ of user 300[12]: listens on ' \
	"that it is not the site's"

# A user's own comment hides it from squeue's line, and not from list.
alice login1 scontrol update "jobid=$one" comment=mine >"$T/log/comment" 2>&1
everybody --no-header
is "$(rows)" "$want" "list needs no comment"
front login1 exit
is "$rc" 0 "and none of them was hurt: exit finds alice's"
is "$(grep -c ' ended$' "$T/err")" 2 "both of them"
root ctl scancel -u bob
root ctl scancel -u root
all_gone "nothing is left"
done_testing
