/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent/servers/folderhint.h"

#include <string.h>

#include "agent/servers/hygiene.h"

static size_t data(struct filter *f, const char *bytes, size_t len)
{
	struct folderhint *h = (struct folderhint *)f;
	const char *line = hygiene_folder_line(h->agent);
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

void folderhint_init(struct folderhint *h, struct agent *a,
	struct filters *to_stdin)
{
	h->agent = a;
	filters_add(to_stdin, &h->filter, &ops);
}

void folderhint_announced(struct folderhint *h)
{
	if (h->agent == NULL || h->state != FOLDER_UNNAMED ||
		hygiene_folder_line(h->agent) == NULL)
		return;
	h->state = FOLDER_TOLD;
	hygiene_folder_not_named(h->agent);
}
