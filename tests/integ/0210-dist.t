#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The tarball of `make dist` is enough: who unpacks it configures, builds, installs
# and runs unit tests, one of each folder here, with neither git nor autoconf. It is
# the same each time, and `make release` tags and packs what ChangeLog says, once.
TEST_TIMEOUT=${TEST_TIMEOUT:-900}
. "$(dirname "$0")/../lib.sh"

top=$(cd "$TESTS/.." && pwd)
command -v git >/dev/null || skip_all "git is not installed"
test -e "$top/.git" || skip_all "this is no clone, from which a tarball is made"
git config --global safe.directory '*'
git config --global user.name tests
git config --global user.email tests@localhost
version=$(sed -n '1s/ .*//p' "$top/ChangeLog")

# logged NAME COMMAND...: its output is shown only when it fails
logged() {
	logged=$T/log/$1
	ok "$@" >"$T/result" 2>"$logged.err" || {
		diag_file "$logged" 30
		diag_file "$logged.err"
	}
	cat "$T/result"
}
in_dir() (cd "$1" && shift && "$@" >"$logged" 2>&1 </dev/null)

# A clone of what is here, also of what is not committed yet.
git clone -q "$top" "$T/clone" && (cd "$top" && git diff --binary HEAD) \
	>"$T/changes" || die "cannot clone $top"
test ! -s "$T/changes" || (
	cd "$T/clone" && git apply --index "$T/changes" && git commit -qm here
) || die "cannot copy what is not committed"
logged "configure, in a clone" in_dir "$T/clone" \
	sh -c 'autoheader -f && autoconf -f && ./configure'
logged "make dist" in_dir "$T/clone" make dist

mv "$T/clone/vscode-remote-shell-$version.tar.gz" "$T/first"
touch "$T/clone/configure" "$T/clone/ChangeLog"
logged "make dist, again" in_dir "$T/clone" make dist
same "$T/first" "$T/clone/vscode-remote-shell-$version.tar.gz" "it is the same tarball"

# release WANT NAME: how its last line is
release() {
	(cd "$T/clone" && make -s release) >"$T/release.out" 2>&1 </dev/null
	rc=$?
	like "$(grep '^release: \|: tag ' "$T/release.out")" "$1" "$2" ||
		diag_file "$T/release.out" 20
}
if grep -q '^[0-9.]* (unreleased)$' "$T/clone/ChangeLog"; then
	release "^release: ChangeLog's first line is '$version \(unreleased\)'" \
		"no release without a day"
fi
sed -i "1s/.*/$version (2026-11-29)/" "$T/clone/ChangeLog"
release '^release: there are changes that are not committed' \
	"none of what is not committed"
in_dir "$T/clone" git commit -qam 'ChangeLog: Name the day'
in_dir "$T/clone" git tag -d "v$version"
# git knows such keys from 2.34 on, ssh-keygen from OpenSSH 8.1 on.
if ssh-keygen -q -t ed25519 -N '' -f "$T/key" && touch "$T/x" &&
	in_dir "$T/clone" git -c gpg.format=ssh tag -l >/dev/null 2>&1 &&
	ssh-keygen -q -Y sign -f "$T/key" -n x "$T/x" 2>/dev/null; then
	export SIGNING_KEY=../key
fi
if test -n "$SIGNING_KEY"; then
	export NEXT_KEY=none.pub
	release "^release: the tag v$version is made, but no record of it: 'make sign'" \
		"a record that cannot be made"
	unset NEXT_KEY
	in_dir "$T/clone" git tag -d "v$version"
else
	skip 1 "ssh-keygen or git signs nothing by keys of ssh"
fi
release ": tag v$version, .*, SHA-256 [0-9a-f]{64}\$" "a release"
sum=$(sed -n 's/.*SHA-256 //p' "$T/release.out")
ok "its SHA-256 is that of the tarball" in_dir "$T/clone/build/release" \
	sha256sum -c SHA256SUMS
if test -n "$SIGNING_KEY"; then
	record=$T/clone/build/release/vscode-remote-shell.release
	is "$(cat "$record")" "version=$version
file=vscode-remote-shell-$version.tar.gz $(wc -c <"$T/clone/build/release/vscode-remote-shell-$version.tar.gz") $sum" \
		"its record names it"
	echo "me $(cat "$T/key.pub")" >"$T/signers"
	ok "its record is signed" ssh-keygen -q -Y verify -f "$T/signers" -I me \
		-n vscode-remote-shell -s "$record.sig" <"$record"
	like "$(git -C "$T/clone" cat-file tag "v$version")" 'BEGIN SSH SIGNATURE' \
		"so is its tag"
else
	skip 3 "ssh-keygen or git signs nothing by keys of ssh"
fi
for file in package.py "vscode-remote-shell-$version-GCCcore-13.2.0.eb"; do
	like "$(cat "$T/clone/build/release/$file")" "$sum" "$file names it"
done
is "$(git -C "$T/clone" rev-parse "v$version^{commit}")" \
	"$(git -C "$T/clone" rev-parse HEAD)" "the tag is what was packed"
release "^release: there is a tag v$version already" "the same is not released twice"

mkdir "$T/bin"
for tool in git autoconf autoheader; do
	printf '#!/bin/sh\necho %s "$@" >>%s/used\nexit 127\n' $tool "$T" \
		>"$T/bin/$tool"
	chmod 755 "$T/bin/$tool"
done
PATH=$T/bin:$PATH
tar -xzf "$T/clone/build/release/vscode-remote-shell-$version.tar.gz" -C "$T" ||
	die "no tarball of version $version"
from=$T/vscode-remote-shell-$version
# Not what is fast in the end, but what is built fast.
logged "configure, from the tarball" in_dir "$from" \
	./configure --prefix="$T/prefix" CFLAGS=-O0
# FORTIFY wants to be optimized.
logged "make" in_dir "$from" make -j2 FORTIFY= all
logged "make install" in_dir "$from" make FORTIFY= install
units=$(cd "$from/tests/unit" && for folder in . */; do
	ls "$folder"/test_*.c | grep -v /test_slurm_ | head -n 1
done | sed 's|^[./]*|build/tests/|; s|//|/|; s|\.c$||')
logged "make check-unit" in_dir "$from" make -j2 FORTIFY= UNIT="$(echo $units)" \
	check-unit
like "$(cat "$T/log/make check-unit")" '^All tests successful' "it has run them"
is "$("$T/prefix/bin/vscode-remote-shell" --version | head -n 1)" \
	"vscode-remote-shell $version" "what is installed tells the version"
ok "the agent is where the front looks for it" test -x \
	"$T/prefix/libexec/vscode-remote-shell/vscode-remote-agent"
ok "neither git nor autoconf was asked for" test ! -e "$T/used" ||
	diag_file "$T/used"
done_testing
