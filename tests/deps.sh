#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Finds what this machine lacks to build or test, and installs it.
#
#   deps.sh [-n] SET...      sets: build, quickstart, test, vscode
#
# -n: only print what is missing, install nothing.
# As root, or with a password-less sudo, by apt-get or dnf; otherwise it says
# what to install. Silent when nothing is missing. Status 0: everything needed
# is there (what is only wanted may be missing, that is said); 1: it is not.
# Installing starts no daemon.

PATH=$PATH:/usr/sbin:/sbin

# sets  need|want  what to look for  Debian's package  RHEL's package, of 8 and 9
# cmd: a program, hdr: a header of C, lib: a module of pkg-config, font: a font,
# py: a module of Python
table() {
	cat <<'END'
build            need cmd:gcc            gcc             gcc
build            need hdr:stdio.h        libc6-dev       glibc-devel
build            need cmd:make           make            make
build            need cmd:autoconf       autoconf        autoconf
build            need cmd:pkg-config     pkg-config      pkgconf-pkg-config
build            need cmd:find           findutils       findutils
build            need cmd:awk            mawk            gawk
build            need lib:libevent_extra libevent-dev    libevent-devel
build            need lib:openssl        libssl-dev      openssl-devel
build            want lib:jansson        libjansson-dev  jansson-devel
build            want static:any         musl-tools      glibc-static
build            want hdr:slurm/slurm.h  libslurm-dev    slurm-devel
quickstart,test  need cmd:sshd           openssh-server  openssh-server
quickstart,test  need cmd:ssh            openssh-client  openssh-clients
quickstart,test  need cmd:bash           bash            bash
quickstart,test  need cmd:python3        python3         python3
quickstart,test  need cmd:ps             procps          procps-ng
quickstart,test  need cmd:setsid         util-linux      util-linux
quickstart,test  need cmd:cmp            diffutils       diffutils
test             need lib:cmocka         libcmocka-dev   libcmocka-devel
test             need cmd:prove          perl            perl-Test-Harness
test             need cmd:setpriv        util-linux      util-linux
test             need cmd:ip             iproute2        iproute
test             need cmd:ss             iproute2        iproute
test             need cmd:curl           curl            curl
test             want cmd:unshare        util-linux      util-linux
test             want cmd:useradd        passwd          shadow-utils
test             want cmd:mandoc         mandoc          mandoc
test             want cmd:pandoc         pandoc          pandoc
test             want cmd:openssl        openssl         openssl
test             want cmd:script         bsdutils        util-linux
test             want cmd:git            git             git
test             want cmd:rsync          rsync           rsync
test             want cmd:Xvfb           xvfb            xorg-x11-server-Xvfb
test             want cmd:xauth          xauth           xorg-x11-xauth
test             want cmd:xdpyinfo       x11-utils       xorg-x11-utils
test,vscode      want cmd:jupyter-notebook jupyter-notebook jupyter-notebook
test             want py:paramiko        python3-paramiko python3-paramiko
test             want py:asyncssh        python3-asyncssh python3-asyncssh
test             want cmd:plink          putty-tools     putty
test             want cmd:dbclient       dropbear-bin    dropbear
test             want cmd:emacs          emacs-nox       emacs-nox
test             want cmd:findmnt        util-linux      util-linux
test             want cmd:bwrap          bubblewrap      bubblewrap
test             want cmd:busybox        busybox-static  busybox
test             want cmd:ch-run         charliecloud    charliecloud
test             want cmd:proot          proot           proot
test             want cmd:bindfs       bindfs          bindfs
test             want cmd:strace         strace          strace
test             want cmd:tcsh           tcsh            tcsh
test             want cmd:fish           fish            fish
test             want cmd:vi             vim-tiny        vim-minimal
test             want cmd:tmux           tmux            tmux
test             want cmd:shellcheck     shellcheck      ShellCheck
test             want cmd:ctags          universal-ctags ctags
test             want cmd:slurmctld      slurm-wlm       slurm-slurmctld
test             want cmd:slurmd         slurm-wlm       slurm-slurmd
test             want cmd:sbatch         slurm-client    slurm
test             want cmd:munged         munge           munge
test             want cmd:mpirun         openmpi-bin     openmpi
test,vscode      want cmd:npm            npm             npm
vscode           want cmd:g++            g++             gcc-c++
vscode           want cmd:make           make            make
vscode           want cmd:python3        python3         python3
vscode           want cmd:rg             ripgrep         ripgrep
vscode           want cmd:chromium       chromium        chromium
vscode           want font:any           fonts-dejavu-core dejavu-sans-mono-fonts
END
}

say() { echo "deps: $*" >&2; }

have() {
	case $1 in
	cmd:chromium)	command -v chromium || command -v chromium-browser ;;
	cmd:*)	command -v "${1#cmd:}" ;;
	py:*)	/usr/bin/python3 -c "import ${1#py:}" ;;
	lib:*)	pkg-config --exists "${1#lib:}" ;;
	font:*)	find /usr/share/fonts -name '*.[to]tf' | grep . ;;
	static:*)	command -v musl-gcc ||
		echo 'int main(void) { return 0; }' |
			gcc -static -x c -o /dev/null - ;;
	hdr:*)	echo "#include <${1#hdr:}>" | gcc -E -x c - ;;
	esac >/dev/null 2>&1
}

# Rows of the wanted sets whose thing is not there.
missing() {
	table | while read -r of level what debian rhel; do
		for set in $sets; do
			case ,$of, in *,"$set",*) break ;; esac
		done
		case ,$of, in *,"$set",*) ;; *) continue ;; esac
		have "$what" || echo "$level $what $debian $rhel"
	done
}

# packages COLUMN: their names, each once, in one line
packages() { awk -v c="$1" '!seen[$c]++ { printf "%s ", $c }'; }

apt() {
	# shellcheck disable=SC2086
	$as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
		apt-get -q -y -o DPkg::Lock::Timeout=120 "$@" </dev/null \
		>>"$log" 2>&1
}

# Debian starts a daemon when its package is installed, unless policy-rc.d says
# no. One that is there already (containers, chroots) is left as it is.
no_daemons() {
	policy=/usr/sbin/policy-rc.d
	if test -e $policy || test -h $policy; then
		policy=
		return
	fi
	printf '#!/bin/sh\nexit 101\n' | $as_root tee $policy >/dev/null &&
		$as_root chmod 755 $policy
}

install_debian() {
	no_daemons
	apt install --no-install-recommends "$@" || {
		apt update && apt install --no-install-recommends "$@"
	} || {
		# One name that does not exist must not keep back the others.
		for p; do
			apt install --no-install-recommends "$p" ||
				say "apt-get could not install $p"
		done
	}
}

# repositories: those that are off, and have development packages, as RHEL 8 or 9 and
# their kin call them; EPEL is there when its package was installed
repositories() {
	release=$(sed -n 's/^VERSION_ID="*\([0-9]*\).*/\1/p' \
		"${OS_RELEASE:-/etc/os-release}")
	case $release in
	8)	echo powertools ;;
	*)	echo crb ;;
	esac
	echo "codeready-builder-for-rhel-$release-$(uname -m)-rpms"
	echo "ol${release}_codeready_builder"
	echo epel
}

install_rhel() {
	repositories=$(repositories)
	for p; do
		for repo in '' $repositories; do
			$as_root dnf -q -y ${repo:+--enablerepo="$repo"} \
				install --setopt=install_weak_deps=False \
				"$p" </dev/null >>"$log" 2>&1 && break
		done || say "dnf could not install $p"
	done
}

finish() {
	test -z "$policy" || $as_root rm -f "$policy"
	rm -f "$log"
}

only_look=
if test "$1" = -n; then
	only_look=1
	shift
fi
sets=$*
case $sets in
'' | -*)
	echo "usage: deps.sh [-n] build|quickstart|test|vscode ..." >&2
	exit 64 ;;
esac
lacking=$(missing)
if test -n "$only_look"; then
	test -z "$lacking" || echo "$lacking"
	exit 0
fi
test -n "$lacking" || exit 0

if command -v apt-get >/dev/null; then
	family=debian column=3 by="apt-get install"
elif command -v dnf >/dev/null; then
	family=rhel column=4 by="dnf install"
else
	family='' column=2 by="install, with this system's package manager:"
fi
if test "$(id -u)" = 0; then
	as_root=
elif sudo -n true 2>/dev/null; then
	as_root="sudo -n"
else
	as_root=no
fi

policy=''
log=$(mktemp) || exit 1
trap finish EXIT
trap 'exit 130' HUP INT TERM
if test -n "$family" && test "$as_root" != no; then
	names=$(echo "$lacking" | packages $column)
	say "installing $names"
	# shellcheck disable=SC2086
	install_$family $names
	lacking=$(missing)
fi

needed=$(echo "$lacking" | awk '$1 == "need"' | packages $column)
wanted=$(echo "$lacking" | awk '$1 == "want"' | packages $column)
test -z "$wanted" ||
	say "not there, so left out: what needs $wanted-- optional: $by $wanted"
test -z "$needed" && exit 0
test ! -s "$log" || tail -n 15 "$log" >&2
say "missing; run as root: $by $needed"
exit 1
