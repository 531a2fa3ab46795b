#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# ProxyCommand: ssh clients that are not OpenSSH, in one session: paramiko, asyncssh,
# npm's ssh2, plink, dbclient, Emacs TRAMP.
# shellcheck disable=SC2016 # for shells there
if test -z "$LIB_BOUND"; then
	# By whoever runs the tests and outside of the test's HOME.
	ssh2=$(timeout 300 sh "$(dirname "$0")/../sshd/ssh2.sh" 2>&1 | tail -n 1)
	export ssh2
fi
. "$(dirname "$0")/../lib.sh"
need_product
PATH=$PATH:/usr/sbin:/usr/local/sbin
command -v sshd >/dev/null || skip_all "no sshd"
sshd_start
at_exit vrs_end

proxy="$(vrs_command) proxy"
proxy_host 'job job2' "$proxy" 'RequestTTY auto'
vrs proxy --known-hosts job >"$T/known" 2>"$T/err" || diag_file "$T/err"

mkdir "$T/far" "$T/web"
head -c 3000000 /dev/urandom >"$T/data"
head -c 100000 /dev/urandom >"$T/web/page"
bg web timeout 900 "$PYTHON" -u -m http.server --bind 127.0.0.1 \
	--directory "$T/web" 0
ok "a web server" wait_for 20 has "$T/log/web.out" ' port [0-9]+'
port=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$T/log/web.out")
sum() { sha256sum <"$1" | cut -c1-64; }
data=$(sum "$T/data")
user=$(id -un)
ok "the session begins" ssh_to job true 2>"$T/err" || diag_file "$T/err"
agent=$(agents)

# ---- libraries -------------------------------------------------------------

cat >"$T/want" <<END
status=7 out=out err=err
stdin=$data
session=default
size=40 120
there=$data
back=$data
page=$(sum "$T/web/page")
from there=from here
END

# library NAME COMMAND...: does all of that
library() {
	lib_name=$1
	shift
	timeout 90 "$@" "$proxy" "$user" "$T/ssh/user" "$T/known" "$T/far" \
		"$T/data" "$port" >"$T/got" 2>"$T/err"
	same "$T/got" "$T/want" "$lib_name: commands, bytes, a terminal, sftp, forwards" || {
		diff "$T/got" "$T/want" | sed 's/^/# /'
		diag_file "$T/err"
	}
}

# python_library NAME PROGRAM
python_library() {
	if $PYTHON -c "import $1" 2>/dev/null; then
		library "$1" "$PYTHON" "$CLIENTS/$2"
	else
		skip 1 "$1 is not installed"
	fi
}
python_library paramiko with_paramiko.py
python_library asyncssh with_asyncssh.py
if test -d "$ssh2"; then
	library ssh2 node "$CLIENTS/with_ssh2.js" "$ssh2"
else
	skip 1 "$ssh2"
fi

# ---- programs --------------------------------------------------------------

if command -v plink >/dev/null && command -v puttygen >/dev/null; then
	puttygen "$T/ssh/user" -o "$T/user.ppk"
	key=$(cut -d' ' -f2- "$T/known" >"$T/key.pub" &&
		ssh-keygen -lf "$T/key.pub" | cut -d' ' -f2)
	putty() {
		lib_program=$1
		shift
		timeout 60 "$lib_program" -batch -proxycmd "$proxy" -hostkey "$key" \
			-i "$T/user.ppk" "$@" 2>"$T/err" || {
			lib_rc=$?
			diag_file "$T/err"
			return $lib_rc
		}
	}
	is "$(putty plink "$user@job" 'cat; exit 7' <"$T/data" | sha256sum |
		cut -c1-64)" "$data" "plink: bytes there and back"
	putty plink "$user@job" 'exit 7' >"$T/out"
	is $? 7 "plink: the exit status"
	printf 'put %s %s/plink\nget %s/plink %s/plink\n' "$T/data" "$T/far" \
		"$T/far" "$T" | putty psftp -b /dev/stdin "$user@job" >"$T/out"
	is "$(sum "$T/far/plink") $(sum "$T/plink")" "$data $data" "psftp"
else
	skip 3 "putty-tools are not installed"
fi

if command -v dbclient >/dev/null && command -v dropbearconvert >/dev/null; then
	dropbearconvert openssh dropbear "$T/ssh/user" "$T/user.db" 2>"$T/err" ||
		diag_file "$T/err"
	mkdir -p "$HOME/.ssh"
	cp "$T/known" "$HOME/.ssh/known_hosts"
	dropbear() {
		timeout 60 dbclient -J "$proxy" -i "$T/user.db" "$user@job" \
			"$@" 2>"$T/err"
	}
	is "$(dropbear 'cat; exit 7' <"$T/data" | sha256sum | cut -c1-64)" "$data" \
		"dbclient: bytes there and back" || diag_file "$T/err"
	dropbear 'exit 7' </dev/null
	is $? 7 "dbclient: the exit status"
else
	skip 2 "dropbear is not installed"
fi

if command -v emacs >/dev/null; then
	mkdir "$T/bin" "$T/far/emacs"
	for p in ssh scp; do
		printf '#!/bin/sh\nexec %s -F %s "$@"\n' "$(command -v $p)" \
			"$T/ssh_config" >"$T/bin/$p"
		chmod 755 "$T/bin/$p"
	done
	PATH=$T/bin:$PATH timeout 90 emacs -Q --batch -l "$CLIENTS/with_tramp.el" \
		"$T/far/emacs" "$T/data" >"$T/got" 2>"$T/err" </dev/null
	cat >"$T/want" <<-END
	file=first,second line,
	status=7 there=$data
	back=$data
	session=default
	there is=another,tramp
	beside=yes
	END
	same "$T/got" "$T/want" "TRAMP: files, commands, a program beside it" || {
		diff "$T/got" "$T/want" | sed 's/^/# /'
		diag_file "$T/err"
	}
else
	skip 1 "emacs is not installed"
fi
is "$(agents)" "$agent" "all of them in the same job"
done_testing
