/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pid with its start time is all that is known of an instance: a look costs some
 * microseconds, where a runtime would take a quarter of a second to tell.
 */
#include "agent/instance.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/trial.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/shellword.h"
#include "base/vis.h"
#include "os/fd.h"
#include "os/proc.h"
#include "os/procsig.h"
#include "os/safepath.h"
#include "os/spawn.h"
#include "proto/sessionenv.h"

#define START_SECONDS 60
#define STOP_SECONDS 10
#define PIDFILE "instance.pid"
#define PIDFILE_MAX 32
#define ENV_MAX (256 * 1024)	/* of the image; what is behind it is not seen */
#define ABOVE_MAX 8		/* processes of a runtime above an instance */
#define JOINED "vscode-remote-shell-joined"

void instance_fini(struct instance *i)
{
	optlist_free(&i->join);
	envlist_fini(&i->env);
	*i = (struct instance){ 0 };
}

int instance_is_alive(const struct instance *i)
{
	struct procstat st;

	return i->pid > 0 && proc_stat(i->pid, &st) == 0 && st.state != 'Z' &&
		st.state != 'X' && st.starttime == i->start;
}

/*
 * What its process was started by, up to the agent, and what else that has started:
 * who serves its file system.
 */
int instance_has(const struct instance *i, pid_t pid)
{
	struct procstat one, st;
	pid_t above = i->pid;

	if (i->pid == 0 || proc_stat(pid, &one) == -1)
		return 0;
	for (int n = 0; n < ABOVE_MAX && above > 1 && above != getpid(); n++) {
		if (above == pid || (above != i->pid && above == one.ppid))
			return 1;
		if (proc_stat(above, &st) == -1)
			return 0;
		above = st.ppid;
	}
	return 0;
}

void instance_read_env(struct instance *i)
{
	char *text = mem_alloc(ENV_MAX);
	ssize_t n = proc_file(i->pid, "environ", text, ENV_MAX);

	for (ssize_t at = 0; at < n;) {
		size_t len = strnlen(text + at, (size_t)(n - at));

		/* One that is cut has no NUL. */
		if (at + (ssize_t)len < n)
			envlist_put(&i->env, text + at);
		at += (ssize_t)len + 1;
	}
	free(text);
}

/* ---- in a child ----------------------------------------------------------- */

/* Its paths and names, as the words of a row have them. */
struct naming {
	char *pidfile;
	char pid[24];
};

static struct runtime_instance named(const struct instance_plan *p,
	const struct naming *n)
{
	return (struct runtime_instance){ .name = p->name,
		.pidfile = n->pidfile, .pid = n->pid, .args = p->use->args };
}

/* A pid that lives. The file is in a directory of our own; who wrote it is not. */
static int read_pidfile(const struct naming *n, struct instance *i)
{
	int fd = open(n->pidfile, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
		O_CLOEXEC);
	char text[PIDFILE_MAX];
	ssize_t len = fd == -1 ? -1 : read(fd, text, sizeof text - 1);
	long pid;

	fd_close(fd);
	i->pid = 0;
	if (len <= 0)
		return 0;
	text[len] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (number_read(text, 2, INT_MAX, &pid) == 0 &&
		proc_starttime((pid_t)pid, &i->start) == 0)
		i->pid = (pid_t)pid;
	return i->pid != 0;
}

struct instance_wait {
	const struct naming *naming;
	struct instance *instance;
};

static int is_up(void *arg)
{
	const struct instance_wait *w = arg;

	return read_pidfile(w->naming, w->instance);
}

/* The last line of what was said, for a reason. */
static void last_line(const struct buf *said, char *last, size_t size)
{
	size_t end = said->len, begin;
	const char *text = said->len > 0 ? buf_data(said) : "";

	while (end > 0 && strchr("\r\n", text[end - 1]) != NULL)
		end--;
	begin = end;
	while (begin > 0 && strchr("\r\n", text[begin - 1]) == NULL)
		begin--;
	if (end - begin > (size - 1) / 4)
		begin = end - (size - 1) / 4;
	last[vis_encode(last, size - 1, text + begin, end - begin)] = '\0';
}

/* Run words. 0: it has succeeded, or is up; -1 with e set. */
static int instance_run(const struct instance_plan *p, struct opt_list *words,
	long seconds, int (*up)(void *), void *arg, struct buf *said,
	struct err *e)
{
	char last[512];
	int status;

	optlist_add(words, NULL);
	status = trial_start(&(struct spawn){ .path = words->word[0],
		.argv = words->word, .env = p->env, .dir = p->cwd,
		.dir_or_root = 1 }, seconds, up, arg, said, e);
	if (status <= 0)
		return status;
	last_line(said, last, sizeof last);
	return err_set(e, "%s %s: %s", words->word[0], WIFSIGNALED(status) ?
		"was ended by a signal" : "has failed", last[0] != '\0' ?
		last : "it says no reason");
}

static int put_up(const struct instance_plan *p, const struct naming *n,
	struct instance *i, struct err *e)
{
	const struct runtime_instance it = named(p, n);
	struct instance_wait w = { n, i };
	struct opt_list words = { 0 };
	struct buf said = { 0 };
	int ret;

	(void)unlink(n->pidfile);
	runtime_start(p->runtime, p->use, &it, &words);
	ret = instance_run(p, &words, START_SECONDS,
		p->runtime->is_daemon ? NULL : is_up, &w, &said, e);
	if (ret == 0 && !read_pidfile(n, i))
		ret = err_set(e, "%s has started no instance that is there",
			words.word[0]);
	optlist_free(&words);
	buf_fini(&said);
	return ret;
}

static int try_it(const struct instance_plan *p, struct naming *n,
	struct instance *i, struct err *e)
{
	static const char *const program[] = { "/bin/sh", "-c",
		"echo " JOINED, NULL };
	struct runtime_instance it;
	struct opt_list words = { 0 };
	struct buf said = { 0 };
	int ret;

	snprintf(n->pid, sizeof n->pid, "%ld", (long)i->pid);
	it = named(p, n);
	runtime_join(p->runtime, p->joiner, &it, &i->join);
	runtime_put_words(p->runtime, &i->join, p->env, 0, &words);
	for (const char *const *w = program; *w != NULL; w++)
		optlist_add(&words, mem_strdup(*w));
	ret = instance_run(p, &words, START_SECONDS, NULL, NULL, &said, e);
	buf_append(&said, "", 1);
	if (ret == 0 && strstr(buf_data(&said), JOINED) == NULL)
		ret = err_set(e, "%s runs nothing in its instance",
			words.word[0]);
	optlist_free(&words);
	buf_fini(&said);
	return ret;
}

/* A pid of another namespace is another process here, perhaps one of the user's. */
static int instance_is_ours(pid_t pid)
{
	struct procstat st = { .ppid = pid };

	do {
		if (st.ppid <= 1 || proc_stat(st.ppid, &st) == -1)
			return 0;
	} while (st.ppid != getppid());
	return 1;
}

/* What is there of one that is of no use. */
static void take_down(const struct instance_plan *p, const struct naming *n,
	struct instance *i)
{
	const struct runtime_instance it = named(p, n);
	struct opt_list words = { 0 };
	struct buf said = { 0 };
	struct err e;

	runtime_stop(p->runtime, p->use->path, &it, &words);
	if (words.n > 0)
		(void)!instance_run(p, &words, STOP_SECONDS, NULL, NULL, &said,
			&e);
	optlist_free(&words);
	buf_fini(&said);
	if (instance_is_alive(i) && instance_is_ours(i->pid))
		(void)procsig_send(i->pid, SIGKILL);
	instance_fini(i);
}

/* By the directory that the runtime has its state in; the rest is as in the job. */
char *instance_undo_text(const struct instance_plan *p)
{
	const struct runtime_instance it = { .name = p->name, .pid = "",
		.pidfile = "", .args = p->use->args };
	const char *name = sessionenv_own_names[SESSIONENV_RUNTIME_DIR];
	struct opt_list words = { 0 };
	struct envlist env = { 0 };
	struct buf b = { 0 };
	char *text;

	buf_puts(&b, p->undone);
	runtime_stop(p->runtime, p->use->path, &it, &words);
	envlist_put_all(&env, p->env);
	if (words.n > 0 && envlist_get(&env, name) != NULL) {
		buf_printf(&b, "%s=", name);
		shellword_put(&b, envlist_get(&env, name));
		buf_puts(&b, " ");
	}
	for (size_t i = 0; i < words.n; i++) {
		shellword_put(&b, words.word[i]);
		buf_puts(&b, i + 1 < words.n ? " " : "\n");
	}
	envlist_fini(&env);
	optlist_free(&words);
	text = b.len > 0 ? mem_strndup(buf_data(&b), b.len) : mem_strdup("");
	buf_fini(&b);
	return text;
}

static int write_undo(const struct instance_plan *p, const char *text,
	struct err *e)
{
	int at = safepath_dir(p->dir, 1, NULL, e), ret = at == -1 ? -1 : 0;

	if (ret == 0 && text[0] != '\0')
		ret = safepath_write_unsynced(at, INSTANCE_UNDO, text,
			strlen(text), e);
	else if (ret == 0)
		(void)unlinkat(at, INSTANCE_UNDO, 0);
	fd_close(at);
	return ret;
}

int instance_begin(const struct instance_plan *p, struct instance *i,
	struct err *e)
{
	struct naming n = { .pidfile = mem_printf("%s/" PIDFILE, p->dir) };
	char *undo = instance_undo_text(p);
	struct err why;
	int ret;

	*i = (struct instance){ 0 };
	/* Before there is anything to undo: we may be killed at any time. */
	ret = write_undo(p, undo, e);
	if (ret == 0 && (put_up(p, &n, i, e) == -1 ||
		try_it(p, &n, i, e) == -1)) {
		take_down(p, &n, i);
		(void)!write_undo(p, p->undone, &why);
		ret = -1;
	}
	free(undo);
	free(n.pidfile);
	return ret;
}
