#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# To be double-clicked on your own computer, macOS or Linux: starts a tool in your
# session on the cluster, or finds it, and opens it in your browser. One ssh does
# both, so a second factor is asked for once. Close the terminal, or Ctrl-C, to leave
# the tool; it stays in the session. Make it executable (chmod +x), and change these:
host=cluster			# as for ssh
app=jupyterlab			# see `vscode-remote-shell apps`
session=default
program=vscode-remote-shell	# on the cluster

dir=$(mktemp -d) || exit
ssh=
# In the background it hears no Ctrl-C.
trap 'test -z "$ssh" || kill "$ssh" 2>/dev/null; rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
ssh -o RemoteCommand=none -o RequestTTY=no -o ControlMaster=yes \
	-o ControlPath="$dir/ssh" -o ControlPersist=no -o ServerAliveInterval=30 \
	"$host" "$program" app "$app" "$session" >"$dir/lines" &
ssh=$!
until grep -q ^http "$dir/lines"; do
	kill -0 $ssh 2>/dev/null || exit
	sleep 0.2
done
# The first line has what to forward, the second the URL, maybe a third a password.
forward=$(sed -n 's/^ssh -L \([^ ]*\) .*/\1/p' "$dir/lines")
url=$(sed -n 's/^http/http/p' "$dir/lines")
sed 1d "$dir/lines"
ssh -o ControlPath="$dir/ssh" -O forward -L "$forward" "$host" || exit
if command -v xdg-open >/dev/null; then
	xdg-open "$url"
else
	open "$url"
fi
wait $ssh
