/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a child finds (agent/containerprobe.c) is good for this node until the
 * session ends, or its private directory is another, which is bound in the image;
 * what it does not find is looked for again when somebody wants it again. A copy of
 * the image may be taken by a cleaner, or by its user, so a child looks whether it
 * is there each time: its file system may hang. An instance that is gone is put up
 * again for the next program; one that was put up for another private directory stays
 * until the end, since what runs in it does.
 */
#include "agent/container.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "agent/containerhealth.h"
#include "agent/containerprobe.h"
#include "agent/prologue.h"
#include "agent/rundir.h"
#include "agent/serve.h"
#include "agent/waitlist.h"
#include "base/mem.h"
#include "base/shellword.h"
#include "net/child.h"
#include "net/flow.h"
#include "os/fd.h"
#include "os/log.h"
#include "os/safepath.h"
#include "os/spawn.h"
#include "proto/sessionenv.h"

#define READ_SIZE 4096
#define FOUND_MAX (1 << 20)	/* bytes of words */

struct containers {
	struct jobenv *env;
	struct end *end;
	struct end_spared spared;	/* the instance */
	struct fronts *fronts;
	struct runtimes runtimes;
	struct {
		unsigned n;	/* looks */
		char *undone;	/* of instances */
	} before;		/* so far */
	enum container_state {
		CONTAINER_UNKNOWN,
		CONTAINER_ASKED,
		CONTAINER_STALE,	/* asked, and the answer is good no more */
		CONTAINER_GOOD,
	} state;
	struct container container;	/* good; asked anew, too, if it was */
	struct {
		struct child *child;
		struct event *said;	/* its output */
		struct buf text;
	} look;			/* asked */
	struct waitlist programs;	/* that wait for the answer; asked */
	struct rundir_user user;
	struct containerhealth *health;
};

int container_is_wanted(const struct jobenv *j)
{
	const char *image = j->job->opt->container.image;

	return image != NULL && strcmp(image, "none") != 0;
}

int container_is_there(const struct jobenv *j, struct err *e)
{
	return j->container != NULL ? 0 :
		err_set(e, "what leads into the container on %s was removed just now: connect again",
			j->job->node);
}

/* An instance may be gone by now, but what it has left is not. */
static void container_keep_undo(struct containers *n,
	const struct containerfound *found)
{
	if (found->undo == NULL)
		return;
	free(n->before.undone);
	n->before.undone = mem_strdup(found->undo);
}

static void container_forget(struct containers *n)
{
	n->env->container = NULL;
	containerfound_fini(&n->container.found);
	n->state = CONTAINER_UNKNOWN;
}

static void rundir_is_new(const char *path, void *arg)
{
	struct containers *n = arg;

	(void)path;
	if (n->state == CONTAINER_GOOD)
		container_forget(n);
	else if (n->state == CONTAINER_ASKED)
		n->state = CONTAINER_STALE;
}

/*
 * For scripts on the node: it runs its arguments by a login shell of the image, with
 * what the prologue says.
 */
static int write_enter(struct containers *n, struct err *e)
{
	const struct containerfound *found = &n->container.found;
	const char *shell = found->posix_shell;
	char *dir = containerprobe_dir(rundir_path(n->env->rundir));
	char *command = prologue_command(&n->env->job->opt->hooks.prologue,
		n->env->bin, shell, "exec \"$@\"");
	struct envlist env = { 0 };
	struct buf text = { 0 };
	char *enter;
	int at, ret;

	envlist_put_all(&env, n->env->env.list);
	enter = container_shell_words(&n->container, n->env, &env);
	buf_printf(&text, "exec %s", enter);
	shellword_put(&text, shell);
	buf_puts(&text, " -l -c ");
	shellword_put(&text, command != NULL ? command : "exec \"$@\"");
	buf_puts(&text, " sh \"$@\"\n");
	at = safepath_dir(dir, 1, NULL, e);
	ret = at == -1 ? -1 : safepath_write_unsynced(at, CONTAINERPROBE_ENTER,
		buf_data(&text), text.len, e);
	fd_close(at);
	envlist_fini(&env);
	buf_fini(&text);
	free(enter);
	free(command);
	free(dir);
	return ret;
}

/* Told to all links that wait for it. why NULL: it is good. */
static void container_answer(struct containers *n, const struct err *why)
{
	const struct agent_job *job = n->env->job;
	struct err all, e;

	if (why == NULL && write_enter(n, &e) == -1)
		why = &e;
	if (why == NULL) {
		n->state = CONTAINER_GOOD;
		n->env->container = &n->container;
		log_info("container: %s goes into %s%s",
			n->container.found.enter.word[0],
			job->opt->container.image,
			n->container.found.instance.pid > 0 ?
			", by an instance" : "");
		if (n->container.found.alone[0] != '\0')
			log_tell("container: no instance, each program enters anew: %s",
				n->container.found.alone);
		waitlist_go(&n->programs, n->end);
		return;
	}
	container_forget(n);
	err_set(&all, "the container cannot be entered on %s: %s; session '%s' runs on: `vscode-remote-shell shell --no-container %s' goes around it, and `vscode-remote-shell cancel %s' ends it, before other options count",
		job->node, why->text, job->opt->session.name,
		job->opt->session.name, job->opt->session.name);
	log_warning("%s", all.text);
	waitlist_refuse(&n->programs, EX_UNAVAILABLE, &all);
}

/* What it has said so far; 0: there will be no more. */
static int container_take_said(struct containers *n)
{
	char some[READ_SIZE];
	ssize_t len;

	while ((len = read(event_get_fd(n->look.said), some, sizeof some)) > 0)
		if (n->look.text.len < FOUND_MAX)
			buf_append(&n->look.text, some, (size_t)len);
	return len == -1 && errno == EAGAIN;
}

static void container_stop_listening(struct containers *n)
{
	int fd = event_get_fd(n->look.said);

	event_free(n->look.said);
	close(fd);
	n->look.said = NULL;
}

static void container_tell(const char *line, void *arg)
{
	struct containers *n = arg;

	log_info("%s", line);
	fronts_notice(n->fronts, line);
}

static void container_said_cb(evutil_socket_t fd, short what, void *arg)
{
	struct containers *n = arg;

	(void)fd;
	(void)what;
	if (!container_take_said(n))
		event_del(n->look.said);
	containeranswer_hear(&n->look.text, container_tell, n);
}

static void container_asked(pid_t pid, int status, void *arg);

static int container_begin(struct containers *n, struct err *e)
{
	const struct agent_job *job = n->env->job;
	struct envlist env = { 0 };
	int p[2] = { -1, -1 };
	pid_t pid;

	envlist_put_all(&env, n->env->env.list);
	sessionenv_drop_node(&env);
	pid = pipe2(p, O_CLOEXEC) == -1 ? -1 : spawn_branch(p[1]);
	if (pid == 0)
		containerprobe_ask(p[1], &n->runtimes, n->env, &env,
			rundir_path(n->env->rundir),
			&(struct containerprobe_before){
				.known = n->container.found.copy,
				.undone = n->before.undone, .n = n->before.n });
	n->before.n++;
	envlist_fini(&env);
	if (pid == -1) {
		err_set(e, "cannot fork: %s", strerror(errno));
		fd_close(p[0]);
		fd_close(p[1]);
		return -1;
	}
	close(p[1]);
	flow_prepare(p[0]);
	n->state = CONTAINER_ASKED;
	n->look.said = event_new(job->base, p[0], EV_READ | EV_PERSIST,
		container_said_cb, n);
	event_add(n->look.said, NULL);
	n->look.child = child_watch(job->children, pid, container_asked, n);
	return 0;
}

static int container_read(struct containers *n, struct err *e)
{
	struct containerfound *found = &n->container.found;

	n->env->container = NULL;
	containerfound_fini(found);
	if (containeranswer_read(found, &n->runtimes, buf_data(&n->look.text),
		n->look.text.len, e) == -1)
		return -1;
	container_keep_undo(n, found);
	if (found->runtime->joiner[0] != '\0' && found->instance.pid > 0)
		instance_read_env(&found->instance);
	return 0;
}

static void container_asked(pid_t pid, int status, void *arg)
{
	struct containers *n = arg;
	struct err e;
	int ret;

	(void)pid;
	n->look.child = NULL;
	(void)container_take_said(n);
	containeranswer_hear(&n->look.text, container_tell, n);
	container_stop_listening(n);
	if (n->state == CONTAINER_STALE) {
		if (!containeranswer_is_same(buf_data(&n->look.text), n->look.text.len))
			(void)!container_read(n, &e);
		buf_fini(&n->look.text);
		container_forget(n);
		ret = rundir_check(n->env->rundir) == -1 ?
			err_set(&e, "there is no private directory of yours on it") :
			container_begin(n, &e);
		if (ret == -1)
			container_answer(n, &e);
		return;
	}
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		ret = err_set(&e, "what looks at it has not ended within a minute: does a file system hang?");
	else if (WIFSIGNALED(status))
		ret = err_set(&e, "what looks at it was ended by signal %d",
			WTERMSIG(status));
	else if (n->look.text.len >= FOUND_MAX)
		ret = err_set(&e, "the words that lead into the image have more than %d bytes",
			FOUND_MAX);
	else if (containeranswer_is_same(buf_data(&n->look.text), n->look.text.len))
		ret = 1;
	else
		ret = container_read(n, &e);
	buf_fini(&n->look.text);
	if (ret != 1) {
		container_answer(n, ret == 0 ? NULL : &e);
		return;
	}
	n->state = CONTAINER_GOOD;
	waitlist_go(&n->programs, n->end);
}

/* The user hears once why what he had there has ended. */
static void container_look_at_instance(struct containers *n)
{
	struct instance *i = &n->container.found.instance;
	char *line;

	if (n->state != CONTAINER_GOOD || i->pid == 0 || instance_is_alive(i))
		return;
	line = mem_printf("the container's instance on %s is gone, and what ran in it: the next program starts it again",
		n->env->job->node);
	container_tell(line, n);
	free(line);
	container_forget(n);
}

/* A cleaner of /tmp may have taken the directory, or files in it. -1: there is none. */
static int check_files(struct containers *n, struct err *e)
{
	if (rundir_check(n->env->rundir) == -1)
		return err_set(e, "the container cannot be entered: there is no private directory of yours on %s",
			n->env->job->node);
	if (n->state == CONTAINER_GOOD && !containerprobe_has_files(
		&n->container.found, rundir_path(n->env->rundir)))
		container_forget(n);
	container_look_at_instance(n);
	return 0;
}

void container_await(struct containers *n, struct link *l,
	const struct frame *request,
	void (*ready)(struct link *, const struct frame *, void *), void *arg)
{
	struct err e;

	if (check_files(n, &e) == -1) {
		serve_refuse(l, EX_UNAVAILABLE, &e);
		return;
	}
	if (n->user.made == NULL)
		rundir_use(n->env->rundir, &n->user, rundir_is_new, n);
	containerhealth_begin(n->health);
	if (n->state == CONTAINER_GOOD && n->container.found.copy[0] == '\0')
		ready(l, request, arg);
	else if ((n->state == CONTAINER_UNKNOWN || n->state == CONTAINER_GOOD) &&
		container_begin(n, &e) == -1)
		serve_refuse(l, EX_UNAVAILABLE, &e);
	else
		waitlist_add(&n->programs, l, request, ready, arg);
}

static int container_health_of(struct containerhealth_of *out, void *arg)
{
	struct containers *n = arg;
	const struct containerfound *found = &n->container.found;
	const char *image = n->env->job->opt->container.image;

	container_look_at_instance(n);
	if (n->state != CONTAINER_GOOD)
		return 0;
	*out = (struct containerhealth_of){ .image = found->copy,
		.is_copy = found->copy[0] != '\0',
		.instance = found->instance.pid,
		.scratch = envlist_get(&n->env->env, "TMPDIR") };
	if (!out->is_copy)
		out->image = strstr(image, "://") != NULL ? NULL : image;
	if (out->scratch == NULL)
		out->scratch = "/tmp";
	return 1;
}

static int container_spares(pid_t pid, pid_t session, void *arg)
{
	const struct containers *n = arg;

	(void)session;
	return instance_has(&n->container.found.instance, pid);
}

struct containers *containers_new(struct jobenv *env, struct end *end,
	struct fronts *fronts)
{
	struct containers *n;
	struct err e;

	if (!container_is_wanted(env))
		return NULL;
	n = mem_alloc(sizeof *n);
	n->env = env;
	n->end = end;
	n->fronts = fronts;
	n->before.undone = mem_strdup("");
	end_spare(end, &n->spared, container_spares, n, 1);
	n->health = containerhealth_new(env->job, fronts, container_health_of,
		n);
	/* A front has read them. */
	if (runtimes_init(&n->runtimes, &env->job->opt->agent.runtimes,
		&e) == -1)
		log_warning("--runtime: %s", e.text);
	waitlist_init(&n->programs);
	return n;
}

void containers_free(struct containers *n)
{
	if (n == NULL)
		return;
	waitlist_fini(&n->programs);
	if (n->look.said != NULL)
		container_stop_listening(n);
	rundir_leave(&n->user);
	containerhealth_free(n->health);
	child_forget(n->look.child);
	buf_fini(&n->look.text);
	end_unspare(&n->spared);
	container_forget(n);
	free(n->before.undone);
	runtimes_fini(&n->runtimes);
	free(n);
}

/* ---- its words ----------------------------------------------------------- */

static void container_add(struct opt_list *words, const char *word)
{
	optlist_add(words, mem_strdup(word));
}

/* What the image says, where a program that joins its instance does not see to that. */
static void container_put_image_env(const struct instance *i,
	struct envlist *env)
{
	for (size_t k = 0; k < i->env.n; k++) {
		char *name = mem_strndup(i->env.list[k],
			strcspn(i->env.list[k], "="));

		if (envlist_get(env, name) == NULL || strcmp(name, "PATH") == 0)
			envlist_put(env, i->env.list[k]);
		free(name);
	}
}

void container_put_words(const struct container *c, const struct jobenv *j,
	struct envlist *env, int is_terminal, const char *shell,
	struct opt_list *words)
{
	const struct instance *i = &c->found.instance;
	const int joins = instance_is_alive(i);
	char *path;

	path = mem_strdup(envlist_get(env, "PATH") != NULL ?
		envlist_get(env, "PATH") : "");
	sessionenv_drop_node(env);
	if (joins)
		container_put_image_env(i, env);
	runtime_put_words(c->found.runtime, joins ? &i->join : &c->found.enter,
		env->list, is_terminal, words);
	for (const char *const *w = runtime_begin; *w != NULL; w++)
		container_add(words, *w);
	container_add(words, path);
	container_add(words, j->cwd);
	container_add(words, shell);
	free(path);
}

int container_is_between(const struct container *c)
{
	return instance_is_alive(&c->found.instance) ?
		c->found.runtime->joins_between : c->found.runtime->is_between;
}

/* The same variables, set by a shell. */
static void container_put_exports(const struct instance *i,
	const struct envlist *env, struct buf *b)
{
	struct envlist all = { 0 };

	if (env->list != NULL)
		envlist_put_all(&all, env->list);
	container_put_image_env(i, &all);
	for (size_t k = 0; k < i->env.n; k++) {
		size_t len = strcspn(i->env.list[k], "=");
		char *name = mem_strndup(i->env.list[k], len);

		if (runtime_is_name(i->env.list[k]) &&
			strcmp(envlist_get(&all, name),
				i->env.list[k] + len + 1) == 0) {
			buf_printf(b, "%s=", name);
			shellword_put(b, i->env.list[k] + len + 1);
			buf_printf(b, "; export %s; ", name);
		}
		free(name);
	}
	envlist_fini(&all);
}

/*
 * Words before which that shell does not know whether the instance will be there:
 * they are for as long as an sshd runs, so what they start looks, also at the time
 * when that process began: its pid may be another's by then.
 */
static void container_put_joining(const struct container *c,
	const struct envlist *env, struct buf *b)
{
	const struct instance *i = &c->found.instance;
	struct buf script = { 0 };

	buf_printf(&script, "vrs_stat=; { read -r vrs_stat </proc/%ld/stat; } 2>/dev/null; case $vrs_stat in *\" %llu \"*) ;; *) exec ",
		(long)i->pid, i->start);
	runtime_put_shell(c->found.runtime, &c->found.enter, env->list, &script);
	buf_puts(&script, "\"$@\" ;; esac; ");
	container_put_exports(i, env, &script);
	buf_puts(&script, "exec ");
	runtime_put_shell(c->found.runtime, &i->join, env->list, &script);
	buf_puts(&script, "\"$@\"");
	buf_append(&script, "", 1);
	buf_puts(b, "/bin/sh -c ");
	shellword_put(b, buf_data(&script));
	buf_puts(b, " sh ");
	buf_fini(&script);
}

char *container_shell_words(const struct container *c, const struct jobenv *j,
	struct envlist *env)
{
	struct buf b = { 0 };
	char *text;

	sessionenv_drop_node(env);
	if (instance_is_alive(&c->found.instance))
		container_put_joining(c, env, &b);
	else
		runtime_put_shell(c->found.runtime, &c->found.enter, env->list,
			&b);
	for (const char *const *w = runtime_begin; *w != NULL; w++) {
		shellword_put(&b, *w);
		buf_puts(&b, " ");
	}
	buf_puts(&b, "\"$PATH\" ");
	shellword_put(&b, j->job->user.home);
	buf_puts(&b, " ");
	shellword_put(&b, c->found.own_shell);
	buf_puts(&b, " ");
	text = mem_strndup(buf_data(&b), b.len);
	buf_fini(&b);
	return text;
}
