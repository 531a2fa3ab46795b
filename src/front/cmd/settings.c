/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where settings are, and in which order they count. Read at the start, before
 * anything else is known: three files are looked for, one of them below $HOME.
 */
#include "front/cmd/settings.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/jsonmerge.h"
#include "base/mem.h"
#include "config.h"
#include "front/front_options.h"
#include "opt/allowed.h"
#include "opt/app.h"
#include "opt/bound.h"
#include "opt/optenv.h"
#include "opt/optsalloc.h"
#include "opt/opttable.h"
#include "opt/runtimerow.h"
#include "os/conffile.h"
#include "os/stall.h"
#include "os/userdir.h"
#include "os/usergroup.h"

/* To where files are read, and by what. */
struct reader {
	struct config *config;
	const struct opt_set *set;
	int (*name_ok)(const char *, struct err *);
};

/* 1; 0 when there is no such file; -1 with e set. */
static int settings_add(const struct reader *r, const char *path,
	enum opt_source source, struct err *e)
{
	struct buf text = { 0 };
	int ret = conffile_read(path, &text, e);

	if (ret == 1 && config_add(r->config, r->set, path, source,
		buf_data(&text), text.len, r->name_ok, e) == -1)
		ret = -1;
	buf_fini(&text);
	return ret;
}

static int is_conf(const struct dirent *d)
{
	size_t len = strlen(d->d_name);

	return d->d_name[0] != '.' && len > 5 &&
		strcmp(d->d_name + len - 5, ".conf") == 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int add_directory(const struct reader *r, const char *dir,
	struct err *e)
{
	struct dirent **entry;
	int n = scandir(dir, &entry, is_conf, by_bytes), ret = 0;

	if (n == -1)
		return errno == ENOENT || errno == ENOTDIR ? 0 :
			err_set(e, "%s: %s", dir, strerror(errno));
	for (int i = 0; i < n; i++) {
		char *path = mem_printf("%s/%s", dir, entry[i]->d_name);

		if (ret != -1)
			ret = settings_add(r, path, OPT_BY_SITE, e);
		/* Its name is there: a link that leads nowhere, with locks. */
		if (ret == 0)
			ret = err_set(e, "%s: %s", path, strerror(ENOENT));
		free(path);
		free(entry[i]);
	}
	free(entry);
	return ret == -1 ? -1 : 0;
}

/* It may be the first thing that is asked of a file system that hangs. */
static int add_users(const struct reader *r, struct err *e)
{
	char *dir = userdir_config();
	char *path = dir != NULL ? mem_printf("%s/config", dir) : NULL;
	int ret = 0;

	if (path != NULL) {
		STALL_WATCH(path);

		ret = settings_add(r, path, OPT_BY_USER, e);
	}
	free(path);
	free(dir);
	return ret == -1 ? -1 : 0;
}

static int add_sites(const struct reader *r, struct err *e)
{
	return settings_add(r, SETTINGS_SITE "/config", OPT_BY_SITE, e) == -1 ? -1 :
		add_directory(r, SETTINGS_SITE "/config.d", e);
}

static int read_files(struct config *c,
	int (*name_ok)(const char *, struct err *),
	int (*add)(const struct reader *, struct err *), struct err *e)
{
	struct options o;
	const struct reader r = { c, &o.set, name_ok };
	int ret;

	options_init(&o, OPT_PROGRAM);
	ret = add(&r, e);
	options_free(&o);
	return ret;
}

int settings_read_site(struct config *c,
	int (*name_ok)(const char *, struct err *), struct err *e)
{
	return read_files(c, name_ok, add_sites, e);
}

int settings_read_user(struct config *c,
	int (*name_ok)(const char *, struct err *), struct err *e)
{
	return read_files(c, name_ok, add_users, e);
}

const struct opt_list *settings_groups(struct config *c)
{
	struct opt_list names = { 0 };

	if (c->has_groups)
		return &c->groups;
	config_names(c, CONFIG_OF_GROUP, &names);
	for (size_t i = 0; i < names.n; i++)
		if (usergroup_has_me(names.word[i]))
			optlist_add(&c->groups, mem_strdup(names.word[i]));
	optlist_free(&names);
	c->has_groups = 1;
	return &c->groups;
}

/* Whether it is one that submits as sbatch does. */
static int is_of_slurm(const char *launcher)
{
	return strcmp(launcher, "auto") == 0 ||
		strncmp(launcher, "slurm", strlen("slurm")) == 0;
}

/* Whether the job is made by a launcher of Slurm. */
static int is_slurms(const struct options *o,
	const struct settings_typed *typed)
{
	const char *launcher = typed->launcher;

	if (launcher == NULL)
		launcher = optenv_value(&o->set, environ, &o->job.launcher);
	return is_of_slurm(launcher != NULL ? launcher : o->job.launcher);
}

static int is_allocation(const struct options *o,
	const struct settings_typed *typed)
{
	const char *start = optenv_value(&o->set, environ, &o->job.start);

	if (typed->start_given)
		return typed->start == OPTIONS_START_ALLOCATION;
	return start != NULL ? strcmp(start, "allocation") == 0 :
		o->job.start == OPTIONS_START_ALLOCATION;
}

/* Of sbatch, or of salloc where an allocation is what is made; and ours. */
static int give_variables(struct options *o, const struct settings_typed *typed,
	struct err *e)
{
	if (typed == NULL)
		return 0;
	if (typed->has_job && is_slurms(o, typed) &&
		optsalloc_env(&o->set, environ, is_allocation(o, typed) ?
		"SALLOC_" : "SBATCH_", e) == -1)
		return -1;
	return optenv_give(&o->set, environ, e);
}

/* Each user has a file of his own, which no other can write. */
static int check_events(const struct options *o, struct err *e)
{
	const struct opt *row = optset_row(&o->set, &o->events.file);
	const char *file = o->events.file;

	if (file == NULL || (file[0] == '/' && strstr(file, OPTIONS_USER)))
		return 0;
	return err_set(e, "%s: event-log: '%.200s' is not an absolute path with %%u in it, which stands for the user",
		optset_where(&o->set, row), file);
}

/* Which profile a variable names, NULL: none. -1 with e set: there is no such. */
static int profile_by_variable(const struct config *c, const struct options *o,
	const char **name, struct err *e)
{
	*name = optenv_value(&o->set, environ, &o->session.profile);
	return *name == NULL || config_check_profile(c, *name, e) == 0 ? 0 :
		err_prefix(e, "%sPROFILE: ", OPTENV_PREFIX);
}

/* Each must be whole, whether or not a session is begun with it. */
static int give_runtimes(const struct config *c, struct options *o,
	struct err *e)
{
	struct runtimerows rows;

	optlist_free(&o->runtimes);
	runtimerow_say(c, &o->runtimes);
	if (runtimerows_init(&rows, &o->runtimes, e) == -1)
		return -1;
	runtimerows_fini(&rows);
	return 0;
}

int settings_give(const struct config *c, struct options *o,
	const struct config_who *who, const struct settings_typed *typed,
	struct err *e)
{
	static const struct opt_origin by = { OPT_BY_PROFILE, NULL };
	const struct opt *session = optset_row(&o->set, &o->session.name);
	struct config_who whole = *who;

	if (whole.profile == NULL && typed != NULL &&
		profile_by_variable(c, o, &whole.profile, e) == -1)
		return -1;
	if (whole.profile == NULL)
		whole.profile = config_chosen(c, who);
	if (config_give(c, &o->set, OPT_BY_SITE, &whole, e) == -1 ||
		check_events(o, e) == -1 ||
		config_give(c, &o->set, OPT_BY_USER, &whole, e) == -1)
		return -1;
	if (give_variables(o, typed, e) == -1 || give_runtimes(c, o, e) == -1)
		return -1;
	if (whole.profile == NULL)
		return 0;
	/* Its own session, unless it names another. */
	if (optset_set(&o->set, session, whole.profile, &by, e) == -1)
		return -1;
	return config_give_profile(c, &o->set, whole.profile, e);
}

static int hold_job(const struct config *c, struct options *o,
	const struct config_who *who, struct err *e)
{
	struct opt_list words = { 0 };
	int ret;

	optsalloc_words(&o->set, NULL, &words);
	ret = policy_job(c, who, &words, &o->set.notes, e);
	if (ret == 0)
		optsalloc_correct(&o->set, &words);
	optlist_free(&words);
	return ret;
}

char *settings_partition(const struct config *c, const struct options *o,
	const struct config_who *who)
{
	const struct config_who whole = { NULL, o->session.profile, who->groups };
	struct opt_list words = { 0 }, notes = { 0 };
	struct err e;
	char *name;

	optsalloc_words(&o->set, NULL, &words);
	/* Whoever may not have it is told so later. */
	(void)!policy_partition(c, &whole, &words, &notes, &e);
	(void)!bound_partition(&words, &name, &e);
	optlist_free(&words);
	optlist_free(&notes);
	return name;
}

int settings_hold(const struct config *c, struct options *o,
	const struct config_who *who, const char *command, const char *app,
	int starts, struct err *e)
{
	const struct config_who whole = { who->partition, o->session.profile,
		who->groups };
	size_t noted = o->set.notes.n;

	if (policy_read(c, e) == -1)
		return SETTINGS_BAD;
	if (policy_command(c, &whole, command, e) == -1 ||
		(app != NULL && policy_app(c, &whole, app, e) == -1) ||
		(starts && (config_locks_agree(c, &whole, e) == -1 ||
			hold_job(c, o, &whole, e) == -1))) {
		o->set.refused = 1;
		return optset_refer(&o->set, e);
	}
	for (size_t i = noted; i < o->set.notes.n; i++) {
		struct err note;

		err_set(&note, "%s", o->set.notes.word[i]);
		optset_refer(&o->set, &note);
		free(o->set.notes.word[i]);
		o->set.notes.word[i] = mem_strdup(note.text);
	}
	policy_sessions(c, &whole, &o->sessions);
	return 0;
}

/*
 * The agent does without one that is not good, and only logs it. One that is not here
 * may be on compute nodes.
 */
static int check_machine_settings(const struct options *o, struct err *e)
{
	const char *file = o->servers.settings;
	const struct opt *row = optset_row(&o->set, &o->servers.settings);
	struct buf text = { 0 };
	int ret;

	if (file == NULL || strcmp(file, "none") == 0)
		return 0;
	ret = conffile_read(file, &text, e);
	if (ret == 1 && (ret = jsonmerge_check(buf_data(&text), text.len, e)) == -1)
		err_prefix(e, "%s: ", file);
	buf_fini(&text);
	return ret == -1 ? err_prefix(e, "%s: %s: ", optset_where(&o->set, row),
		row->name) : 0;
}

/* others: whose runtimes may be named, too. */
static int try_one(const struct config *c, const struct config *others,
	const struct config_who *who, struct err *e)
{
	struct options o;
	int ret;

	options_init(&o, OPT_PROGRAM);
	ret = settings_give(c, &o, who, NULL, e);
	runtimerow_say(others, &o.runtimes);
	if (ret == 0)
		ret = front_options_check_container(&o, e);
	if (ret == 0)
		ret = check_machine_settings(&o, e);
	options_free(&o);
	return ret;
}

/* Each profile, partition and group alone, and none, as users would get them. */
static int try_all(const struct config *c, const struct config *others,
	struct err *e)
{
	struct opt_list profiles = { 0 }, partitions = { 0 }, groups = { 0 };
	int ret = try_one(c, others, &(struct config_who){ .profile = NULL }, e);

	config_names(c, CONFIG_OF_PROFILE, &profiles);
	config_names(c, CONFIG_OF_PARTITION, &partitions);
	config_names(c, CONFIG_OF_GROUP, &groups);
	for (size_t i = 0; i < profiles.n && ret == 0; i++)
		ret = try_one(c, others, &(struct config_who){
			.profile = profiles.word[i] }, e);
	for (size_t i = 0; i < partitions.n && ret == 0; i++)
		ret = try_one(c, others, &(struct config_who){
			.partition = partitions.word[i] }, e);
	for (size_t i = 0; i < groups.n && ret == 0; i++) {
		const struct opt_list one = { 1, &groups.word[i] };

		ret = try_one(c, others, &(struct config_who){ .groups = &one },
			e);
	}
	optlist_free(&profiles);
	optlist_free(&partitions);
	optlist_free(&groups);
	return ret == 0 ? policy_read(c, e) : ret;
}

static int has_app(const struct config *c, const char *name)
{
	struct opt_list names = { 0 };
	int has;

	app_names(c, &names);
	has = optlist_has(&names, name);
	optlist_free(&names);
	return has;
}

/*
 * A slip in a list of commands or apps would let users have what is forbidden. In
 * use it is no fault: another version has other commands.
 */
static int check_lists(const struct config *c, const struct config *others,
	int (*name_ok)(const char *, struct err *), struct err *e)
{
	struct err unused;

	for (size_t i = 0; i < c->n; i++) {
		const struct config_setting *s = &c->setting[i];
		const char *at = s->value;
		int of_apps = strcmp(s->key, "app") == 0;
		char *name;

		if (!config_has_noun(s) ||
			!(of_apps || strcmp(s->key, "command") == 0))
			continue;
		for (; (name = allowed_named(&at)) != NULL; free(name)) {
			if (of_apps ? has_app(c, name) || has_app(others, name) :
				name_ok(name, &unused) == -1)
				continue;
			err_set(e, "%s: %s: there is no %s '%.80s'", s->where,
				s->key, s->key, name);
			free(name);
			return -1;
		}
	}
	return 0;
}

int settings_check(const char *path, const struct config *others,
	int (*name_ok)(const char *, struct err *), struct err *e)
{
	struct config c = { 0 };
	struct options o;
	const struct reader r = { &c, &o.set, name_ok };
	int ret;

	options_init(&o, OPT_PROGRAM);
	ret = settings_add(&r, path, OPT_BY_SITE, e);
	options_free(&o);
	if (ret == 0)
		ret = err_set(e, "%s: there is no such file", path);
	else if (ret == 1)
		ret = try_all(&c, others, e) == -1 ? -1 :
			check_lists(&c, others, name_ok, e);
	config_fini(&c);
	return ret;
}
