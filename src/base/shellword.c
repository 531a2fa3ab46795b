/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One word, quoted for a POSIX shell: in single quotes when it has a byte that
 * a shell could read as anything but itself.
 */
#include "base/shellword.h"

#include <string.h>

void shellword_put(struct buf *out, const char *word)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789%+,-./:=@_";

	if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
		buf_puts(out, word);
		return;
	}
	buf_puts(out, "'");
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			buf_puts(out, "'\\''");
		else
			buf_append(out, word, 1);
	}
	buf_puts(out, "'");
}
