#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What a site and a user want to be run: at a submission, at start and end of the
# job, and by each shell before what it is for.
# shellcheck disable=SC2016,SC2154 # for shells there; from settings.sh
. "$(dirname "$0")/../settings.sh"
PATH=$PATH:/usr/sbin:/usr/local/sbin

over() {
	says 0 cancel --all
	a_while "$VRS_STATE"
}

# ---- stages ------------------------------------------------------------------

cat >"$user/config" <<END
pre-submit = "env | grep '^VSCODE_REMOTE' | sort >'$T/pre'; echo told; echo pre >>'$T/ran'"
pre-submit = echo pre2 >>'$T/ran'
post-submit = "env | grep '^VSCODE_REMOTE' | sort >'$T/post'; echo post >>'$T/ran'"
job-start = "env | grep '^VSCODE_REMOTE' | grep -v RUNTIME_DIR | sort >'$T/start'; echo start >>'$T/ran'"
job-end = "env | grep '^VSCODE_REMOTE' | sort >'$T/end'; echo end >>'$T/ran'"
[profile p]
salloc-arg = "--comment=a b"
END
echo 'echo shell >>"$T/ran"; cat' >"$T/script"
T=$T typed -e T p <"$T/script"
is $? 0 "a session with hooks" || diag_file "$T/err"
is "$(cat "$T/out")" '' "nothing of theirs goes to the client"
like "$(err)" '^told$' "but to the user"
says 0 alloc p
over
wait_for 10 has "$T/ran" end
# The job may start before who submitted it has its answer.
is "$(grep -v post "$T/ran" | tr '\n' ' ')" 'pre pre2 start shell end ' \
	"each once, in this order"
is "$(grep -v start "$T/ran" | head -n 3 | tr '\n' ' ')" 'pre pre2 post ' \
	"and what is after the submit"
job=$(sed -n 's/^VSCODE_REMOTE_JOB=//p' "$T/post")
ok "post-submit knows the job" test -n "$job"
is "$(cat "$T/pre")" "VSCODE_REMOTE_EVENT=pre-submit
VSCODE_REMOTE_OPTIONS='--comment=a b'
VSCODE_REMOTE_PROFILE=p
VSCODE_REMOTE_SHELL_SESSION=p" "what pre-submit knows"
is "$(cat "$T/post")" "VSCODE_REMOTE_EVENT=post-submit
VSCODE_REMOTE_JOB=$job
VSCODE_REMOTE_OPTIONS='--comment=a b'
VSCODE_REMOTE_PROFILE=p
VSCODE_REMOTE_SHELL_SESSION=p" "and post-submit"
is "$(cat "$T/start")" "VSCODE_REMOTE_EVENT=job-start
VSCODE_REMOTE_JOB=$job
VSCODE_REMOTE_PROFILE=p
VSCODE_REMOTE_REASON=the session's job has started
VSCODE_REMOTE_SHELL_SESSION=p" "and job-start"
like "$(cat "$T/end")" '^VSCODE_REMOTE_EVENT=job-end
VSCODE_REMOTE_JOB=.*
VSCODE_REMOTE_PROFILE=p
VSCODE_REMOTE_REASON=..*
VSCODE_REMOTE_SHELL_SESSION=p$' "and job-end"

# ---- failures ----------------------------------------------------------------

printf '' >"$user/config"
says 69 --pre-submit='exit 3' --pre-submit="echo no >'$T/no'" alloc
is "$(err)" "pre-submit: 'exit 3' ended with status 3; no job was submitted" \
	"a failure stops it"
ok "and those behind it" test ! -e "$T/no"
says 0 list --no-header
is "$(cat "$T/out")" '' "there is no job"
says 69 --hook-timeout=1s --pre-submit='sleep 60' alloc
is "$(err)" "pre-submit: 'sleep 60' was killed, it took more than 1 s; no job was submitted" \
	"so does one that takes too long"
says 0 --pre-submit='-exit 3' --post-submit='exit 4' alloc
like "$(err)" "post-submit: 'exit 4' ended with status 4" \
	"one behind the submit does not, nor one with a -"
over
says 69 --job-start="echo said; exit 5" alloc
like "$(err)" "job-start: 'echo said; exit 5' ended with status 5" \
	"the start of a job"
like "$(err)" '^  said$' "and what it printed"
over
# The signal of an impatient user.
vrs --pre-submit='sleep 60' alloc >"$T/out" 2>"$T/err" </dev/null &
front=$!
wait_for 10 sh -c 'pgrep -P '$front' -x sh >/dev/null || pgrep -P '$front' sleep >/dev/null ||
	pgrep -g "$(pgrep -P '$front' | head -n 1)" >/dev/null'
kill -TERM $front
wait $front
is $? 143 "a hook keeps nobody from leaving"

# ---- prologue ----------------------------------------------------------------

cat >"$user/config" <<'END'
[profile p]
prologue = export FROM=prologue; echo noise
prologue = "cat; unset NOTHING; true"
END
printf 'echo "$FROM $-"; cat <<X\nmore\nX\n' | typed p
is $? 0 "a prologue before an editor's shell" || diag_file "$T/err"
like "$(cat "$T/out")" '^prologue .*
more$' "which reads all of its script, and nobody else says something"
like "$(err)" '^noise$' "what it prints is an error"
says 0 shell p -- 'echo $FROM; exit 0'
is "$(cat "$T/out")" prologue "a command"
says 7 shell p -- 'exit 7'
says 0 config p
like "$(cat "$T/out")" "^prologue  *'export FROM=prologue; echo noise'" "in config"
if command -v script >/dev/null; then
	script -qec "$(vrs_command) shell p -- 'echo =\$FROM='" /dev/null \
		</dev/null >"$T/out" 2>&1
	like "$(cat "$T/out")" =prologue= "at a terminal"
else
	skip 1 "no script(1)"
fi
if command -v sshd >/dev/null && command -v sftp >/dev/null; then
	ssh-keygen -q -t ed25519 -N '' -f "$T/key" || die "no key"
	vrs proxy --known-hosts job >"$T/known" 2>"$T/err"
	cat >"$T/ssh_config" <<-END
	Host job
		User $(id -un)
		IdentityFile $T/key
		IdentityAgent none
		BatchMode yes
		UserKnownHostsFile $T/known
		StrictHostKeyChecking yes
		ProxyCommand $(vrs_command) proxy p
	END
	is "$(ssh -F "$T/ssh_config" job 'echo $FROM' 2>"$T/err")" prologue \
		"an ssh client's command" || diag_file "$T/err"
	ssh -F "$T/ssh_config" job 'exit 9' 2>"$T/err"
	is $? 9 "with its status"
	is "$(echo data | ssh -F "$T/ssh_config" job 'cat; echo "it'\''s \"$FROM\""' \
		2>"$T/err")" "data
it's \"prologue\"" "its input and its quotes"
	is "$(echo 'echo $FROM' | ssh -F "$T/ssh_config" job 2>/dev/null |
		tail -n 1)" prologue "and a shell"
	echo content >"$T/file"
	echo "put $T/file $T/copied" | sftp -q -b - -F "$T/ssh_config" job \
		>"$T/out" 2>&1
	is "$(cat "$T/copied")" content "sftp works" || diag_file "$T/out"
	ok "scp, too" scp -q -F "$T/ssh_config" "$T/file" "job:$T/copied2"
	ok "and the old scp" scp_old -q -F "$T/ssh_config" "$T/file" "job:$T/copied3"
else
	skip 1 "no sshd"
fi
over
printf '[profile p]\nprologue = (exit 4)\n' >"$user/config"
says 0 alloc p
says 0 shell p -- true
is "$(err)" "the prologue has ended with status 4" \
	"one that fails is told, and what is behind it runs"
over

# ---- unattended --------------------------------------------------------------

# A shell is open at which nobody is, and one that says much.
{ sleep 60 & echo $! >"$T/sleep"; wait $!; } |
	typed --unattended-timeout=4s --idle-timeout=0 &
front=$!
wait_for 20 has "$T/err" 'since somebody is connected but nobody works in it'
wait_for 20 has "$T/err" 'nobody worked in it for the unattended timeout'
ok "a session at which nobody is ends, with a warning before" \
	has "$T/err" "session 'default' ends in 1 second"
kill "$(cat "$T/sleep")" 2>/dev/null
wait $front
a_while "$VRS_STATE"
printf 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do head -c 2000 /dev/zero; sleep 0.5; done; echo all\n' |
	typed --unattended-timeout=4s --idle-timeout=0
is $? 0 "one that says 240 kB a minute does not"
like "$(tr -d '\0' <"$T/out")" '^all$' "and goes on"
done_testing
