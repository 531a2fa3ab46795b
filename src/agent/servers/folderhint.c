/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The filter that names another server folder to an editor's start script. What
 * a script names is found by editor/folderline.h, whatever pieces it comes in.
 */
#include "agent/servers/folderhint.h"

#include <string.h>

static size_t data(struct filter *f, const char *bytes, size_t len)
{
	struct folderhint *h = (struct folderhint *)f;
	const char *line = hygiene_folder_line(h->hygiene);
	size_t at = 0, n;

	while (line != NULL &&
		(n = folderline_scan(&h->scan, bytes + at, len - at)) > 0) {
		filter_pass(f, bytes + at, n);
		filter_pass(f, line, strlen(line));
		h->state = FOLDER_NAMED;
		at += n;
	}
	if (at < len)
		filter_pass(f, bytes + at, len - at);
	return len;
}

static const struct filter_ops ops = { .data = data };

void folderhint_init(struct folderhint *h, struct hygiene *hygiene,
	struct filters *to_stdin)
{
	h->hygiene = hygiene;
	filters_add(to_stdin, &h->filter, &ops);
}

void folderhint_announced(struct folderhint *h)
{
	if (h->hygiene == NULL || h->state != FOLDER_UNNAMED ||
		hygiene_folder_line(h->hygiene) == NULL)
		return;
	h->state = FOLDER_TOLD;
	hygiene_folder_not_named(h->hygiene);
}
