/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Image and PATH may be on a file system that hangs, and a runtime may hang, so a
 * child looks at them. What it says are words, each with its NUL: first "in" or
 * "out"; then the row of the runtime, what it has seen inside, and the way in; or
 * the reason.
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

#include "agent/imageroot.h"
#include "agent/prologue.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/vis.h"
#include "editor/posixshell.h"
#include "os/fd.h"
#include "os/spawn.h"
#include "os/userns.h"
#include "proto/sessionenv.h"

#define TRIAL_SECONDS 60	/* of an image that need not be fetched */
#define SAID_MAX 65536
#define SEEN "vscode-remote-shell-sees"	/* before what is seen inside */

/* A record: what a child has found so far. */
struct look {
	const struct jobenv *j;
	const struct options_container *opt;
	const struct envlist *env;
	const char *rundir;
	enum runtime_image image;
	struct mounts binds;	/* before what a runtime itself needs */
	enum options_runtime which;
	char path[PATH_MAX];	/* of its program */
	struct opt_list enter;
	char *seen[3];		/* own shell, another one, sftp-server */
};

/* ---- the node and the image ---------------------------------------------- */

static int runtime_is_in(struct look *l, const char *program, const char *dirs)
{
	while (*dirs != '\0') {
		int len = strcspn(dirs, ":");

		snprintf(l->path, sizeof l->path, "%.*s/%s", len, dirs, program);
		if (l->path[0] == '/' && access(l->path, X_OK) == 0)
			return 1;
		dirs += len + (dirs[len] == ':');
	}
	return 0;
}

static int find_runtime(struct look *l, const struct runtime *r)
{
	const char *search = envlist_get(l->env, "PATH");

	return (search != NULL && runtime_is_in(l, r->program, search)) ||
		runtime_is_in(l, r->program, "/usr/local/bin:/usr/bin:/bin");
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
	if (l->image != RUNTIME_DIRECTORY)
		return 0;
	shell = mem_printf("%s/bin/sh", image);
	is_there = lstat(shell, &st) == 0;
	free(shell);
	return is_there ? 0 : err_set(e, "%s has no /bin/sh, so it is no root file system in which a shell could run",
		image);
}

/* What there is of the session, at the same place. */
static void bind_there(struct look *l, const char *path)
{
	if (path != NULL && access(path, F_OK) == 0)
		mounts_same(&l->binds, path);
}

static int look_at_binds(struct look *l, struct err *e)
{
	const char *dir = l->j->cwd;

	for (size_t i = 0; i < l->opt->binds.n; i++) {
		if (mounts_bind(&l->binds, l->opt->binds.word[i], e) == -1)
			return err_prefix(e, "--container-bind: ");
		if (access(l->binds.list[l->binds.n - 1].from, F_OK) == -1)
			return err_set(e, "--container-bind: %s: %s",
				l->binds.list[l->binds.n - 1].from,
				strerror(errno));
	}
	bind_there(l, "/tmp");
	bind_there(l, l->j->job->user.home);
	bind_there(l, l->j->job->opt->session.state_dir);
	bind_there(l, l->rundir);
	bind_there(l, envlist_get(l->env,
		sessionenv_own_names[SESSIONENV_RUNTIME_DIR]));
	bind_there(l, envlist_get(l->env, "TMPDIR"));
	if (!mounts_is_system(dir))
		bind_there(l, dir);
	return 0;
}

/* ---- a trial ------------------------------------------------------------- */

static int is_usual_home(const struct userdir *user)
{
	return strncmp(user->home, "/home/", 6) == 0 &&
		strcmp(user->home + 6, user->name) == 0;
}

static int enter_words(struct look *l, const struct runtime *r, struct err *e)
{
	const struct userdir *user = &l->j->job->user;
	struct mounts binds = { 0 }, all = { 0 };
	char *dir = mem_printf("%s/" CONTAINERPROBE_DIR, l->rundir);
	int ret = 0;

	for (size_t i = 0; i < l->binds.n; i++)
		mounts_add(&binds, l->binds.list[i].kind,
			l->binds.list[i].from, l->binds.list[i].to);
	if (r->has_accounts)
		ret = imageroot_accounts(l->opt->image, dir,
			&(struct imageroot_user){ user->name, user->home,
				l->j->own_shell }, &binds, e);
	if (ret == 0 && r->makes_root)
		ret = imageroot_mounts(l->opt->image, &binds, &all, e);
	optlist_free(&l->enter);
	if (ret == 0)
		runtime_enter(r, &(struct runtime_use){ .path = l->path,
			.image = l->opt->image,
			.mounts = r->makes_root ? &all : &binds,
			.args = &l->opt->args,
			.gpu = runtime_gpu_of(l->env->list),
			.is_usual_home = is_usual_home(user) }, &l->enter);
	mounts_free(&binds);
	mounts_free(&all);
	free(dir);
	return ret;
}

/* Its own shell, which of the others there is, and an sftp-server. */
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
	struct buf *said, struct err *e)
{
	struct spawn sp = { .path = argv->word[0], .argv = argv->word,
		.env = l->env->list, .dir = l->j->cwd, .dir_or_root = 1 };
	char some[4096];
	int p[2], status;
	ssize_t n;
	pid_t pid;

	if (pipe2(p, O_CLOEXEC) == -1)
		return err_set(e, "cannot make a pipe: %s", strerror(errno));
	sp.fd[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	sp.fd[1] = sp.fd[2] = p[1];
	pid = sp.fd[0] == -1 ? -1 : spawn(&sp, e);
	close(p[1]);
	if (pid == -1)
		return -1;
	while ((n = read(p[0], some, sizeof some)) > 0)
		if (said->len < SAID_MAX)
			buf_append(said, some, (size_t)n);
	close(p[0]);
	return waitpid(pid, &status, 0) == -1 ? err_set(e, "waitpid: %s",
		strerror(errno)) : status;
}

/* What was seen, and the last other line, which is the reason if there was none. */
static void read_trial(struct look *l, char *said, char *last, size_t size)
{
	const size_t mark = strlen(SEEN) + 1;
	unsigned n = 0;

	last[0] = '\0';
	for (char *line = strtok(said, "\r\n"); line != NULL;
		line = strtok(NULL, "\r\n")) {
		if (strncmp(line, SEEN " ", mark) != 0)
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

static int try_runtime(struct look *l, struct err *e)
{
	const struct runtime *r = &runtimes[l->which];
	char *script = trial_script(), last[512];
	const char *const program[] = { "/bin/sh", "-c", script, "sh",
		l->j->own_shell, NULL };
	struct opt_list argv = { 0 };
	struct buf said = { 0 };
	struct err why;
	int ret = enter_words(l, r, e);

	if (ret == 0) {
		runtime_put_words(r, &l->enter, l->env->list, 0, &argv);
		add_words(&argv, program);
		optlist_add(&argv, NULL);
		ret = run_trial(l, &argv, &said, e);
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

/* ---- which runtime ------------------------------------------------------- */

static int try_named(struct look *l, struct err *e)
{
	const struct runtime *r = &runtimes[l->opt->runtime];

	if ((r->images & (int)l->image) == 0)
		return err_set(e, "%s takes no image that is %s, as %s: see --container-runtime",
			r->program, runtime_image_word(l->image),
			l->opt->image);
	if (!find_runtime(l, r))
		return err_set(e, "there is no program %s on this node, which --container-runtime names",
			r->program);
	l->which = (enum options_runtime)l->opt->runtime;
	return try_runtime(l, e);
}

static int none_there(const struct look *l, struct err *e)
{
	struct buf names = { 0 };

	for (int i = OPTIONS_RUNTIME_AUTO + 1; i < OPTIONS_RUNTIMES; i++)
		if ((runtimes[i].images & (int)l->image) != 0)
			buf_printf(&names, "%s%s", names.len > 0 ? ", " : "",
				runtimes[i].program);
	buf_append(&names, "", 1);
	err_set(e, "no program is there that could enter %s, which is %s: none of %s",
		l->opt->image, runtime_image_word(l->image), buf_data(&names));
	buf_fini(&names);
	return -1;
}

/* The first that can; or what the first that is there has said. */
static int try_all(struct look *l, struct err *e)
{
	int n = 0;

	for (int i = OPTIONS_RUNTIME_AUTO + 1; i < OPTIONS_RUNTIMES; i++) {
		const struct runtime *r = &runtimes[i];
		struct err why;

		if ((r->images & (int)l->image) == 0 || !find_runtime(l, r))
			continue;
		l->which = (enum options_runtime)i;
		if (try_runtime(l, n == 0 ? e : &why) == 0)
			return 0;
		n++;
	}
	return n > 0 ? -1 : none_there(l, e);
}

static int look_around(struct look *l, struct err *e)
{
	if (look_at_image(l, e) == -1 || look_at_binds(l, e) == -1)
		return -1;
	if (l->image != RUNTIME_NAME)
		alarm(TRIAL_SECONDS);
	return l->opt->runtime != OPTIONS_RUNTIME_AUTO ? try_named(l, e) :
		try_all(l, e);
}

/* ---- what is said -------------------------------------------------------- */

static void say_word(struct buf *out, const char *word)
{
	buf_append(out, word, strlen(word) + 1);
}

static void say_found(struct buf *out, const struct look *l)
{
	char number[16];
	const char *sftp = l->seen[2] != NULL ? l->seen[2] : "";

	snprintf(number, sizeof number, "%d", (int)l->which);
	say_word(out, "in");
	say_word(out, number);
	say_word(out, l->seen[0]);
	say_word(out, posixshell_is(l->seen[0]) ? l->seen[0] : l->seen[1]);
	say_word(out, sftp);
	for (size_t i = 0; i < l->enter.n; i++)
		say_word(out, l->enter.word[i]);
}

void containerprobe_ask(int out, const struct jobenv *j,
	const struct envlist *env, const char *rundir)
{
	struct look l = { .j = j, .opt = &j->job->opt->container, .env = env,
		.rundir = rundir };
	struct buf said = { 0 };
	struct err e;

	if (look_around(&l, &e) == 0) {
		say_found(&said, &l);
	} else {
		say_word(&said, "out");
		say_word(&said, e.text);
	}
	_exit(fd_write_all(out, buf_data(&said), said.len) == 0 ? 0 : 1);
}

/* The next word of what was said; NULL: there is none. */
static const char *said_word(const char **said, size_t *len)
{
	const char *word = *said, *end = memchr(word, '\0', *len);

	if (end == NULL)
		return NULL;
	*len -= (size_t)(end - word) + 1;
	*said = end + 1;
	return word;
}

static int read_found(struct containerprobe *p, const char *said, size_t len)
{
	const char *row = said_word(&said, &len), *own = said_word(&said, &len);
	const char *posix = said_word(&said, &len);
	const char *sftp = said_word(&said, &len), *word;
	long i;

	if (sftp == NULL || number_read(row, OPTIONS_RUNTIME_AUTO + 1,
		OPTIONS_RUNTIMES - 1, &i) == -1)
		return -1;
	*p = (struct containerprobe){ .runtime = &runtimes[i],
		.own_shell = mem_strdup(own), .posix_shell = mem_strdup(posix),
		.sftp = mem_strdup(sftp) };
	while ((word = said_word(&said, &len)) != NULL)
		optlist_add(&p->enter, mem_strdup(word));
	return 0;
}

int containerprobe_read(struct containerprobe *p, const char *said, size_t len,
	struct err *e)
{
	const char *word = len > 0 ? said_word(&said, &len) : NULL;
	const char *why = NULL;

	*p = (struct containerprobe){ 0 };
	if (word != NULL && strcmp(word, "in") == 0 &&
		read_found(p, said, len) == 0)
		return 0;
	if (word != NULL && strcmp(word, "out") == 0)
		why = said_word(&said, &len);
	return err_set(e, "%s", why != NULL ? why :
		"what was to enter it did not answer");
}

void containerprobe_fini(struct containerprobe *p)
{
	optlist_free(&p->enter);
	free(p->own_shell);
	free(p->posix_shell);
	free(p->sftp);
	*p = (struct containerprobe){ 0 };
}
