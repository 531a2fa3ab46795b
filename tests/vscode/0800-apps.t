#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# code-server and Jupyter Notebook in a session, in a real browser, through ssh -L to
# the socket of `app`: the user logs in, and a terminal or a kernel answers. Then the ssh is cut,
# and the next one with the same line does it again. Pictures are in build/workbench.
# shellcheck disable=SC2016,SC2154 # expanded in the job; from lib.sh
. "$(dirname "$0")/lib.sh"
need_product
chromium=$(command -v chromium || command -v chromium-browser) ||
	skip_all "chromium is not installed"
command -v sshd >/dev/null || skip_all "sshd is not installed"
at_exit vrs_end
pictures=$BUILD/workbench/$VERSION
mkdir -p "$pictures" "$T/bin" "$HOME/.jupyter"
printf '#!/bin/sh\nexec %s %s "$@"\n' "$VRS_VSCODE/server/node" \
	"$VRS_VSCODE/modules/code-server/out/node/entry.js" >"$T/bin/code-server"
chmod +x "$T/bin/code-server"
echo "PATH=$T/bin:\$PATH PS1='\$ '" >"$HOME/.profile"
# Root may not, as others may.
for i in NotebookApp:notebook ServerApp:server; do
	echo "{\"${i%:*}\": {\"allow_root\": true}}" \
		>"$HOME/.jupyter/jupyter_${i#*:}_config.json"
done
cat >"$HOME/sum.ipynb" <<'END'
{"cells": [{"cell_type": "code", "execution_count": null, "metadata": {},
  "outputs": [], "source": ["print('sum-%d' % (6 * 7))"]}],
 "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python",
  "name": "python3"}}, "nbformat": 4, "nbformat_minor": 4}
END
sshd_start
vrs --linger=0 --idle-timeout=10m >"$T/log/start" 2>&1 || die "no session"

# through NAME APP: an ssh that forwards $HERE to it and runs `app'; its URL in $URL
through() {
	bg "$1" ssh -T -F "$T/ssh_config" -o ExitOnForwardFailure=yes \
		${PLACE:+-L "$HERE:$PLACE"} plain \
		"$(vrs_command app --client-port="$HERE" "$2")"
	SSH=$PID
	wait_for 90 is_told "$T/log/$1.out"
	has "$T/log/$1.out" '^http' || return 1
	PLACE=$(sed -n 's/^ssh -L [0-9]*:\([^ ]*\) .*/\1/p' "$T/log/$1.out")
	URL=$(grep '^http' "$T/log/$1.out")
	PASSWORD=$(sed -n 's/^password: //p' "$T/log/$1.out")
}
is_told() { has "$1" '^http' || gone "$SSH"; }
# browse APP: what the browser says
browse() {
	timeout 280 "$VRS_VSCODE/server/node" "$CLIENTS/apps.js" \
		"$VRS_VSCODE/modules" "$chromium" "$1" "$URL" \
		"$pictures/$1.png" "$PASSWORD" 2>"$T/log/browser.err"
}

for app in code-server notebook; do
	# Of older versions npm has not all that it needs, without compiling it.
	case $app in
	notebook) command -v jupyter-notebook ;;
	*) "$T/bin/code-server" --version ;;
	esac >"$T/log/there" 2>&1 || {
		skip 3 "$app is not there"
		continue
	}
	HERE=$(free_port) PLACE=
	through "$app-place" $app ||
		die "$app: $(cat "$T/log/$app-place.err")"
	kill -9 "$SSH"
	through "$app-first" $app
	is "$(browse $app)" ok "$app: what is typed in a browser is answered"
	kill -9 "$SSH"
	wait "$SSH" 2>/dev/null
	through "$app-second" $app
	same "$T/log/$app-second.out" "$T/log/$app-first.out" \
		"$app: after a cut the same line, URL and password"
	is "$(browse $app)" ok "$app: and by them it does so again"
	end_pid "$SSH"
done
done_testing
