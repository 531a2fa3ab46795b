/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text is put together where the failure is found, with its prefix where
 * the context is known; struct err has its room inside, so that telling of a
 * failure cannot fail.
 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *e, const char *fmt, ...)
{
	va_list ap;

	if (e == NULL)
		return -1;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof e->text, fmt, ap);
	va_end(ap);
	return -1;
}

int err_prefix(struct err *e, const char *fmt, ...)
{
	char prefix[256];
	size_t n, len;
	va_list ap;

	if (e == NULL)
		return -1;
	va_start(ap, fmt);
	vsnprintf(prefix, sizeof prefix, fmt, ap);
	va_end(ap);
	n = strlen(prefix);
	len = strlen(e->text);
	if (len > sizeof e->text - 1 - n)
		len = sizeof e->text - 1 - n;
	memmove(e->text + n, e->text, len);
	memcpy(e->text, prefix, n);
	e->text[n + len] = '\0';
	return -1;
}
