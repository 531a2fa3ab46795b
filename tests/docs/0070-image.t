#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# examples/image: the recipes of an image agree, and install-tools.sh asks for what
# the manual says that an image needs. It is run with nothing but stand-ins for the
# programs that it calls.
# shellcheck disable=SC2016,SC2123 # text of the recipes; a PATH for them
. "$(dirname "$0")/../lib.sh"

top=$(cd "$TESTS/.." && pwd)
image=$top/examples/image
for script in install-tools.sh small.sh; do
	ok "$script is a script" sh -n "$image/$script"
	is "$(grep -c "$script" "$top/doc/GUIDE.md")" 1 "of which the guide tells"
done

# ---- small.sh says what it lacks -------------------------------------------------

sh "$image/small.sh" >"$T/out" 2>&1
is "$? $(cat "$T/out")" "64 usage: sh small.sh DIR, the directory that is made" \
	"small.sh without an argument"
mkdir "$T/nothing"
(PATH=$T/nothing && export PATH && exec /bin/sh "$image/small.sh" "$T/small") >"$T/out" 2>&1
is "$? $(cat "$T/out")" "1 small.sh: there is no busybox in PATH: install busybox-static" \
	"small.sh without busybox"
ok "of which the guide tells" grep -q 'busybox-static' "$top/doc/GUIDE.md"

# ---- which runtime takes which kind ------------------------------------------------

# runtime directory sif sqsh name: of examples/runtimes.conf, which a test compares
# with the rows; a "-" is none, and names are schemes
awk '
function put() {
	if (name != "")
		print name, d, s, q, n == "" && import ? "cache" : n == "" ? "-" : n
}
/^\[/ { put(); name = substr($2, 1, length($2) - 1); d = s = q = "-"; n = ""; import = 0 }
/^images =/ {
	for (i = 3; i <= NF; i++) {
		if ($i == "directory") d = "yes"
		if ($i == "sif") s = "yes"
		if ($i == "sqsh") q = "yes"
		if ($i == "name") n = "docker"
	}
}
/^schemes =/ { n = $3; for (i = 4; i <= NF; i++) n = n "," $i }
/^import =/ { import = 1 }
END { put() }' "$top/examples/runtimes.conf" | sort >"$T/rows"
ok "the runtimes are found" test "$(wc -l <"$T/rows")" -ge 11
sed -n '/^| Runtime | directory/,/^$/p' "$top/doc/GUIDE.md" | sed '1,2d; /^$/d' |
	awk -F ' *[|] *' '{
		gsub(/[`:\/ ]/, "", $6); sub(/^by--container-cache/, "cache", $6)
		n = split($2, names, ", ")
		for (i = 1; i <= n; i++)
			print names[i], $3 == "" ? "-" : $3, $4 == "" ? "-" : $4,
				$5 == "" ? "-" : $5, $6 == "" ? "-" : $6
	}' | sort >"$T/told"
is "$(cat "$T/told")" "$(cat "$T/rows")" "the table of the guide is that of the rows"
sed -n '/^\.\\" kinds/,/^\.El/s/^\.It Cm \([a-z-]*\) Ta \(.*\)/\1 \2/p' \
	"$top/man/vscode-remote-shell.1" | sed 's/ Ta / /g' | sort >"$T/told"
is "$(cat "$T/told")" "$(cat "$T/rows")" "and so is that of the manual"

# ---- both recipes run the same ---------------------------------------------------

docker=$(sed -n 's/^FROM docker.io\/library\///p' "$image/Dockerfile")
like "$docker" '^debian:[0-9]+-slim$' "the Dockerfile is of a Debian"
is "$(sed -n 's/^From: //p' "$image/tools.def")" "$docker" "and tools.def of the same"
is "$(sed -n 's/^Bootstrap: //p' "$image/tools.def")" docker "by its name in a registry"
is "$(sed -n 's/^COPY //p' "$image/Dockerfile")" "install-tools.sh /tmp/" "the script is copied"
is "$(sed -n '/^%files/{n;s/^ *//p}' "$image/tools.def")" "install-tools.sh /tmp/" "by both"
is "$(sed -n 's/^RUN //p' "$image/Dockerfile")" \
	"sh /tmp/install-tools.sh && rm /tmp/install-tools.sh" "and run"
is "$(sed -n '/^%post/,/^$/s/^ \{1,\}//p' "$image/tools.def")" "sh /tmp/install-tools.sh
rm /tmp/install-tools.sh" "by both, too"

# ---- what it installs ------------------------------------------------------------

mkdir "$T/fakes"
for name in apt-get curl rm mkdir gcc python3 code-server; do
	cat >"$T/fakes/$name" <<END
#!$(command -v sh)
printf '%s' "$name" >>"$T/called"
printf ' %s' "\$@" >>"$T/called"
echo >>"$T/called"
test ! -e "$T/fails-$name"
END
done
cat >"$T/fakes/dpkg" <<END
#!$(command -v sh)
echo arm64
END
chmod +x "$T"/fakes/*
shell=$(command -v sh)
# Nothing else can be found, so nothing of this machine is touched.
install_tools() {
	: >"$T/called"
	(PATH=$T/fakes && export PATH && exec "$shell" "$image/install-tools.sh")
}
ok "it runs to its end" install_tools
is "$(tail -n 1 "$T/called")" "code-server --version" "which tries what is there"
installed=$(sed -n 's/^apt-get install -y --no-install-recommends //p' "$T/called" | head -n 1)
# vscode-remote-shell(1), CONTAINERS; and what "An image of your own" promises.
for package in bash util-linux libstdc++6 openssh-sftp-server \
	gcc g++ make gdb git python3 python3-pip python3-jupyter-server; do
	case " $installed " in
	*" $package "*) pass "$package is in it" ;;
	*) fail "$package is in it" ;;
	esac
done
version=$(sed -n 's/^code_server=//p' "$image/install-tools.sh")
is "$(sed -n 's/^curl .* //p' "$T/called")" \
	"https://github.com/coder/code-server/releases/download/v$version/code-server_${version}_arm64.deb" \
	"code-server is that of the machine"
like "$(cat "$top/doc/GUIDE.md")" "\| \`code-server\` \|.*\| $version, in a browser \|" \
	"of the version that was run"
for name in apt-get curl; do
	: >"$T/fails-$name"
	ok "it ends where $name fails" not install_tools
	is "$(tail -n 1 "$T/called" | cut -d ' ' -f 1)" "$name" "at once"
	command rm "$T/fails-$name"
done
done_testing
