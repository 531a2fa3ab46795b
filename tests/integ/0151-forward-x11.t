#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# --forward-x11: one display in the job leads to that of whatever connection is there,
# with a cookie of the session's own file. Two screens of different sizes tell which.
# shellcheck disable=SC2016 # for shells there
. "$(dirname "$0")/../lib.sh"
need_product
for x_w in Xvfb xauth xdpyinfo; do
	command -v $x_w >/dev/null || skip_all "$x_w is not installed"
done
sshd_start
at_exit vrs_end

# A login node that forwards X11.
port2=$(free_port)
sed "s|^Port .*|Port $port2|" "$T/ssh/sshd_config" >"$T/ssh/sshd_config2"
echo 'X11Forwarding yes' >>"$T/ssh/sshd_config2"
bg sshd2 timeout 900 "$(command -v sshd)" -D -e -f "$T/ssh/sshd_config2"
ok "an sshd that forwards X11" wait_for 10 has "$T/log/sshd2.err" "Server listening"
printf '[127.0.0.1]:%s %s\n' "$port2" "$(cat "$T/ssh/host.pub")" \
	>>"$T/ssh/known_hosts"

# screen NAME SIZE: an X server with a cookie of its own, and that of any display
# number, since it chooses its own; its number is in $T/NAME.number
screen() {
	x_key=$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')
	for x_n in $(seq 0 120); do
		echo "add :$x_n . $x_key"
	done >"$T/xauth.in"
	xauth -q -f "$T/$1.auth" source "$T/xauth.in" 2>/dev/null
	rm -f "$T/$1.number"
	# It begins anew behind its last client, which the next one may meet.
	bg "screen-$1" timeout 600 sh -c 'exec Xvfb -displayfd 3 -nolisten tcp -noreset \
		-screen 0 "$3x24" -auth "$1" 3>"$2"' - "$T/$1.auth" \
		"$T/$1.number" "$2"
	eval "screen_$1=$PID"
	ok "a screen, $1" wait_for 20 has "$T/$1.number" '^[0-9]+$'
}

# attach NAME HOST SCREEN: a connection of that name that brings this screen and
# stays; its ssh is $PID
attach() {
	mkfifo "$T/in-$1"
	exec 3<>"$T/in-$1"
	bg "$1" env DISPLAY=":$(cat "$T/$3.number")" XAUTHORITY="$T/$3.auth" \
		sh -c "exec timeout 300 ssh -T -Y -F '$T/ssh_config' $2 <'$T/in-$1'"
	echo 'echo here; echo "display=$DISPLAY $XAUTHORITY"' >&3
	exec 3<&-
	ok "a connection, $1" wait_for 20 has "$T/log/$1.out" '^display='
}

lose() { kill -9 "$(pgrep -P "$1" -x ssh)"; }

# size: what a program of an old shell sees
size() {
	DISPLAY=$display XAUTHORITY=$xauthority timeout 30 xdpyinfo 2>&1 |
		sed -n 's/.*dimensions: *\([0-9x]*\).*/\1/p; /unable\|No conn\|no conn/p'
}
size_is() { test "$(size)" = "$1"; }

screen a 321x123
screen b 432x234
host_add x11 "$(vrs_command -v --forward-x11)"
host_add none "$(vrs_command -v)"
host_first 'x11 none' "Port $port2"

# ---- without it ------------------------------------------------------------

echo 'echo "[$DISPLAY$XAUTHORITY]"' | DISPLAY=":$(cat "$T/a.number")" \
	XAUTHORITY=$T/a.auth ssh_to -Y none >"$T/out" 2>"$T/err"
is "$(cat "$T/out")" "[]" "without the option there is no display"
echo 'echo "[$DISPLAY$XAUTHORITY]"' | ssh_to x11 >"$T/out" 2>"$T/err"
is "$(cat "$T/out")" "[]" "nor without one that ssh has brought"
like "$(cat "$T/err")" '^vscode-remote-shell: --forward-x11 has no effect: ssh has brought no display here; .ForwardX11 yes' \
	"which is told in a line"
# in_vain DISPLAY WHY: such a display is told, and the shell is there
in_vain() {
	DISPLAY=$1 vrs --forward-x11 shell -- true 2>"$T/err"
	is "$? $(sed -n "s|.*--forward-x11 has no effect: the display $1 cannot be used: ||p" "$T/err")" \
		"0 $2" "DISPLAY=$1"
}
free=$(free_port)
in_vain "localhost:$((free - 6000)).0" "nothing listens on 127.0.0.1 port $free of $(uname -n)"
in_vain desk.example.org:0 "it is on another host"
in_vain word "'word' is not a display"
in_vain :9999 "/tmp/.X11-unix/X9999: No such file or directory"
here=:$(cat "$T/a.number")
XAUTHORITY=$T/nowhere in_vain "$here" "xauth knows no cookie for it"
mkdir "$T/bin"
ln -s "$(command -v env)" "$T/bin/env"
DISPLAY=$here env PATH="$T/bin" "$BUILD/vscode-remote-shell" --launcher=local \
	--state-dir="$VRS_STATE" --forward-x11 shell -- true </dev/null 2>"$T/err"
like "$(cat "$T/err")" 'has no effect: the display '"$here"' cannot be used: xauth cannot be run: ' \
	"a login node without xauth"

# ---- which connection ------------------------------------------------------

attach one x11 a
one=$PID
read -r display xauthority <<-END
	$(sed -n 's/^display=//p' "$T/log/one.out")
END
like "$display" '^127\.0\.0\.1:[0-9]+\.0$' "a display of its own"
like "$xauthority" '^/tmp/vscode-remote-shell\.[^/]*/xauthority$' "and its file"
is "$(stat -c %a "$xauthority")" 600 "which is the user's alone"
is "$(size)" 321x123 "the display of the connection is there"
n=${display#*:}
n=${n%.0}
is "$(DISPLAY=localhost:$n size)" 321x123 "by another name, too"

attach two x11 b
two=$PID
is "$(sed -n 's/^display=//p' "$T/log/two.out")" "$display $xauthority" \
	"the names stay"
is "$(size)" 432x234 "the newest connection counts"
lose "$two"
ok "its ssh is killed, the older one takes its place" wait_for 20 size_is 321x123
attach three x11 b
three=$PID
is "$(size)" 432x234 "and so does the next"
lose "$three"
lose "$one"
ok "none is there any more" wait_for 20 test ! -e "$xauthority"
like "$(size)" 'no connection with --forward-x11 has a display|unable to open' \
	"which a program is told"
attach four x11 a
is "$(size)" 321x123 "the next one is there at once"

# ---- others ----------------------------------------------------------------

if test "$(id -u)" = 0; then
	chmod 711 "$T" "${xauthority%/*}"
	chmod 644 "$xauthority"
	is "$("$PYTHON" "$CLIENTS/stranger.py" say --uid 54322 127.0.0.1 \
		$((6000 + n)) 'l\0\13\0\0\0\0\0\0\0\0\0')" "0 " \
		"another user gets nothing, whatever cookie he has"
	ok "and the log names him" has "$VRS_STATE"/*/agent.log \
		'refused a connection of another user \(uid 54322\)'
	chmod 600 "$xauthority"
	chmod 700 "${xauthority%/*}"
	# The path of a display may be another's once its server has ended.
	x_path=/tmp/.X11-unix/X$(cat "$T/a.number")
	mkfifo "$T/in-here"
	exec 3<>"$T/in-here"
	bg here env DISPLAY=":$(cat "$T/a.number")" XAUTHORITY="$T/a.auth" \
		sh -c "exec timeout 300 $(vrs_command) --forward-x11 <'$T/in-here'"
	echo 'echo here; echo "display=$DISPLAY"' >&3
	exec 3<&-
	ok "a front where the screen is" wait_for 20 has "$T/log/here.out" '^display='
	is "$(size)" 321x123 "leads to it by its path"
	pkill -P "$screen_a" -x Xvfb
	ok "the screen ends" wait_for 20 test ! -e "$x_path"
	bg other "$PYTHON" "$CLIENTS/stranger.py" display --uid 54322 "$x_path"
	ok "another user listens at its path" wait_for 20 has "$T/log/other.out" ready
	like "$(size)" 'no connection with --forward-x11 has a display|unable to open' \
		"whom a program does not get"
	ok "he was dialed" wait_for 20 has "$T/log/other.out" '^got'
	is "$(sed -n 's/^got //p' "$T/log/other.out" | head -n 1)" 0 "and told nothing"
	rm -f "$x_path"
	screen a 321x123
	attach five x11 a
	is "$(size)" 321x123 "the next one is there"
else
	skip 10 "only root can be two users"
fi

# ---- any ssh client --------------------------------------------------------

vrs proxy --known-hosts job >"$T/known"
proxy_host job "env DISPLAY=:$(cat "$T/b.number") XAUTHORITY=$T/b.auth timeout 100 ssh -T -Y -p $port2 -F $T/ssh_config plain \"$(vrs_command) --forward-x11 proxy\""
ssh_to job 'echo "$DISPLAY $XAUTHORITY"; xdpyinfo | grep dimensions' \
	>"$T/out" 2>"$T/err"
is "$(head -n 1 "$T/out")" "$display $xauthority" "an ssh client has the same" ||
	diag_file "$T/err"
like "$(cat "$T/out")" '432x234' "and its own screen behind it"
DISPLAY=":$(cat "$T/b.number")" XAUTHORITY=$T/b.auth ssh_to -Y job \
	'echo "$DISPLAY"; xdpyinfo | grep dimensions' >"$T/out" 2>"$T/err"
like "$(cat "$T/out")" '432x234' "also with ssh -Y"
done_testing
