#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Where an installation comes from, for `vscode-remote-shell update`: the file "origin"
# beside its programs. Nothing is printed where that is not known.
#
#	origin.sh bundle VERSION	releases are where packaging/origin says
#	origin.sh clone VERSION		they are tags of where this was cloned from
#
# UPDATE_SOURCE and UPDATE_KEY count instead of what packaging/origin says.
LC_ALL=C
export LC_ALL
top=$(cd "$(dirname "$0")/.." && pwd) || exit 1

# said KEY: the values in packaging/origin
said() { sed -n "s/^$1=//p" "$top/packaging/origin"; }

# a clone of a directory has its path
clone_source() {
	test -e "$top/.git" &&
		url=$(git -C "$top" remote get-url origin 2>/dev/null) || return
	case $url in
	/*) echo "file://$url" ;;
	# a name and a password in it are nobody else's: git has a helper for them
	*) echo "$url" | sed 's|^\(https://\)[^/@]*@|\1|' ;;
	esac
}

source=${UPDATE_SOURCE:-$(case $1 in
	clone) clone_source ;;
	*) said source ;;
esac)}
case $source in
*[!!-~]*)
	echo "origin: $source has a space, or what is not ASCII, so nothing is updated from there; UPDATE_SOURCE=URL says another" >&2
	exit 0 ;;
https://* | file:///*) ;;
'') exit 0 ;;
*)	echo "origin: $source is neither https:// nor file:///, so nothing is updated from there; UPDATE_SOURCE=URL says another" >&2
	exit 0 ;;
esac
echo "kind=$1"
echo "version=$2"
echo "source=$source"
test "$1" != clone ||
	"$top/config.status" --config 2>/dev/null | sed 's/\\/&&/g; s/^/configure=/'
if test -n "$UPDATE_KEY"; then
	echo "key=$UPDATE_KEY"
else
	said key | sed 's/^/key=/'
fi
echo
