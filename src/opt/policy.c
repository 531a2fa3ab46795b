/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "opt/policy.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "opt/allowed.h"
#include "opt/bound.h"

static int read_one(const struct config_setting *s, struct bound *b,
	struct err *e)
{
	return bound_read(b, s->key, s->value, s->where,
		s->part == CONFIG_LOWER, e) == -1 ?
		err_prefix(e, "%s: %s: ", s->where, s->key) : 0;
}

static int is_of_job(const struct config_setting *s)
{
	return strcmp(s->key, "command") != 0 && strcmp(s->key, "app") != 0 &&
		strcmp(s->key, "sessions") != 0;
}

static int is_of_partition(const struct config_setting *s)
{
	return strcmp(s->key, "partition") == 0;
}

/* One that holds for him, of that name. */
static int is_his(const struct config *c, const struct config_setting *s,
	const struct config_who *who, const char *name)
{
	return config_has_noun(s) && strcmp(s->key, name) == 0 &&
		config_applies(c, s, who);
}

int policy_read(const struct config *c, struct err *e)
{
	for (size_t i = 0; i < c->n; i++) {
		struct bound b;

		if (config_has_noun(&c->setting[i]) &&
			read_one(&c->setting[i], &b, e) == -1)
			return -1;
	}
	return 0;
}

static int use(const struct config *c, const struct config_who *who,
	const char *noun, const char *name, struct err *e)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct config_setting *s = &c->setting[i];

		if (is_his(c, s, who, noun) &&
			!allowed_has(s->value, name, strlen(name)))
			return err_set(e, "%s: this %s is not allowed here, by %s",
				name, noun, s->where);
	}
	return 0;
}

int policy_command(const struct config *c, const struct config_who *who,
	const char *command, struct err *e)
{
	return use(c, who, "command", command, e);
}

int policy_app(const struct config *c, const struct config_who *who,
	const char *app, struct err *e)
{
	return use(c, who, "app", app, e);
}

/* A list says nothing of what the site has locked itself. */
static int is_settled(const struct config *c, const struct config_setting *s,
	const struct bound *b, const struct config_who *who)
{
	return bound_has_list(b) && config_locked(c, s->key, who) != NULL;
}

/* All of those about the partition, or all others, one after the other. */
static int each_bound(const struct config *c, const struct config_who *who,
	int of_partition, int lowers, struct opt_list *words,
	struct opt_list *notes, struct err *e)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct config_setting *s = &c->setting[i];
		struct bound b;
		struct err note;
		int ret;

		if (!is_of_job(s) || is_of_partition(s) != of_partition ||
			!is_his(c, s, who, s->key))
			continue;
		if (read_one(s, &b, e) == -1)
			return -1;
		b.lowers &= lowers;
		ret = is_settled(c, s, &b, who) ? 0 :
			bound_check(&b, words, &note, e);
		if (ret == -1)
			return -1;
		if (ret == 1)
			optlist_add(notes, mem_strdup(note.text));
	}
	return 0;
}

/* What one bound has lowered must still be within the others. */
static int hold(const struct config *c, const struct config_who *who,
	int of_partition, struct opt_list *words, struct opt_list *notes,
	struct err *e)
{
	return each_bound(c, who, of_partition, 1, words, notes, e) == -1 ? -1 :
		each_bound(c, who, of_partition, 0, words, notes, e);
}

/* Whoever asks, in the partition that he asks for. */
static int hold_there(const struct config *c, const struct config_who *who,
	int of_partition, struct opt_list *words, struct opt_list *notes,
	struct err *e)
{
	struct config_who there = *who;
	char *partition;
	int ret = bound_partition(words, &partition, e);

	there.partition = partition;
	if (ret == 0)
		ret = hold(c, &there, of_partition, words, notes, e);
	free(partition);
	return ret;
}

int policy_partition(const struct config *c, const struct config_who *who,
	struct opt_list *words, struct opt_list *notes, struct err *e)
{
	return hold_there(c, who, 1, words, notes, e);
}

int policy_job(const struct config *c, const struct config_who *who,
	struct opt_list *words, struct opt_list *notes, struct err *e)
{
	return policy_partition(c, who, words, notes, e) == -1 ? -1 :
		hold_there(c, who, 0, words, notes, e);
}

static void take(const struct config_setting *s, struct policy_limit *limit)
{
	struct bound b;
	struct err e;

	if (read_one(s, &b, &e) == -1 || (limit->where != NULL &&
		(uint64_t)limit->max <= b.max))
		return;
	free(limit->where);
	limit->max = b.max < INT32_MAX ? (long)b.max : INT32_MAX;
	limit->where = mem_strdup(s->where);
}

/*
 * That of a profile stands beside that of all, since they count different things;
 * so it overrides none.
 */
void policy_sessions(const struct config *c, const struct config_who *who,
	struct policy_sessions *p)
{
	const struct config_who anyhow = { who->partition, NULL, who->groups };

	*p = (struct policy_sessions){ .all.where = NULL };
	for (size_t i = 0; i < c->n; i++) {
		const struct config_setting *s = &c->setting[i];

		if (s->scope != CONFIG_OF_PROFILE &&
			is_his(c, s, &anyhow, "sessions"))
			take(s, &p->all);
		else if (s->scope == CONFIG_OF_PROFILE &&
			is_his(c, s, who, "sessions"))
			take(s, &p->of_profile);
	}
}

void policy_sessions_fini(struct policy_sessions *p)
{
	free(p->all.where);
	free(p->of_profile.where);
	*p = (struct policy_sessions){ .all.where = NULL };
}
