/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * Reading takes a file apart into settings with their places; giving hands them
 * to the options, which refuse bad values (opt/optset.c). In between the command
 * line says which profile counts.
 */
#include "opt/config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/tag.h"
#include "opt/appkey.h"
#include "opt/bound.h"
#include "opt/ini.h"
#include "opt/optval.h"
#include "opt/runtimekey.h"
#include "salloc/sallocrow.h"

#define INHERIT_MAX 16		/* levels */
#define KEYS_MAX 256		/* among which one is looked for that is meant */

/* Keys of a profile that are no options; "" stands for its heading. */
static const char *const about_keys[] = { "", "inherit", "description" };
#define ABOUT_KEYS (sizeof about_keys / sizeof *about_keys)

struct reading {
	struct config *config;
	const struct opt_set *set;
	const char *path;
	enum opt_source source;
	int (*name_ok)(const char *, struct err *);
	size_t line;			/* at which ini_read() is */
	enum config_part part;
	enum config_scope scope;
	char of[INI_SECTION_MAX];
};

void config_fini(struct config *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->setting[i].of);
		free(c->setting[i].key);
		free(c->setting[i].value);
		free(c->setting[i].where);
	}
	free(c->setting);
	optlist_free(&c->groups);
	*c = (struct config){ 0 };
}

int config_takes(const struct opt *row)
{
	return row->type != OPT_STOP && !row->behind_arg &&
		row->means == NULL && (row->commands == NULL || !row->of_user);
}

static void add_setting(struct reading *r, const char *key, const char *value)
{
	const struct opt *row = optset_find(r->set, key);
	struct config *c = r->config;

	c->setting = mem_realloc(c->setting, (c->n + 1) * sizeof *c->setting);
	c->setting[c->n++] = (struct config_setting){
		.source = r->source,
		.part = r->part,
		.scope = r->scope,
		.of = r->scope != CONFIG_OF_ALL ? mem_strdup(r->of) : NULL,
		.key = mem_strdup(key),
		.value = mem_strdup(value),
		.adds = row != NULL && row->type == OPT_LIST,
		.where = mem_printf("%s:%zu", r->path, r->line),
	};
}

/* ---- sections ------------------------------------------------------------ */

static const char *const part_words[] = {
	[CONFIG_GIVE] = "", [CONFIG_LIMIT] = "limit", [CONFIG_LOWER] = "lower",
	[CONFIG_LOCK] = "lock",
};
#define PARTS (sizeof part_words / sizeof *part_words)

static const char *const scope_words[] = {
	[CONFIG_OF_ALL] = "", [CONFIG_OF_GROUP] = "group",
	[CONFIG_OF_PARTITION] = "partition", [CONFIG_OF_PROFILE] = "profile",
	[CONFIG_OF_APP] = "app", [CONFIG_OF_RUNTIME] = "runtime",
};
#define SCOPES (sizeof scope_words / sizeof *scope_words)

char *config_section(const struct config_setting *s)
{
	const char *part = part_words[s->part], *scope = scope_words[s->scope];

	if (s->of == NULL)
		return mem_strdup(part);
	return mem_printf("%s%s%s %s", part, part[0] ? " " : "", scope, s->of);
}

static int of_profile(const struct reading *r, const char *name, struct err *e)
{
	if (!tag_is_name(name))
		return err_set(e, "[profile %.64s]: a name has letters, digits, '.', '_' and '-', and begins with a letter or digit",
			name);
	if (r->name_ok(name, e) == -1)
		return err_prefix(e, "[profile %.64s]: ", name);
	return 0;
}

/* "gpu" of "partition gpu"; NULL: it is of another kind. */
static const char *words_behind(const char *words, const char *first)
{
	size_t len = strlen(first);

	return strncmp(words, first, len) != 0 ? NULL :
		words[len] == '\0' ? "" :
		words[len] == ' ' ? words + len + 1 : NULL;
}

static int unknown_section(const char *name, struct err *e)
{
	return err_set(e, "unknown section [%.80s]: there are [profile NAME], [app NAME], [runtime NAME], [partition NAME], [group NAME], [lock], [limit] and [lower], the last three also as [lock partition NAME]",
		name);
}

/* Whether such a heading may have a part before it. */
static int is_scope(enum config_scope scope, enum config_part part)
{
	return part == CONFIG_GIVE || scope < CONFIG_OF_APP ||
		(scope == CONFIG_OF_RUNTIME && part == CONFIG_LOCK);
}

static int check_scope_name(const struct reading *r, enum config_scope scope,
	const char *name, struct err *e)
{
	if (scope == CONFIG_OF_PROFILE)
		return of_profile(r, name, e);
	if (scope == CONFIG_OF_APP && appkey_is_app(name, e) == -1)
		return err_prefix(e, "[app %.64s]: ", name);
	if (scope == CONFIG_OF_RUNTIME && runtimekey_is_runtime(name, e) == -1)
		return err_prefix(e, "[runtime %.64s]: ", name);
	return 0;
}

/* What is left of a heading: for whom it is. */
static int enter_scope(struct reading *r, const char *words,
	const char *heading, struct err *e)
{
	for (size_t i = CONFIG_OF_ALL + 1; i < SCOPES; i++) {
		const char *name = words_behind(words, scope_words[i]);

		if (name == NULL || name[0] == '\0' || strchr(name, ' '))
			continue;
		if (!is_scope((enum config_scope)i, r->part))
			continue;
		if (check_scope_name(r, (enum config_scope)i, name, e) == -1)
			return -1;
		r->scope = (enum config_scope)i;
		memcpy(r->of, name, strlen(name) + 1);
		return 0;
	}
	return unknown_section(heading, e);
}

static int enter_section(struct reading *r, const char *name, struct err *e)
{
	const char *rest = NULL;

	r->part = CONFIG_GIVE;
	r->scope = CONFIG_OF_ALL;
	for (size_t i = CONFIG_GIVE + 1; rest == NULL && i < PARTS; i++) {
		rest = words_behind(name, part_words[i]);
		if (rest != NULL)
			r->part = (enum config_part)i;
	}
	if ((rest == NULL || rest[0] != '\0') &&
		enter_scope(r, rest != NULL ? rest : name, name, e) == -1)
		return -1;
	if (r->source != OPT_BY_SITE && (r->part != CONFIG_GIVE ||
		r->scope < CONFIG_OF_PROFILE))
		return err_set(e, "[%.80s] is for the site's files only", name);
	/* One without a key is one, too. */
	if (r->part == CONFIG_GIVE && r->scope >= CONFIG_OF_PROFILE)
		add_setting(r, "", "");
	return 0;
}

/* ---- keys ---------------------------------------------------------------- */

static int is_profile(const struct reading *r)
{
	return r->part == CONFIG_GIVE && r->scope == CONFIG_OF_PROFILE;
}

static int is_bound(enum config_part part)
{
	return part == CONFIG_LIMIT || part == CONFIG_LOWER;
}

int config_has_noun(const struct config_setting *s)
{
	return is_bound(s->part) && bound_is_noun(s->key);
}

static int unknown_key(const struct reading *r, const char *key, struct err *e)
{
	const char *names[KEYS_MAX + ABOUT_KEYS + BOUND_NOUNS_MAX] = { NULL }, *near;
	const struct opt *row = NULL;
	size_t n = 0;

	while (n < KEYS_MAX && (row = optset_next(r->set, row)) != NULL)
		if (config_takes(row) && !(row->salloc && row->salloc->why))
			names[n++] = row->name;
	for (size_t i = 1; is_profile(r) && i < ABOUT_KEYS; i++)
		names[n++] = about_keys[i];
	for (size_t i = 0; is_bound(r->part) && bound_noun(i) != NULL; i++)
		names[n++] = bound_noun(i);
	near = nearest(key, names, n);
	if (near != NULL)
		return err_set(e, "unknown key '%.80s': do you mean '%s'?", key,
			near);
	return err_set(e, "unknown key '%.80s': keys are the long options, see the manual",
		key);
}

static int is_about(const char *key)
{
	for (size_t i = 0; i < ABOUT_KEYS; i++)
		if (strcmp(key, about_keys[i]) == 0)
			return 1;
	return 0;
}

/* Which profile counts must be known before what a section is for. */
static int is_late_profile(const struct reading *r, const struct opt *row)
{
	int early = r->scope == CONFIG_OF_ALL || (r->part == CONFIG_LOCK &&
		r->scope == CONFIG_OF_GROUP);

	return !is_bound(r->part) && !early && strcmp(row->name, "profile") == 0;
}

/* Of a section whose keys are no options. */
static int unknown_own_key(const char *key, const char *const *names, size_t n,
	const char *has, struct err *e)
{
	const char *near = nearest(key, names, n);

	if (near != NULL)
		return err_set(e, "unknown key '%.80s': do you mean '%s'?", key,
			near);
	return err_set(e, "unknown key '%.80s': %s, see the manual", key, has);
}

static int check_app_key(const char *key, const char *value, struct err *e)
{
	const char *names[APPKEYS];
	int found = appkey_find(key);

	if (found != -1)
		return appkey_check((enum appkey)found, value, e);
	for (int i = 0; i < APPKEYS; i++)
		names[i] = appkey_name((enum appkey)i);
	return unknown_own_key(key, names, APPKEYS,
		"an app has command, listen and others", e);
}

static int check_runtime_key(const char *key, const char *value, struct err *e)
{
	const char *names[RUNTIMEKEYS];
	int found = runtimekey_find(key);

	if (found != -1)
		return runtimekey_check((enum runtimekey)found, value, e);
	for (int i = 0; i < RUNTIMEKEYS; i++)
		names[i] = runtimekey_name((enum runtimekey)i);
	return unknown_own_key(key, names, RUNTIMEKEYS,
		"a runtime has program, images, enter and others", e);
}

static int check_key(const struct reading *r, const char *key, struct err *e)
{
	const struct opt *row = optset_find(r->set, key);

	if (is_profile(r) && is_about(key))
		return 0;
	if (is_bound(r->part) && bound_is_noun(key))
		return 0;
	if (row == NULL)
		return unknown_key(r, key, e);
	if (!config_takes(row))
		return err_set(e, "%s: is an option of a command line alone",
			key);
	if (is_late_profile(r, row))
		return err_set(e, is_profile(r) ?
			"profile: a profile is built on another by 'inherit'" :
			"profile: is chosen before the others count: it stands above all sections, or in [lock] or [lock group NAME]");
	return 0;
}

static int config_take_line(const struct ini_line *l, void *arg, struct err *e)
{
	struct reading *r = arg;

	if (l->kind == INI_SECTION)
		return enter_section(r, l->name, e);
	if ((r->scope == CONFIG_OF_APP ? check_app_key(l->name, l->value, e) :
		r->scope == CONFIG_OF_RUNTIME ?
			check_runtime_key(l->name, l->value, e) :
			check_key(r, l->name, e)) == -1)
		return -1;
	add_setting(r, l->name, l->value);
	return 0;
}

int config_add(struct config *c, const struct opt_set *set, const char *path,
	enum opt_source source, const char *text, size_t len,
	int (*name_ok)(const char *, struct err *), struct err *e)
{
	struct reading r = {
		.config = c,
		.set = set,
		.path = path,
		.source = source,
		.name_ok = name_ok,
	};

	if (ini_read(text, len, config_take_line, &r, &r.line, e) == -1)
		return err_prefix(e, "%s:%zu: ", path, r.line);
	return 0;
}

/* ---- giving --------------------------------------------------------------- */

static int give(const struct config_setting *s, struct opt_set *set,
	enum opt_source source, struct err *e)
{
	const struct opt_origin by = { source, s->where };

	return optset_set_text(set, optset_find(set, s->key), s->value, &by, e);
}

/* One end of "MIN..MAX"; without a text it stays as it was. */
static int read_bound(const struct opt *row, const char *text, size_t len,
	long *bound, struct err *e)
{
	union { int n; long seconds; } value = { 0 };
	struct opt alone = *row;
	char *copy;
	int ret;

	if (len == 0)
		return 0;
	copy = mem_strndup(text, len);
	alone.at = 0;
	ret = optval_set(&alone, &value, copy, e);
	free(copy);
	if (ret == 0)
		*bound = row->type == OPT_DURATION ? value.seconds : value.n;
	return ret;
}

static int narrow(const struct config_setting *s, const struct opt *row,
	struct opt_set *set, struct err *e)
{
	const struct opt_origin by = { s->source, s->where };
	const char *last = "";
	size_t len = 0;
	long min = row->min, max = row->max;

	if (bound_cut(s->value, &len, &last, e) == 0 &&
		read_bound(row, s->value, len, &min, e) == 0 &&
		read_bound(row, last, strlen(last), &max, e) == 0)
		return optset_narrow(set, row, min, max,
			s->part == CONFIG_LOWER, &by, e);
	return err_prefix(e, "%s: %s: ", s->where, s->key);
}

/* What is of the job as a whole is for opt/policy.c. */
static int bind(const struct config_setting *s, struct opt_set *set,
	struct err *e)
{
	const struct opt_origin by = { s->source, s->where };
	const struct opt *row = optset_find(set, s->key);

	if (bound_is_noun(s->key))
		return 0;
	if (optset_has_bounds(row))
		return narrow(s, row, set, e);
	/* What another profile says has been read already. */
	return optset_restrict(set, row, s->value, s->part == CONFIG_LOWER &&
		strcmp(row->name, "profile") != 0, &by, e);
}

static int lock(const struct config_setting *s, struct opt_set *set,
	struct err *e)
{
	const struct opt_origin by = { s->source, s->where };

	return optset_lock(set, optset_find(set, s->key), &by, e);
}

static int give_own(const struct config_setting *s, struct opt_set *set,
	struct err *e)
{
	return give(s, set, s->source, e);
}

static int has_word(const char *list, const char *word)
{
	size_t want = strlen(word);

	for (size_t len; list != NULL && *list != '\0';
		list += len + (list[len] != '\0')) {
		len = strcspn(list, ",");
		if (len == want && memcmp(list, word, len) == 0)
			return 1;
	}
	return 0;
}

int config_counts(const struct config_setting *s, const struct config_who *who)
{
	switch (s->scope) {
	case CONFIG_OF_ALL:
		return 1;
	case CONFIG_OF_PARTITION:
		return has_word(who->partition, s->of);
	case CONFIG_OF_PROFILE:
		return who->profile != NULL &&
			strcmp(who->profile, s->of) == 0;
	case CONFIG_OF_APP:
	case CONFIG_OF_RUNTIME:
		return 0;	/* of its keys none is an option */
	case CONFIG_OF_GROUP:
		break;
	}
	return who->groups != NULL && optlist_has(who->groups, s->of);
}

static int is_kind(enum config_part a, enum config_part b)
{
	return a == b || (is_bound(a) && is_bound(b));
}

int config_is_overridden(const struct config *c,
	const struct config_setting *s, const struct config_who *who)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct config_setting *t = &c->setting[i];

		if (t != s && is_kind(s->part, t->part) &&
			strcmp(s->key, t->key) == 0 && (t->scope > s->scope ||
			(t->scope == s->scope && t > s && !s->adds)) &&
			config_counts(t, who))
			return 1;
	}
	return 0;
}

int config_applies(const struct config *c, const struct config_setting *s,
	const struct config_who *who)
{
	const char *at = who->partition != NULL ? who->partition : "";

	for (;;) {
		size_t len = strcspn(at, ",");
		char *one = mem_strndup(at, len);
		struct config_who alone = *who;
		int applies;

		alone.partition = one;
		applies = config_counts(s, &alone) &&
			!config_is_overridden(c, s, &alone);
		free(one);
		if (applies || at[len] == '\0')
			return applies;
		at += len + 1;
	}
}

int config_locks_agree(const struct config *c, const struct config_who *who,
	struct err *e)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct config_setting *s = &c->setting[i], *t;

		if (s->part != CONFIG_LOCK || s->adds ||
			!config_applies(c, s, who))
			continue;
		for (t = s + 1; t < c->setting + c->n; t++)
			if (t->part == CONFIG_LOCK &&
				strcmp(s->key, t->key) == 0 &&
				strcmp(s->value, t->value) != 0 &&
				config_applies(c, t, who))
				return err_set(e, "partition: %.100s are asked for, and %s and %s lock %s differently: name one partition",
					who->partition, s->where, t->where,
					s->key);
	}
	return 0;
}

struct step {
	enum config_part part;
	int (*act)(const struct config_setting *s, struct opt_set *set,
		struct err *e);
};

/* What one source says in this part, to all first and to some behind. */
static int give_part(const struct config *c, struct opt_set *set,
	const struct config_setting *const *said, const struct step *step,
	const struct config_who *who, struct err *e)
{
	for (int scope = CONFIG_OF_ALL; scope <= CONFIG_OF_PROFILE; scope++) {
		for (size_t i = 0; said[i] != NULL; i++) {
			const struct config_setting *s = said[i];

			if (s->part != step->part || (int)s->scope != scope ||
				!(s->part == CONFIG_GIVE ?
				config_counts(s, who) :
				config_applies(c, s, who)))
				continue;
			if (step->act(s, set, e) == -1)
				return -1;
		}
	}
	return 0;
}

/*
 * What a source says but of profiles, of which there may be hundreds, each a reason
 * to come here; to be freed, NULL at the end.
 */
static const struct config_setting **said_by(const struct config *c,
	enum opt_source source)
{
	const struct config_setting **said = mem_alloc((c->n + 1) *
		sizeof *said);
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		if (c->setting[i].source == source &&
			(c->setting[i].part != CONFIG_GIVE ||
			c->setting[i].scope != CONFIG_OF_PROFILE))
			said[n++] = &c->setting[i];
	said[n] = NULL;
	return said;
}

/*
 * Defaults before limits, which bring them within; but what is locked is so whatever
 * a limit says, such as a profile for one group beside a list for all.
 */
int config_give(const struct config *c, struct opt_set *set,
	enum opt_source source, const struct config_who *who, struct err *e)
{
	static const struct step steps[] = {
		{ CONFIG_GIVE, give_own },
		/* What can be repeated is given whole before it is locked. */
		{ CONFIG_LOCK, give_own }, { CONFIG_LOCK, lock },
		{ CONFIG_LIMIT, bind }, { CONFIG_LOWER, bind },
	};

	const struct config_setting **said = said_by(c, source);
	int ret = 0;

	for (size_t i = 0; i < sizeof steps / sizeof *steps && ret == 0; i++)
		ret = give_part(c, set, said, &steps[i], who, e);
	free(said);
	return ret;
}

/* ---- profiles ------------------------------------------------------------ */

static int is_of_profile(const struct config_setting *s, const char *name)
{
	return s->part == CONFIG_GIVE && s->scope == CONFIG_OF_PROFILE &&
		strcmp(s->of, name) == 0;
}

int config_has_profile(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (is_of_profile(&c->setting[i], name))
			return 1;
	return 0;
}

const char *config_locked(const struct config *c, const char *key,
	const struct config_who *who)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->setting[i].part == CONFIG_LOCK &&
			strcmp(c->setting[i].key, key) == 0 &&
			config_applies(c, &c->setting[i], who))
			return c->setting[i].value;
	return NULL;
}

const char *config_chosen(const struct config *c, const struct config_who *who)
{
	const char *name = config_locked(c, "profile", who);

	for (size_t i = c->n; i > 0 && name == NULL; i--) {
		const struct config_setting *s = &c->setting[i - 1];

		if (s->scope == CONFIG_OF_ALL && s->part == CONFIG_GIVE &&
			strcmp(s->key, "profile") == 0)
			name = s->value;
	}
	return name;
}

static const struct config_setting *last_word(const struct config *c,
	const char *name, const char *key)
{
	for (size_t i = c->n; i > 0; i--)
		if (is_of_profile(&c->setting[i - 1], name) &&
			strcmp(c->setting[i - 1].key, key) == 0)
			return &c->setting[i - 1];
	return NULL;
}

/* From the profile down to what it is built on. Returns how many; -1 with e. */
static int line_of(const struct config *c, const char *name,
	const char *line[INHERIT_MAX], struct err *e)
{
	const struct config_setting *s;
	int n = 0;

	for (line[n++] = name; (s = last_word(c, line[n - 1], "inherit")) !=
		NULL; line[n++] = s->value) {
		if (!config_has_profile(c, s->value))
			return err_set(e, "%s: inherit: there is no profile '%.80s'",
				s->where, s->value);
		for (int i = 0; i < n; i++)
			if (strcmp(line[i], s->value) == 0)
				return err_set(e, "%s: inherit: profile '%s' would inherit from itself",
					s->where, line[i]);
		if (n == INHERIT_MAX)
			return err_set(e, "%s: inherit: more than %d levels",
				s->where, INHERIT_MAX);
	}
	return n;
}

static int no_profile(const struct config *c, const char *name, struct err *e)
{
	struct opt_list names = { 0 };
	struct buf all = { 0 };

	config_profiles(c, &names);
	for (size_t i = 0; i < names.n; i++)
		buf_printf(&all, "%s%s", i > 0 ? ", " : "", names.word[i]);
	if (names.n > 0)
		err_set(e, "there is no profile '%.80s'; there are: %.*s", name,
			(int)all.len, buf_data(&all));
	else
		err_set(e, "there is no profile '%.80s', nor any other", name);
	buf_fini(&all);
	optlist_free(&names);
	return -1;
}

int config_check_profile(const struct config *c, const char *name,
	struct err *e)
{
	return config_has_profile(c, name) ? 0 : no_profile(c, name, e);
}

int config_give_profile(const struct config *c, struct opt_set *set,
	const char *name, struct err *e)
{
	const char *line[INHERIT_MAX];
	int n;

	if (!config_has_profile(c, name))
		return no_profile(c, name, e);
	n = line_of(c, name, line, e);
	if (n == -1)
		return -1;
	while (n-- > 0) {
		for (size_t i = 0; i < c->n; i++) {
			const struct config_setting *s = &c->setting[i];

			if (is_of_profile(s, line[n]) && !is_about(s->key) &&
				give(s, set, OPT_BY_PROFILE, e) == -1)
				return -1;
		}
	}
	return 0;
}

void config_names(const struct config *c, enum config_scope scope,
	struct opt_list *names)
{
	for (size_t i = 0; i < c->n; i++) {
		const char *name = c->setting[i].of;
		size_t known = names->n;

		/* A limit for a profile makes none. */
		if (c->setting[i].scope != scope || (c->setting[i].part !=
			CONFIG_GIVE && scope == CONFIG_OF_PROFILE))
			continue;
		/* The lines of a section stand together: mostly the last one. */
		while (known > 0 && strcmp(names->word[known - 1], name) != 0)
			known--;
		if (known == 0)
			optlist_add(names, mem_strdup(name));
	}
}

void config_profiles(const struct config *c, struct opt_list *names)
{
	config_names(c, CONFIG_OF_PROFILE, names);
}

const char *config_profile_at(const struct config *c, const char *where)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->setting[i].where, where) == 0 &&
			c->setting[i].scope == CONFIG_OF_PROFILE)
			return c->setting[i].of;
	return NULL;
}

const char *config_about(const struct config *c, const char *name,
	const char *key)
{
	const struct config_setting *s = last_word(c, name, key);

	return s != NULL ? s->value : NULL;
}
