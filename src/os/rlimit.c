/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns which limits are raised, and what each was before, to give it back. */
#include "os/rlimit.h"

#include <stddef.h>
#include <sys/resource.h>

/*
 * Not RLIMIT_CORE: a core file would hold the session's secret. Not
 * RLIMIT_STACK: it is also the size of every thread's stack, and "unlimited"
 * changes the layout of memory. Open files have a ceiling, since a hard limit
 * may be a billion and some programs close every number below the soft one.
 */
static const struct raise {
	int resource;
	rlim_t ceiling;
} table[] = {
	{ RLIMIT_NOFILE, 524288 },
	{ RLIMIT_NPROC, RLIM_INFINITY },
	{ RLIMIT_AS, RLIM_INFINITY },
	{ RLIMIT_DATA, RLIM_INFINITY },
	{ RLIMIT_MEMLOCK, RLIM_INFINITY },
};

#define LIMITS (sizeof table / sizeof table[0])

/* What a limit was before, where it was raised. */
static struct given {
	int raised;
	struct rlimit limit;
} given[LIMITS];

void rlimit_raise(void)
{
	for (size_t i = 0; i < LIMITS; i++) {
		struct rlimit r;
		rlim_t want = table[i].ceiling;

		if (getrlimit(table[i].resource, &r) == -1)
			continue;
		if (!given[i].raised)
			given[i].limit = r;
		if (want > r.rlim_max)
			want = r.rlim_max;
		if (want <= r.rlim_cur)
			continue;
		r.rlim_cur = want;
		if (setrlimit(table[i].resource, &r) == 0)
			given[i].raised = 1;
	}
}

void rlimit_give_back(void)
{
	for (size_t i = 0; i < LIMITS; i++)
		if (given[i].raised)
			(void)setrlimit(table[i].resource, &given[i].limit);
}
