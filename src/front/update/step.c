/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each step of an update that another program does: none of them is trusted to come
 * to its end, and what it said last is why it has failed.
 */
#include "front/update/step.h"

#include <string.h>

#include "doctor/ask.h"

#define WORDS 8

/* The last line with something in it, without what ends it. */
static void put_last_line(const char *said, struct err *e)
{
	const char *last = "it failed, and did not say why";
	size_t len = strlen(last);

	for (const char *at = said; *at != '\0';) {
		size_t n = strcspn(at, "\r\n");

		if (n > strspn(at, " \t")) {
			last = at;
			len = n;
		}
		at += n + strspn(at + n, "\r\n");
	}
	err_set(e, "%.*s", len < 300 ? (int)len : 300, last);
}

int step_run(const char *script, const char *const words[], const char *input,
	long seconds, struct buf *said, struct err *e)
{
	const char *argv[WORDS + 5] = { "/bin/sh", "-c", script, "sh" };
	struct answer a;
	int ret = -1;

	for (int i = 0; i < WORDS && words[i] != NULL; i++)
		argv[4 + i] = words[i];
	if (ask((char *const *)argv, NULL, input, seconds * 1000, &a, e) == 0) {
		if (answer_is_good(&a))
			ret = 0;
		else if (a.status == -1)
			err_set(e, "it was interrupted, or took longer than %ld s",
				seconds);
		else
			put_last_line(buf_data(&a.said), e);
	}
	if (ret == 0 && said != NULL)
		buf_append(said, buf_data(&a.said), a.said.len);
	buf_fini(&a.said);
	return ret;
}
