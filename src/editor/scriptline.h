/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef EDITOR_SCRIPTLINE_H
#define EDITOR_SCRIPTLINE_H

#include <stddef.h>

/*
 * Lines of a start script that a shell reads, in any pieces, and the assignments in
 * them. Zeroed: at the start of a line.
 */
struct scriptline {
	char head[2048];	/* of the line that is being read */
	size_t len;
};

/*
 * How many bytes it took to the end of a line, which is in head then, without it
 * and with what continues it; or 0 when no line ends in these. One that is too long
 * or has a NUL is empty.
 */
size_t scriptline_take(struct scriptline *l, const char *data, size_t len);

/* Signs of a name, and what may stand between the words of a line. */
#define SCRIPTLINE_NAME "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
#define SCRIPTLINE_BLANKS " \t"

struct scriptline_word {
	const char *name, *value;
	size_t name_len, value_len;	/* the value with its quotes */
};

/*
 * The next assignment of a line that has nothing else, and in which nothing is run.
 * Returns what is behind it; at the end of the line w->name is NULL. NULL: it is no
 * such line, here or later.
 */
const char *scriptline_next(const char *p, struct scriptline_word *w);

/* Behind word if the text begins with it, else NULL. */
const char *scriptline_behind(const char *text, const char *word);

#endif
