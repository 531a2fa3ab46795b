#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# ProxyCommand: all that OpenSSH's programs and those above them do, by the sshd of
# this machine; `make check-sshd-versions' does the same with those of other Debians.
# shellcheck disable=SC2034 # for tests/sshd/lib.sh
. "$(dirname "$0")/../lib.sh"
. "$TESTS/sshd/lib.sh"
need_product
PATH=$PATH:/usr/sbin:/usr/local/sbin
command -v sshd >/dev/null || skip_all "no sshd"
sshd_start
at_exit vrs_end
proxy_host job "$(vrs_command) proxy"
vrs proxy --known-hosts job >"$T/known" 2>"$T/err" || diag_file "$T/err"

FAR=$T/far SFTP_BYTES=8388608
mkdir "$FAR"
SSHD_NAME=$(ssh -V 2>&1 | sed 's/^OpenSSH_\([0-9.]*\).*/\1/')
SSHD_TABLE=$T/table
ok "the session begins" to_job -T job true 2>"$T/err" || diag_file "$T/err"
sshd_cells
# One of them is scp -O, which older ones have not.
if test -n "$(scp_option)"; then cells=17; else cells=16; fi
is "$(wc -l <"$SSHD_TABLE")" $cells "so many cells"
done_testing
