#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What `make bundle` packs of an installed tree: the same bytes each time, and it runs
# wherever it is unpacked. Programs that want more than glibc are told. With the
# programs of this build; `make check-bundle` makes a real one. And installations
# beside each other, with a link to the current one.
. "$(dirname "$0")/../lib.sh"
need_product
at_exit vrs_end

top=$(cd "$TESTS/.." && pwd)
bundle=$top/packaging/bundle.sh
command -v readelf >/dev/null || skip_all "readelf is not installed"
make -s -C "$top" B="$BUILD" prefix=/ DESTDIR="$T/stage" install \
	>"$T/log/install" 2>&1 || die "make install failed"
rm -f "$T/stage/libexec/vscode-remote-shell/launch-slurm"

SOURCE_DATE_EPOCH=1700000000
export SOURCE_DATE_EPOCH
UPDATE_SOURCE=https://releases.example.org/vrs
UPDATE_KEY='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH36Yu/bOUNE+lAn2A1+IjOLwPF8vXYmz7dbU4FiwYbg test'
export UPDATE_SOURCE UPDATE_KEY
for n in 1 2; do
	ok "pack, $n" sh "$bundle" pack "$T/stage" "$T/$n.tar.gz"
	touch "$T/stage"/bin/*
done
same "$T/1.tar.gz" "$T/2.tar.gz" "it is the same each time"
mkdir "$T/a place" && tar -xzf "$T/1.tar.gz" -C "$T/a place"
set -- "$T/a place"/*
is "$(basename "$1")" "vscode-remote-shell-$(sed -n '1s/ .*//p' \
	"$top/ChangeLog")-linux-$(uname -m)" "it has one folder, named as it is"
like "$(cat "$1/README")" "RemoteCommand ~/$(basename "$1")/bin/vscode-remote-shell" \
	"README tells how to use it"
ok "no unit for root" test ! -e "$1/lib"
is "$(cat "$1/libexec/vscode-remote-shell/origin")" "kind=bundle
version=$(sed -n '1s/ .*//p' "$top/ChangeLog")
source=$UPDATE_SOURCE
key=$UPDATE_KEY" "it says where it comes from"
VRS_PROGRAM=$1/bin/vscode-remote-shell
echo 'echo hello' | "$VRS_PROGRAM" --launcher=local --state-dir="$VRS_STATE" \
	>"$T/out" 2>"$T/log/session"
is "$? $(cat "$T/out")" "0 hello" "a session from there" || diag_file "$T/log/session"
like "$(tr '\0' ' ' <"/proc/$(agents | head -n 1)/cmdline")" "^$1/libexec/" \
	"by its own agent"

sh "$bundle" check "$T/stage/bin" >"$T/out"
is $? 1 "programs that want libraries are no bundle"
like "$(cat "$T/out")" '^vscode-remote-shell needs libevent_core' "which is said"
sh "$bundle" check "$T/none" >"$T/out"
is "$? $(cat "$T/out")" "1 $T/none is no directory" "nor is what is not there"
mkdir "$T/bad"
printf '#!/bin/sh\nexit 1\n' >"$T/bad/readelf"
chmod +x "$T/bad/readelf"
PATH=$T/bad:$PATH sh "$bundle" check "$T/stage/bin" >"$T/out"
is "$?" 1 "what readelf cannot read is no bundle"
like "$(cat "$T/out")" '^vscode-remote-shell cannot be looked at' "which is said"
mv "$T/bad/readelf" "$T/bad/tar"
PATH=$T/bad:$PATH sh "$bundle" pack "$T/stage" "$T/half.tar.gz" 2>"$T/err"
is "$?" 1 "half a tarball is no success"
printf 'int main(void) { return 0; }\n' >"$T/plain.c"
mkdir "$T/plain"
"${CC:-cc}" -o "$T/plain/plain" "$T/plain.c" || die "no compiler"
is "$(sh "$bundle" check "$T/plain" | grep -v 'needs glibc 2\.[34]')" "" \
	"glibc is no library to be told, but how new it must be"

# ---- versions beside each other ------------------------------------------------

# current VERSION: as it is installed
current() {
	make -s -C "$top" B="$BUILD" prefix=/opt/vrs DESTDIR="$T/root" VERSION="$1" \
		-o config.mk install-current >"$T/log/install.$1" 2>&1
}
vrs cancel >"$T/log/cancel" 2>&1
ok "install-current" current 1.0
is "$(grep -v '^configure=' "$T/root/opt/vrs/1.0/libexec/vscode-remote-shell/origin")" \
	"kind=clone
version=1.0
source=$UPDATE_SOURCE
key=$UPDATE_KEY" "it says where it comes from"
UPDATE_SOURCE=git@forge:vrs
is "$(readlink "$T/root/opt/vrs/current")" 1.0 "current is the first"
VRS_PROGRAM=$T/root/opt/vrs/current/bin/vscode-remote-shell
echo 'echo hello' | "$VRS_PROGRAM" --launcher=local --state-dir="$VRS_STATE" \
	>"$T/out" 2>"$T/log/session.1"
agent=$(agents)
ok "the next one" current 1.1
ok "which comes from where nothing is got" \
	test ! -e "$T/root/opt/vrs/1.1/libexec/vscode-remote-shell/origin"
is "$(cd "$T/root/opt/vrs" && ls -d *) $(readlink "$T/root/opt/vrs/current")" \
	"1.0
1.1
current 1.1" "current is that, and the first is still there"
echo 'echo hello' | "$VRS_PROGRAM" --launcher=local --state-dir="$VRS_STATE" \
	>"$T/out" 2>"$T/log/session.2"
is "$? $(cat "$T/out")" "0 hello" "by which the session goes on"
is "$(agents)" "$agent" "with the agent of the first"
like "$(tr '\0' ' ' <"/proc/$agent/cmdline")" "^$T/root/opt/vrs/1.0/libexec/" \
	"which has its own folder"
done_testing
