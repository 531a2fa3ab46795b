#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# VS Code's own server on this machine, from each form of bootstrap: its answers,
# a terminal, a tunnel to another port, and cut connections that are resumed by
# their tokens through new ones.
. "$(dirname "$0")/lib.sh"
need_product
sshd_start
vrs_host vrs

resume() {
	lib_form=$1
	shift
	$PYTHON "$CLIENTS/resume.py" --dir "$T/$lib_form" \
		--config "$T/ssh_config" --form "$lib_form" \
		--server "$SERVER" --commit "$COMMIT" --version "$VERSION" \
		--folder "$T" "$@" \
		>"$T/log/$lib_form.out" 2>"$T/log/$lib_form.err"
}

rounds=1 forms='legacy exec'
! long_form || rounds=5 forms='legacy exec cursor oss'
for form in $forms; do
	at=$form
	test $form != cursor || at=legacy
	SERVER=$(sh "$TESTS/vscode/server.sh" install $at "$HOME") ||
		die "install $at"
	resume $form --rounds $rounds vrs
	is "$(tail -n 1 "$T/log/$form.out")" "result: all of $rounds resumed" \
		"$form: the window comes back, with its terminal"
	vrs cancel >"$T/log/cancel.$form" 2>&1
done
done_testing
