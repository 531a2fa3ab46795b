#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# sign.sh DIR VERSION: the record of a release, which `vscode-remote-shell update` reads,
# and its signature: all tarballs of that version in DIR, with size and SHA-256. All of
# DIR can then be put where packaging/origin says.
#
#	SIGNING_KEY=FILE	an Ed25519 key of ssh, or its .pub where ssh-agent has it;
#				else git's user.signingkey, where gpg.format is ssh
#	NEXT_KEY=FILE.pub	the key of the releases after this one
umask 022
die() { echo "sign: $*" >&2; exit 1; }

# full PATH: the same from another directory
full() {
	case $1 in
	'' | /*) echo "$1" ;;
	*) echo "$PWD/$1" ;;
	esac
}

version=$2
record=vscode-remote-shell.release
key=$(full "$SIGNING_KEY") next=
test -z "$NEXT_KEY" || next=$(cat "$NEXT_KEY") || exit
case $(test -z "$NEXT_KEY" || echo "$next" | grep -c '^ssh-ed25519 AAAA') in
'' | 1)	test ${#next} -lt 128 || die "$NEXT_KEY is too long: shorten its comment" ;;
*)	die "$NEXT_KEY has no key like 'ssh-ed25519 AAAA...', or several" ;;
esac
cd "$1" || exit
test -n "$key" || test "$(git config gpg.format)" != ssh ||
	key=$(git config --type=path user.signingkey)
rm -f $record $record.sig
test -n "$key" || {
	echo "sign: there is no SIGNING_KEY, so update takes nothing of this release" >&2
	exit 0
}
{
	echo "version=$version"
	for file in vscode-remote-shell-"$version".tar.gz \
		vscode-remote-shell-"$version"-*.tar.gz; do
		test ! -f "$file" || echo "file=$file $(($(wc -c <"$file")))" \
			"$(sha256sum "$file" | cut -d' ' -f1)"
	done
	test -z "$next" || echo "key=$next"
	echo
} >$record || die "cannot write $record"
ssh-keygen -q -Y sign -f "$key" -n vscode-remote-shell $record ||
	die "ssh-keygen does not sign by $key"
