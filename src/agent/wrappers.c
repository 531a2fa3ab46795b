/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each is the same script, which goes by its own name. It stands in the session's
 * private directory, and so is made anew with that; an environment that has it in
 * PATH later, or on another node, finds nothing there, and goes on to the real ones.
 * A shell that sets PATH anew has lost it: BASH_ENV, which would reach that, would be
 * inherited by jobs, too.
 */
#include "agent/wrappers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/prologue.h"
#include "agent/rundir.h"
#include "base/mem.h"
#include "base/shellword.h"
#include "os/log.h"
#include "os/safepath.h"

#define NAME "bin"
#define COVERED_MAX 16

static const char *const commands[] = { "sbatch", "srun", "salloc", NULL };

struct covered {
	const char *name, *unless;
};

struct wrappers {
	struct jobenv *env;
	struct covered covered[COVERED_MAX];
	unsigned n;
	struct rundir_user user;
};

static void put_covered(struct buf *out, const struct covered *c,
	const char *value)
{
	if (c->unless != NULL)
		buf_printf(out, "case \" $*\" in *\" %s\"*) ;; *)\n", c->unless);
	buf_printf(out, "test \"${%s-}\" != ", c->name);
	shellword_put(out, value);
	buf_printf(out, " || unset %s\n", c->name);
	if (c->unless != NULL)
		buf_puts(out, "esac\n");
}

/* PATH without us, in which the next of that name is. */
static void put_script(struct buf *out, const struct wrappers *w,
	const char *bin)
{
	buf_puts(out, "#!/bin/sh\n# A job that is none of this session has not what is of its node and its end.\n");
	for (unsigned i = 0; i < w->n; i++) {
		const char *value = envlist_get(&w->env->env,
			w->covered[i].name);

		if (value != NULL)
			put_covered(out, &w->covered[i], value);
	}
	buf_puts(out, "own=");
	shellword_put(out, bin);
	buf_puts(out, "\nname=${0##*/} path= IFS=:\nset -f\n"
		"for dir in $PATH; do\n"
		"	test \"$dir\" = \"$own\" || path=$path:$dir\n"
		"done\n"
		"PATH=${path#:}\n"
		"unset IFS\n"
		"found=$(command -v \"$name\") && exec \"$found\" \"$@\"\n"
		"echo \"$name: command not found\" >&2\n"
		"exit 127\n");
}

static int write_scripts(int dir, const struct buf *text, struct err *e)
{
	for (const char *const *name = commands; *name != NULL; name++) {
		if (safepath_write(dir, *name, buf_data(text), text->len, e) ==
			-1)
			return -1;
		if (fchmodat(dir, *name, 0700, 0) == -1)
			return err_set(e, "%s: %s", *name, strerror(errno));
		/* The whole file system may be one from which nothing is. */
		if (faccessat(dir, *name, X_OK, 0) == -1)
			return err_set(e, "%s cannot be run there: %s", *name,
				strerror(errno));
	}
	return 0;
}

static int write_bashrc(int dir, const char *bin, struct err *e)
{
	char *text = prologue_bashrc(bin);
	int ret = safepath_write(dir, PROLOGUE_BASHRC, text, strlen(text), e);

	free(text);
	return ret;
}

static void make_bin(const char *path, void *arg)
{
	struct wrappers *w = arg;
	char *bin = mem_printf("%s/" NAME, path);
	struct buf text = { 0 };
	struct err e;
	int dir = safepath_dir(bin, 1, NULL, &e), ret = dir;

	put_script(&text, w, bin);
	if (dir != -1) {
		ret = write_scripts(dir, &text, &e);
		if (ret != -1)
			ret = write_bashrc(dir, bin, &e);
		close(dir);
	}
	buf_fini(&text);
	free(w->env->bin);
	w->env->bin = NULL;
	if (ret != -1) {
		w->env->bin = bin;
		return;
	}
	log_warning("%s: sbatch, srun and salloc are given what is of the session alone: %s",
		bin, e.text);
	free(bin);
}

int wrappers_cover(struct wrappers *w, const char *name, const char *unless)
{
	unsigned i = 0;

	while (i < w->n && strcmp(w->covered[i].name, name) != 0)
		i++;
	if (i == COVERED_MAX)
		return -1;
	w->covered[i] = (struct covered){ name, unless };
	if (i == w->n)
		w->n++;
	if (w->user.made == NULL)
		rundir_use(w->env->rundir, &w->user, make_bin, w);
	make_bin(rundir_path(w->env->rundir), w);
	return w->env->bin != NULL ? 0 : -1;
}

struct wrappers *wrappers_new(struct jobenv *env)
{
	struct wrappers *w = mem_alloc(sizeof *w);

	w->env = env;
	return w;
}

void wrappers_free(struct wrappers *w)
{
	if (w == NULL)
		return;
	if (w->user.made != NULL)
		rundir_leave(w->env->rundir, &w->user);
	free(w->env->bin);
	w->env->bin = NULL;
	free(w);
}
