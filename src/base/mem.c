/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owns what happens when malloc(3) fails, and when the heap gives memory back.
 */
#include "base/mem.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "config.h"

static void *checked(void *p)
{
	if (p == NULL) {
		fputs("vscode-remote-shell: out of memory\n", stderr);
		exit(EX_OSERR);
	}
	return p;
}

void *mem_alloc(size_t size)
{
	return checked(calloc(1, size ? size : 1));
}

void *mem_realloc(void *p, size_t size)
{
	return checked(realloc(p, size ? size : 1));
}

char *mem_strdup(const char *s)
{
	return checked(strdup(s));
}

char *mem_strndup(const char *s, size_t n)
{
	return checked(strndup(s, n));
}

char *mem_vprintf(const char *fmt, va_list ap)
{
	char *s;

	return checked(vasprintf(&s, fmt, ap) == -1 ? NULL : s);
}

char *mem_printf(const char *fmt, ...)
{
	char *s;
	va_list ap;

	va_start(ap, fmt);
	s = mem_vprintf(fmt, ap);
	va_end(ap);
	return s;
}

/* Of the C library for which configure has asked; vscode-remote-host has another. */
void mem_keep(void)
{
#if defined HAVE_MALLOC_TRIM && defined __GLIBC__
	mallopt(M_MMAP_THRESHOLD, 1 << 20);
	mallopt(M_TRIM_THRESHOLD, 1 << 20);
#endif
}

void mem_trim(void)
{
#if defined HAVE_MALLOC_TRIM && defined __GLIBC__
	malloc_trim(0);
#endif
}
