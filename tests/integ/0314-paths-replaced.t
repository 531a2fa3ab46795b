#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What agent and launcher come back to by a name, when a cleaner has removed it
# and another user has put a symlink there that leads to files of ours: nothing
# behind it is touched. A /tmp of its own, since he takes names in it.
. "$(dirname "$0")/../own-tmp.sh"
. "$(dirname "$0")/../lib.sh"
need_product
test -n "$VRS_OWN_TMP" || skip_all "needs root, and a tree that is not below /tmp"
PATH=$PATH:/usr/sbin:/usr/local/sbin
at_exit vrs_end
he() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }

# ---- the files of an sshd --------------------------------------------------

if command -v sshd >/dev/null; then
	mkfifo "$T/in"
	timeout 60 "$BUILD/vscode-remote-shell" --launcher=local --linger=0 \
		--state-dir="$VRS_STATE" proxy <>"$T/in" >"$T/out" \
		2>"$T/log/proxy.err" &
	proxy=$!
	ok "an sshd answers" wait_for 30 has "$T/out" '^SSH-2'
	run=$(find /tmp -maxdepth 1 -name 'vscode-remote-shell.*')
	mkdir -p "$T/ours/sshd"
	for file in "$run"/sshd/*; do
		echo precious >"$T/ours/sshd/${file##*/}"
	done
	files=$(find "$T/ours" -type f | wc -l)
	ok "it has files" test "$files" -ge 2
	mv "$run" "$T/taken"
	he ln -s "$T/ours" "$run"
	kill "$proxy"
	wait "$proxy"
	ours() { test -z "$(find "$T/taken/sshd" -type f)"; }
	ok "they go with the connection, from where they are" wait_for 10 ours
	is "$(find "$T/ours" -type f | wc -l)" "$files" \
		"what the symlink leads to stays"
	vrs cancel >"$T/log/cancel" 2>&1
	ok "also at the end of the session" test -L "$run"
	is "$(find "$T/ours" -type f | wc -l)" "$files" "with all that is in it"
else
	skip 6 "there is no sshd"
fi
ok "that agent is gone" wait_for 10 no_agents

# ---- the session's folder --------------------------------------------------

state=/tmp/mine/state
mkdir -m 700 /tmp/mine "$state"
echo true | timeout 60 "$BUILD/vscode-remote-shell" --launcher=local \
	--linger=0 --idle-timeout=10m --state-dir="$state" >"$T/out" 2>"$T/err"
is $? 0 "a session whose state is in /tmp" || diag_file "$T/err"
agent=$(sed -n "s/^pid=//p" "$state/local/1")
tag=$(find "$state" -mindepth 1 -maxdepth 1 -name '????????????????' -printf %f)
mv /tmp/mine "$T/old"
mkdir -p "$T/other/state/$tag"
echo precious >"$T/other/state/$tag/file"
he ln -s "$T/other" /tmp/mine
kill "$agent"
ok "it ends" wait_for 20 gone "$agent"
removed() { test ! -e "$T/old/state/$tag"; }
ok "its folder goes, from where it is" wait_for 10 removed
is "$(cat "$T/other/state/$tag/file")" precious "what has its name now stays"
rm /tmp/mine

# ---- the log of a local job ------------------------------------------------

mkdir -p "$T/other/log"
he ln -s "$T/other/log" /tmp/logs
mkdir -m 700 "$T/state2"
printf '%s\n' "state-dir=$T/state2" session=x tag=0123456789abcdef \
	command=/bin/true log=/tmp/logs/agent.log chdir=/ env=A=b '' |
	timeout 20 "$BUILD/launch-local" submit >"$T/out" 2>"$T/err"
like "$(cat "$T/out")" '^job=1$' "a job whose log is behind a symlink of his"
over() { ! pgrep -f '^/bin/true --job=1' >"$T/pgrep"; }
ok "it is over" wait_for 10 over
is "$(find "$T/other/log" -type f)" "" "nothing is written there"

# ---- a network's -----------------------------------------------------------

# What the agent's loop comes back to is on file systems of the node: a node whose
# /tmp takes nothing has others. FUSE stands for a network.
on_node() { # NAME TMPDIR XDG_RUNTIME_DIR
	cat >"$T/agent.in" <<-END
		mount --rbind /tmp /tmp &&
			mount -o remount,bind,ro /tmp && mount --rbind '$T' '$T' &&
			mount -o remount,bind,rw '$T' || exit 1
		export TMPDIR='$2' XDG_RUNTIME_DIR='$3'
		exec '$BUILD/vscode-remote-agent' "\$@"
	END
	printf '%s\n' '#!/bin/sh' \
		"exec unshare -m --propagation private sh '$T/agent.in' \"\$@\"" \
		>"$T/agent"
	chmod 755 "$T/agent"
	# shellcheck disable=SC2016 # for the session's shell
	echo 'echo "$XDG_RUNTIME_DIR"' | timeout 60 \
		"$BUILD/vscode-remote-shell" --launcher=local --linger=0 \
		--state-dir="$VRS_STATE" --agent="$T/agent" \
		>"$T/out" 2>"$T/log/$1.err"
	vrs cancel >"$T/log/cancel" 2>&1
	wait_for 10 no_agents
	cat "$T/out"
}
mkdir -m 700 "$T/disk" "$T/net" "$T/run-of-node"
unmount() { umount "$T/net"; } 2>/dev/null
if test -e /dev/fuse && command -v bindfs >/dev/null &&
	bindfs "$T/disk" "$T/net"
then
	at_exit unmount
	mount -t tmpfs -o mode=1777 none /dev/shm
	like "$(on_node tmpdir "$T/disk" "$T/net")" \
		"^$T/disk/vscode-remote-shell\.[^/]*/run\$" \
		"neither /tmp nor a network's XDG_RUNTIME_DIR: TMPDIR"
	like "$(on_node memory "$T/net" "$T/net")" \
		'^/dev/shm/vscode-remote-shell\.[^/]*/run$' \
		"and no TMPDIR of a network: memory"
	is "$(find /dev/shm "$T/disk" -name 'vscode-remote-shell.*')" "" \
		"nothing stays there"
	is "$(on_node given "$T/net" "$T/run-of-node")" "$T/run-of-node" \
		"XDG_RUNTIME_DIR on a disk of the node is used"
else
	skip 4 "cannot mount FUSE"
fi
done_testing
