# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154
# For container.sh and services.sh, behind tests/lib.sh.

# figure NAME COMMAND...: a line "NAME VALUE" in $T/figures, of two values also
# "NAME p99 VALUE"
figure() {
	figure_name=$1
	shift
	figure_value=$("$@" 2>"$T/log/figure") || {
		fail "$figure_name" || diag_file "$T/log/figure"
		return
	}
	echo "$figure_name ${figure_value%% *}" >>"$T/figures"
	test "$figure_value" = "${figure_value#* }" ||
		echo "$figure_name p99 ${figure_value#* }" >>"$T/figures"
}
