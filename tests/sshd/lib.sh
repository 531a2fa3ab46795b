# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154,SC2016
# What every ssh client wants of an sshd in the job, as OpenSSH's programs want it,
# in cells: source it after lib.sh, then call sshd_cells. It needs the host `job'
# of $T/ssh_config, and
#	FAR		a directory there, FAR_HERE the same as this machine sees it
#	FAR_PORT	of a web server that shows $T/web, reached from there
#	SFTP_BYTES	so large is the file for sftp
#	SSHD_NAME	what the sshd is called in names and in the table
# Each cell is a row "NAME|CELL|yes, no or why not" of the file $SSHD_TABLE.

to_job() { timeout 120 ssh -F "$T/ssh_config" "$@" 9>&-; }

sshd_cell=
# cell NAME: what follows is about this one
cell() {
	cell_end
	sshd_cell=$1 sshd_failed=$lib_failed sshd_skipped=
}

# cell_without REASON: it cannot be tried here
cell_without() {
	sshd_skipped=$1
	skip 1 "$SSHD_NAME: $sshd_cell: $1"
}

cell_end() {
	test -n "$sshd_cell" || return 0
	sshd_said=yes
	test "$lib_failed" = "$sshd_failed" || sshd_said=no
	echo "$SSHD_NAME|$sshd_cell|${sshd_skipped:-$sshd_said}" >>"$SSHD_TABLE"
	sshd_cell=
}

# at CELL...: the name of a test
at() { echo "$SSHD_NAME: $sshd_cell: $*"; }

far_sum() { to_job -T job "sha256sum <'$1'" </dev/null | cut -c1-64; }
sum_of() { sha256sum <"$1" | cut -c1-64; }

# web CURL-WORD...: the page that leads through what is tried
web() {
	curl -sS --max-time 20 "$@" 2>"$T/curl.err" | cmp -s - "$T/web/page" &&
		return
	diag_file "$T/curl.err"
	return 1
}

cell_exec() {
	cell "exit status"
	to_job -T job 'exit 7' </dev/null 2>"$T/err"
	is $? 7 "$(at 7)" || diag_file "$T/err"
	to_job -T job 'kill -9 $$' </dev/null 2>"$T/err"
	is $? 255 "$(at a signal)"
	to_job -T job true </dev/null
	is $? 0 "$(at 0)"
	is "$(to_job -T job 'cat; echo end' </dev/null)" end "$(at end of stdin)"
	cell stderr
	to_job -T job 'echo err >&2; echo out' </dev/null >"$T/out" 2>"$T/err"
	is "$(cat "$T/out") $(cat "$T/err")" "out err" "$(at each on its own)"
	cell environment
	is "$(to_job -T job 'echo $VSCODE_REMOTE_SHELL_SESSION' </dev/null)" \
		default "$(at "the session's")"
}

cell_terminal() {
	cell "PTY size"
	printf '%s\n' 'see \$ |# ' 'type stty size; tty' 'see 33 101\s' \
		'see /dev/pts/[0-9]' 'size 40x120' \
		'type echo now `stty size`' 'see now 40 120' 'type exit 5' |
		timeout 60 "$PYTHON" "$CLIENTS/terminal.py" 33x101 \
		ssh -F "$T/ssh_config" -tt job >"$T/out" 2>"$T/err"
	is $? 5 "$(at "when it begins, when it changes, and the exit status")" ||
		diag_file "$T/out"
}

cell_files() {
	cell sftp
	printf 'put %s %s/up\nget %s/up %s/down\n' "$T/big" "$FAR" "$FAR" "$T" \
		>"$T/batch"
	timeout 600 sftp -q -F "$T/ssh_config" -b "$T/batch" job >"$T/out" \
		2>"$T/err"
	is $? 0 "$(at "$SFTP_BYTES bytes")" || diag_file "$T/err"
	is "$(far_sum "$FAR/up")" "$(sum_of "$T/big")" "$(at there)"
	is "$(sum_of "$T/down" 2>&1)" "$(sum_of "$T/big")" "$(at and back)"
	rm -f "$T/down"
	sshd_old=$(scp_option)
	for sshd_o in '' $sshd_old; do
		cell "scp${sshd_o:+ $sshd_o}"
		# shellcheck disable=SC2086 # none, or one
		ok "$(at there)" timeout 60 scp $sshd_o -qrp -F "$T/ssh_config" \
			"$T/tree" "job:$FAR/scp$sshd_o"
		# shellcheck disable=SC2086
		ok "$(at and back)" timeout 60 scp $sshd_o -qrp \
			-F "$T/ssh_config" "job:$FAR/scp$sshd_o" "$T/scp$sshd_o"
		ok "$(at the same)" diff -r "$T/tree" "$T/scp$sshd_o"
	done
	cell rsync
	if command -v rsync >/dev/null; then
		ok "$(at there)" timeout 60 rsync -a -e "ssh -F $T/ssh_config" \
			"$T/tree/" "job:$FAR/rsync"
		ok "$(at and back)" timeout 60 rsync -a \
			-e "ssh -F $T/ssh_config" "job:$FAR/rsync/" "$T/rsync"
		ok "$(at the same)" diff -r "$T/tree" "$T/rsync"
	else
		cell_without "rsync is not installed"
	fi
	cell git
	if command -v git >/dev/null; then
		cell_git
	else
		cell_without "git is not installed"
	fi
}

git_here() {
	timeout 60 env GIT_SSH_COMMAND="ssh -F $T/ssh_config" \
		git -c user.name=a -c user.email=a@b -c init.defaultBranch=main \
		"$@" >"$T/git.out" 2>"$T/git.err" && return
	diag_file "$T/git.err"
	return 1
}

cell_git() {
	to_job -T job "git init -q --bare '$FAR/repo.git'" </dev/null
	mkdir "$T/work"
	cp -r "$T/tree" "$T/work/tree"
	git_here init "$T/work" && git_here -C "$T/work" add . &&
		git_here -C "$T/work" commit -m all
	ok "$(at push)" git_here -C "$T/work" push "ssh://job$FAR/repo.git" \
		HEAD:refs/heads/main
	ok "$(at clone)" git_here clone -b main "ssh://job$FAR/repo.git" \
		"$T/clone"
	ok "$(at the same)" diff -r "$T/tree" "$T/clone/tree"
}

# forwarding NAME OPTION...: an ssh that only forwards, $PID
forwarding() {
	sshd_n=$1
	shift
	bg "$sshd_n" timeout 120 ssh -F "$T/ssh_config" -N \
		-o ExitOnForwardFailure=yes "$@" job
}

cell_forwards() {
	cell -L
	sshd_port=$(free_port)
	forwarding L -L "127.0.0.1:$sshd_port:127.0.0.1:$FAR_PORT"
	ok "$(at "a port there")" wait_for 20 listening "$sshd_port"
	ok "$(at "a page")" web "http://127.0.0.1:$sshd_port/page"
	end_pid "$PID"
	cell -R
	forwarding R -R "0:127.0.0.1:$WEB_PORT"
	ok "$(at "a port there")" wait_for 20 has "$T/log/R.err" 'Allocated port'
	sshd_port=$(sed -n 's/^Allocated port \([0-9]*\) .*/\1/p' "$T/log/R.err")
	ok "$(at "a page")" web "http://127.0.0.1:$sshd_port/page"
	end_pid "$PID"
	ok "$(at "and it goes with its ssh")" wait_for 20 not listening \
		"$sshd_port"
	cell -D
	sshd_port=$(free_port)
	forwarding D -D "127.0.0.1:$sshd_port"
	ok "$(at "a proxy")" wait_for 20 listening "$sshd_port"
	ok "$(at "a page")" web --socks5-hostname "127.0.0.1:$sshd_port" \
		"http://127.0.0.1:$FAR_PORT/page"
	end_pid "$PID"
	cell -W
	printf 'GET /page HTTP/1.0\r\n\r\n' | to_job -W "127.0.0.1:$FAR_PORT" \
		job 2>"$T/err" | sed '1,/^\r$/d' >"$T/out"
	same "$T/out" "$T/web/page" "$(at "a page")" || diag_file "$T/err"
	cell "Unix sockets"
	forwarding unix -R "$FAR/r.sock:127.0.0.1:$WEB_PORT" \
		-L "$T/l.sock:$FAR/r.sock"
	ok "$(at "one there and one here")" wait_for 20 test -S "$T/l.sock"
	ok "$(at "a page, there and back")" web --unix-socket "$T/l.sock" \
		http://x/page
	like "$(to_job -T job "ls -l '$FAR/r.sock'" </dev/null)" '^srw-------' \
		"$(at "nobody else can use it")"
	end_pid "$PID"
}

cell_agent() {
	cell agent
	eval "$(ssh-agent -s -a "$T/agent.sock")" >/dev/null
	ssh-add -q "$T/ssh/user" 2>"$T/err"
	is "$(to_job -A -T -o IdentityAgent="$SSH_AUTH_SOCK" job 'ssh-add -L' \
		</dev/null)" "$(ssh-add -L)" "$(at "-A: its keys there")"
	unlike "$(to_job -a -T job 'echo "<$SSH_AUTH_SOCK>"' </dev/null)" \
		"$T/agent" "$(at "not without")"
	kill "$SSH_AGENT_PID"
	unset SSH_AUTH_SOCK SSH_AGENT_PID
}

cell_x11() {
	cell X11
	for sshd_w in Xvfb xauth xdpyinfo; do
		command -v $sshd_w >/dev/null && continue
		cell_without "$sshd_w is not installed"
		return
	done
	to_job -T job 'command -v xauth && command -v xdpyinfo' </dev/null \
		>"$T/out" || {
		cell_without "xauth is not installed there"
		return
	}
	XAUTHORITY=$T/xauthority
	export XAUTHORITY
	# It chooses its number, which it writes down when it is ready.
	xauth -q add :0 . "$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')" \
		2>"$T/err"
	xauth list | while read -r _ sshd_w sshd_key; do
		for sshd_n in $(seq 0 120); do
			echo "add :$sshd_n $sshd_w $sshd_key"
		done
	done >"$T/xauth.in"
	xauth -q source "$T/xauth.in"
	bg xvfb timeout 120 sh -c 'exec Xvfb -displayfd 3 -nolisten tcp \
		-screen 0 321x123x24 -auth "$1" 3>"$2"' - "$XAUTHORITY" "$T/x.number"
	sshd_xvfb=$PID
	ok "$(at "a screen")" wait_for 20 has "$T/x.number" '^[0-9]+$'
	for sshd_o in -X -Y; do
		DISPLAY=:$(cat "$T/x.number") to_job $sshd_o -T job \
			'xdpyinfo; echo $DISPLAY' </dev/null >"$T/out" 2>"$T/err"
		like "$(cat "$T/out")" '321x123 pixels' "$(at "$sshd_o")" ||
			diag_file "$T/err"
		like "$(tail -n 1 "$T/out")" '^localhost:1[0-9]' \
			"$(at "$sshd_o: by its own port")"
	done
	end_pid "$sshd_xvfb"
	unset XAUTHORITY
}

cell_mux() {
	cell "40 sessions of one"
	bg master timeout 120 ssh -F "$T/ssh_config" -o "ControlPath=$T/mux" \
		-o ControlMaster=yes -N job
	ok "$(at "a master")" wait_for 20 test -S "$T/mux"
	rm -f "$T"/many.*
	sshd_pids=
	# Each stays until all are there.
	for sshd_n in $(seq 40); do
		to_job -T -o "ControlPath=$T/mux" job "echo $sshd_n >>$FAR/there
			until test \$(wc -l <$FAR/there) -ge 40; do sleep 0.1; done
			echo $sshd_n" </dev/null >"$T/many.$sshd_n" 2>"$T/many.err" &
		sshd_pids="$sshd_pids $!"
	done
	for sshd_n in $sshd_pids; do wait "$sshd_n"; done
	is "$(cat "$T"/many.[0-9]* | sort -n | tr '\n' ' ')" \
		"$(seq 40 | tr '\n' ' ')" "$(at "all at once")" ||
		diag_file "$T/many.err"
	to_job -o "ControlPath=$T/mux" -O exit job 2>"$T/err"
}

# What is carried, and the server with the page.
sshd_things() {
	mkdir -p "$T/tree/a dir" "$T/web"
	head -c 300000 /dev/urandom >"$T/tree/a dir/data"
	: >"$T/tree/empty"
	printf '#!/bin/sh\n' >"$T/tree/program"
	chmod 755 "$T/tree/program"
	head -c 1000000 /dev/urandom >"$T/web/page"
	head -c "$SFTP_BYTES" /dev/urandom >"$T/big"
	bg web timeout 1500 "$PYTHON" -u -m http.server --bind 127.0.0.1 \
		--directory "$T/web" 0
	wait_for 20 has "$T/log/web.out" ' port [0-9]+' || die "no web server"
	WEB_PORT=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$T/log/web.out")
	FAR_PORT=${FAR_PORT:-$WEB_PORT}
}

sshd_cells() {
	sshd_things
	cell_exec
	cell_terminal
	cell_files
	cell_forwards
	cell_agent
	cell_x11
	cell_mux
	cell_end
}
