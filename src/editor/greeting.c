/* SPDX-License-Identifier: BSD-2-Clause */
#include "editor/greeting.h"

#include <string.h>

/* A client begins with it; a person types something else. */
#define FIRST 4096

/* A shell that prints so much has come to something. */
#define NOISE (1 << 20)

static const char *const words[] = { "ready: ", ": running", ": start" };
#define WORDS (sizeof words / sizeof *words)

/* Whether one of the words ends with this byte. */
static int ends_word(struct greeting_window *w, char byte)
{
	if (w->len == sizeof w->tail) {
		memmove(w->tail, w->tail + 1, sizeof w->tail - 1);
		w->len--;
	}
	w->tail[w->len++] = byte;
	w->seen++;
	for (size_t i = 0; i < WORDS; i++) {
		size_t len = strlen(words[i]);

		if (w->len >= len &&
			memcmp(w->tail + w->len - len, words[i], len) == 0)
			return 1;
	}
	return 0;
}

void greeting_in(struct greeting *g, const char *data, size_t len)
{
	for (; g->state == GREETING_UNKNOWN && len > 0; data++, len--) {
		if (ends_word(&g->in, *data))
			g->state = GREETING_ASKED;
		else if (g->in.seen >= FIRST)
			g->state = GREETING_OVER;
	}
}

void greeting_out(struct greeting *g, const char *data, size_t len)
{
	for (; g->state == GREETING_ASKED && len > 0; data++, len--)
		if (ends_word(&g->out, *data) || g->out.seen >= NOISE)
			g->state = GREETING_OVER;
}

int greeting_is_due(const struct greeting *g)
{
	return g->state == GREETING_ASKED;
}
