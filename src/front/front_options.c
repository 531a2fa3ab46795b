/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From what was typed to what is meant: paths and variables are expanded by
 * this process's environment, and what the rows of opt/opttable.c cannot say is
 * checked.
 */
#include "front/front_options.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/expand.h"
#include "base/mem.h"
#include "base/tag.h"
#include "opt/runtimerow.h"
#include "os/log.h"
#include "os/warnsig.h"

static char *expand(char *value, enum opt_path path)
{
	const char *home = getenv("HOME");
	char *done = expand_home(value, home ? home : ""), *all;
	char pid[16];

	free(value);
	if (path != OPT_PATH_PID)
		return done;
	snprintf(pid, sizeof pid, "%ld", (long)getpid());
	all = expand_token(done, "[PID]", pid);
	free(done);
	return all;
}

static int finish_one(const struct opt *row, char **value, struct err *e)
{
	const char *home = getenv("HOME");

	if (*value == NULL || (row->path == OPT_PATH_OR_NAME &&
		(strcmp(*value, "none") == 0 || strstr(*value, "://") != NULL)))
		return 0;
	if ((*value)[0] == '~' && (home == NULL || home[0] != '/'))
		return err_set(e, "--%s: '%.200s' needs HOME, which is not set: give an absolute path",
			row->name, *value);
	*value = expand(*value, row->path);
	if (row->path >= OPT_PATH_OR_NAME && (*value)[0] != '/')
		return err_set(e, "--%s: '%.200s' is not an absolute path",
			row->name, *value);
	return 0;
}

static int finish_path(const struct opt *row, void *value, struct err *e)
{
	struct opt_list *list = value;

	if (row->type != OPT_LIST)
		return finish_one(row, value, e);
	for (size_t i = 0; i < list->n; i++)
		if (finish_one(row, &list->word[i], e) == -1)
			return -1;
	return 0;
}

static int is_env_name(const char *s, size_t len)
{
	if (len == 0 || isdigit((unsigned char)s[0]))
		return 0;
	for (size_t i = 0; i < len; i++) {
		if (!isalnum((unsigned char)s[i]) && s[i] != '_')
			return 0;
	}
	return 1;
}

static int check_env(const struct opt_list *env, struct err *e)
{
	for (size_t i = 0; i < env->n; i++) {
		const char *word = env->word[i];
		int len = strcspn(word, "=");

		if (!is_env_name(word, len))
			return err_set(e, "--salloc-env: '%.*s' is not a name of a variable",
				len < 80 ? len : 80, word);
	}
	return 0;
}

/* VAR becomes VAR=value; what is not set here stays VAR, and is unset there. */
static void finish_env(struct opt_list *env)
{
	for (size_t i = 0; i < env->n; i++) {
		char *word = env->word[i];
		const char *value;

		if (strchr(word, '=') != NULL ||
			(value = getenv(word)) == NULL)
			continue;
		env->word[i] = mem_printf("%s=%s", word, value);
		free(word);
	}
}

static int is_loopback(const char *address)
{
	struct in_addr in;
	struct in6_addr in6;

	if (inet_pton(AF_INET, address, &in) == 1)
		return ntohl(in.s_addr) >> 24 == 127;
	return inet_pton(AF_INET6, address, &in6) == 1 &&
		IN6_IS_ADDR_LOOPBACK(&in6);
}

static int is_typed(const struct options *o, const void *value)
{
	return optset_source(&o->set, optset_row(&o->set, value)) ==
		OPT_BY_COMMAND_LINE;
}

/* What files say beside it is for whoever says --outbound. */
static int check_outbound(const struct options *o, struct err *e)
{
	const struct options_outbound *out = &o->outbound;

	if (out->way == OPTIONS_OUTBOUND_LAPTOP && out->socket == NULL)
		return err_set(e, "--outbound=laptop: needs --outbound-socket=PATH, and 'RemoteForward PATH HOST:PORT' in your ssh configuration, with your computer's HTTP proxy at HOST:PORT");
	if (out->way != OPTIONS_OUTBOUND_LAPTOP && is_typed(o, &out->socket))
		return err_set(e, "--outbound-socket: only --outbound=laptop uses it: add that, or leave it out");
	if (out->way == OPTIONS_OUTBOUND_OFF && is_typed(o, &out->allow))
		return err_set(e, "--outbound-allow: allows nothing while nobody dials: add --outbound=login, or leave it out");
	return 0;
}

/* A line for curl is made of it. */
static int is_url(const char *s)
{
	for (const char *p = s; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~' || *p == '"' || *p == '\\')
			return 0;
	return strstr(s, "://") != NULL;
}

/* What files say beside it is for whoever says --prefetch. */
static int check_prefetch(const struct options *o, struct err *e)
{
	const struct options_prefetch *p = &o->prefetch;

	if (p->url != NULL && !is_url(p->url))
		return err_set(e, "--prefetch-url: '%.80s' is no URL", p->url);
	if (p->what == OPTIONS_PREFETCH_OFF &&
		(is_typed(o, &p->url) || is_typed(o, &p->extensions)))
		return err_set(e, "--prefetch-url, --prefetch-extensions: nothing is got without --prefetch=on: add that, or leave them out");
	return 0;
}

/* Which option it is, and where it was given. Returns -1. */
static int say_given(const struct options *o, const void *value, struct err *e)
{
	const struct opt *row = optset_row(&o->set, value);

	return optset_say_which(row, optset_where(&o->set, row), e);
}

int front_options_check_container(const struct options *o, struct err *e)
{
	const struct options_container *c = &o->container;
	struct runtimerows rows;
	int ret = 0;

	if (runtimerows_init(&rows, &o->runtimes, e) == -1)
		return -1;
	if (strcmp(c->runtime, "auto") != 0 &&
		runtimerows_find(&rows, c->runtime, e) == NULL)
		ret = say_given(o, &c->runtime, e);
	else if (c->image != NULL && runtimerows_take_name(&rows, c->runtime,
		c->image, e) == -1)
		ret = say_given(o, &c->image, e);
	runtimerows_fini(&rows);
	return ret;
}

static int front_options_check(struct options *o, struct err *e)
{
	struct warnsig signal;

	if (!is_loopback(o->forward.listen_host) && o->forward.peer_check != OPTIONS_PEER_OFF)
		return err_set(e, "--listen-host: on %s others can reach your VS Code server, and who connects from elsewhere cannot be checked: leave it out, or add --peer-check=off to take that risk",
			o->forward.listen_host);
	if (o->flags.all && o->line.operands.n > 0)
		return err_set(e, "--all: means every session, without a name like '%.80s'",
			o->line.operands.word[0]);
	if (strchr(o->job.launcher, '/') ? o->job.launcher[0] != '/' :
		!tag_is_name(o->job.launcher))
		return err_set(e, "--launcher: '%.80s' is neither a name nor an absolute path",
			o->job.launcher);
	if (check_outbound(o, e) == -1 || check_prefetch(o, e) == -1 ||
		front_options_check_container(o, e) == -1)
		return -1;
	if (warnsig_parse(&signal, o->session.signal, e) == -1)
		return err_prefix(e, "--signal: ");
	if (o->forward.byte_limit > OPTIONS_BYTE_LIMIT_MAX)
		o->forward.byte_limit = OPTIONS_BYTE_LIMIT_MAX;
	return 0;
}

int front_options_finish(struct options *o, struct err *e)
{
	for (const struct opt *row = NULL; (row = optset_next(&o->set, row));) {
		if (row->path != OPT_NO_PATH && finish_path(row,
			(char *)o + row->at, e) == -1)
			return -1;
	}
	if (check_env(&o->shell.env, e) == -1)
		return -1;
	finish_env(&o->shell.env);
	return front_options_check(o, e);
}

int front_options_are_for_job(const struct options *o, enum opt_source least)
{
	for (const struct opt *row = NULL; (row = optset_next(&o->set, row));)
		if (row->of_job && optset_source(&o->set, row) >= least)
			return 1;
	return 0;
}

const struct opt *front_options_in_vain(const struct options *o)
{
	const struct opt *row = o->set.row;

	for (; row->name != NULL || row->group != NULL; row++)
		if (row->means != NULL && row->help != NULL &&
			optset_source(&o->set, row) != OPT_BY_DEFAULT)
			return row;
	return NULL;
}

int front_options_log_level(const struct options *o)
{
	return LOG_LEVEL_ERROR + o->log.verbose - o->log.quiet;
}
