/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a command was asked for goes to stdout in one piece; a full disk or a
 * closed pipe is an error with its own status.
 */
#include "os/print.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int print_text(struct buf *text, struct err *e)
{
	int bad = (text->len > 0 && fwrite(buf_data(text), 1, text->len,
		stdout) != text->len) || fflush(stdout) == EOF;

	buf_fini(text);
	if (!bad)
		return 1;
	err_set(e, "stdout: %s", strerror(errno));
	return PRINT_FAILED;
}
