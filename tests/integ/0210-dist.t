#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The tarball of `make dist` is enough: who unpacks it configures, builds, installs
# and runs unit tests, one of each folder here, with neither git nor autoconf.
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

mkdir "$T/bin"
for tool in git autoconf autoheader; do
	printf '#!/bin/sh\necho %s "$@" >>%s/used\nexit 127\n' $tool "$T" \
		>"$T/bin/$tool"
	chmod 755 "$T/bin/$tool"
done
PATH=$T/bin:$PATH
tar -xzf "$T/clone/vscode-remote-shell-$version.tar.gz" -C "$T" ||
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
