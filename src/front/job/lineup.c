/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The live jobs of one session, each with its role (role.c).
 *
 * The launcher's order is kept: the oldest first. Jobs whose session it does not
 * tell are taken for ours, since a launcher that filters by itself needs not say
 * it; but what is in doubt is nobody's to end, which role.c sees to.
 */
#include "front/job/lineup.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "os/log.h"

static int is_first(const struct lineup *l, size_t i, const char *answers)
{
	return answers == NULL ? i == 0 :
		strcmp(l->row[i].job->tag, answers) == 0;
}

void lineup_init(struct lineup *l, const struct jobs *all, const char *session,
	const char *answers)
{
	size_t firsts = 0;

	*l = (struct lineup){ .row = mem_alloc((all->n + 1) * sizeof *l->row) };
	for (size_t i = 0; i < all->n; i++)
		if (all->job[i].session[0] == '\0' ||
			strcmp(all->job[i].session, session) == 0)
			l->row[l->n++].job = &all->job[i];
	for (size_t i = 0; i < l->n; i++)
		firsts += (size_t)is_first(l, i, answers);
	for (size_t i = 0; i < l->n; i++) {
		const struct job *j = l->row[i].job;

		l->row[i].role = role_of(&(struct role_facts){
			.place = is_first(l, i, answers) ? ROLE_FIRST :
				firsts > 0 ? ROLE_BESIDE : ROLE_ALONE,
			.said = j->role,
			.named = j->session[0] != '\0',
		});
		log_debug("session '%s': job %s is %s", session, j->id,
			role_name(l->row[i].role));
	}
}

void lineup_fini(struct lineup *l)
{
	free(l->row);
	*l = (struct lineup){ 0 };
}

const struct job *lineup_current(const struct lineup *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->row[i].role == ROLE_CURRENT)
			return l->row[i].job;
	return NULL;
}

const struct job *lineup_tagged(const struct lineup *l, const char *tag)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->row[i].job->tag, tag) == 0)
			return l->row[i].job;
	return NULL;
}

const struct job *lineup_left_over(const struct lineup *l)
{
	for (size_t i = l->n; i-- > 0; )
		if (role_is_left_over(l->row[i].role, l->row[i].job->age))
			return l->row[i].job;
	return NULL;
}
