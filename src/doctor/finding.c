/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "doctor/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *word;
	int status;
} rows[VERDICTS] = {
	[VERDICT_OK] = { "ok", 0 },
	[VERDICT_UNKNOWN] = { "unknown", 0 },
	[VERDICT_WARNING] = { "warning", 1 },
	[VERDICT_FAULT] = { "fault", 2 },
};

const char *check_place_word(enum check_place place)
{
	return place == CHECK_NODE ? "node" : "login";
}

void finding_set(struct finding *f, enum verdict verdict, const char *fmt, ...)
{
	va_list ap;

	f->verdict = verdict;
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof f->text, fmt, ap);
	va_end(ap);
}

const char *finding_program(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

const char *verdict_word(enum verdict verdict)
{
	return rows[verdict].word;
}

int verdict_read(const char *word, enum verdict *verdict)
{
	for (int v = 0; v < VERDICTS; v++)
		if (strcmp(rows[v].word, word) == 0) {
			*verdict = (enum verdict)v;
			return 0;
		}
	return -1;
}

int verdict_status(enum verdict worst)
{
	return rows[worst].status;
}
