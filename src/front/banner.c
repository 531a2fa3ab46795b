/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file of the site as lines of ours, within bounds: whatever is in it can neither
 * steer a terminal nor flood the log of a window.
 */
#include "front/banner.h"

#include <string.h>

#include "os/conffile.h"
#include "os/log.h"
#include "os/stall.h"

#define LINE_BYTES 500

void banner_read(const char *path, struct buf *text)
{
	struct err e;
	int ret;

	if (path == NULL)
		return;
	STALL_WATCH(path);

	ret = conffile_read(path, text, &e);
	if (ret == 1)
		return;
	buf_fini(text);
	log_warning("banner: %s", ret == -1 ? e.text : "there is no such file");
}

/* A tab moves to somewhere else behind "vscode-remote-shell: " anyway. */
static void tell_line(const char *s, size_t len)
{
	char line[LINE_BYTES];

	if (len > 0 && s[len - 1] == '\r')
		len--;
	if (len > sizeof line)
		len = sizeof line;
	for (size_t i = 0; i < len; i++)
		line[i] = s[i] == '\t' ? ' ' : s[i];
	log_tell("%.*s", (int)len, line);
}

void banner_tell(const struct buf *text)
{
	const char *s = buf_data(text);
	size_t left = text->len, n = 0;

	for (; left > 0 && n < BANNER_LINES; n++) {
		const char *end = memchr(s, '\n', left);
		size_t len = end != NULL ? (size_t)(end - s) : left;

		tell_line(s, len);
		left -= len + (end != NULL);
		s += len + (end != NULL);
	}
	if (left > 0)
		log_warning("banner: is longer than %d lines", BANNER_LINES);
}
