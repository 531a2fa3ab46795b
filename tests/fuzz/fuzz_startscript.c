/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first byte says how the rest is cut, which must change nothing. What is known
 * then goes into names of files and a URL: only what is good for them.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "editor/startscript.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum startscript_state feed(struct startscript *s, const char *text,
	size_t len, unsigned cut)
{
	enum startscript_state state = STARTSCRIPT_MORE;

	for (size_t at = 0, n; at < len; at += n) {
		n = cut == 0 ? len : 1 + cut % 61;
		cut = cut == 0 ? 0 : cut * 1103515245 + 12345;
		n = n < len - at ? n : len - at;
		state = startscript_feed(s, text + at, n);
	}
	return state;
}

static void look_at(const struct startscript_wants *w)
{
	if (strlen(w->commit) != 40 ||
		strspn(w->commit, "0123456789abcdef") != 40)
		abort();
	if (w->folder[0] != '/' || strlen(w->folder) >= sizeof w->folder ||
		strstr(w->folder, "/../") != NULL ||
		strpbrk(w->folder, "$`\"'\\\n") != NULL)
		abort();
	if (strcmp(w->quality, "stable") != 0 &&
		strcmp(w->quality, "insider") != 0 &&
		strcmp(w->quality, "exploration") != 0)
		abort();
	if (w->kind != STARTSCRIPT_BIN && w->kind != STARTSCRIPT_CLI)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct startscript whole = { .seen = 0 };
	enum startscript_state state;

	if (size == 0)
		return 0;
	state = feed(&whole, (const char *)data + 1, size - 1, 0);
	for (unsigned k = 1; k <= 3; k++) {
		struct startscript cut = { .seen = 0 };

		if (feed(&cut, (const char *)data + 1, size - 1,
			data[0] * 7 + k) != state)
			abort();
		if (state == STARTSCRIPT_KNOWN &&
			(strcmp(cut.wants.commit, whole.wants.commit) != 0 ||
			strcmp(cut.wants.folder, whole.wants.folder) != 0 ||
			cut.wants.kind != whole.wants.kind))
			abort();
	}
	if (state == STARTSCRIPT_KNOWN)
		look_at(&whole.wants);
	return 0;
}
