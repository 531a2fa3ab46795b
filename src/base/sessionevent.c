/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/sessionevent.h"

#include <string.h>

#include "base/vis.h"

#define TEXTS 7

static const char *const keys[TEXTS] = {
	"event", "user", "session", "job", "profile", "node", "reason",
};

static void texts_of(const struct sessionevent *v, const char *texts[TEXTS])
{
	const char *all[TEXTS] = { v->event, v->user, v->session, v->job,
		v->profile, v->node, v->reason };

	for (size_t i = 0; i < TEXTS; i++)
		texts[i] = all[i] != NULL ? all[i] : "";
}

/* Of these alone is a word that needs no quotes. */
static int is_plain(const char *s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:@%+,/-";

	return s[strspn(s, plain)] == '\0';
}

/* The same in both forms, and what both take back. */
static void put_quoted(struct buf *out, const char *s)
{
	char seen[SESSIONEVENT_VALUE];
	size_t n = vis_encode(seen, sizeof seen, s, strlen(s));

	buf_puts(out, "\"");
	for (size_t i = 0; i < n; i++) {
		if (seen[i] == '"' || seen[i] == '\\')
			buf_puts(out, "\\");
		buf_append(out, &seen[i], 1);
	}
	buf_puts(out, "\"");
}

void sessionevent_put_words(struct buf *out, const struct sessionevent *v)
{
	const char *text[TEXTS];

	texts_of(v, text);
	for (size_t i = 0; i < TEXTS; i++) {
		if (text[i][0] == '\0')
			continue;
		buf_printf(out, "%s%s=", i > 0 ? " " : "", keys[i]);
		if (is_plain(text[i]) && strlen(text[i]) < SESSIONEVENT_VALUE)
			buf_puts(out, text[i]);
		else
			put_quoted(out, text[i]);
		if (i == 0)
			buf_printf(out, " uid=%u", v->uid);
	}
}

void sessionevent_put_json(struct buf *out, const struct sessionevent *v,
	const char *time)
{
	const char *text[TEXTS];

	texts_of(v, text);
	buf_puts(out, "{\"time\": ");
	put_quoted(out, time);
	for (size_t i = 0; i < TEXTS; i++) {
		buf_printf(out, ", \"%s\": ", keys[i]);
		if (text[i][0] != '\0')
			put_quoted(out, text[i]);
		else
			buf_puts(out, "null");
		if (i == 0)
			buf_printf(out, ", \"uid\": %u", v->uid);
	}
	buf_puts(out, "}\n");
}
