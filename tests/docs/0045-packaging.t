#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What is in packaging/ fits to the rest, as far as that is known without the tools
# that read it: each file that `make install` installs is in one package of each kind,
# recipes name the versions that configure wants, and modulefiles what is made.
. "$(dirname "$0")/../lib.sh"
need_product

top=$(cd "$TESTS/.." && pwd)
cd "$top/packaging" || exit 1

make -s -C "$top" B="$BUILD" prefix=/usr DESTDIR="$T/stage" install \
	>"$T/log/install" 2>&1 || die "make install failed"
touch "$T/stage/usr/libexec/vscode-remote-shell/launch-slurm" \
	"$T/stage/usr/libexec/vscode-remote-shell/end-allocation"
(cd "$T/stage" && find . -type f | sed 's|^\./||' | sort) >"$T/installed"
ok "files are found" test "$(wc -l <"$T/installed")" -gt 30

# owners FILE: lines PACKAGE of those in $T/lists that name it, or a folder above it
owners() {
	awk -v file="$1" '$2 == file || index(file, $2 "/") == 1 { print $1 }' \
		"$T/lists"
}
# each_once WHAT: by $T/lists, lines "PACKAGE PATH"
each_once() {
	while read -r file; do
		n=$(owners "$file" | wc -l)
		test "$n" = 1 || echo "$file: $n times"
	done <"$T/installed" >"$T/odd"
	is "$(cat "$T/odd")" "" "$1: each file is in one package"
}

for list in debian/*.install; do
	sed -n "s|^\(usr/[^ ]*\)\$|$(basename "$list" .install) \1|p" "$list"
done >"$T/lists"
each_once deb
is "$(for list in debian/*.install; do basename "$list" .install; done | sort)" \
	"$(sed -n 's/^Package: //p' debian/control | sort)" "each package has its list"

sed -n 's/^%global \([a-z]*\) \(.*\)/s|%{\1}|\2|g/p' vscode-remote-shell.spec.in >"$T/sed"
cat >>"$T/sed" <<'END'
s|%{_libexecdir}|usr/libexec|
s|%{_datadir}|usr/share|
s|%{_mandir}|usr/share/man|
s|%{_bindir}|usr/bin|
s|%{_unitdir}|usr/lib/systemd/system|
s|\*$||
END
sed -n '/^%files/,$p' vscode-remote-shell.spec.in | sed -f "$T/sed" |
	awk '$1 == "%files" { package = $NF } $1 ~ /^usr\// { print package, $1 }' \
	>"$T/lists"
each_once rpm

# Units: systemd understands each, nothing switches one on, and what it runs is there
# and knows its options.
# shellcheck disable=SC2317 # called by ok
takes() { "$BUILD/$@" --version; }
units=$T/stage/usr/lib/systemd/system
for unit in "$units"/*.service; do
	name=$(basename "$unit" .service)
	ok "$name has a timer" test -f "$units/$name.timer"
	command=$(sed -n 's|^ExecStart=/usr/bin/||p' "$unit")
	# shellcheck disable=SC2086 # words
	ok "$name: its options are taken" takes $command
done
sed -i "s|=/usr/bin/|=$BUILD/|" "$units"/*.service
if command -v systemd-analyze >/dev/null; then
	is "$(systemd-analyze verify --man=no "$units"/* 2>&1 | grep -F vscode-)" '' \
		"systemd understands the units"
else
	skip 1 "systemd-analyze is not installed"
fi
like "$(cat debian/rules)" 'dh_installsystemd --no-enable --no-start' \
	"deb: none is switched on"

# What configure wants at least, as recipes say it.
for row in 'EVENT libevent' 'OPENSSL openssl' 'JANSSON jansson'; do
	version=$(sed -n "s/^VRS_PKG(\[${row% *}\], \[[a-z_]*\], \[\([0-9.]*\)\].*/\1/p" \
		"$top/configure.ac" | head -n 1)
	like "$(cat spack/package.py.in)" "\"${row#* }@$version:\"" \
		"spack: ${row#* } $version"
done
for recipe in spack/package.py.in easybuild/vscode-remote-shell.eb.in; do
	sed 's/@VERSION@/1.2.3/; s/@SHA256@/0/' $recipe >"$T/recipe.py"
	ok "$recipe is Python" "$PYTHON" -m py_compile "$T/recipe.py"
done
for file in bundle.sh packages.sh release.sh; do
	ok "$file is a script" sh -n $file
done

# ADMIN.md names what comes out.
name=$(sed -n 's/^name=//p' bundle.sh | sed 's/\$version/VERSION/; s/\$MACHINE/x86_64/')
for words in "as root" "\`$name.tar.gz\`" "\`~/$name/bin/vscode-remote-shell\`" \
	'`rpmbuild -ta` of the tarball that `make dist` makes' \
	"| $(basename "$(grep -l vscode-remote-host debian/*.install)" .install); vscode-remote-host is in it |"; do
	ok "ADMIN.md: $words" sh -c 'tr "\n" " " <"$1" | grep -qF -e "$2"' - \
		"$top/doc/ADMIN.md" "$words"
done

# Modulefiles: the folders that are put into paths are made.
for dir in $(sed -n 's/^prepend_path(.*, pathJoin(base, "\(.*\)"))/\1/p' \
	modulefiles/vscode-remote-shell.lua); do
	ok "lua: $dir is made" test -d "$T/stage/usr/$dir"
done
is "$(sed -n 's/^prepend_path("\([A-Z]*\)", pathJoin(base, "\(.*\)"))/\1 \2/p' \
	modulefiles/vscode-remote-shell.lua)" \
	"$(sed -n 's|^prepend-path \([A-Z]*\) $base/\(.*\)|\1 \2|p' \
		modulefiles/vscode-remote-shell.tcl)" "both modulefiles do the same"
if command -v tclsh >/dev/null; then
	printf 'proc module-whatis {x} {}\nproc prepend-path {a b} {puts $a}\nsource %s\n' \
		"$top/packaging/modulefiles/vscode-remote-shell.tcl" >"$T/m.tcl"
	is "$(tclsh "$T/m.tcl")" "PATH
MANPATH" "that in Tcl runs"
else
	skip 1 "tclsh is not installed"
fi

# SECURITY.md: on one page, and its tests are there (0011 looks at the links).
ok "SECURITY.md is short" test "$(wc -w <"$top/SECURITY.md")" -lt 900
ok "and its claims have tests" test \
	"$(grep -o '](tests/[a-z]*/[0-9a-z-]*\.t)' "$top/SECURITY.md" | sort -u | wc -l)" -ge 9
done_testing
