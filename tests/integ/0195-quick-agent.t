#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# An agent that calls while its front still asks whether its job is the one that
# counts. The front once started a session for the call and one for the answer,
# the first with a job that had no name yet.
. "$(dirname "$0")/../lib.sh"
need_product

# The answer to the look behind the submit comes when the agent has called.
cat >"$T/launch-late" <<END
#!/bin/sh
if test "\$1" = submit; then
	: >'$T/submitted'
elif test "\$1" = find && test -e '$T/submitted'; then
	n=0
	until grep -qs 'told .* where we are' '$VRS_STATE'/*/agent.log ||
		test \$((n += 1)) -gt 100; do
		sleep 0.1
	done
	sleep 0.3	# for the call to arrive; too early finds nothing wrong
fi
exec '$BUILD/launch-local' "\$@"
END
chmod 755 "$T/launch-late"
at_exit vrs_end

printf 'echo pid $$; read -r x; echo "heard $x"\nhello\n' |
	timeout 30 "$BUILD/vscode-remote-shell" --launcher="$T/launch-late" \
		--link-address=127.0.0.1 --state-dir="$VRS_STATE" --linger=0 \
		--idle-timeout=10m -vv >"$T/out" 2>"$T/err"
is $? 0 "the session ends well"
like "$(cat "$VRS_STATE"/*/agent.log)" "told .* where we are" \
	"the agent has called"
is "$(grep -c "session 'default' is job" "$T/err")" 1 "one session is found"
like "$(grep "session 'default' is job" "$T/err")" "is job [0-9]+ on " \
	"and its job has a name"
is "$(grep -c '^pid' "$T/out")" 1 "there is one shell"
like "$(cat "$T/out")" '^heard hello$' "which hears its stdin"
done_testing
