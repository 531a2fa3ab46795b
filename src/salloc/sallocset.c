/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words that stand for numbers, alone or in comma lists, as Slurm's own commands
 * read them: in any case, and some lists with words in them that nobody knows.
 */
#include "salloc/sallocset.h"

#include <string.h>
#include <strings.h>

#include "base/number.h"

struct setword {
	const char *name;
	int value;
	int since;		/* the first release that has it; 0: all */
};
#define SET(words) words, sizeof words / sizeof *words

/* The word of len bytes; NULL: none of them, or not of this release. */
static const struct setword *find_setword(const struct setword *words, size_t n,
	const char *text, size_t len, int release)
{
	for (size_t i = 0; i < n; i++)
		if (strncasecmp(words[i].name, text, len) == 0 &&
			words[i].name[len] == '\0' &&
			(release == 0 || release >= words[i].since))
			return &words[i];
	return NULL;
}

/* A value that is one word. */
static int one_word(int *field, const struct setword *words, size_t n,
	const char *value, int release)
{
	const struct setword *w = find_setword(words, n, value, strlen(value),
		release);

	if (w == NULL)
		return -1;
	*field = w->value;
	return 0;
}

int sallocset_exclusive(const struct sallocrow *row, struct salloc *s,
	const char *value, struct err *e)
{
	static const struct setword words[] = {
		{ "exclusive", SALLOC_EXCLUSIVE, 0 },
		{ "allocation", SALLOC_EXCLUSIVE, SALLOC_RELEASE(26, 5) },
		{ "oversubscribe", SALLOC_OVERSUBSCRIBE, 0 },
		{ "user", SALLOC_EXCLUSIVE_USER, 0 },
		{ "mcs", SALLOC_EXCLUSIVE_MCS, 0 },
		{ "topo", SALLOC_EXCLUSIVE_TOPO, SALLOC_RELEASE(24, 5) },
	};

	if (one_word(&s->exclusive, SET(words), value ? value : "exclusive",
		s->release) == -1)
		return sallocval_bad(row, value, "not exclusive, user, mcs or topo (since 24.05)",
			e);
	return 0;
}

int sallocset_oversubscribe(const struct sallocrow *row, struct salloc *s,
	const char *value, struct err *e)
{
	(void)row;
	(void)value;
	(void)e;
	s->exclusive = SALLOC_OVERSUBSCRIBE;
	return 0;
}

int sallocset_hint(const struct sallocrow *row, struct salloc *s,
	const char *value, struct err *e)
{
	static const struct setword words[] = {
		{ "compute_bound", SALLOC_COMPUTE_BOUND, 0 },
		{ "memory_bound", SALLOC_MEMORY_BOUND, 0 },
		{ "multithread", SALLOC_MULTITHREAD, 0 },
		{ "nomultithread", SALLOC_NOMULTITHREAD, 0 },
	};

	if (one_word(&s->hint, SET(words), value, s->release) == -1)
		return sallocval_bad(row, value, "not compute_bound, memory_bound, multithread or nomultithread",
			e);
	return 0;
}

/* As Slurm does it, unknown words count for nothing beside known ones. */
int sallocset_mail_type(const struct sallocrow *row, struct salloc *s,
	const char *value, struct err *e)
{
	static const struct setword words[] = {
		{ "BEGIN", SALLOC_MAIL_BEGIN, 0 }, { "END", SALLOC_MAIL_END, 0 },
		{ "FAIL", SALLOC_MAIL_FAIL, 0 },
		{ "REQUEUE", SALLOC_MAIL_REQUEUE, 0 },
		{ "INVALID_DEPEND", SALLOC_MAIL_INVALID_DEPEND, 0 },
		{ "ALL", SALLOC_MAIL_INVALID_DEPEND | SALLOC_MAIL_BEGIN |
			SALLOC_MAIL_END | SALLOC_MAIL_FAIL |
			SALLOC_MAIL_REQUEUE | SALLOC_MAIL_STAGE_OUT, 0 },
		{ "STAGE_OUT", SALLOC_MAIL_STAGE_OUT, 0 },
		{ "TIME_LIMIT", SALLOC_MAIL_TIME100, 0 },
		{ "TIME_LIMIT_90", SALLOC_MAIL_TIME90, 0 },
		{ "TIME_LIMIT_80", SALLOC_MAIL_TIME80, 0 },
		{ "TIME_LIMIT_50", SALLOC_MAIL_TIME50, 0 },
		{ "ARRAY_TASKS", SALLOC_MAIL_ARRAY_TASKS, 0 },
		{ "NONE", 0, 0 },
	};
	int bits = 0, none = 0;

	for (const char *p = value; *p != '\0' && !none; p += *p == ',') {
		size_t len = strcspn(p, ",");
		const struct setword *w = find_setword(SET(words), p, len,
			s->release);

		p += len;
		if (len == 0 || w == NULL)
			continue;
		none = w->value == 0;
		bits = none ? 0 : bits | w->value;
	}
	if (bits == 0 && !none)
		return sallocval_bad(row, value, "not a list of NONE, BEGIN, END, FAIL, REQUEUE, ALL, TIME_LIMIT, TIME_LIMIT_90 and the like",
			e);
	s->has_mail_type = 1;
	s->mail_type = bits;
	return 0;
}

#define BOTH(bits, two) (((bits) & (two)) == (two))

/* Before 23.11 one word of the first two. */
int sallocset_gres_flags(const struct sallocrow *row, struct salloc *s,
	const char *value, struct err *e)
{
	static const struct setword words[] = {
		{ "disable-binding", SALLOC_GRES_DISABLE_BINDING, 0 },
		{ "enforce-binding", SALLOC_GRES_ENFORCE_BINDING, 0 },
		{ "one-task-per-sharing", SALLOC_GRES_ONE_TASK,
			SALLOC_RELEASE(23, 11) },
		{ "multiple-tasks-per-sharing", SALLOC_GRES_MULTIPLE_TASKS,
			SALLOC_RELEASE(23, 11) },
	};
	int bits = 0, old = s->release != 0 &&
		s->release < SALLOC_RELEASE(23, 11);

	for (const char *p = value; *p != '\0';) {
		size_t len = old ? strlen(p) : strcspn(p, ",");
		const struct setword *w = find_setword(SET(words), p, len,
			s->release);

		if (w == NULL)
			return sallocval_bad(row, value, "not disable-binding, enforce-binding, one-task-per-sharing or multiple-tasks-per-sharing (since 23.11)",
				e);
		bits |= w->value;
		p += len;
		p += *p == ',';
	}
	if (BOTH(bits, SALLOC_GRES_DISABLE_BINDING | SALLOC_GRES_ENFORCE_BINDING) ||
		BOTH(bits, SALLOC_GRES_ONE_TASK | SALLOC_GRES_MULTIPLE_TASKS))
		return sallocval_bad(row, value, "two of these exclude each other",
			e);
	s->gres_flags = bits;
	return 0;
}

/*
 * [R][B][:]SIG[@SECONDS]. With B Slurm sends it to the batch script alone, which is
 * the agent; without it to the steps that run in the session.
 */
int sallocset_signal(const struct sallocrow *row, struct salloc *s,
	const char *value, struct err *e)
{
	static const struct setword words[] = {
		{ "HUP", 1, 0 }, { "INT", 2, 0 }, { "QUIT", 3, 0 },
		{ "ABRT", 6, 0 }, { "KILL", 9, 0 }, { "USR1", 10, 0 },
		{ "USR2", 12, 0 }, { "ALRM", 14, 0 }, { "TERM", 15, 0 },
		{ "CONT", 18, 0 }, { "STOP", 19, 0 }, { "TSTP", 20, 0 },
		{ "TTIN", 21, 0 }, { "TTOU", 22, 0 }, { "URG", 23, 0 },
	};
	const char *p = value, *end = value + strlen(value);
	unsigned long long signal, seconds = 60;
	int reservation = 0;

	for (; *p == 'R' || *p == 'B'; p++) {
		if (*p == 'B')
			return sallocval_bad(row, value, "Slurm would send it to the agent alone; --signal of vscode-remote-shell itself sends one to the session's processes",
				e);
		reservation = 1;
	}
	p += reservation && *p == ':';
	if (number_take(&p, end, UINT16_MAX, &signal) == -1) {
		size_t skip = strncasecmp(p, "SIG", 3) == 0 ? 3 : 0;
		size_t len = strcspn(p + skip, "@");
		const struct setword *w = find_setword(SET(words), p + skip,
			len, s->release);

		signal = w != NULL ? (unsigned long long)w->value : 0;
		p += skip + len;
	}
	if (signal == 0 || (*p == '@' && (p++,
		number_take(&p, end, UINT16_MAX, &seconds) == -1)) || *p != '\0')
		return sallocval_bad(row, value, "not a signal and seconds like USR1@120",
			e);
	s->warn_signal = (int)signal;
	s->warn_seconds = (int)seconds;
	s->warn_reservation = reservation;
	return 0;
}
