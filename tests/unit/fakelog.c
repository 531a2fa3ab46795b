/* SPDX-License-Identifier: BSD-2-Clause */
#include "fakelog.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "os/log.h"

#define TOLD_MAX 65536

static char told[TOLD_MAX], taken[TOLD_MAX];

const char *fakelog_told(void)
{
	strcpy(taken, told);
	told[0] = '\0';
	return taken;
}

__attribute__((format(printf, 1, 0)))
static void keep(const char *fmt, va_list ap)
{
	size_t len = strlen(told);

	vsnprintf(told + len, sizeof told - len - 1, fmt, ap);
	strcat(told, "\n");
}

void log_tell(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	keep(fmt, ap);
	va_end(ap);
}

void log_fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	keep(fmt, ap);
	va_end(ap);
}

void log_at(enum log_level level, const char *fmt, ...)
{
	(void)level;
	(void)fmt;
}

void log_init(const char *program)
{
	(void)program;
}

void log_fini(void)
{
}

void log_set_level(int level)
{
	(void)level;
}

int log_wants(enum log_level level)
{
	(void)level;
	return 0;
}

void log_set_quiet(int quiet)
{
	(void)quiet;
}

void log_from_behind(void)
{
}

int log_open(const char *path, struct err *e)
{
	(void)path;
	(void)e;
	return 0;
}
