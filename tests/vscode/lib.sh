# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC1091,SC2034
# For the *.t that need VS Code's own server: source it instead of tests/lib.sh.
# The server is built if need be, by whoever runs the tests and outside of the
# test's HOME; where it cannot be had the file is skipped with the reason.
# $VRS_VSCODE is its directory (server.sh), $COMMIT its commit, $VERSION its
# version, which VSCODE_PIN chooses. VSCODE=long makes the tests run their long
# forms.
vscode_here=$(cd "$(dirname "$0")" && pwd)
if test -z "$LIB_BOUND"; then
	vscode_long=300
	test "$VSCODE" != long || vscode_long=1200
	TEST_TIMEOUT=${TEST_TIMEOUT:-$vscode_long}
	export TEST_TIMEOUT
	vscode_log=$(mktemp) || exit 1
	VRS_VSCODE=$(timeout 600 sh "$vscode_here/server.sh" build \
		2>"$vscode_log")
	VRS_VSCODE_RC=$?
	VRS_VSCODE_WHY=$(tail -n 20 "$vscode_log")
	rm -f "$vscode_log"
	export VRS_VSCODE VRS_VSCODE_RC VRS_VSCODE_WHY
fi
. "$vscode_here/../lib.sh"
case $VRS_VSCODE_RC in
0)	COMMIT=$(cat "$VRS_VSCODE/commit")
	VERSION=$(cat "$VRS_VSCODE/version")
	diag "VS Code $VERSION with" \
		"$(cat "$VRS_VSCODE/made-with")" ;;
77)	skip_all "$(printf '%s\n' "$VRS_VSCODE_WHY" | tail -n 1)" ;;
*)	diag "$VRS_VSCODE_WHY"
	die "VS Code's server cannot be built" ;;
esac

# has_agents: does the server start an agent host?
has_agents() { test "${VERSION#1.100.}" = "$VERSION"; }

long_form() { test "$VSCODE" = long; }
