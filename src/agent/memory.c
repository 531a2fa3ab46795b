/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel counts whom it has ended for lack of memory (os/jobmem.h); the count
 * is read when there is something else to do: a front's heartbeat, the end of a
 * shell, a question. A timer of its own would wake up idle nodes.
 */
#include "agent/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/jobmem.h"
#include "os/log.h"
#include "os/proc.h"

#define MB (1024 * 1024LL)
#define MORE "ask for more, as in --mem=%lldM"

struct memory {
	struct news *news;
	long long told;		/* kills */
	int was_short;
};

static long long kills_before;		/* those of the keeper */

/* What the job had, and how to have more; it may have no limit of its own. */
static struct memory_words words_of(const struct jobmem *m, const char *who)
{
	struct memory_words w;

	if (m->limit > 0)
		snprintf(w.s, sizeof w.s, "out of memory: the kernel ended %s, since the %lldM of the job were used up; "
			MORE, who, m->limit / MB, 2 * (m->limit / MB));
	else
		snprintf(w.s, sizeof w.s, "out of memory: the kernel ended %s; ask for more with --mem=",
			who);
	return w;
}

void memory_look(struct memory *memory)
{
	char name[16], who[64] = "a process of the session";
	struct jobmem m;
	int pid;

	jobmem_read(&m);
	if (m.kills <= memory->told)
		return;
	memory->told = m.kills;
	memory->was_short = 1;
	if (jobmem_victim(&pid, name) == 0)
		snprintf(who, sizeof who, "%s (process %d)", name, pid);
	log_error("%s", words_of(&m, who).s);
	news_tell(memory->news, "out-of-memory", -1, "%s",
		words_of(&m, who).s);
}

int memory_was_short(const struct memory *memory)
{
	return memory->was_short;
}

/* Without groups the processes themselves are counted. */
static long long resident(void)
{
	const long page = sysconf(_SC_PAGESIZE);
	struct procmember self, *all;
	long long sum;
	size_t n;

	if (proc_stat_use(getpid(), &self.st, &self.use) == -1 ||
		proc_family(getpid(), &all, &n) == -1)
		return -1;
	sum = (long long)self.use.pages * page;
	for (size_t i = 0; i < n; i++)
		sum += (long long)all[i].use.pages * page;
	free(all);
	return sum;
}

void memory_report(struct report *r)
{
	struct jobmem m;
	long long used;

	jobmem_read(&m);
	used = m.used != -1 ? m.used : resident();
	r->memory_used = used == -1 ? -1 : (long)((used + MB - 1) / MB);
	r->memory_limit = m.limit == -1 ? -1 : (long)(m.limit / MB);
}

void memory_begin(void)
{
	struct jobmem m;

	jobmem_read(&m);
	kills_before = m.kills;
}

struct memory_words memory_of_agent(void)
{
	static const struct memory_words none;
	struct jobmem m;

	jobmem_read(&m);
	return m.kills > kills_before ? words_of(&m, "the agent") : none;
}

struct memory *memory_new(struct news *news)
{
	struct memory *memory = mem_alloc(sizeof *memory);
	struct jobmem m;

	jobmem_read(&m);
	*memory = (struct memory){ .news = news, .told = m.kills };
	return memory;
}

void memory_free(struct memory *memory)
{
	free(memory);
}
