#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# `make release`: what ChangeLog's first line says is tagged, and packed into
# $B/release: the tarball, which comes out the same when it is made again, its
# SHA-256, the recipes that want to know that, and what `update` reads (sign.sh).
top=$(cd "$(dirname "$0")/.." && pwd) && cd "$top" || exit 1
mkdir -p "${B:-build}" && B=$(cd "${B:-build}" && pwd) || exit 1
umask 022
unset MAKEFLAGS MAKELEVEL MFLAGS
# Where make was called; the tag and the signature are made elsewhere.
case $SIGNING_KEY in '' | /*) ;; *) SIGNING_KEY=$PWD/$SIGNING_KEY ;; esac
case $NEXT_KEY in '' | /*) ;; *) NEXT_KEY=$PWD/$NEXT_KEY ;; esac
export SIGNING_KEY NEXT_KEY

die() { echo "release: $*" >&2; exit 1; }

read -r version day rest <ChangeLog
case $day in
\([0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]\)) ;;
*)	die "ChangeLog's first line is '$version $day${rest:+ $rest}'; write the day: $version ($(date +%Y-%m-%d))" ;;
esac
name=vscode-remote-shell-$version
test -z "$(git status --porcelain)" ||
	die "there are changes that are not committed; see git status"
git rev-parse -q --verify "refs/tags/v$version" >/dev/null &&
	die "there is a tag v$version already; ChangeLog's first line names the next one"

rm -rf "$B/release"
mkdir -p "$B/release"
for n in 1 2; do
	make -s B="$B" dist || die "make dist failed"
	mv "$name.tar.gz" "$B/release/$n"
done
cmp -s "$B/release/1" "$B/release/2" ||
	die "the tarball is another one each time it is made"
rm "$B/release/2"
mv "$B/release/1" "$B/release/$name.tar.gz"
cd "$B/release" || exit 1
sha256sum "$name.tar.gz" >SHA256SUMS
sum=$(cut -d' ' -f1 SHA256SUMS)

# recipe FROM TO
recipe() {
	sed "s/@VERSION@/$version/g; s/@SHA256@/$sum/" \
		"$top/packaging/$1" >"$2"
}
recipe spack/package.py.in package.py
recipe easybuild/vscode-remote-shell.eb.in "$name-GCCcore-13.2.0.eb"
cp "$B/dist/vscode-remote-shell.spec" .

# Who has no key has a tag all the same.
if test -n "$SIGNING_KEY"; then
	git -c gpg.format=ssh -c user.signingkey="$SIGNING_KEY" \
		tag -s -m "$name" "v$version"
elif test -n "$(git config user.signingkey)"; then
	git tag -s -m "$name" "v$version"
else
	git tag -a -m "$name" "v$version"
fi || die "cannot make the tag v$version"
cd "$top" && sh packaging/sign.sh "$B/release" "$version" ||
	die "the tag v$version is made, but no record of it: 'make sign' makes that"
echo "$name: tag v$version, $B/release, SHA-256 $sum"
