#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# --outbound where it is needed: compute nodes that have no way out of their network,
# and an internet, 198.51.100.0/24, that only login nodes reach. What people use
# there is run in a session: with the option it finds its way, without it does not.
# shellcheck disable=SC2154,SC2016 # from rig/lib.sh; for shells there
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../rig/lib.sh"
command -v openssl >/dev/null || skip_all "no openssl"
OUT=$T/outside
mkdir -p "$OUT"
RIG_BIND=$OUT
export RIG_BIND
slurm_up

# ---- an internet: a web server with TLS, and what is served by files ---------

# The laptop's host has one more address; so have the login nodes, to reach it.
root client ip address add 198.51.100.10/24 dev wan
root login1 ip address add 198.51.100.11/24 dev wan
root login2 ip address add 198.51.100.12/24 dev wan
# One of a login node's own need not be on an interface with a cable.
root login1 ip address add 198.51.100.77/32 dev lo
printf '%s\n' '198.51.100.10 out.test' '10.77.0.1 private.test' \
	'127.0.0.1 loop.test' '169.254.169.254 meta.test' \
	'198.51.100.11 self.test' '198.51.100.77 lo.test' >>"$RIG_STATE/etc/hosts"
openssl req -x509 -newkey rsa:2048 -nodes -days 3 -subj /CN=out.test \
	-addext subjectAltName=DNS:out.test -keyout "$OUT/key" -out "$OUT/ca" \
	2>"$T/log/openssl" || die "no certificate"
www=$OUT/www
mkdir -p "$www/simple/outpkg" "$www/npm"
echo hello >"$www/hello"
head -c 20000000 /dev/urandom >"$www/big"

# A package of Python, by its index.
wheel=outpkg-1.0-py3-none-any.whl
"$PYTHON" - "$www/simple/outpkg/$wheel" <<'END'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as z:
    z.writestr("outpkg.py", "word = 'from outside'\n")
    z.writestr("outpkg-1.0.dist-info/METADATA",
               "Metadata-Version: 2.1\nName: outpkg\nVersion: 1.0\n")
    z.writestr("outpkg-1.0.dist-info/WHEEL",
               "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    z.writestr("outpkg-1.0.dist-info/RECORD", "")
END
echo "<a href=\"$wheel\">$wheel</a>" >"$www/simple/outpkg/index.html"

# One of node, by its registry.
mkdir -p "$T/package"
echo '{"name":"outpkg","version":"1.0.0","main":"index.js"}' >"$T/package/package.json"
echo "module.exports = 'from outside';" >"$T/package/index.js"
tar -C "$T" -czf "$www/npm/outpkg-1.0.0.tgz" package
sum=$(openssl dgst -sha512 -binary "$www/npm/outpkg-1.0.0.tgz" | openssl base64 -A)
cat >"$www/npm/outpkg" <<END
{"name":"outpkg","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"name":
"outpkg","version":"1.0.0","dist":{"tarball":"https://out.test/npm/outpkg-1.0.0.tgz",
"integrity":"sha512-$sum"}}}}
END

# And a repository.
if command -v git >/dev/null; then
	git init -q "$T/work" &&
		git -C "$T/work" -c user.name=t -c user.email=t@t commit -q \
			--allow-empty -m 'from outside' &&
		git clone -q --bare "$T/work" "$www/repo.git" &&
		git -C "$www/repo.git" update-server-info || die "no repository"
fi
cat >"$OUT/serve.py" <<'END'
import functools, http.server, ssl, sys, threading

class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.send_error(404)

def run(port, tls):
    server = http.server.ThreadingHTTPServer(
        ("198.51.100.10", port),
        functools.partial(Handler, directory=sys.argv[1] + "/www"))
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1] + "/ca", sys.argv[1] + "/key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()

threading.Thread(target=run, args=(80, False), daemon=True).start()
run(443, True)
END
chmod -R go+rX "$OUT"
bg serve "$RIG" exec client "$PYTHON" "$OUT/serve.py" "$OUT"
served() { root login1 curl -sf --cacert "$OUT/ca" https://out.test/hello >"$T/out" 2>"$T/err"; }
ok "an internet, which a login node reaches" wait_for 20 served
is "$(root c1 curl -s -m 5 https://198.51.100.10/hello; echo $?)" 7 \
	"and a compute node does not"

# ---- what people use ---------------------------------------------------------

# tools: the names of those that are there; each prints "from outside" or "hello"
cat >"$OUT/tools" <<'END'
cd "$(mktemp -d)" || exit
ca=$1/ca
HOME=$PWD
export HOME
try() {
	name=$1
	command -v "$2" >/dev/null || { echo "$name: none"; return; }
	shift
	if timeout 60 "$@" >out 2>err && grep -qE 'hello|from outside' out; then
		echo "$name: found"
	else
		echo "$name: failed"
		sed "s/^/	/" err | tail -n 3 >&2
	fi
}
clone() { git -c http.sslCAInfo="$ca" clone -q https://out.test/repo.git r && git -C r log -1 --format=%s; }
node_package() {
	npm install --silent --cafile "$ca" --registry https://out.test/npm/ \
		--no-audit --no-fund --no-update-notifier --fetch-retries 0 outpkg &&
		node -p 'require("outpkg")'
}
python_package() {
	python3 -m pip install -q --disable-pip-version-check --retries 0 --cert "$ca" \
		--index-url https://out.test/simple/ --target p outpkg &&
		PYTHONPATH=p python3 -c 'import outpkg; print(outpkg.word)'
}
export ca
try curl curl -sS --cacert "$ca" https://out.test/hello
try curl-http curl -sS http://out.test/hello
try wget wget -qO- --ca-certificate="$ca" https://out.test/hello
try wget-http wget -qO- http://out.test/hello
try python python3 -c 'import ssl, sys, urllib.request as r
print(r.urlopen("https://out.test/hello", context=ssl.create_default_context(cafile=sys.argv[1])).read())' "$ca"
for f in clone node_package python_package; do
	case $f in
	clone) word=git ;;
	node_package) word=npm ;;
	python_package) python3 -m pip --version >/dev/null 2>&1 && word=python3 || word=no-pip ;;
	esac
	command -v $word >/dev/null || { echo "$f: none"; continue; }
	if ($f) >out 2>err && grep -q 'from outside' out; then
		echo "$f: found"
	else
		echo "$f: failed"
		sed "s/^/	/" err | tail -n 3 >&2
	fi
done
END
chmod go+r "$OUT/tools"

laptop_host plain login1 -S--nodelist=c1
laptop_host out login1 -S--nodelist=c1 --outbound=login
laptop_host out2 login2 -S--nodelist=c1 --outbound=login
# in_job HOST: its shell reads stdin
in_job() { timeout 400 "$RIG" ssh -T "$1" 2>"$T/err"; }

echo "sh $OUT/tools $OUT" | in_job plain >"$T/without"
like "$(cat "$T/without")" '^curl: failed' "without the option: curl fails" || diag_file "$T/err"
unlike "$(cat "$T/without")" ': found' "and everything else"
echo "sh $OUT/tools $OUT; env | grep -i proxy" | in_job out >"$T/with"
for tool in curl curl-http wget wget-http python clone node_package python_package; do
	if grep -q "^$tool: none" "$T/with"; then
		skip 1 "$tool is not installed"
	else
		like "$(cat "$T/with")" "^$tool: found" "with the option: $tool" || diag_file "$T/err"
	fi
done
like "$(cat "$T/with")" '^no_proxy=localhost,127.0.0.1,::1,c1,10.77.0.21/24$' "what the node reaches needs none"

# A job that is submitted from there is elsewhere, and so goes as from a login shell.
echo 'env | grep -ic proxy= >~/here
sbatch -Q --wait -w c2 -o ~/batch --wrap "env | grep -i proxy=; echo end" </dev/null' | in_job out >"$T/log/sbatch"
isnt "$(cat "$AHOME/here")" 0 "a shell of the session has the variables"
is "$(cat "$AHOME/batch")" "end" "a job that is submitted there has them not"

# ---- whose connection it is -----------------------------------------------

# attach NAME HOST: a connection that stays; its ssh is $PID
attach() {
	mkfifo "$T/in-$1"
	exec 3<>"$T/in-$1"
	bg "$1" sh -c "exec timeout 600 '$RIG' ssh -T $2 <'$T/in-$1'"
	echo 'echo "proxy=$VRS_OUTBOUND"' >&3
	exec 3<&-
	ok "a connection, $1" wait_for 60 has "$T/log/$1.out" '^proxy=http'
}
attach a out
ssh_a=$PID
proxy=$(sed -n 's/^proxy=//p' "$T/log/a.out")
fetched() { alice c1 curl -s -m 20 -x "$proxy" "$@" 2>"$T/err"; }
is "$(fetched http://out.test/hello)" hello "a program of alice's that is there"
is "$(root c1 timeout 20 "$PYTHON" "$PREFIX/clients/outside.py" raw "$proxy" 'GET / HTTP/1.1\r\n\r\n' | grep -c HTTP)" 0 \
	"nor is root let in"
n=$(bob c1 "$PYTHON" - "${proxy##*:}" <<'END'
import socket, sys
got = 0
for i in range(1000):
    for host in "127.0.0.1", "::1":
        try:
            s = socket.create_connection((host, int(sys.argv[1])))
            s.sendall(b"CONNECT out.test:443 HTTP/1.1\r\n\r\n")
            got += len(s.recv(100))
        except OSError:
            pass
print(got)
END
)
is "$n" 0 "bob on that node gets no byte in 2000 tries"
is "$(root login1 ss -Hltnp | grep -c vscode-remote)" 0 "nothing listens for it on the login node"
bad=
for host in private.test loop.test meta.test self.test lo.test 198.51.100.77 10.77.0.11 172748555 \
	0x0a4d000b '[::ffff:10.77.0.11]' 127.1 198.51.100.11 3325256715 \
	'[::ffff:198.51.100.11]' c1 login1 ctl; do
	case $(alice c1 "$PYTHON" "$PREFIX/clients/outside.py" raw "$proxy" \
		"CONNECT $host:22 HTTP/1.1\r\n\r\n" | head -n 1) in
	'HTTP/1.1 403 Forbidden: '*) ;;
	*) bad="$bad $host" ;;
	esac
done
is "$bad" "" "the cluster, and the login node itself, are refused in every spelling"

# ---- it follows --------------------------------------------------------------

alice c1 "$PYTHON" "$PREFIX/clients/outside.py" many "$proxy" out.test:80 50 50 >"$T/out" 2>&1
is "$(cat "$T/out")" "50 ok" "50 side by side"
end_pid "$ssh_a"
gone_503() { fetched -o /dev/null -w '%{http_code}' http://out.test/hello | grep -q 503; }
ok "with the connection it is gone" wait_for 30 gone_503
attach b out2
is "$(fetched http://out.test/hello)" hello "and by another login node it is back"
is "$(sed -n 's/^proxy=//p' "$T/log/b.out")" "$proxy" "at the same place"
alice c1 curl -s -m 60 -x "$proxy" http://out.test/big | cmp - "$www/big" >"$T/out" 2>&1
is "$?$(cat "$T/out")" 0 "20 MB come whole"

# ---- by the login node's own proxy -------------------------------------------

bg proxy "$RIG" exec -u alice login1 "$PYTHON" "$PREFIX/clients/outside.py" proxy port asked
proxying=$PID
ok "a proxy on the login node" wait_for 20 test -s "$AHOME/port"
cat >"$AHOME/by" <<END
export https_proxy=http://u:sesame@127.0.0.1:$(cat "$AHOME/port")
export http_proxy=\$https_proxy
exec "\$@"
END
laptop_host by login1 sh by @ -S--nodelist=c1 --outbound=login
attach c by
is "$(fetched -k https://out.test/hello)" hello "connections go by the login node's own proxy"
like "$(tr -d '\r' <"$AHOME/asked")" '^CONNECT out.test:443 ' "which resolves and dials"
like "$(tr -d '\r' <"$AHOME/asked")" '^Proxy-Authorization: Basic dTpzZXNhbWU=' "and gets its password"
is "$(fetched -o /dev/null -w '%{http_code}' http://private.test/hello)" 403 "for whom the same is refused"
like "$(fetched http://out.test/hello; tr -d '\r' <"$AHOME/asked")" '^GET http://out.test:80/hello HTTP/1.1' "and which reads http itself"
root ctl scontrol show job "$(the_job)" >"$T/record"
is "$(grep -c 'sesame\|out\.test' "$T/record")" 0 "of which the job's record knows nothing"

end_pid "$proxying"
alice login1 "$VRS" cancel >"$T/log/cancel" 2>&1
all_gone "nothing is left of the session"

# ---- jobs of their own --------------------------------------------------------

# A mirror that nodes reach by themselves, and login nodes do not: what goes by a
# session's proxy does not find it, whether the session is there or not.
root ctl ip address add 203.0.113.5/32 dev lo
for host in c1 c2; do
	root $host ip route add 203.0.113.5 via 10.77.0.1
done
echo '203.0.113.5 mirror.test' >>"$RIG_STATE/etc/hosts"
mkdir -p "$OUT/mirror"
echo hello >"$OUT/mirror/hello"
chmod -R go+rX "$OUT"
bg mirror "$RIG" exec ctl "$PYTHON" -m http.server --bind 203.0.113.5 \
	-d "$OUT/mirror" 8000
mirror=http://mirror.test:8000/hello
mirrored() { test "$(alice c2 curl -s -m 5 $mirror)" = hello; }
ok "a mirror, which a node reaches" wait_for 20 mirrored
load="curl -sS -m 20 $mirror"
alice login1 sbatch -Q --wait -w c2 -o by-login --wrap "$load" >"$T/log/sbatch" 2>&1
is "$(cat "$AHOME/by-login")" hello "a job of a login shell loads something from it"
laptop_host two login1 -S-N2 --outbound=login
cat <<END | in_job two >"$T/two"
echo "nodes \$SLURM_JOB_NUM_NODES"
echo "direct \$(curl -s -m 20 -o /dev/null -w '%{http_code}' $mirror)"
srun -Q -N1 -n1 -w c2 $load </dev/null >by-srun 2>&1
sbatch -Q --wait -w c2 -o by-sbatch --wrap "$load" </dev/null
sbatch -Q -w c2 -o by-later --wrap \
	"n=0; until test -e over || test \\\$n = 600; do sleep 0.2; n=\\\$((n + 1)); done; $load" </dev/null
echo submitted
END
like "$(cat "$T/two")" '^nodes 2' "a session of two nodes" || diag_file "$T/err"
like "$(cat "$T/two")" '^direct 5' "whose own shell goes by its proxy, in vain"
is "$(cat "$AHOME/by-srun")" hello "srun loads the same on the second node"
is "$(cat "$AHOME/by-sbatch")" hello "and so does a job that is submitted there"
like "$(cat "$T/two")" '^submitted' "and one that waits"
alice login1 "$VRS" cancel >"$T/log/cancel" 2>&1
one_job() { test "$(jobs_of alice | wc -l)" -eq 1; }
ok "which is there when the session is not" wait_for 30 one_job
: >"$AHOME/over"
ok "ends" wait_for 60 no_job
is "$(cat "$AHOME/by-later")" hello "and has loaded it"
done_testing
