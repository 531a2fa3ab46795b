/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "launch/jobfield.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/shellword.h"

void jobfield_put(struct buf *out, const char *name, const char *value,
	const char *options)
{
	kv_write(out, "field", name);
	kv_write(out, "value", value);
	while (*options != '\0') {
		size_t len = strcspn(options, " ");

		kv_writef(out, "option", "%.*s", (int)len, options);
		options += len + (options[len] == ' ');
	}
}

void jobfield_put_env(struct buf *out, size_t n)
{
	char text[64];

	snprintf(text, sizeof text, "%zu variables", n);
	jobfield_put(out, "Environment", text, "");
}

void jobfield_put_command(struct buf *out, const struct kv *request)
{
	struct buf value = { 0 };
	const char *word;
	size_t pos = 0;

	while ((word = kv_next(request, "command", &pos)) != NULL) {
		buf_puts(&value, value.len > 0 ? " " : "");
		shellword_put(&value, word);
	}
	buf_append(&value, "", 1);
	jobfield_put(out, "Command", buf_data(&value), "agent");
	buf_fini(&value);
}
