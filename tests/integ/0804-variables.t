#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Each key of the settings has a variable, VSCODE_REMOTE_SHELL_KEY: what counts more
# and what less, which config and --dry-run tell, and what the job sees of it.
# shellcheck disable=SC2016,SC2154 # for shells there; from settings.sh
. "$(dirname "$0")/../settings.sh"
cat >"$user/config" <<'END'
linger = 1m
idle-timeout = 20m
[profile p]
idle-timeout = 30m
END

# value KEY [WORD...]: what config tells of it
value() {
	lib_key=$1
	shift
	"$vrs" config "$@" 2>"$T/err" | sed -n "s/^$lib_key  *//p" | sed 's/  */ /g'
}
with() { VSCODE_REMOTE_SHELL_LINGER=2m VSCODE_REMOTE_SHELL_IDLE_TIMEOUT=40m "$@"; }
is "$(with value linger)" "2m variable, VSCODE_REMOTE_SHELL_LINGER" \
	"more than the user's file"
is "$(with value idle-timeout p)" "30m profile, $user/config:4" \
	"less than a profile"
is "$(with value idle-timeout --idle-timeout=50m p)" "50m command line" \
	"and than what is typed"
# All keys that are shown have one, and those that are not texts take what is shown.
"$vrs" config >"$T/out"
n=$(grep -c . "$T/out")
ok "$n keys" test "$n" -ge 50
for key in $(sed 's/ .*//' "$T/out"); do
	case $key in session | help-url | banner | forward-hosts | syslog | event-log) continue ;; esac
	name=VSCODE_REMOTE_SHELL_$(echo "$key" | tr a-z- A-Z_)
	text=$(sed -n "s/^$key  *//p" "$T/out" | sed 's/  *\(default\|user,\).*//; s/ -$//; s/^-$//')
	test -n "$text" || text=/x
	case $key in
	profile) text=p ;;
	bridge-command) text=none ;;
	*-arg) text=--time=5 ;;
	*-env) text=A=1 ;;
	signal) text=USR1 ;;
	prefetch-url) text=https://mirror/%c ;;
	prefetch-extensions) text=a.b ;;
	link-address | listen-host | outbound-allow | login-host) text=127.0.0.1 ;;
	esac
	env "$name=$text" "$vrs" config >"$T/one" 2>"$T/err" ||
		diag_file "$T/err"
	grep -qE "^$key .*, $name( |\$|;)" "$T/one" || echo "$key=$text"
done >"$T/without"
is "$(cat "$T/without")" '' "each has its variable"

# ---- a job -------------------------------------------------------------------

export VSCODE_REMOTE_SHELL_IDLE_TIMEOUT=25m
export VSCODE_REMOTE_SHELL_SALLOC_ARG='-p devel -t 30'
vrs --dry-run >"$T/out" 2>"$T/err"
is $? 0 "--dry-run" || diag_file "$T/err"
like "$(cat "$T/out")" 'idle-timeout.*variable VSCODE_REMOTE_SHELL_IDLE_TIMEOUT' \
	"tells of one" || diag_file "$T/out"
unset VSCODE_REMOTE_SHELL_SALLOC_ARG
printf 'echo here; env\n' | "$vrs" --launcher=local \
	--state-dir="$VRS_STATE" --linger=0 >"$T/out" 2>"$T/err"
like "$(cat "$T/out")" '^here$' "a session" || diag_file "$T/err"
is "$(grep '^VSCODE_REMOTE_SHELL_[^S]' "$T/out")" '' "none is in the job"
like "$(vrs status --json)" '"idle_timeout": 1500' "but what it said counts"
export VSCODE_REMOTE_SHELL_IDLE_TIMEOUT=soon
vrs alloc other >"$T/out" 2>"$T/err"
is $? 78 "a bad value"
like "$(cat "$T/err")" "VSCODE_REMOTE_SHELL_IDLE_TIMEOUT: idle-timeout: 'soon'" \
	"is told"
unset VSCODE_REMOTE_SHELL_IDLE_TIMEOUT
export VSCODE_REMOTE_SHELL_PROFILE=typo
vrs list >"$T/out" 2>"$T/err"
is $? 64 "a profile that there is not: 64, as of one that is typed"
is "$(cat "$T/err")" \
	"vscode-remote-shell: VSCODE_REMOTE_SHELL_PROFILE: there is no profile 'typo'; there are: p" \
	"by which variable is told"
unset VSCODE_REMOTE_SHELL_PROFILE
done_testing
