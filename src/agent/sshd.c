/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stands in the way of an sshd on this node is told before one is started,
 * in one line: /etc/nologin, a login shell that lets nobody in, no sshd, a
 * configuration that it refuses. The last two are asked by a child, `sshd -t',
 * since its PATH may lead to a file system that hangs; links wait for it, and
 * what it found is good for this node until the session ends.
 */
#include "agent/sshd.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "agent/rundir.h"
#include "agent/serve.h"
#include "agent/sshdconf.h"
#include "agent/waitlist.h"
#include "base/mem.h"
#include "base/vis.h"
#include "net/flow.h"
#include "os/fd.h"
#include "os/log.h"
#include "os/safepath.h"
#include "os/spawn.h"

#define CHECK_SECONDS 2
#define SAID_MAX 4096
#define NOLOGIN "/etc/nologin"

/* What is known of the sshd of this node. */
struct sshds {
	const struct jobenv *env;
	const struct end *end;
	enum { SSHD_UNKNOWN, SSHD_ASKED, SSHD_GOOD } state;
	char *path;		/* of sshd; good */
	struct sshd *trial;	/* whose configuration is tried */
	struct child *child;	/* that asks; asked */
	struct event *said;	/* its output */
	struct buf text;
	unsigned n_files;	/* of which names were given */
	unsigned n_left;	/* variables too many, as last told */
	struct waitlist connections;	/* that wait for the answer; asked */
};

/* The first line of a file of the site, for a message. */
static void first_line(const char *path, char *out, size_t size)
{
	char text[256];
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ssize_t n = fd == -1 ? -1 : read(fd, text, sizeof text - 1);

	if (fd != -1)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\r\n")] = '\0';
	out[vis_encode(out, size - 1, text, strlen(text))] = '\0';
}

/* What sshd would refuse in words that the user never sees. */
static int is_shut(const struct agent_job *job, struct err *e)
{
	char shell[256], said[512];
	const char *name;

	if (geteuid() != 0 && access(NOLOGIN, F_OK) == 0) {
		first_line(NOLOGIN, said, sizeof said);
		err_set(e, "no ssh server can be used on %s: logins are shut there by " NOLOGIN "%s%s",
			job->node, said[0] != '\0' ? ": " : "", said);
		return 1;
	}
	snprintf(shell, sizeof shell, "%s", job->user.passwd_shell);
	name = basename(shell);
	if (strcmp(name, "nologin") != 0 && strcmp(name, "false") != 0)
		return 0;
	err_set(e, "no ssh server can be used on %s: your login shell there is %s, which lets nobody in",
		job->node, job->user.passwd_shell);
	return 1;
}

/* A file of the private directory at, which nobody waits for on a disk. */
static int write_file(int at, const char *name, const void *data, size_t len,
	struct err *e)
{
	int fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
		O_CLOEXEC, 0600);
	int bad = fd == -1 || fd_write_all(fd, data, len) == -1;
	int error = errno;

	if (fd != -1 && close(fd) == -1 && !bad) {
		bad = 1;
		error = errno;
	}
	if (!bad)
		return 0;
	return err_set(e, "%s: %s", name, safepath_strerror(error));
}

static void tell_left(struct sshds *n, const struct sshdconf_left *left)
{
	if (left->n_lines > 0)
		log_info("sshd: %u variables with several lines are left out",
			left->n_lines);
	if (left->n_long == n->n_left)
		return;
	n->n_left = left->n_long;
	log_tell("sshd: it takes no more than %d variables: the longest %u are left out for ssh: %s",
		SSHDCONF_VARIABLES, left->n_long, left->names);
}

static int write_files(struct sshds *n, struct sshd *s, const char *dir,
	const struct shell_request *r, struct envlist *env, struct err *e)
{
	struct sshdconf conf = { .user = n->env->job->user.name, .host_key = s->key,
		.env = env->list };
	struct sshdconf_left left = { 0 };
	struct buf text = { 0 };
	int at = safepath_dir(dir, 1, NULL, e), ret;

	if (at == -1)
		return -1;
	sshdconf_put(&text, &conf, &left);
	ret = write_file(at, strrchr(s->key, '/') + 1, r->command,
		strlen(r->command), e);
	if (ret == 0)
		ret = write_file(at, strrchr(s->config, '/') + 1,
			buf_data(&text), text.len, e);
	if (ret == 0)
		tell_left(n, &left);
	else
		err_prefix(e, "cannot write files for sshd: ");
	close(at);
	buf_fini(&text);
	return ret;
}

struct sshd *sshd_new(struct sshds *n, const struct shell_request *r,
	struct err *e)
{
	const struct jobenv *j = n->env;
	struct sshd *s = mem_alloc(sizeof *s);
	struct envlist env = { 0 };
	char *dir;
	int ret;

	/* A cleaner of /tmp may have taken it. */
	rundir_check(j->rundir);
	dir = mem_printf("%s/sshd", rundir_path(j->rundir));
	s->path = n->path;
	s->config = mem_printf("%s/config.%u", dir, n->n_files);
	s->key = mem_printf("%s/key.%u", dir, n->n_files++);
	sshdlog_init(&s->log, &s->of_stderr);
	envlist_put_all(&env, j->env.list);
	for (size_t at = 0; at < r->env.len;) {
		const char *word = buf_data(&r->env) + at;

		envlist_change(&env, word);
		at += strlen(word) + 1;
	}
	ret = write_files(n, s, dir, r, &env, e);
	envlist_fini(&env);
	free(dir);
	if (ret == 0)
		return s;
	sshd_free(s);
	return NULL;
}

void sshd_free(struct sshd *s)
{
	if (s == NULL)
		return;
	(void)unlink(s->config);
	(void)unlink(s->key);
	filter_fini(&s->log.filter);
	free(s->config);
	free(s->key);
	free(s);
}

/* Is this node's sshd any good? */

/* Who still waits hears it; e NULL: it is good. */
static void sshd_answer(struct sshds *n, const struct err *e)
{
	n->state = e == NULL ? SSHD_GOOD : SSHD_UNKNOWN;
	if (e == NULL)
		waitlist_go(&n->connections, n->end);
	else
		waitlist_refuse(&n->connections, EX_UNAVAILABLE, e);
}

static const char *const places[] = { "/usr/sbin/sshd", "/usr/local/sbin/sshd",
	NULL };

/* In the child: the path of an sshd, or NULL. */
static const char *sshd_find(const char *search)
{
	static char path[4096];

	for (const char *const *p = places; *p != NULL; p++)
		if (access(*p, X_OK) == 0)
			return *p;
	while (search != NULL && *search != '\0') {
		int len = strcspn(search, ":");

		snprintf(path, sizeof path, "%.*s/sshd", len, search);
		if (path[0] == '/' && access(path, X_OK) == 0)
			return path;
		search += len + (search[len] == ':');
	}
	return NULL;
}

/* In the child. It tells the path in a line, and then what sshd says. */
__attribute__((noreturn))
static void sshd_ask(int out, const char *config, const char *search)
{
	static char *const env[] = { "PATH=/usr/bin:/bin", NULL };
	const char *path;

	alarm(CHECK_SECONDS);
	path = sshd_find(search);
	if (path == NULL)
		_exit(0);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	dprintf(out, "%s\n", path);
	execle(path, path, "-t", "-f", config, (char *)NULL, env);
	dprintf(out, "%s: %s\n", path, strerror(errno));
	_exit(EX_OSERR);
}

static void none_found(const struct sshds *n, struct err *e)
{
	err_set(e, "there is no sshd on %s, neither in /usr/sbin and /usr/local/sbin nor in PATH; its package is openssh-server",
		n->env->job->node);
}

/* sshd's own first word about it, or its last. */
static void sshd_refused(const struct sshds *n, const char *path, char *said,
	int status, struct err *e)
{
	char seen[512];

	said[strcspn(said, "\r\n")] = '\0';
	seen[vis_encode(seen, sizeof seen - 1, said, strlen(said))] = '\0';
	if (WIFSIGNALED(status))
		err_set(e, "%s on %s was ended by signal %d while it was tried%s",
			path, n->env->job->node, WTERMSIG(status),
			WTERMSIG(status) == SIGALRM ?
			", since it did not answer" : "");
	else
		err_set(e, "%s on %s cannot be used: %s", path, n->env->job->node,
			seen[0] != '\0' ? seen : "it says no reason");
}

static void sshd_asked(pid_t pid, int status, void *arg)
{
	struct sshds *n = arg;
	char *path, *said;
	struct err e;

	(void)pid;
	n->child = NULL;
	if (n->said != NULL) {
		int fd = event_get_fd(n->said);
		char some[SAID_MAX];
		ssize_t len = read(fd, some, sizeof some);

		if (len > 0 && n->text.len < SAID_MAX)
			buf_append(&n->text, some, (size_t)len);
		event_free(n->said);
		close(fd);
		n->said = NULL;
	}
	sshd_free(n->trial);
	n->trial = NULL;
	buf_append(&n->text, "", 1);
	path = buf_data(&n->text);
	said = strchr(path, '\n');
	if (said != NULL)
		*said++ = '\0';
	if (said != NULL && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		n->path = mem_strdup(path);
		log_info("sshd is %s", n->path);
		buf_fini(&n->text);
		sshd_answer(n, NULL);
		return;
	}
	if (said == NULL && WIFEXITED(status))
		none_found(n, &e);
	else
		sshd_refused(n, said != NULL ? path : "sshd", said != NULL ? said :
			path, status, &e);
	buf_fini(&n->text);
	sshd_answer(n, &e);
}

static void said_cb(evutil_socket_t fd, short what, void *arg)
{
	struct sshds *n = arg;
	char some[SAID_MAX];
	ssize_t len = read(fd, some, sizeof some);

	(void)what;
	if (len > 0 && n->text.len < SAID_MAX)
		buf_append(&n->text, some, (size_t)len);
	else if (len == 0 || (len == -1 && errno != EAGAIN))
		event_del(n->said);
}

static int begin_asking(struct sshds *n, const struct shell_request *r,
	struct err *e)
{
	const struct agent_job *job = n->env->job;
	int p[2];
	pid_t pid;

	n->trial = sshd_new(n, r, e);
	if (n->trial == NULL)
		return -1;
	pid = pipe2(p, O_CLOEXEC) == -1 ? -1 : spawn_branch(p[1]);
	if (pid == 0)
		sshd_ask(p[1], n->trial->config, envlist_get(&n->env->env, "PATH"));
	if (pid == -1) {
		err_set(e, "cannot fork: %s", strerror(errno));
		sshd_free(n->trial);
		n->trial = NULL;
		return -1;
	}
	close(p[1]);
	flow_prepare(p[0]);
	n->state = SSHD_ASKED;
	n->said = event_new(job->base, p[0], EV_READ | EV_PERSIST, said_cb, n);
	event_add(n->said, NULL);
	n->child = child_watch(job->children, pid, sshd_asked, n);
	return 0;
}

void sshd_await(struct sshds *n, struct link *l, const struct frame *request,
	void (*ready)(struct link *, const struct frame *, void *), void *arg)
{
	struct shell_request r;
	struct err e;
	int ret = 0;

	if (is_shut(n->env->job, &e)) {
		serve_refuse(l, EX_UNAVAILABLE, &e);
		return;
	}
	if (n->state == SSHD_GOOD) {
		ready(l, request, arg);
		return;
	}
	if (n->state == SSHD_UNKNOWN) {
		ret = shell_request_get(&r, request, &e);
		if (ret == 0) {
			ret = begin_asking(n, &r, &e);
			shell_request_fini(&r);
		}
	}
	if (ret == -1)
		serve_refuse(l, EX_UNAVAILABLE, &e);
	else
		waitlist_add(&n->connections, l, request, ready, arg);
}

int sshd_failed(const struct sshd *s, const char *node, int status,
	struct err *why)
{
	char how[64];

	if (s->log.is_in || (s->log.is_closed && s->log.reason[0] == '\0'))
		return 0;
	if (WIFSIGNALED(status))
		snprintf(how, sizeof how, "was ended by signal %d",
			WTERMSIG(status));
	else
		snprintf(how, sizeof how, "ended with status %d",
			WEXITSTATUS(status));
	err_set(why, "sshd on %s %s before anybody had logged in%s%s", node,
		how, s->log.reason[0] != '\0' ? ": " : "", s->log.reason);
	return 1;
}

struct sshds *sshds_new(const struct jobenv *env, const struct end *end)
{
	struct sshds *n = mem_alloc(sizeof *n);

	n->env = env;
	n->end = end;
	waitlist_init(&n->connections);
	return n;
}

void sshds_free(struct sshds *n)
{
	waitlist_fini(&n->connections);
	if (n->said != NULL) {
		int fd = event_get_fd(n->said);

		event_free(n->said);
		close(fd);
	}
	child_forget(n->child);
	sshd_free(n->trial);
	buf_fini(&n->text);
	free(n->path);
	free(n);
}
