/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

/*
 * Allocation that cannot fail: out of memory ends the program with one line
 * on stderr and EX_OSERR. Free with free(3). Parsers of foreign bytes keep
 * fixed maxima, so nobody outside can make this happen.
 */
void *mem_alloc(size_t size);		  /* zeroed */
void *mem_realloc(void *p, size_t size);  /* p may be NULL */
char *mem_strdup(const char *s);
char *mem_strndup(const char *s, size_t n);
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *mem_vprintf(const char *fmt, va_list ap)
	__attribute__((format(printf, 1, 0)));

/*
 * Do not give each buffer of a busy connection back to the system, only to have
 * it asked for again: a MB may stay until mem_trim().
 */
void mem_keep(void);

/*
 * Give the heap's free pages back to the system: the C library keeps them, 150
 * KiB for each connection that was ever busy at the same time. Costs up to a
 * millisecond, so call it now and then.
 */
void mem_trim(void);

#endif
