#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Packages that are made of TARBALL in the Debian MAKER, into PACKAGES: what lintian
# says, what is in them, what they need; those for rpm are installed there, too.
TEST_TIMEOUT=${TEST_TIMEOUT:-900}
. "$(dirname "$0")/../lib.sh"

test -f "${TARBALL:-}" || skip_all "TARBALL names no tarball (make check-packages)"
test -d "${MAKER:-}" || skip_all "MAKER names no Debian that makes packages"
version=$(basename "$TARBALL" .tar.gz)
version=${version##*-}

mkdir "$T/work" "$T/new" "$T/in"
cp "$TARBALL" "$TESTS/../packaging/packages.sh" "$TESTS/packages/inside" "$T/in"
cp -r "$TESTS/../packaging/modulefiles" "$T/in"
chmod -R a+rX "$T/in"
timeout 800 unshare --mount --pid --fork --kill-child --propagation private sh -c '
	mount -t tmpfs tmpfs "$1/work" && cd "$1/work" && mkdir up work &&
	mount -t overlay -o "lowerdir=$2,upperdir=up,workdir=work" overlay \
		"$1/new" && cd "$1/new" && mkdir -p old in out &&
	mount --bind "$1/in" in && mount --bind "$3" out &&
	mount -t proc proc proc && mount --rbind /dev dev || exit
	pivot_root . old && umount -l /old && exec sh /in/inside' \
	sh "$T" "$MAKER" "$PACKAGES" >"$T/log/made" 2>&1
is $? 0 "they are made, as an ordinary user" || {
	diag_file "$T/log/made"
	bail_out "no packages to test"
}

cd "$PACKAGES" || exit
is "$(cat lintian.status)" 0 "lintian runs" || diag_file lintian
is "$(grep '^E:' lintian)" "" "lintian finds no error" || diag_file lintian
diag "lintian: $(grep -c '^W:' lintian) warnings: $(sed -n 's/^W: //p' lintian)"

# files KIND PACKAGE: regular ones; requires KIND PACKAGE
files() {
	case $1 in
	deb)	grep -v '/$' "$2"_"$version"-1_*.deb.files ;;
	rpm)	cat "$2-$version"-1*.[!s]*.rpm.files ;;
	esac
}
requires() {
	case $1 in
	deb)	sed -n 's/^Depends: //p' "$2"_"$version"-1_*.deb.control ;;
	rpm)	cat "$2-$version"-1*.[!s]*.rpm.requires ;;
	esac
}

programs='/usr/bin/|/usr/libexec/.*/'
for kind in deb rpm; do
	is "$(files $kind vscode-remote-shell | grep -E "^($programs)|systemd" |
		sed 's|^/usr/lib/|/lib/|' | sort)" \
		"/lib/systemd/system/vscode-remote-shell-events.service
/lib/systemd/system/vscode-remote-shell-events.timer
/lib/systemd/system/vscode-remote-shell-metrics.service
/lib/systemd/system/vscode-remote-shell-metrics.timer
/usr/bin/vscode-remote-shell
/usr/libexec/vscode-remote-shell/launch-local
/usr/libexec/vscode-remote-shell/launch-slurm-cli
/usr/libexec/vscode-remote-shell/prefetch-server" "$kind: what login nodes have"
	is "$(files $kind vscode-remote-shell-agent | grep -E "^($programs)")" \
		"/usr/libexec/vscode-remote-shell/end-allocation
/usr/libexec/vscode-remote-shell/vscode-remote-agent
/usr/libexec/vscode-remote-shell/vscode-remote-host" "$kind: what compute nodes have"
	is "$(files $kind vscode-remote-shell-slurm | grep -E "^($programs)")" \
		/usr/libexec/vscode-remote-shell/launch-slurm \
		"$kind: what is for one release of Slurm"
	is "$(files $kind vscode-grim-reaper | grep -E "^($programs)|systemd" |
		sed 's|^/usr/lib/|/lib/|')" \
		"/usr/bin/vscode-grim-reaper
/lib/systemd/system/vscode-grim-reaper.service
/lib/systemd/system/vscode-grim-reaper.timer" "$kind: what root runs by a timer"
	for package in '' -agent -slurm; do
		slurm=$(requires $kind "vscode-remote-shell$package" | grep -c 'libslurm')
		case $kind$package in
		deb-slurm) is "$slurm" 1 "deb: -slurm needs Slurm's library" ;;
		*)	is "$slurm" 0 "$kind: vscode-remote-shell$package: not" ;;
		esac
	done
	like "$(requires $kind vscode-remote-shell-agent)" 'libc(6|\.so)' \
		"$kind: compute nodes need the C library"
	unlike "$(requires $kind vscode-remote-shell-agent)" jansson \
		"$kind: compute nodes need no jansson"
	like "$(requires $kind vscode-remote-shell)" vscode-remote-shell-agent \
		"$kind: login nodes have the agent"
	# Every file that is installed is in one package.
	is "$(for p in vscode-remote-shell vscode-remote-shell-agent \
		vscode-remote-shell-slurm vscode-grim-reaper; do
		files $kind $p; done | grep -vE '/(share/doc|share/licenses)|libexec/vscode-remote-shell$' |
		sort | uniq -d)" "" "$kind: no file is in two"
done

like "$(cat rpm-version)" "^vscode-remote-shell $version\$" "rpm: installed, it runs" ||
	diag_file rpm-i
like "$(cat rpm-session)" '^in a job: [0-9]+$' "rpm: a session" || diag_file rpm-session
like "$(cat rpm-cancel)" "ended\$" "rpm: its end"
ok "rpm: it was there" not cmp -s before between
is "$(diff before after)" "" "rpm: removed, nothing is left"

for language in lua tcl; do
	is "$(cat $language)" "PATH=/opt/vscode-remote-shell/current/bin
MANPATH=/opt/vscode-remote-shell/current/share/man" "the modulefile in $language"
done
done_testing
