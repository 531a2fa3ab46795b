/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stands in the way of an sshd on this node is told before one is started,
 * in one line: /etc/nologin, a login shell that lets nobody in, no sshd, a
 * configuration that it refuses. The last two are asked by a child
 * (agent/sshdprobe.c); links wait for it, and what it found is good for this
 * node until the session ends.
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

#include "agent/container.h"
#include "agent/prologue.h"
#include "agent/rundir.h"
#include "agent/serve.h"
#include "agent/sshdconf.h"
#include "agent/sshdprobe.h"
#include "agent/waitlist.h"
#include "base/mem.h"
#include "base/vis.h"
#include "net/flow.h"
#include "os/fd.h"
#include "os/log.h"
#include "os/safepath.h"
#include "os/spawn.h"
#include "proto/sessionenv.h"

#define READ_SIZE 4096
#define NOLOGIN "/etc/nologin"

/* What is known of the sshd of this node. */
struct sshds {
	const struct jobenv *env;
	const struct end *end;
	enum { SSHD_UNKNOWN, SSHD_ASKED, SSHD_GOOD } state;
	struct sshdprobe probe;	/* good */
	struct sshd *trial;	/* whose configuration is tried */
	struct child *child;	/* that asks; asked */
	struct event *said;	/* its output */
	struct buf text;
	unsigned n_files;	/* of which names were given */
	unsigned n_left;	/* variables too many, as last told */
	int is_missed;		/* the last client has gone without a login */
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

/* sshd would refuse these, too, but says why in its log alone. */
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

/* at is the private directory: on the node, so the loop may write there. */
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
	if (left->n_unsaid > 0)
		log_info("sshd: %u variables are left out, with several lines or what this sshd cannot read: %s",
			left->n_unsaid, left->unsaid);
	if (left->n_long == n->n_left)
		return;
	n->n_left = left->n_long;
	log_tell("sshd: it takes no more than %d variables: the longest %u are left out for ssh: %s",
		SSHDCONF_VARIABLES, left->n_long, left->names);
}

#define PEM_END "-----END PRIVATE KEY-----\n"

/* What the front has sent: a PEM, and behind it the user's list of keys. */
static const char *list_of(const struct shell_request *r)
{
	const char *end = strstr(r->command, PEM_END);

	return end != NULL ? end + strlen(PEM_END) : "";
}

/* The shell that sshd starts. */
static const char *login_shell_of(const struct sshds *n)
{
	const char *shell = n->env->job->user.passwd_shell;

	return shell != NULL && shell[0] != '\0' ? shell : n->env->own_shell;
}

static int is_inside(const struct shell_request *r)
{
	return strcmp(r->kind, KIND_SSHD_OUTSIDE) != 0;
}

/* Where its sessions are (--container), and what they begin with (--prologue). */
static char *force_of(const struct sshds *n, const struct shell_request *r,
	struct envlist *env)
{
	const struct opt_list *lines = &n->env->job->opt->hooks.prologue;
	const struct container *c = is_inside(r) ? n->env->container : NULL;
	const int has_sftp = n->state == SSHD_GOOD &&
		n->probe.sftp[0] != '\0';
	char *enter, *force;

	/* Not for our sake alone where that would take away sftp. */
	if (c == NULL)
		return prologue_force(lines, has_sftp ? n->env->bin : NULL,
			login_shell_of(n), "", "");
	enter = container_shell_words(c, n->env, env);
	force = prologue_force(lines, jobenv_bin_inside(n->env), c->found.own_shell, enter,
		c->found.sftp);
	free(enter);
	return force;
}

/* The text of its configuration, and of the file with keys that goes with it. */
static void put_config(struct sshds *n, const struct sshd *s, char *const *env,
	const char *list, int has_force, struct buf *text, struct buf *keys)
{
	const struct sshdconf conf = { .user = n->env->job->user.name,
		.host_key = s->key, .env = env, .words = n->probe.words,
		.echo = n->probe.echo, .sed = n->probe.sed, .list = list,
		.keys = s->keys, .force = has_force ? s->force : NULL,
		.has_display = n->env->has_display };
	const struct sshdconf trial = { .user = n->env->job->user.name,
		.host_key = s->key, .echo = "/bin/echo" };
	struct sshdconf_left left = { 0 };

	if (n->state == SSHD_GOOD) {
		sshdconf_put(text, keys, &conf, &left);
		tell_left(n, &left);
	} else {
		sshdconf_put(text, keys, &trial, &left);
		sshdconf_put_probe(text);
	}
}

static int write_files(struct sshds *n, struct sshd *s, const char *dir,
	const struct shell_request *r, struct envlist *env, struct err *e)
{
	struct buf text = { 0 }, keys = { 0 };
	const char *list = list_of(r);
	char *force;
	int ret;

	s->dir = safepath_dir(dir, 1, NULL, e);
	if (s->dir == -1)
		return -1;
	force = force_of(n, r, env);
	put_config(n, s, env->list, list, force != NULL, &text, &keys);
	ret = write_file(s->dir, strrchr(s->key, '/') + 1, r->command,
		strlen(r->command) - strlen(list), e);
	if (ret == 0)
		ret = write_file(s->dir, strrchr(s->config, '/') + 1,
			buf_data(&text), text.len, e);
	if (ret == 0 && keys.len > 0)
		ret = write_file(s->dir, strrchr(s->keys, '/') + 1,
			buf_data(&keys), keys.len, e);
	if (ret == 0 && force != NULL)
		ret = write_file(s->dir, strrchr(s->force, '/') + 1, force,
			strlen(force), e);
	free(force);
	if (ret == -1)
		err_prefix(e, "cannot write files for sshd: ");
	buf_wipe(&text);
	buf_wipe(&keys);
	return ret;
}

/* -1 with e set where this sshd would let nobody in, whatever key he has. */
static int check_way_in(const struct sshds *n, const struct shell_request *r,
	struct err *e)
{
	if (n->state != SSHD_GOOD || n->probe.echo[0] != '\0' ||
		list_of(r)[0] != '\0')
		return 0;
	return err_set(e, "sshd on %s cannot take any key, since no /bin/echo there is root's alone: list yours, by `ssh LOGIN-NODE vscode-remote-shell proxy --authorize <~/.ssh/id_ed25519.pub`",
		n->env->job->node);
}

/* A display that a client's own ssh brings is better than one that leads nowhere. */
static void leave_out_vain(const struct jobenv *j, struct envlist *env)
{
	if (j->has_display || !j->had_display)
		return;
	sessionenv_unset(env, SESSIONENV_DISPLAY);
	sessionenv_unset(env, SESSIONENV_XAUTHORITY);
}

struct sshd *sshd_new(struct sshds *n, const struct shell_request *r,
	struct err *e)
{
	const struct jobenv *j = n->env;
	struct sshd *s;
	struct envlist env = { 0 };
	char *dir;
	int ret;

	if (check_way_in(n, r, e) == -1)
		return NULL;
	/* A cleaner of /tmp may have taken it. */
	if (rundir_check(j->rundir) == -1) {
		err_set(e, "cannot write files for sshd: there is no private directory of yours on %s",
			j->job->node);
		return NULL;
	}
	if (is_inside(r) && container_is_wanted(j) &&
		container_is_there(j, e) == -1)
		return NULL;
	s = mem_alloc(sizeof *s);
	s->node = n;
	dir = mem_printf("%s/sshd", rundir_path(j->rundir));
	s->path = n->probe.path;
	s->dir = -1;
	s->config = mem_printf("%s/config.%u", dir, n->n_files);
	s->key = mem_printf("%s/key.%u", dir, n->n_files);
	s->keys = mem_printf("%s/keys.%u", dir, n->n_files);
	s->force = mem_printf("%s/force.%u", dir, n->n_files++);
	sshdlog_init(&s->log, &s->of_stderr);
	envlist_put_all(&env, j->env.list);
	leave_out_vain(j, &env);
	envlist_change_all(&env, buf_data(&r->env), r->env.len);
	if (!j->has_agent)
		sessionenv_unset(&env, SESSIONENV_AUTH_SOCK);
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
	if (s->log.pid != 0)
		s->node->is_missed = !s->log.is_in;
	if (s->dir != -1) {
		(void)unlinkat(s->dir, strrchr(s->config, '/') + 1, 0);
		(void)unlinkat(s->dir, strrchr(s->key, '/') + 1, 0);
		(void)unlinkat(s->dir, strrchr(s->keys, '/') + 1, 0);
		(void)unlinkat(s->dir, strrchr(s->force, '/') + 1, 0);
		close(s->dir);
	}
	filter_fini(&s->log.filter);
	free(s->config);
	free(s->key);
	free(s->keys);
	free(s->force);
	free(s);
}

/* What this node's sshd is, asked once. */

/* Told to all links that wait for it. e NULL: it is good. */
static void sshd_answer(struct sshds *n, const struct err *e)
{
	n->state = e == NULL ? SSHD_GOOD : SSHD_UNKNOWN;
	if (e == NULL)
		waitlist_go(&n->connections, n->end);
	else
		waitlist_refuse(&n->connections, EX_UNAVAILABLE, e);
}

/* What it has said so far; 0: there will be no more. */
static int take_said(struct sshds *n)
{
	char some[READ_SIZE];
	ssize_t len;

	while ((len = read(event_get_fd(n->said), some, sizeof some)) > 0)
		if (n->text.len < SSHDPROBE_MAX)
			buf_append(&n->text, some, (size_t)len);
	return len == -1 && errno == EAGAIN;
}

static void stop_listening(struct sshds *n)
{
	int fd = event_get_fd(n->said);

	event_free(n->said);
	close(fd);
	n->said = NULL;
}

static void sshd_asked(pid_t pid, int status, void *arg)
{
	struct sshds *n = arg;
	const struct agent_job *job = n->env->job;
	struct err e;
	int ret;

	(void)pid;
	n->child = NULL;
	(void)take_said(n);
	stop_listening(n);
	sshd_free(n->trial);
	n->trial = NULL;
	buf_append(&n->text, "", 1);
	ret = sshdprobe_read(&n->probe, buf_data(&n->text), status,
		job->opt->session.sshd, job->node, &e);
	buf_fini(&n->text);
	if (ret == 0)
		log_info("sshd is %s", n->probe.path);
	sshd_answer(n, ret == 0 ? NULL : &e);
}

static void said_cb(evutil_socket_t fd, short what, void *arg)
{
	struct sshds *n = arg;

	(void)fd;
	(void)what;
	if (!take_said(n))
		event_del(n->said);
}

static int begin_asking(struct sshds *n, const struct shell_request *r,
	struct err *e)
{
	const struct agent_job *job = n->env->job;
	int p[2] = { -1, -1 };
	pid_t pid;

	n->trial = sshd_new(n, r, e);
	if (n->trial == NULL)
		return -1;
	pid = pipe2(p, O_CLOEXEC) == -1 ? -1 : spawn_branch(p[1]);
	if (pid == 0)
		sshdprobe_ask(p[1], n->trial->config, job->opt->session.sshd,
			envlist_get(&n->env->env, "PATH"));
	if (pid == -1) {
		err_set(e, "cannot fork: %s", strerror(errno));
		fd_close(p[0]);
		fd_close(p[1]);
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

/* How a client is let in. */
static const char *way_in(const struct sshds *n)
{
	return n->probe.echo[0] != '\0' ?
		"any key of yours will do, and `ssh-keygen` makes one where there is none" :
		"its key must be of those that `proxy --authorize` has listed, and `ssh-keygen` makes one where there is none";
}

const char *sshd_advice(const struct sshd *s)
{
	static char text[512];
	const struct sshds *n = s->node;

	if (!n->is_missed)
		return NULL;
	snprintf(text, sizeof text, "the ssh client before this one left before it was let in: %s; your name here is %s, and `proxy --known-hosts` prints the host key",
		way_in(n), n->env->job->user.name);
	return text;
}

int sshd_failed(const struct sshd *s, const char *node, int status,
	struct err *why)
{
	char how[64];

	if (s->log.is_in)
		return 0;
	if (s->log.is_keyless) {
		err_set(why, "the ssh client has offered no key that is taken: %s",
			way_in(s->node));
		return 1;
	}
	if (s->log.is_closed && s->log.reason[0] == '\0')
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

int sshds_are_ended(const struct sshds *n)
{
	return end_has_begun(n->end);
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
	if (n->said != NULL)
		stop_listening(n);
	child_forget(n->child);
	sshd_free(n->trial);
	buf_fini(&n->text);
	free(n->probe.path);
	free(n);
}
