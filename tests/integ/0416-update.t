#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The command update, with releases in a directory, behind a web server and in a
# repository, all of this test: what is signed by the key of the installation is tried,
# and then the link is switched; whatever else there is changes nothing, in one line.
. "$(dirname "$0")/../settings.sh"

top=$(cd "$TESTS/.." && pwd)
version=$(sed -n '1s/ .*//p' "$top/ChangeLog")
machine=$(uname -m)
apps=$HOME/apps
releases=$T/releases
mkdir "$apps" "$releases" "$T/fake"
for key in good other next; do
	ssh-keygen -q -t ed25519 -N '' -C "$key" -f "$T/$key" ||
		skip_all "ssh-keygen makes no keys"
done
echo x >"$T/x"
ssh-keygen -q -Y sign -f "$T/good" -n x "$T/x" 2>/dev/null ||
	skip_all "ssh-keygen signs nothing"

# The next versions have names as long as this one, so that it can be changed in the
# programs.
next() { echo "$version" | sed "s/^./$1/"; }
bundle() { echo "vscode-remote-shell-$1-linux-$machine"; }

# programs VERSION PREFIX: all that update needs, which say that they are that version
programs() {
	mkdir -p "$2/bin" "$2/libexec/vscode-remote-shell"
	LC_ALL=C sed "s/$(echo "$version" | sed 's/\./\\./g')/$1/g" \
		"$T/front" >"$2/bin/vscode-remote-shell"
	chmod 755 "$2/bin/vscode-remote-shell"
	ln "$T/vscode-remote-agent" "$T/launch-local" "$2/libexec/vscode-remote-shell/"
}
for program in vscode-remote-shell vscode-remote-agent launch-local; do
	strip -o "$T/$program" "$BUILD/$program" 2>/dev/null ||
		cp "$BUILD/$program" "$T/$program"
done
mv "$T/vscode-remote-shell" "$T/front"

# pack VERSION [KEY]: a release of it in $releases, from $T/pack/NAME if that is there
pack() {
	name=$(bundle "$1")
	rm -f "$releases"/*
	test -d "$T/pack/$name" || programs "$1" "$T/pack/$name"
	tar -C "$T/pack" -cf - "$name" | gzip -1 >"$releases/$name.tar.gz"
	sign "$1" "${2:-good}"
}
sign() { SIGNING_KEY=$T/$2 sh "$top/packaging/sign.sh" "$releases" "$1"; }

# install VERSION: as the first bundle, which a user unpacks
install() {
	rm -rf "${apps:?}"/*
	programs "$1" "$apps/$(bundle "$1")"
	UPDATE_SOURCE=${source:-file://$releases} UPDATE_KEY=$(cat "$T/good.pub") \
		sh "$top/packaging/origin.sh" bundle "$1" \
		>"$apps/$(bundle "$1")/libexec/vscode-remote-shell/origin"
}
now() { ls -A "$apps"; readlink "$apps/${prefix}current"; }

# update WORD...: by the one that counts; its status and what it says
update() {
	program=$apps/${prefix}current
	test -e "$program" || program=$apps/$(bundle "$version")
	PATH=${path:-$PATH} timeout 120 "$program/bin/vscode-remote-shell" \
		--state-dir="$VRS_STATE" update "$@" >"$T/out" 2>"$T/err" </dev/null
	echo "$? $(cat "$T/out")"
}

# fails STATUS ERE NAME [WORD...]: it does, says why in one line, and changes nothing
fails() {
	fails=$1 why=$2 fault=$3
	shift 3
	now >"$T/before"
	update -q "$@" >"$T/result"
	is "$(cat "$T/result") $(wc -l <"$T/err")" "$fails  1" "$fault: it fails, in one line"
	like "$(cat "$T/err")" "^vscode-remote-shell: update: $why; nothing was changed\$" \
		"$fault: which says why"
	now >"$T/after"
	same "$T/after" "$T/before" "$fault: nothing has changed"
	is "$(tail -n 1 "$VRS_STATE/update.log" | cut -d' ' -f3- | cut -c1-60)" \
		"$(sed 's/^vscode-remote-shell: update: //; s/; nothing was changed$//' \
		"$T/err" | cut -c1-60)" "$fault: so says the log"
}

line() { sed 's/^vscode-remote-shell: //' "$T/err"; }

# ---- the way it goes ------------------------------------------------------------

prefix=vscode-remote-shell-
install "$version"
v1=$(next 1) v2=$(next 2) v3=$(next 3) v4=$(next 4)
pack "$version"
is "$(update --check)" "0 $version is the newest version" "check: nothing newer"
is "$(cat "$T/err")" "" "check: no more is said"
pack "$v1"
like "$(update --check)" "^0 $version is the newest version \(asked at " \
	"check: not again within a day"
like "$(update --check --update-check=off)" "^0 $version is .* \(asked at " \
	"check: nor when it is off"
rm "$VRS_STATE/update"
is "$(update --check --update-check=off)" \
	"0 nobody asks for newer versions: update-check is off" "check: off"
is "$(update --check)" \
	"1 $v1 is there, this is $version: vscode-remote-shell update gets it" \
	"check: a newer one"
like "$("$apps/$(bundle "$version")/bin/vscode-remote-shell" --launcher=local \
	--state-dir="$VRS_STATE" doctor 2>&1)" "^ok +login update +$v1 is there, this is $version\$" \
	"doctor tells of it"
touch -d @7 "$VRS_STATE/update"
"$apps/$(bundle "$version")/bin/vscode-remote-shell" --launcher=local \
	--state-dir="$VRS_STATE" alloc >"$T/log/alloc" 2>&1
agent=$(agents)
ok "a session of the first" test -n "$agent"
echo 'echo hello' | "$apps/$(bundle "$version")/bin/vscode-remote-shell" \
	--launcher=local --state-dir="$VRS_STATE" --linger=0 >"$T/out" 2>"$T/log/first"
is "$(cat "$T/out")" "hello" "a connection"
ok "which looks for no newer version" test "$(stat -c %Y "$VRS_STATE/update")" = 7
is "$(update)" "0 $v1 is in place, $version before; sessions that run keep what they have
from now on call $apps/vscode-remote-shell-current/bin/vscode-remote-shell, also in your ssh configuration" \
	"update" || diag_file "$T/err"
is "$(now)" "$(bundle "$version")
$(bundle "$v1")
vscode-remote-shell-current
$(bundle "$v1")" "update: it is beside the first, and the link leads to it"
is "$("$apps/vscode-remote-shell-current/bin/vscode-remote-shell" --version |
	head -n 1)" "vscode-remote-shell $v1" "update: it is that"
is "$(update)" "0 $v1 is the newest version" "again: it is the newest"
pack "$v2"
is "$(update)" "0 $v2 is in place, $v1 before; sessions that run keep what they have
older versions stay, since sessions may use them" "the next: the first has a session"
pack "$v3"
TAR_OPTIONS=--strip-components=1
export TAR_OPTIONS
ok "the third, whatever tar is told to do" test "$(update | head -c 1)" = 0
unset TAR_OPTIONS
is "$(ls "$apps")" "$(bundle "$version")
$(bundle "$v2")
$(bundle "$v3")
vscode-remote-shell-current" "two are kept, and what the session uses"
is "$(agents)" "$agent" "the session runs on"
echo 'echo hello' | "$apps/vscode-remote-shell-current/bin/vscode-remote-shell" \
	--launcher=local --state-dir="$VRS_STATE" --linger=0 >"$T/out" 2>"$T/log/third"
is "$? $(cat "$T/out")" "0 hello" "and is used by the third"
vrs cancel >"$T/log/cancel.1" 2>&1
is "$(update --rollback)" \
	"0 $v2 is in place, $v3 before; sessions that run keep what they have" "rollback"
is "$(readlink "$apps/vscode-remote-shell-current")" "$(bundle "$v2")" \
	"rollback: the link leads there"
rm "$releases/$(bundle "$v3").tar.gz"
ok "forward again, by what is there" test "$(update | head -c 1)" = 0
is "$(ls "$apps")" "$(bundle "$v2")
$(bundle "$v3")
vscode-remote-shell-current" "the first is removed, which nobody uses any more"
rm -r "$apps/$(bundle "$v2")"
fails 69 "no version older than $v3 is in $apps: there is nothing to go back to" \
	"no rollback" --rollback
for mode in 1777 777; do
	chmod $mode "$apps"
	fails 77 "others may write to $apps \(mode $(printf %04d $mode)\), and replace what is in it: run: chmod go-w $apps" \
		"a folder of mode $mode"
done
chmod 755 "$apps"
target=$(readlink "$apps/vscode-remote-shell-current")
p=$apps/$target/bin/vscode-remote-shell
ln -sfn nowhere "$apps/vscode-remote-shell-current"
is "$("$p" --state-dir="$VRS_STATE" update 2>&1)" \
	"vscode-remote-shell: update: $apps/vscode-remote-shell-current leads to nothing: remove it" \
	"a link of the user's own to nothing"
is "$(readlink "$apps/vscode-remote-shell-current")" "nowhere" "which is left as it is"
ln -sfn "$target" "$apps/vscode-remote-shell-current"
mkdir "$HOME/open"
chmod 757 "$HOME/open"
mv "$apps" "$HOME/open/apps"
apps=$HOME/open/apps
fails 77 "others may write to $HOME/open .*" "such a folder above it"
mv "$apps" "$HOME/apps"
apps=$HOME/apps
is "$(update --check --rollback)" "64 " "not both"
is "$(update --check=x)" "64 " "no value"

# ---- what is wrong with a release -------------------------------------------------

where=file://$releases
pack "$v2"
fails 77 "$where offers $v2, which is older than $v3: an update never goes back; --rollback does" \
	"older"
pack "$v4" other
fails 69 "$where/vscode-remote-shell.release: it is signed by another key than the one that this installation came with" \
	"another key"
sign "$v4" good
sed -i 's/^version=.*/version=9.9/' "$releases/vscode-remote-shell.release"
fails 69 "$where/vscode-remote-shell.release: the signature is not of what it stands beside" \
	"another record"
mv "$T/x.sig" "$releases/vscode-remote-shell.release.sig"
fails 69 ".*: the signature is for 'x', not for 'vscode-remote-shell'" "another purpose"
sed -i 's/^[A-Za-z].*//' "$releases/vscode-remote-shell.release.sig"
fails 69 ".*: it is no signature of ssh-keygen" "no signature"
rm "$releases/vscode-remote-shell.release.sig"
fails 69 "$where/vscode-remote-shell.release.sig: .*No such file or directory" \
	"none at all"
sign "$v4" good
name=$(bundle "$v4").tar.gz
cp "$releases/$name" "$T/whole"
printf x | dd of="$releases/$name" bs=1 seek=5000 conv=notrunc 2>/dev/null
fails 69 "$name is not what was signed: it is damaged, or was replaced" "another byte"
cat "$T/whole" "$T/whole" >"$releases/$name"
fails 69 "($name is not what was signed: .*|$where/$name: (it has more than [0-9]+ bytes|it is larger than it should be))" \
	"larger"
head -c 10000 "$T/whole" >"$releases/$name"
fails 69 "$name is not what was signed: it is damaged, or was replaced" "cut"
rm "$releases/$name"
fails 69 "$where/$name: .*No such file or directory" "not there"
sign 9.9 good
fails 69 "there is no $(bundle 9.9).tar.gz in the release: it is not made for this machine any more, or the folder $(bundle "$v3") was renamed" \
	"not for this machine"
head -c 100000 /dev/zero | tr '\0' '#' >"$releases/vscode-remote-shell.release"
fails 69 "$where/vscode-remote-shell.release: it is larger than it should be" \
	"an endless record"

# ---- what does not run ------------------------------------------------------------

# broken NAME WHY COMMAND: a release in whose folder the command was run
broken() {
	rm -rf "$T/pack/$(bundle "$v4")"
	programs "$v4" "$T/pack/$(bundle "$v4")"
	(cd "$T/pack/$(bundle "$v4")" && eval "$3")
	pack "$v4"
	fails "${4:-70}" "$2" "$1"
}
broken "another version" "$v4 does not run here: --version says .*, not '$v4'" \
	'cp "$T/front" bin/vscode-remote-shell'
broken "a program of another machine" "$v4 does not run here: .*" \
	'echo x >bin/vscode-remote-shell'
broken "no agent" "$v4 does not run here: it has no vscode-remote-agent" \
	'rm libexec/vscode-remote-shell/vscode-remote-agent'
broken "an agent that ends" "$v4 does not run here: .*" \
	'rm libexec/vscode-remote-shell/vscode-remote-agent &&
	printf "#!/bin/sh\nexit 1\n" >libexec/vscode-remote-shell/vscode-remote-agent &&
	chmod 755 libexec/vscode-remote-shell/vscode-remote-agent'
broken "no programs" ".*: it has no folder .* with the programs, or more than that" \
	'rm -r bin' 69
rm -rf "$T/pack/$(bundle "$v4")"
pack "$v4"

# ---- who is killed, or at work ----------------------------------------------------

# A tar that waits until it may.
cat >"$T/fake/tar" <<END
#!/bin/sh
touch "$T/at"
while test -e "$T/at"; do sleep 0.1; done
exec $(command -v tar) "\$@"
END
chmod 755 "$T/fake/tar"
held() {
	rm -f "$T/at"
	bg "$1" env PATH="$T/fake:$PATH" \
		"$apps/vscode-remote-shell-current/bin/vscode-remote-shell" \
		--state-dir="$T/states/other" update
	wait_for 30 test -e "$T/at"
}
rest=$(now)
mkdir "$T/states"
ok "one that takes long, with another state directory" held first
fails 75 "another update is at work: wait for its end" "two at once"
kill -TERM "$PID"
ok "told to end: it does" wait_for 30 gone "$PID"
wait "$PID"
is "$? $(tail -n 1 "$T/log/first.err")" "69 vscode-remote-shell: update: $(bundle "$v4").tar.gz: it was interrupted, or took longer than 300 s; nothing was changed" \
	"told to end: it says so"
is "$(now)" "$rest" "told to end: nothing is left"
ok "another one" held second
kill -9 "$PID"
wait "$PID" 2>/dev/null
rm -f "$T/at"
is "$(now | grep -v '^\.vscode-remote-shell\.update\.')" "$rest" \
	"killed: the link is as it was"
isnt "$(now)" "$rest" "killed: something is left"
update -q --rollback >"$T/result"
is "$(now)" "$rest" "killed: the next tidies up"

# ---- no room ----------------------------------------------------------------------

if test -n "$VRS_SETTINGS" && mkdir "$T/full" &&
	mount -t tmpfs -o size="$(($(du -sk "$apps" | cut -f1) + 600))k" full "$T/full"
then
	cp -a "$apps/." "$T/full" && mount --bind "$T/full" "$apps"
	fails 69 ".*No space left on device|.*it is larger than it should be|.*Wrote only.*" "disk full"
	umount "$apps"
	umount "$T/full"
else
	skip 4 "nothing can be mounted here"
fi

# ---- another key, another place ---------------------------------------------------

# signs KEY NEXT: as it is called by make, with files of where that is
signs() {
	(cd "$T" && SIGNING_KEY=$1 NEXT_KEY=$2 sh "$top/packaging/sign.sh" \
		releases "$v4" >"$T/signed" 2>&1)
}
for wrong in next releases none "$T/two"; do
	cat "$T/next.pub" "$T/good.pub" >"$T/two"
	ok "no next key in $wrong" not signs good "$wrong"
done
ok "signed by files that are named from elsewhere" \
	signs good next.pub || diag_file "$T/signed"
ok "a release that names another key" test "$(update | head -c 1)" = 0
origin=$apps/vscode-remote-shell-current/libexec/vscode-remote-shell/origin
is "$(cat "$origin")" "kind=bundle
version=$v4
source=$where
key=$(cat "$T/next.pub")" "is the last that the first may sign"
v5=$(next 5)
pack "$v5" good
fails 69 ".*: it is signed by another key .*" "the key of before"
sign "$v5" next
ok "the key of now" test "$(update | head -c 1)" = 0
like "$(now)" "^$(bundle "$v5")\$" "it is in place"

# ---- by https ---------------------------------------------------------------------

cat >"$T/server.py" <<'END'
import http.server, ssl, sys, threading
directory, cert, key, port_file = sys.argv[1:]
class Handler(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *args):
        super().__init__(*args, directory=directory)
    def do_GET(self):
        if self.path.startswith("/endless/"):
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"#" * 65536)
            except OSError:
                return
        if self.path.startswith("/away/"):
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:%d/%s" %
                (plain.server_address[1], self.path[len("/away/"):]))
            return self.end_headers()
        if self.path.startswith("/locked/"):
            self.send_response(401)
            self.send_header("WWW-Authenticate", "Basic realm=x")
            return self.end_headers()
        super().do_GET()
class Plain(Handler):
    def do_GET(self):
        open(port_file + ".plain", "w").close()
        super().do_GET()
plain = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Plain)
threading.Thread(target=plain.serve_forever, daemon=True).start()
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
with open(port_file, "w") as f:
    print(server.server_address[1], file=f)
server.serve_forever()
END
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=127.0.0.1 \
	-addext subjectAltName=IP:127.0.0.1 -keyout "$T/tls.key" -out "$T/tls.crt" \
	2>"$T/log/openssl" || die "openssl makes no certificate"
bg server "$PYTHON" "$T/server.py" "$releases" "$T/tls.crt" "$T/tls.key" "$T/port"
ok "a web server" wait_for 30 test -s "$T/port"
web=https://127.0.0.1:$(cat "$T/port")
export CURL_CA_BUNDLE="$T/tls.crt"
echo "ca_certificate = $T/tls.crt" >"$HOME/.wgetrc"
no_proxy=127.0.0.1
export no_proxy
# Without curl.
mkdir "$T/nocurl" "$T/nothing"
ln -s /usr/bin/* /bin/* "$T/nocurl/" 2>/dev/null
rm -f "$T/nocurl/curl"
ln -s "$T"/nocurl/* "$T/nothing/"
rm -f "$T/nothing/wget"

# by TOOL: as when only that is there
by() {
	case $1 in
	curl) path=$PATH ;;
	wget) path=$T/nocurl ;;
	*) path=$T/nothing ;;
	esac
	command -v "$1" >/dev/null
}
for tool in curl wget; do
	by $tool || { skip 14 "$tool is not installed"; continue; }
	source=$web install "$version"
	pack "$v1"
	ok "$tool: update" test "$(update | head -c 1)" = 0 || diag_file "$T/err"
	source=$web/endless install "$version"
	fails 69 "$web/endless/vscode-remote-shell.release: it is larger than it should be|.*Failure writing output.*" \
		"$tool: endless"
	source=$web/none install "$version"
	fails 69 "$web/none/vscode-remote-shell.release: .*404.*" "$tool: not found"
	source=$web/away install "$version"
	fails 69 "$web/away/vscode-remote-shell.release: .*" "$tool: led away"
	ok "$tool: nothing is asked for without https" test ! -e "$T/port.plain"
done
mkdir "$T/words"
printf '#!/bin/sh\nprintf "no \\033]0;title\\007\\n"\nexit 1\n' >"$T/words/curl"
chmod 755 "$T/words/curl"
path=$T/words:$PATH
source=$web install "$version"
fails 69 "$web/vscode-remote-shell.release: no .033.0;title.007" "words for the terminal"
is "$(tail -n 1 "$VRS_STATE/update.log" | LC_ALL=C tr -d ' -~')" "" "nor in the log"
by neither
source=$web install "$version"
fails 69 "$web/vscode-remote-shell.release: there is neither curl nor wget on this node" \
	"neither"
path=
CURL_CA_BUNDLE=$T/none fails 69 "$web/vscode-remote-shell.release: .*" "a stranger's server"
# git asks nobody either, not even by a window.
printf '#!/bin/sh\ntouch "%s"\n' "$T/asked" >"$T/words/askpass"
chmod 755 "$T/words/askpass"
sed -i "s/^kind=.*/kind=clone/; s|^source=.*|source=$web/locked/x|" \
	"$apps/$(bundle "$version")/libexec/vscode-remote-shell/origin"
export GIT_SSL_CAINFO="$T/tls.crt" GIT_ASKPASS="$T/words/askpass"
fails 69 "$web/locked/x: .*could not read Username.*" "git: a repository that is locked"
unset GIT_SSL_CAINFO GIT_ASKPASS
ok "git: nobody is asked for a password" test ! -e "$T/asked"
end_pid "$PID"
source=$web install "$version"
like "$(update --check)" '^69 $' "offline: check"
like "$(cat "$T/err")" '^vscode-remote-shell: update: at .* nobody answered' \
	"offline: it is not asked again at once"
rm "$VRS_STATE/update"
fails 69 "$web/vscode-remote-shell.release: .*" "offline" --check

# ---- from a clone -----------------------------------------------------------------

apps=$HOME/src
prefix=
repo=$T/repo
export GIT_CONFIG_GLOBAL="$T/gitconfig"
for line in 'user.name tests' 'user.email tests@localhost' 'gpg.format ssh' \
	"user.signingkey $T/good" 'init.defaultBranch main' 'safe.directory *'; do
	git config --global "${line%% *}" "${line#* }"
done
mkdir "$apps" "$repo"
git init -q "$repo"

# tree VERSION: sources of that version, which are programs already
tree() {
	test -d "$T/pack/$(bundle "$1")" || programs "$1" "$T/pack/$(bundle "$1")"
	cat >"$repo/configure" <<-END
	#!/bin/sh
	printf '%s\n' "\$@" >words
	END
	printf 'all:\n\ttrue\ninstall:\n\tmkdir -p $(prefix) && cp -a %s/. $(prefix)/ && cp words $(prefix)/\n' \
		"$T/pack/$(bundle "$1")" >"$repo/Makefile"
	chmod 755 "$repo/configure"
	git -C "$repo" add -A && git -C "$repo" commit -qm "$1" --allow-empty
}
tag() { git -C "$repo" tag -s -m "$1" "v$1" 2>"$T/log/tag.$1"; }

# What is written where others can read it has no password of a URL.
mkdir -p "$T/tree/packaging"
cp "$top/packaging/origin.sh" "$T/tree/packaging/"
echo "key=$(cat "$T/good.pub")" >"$T/tree/packaging/origin"
cat >"$T/tree/config.status" <<'END'
#!/bin/sh
cat <<'WORDS'
'CFLAGS=-O2 -DX=\"y\n\"' '--sysconfdir=/etc'
WORDS
END
chmod 755 "$T/tree/config.status"
git init -q "$T/tree"
# origin_of URL: the source of what is made in a clone of it
origin_of() {
	git -C "$T/tree" config remote.origin.url "$1"
	sh "$T/tree/packaging/origin.sh" clone "$version" 2>"$T/err" |
		sed -n 's/^source=//p'
}
is "$(origin_of https://me:secret@host/x@y.git)" "https://host/x@y.git" \
	"origin: no name and password"
is "$(origin_of "/a b/c")$(cat "$T/err")" "origin: file:///a b/c has a space, or what is not ASCII, so nothing is updated from there; UPDATE_SOURCE=URL says another" \
	"origin: none with a space, which is said"
is "$(origin_of "$repo")" "file://$repo" "origin: a directory"

programs "$version" "$apps/$version"
ln -s "$version" "$apps/current"
cat >"$apps/current/libexec/vscode-remote-shell/origin" <<END
$(sh "$T/tree/packaging/origin.sh" clone "$version")
END
tree "$version"
fails 69 "file://$repo: it has no tag like v1.2.3" "clone: no tags"
mv "$repo" "$repo.away"
mkdir "$repo"
fails 69 "file://$repo: fatal: .*$repo.* does not appear to be a git repository" \
	"clone: no repository: what git says first"
rmdir "$repo"
mv "$repo.away" "$repo"
if ! tag "$version"; then
	skip 41 "this git signs by no key of ssh"
else
	is "$(update)" "0 $version is the newest version" "clone: nothing newer"
	tree "$v1" && tag "$v1"
	rm "$VRS_STATE/update"
	ok "clone: check" test "$(update --check | head -c 1)" = 1
	# From a hook, with hooks of the user's own, who has no umask.
	mkdir -p "$T/template/hooks" "$T/hooks"
	for hook in "$T/template/hooks" "$T/hooks"; do
		printf '#!/bin/sh\necho "$0" >>"%s"\n' "$T/hooked" \
			>"$hook/reference-transaction"
		chmod 755 "$hook/reference-transaction"
	done
	printf '[core]\n\trepositoryformatversion = 99\n' >"$T/template/config"
	mkdir "$T/fakegit"
	printf '#!/bin/sh\necho "$* limit $(ulimit -f)" >>"%s"\nexec "%s" "$@"\n' \
		"$T/called" "$(command -v git)" >"$T/fakegit/git"
	chmod 755 "$T/fakegit/git"
	is "$(git config --global core.hooksPath "$T/hooks"
	git config --global init.templateDir "$T/template"
	GIT_OBJECT_DIRECTORY=$T/nowhere GIT_DIR=$T/nowhere GIT_NAMESPACE=x
	GIT_QUARANTINE_PATH=x GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=url./nowhere.insteadOf
	GIT_CONFIG_VALUE_0=file:// GIT_TEMPLATE_DIR=$T/template
	export GIT_OBJECT_DIRECTORY GIT_DIR GIT_NAMESPACE GIT_QUARANTINE_PATH
	export GIT_CONFIG_COUNT GIT_CONFIG_KEY_0 GIT_CONFIG_VALUE_0 GIT_TEMPLATE_DIR
	umask 0
	path=$T/fakegit:$PATH update)" "0 $v1 is in place, $version before; sessions that run keep what they have" \
		"clone: update" || diag_file "$T/err"
	git config --global --unset core.hooksPath
	git config --global --unset init.templateDir
	ok "clone: no hook of the user's has run" test ! -e "$T/hooked"
	ok "clone: nor is anything written elsewhere" test ! -e "$T/nowhere"
	is "$(find "$apps/$v1/" ! -type l -perm /022)" "" "clone: nobody else may write to it"
	like "$(cat "$T/called")" ".* fetch .* limit [0-9]+\$" "clone: what is got has a limit"
	is "$(now)" "$version
$v1
current
$v1" "clone: it is beside the first"
	is "$(cat "$apps/current/words")" "CFLAGS=-O2 -DX=\\\"y\\n\\\"
--sysconfdir=/etc
--prefix=$apps" "clone: configured as the first"
	is "$(sed -n '/^configure/p' "$apps/current/libexec/vscode-remote-shell/origin")" \
		"$(sed -n '/^configure/p' "$apps/$version/libexec/vscode-remote-shell/origin")" \
		"clone: which is kept"
	tree "$v2" && git -C "$repo" tag -a -m "$v2" "v$v2"
	fails 69 "file://$repo: the tag v$v2: it is not signed by a key of ssh" \
		"clone: an annotated tag"
	git -C "$repo" tag -d "v$v2" >/dev/null
	git -C "$repo" tag "v$v2"
	fails 69 "file://$repo: the tag v$v2: it is not signed" "clone: a plain tag"
	git -C "$repo" update-ref "refs/tags/v$v2" "refs/tags/v$v1"
	fails 69 "file://$repo: the tag v$v2: it is the tag of something else" \
		"clone: an old tag by a new name"
	git -C "$repo" tag -d "v$v2" >/dev/null
	{
		printf 'object %s\ntype commit\ntag v%s\ntagger x <x> 1 +0000\n\n' \
			"$(git -C "$repo" rev-parse HEAD)" "$v2"
		head -c 100000 /dev/zero | tr '\0' '#'
	} >"$T/large"
	git -C "$repo" update-ref "refs/tags/v$v2" \
		"$(git -C "$repo" hash-object -w -t tag "$T/large")"
	fails 69 "file://$repo: the tag v$v2: it is larger than it should be" \
		"clone: a tag without end"
	git -C "$repo" tag -d "v$v2" >/dev/null
	git config --global user.signingkey "$T/other"
	tag "$v2"
	fails 69 "file://$repo: the tag v$v2: it is signed by another key .*" \
		"clone: another key"
	git -C "$repo" tag -d "v$v2" >/dev/null
	git config --global user.signingkey "$T/good"
	printf '#!/bin/sh\necho "configure: error: no luck" >&2\nexit 1\n' \
		>"$repo/configure"
	git -C "$repo" commit -qam broken
	tag "$v2"
	fails 69 "v$v2 does not build here: configure: error: no luck" \
		"clone: it does not build"
fi

# ---- what is not the user's own ---------------------------------------------------

libexec=$apps/current/libexec/vscode-remote-shell
sed -i '/^key=/d' "$libexec/origin"
is "$(update)" "78 " "no key"
sed -i '/^source=/d' "$libexec/origin"
is "$(update)" "78 " "no source"
rm "$libexec/origin"
is "$(update)" "78 " "no origin"
like "$(cat "$T/err")" "$(basename "$(readlink "$apps/current")")/libexec/vscode-remote-shell/origin is not there, which says where this installation came from" \
	"which is said"
apps=$T/apps
prefix=vscode-remote-shell-
mkdir "$apps"
source='' install "$version"
site_files
echo "Ask us at #cluster" >"$site/notice"
echo "banner = $site/notice" >"$site/config"
is "$(update --check)" "69 " "a site's: no"
is "$(line)" "Ask us at #cluster
update: $apps/$(bundle "$version")/libexec/vscode-remote-shell is not in your home directory: your site updates it, or whoever installed it" \
	"a site's: its banner, and who updates it"

# Where no session may be on this machine, the version alone is tried.
apps=$HOME/apps
source='' install "$version"
pack "$v1"
printf '[limit]\nlauncher = slurm slurm-cli\n' >"$site/config"
ok "no trial session: update" test "$(update -vv | head -c 1)" = 0 || diag_file "$T/err"
like "$(cat "$T/err")" 'the trial said: .*forbidden' "no trial session: so says the log"
rm -r "${apps:?}"/*
source='' install "$version"
rm -rf "$T/pack/$(bundle "$v1")"
programs "$v1" "$T/pack/$(bundle "$v1")"
cp "$T/pack/$(bundle "$v1")/bin/vscode-remote-shell" "$T/real"
printf '#!/bin/sh\ntest "$1" != --version || exec %s --version\nexit 64\n' "$T/real" \
	>"$T/pack/$(bundle "$v1")/bin/vscode-remote-shell"
pack "$v1"
rm "$site/config"
fails 70 "$v1 does not run here: .*" "it alone refuses a session"
done_testing
