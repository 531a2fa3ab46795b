/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sessions are counted by the scheduler's list, which is fresh when something is
 * to be submitted. Of which profile each is stands in its folder. Two that start
 * at the same moment may both find room: what must hold is the scheduler's.
 */
#include "front/job/quota.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/tag.h"
#include "front/job/about.h"
#include "os/safepath.h"

static int is_of_profile(const struct invocation *inv, const struct job *j,
	const char *profile)
{
	struct about about = { .profile = "" };
	char *path = mem_printf("%s/%s", inv->state_dir, j->tag);
	struct err e;
	int fd = tag_is_valid(j->tag) ? safepath_child(inv->state_fd, j->tag, 0,
		path, &e) : -1;
	int ret = fd != -1 && about_read(fd, &about, &e) == 0 &&
		strcmp(about.profile, profile) == 0;

	if (fd != -1)
		close(fd);
	free(path);
	return ret;
}

/* How many others than ours, and which; profile NULL: of any. */
static long count_others(const struct invocation *inv, const struct jobs *all,
	const char *profile, struct buf *names)
{
	long n = 0;

	for (size_t i = 0; i < all->n; i++) {
		const struct job *j = &all->job[i];

		if (jobs_of(all, j->session) != j || job_is_over(j) ||
			strcmp(j->session, inv->opt->session.name) == 0 ||
			(profile != NULL && !is_of_profile(inv, j, profile)))
			continue;
		buf_printf(names, "%s%s", n > 0 ? ", " : "", j->session);
		n++;
	}
	buf_append(names, "", 1);
	return n;
}

static int check_one(const struct invocation *inv, const struct jobs *all,
	const struct policy_limit *p, const char *profile, struct err *e)
{
	struct buf names = { 0 };
	int ret = 0;

	if (p->where == NULL)
		return 0;
	if (count_others(inv, all, profile, &names) >= p->max) {
		err_set(e, "%s allows %ld session%s%s%s%s at once (there are: %.300s); `%s cancel NAME` ends one",
			p->where, p->max, p->max == 1 ? "" : "s",
			profile ? " of profile '" : "", profile ? profile : "",
			profile ? "'" : "", buf_data(&names),
			inv->called);
		ret = optset_refer(&inv->opt->set, e);
	}
	buf_fini(&names);
	return ret;
}

int quota_check(const struct invocation *inv, const struct jobs *all,
	struct err *e)
{
	const struct options *o = inv->opt;

	return check_one(inv, all, &o->sessions.all, NULL, e) == -1 ||
		check_one(inv, all, &o->sessions.of_profile,
		o->session.profile, e) == -1 ? -1 : 0;
}
