#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# deps.sh where dnf is: it asks for each package that is missing, first as it is,
# then in the repositories that RHEL 8 or 9 and their kin have off.
. "$(dirname "$0")/../lib.sh"

# A system that has no more than these.
mkdir "$T/bin"
for tool in sh id awk sed grep sort mktemp rm tail cat uname tr tee chmod env; do
	ln -s "$(command -v $tool)" "$T/bin/$tool"
done
printf '#!/bin/sh\n' >"$T/bin/true"
printf '#!/bin/sh\ntest "$1" != -n || shift\nexec "$@"\n' >"$T/bin/sudo"
# libevent-devel is in one that is off, jansson-devel nowhere.
cat >"$T/bin/dnf" <<END
#!/bin/sh
echo "\$*" >>'$T/asked'
for last; do :; done
case "\$last \$*" in
libevent-devel\ *--enablerepo=*) exit 0 ;;
libevent-devel\ * | jansson-devel\ *) exit 1 ;;
esac
END
chmod 755 "$T/bin/true" "$T/bin/sudo" "$T/bin/dnf"

# deps RELEASE: its words about the set "build"
deps() {
	printf 'NAME="Rocky Linux"\nVERSION_ID="%s"\n' "$1" >"$T/os-release"
	rm -f "$T/asked"
	env PATH="$T/bin" OS_RELEASE="$T/os-release" sh "$TESTS/deps.sh" build \
		>"$T/out" 2>"$T/err"
}

# repositories PACKAGE: those that were tried for it
repositories() {
	sed -n "s/.*--enablerepo=\([^ ]*\) .* $1\$/\1/p" "$T/asked" | tr '\n' ' '
}

machine=$(uname -m)
for row in "8.10 powertools 8" "9.4 crb 9"; do
	# shellcheck disable=SC2086
	set -- $row
	deps "$1"
	is "$?" 1 "$1: what is needed and not there is a failure"
	like "$(cat "$T/err")" '^deps: installing .*gcc .*libevent-devel .*openssl-devel ' \
		"$1: it names what it installs"
	is "$(repositories openssl-devel)" "" "$1: what is there as it is"
	is "$(repositories libevent-devel)" "$2 " "$1: what is in $2"
	is "$(repositories jansson-devel)" \
		"$2 codeready-builder-for-rhel-$3-$machine-rpms ol$3_codeready_builder epel " \
		"$1: what is nowhere"
	like "$(cat "$T/err")" '^deps: dnf could not install jansson-devel$' \
		"$1: which is said"
done
done_testing
