#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The link of the shell breaks while its front lives: a line that says so, its
# exit status, and no crash when the client goes on typing.
. "$(dirname "$0")/../lib.sh"
need_product
test "$(id -u)" = 0 || skip_all "only root can break a connection (ss -K)"

mkfifo "$T/in"
bg front sh -c "exec $(vrs_command) <'$T/in'"
front=$PID
exec 5>"$T/in"
echo 'echo a-$((1+1))-shell' >&5
ok "a shell answers" wait_for 30 has "$T/log/front.out" a-2-shell

# Control came first, so the shell's descriptor is the higher one.
link=$(ss -Htnp state established dst 127.0.0.1 | grep "pid=$front,fd=" |
	sed 's/^[0-9]* *[0-9]* *127.0.0.1:\([0-9]*\).*fd=\([0-9]*\).*/\2 \1/' |
	sort -n | tail -n 1)
link=${link#* }
if ! ss -K src 127.0.0.1 sport = :"$link" >/dev/null 2>&1 ||
	ss -Htn state established src 127.0.0.1 sport = :"$link" | grep -q .; then
	exec 5>&-
	vrs cancel >/dev/null 2>&1
	skip_all "this kernel does not break connections"
fi
echo 'echo typed on' >&5
ok "the front ends" wait_for 20 gone "$front"
wait "$front" 2>/dev/null
is $? 75 "with the status of a lost link"
like "$(cat "$T/log/front.err")" "connection to the shell in the job broke" \
	"and says so"
exec 5>&-
is "$(agents | wc -l)" 1 "the session stays"
vrs cancel
done_testing
