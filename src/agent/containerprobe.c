/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Image and PATH may be on a file system that hangs, and a runtime may hang, so a
 * child looks at them, and says what it has found (agent/containeranswer.h).
 */
#include "agent/containerprobe.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/imageabi.h"
#include "agent/imagekey.h"
#include "agent/imagelook.h"
#include "agent/imageroot.h"
#include "agent/imagewatch.h"
#include "agent/instance.h"
#include "agent/prologue.h"
#include "agent/trial.h"
#include "base/mem.h"
#include "base/vis.h"
#include "editor/posixshell.h"
#include "os/fd.h"
#include "os/pathsearch.h"
#include "os/safepath.h"
#include "os/spawn.h"
#include "os/userns.h"
#include "proto/sessionenv.h"

#define LOOK_SECONDS 60		/* at what may be on a file system that hangs */
#define TRIAL_SECONDS 60	/* of an image that need not be fetched, */
#define FETCH_SECONDS 3600	/* and of one that may have to */
#define DIR "container"		/* in the private directory: files that it makes */
#define SCRIPT "script"
#define SEEN "vscode-remote-shell-sees"	/* before what is seen inside */
#define LIBRARY "vscode-remote-shell-has"	/* and libraries in there */

/* A record: what a child has found so far. */
struct look {
	const struct runtimes *all;
	const struct jobenv *j;
	const struct options_container *opt;
	const struct envlist *env;
	const char *rundir;
	const struct containerprobe_before *before;
	int out;		/* where answers go */
	enum runtime_image image;
	char *at;		/* the image, or its copy */
	int is_copy;		/* at */
	struct mounts asked;	/* by --container-bind */
	struct mounts binds;	/* these, and what a session needs */
	const struct runtime *runtime;	/* the one that is looked at */
	char path[PATH_MAX];	/* of its program */
	struct opt_list enter;
	char *seen[3];		/* own shell, another one, sftp-server */
	struct imageabi abi;
	struct instance instance;
	struct err alone;	/* why there is none, or "" */
	char *undo;		/* for the next one */
};

static void tell_line(const char *line, void *arg)
{
	const struct look *l = arg;
	struct buf b = { 0 };

	containeranswer_put_line(&b, line);
	/* Nobody is told once the agent is gone. */
	(void)!fd_write_all(l->out, buf_data(&b), b.len);
	buf_fini(&b);
}

/* ---- the node and the image ---------------------------------------------- */

static int find_program(const struct look *l, const char *name,
	char path[PATH_MAX])
{
	if (name[0] == '/') {
		snprintf(path, PATH_MAX, "%s", name);
		return access(path, X_OK) == 0;
	}
	return pathsearch(envlist_get(l->env, "PATH"), name, path, PATH_MAX) ||
		pathsearch("/usr/local/bin:/usr/bin:/bin", name, path,
			PATH_MAX);
}

static int find_runtime(struct look *l, const struct runtime *r)
{
	return find_program(l, r->program, l->path);
}

static int look_at_image(struct look *l, struct err *e)
{
	const char *image = l->opt->image;
	char *shell;
	struct stat st;
	int is_there;

	if (strstr(image, "://") != NULL) {
		l->image = RUNTIME_NAME;
		return 0;
	}
	if (stat(image, &st) == -1)
		return err_set(e, "%s: %s", image, strerror(errno));
	l->image = runtime_image_of(image, S_ISDIR(st.st_mode));
	if (access(image, R_OK) == -1)
		return err_set(e, "%s: %s", image, strerror(errno));
	if (l->image != RUNTIME_DIRECTORY) {
		l->image = imagelook_kind(image, l->image);
		return imagelook(image, l->image, e);
	}
	shell = mem_printf("%s/bin/sh", image);
	is_there = lstat(shell, &st) == 0;
	free(shell);
	return is_there ? imagelook(image, l->image, e) :
		err_set(e, "%s has no /bin/sh, so it is no root file system in which a shell could run",
			image);
}

/* What there is of the session, at the same place. */
static void bind_there(struct look *l, const char *path)
{
	if (path != NULL && access(path, F_OK) == 0)
		mounts_same(&l->binds, path);
}

static int look_at_asked(struct look *l, struct err *e)
{
	for (size_t i = 0; i < l->opt->binds.n; i++) {
		if (mounts_bind(&l->asked, l->opt->binds.word[i], e) == -1 ||
			mounts_bind(&l->binds, l->opt->binds.word[i], e) == -1)
			return err_prefix(e, "--container-bind: ");
		if (access(l->asked.list[i].from, F_OK) == -1)
			return err_set(e, "--container-bind: %s: %s",
				l->asked.list[i].from, strerror(errno));
	}
	return 0;
}

/* What each session needs, unless a site sees to that. */
static void bind_session(struct look *l)
{
	const char *dir = l->j->cwd;

	bind_there(l, "/tmp");
	bind_there(l, l->j->job->user.home);
	bind_there(l, l->j->job->opt->session.state_dir);
	bind_there(l, l->rundir);
	bind_there(l, envlist_get(l->env,
		sessionenv_own_names[SESSIONENV_RUNTIME_DIR]));
	bind_there(l, envlist_get(l->env, "TMPDIR"));
	if (!mounts_is_system(dir))
		bind_there(l, dir);
}

/* ---- a copy of it -------------------------------------------------------- */

/* The first that makes a file of a name, unless one is named; NULL: none does. */
static const struct runtime *find_importer(struct look *l)
{
	for (size_t i = 0; i < l->all->n; i++) {
		const struct runtime *r = &l->all->list[i];

		if (r->import.n > 0 && (strcmp(l->opt->runtime, "auto") == 0 ||
			strcmp(l->opt->runtime, r->name) == 0) &&
			runtimekey_has_scheme(r->schemes, l->at) &&
			find_runtime(l, r))
			return r;
	}
	return NULL;
}

static int use_copy(struct look *l, const char *place, struct err *e)
{
	const struct runtime *importer = NULL;
	char *copy;

	if (l->image == RUNTIME_NAME && (importer = find_importer(l)) == NULL)
		return 0;
	copy = imagewatch_get(&(struct imagecache){ .place = place,
		.user = l->j->job->user.name, .image = l->at,
		.importer = importer, .program = l->path, .env = l->env->list,
		.tell = tell_line, .arg = l }, e);
	if (copy == NULL)
		return -1;
	if (importer != NULL)
		l->image = importer->imports;
	free(l->at);
	l->at = copy;
	l->is_copy = 1;
	return 0;
}

/* What is not copied is used where it is; a name is nowhere. */
static int look_at_cache(struct look *l, struct err *e)
{
	const char *value = l->opt->cache;
	char *place, *line;
	int ret;

	if (value == NULL || strcmp(value, "none") == 0)
		return 0;
	place = imagekey_place(value, l->at, l->j->job->user.home, e);
	if (place == NULL)
		return e->text[0] == '\0' ? 0 :
			err_prefix(e, "--container-cache: ");
	ret = use_copy(l, place, e);
	free(place);
	if (ret == 0)
		return 0;
	err_prefix(e, "--container-cache: ");
	if (l->image == RUNTIME_NAME)
		return -1;
	line = mem_printf("%s; the image is used where it is", e->text);
	tell_line(line, l);
	free(line);
	return 0;
}

/* ---- a trial ------------------------------------------------------------- */

static int is_usual_home(const struct userdir *user)
{
	return strncmp(user->home, "/home/", 6) == 0 &&
		strcmp(user->home + 6, user->name) == 0;
}

static int write_script(const char *dir, struct err *e)
{
	int at = safepath_dir(dir, 1, NULL, e);
	int ret = at == -1 ? -1 : safepath_write_unsynced(at, SCRIPT,
		runtime_script, strlen(runtime_script), e);

	fd_close(at);
	return ret;
}

/* What is put in the places of words, and what of that is to be freed. */
struct use {
	struct mounts binds, all;
	char *dir, *script;
	struct runtime_use of;
};

static void use_fini(struct use *u)
{
	mounts_free(&u->binds);
	mounts_free(&u->all);
	free(u->script);
	free(u->dir);
}

static int use_init(struct use *u, struct look *l, struct err *e)
{
	const struct runtime *r = l->runtime;
	const struct userdir *user = &l->j->job->user;
	const struct mounts *from = r->is_sites ? &l->asked : &l->binds;
	int ret = 0;

	*u = (struct use){ .dir = containerprobe_dir(l->rundir) };
	u->script = mem_printf("%s/" SCRIPT, u->dir);
	for (size_t i = 0; i < from->n; i++)
		mounts_add(&u->binds, from->list[i].kind, from->list[i].from,
			from->list[i].to);
	if (r->has_script)
		ret = write_script(u->dir, e);
	if (ret == 0 && r->has_accounts)
		ret = imageroot_accounts(l->at, u->dir,
			&(struct imageroot_user){ user->name, user->home,
				l->j->own_shell, tell_line, l }, &u->binds, e);
	if (ret == 0 && r->makes_root)
		ret = imageroot_mounts(l->at, &u->binds, &u->all, e);
	u->of = (struct runtime_use){ .path = l->path, .image = l->at,
		.node = l->j->job->node, .script = u->script,
		.mounts = r->makes_root ? &u->all : &u->binds,
		.args = &l->opt->args, .gpu = runtime_gpu_of(l->env->list),
		.is_usual_home = is_usual_home(user) };
	return ret;
}

static int enter_words(struct look *l, struct err *e)
{
	struct use u;
	int ret = use_init(&u, l, e);

	optlist_free(&l->enter);
	if (ret == 0)
		runtime_enter(l->runtime, &u.of, &l->enter);
	use_fini(&u);
	return ret;
}

char *containerprobe_dir(const char *rundir)
{
	return mem_printf("%s/" DIR, rundir);
}

static int has_file(const char *dir, const char *name)
{
	char *path = mem_printf("%s/%s", dir, name);
	int has = access(path, R_OK) == 0;

	free(path);
	return has;
}

int containerprobe_has_files(const struct containerfound *f, const char *rundir)
{
	char *dir = containerprobe_dir(rundir);
	int has = has_file(dir, CONTAINERPROBE_ENTER) &&
		(f->instance.pid == 0 || f->undo[0] == '\0' ||
		has_file(dir, INSTANCE_UNDO)) &&
		(!f->runtime->has_accounts || imageroot_has_accounts(dir)) &&
		(!f->runtime->has_script || has_file(dir, SCRIPT));

	free(dir);
	return has;
}

/* Its own shell, which of the others there is, an sftp-server, and libraries. */
static char *trial_script(void)
{
	struct buf b = { 0 };
	char *text;

	buf_puts(&b, "say() { echo \"" SEEN " $*\"; }\n"
		"if test -x /bin/bash; then other=/bin/bash; else other=/bin/sh; fi\n"
		"if test -x \"$1\"; then say \"$1\"; else say $other; fi\n"
		"say $other\n"
		"for p in");
	for (const char *const *p = prologue_sftp; *p != NULL; p++)
		buf_printf(&b, " %s", *p);
	buf_puts(&b, "; do test ! -x $p || break; done\n"
		"test ! -x $p || say $p\n");
	imageabi_put_script(&b, LIBRARY);
	text = mem_strndup(buf_data(&b), b.len);
	buf_fini(&b);
	return text;
}

static void add_words(struct opt_list *l, const char *const *words)
{
	for (; *words != NULL; words++)
		optlist_add(l, mem_strdup(*words));
}

/* Run it; what it says goes into said. Its status of waitpid(2), or -1 with e set. */
static int run_trial(const struct look *l, const struct opt_list *argv,
	long seconds, struct buf *said, struct err *e)
{
	return trial_run(&(struct spawn){ .path = argv->word[0],
		.argv = argv->word, .env = l->env->list, .dir = l->j->cwd,
		.dir_or_root = 1 }, seconds, said, e);
}

/* What was seen, and the last other line, which is the reason if there was none. */
static void read_trial(struct look *l, char *said, char *last, size_t size)
{
	const size_t mark = strlen(SEEN) + 1, library = strlen(LIBRARY) + 1;
	unsigned n = 0;

	l->abi = (struct imageabi)IMAGEABI_NONE;
	/* A runtime that was tried before may have got that far, and no further. */
	for (size_t i = 0; i < sizeof l->seen / sizeof *l->seen; i++) {
		free(l->seen[i]);
		l->seen[i] = NULL;
	}
	last[0] = '\0';
	for (char *line = strtok(said, "\r\n"); line != NULL;
		line = strtok(NULL, "\r\n")) {
		if (strncmp(line, LIBRARY " ", library) == 0)
			imageabi_saw(&l->abi, line + library);
		else if (strncmp(line, SEEN " ", mark) != 0)
			last[vis_encode(last, size - 1, line, strlen(line))] =
				'\0';
		else if (n < 3)
			l->seen[n++] = mem_strdup(line + mark);
	}
}

static int judge_trial(const struct look *l, int status, const char *last,
	struct err *e)
{
	if (WIFSIGNALED(status))
		return err_set(e, "%s was ended by signal %d while it was tried",
			l->path, WTERMSIG(status));
	if (WEXITSTATUS(status) == 0 && l->seen[1] != NULL)
		return 0;
	return err_set(e, "%s ended with status %d: %s", l->path,
		WEXITSTATUS(status), last[0] != '\0' ? last :
		"it says no reason");
}

/* What it says of itself, without an image. */
static int check_runtime(const struct look *l, struct err *e)
{
	const struct runtime *r = l->runtime;
	struct look unseen = { .image = RUNTIME_DIRECTORY };
	struct opt_list argv = { 0 };
	struct buf said = { 0 };
	char last[512];
	int status;

	if (r->check.n == 0)
		return 0;
	optlist_add(&argv, mem_strdup(l->path));
	for (size_t i = 0; i < r->check.n; i++)
		optlist_add(&argv, mem_strdup(r->check.word[i]));
	optlist_add(&argv, NULL);
	status = run_trial(l, &argv, TRIAL_SECONDS, &said, e);
	optlist_free(&argv);
	if (status > 0) {
		buf_append(&said, "", 1);
		read_trial(&unseen, buf_data(&said), last, sizeof last);
		status = err_set(e, "%s is not usable here: %s", r->name,
			last[0] != '\0' ? last : "it says no reason");
	}
	buf_fini(&said);
	return status;
}

static int try_runtime(struct look *l, struct err *e)
{
	const struct runtime *r = l->runtime;
	char *script = trial_script(), last[512];
	const char *const program[] = { "/bin/sh", "-c", script, "sh",
		l->j->own_shell, NULL };
	struct opt_list argv = { 0 };
	struct buf said = { 0 };
	struct err why;
	int ret;

	alarm(LOOK_SECONDS);
	ret = enter_words(l, e);
	alarm(0);
	if (ret == 0) {
		runtime_put_words(r, &l->enter, l->env->list, 0, &argv);
		add_words(&argv, program);
		optlist_add(&argv, NULL);
		ret = run_trial(l, &argv, l->image == RUNTIME_NAME ?
			FETCH_SECONDS : TRIAL_SECONDS, &said, e);
	}
	if (ret >= 0) {
		buf_append(&said, "", 1);
		read_trial(l, buf_data(&said), last, sizeof last);
		ret = judge_trial(l, ret, last, e);
		if (ret == -1 && r->needs_userns && geteuid() != 0 &&
			userns_try(&why) == -1)
			*e = why;
	}
	optlist_free(&argv);
	buf_fini(&said);
	free(script);
	return ret;
}

/* ---- an instance --------------------------------------------------------- */

static int put_up_instance(struct look *l, const char *joiner, struct err *e)
{
	const char *base = strrchr(l->rundir, '/') + 1;
	char *name = mem_printf("%s-%u", base, l->before->n);
	struct instance_plan plan = { .runtime = l->runtime,
		.joiner = joiner, .name = name, .env = l->env->list,
		.cwd = l->j->cwd, .undone = l->before->undone };
	struct use u;
	int ret;

	alarm(LOOK_SECONDS);
	ret = use_init(&u, l, e);
	alarm(0);
	plan.use = &u.of;
	plan.dir = u.dir;
	if (ret == 0)
		ret = instance_begin(&plan, &l->instance, e);
	if (ret == 0) {
		free(l->undo);
		l->undo = instance_undo_text(&plan);
	}
	use_fini(&u);
	free(name);
	return ret;
}

/* A session can do without. */
static void begin_instance(struct look *l)
{
	const char *joiner = l->runtime->joiner;
	char path[PATH_MAX];
	struct err e;

	if (l->runtime->start.n == 0)
		return;
	if (!find_program(l, joiner[0] != '\0' ? joiner : l->path, path))
		err_set(&l->alone, "there is no program %s on this node",
			joiner);
	else if (put_up_instance(l, path, &e) == -1)
		l->alone = e;
}

/* ---- which runtime ------------------------------------------------------- */

static int takes_image(const struct look *l, const struct runtime *r)
{
	return (r->images & (int)l->image) != 0 &&
		(l->image != RUNTIME_NAME ||
		runtimekey_has_scheme(r->schemes, l->at));
}

/* Their names, and a NUL. */
static void put_takers(const struct look *l, struct buf *out)
{
	for (size_t i = 0; i < l->all->n; i++)
		if (takes_image(l, &l->all->list[i]))
			buf_printf(out, "%s%s", out->len > 0 ? ", " : "",
				l->all->list[i].name);
	if (out->len == 0)
		buf_puts(out, "none");
	buf_append(out, "", 1);
}

static int does_not_take(const struct look *l, const struct runtime *r,
	struct err *e)
{
	struct buf takers = { 0 };

	put_takers(l, &takers);
	err_set(e, "%s takes no image that is %s, as %s: --container-runtime may be auto, or of those that do: %s",
		r->name, runtime_image_word(l->image), l->opt->image,
		buf_data(&takers));
	buf_fini(&takers);
	return -1;
}

static int try_named(struct look *l, const struct runtime *r, struct err *e)
{
	if (!takes_image(l, r))
		return does_not_take(l, r, e);
	if (!find_runtime(l, r))
		return err_set(e, "there is no program %s on this node, which --container-runtime names",
			r->program);
	l->runtime = r;
	return check_runtime(l, e) == -1 ? -1 : try_runtime(l, e);
}

static int none_there(const struct look *l, struct err *e)
{
	struct buf takers = { 0 };

	put_takers(l, &takers);
	err_set(e, "no runtime that takes %s, which is %s, can be used on this node; these do: %s",
		l->opt->image, runtime_image_word(l->image),
		buf_data(&takers));
	buf_fini(&takers);
	return -1;
}

/*
 * The first that can; or what the first has said that is there and can be used: that
 * an srun has no such plugin is no reason that anybody would understand.
 */
static int try_all(struct look *l, struct err *e)
{
	int n = 0;

	for (size_t i = 0; i < l->all->n; i++) {
		struct err why;

		l->runtime = &l->all->list[i];
		if (!takes_image(l, l->runtime) ||
			!find_runtime(l, l->runtime) ||
			check_runtime(l, &why) == -1)
			continue;
		if (try_runtime(l, n == 0 ? e : &why) == 0)
			return 0;
		n++;
	}
	return n > 0 ? -1 : none_there(l, e);
}

static int look_around(struct look *l, struct err *e)
{
	const char *name = l->opt->runtime;

	alarm(LOOK_SECONDS);
	if (look_at_image(l, e) == -1 || look_at_asked(l, e) == -1)
		return -1;
	bind_session(l);
	alarm(0);
	if (look_at_cache(l, e) == -1)
		return -1;
	if (strcmp(name, "auto") == 0)
		return try_all(l, e);
	for (size_t i = 0; i < l->all->n; i++)
		if (strcmp(l->all->list[i].name, name) == 0)
			return try_named(l, &l->all->list[i], e);
	return err_set(e, "there is no runtime '%.80s'", name);
}

/* ---- what is said -------------------------------------------------------- */

static void put_found(struct buf *said, struct look *l)
{
	const int is_posix = posixshell_is(l->seen[0]);

	containeranswer_put_found(said, l->all, &(struct containerfound){
		.runtime = l->runtime, .enter = l->enter,
		.own_shell = l->seen[0],
		.posix_shell = is_posix ? l->seen[0] : l->seen[1],
		.sftp = l->seen[2], .copy = l->is_copy ? l->at : NULL,
		.instance = l->instance, .alone = l->alone.text,
		.undo = l->undo });
}

/* Before an editor finds it out. */
static void tell_lack(struct look *l)
{
	struct buf b = { 0 };

	buf_puts(&b, "container: ");
	if (imageabi_put_lack(&b, &l->abi)) {
		buf_append(&b, "", 1);
		tell_line(buf_data(&b), l);
	}
	buf_fini(&b);
}

/* It is wanted now, so that no other session takes it for old. */
static int copy_is_there(const char *path)
{
	struct stat st;
	int is_there;

	alarm(LOOK_SECONDS);
	is_there = lstat(path, &st) == 0;
	(void)utimensat(AT_FDCWD, path, NULL, AT_SYMLINK_NOFOLLOW);
	alarm(0);
	return is_there;
}

void containerprobe_ask(int out, const struct runtimes *all,
	const struct jobenv *j, const struct envlist *env, const char *rundir,
	const struct containerprobe_before *before)
{
	struct look l = { .all = all, .j = j, .opt = &j->job->opt->container,
		.env = env, .rundir = rundir, .out = out, .before = before,
		.at = mem_strdup(j->job->opt->container.image),
		.undo = mem_strdup(before->undone) };
	struct buf said = { 0 };
	struct err e;

	if (before->known != NULL && copy_is_there(before->known)) {
		containeranswer_put_same(&said);
	} else if (look_around(&l, &e) == 0) {
		begin_instance(&l);
		tell_lack(&l);
		put_found(&said, &l);
	} else {
		containeranswer_put_why(&said, e.text);
	}
	_exit(fd_write_all(out, buf_data(&said), said.len) == 0 ? 0 : 1);
}
