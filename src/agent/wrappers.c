/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each is the same script, which goes by its own name, and is told by a variable
 * what it is to leave out. PATH goes on to other nodes, where anybody may make a
 * directory of a name in /tmp: so they are in the session's folder, which nobody
 * else can make anywhere. A shell that sets PATH anew has lost it: BASH_ENV, which
 * would reach that, would be inherited by jobs, too.
 */
#include "agent/wrappers.h"

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/pathdir.h"
#include "base/buf.h"
#include "base/mem.h"
#include "os/log.h"

#define NAME "bin"

static const char *const commands[] = { "sbatch", "srun", "salloc", NULL };

/* What is left out, unless an option that begins so needs it. */
static const struct {
	enum sessionenv_own which;
	const char *unless;
} coverable[] = {
	{ SESSIONENV_AUTH_SOCK, NULL },
	/* Slurm's own X11 needs them where it is asked for. */
	{ SESSIONENV_DISPLAY, "--x11" },
	{ SESSIONENV_XAUTHORITY, "--x11" },
	{ SESSIONENV_HTTP_PROXY, NULL },
	{ SESSIONENV_HTTP_PROXY_BIG, NULL },
	{ SESSIONENV_HTTPS_PROXY, NULL },
	{ SESSIONENV_HTTPS_PROXY_BIG, NULL },
	{ SESSIONENV_ALL_PROXY, NULL },
	{ SESSIONENV_ALL_PROXY_BIG, NULL },
	{ SESSIONENV_NO_PROXY, NULL },
	{ SESSIONENV_NO_PROXY_BIG, NULL },
};
#define COVERABLE (sizeof coverable / sizeof *coverable)

struct wrappers {
	struct jobenv *env;
	char *bin;		/* NULL: they are not there, for this reason */
	struct err why;
	int covers[COVERABLE];
};

static void put_row(struct buf *out, const char *name, const char *unless)
{
	buf_printf(out, "\t%s) ", name);
	if (unless != NULL)
		buf_printf(out, "case $vrs_words in *\" %s\"*) ;; *) ", unless);
	buf_printf(out, "test \"${%s-}\" != \"$vrs_value\" || unset %s",
		name, name);
	buf_puts(out, unless != NULL ? " ;; esac ;;\n" : " ;;\n");
}

/* A job has the environment, so no other name of a variable is used. */
static void put_script(struct buf *out)
{
	buf_puts(out, "#!/bin/sh\n# A job that is none of this session has not what is of its node and its end.\n"
		"vrs_name=${0##*/} vrs_own=${0%/*} vrs_path= vrs_words=\" $*\"\n"
		"set -f\n"
		"IFS=';'\n"
		"for vrs_covered in ${VRS_COVERED-}; do\n"
		"	vrs_value=${vrs_covered#*=}\n"
		"	case ${vrs_covered%%=*} in\n");
	for (size_t i = 0; i < COVERABLE; i++)
		put_row(out, sessionenv_own_names[coverable[i].which],
			coverable[i].unless);
	/* PATH without us, in which the next of that name is. */
	buf_puts(out, "	esac\n"
		"done\n"
		"unset VRS_COVERED\n"
		"IFS=:\n"
		"for vrs_dir in $PATH; do\n"
		"	test \"$vrs_dir\" = \"$vrs_own\" || vrs_path=$vrs_path:$vrs_dir\n"
		"done\n"
		"PATH=${vrs_path#:}\n"
		"unset IFS\n"
		"vrs_found=$(command -v \"$vrs_name\") && exec \"$vrs_found\" \"$@\"\n"
		"echo \"$vrs_name: command not found\" >&2\n"
		"exit 127\n");
}

static int write_scripts(int dir, struct err *e)
{
	struct buf text = { 0 };
	int ret = 0;

	put_script(&text);
	for (const char *const *name = commands; *name != NULL && ret == 0;
		name++)
		ret = pathdir_put(dir, *name, buf_data(&text), text.len, e);
	buf_fini(&text);
	return ret;
}

static int make_bin(const char *bin, struct err *e)
{
	int dir = pathdir_open(bin, e), ret;

	if (dir == -1)
		return -1;
	ret = write_scripts(dir, e);
	close(dir);
	return ret;
}

/* As the scripts read it; a value of which they would see two parts is left out. */
static char *covered_words(const struct wrappers *w)
{
	struct buf words = { 0 };
	char *text;

	for (size_t i = 0; i < COVERABLE; i++) {
		const char *name = sessionenv_own_names[coverable[i].which];
		const char *value = envlist_get(&w->env->env, name);

		if (w->covers[i] && value != NULL)
			buf_printf(&words, "%s%s=%s", words.len > 0 ? ";" : "",
				name, value);
	}
	text = mem_strndup(buf_data(&words), words.len);
	buf_fini(&words);
	return text;
}

int wrappers_cover(struct wrappers *w, enum sessionenv_own which)
{
	const char *name = sessionenv_own_names[which];
	const char *value = envlist_get(&w->env->env, name);
	char *words;
	size_t i = 0;

	if (w->bin == NULL) {
		log_warning("sbatch, srun and salloc are given what is of the session alone, as %s: %s",
			name, w->why.text);
		return -1;
	}
	while (i < COVERABLE && coverable[i].which != which)
		i++;
	assert(i < COVERABLE);
	w->covers[i] = value == NULL || strchr(value, ';') == NULL;
	if (!w->covers[i])
		log_warning("%s has a semicolon: jobs that are submitted in the session have it, too",
			name);
	words = covered_words(w);
	sessionenv_set(&w->env->env, SESSIONENV_COVERED, words);
	free(words);
	w->env->bin = w->bin;
	return w->covers[i] ? 0 : -1;
}

struct wrappers *wrappers_new(struct jobenv *env)
{
	const struct options *opt = env->job->opt;
	struct wrappers *w = mem_alloc(sizeof *w);

	w->env = env;
	w->bin = mem_printf("%s/%s/" NAME, opt->session.state_dir,
		opt->agent.tag);
	if (make_bin(w->bin, &w->why) == -1) {
		err_prefix(&w->why, "%s: ", w->bin);
		free(w->bin);
		w->bin = NULL;
	}
	return w;
}

void wrappers_free(struct wrappers *w)
{
	if (w == NULL)
		return;
	w->env->bin = NULL;
	free(w->bin);
	free(w);
}
