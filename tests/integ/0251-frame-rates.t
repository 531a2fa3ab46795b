#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Who has the session's key, a process of the job, says frames that make a front
# work: each has a rate. The scheduler is not asked as often as somebody likes.
. "$(dirname "$0")/../lib.sh"
need_product

printf '#!/bin/sh\nexec "%s" "%s" flood "$@"\n' "$PYTHON" \
	"$CLIENTS/link.py" >"$T/agent"
printf '#!/bin/sh\necho "$1" >>"%s"\nexec "%s" "$@"\n' "$T/verbs" \
	"$BUILD/launch-local" >"$T/launcher"
chmod 755 "$T/agent" "$T/launcher"
at_exit flood_end
flood_end() { vrs_end; }
timeout 60 "$BUILD/vscode-remote-shell" --launcher="$T/launcher" \
	--state-dir="$VRS_STATE" --linger=0 --agent="$T/agent" </dev/null \
	>"$T/out" 2>"$T/err"
ok "it was tried" has "$T/err" 'notice 0$'
shown=$(grep -cE '(notice|error) [0-9]+$' "$T/err")
ok "20 lines are shown, and a few more: $shown of 1200" \
	test "$shown" -ge 20 -a "$shown" -le 25
# Two or three to start, six for the agent, a few at the end.
asked=$(grep -c find "$T/verbs")
ok "the scheduler is asked a few times: $asked" \
	test "$asked" -ge 7 -a "$asked" -le 14
done_testing
