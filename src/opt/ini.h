/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OPT_INI_H
#define OPT_INI_H

#include <stddef.h>

#include "base/err.h"

/*
 * Files of settings. A line is one of
 *	KEY = VALUE	KEY is [a-z][a-z0-9-]*; one value, which has a first byte
 *	[SECTION]	up to three words of [A-Za-z0-9._-]+, as [profile NAME]
 *	; text		or # text; a comment, also behind the two above and a blank
 * or empty, with blanks wherever they do not matter. A VALUE with blanks at its
 * ends, or with a blank and ; or # in it, is put between double quotes, and has
 * none itself. A mark of UTF-8 may stand before the first line, and a carriage
 * return at the end of each. Everything else is refused, whole: a line that would
 * be taken for something else than what was meant is worse than none.
 */
#define INI_LINE_MAX 4096
#define INI_NAME_MAX 64
#define INI_WORDS_MAX 3
#define INI_SECTION_MAX (INI_WORDS_MAX * (INI_NAME_MAX + 1))

enum ini_kind { INI_NOTHING, INI_SECTION, INI_PAIR };

struct ini_line {
	enum ini_kind kind;
	/* The key, or the section's words with one blank between them. */
	char name[INI_SECTION_MAX];
	char value[INI_LINE_MAX + 1];
};

/* One line, without its newline. -1 with e set. */
int ini_read_line(struct ini_line *l, const char *text, size_t len,
	struct err *e) __attribute__((warn_unused_result));

/*
 * All of a file; take() gets each section and pair, and ends the reading by -1,
 * with e set. -1 with e set, and *number of the line that was refused.
 */
int ini_read(const char *text, size_t len,
	int (*take)(const struct ini_line *l, void *arg, struct err *e),
	void *arg, size_t *number, struct err *e)
	__attribute__((warn_unused_result));

#endif
