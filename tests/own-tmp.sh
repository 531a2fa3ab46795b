# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Sourced before lib.sh: runs the test with a /tmp of its own, in which another
# user takes names, or where what sessions of other tests have there at the same
# time would be in the way. VRS_OWN_TMP is set when it could; that needs root, and
# a tree that is not below /tmp itself.
below_tmp() { case $(cd "$(dirname "$0")" && pwd -P) in /tmp/*) ;; *) false ;; esac; }
if test -z "$VRS_OWN_TMP" && ! below_tmp && test "$(id -u)" = 0 &&
	unshare -m true 2>/dev/null
then
	VRS_OWN_TMP=1 exec unshare -m --propagation private sh -c \
		'mount -t tmpfs -o mode=1777 none /tmp && exec sh "$0" "$@"' \
		"$0" "$@"
fi
