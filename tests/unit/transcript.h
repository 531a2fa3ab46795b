/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Logs of real clients, for test_held.c. The first line of a file tells where it
 * is from. The rest of a *.txt is what the client read; in a *.log, a read is
 * "[time] > text", and lines "> text" go on with it, or "DATE TIME [info]
 * (ssh_tunnel) stdout: text" and the lines without a date after it. What a
 * helper of the client's said is not the shell's.
 */
#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

enum { READ, TUNNEL, DATE, NLOG };

static const char *const log_text[] = {
	"^\\[?[0-9:.]+\\] ?> ?",
	"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]+ \\[info\\] "
	"\\(ssh_tunnel\\) stdout: ",
	"^[0-9]{4}-[0-9]{2}-[0-9]{2} ",
};

/* What the client read, from the text of the file, which ends in a NUL. */
static inline void transcript(const char *text, int is_log, struct buf *out)
{
	regex_t re[NLOG];
	int in = NLOG; /* READ or TUNNEL while a read goes on */

	for (int i = 0; i < NLOG; i++)
		regcomp(&re[i], log_text[i], REG_EXTENDED);
	text += strcspn(text, "\n");
	if (!is_log)
		buf_puts(out, text + (*text == '\n'));
	while (is_log && *text == '\n') {
		size_t len = strcspn(++text, "\n");
		regmatch_t m;
		char line[4096];
		int kind = READ;

		snprintf(line, sizeof line, "%.*s", (int)len, text);
		while (kind < NLOG && regexec(&re[kind], line, 1, &m, 0) != 0)
			kind++;
		if (kind <= TUNNEL) {
			in = strncmp(line + m.rm_eo, "local-server-", 13) ?
				kind : NLOG;
		} else if (strncmp(line, "> ", 2) == 0 || strcmp(line, ">") == 0) {
			in = in == NLOG ? READ : in;
			m.rm_eo = len < 2 ? len : 2;
		} else if (in == TUNNEL && kind == NLOG && len > 0) {
			m.rm_eo = 0;
		} else if (kind == DATE || in != TUNNEL) {
			in = NLOG;
		}
		if (in != NLOG && (len > 0 || kind <= TUNNEL)) {
			buf_puts(out, line + m.rm_eo);
			buf_puts(out, "\n");
		}
		text += len;
	}
	for (int i = 0; i < NLOG; i++)
		regfree(&re[i]);
}
