/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way to the session's agent. The scheduler's word counts, no file or pid:
 *
 *	find -> one there ------------------------> wait -> ready
 *	     -> none -> secret, submit -> find again --^
 *
 * Two fronts may submit at once, from two login nodes. Each looks again after
 * its submit, the oldest job stays, and whoever made another one ends it. A
 * submit that was not answered may have made a job all the same; the same look
 * finds it by its tag.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "front/front.h"
#include "net/gate.h"
#include "net/sock.h"
#include "os/hostaddr.h"
#include "os/log.h"
#include "os/safepath.h"
#include "os/secret.h"
#include "os/tmpdir.h"
#include "pure/envlist.h"
#include "pure/mem.h"

#define RECORD_MAX 4096
#define LOG_TAIL 2000		/* bytes of a dead agent's log that are shown */
#define POLL_SECONDS 1		/* for the endpoint record */
#define TELL_SECONDS 30		/* a line at least this often while waiting */
#define RETRIES 10

struct job {
	char id[64], tag[17], state[16], reason[64], text[256], node[256];
	time_t start;
	int status;		/* of an ended job; -1 unknown */
};

struct session {
	struct front *front;
	struct place place;
	struct job found;	/* the job that counts; id "" when none */
	struct job told;	/* what the user was told last */
	char own_tag[17];	/* of the job that we submitted, or "" */
	struct launcher_end refused;	/* why our submit failed */
	int dir;		/* the session's folder, or -1 */
	char *home;		/* our file in it, while we wait */
	struct gate *gate;
	struct tls_key home_key;
	struct launcher_call *call, *watch;
	struct event *poll, *tell;
	int retries, cancelling;
	void (*ready)(const struct place *, void *);
	void *arg;
};

static void look(struct session *s);
static void submit(struct session *s);
static void wait_for_agent(struct session *s);

static void give_up(struct session *s, int exit_status)
{
	front_exit(s->front, exit_status);
}

static char *folder(const struct session *s, const char *tag)
{
	return mem_printf("%s/%s", s->front->state_dir, tag);
}

static void remove_folder(struct session *s, const char *tag)
{
	char *path = folder(s, tag);
	struct err e;

	if (tmpdir_remove(path, &e) == -1)
		log_warning("%s", e.text);
	free(path);
}

static void leave_folder(struct session *s)
{
	if (s->home != NULL)
		unlinkat(s->dir, s->home, 0);
	free(s->home);
	s->home = NULL;
	gate_close(s->gate);
	s->gate = NULL;
	if (s->dir != -1)
		close(s->dir);
	s->dir = -1;
}

/* Open the folder of a session and derive the keys from its secret. */
static int enter_folder(struct session *s, const char *tag, struct err *e)
{
	unsigned char secret[TLS_SECRET_SIZE];
	char *path = folder(s, tag);

	leave_folder(s);
	s->dir = safepath_dir(path, 0, NULL, e);
	free(path);
	if (s->dir == -1 || secret_read(s->dir, "secret", secret, e) == -1)
		return -1;
	snprintf(s->place.tag, sizeof s->place.tag, "%s", tag);
	tls_key_derive(&s->place.key, secret, tag, "front");
	tls_key_derive(&s->home_key, secret, tag, "home");
	explicit_bzero(secret, sizeof secret);
	return 0;
}

static void copy(char *out, size_t size, const struct kv *kv, const char *key)
{
	const char *value = kv_get(kv, key);

	snprintf(out, size, "%s", value != NULL ? value : "");
}

static struct job read_job(const struct kv *kv)
{
	struct job j;
	const char *v;

	copy(j.id, sizeof j.id, kv, "job");
	copy(j.tag, sizeof j.tag, kv, "tag");
	copy(j.state, sizeof j.state, kv, "state");
	copy(j.reason, sizeof j.reason, kv, "reason");
	copy(j.text, sizeof j.text, kv, "text");
	copy(j.node, sizeof j.node, kv, "node");
	v = kv_get(kv, "start");
	j.start = v != NULL ? strtoll(v, NULL, 10) : 0;
	v = kv_get(kv, "status");
	j.status = v != NULL ? atoi(v) : -1;
	return j;
}

static int job_is(const struct job *j, const char *state)
{
	return strcmp(j->state, state) == 0;
}

/* One line that says how it stands with the job. */
static void tell(struct session *s)
{
	const struct job *j = &s->found;
	char start[64] = "", why[400] = "";
	struct tm tm;

	if (j->start > 0 && !job_is(j, "running"))
		strftime(start, sizeof start, ", expected start %F %H:%M",
			localtime_r(&j->start, &tm));
	if (j->reason[0] != '\0')
		snprintf(why, sizeof why, " (%s%s%s)", j->reason,
			j->text[0] != '\0' ? ": " : "", j->text);
	if (job_is(j, "running"))
		log_tell("job %s is running on %s, waiting for its agent",
			j->id, j->node[0] != '\0' ? j->node : "its node");
	else
		log_tell("job %s is %s%s%s", j->id, j->state, why, start);
	s->told = *j;
	event_add(s->tell, &(struct timeval){ .tv_sec = TELL_SECONDS });
}

static void tell_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	tell(arg);
}

static void stop_waiting(struct session *s)
{
	event_del(s->poll);
	event_del(s->tell);
	launcher_cancel(s->watch);
	s->watch = NULL;
}

static void agent_found(struct session *s, const struct endpoint *at)
{
	char node[sizeof s->place.at.node];

	stop_waiting(s);
	leave_folder(s);
	s->place.at = *at;
	snprintf(node, sizeof node, "%s", at->node);
	snprintf(s->place.job, sizeof s->place.job, "%s", s->found.id);
	log_info("job %s: agent on %s, port %u", s->place.job, node,
		at->port);
	s->ready(&s->place, s->arg);
}

/* 1 when the agent has left its endpoint record. */
static int look_for_endpoint(struct session *s)
{
	struct buf text = { 0 };
	struct endpoint at;
	struct err e = { "" };
	int found = safepath_read(s->dir, "endpoint", RECORD_MAX, &text,
		&e) == 0 && endpoint_parse(&at, buf_data(&text), text.len,
		&e) == 0;

	buf_fini(&text);
	if (found)
		agent_found(s, &at);
	return found;
}

static void poll_cb(evutil_socket_t fd, short what, void *arg)
{
	struct session *s = arg;

	(void)fd;
	(void)what;
	if (!look_for_endpoint(s))
		event_add(s->poll, &(struct timeval){
			.tv_sec = POLL_SECONDS });
}

/* The agent calls: it says its port, its address is where it calls from. */
static void home_frame(struct link *l, const struct frame *f, void *arg)
{
	struct session *s = arg;
	struct endpoint at;
	struct err e;

	if (f->type != FRAME_HOME)
		return;
	if (endpoint_parse(&at, f->data, f->len, &e) == -1) {
		log_warning("call of the agent: %s", e.text);
		return;
	}
	link_free(l);
	agent_found(s, &at);
}

static void home_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	(void)why;
	(void)auth;
	(void)arg;
	link_free(l);
}

static const struct link_ops home_ops = {
	.frame = home_frame,
	.down = home_down,
};

static void home_up(struct link *l, const struct hello *peer, void *arg)
{
	(void)peer;
	link_set_ops(l, &home_ops, arg);
}

/* Where front and agent reach each other; NULL: all addresses. */
static const char *link_network(const struct session *s)
{
	if (s->front->opt.link_address == NULL &&
		strcmp(launcher_name(s->front), "local") == 0)
		return "127.0.0.1";
	return s->front->opt.link_address;
}

/* Be reachable for the agent: listen, and leave our address in the folder. */
static int open_home(struct session *s, struct err *e)
{
	const struct options *o = &s->front->opt;
	struct endpoint ep = { 0 };
	struct buf text = { 0 };
	char tag[17], bind_to[64];
	int ret;

	if (hostaddr_choose(link_network(s), bind_to, &ep, e) == -1)
		return -1;
	s->gate = gate_open(s->front->base, bind_to[0] ? bind_to : NULL,
		o->link_ports.first, o->link_ports.last, &s->home_key, home_up,
		s, e);
	if (s->gate == NULL)
		return -1;
	secret_tag(tag);
	s->home = mem_printf("home.%s", tag);
	ep.port = gate_port(s->gate);
	hostaddr_name(ep.node, sizeof ep.node);
	endpoint_write(&text, &ep);
	ret = safepath_write(s->dir, s->home, buf_data(&text), text.len, e);
	buf_fini(&text);
	return ret;
}

/* What the job printed before it died, for the user. */
static void tell_log(struct session *s)
{
	struct buf text = { 0 };
	struct err e;
	char *at, *end;

	if (safepath_read(s->dir, "agent.log", 1 << 20, &text, &e) == -1)
		return;
	if (text.len > LOG_TAIL)
		buf_consume(&text, text.len - LOG_TAIL);
	at = buf_data(&text);
	end = at + text.len;
	while (at != NULL && at < end) {
		char *nl = memchr(at, '\n', end - at);

		nl = nl != NULL ? nl : end;
		if (nl > at)
			log_fail("  %.*s", (int)(nl - at), at);
		at = nl + 1;
	}
	buf_fini(&text);
}

static void job_ended(struct session *s)
{
	const struct job *j = &s->found;
	int status = j->status == 127 || j->status == 126 ? EX_CONFIG :
		EX_UNAVAILABLE;
	char tag[17];

	stop_waiting(s);
	if (j->status >= 0)
		log_fail("job %s ended before its agent could be reached "
			"(%s%s%s, exit status %d); its log:", j->id,
			j->reason, j->text[0] ? ": " : "", j->text, j->status);
	else
		log_fail("job %s ended before its agent could be reached; its "
			"log:", j->id);
	tell_log(s);
	snprintf(tag, sizeof tag, "%s", s->place.tag);
	leave_folder(s);
	remove_folder(s, tag);
	give_up(s, status);
}

static void watched(const struct kv *kv, void *arg)
{
	struct session *s = arg;
	struct job j = read_job(kv);

	if (j.tag[0] == '\0')
		memcpy(j.tag, s->found.tag, sizeof j.tag);
	s->found = j;
	if (job_is(&j, "ended")) {
		job_ended(s);
		return;
	}
	if (!job_is(&j, "running") && (strcmp(j.state, s->told.state) != 0 ||
		strcmp(j.reason, s->told.reason) != 0 ||
		j.start != s->told.start))
		tell(s);
}

static void watch_ended(const struct launcher_end *end, void *arg)
{
	struct session *s = arg;

	s->watch = NULL;
	if (end->ok)
		return;
	if (strcmp(end->class, "gone") == 0) {
		snprintf(s->found.state, sizeof s->found.state, "ended");
		job_ended(s);
		return;
	}
	/* The endpoint record and the agent's call are waited for still. */
	log_warning("%s", end->message.text);
}

static void wait_for_agent(struct session *s)
{
	struct buf request = { 0 };
	struct err e;

	if (look_for_endpoint(s))
		return;
	if (s->gate == NULL && open_home(s, &e) == -1)
		log_warning("the agent cannot call here: %s", e.text);
	/* Once more: it may have come between the look and our address. */
	if (look_for_endpoint(s))
		return;
	event_add(s->poll, &(struct timeval){ .tv_sec = POLL_SECONDS });
	event_add(s->tell, &(struct timeval){ .tv_sec =
		job_is(&s->found, "running") ? 2 : TELL_SECONDS });
	kv_write(&request, "job", s->found.id);
	kv_write(&request, "state-dir", s->front->state_dir);
	s->watch = launcher_run(s->front, "watch", &request, 0, watched,
		watch_ended, s);
}

static void attach(struct session *s)
{
	struct err e;

	if (strcmp(s->place.tag, s->found.tag) != 0 || s->dir == -1) {
		if (enter_folder(s, s->found.tag, &e) == -1) {
			log_fail("cannot use session '%s' (job %s): %s",
				s->front->opt.session, s->found.id, e.text);
			give_up(s, errno == EPERM || errno == EACCES ?
				EX_NOPERM : EX_CANTCREAT);
			return;
		}
	}
	wait_for_agent(s);
}

static void ended_own(const struct launcher_end *end, void *arg)
{
	struct session *s = arg;

	s->call = NULL;
	if (!end->ok && strcmp(end->class, "gone") != 0)
		log_warning("%s", end->message.text);
	remove_folder(s, s->own_tag);
	s->own_tag[0] = '\0';
	attach(s);
}

/* Somebody else was first: end our job, if there is one, and use theirs. */
static void lose_race(struct session *s)
{
	static const struct launcher_end nothing = { .ok = 1 };
	struct buf request = { 0 };

	leave_folder(s);
	if (s->place.job[0] == '\0') {
		ended_own(&nothing, s);
		return;
	}
	log_info("job %s was there first; ending ours, %s", s->found.id,
		s->place.job);
	kv_write(&request, "job", s->place.job);
	kv_write(&request, "state-dir", s->front->state_dir);
	s->call = launcher_run(s->front, "end", &request,
		s->front->opt.launcher_timeout, NULL, ended_own, s);
}

static void found_record(const struct kv *kv, void *arg)
{
	struct session *s = arg;
	struct job j = read_job(kv);

	/* The first counts; our own may follow. */
	if (s->found.id[0] == '\0')
		s->found = j;
	else if (strcmp(j.tag, s->own_tag) == 0)
		snprintf(s->place.job, sizeof s->place.job, "%s", j.id);
}

static void cancelled(const struct launcher_end *end, void *arg)
{
	struct session *s = arg;

	s->call = NULL;
	if (!end->ok && strcmp(end->class, "gone") != 0) {
		log_fail("%s", end->message.text);
		give_up(s, launcher_status(end->class));
		return;
	}
	log_tell("session '%s': job %s ended", s->front->opt.session,
		s->found.id);
	/* An agent that ran has removed it. */
	if (!job_is(&s->found, "running"))
		remove_folder(s, s->found.tag);
	/* There may be another, from fronts that raced and died. */
	look(s);
}

static void cancel_found(struct session *s)
{
	struct buf request = { 0 };

	if (s->found.id[0] == '\0') {
		if (s->cancelling == 1)
			log_tell("there is no session '%s' to end",
				s->front->opt.session);
		give_up(s, EX_OK);
		return;
	}
	s->cancelling++;
	kv_write(&request, "job", s->found.id);
	kv_write(&request, "state-dir", s->front->state_dir);
	s->call = launcher_run(s->front, "end", &request,
		s->front->opt.launcher_timeout, NULL, cancelled, s);
}

static void look_ended(const struct launcher_end *end, void *arg)
{
	struct session *s = arg;

	s->call = NULL;
	if (!end->ok) {
		log_fail("%s", end->message.text);
		give_up(s, launcher_status(end->class));
	} else if (s->cancelling) {
		cancel_found(s);
	} else if (s->found.id[0] == '\0' && s->own_tag[0] == '\0') {
		submit(s);
	} else if (s->found.id[0] == '\0') {
		/* Our submit failed, and indeed made no job. */
		log_fail("%s", s->refused.ok ? "the job that was submitted is "
			"gone" : s->refused.message.text);
		leave_folder(s);
		remove_folder(s, s->own_tag);
		give_up(s, s->refused.ok ? EX_UNAVAILABLE :
			launcher_status(s->refused.class));
	} else if (s->own_tag[0] != '\0' &&
		strcmp(s->found.tag, s->own_tag) != 0) {
		lose_race(s);
	} else {
		attach(s);
	}
}

static void look(struct session *s)
{
	struct buf request = { 0 };

	s->found = (struct job){ .status = -1 };
	kv_write(&request, "session", s->front->opt.session);
	kv_write(&request, "state-dir", s->front->state_dir);
	s->call = launcher_run(s->front, "find", &request,
		s->front->opt.launcher_timeout, found_record, look_ended, s);
}

static void submitted(const struct kv *kv, void *arg)
{
	struct session *s = arg;
	const char *note;
	size_t pos = 0;

	copy(s->place.job, sizeof s->place.job, kv, "job");
	while ((note = kv_next(kv, "note", &pos)) != NULL)
		log_tell("%s", note);
}

static void submit_ended(const struct launcher_end *end, void *arg)
{
	struct session *s = arg;

	s->call = NULL;
	s->refused = *end;
	if (end->ok)
		log_info("submitted job %s", s->place.job);
	/* A refusal is final; anything else may have made a job. */
	if (!end->ok && strcmp(end->class, "unavailable") != 0 &&
		strcmp(end->class, "internal") != 0) {
		log_fail("%s", end->message.text);
		leave_folder(s);
		remove_folder(s, s->own_tag);
		give_up(s, launcher_status(end->class));
		return;
	}
	look(s);
}

/* The job's environment: what a login gives, nothing of this login node. */
static void write_env(struct session *s, struct buf *request)
{
	static const char *const kept[] = {
		"PATH", "LANG", "LANGUAGE", "TZ", "MAIL",
	};
	struct userdir *u = &s->front->user;
	const char *value;

	kv_writef(request, "env", "HOME=%s", u->home);
	kv_writef(request, "env", "USER=%s", u->name);
	kv_writef(request, "env", "LOGNAME=%s", u->name);
	kv_writef(request, "env", "SHELL=%s", u->shell);
	for (unsigned i = 0; i < sizeof kept / sizeof kept[0]; i++)
		if ((value = getenv(kept[i])) != NULL)
			kv_writef(request, "env", "%s=%s", kept[i], value);
	for (char **word = environ; *word != NULL; word++)
		if (strncmp(*word, "LC_", 3) == 0)
			kv_write(request, "env", *word);
}

static void write_request(struct session *s, struct buf *request)
{
	const struct options *o = &s->front->opt;

	kv_write(request, "tag", s->own_tag);
	kv_write(request, "session", o->session);
	kv_write(request, "user", s->front->user.name);
	if (o->agent != NULL)
		kv_write(request, "command", o->agent);
	else
		kv_writef(request, "command", "%s/vscode-remote-agent",
			s->front->libexec);
	kv_writef(request, "command", "--tag=%s", s->own_tag);
	kv_writef(request, "command", "--state-dir=%s", s->front->state_dir);
	kv_writef(request, "command", "--session=%s", o->session);
	kv_writef(request, "command", "--idle-timeout=%lds", o->idle_timeout);
	if (link_network(s) != NULL)
		kv_writef(request, "command", "--link-address=%s",
			link_network(s));
	if (o->link_ports.last != 0)
		kv_writef(request, "command", "--link-port=%u-%u",
			o->link_ports.first, o->link_ports.last);
	if (o->verbose > 0)
		kv_write(request, "command", o->verbose > 1 ? "-vv" : "-v");
	write_env(s, request);
	for (size_t i = 0; i < o->salloc_args.n; i++)
		kv_write(request, "option", o->salloc_args.word[i]);
	kv_writef(request, "log", "%s/%s/agent.log", s->front->state_dir,
		s->own_tag);
	kv_write(request, "chdir", s->front->user.home);
	kv_write(request, "state-dir", s->front->state_dir);
}

/* The folder with the secret comes first: no job without its secret. */
static int prepare(struct session *s, struct err *e)
{
	unsigned char secret[SECRET_LEN];
	int fd;

	secret_tag(s->own_tag);
	if (mkdirat(s->front->state_fd, s->own_tag, 0700) == -1)
		return err_set(e, "%s/%s: %s", s->front->state_dir, s->own_tag,
			safepath_strerror(errno));
	fd = openat(s->front->state_fd, s->own_tag, O_RDONLY | O_DIRECTORY |
		O_NOFOLLOW | O_CLOEXEC);
	/* The scheduler would make the log with the rights of the umask. */
	if (fd == -1 || safepath_create(fd, "agent.log", "", 0, e) == -1 ||
		secret_create(fd, "secret", secret, e) == -1) {
		if (fd == -1)
			err_set(e, "%s/%s: %s", s->front->state_dir,
				s->own_tag, strerror(errno));
		else
			close(fd);
		return -1;
	}
	explicit_bzero(secret, sizeof secret);
	close(fd);
	if (enter_folder(s, s->own_tag, e) == -1)
		return -1;
	return open_home(s, e);
}

static void submit(struct session *s)
{
	struct buf request = { 0 };
	struct err e;

	if (prepare(s, &e) == -1) {
		log_fail("%s; no job was submitted", e.text);
		leave_folder(s);
		remove_folder(s, s->own_tag);
		give_up(s, EX_CANTCREAT);
		return;
	}
	s->place.job[0] = '\0';
	write_request(s, &request);
	s->call = launcher_run(s->front, "submit", &request,
		s->front->opt.launcher_timeout, submitted, submit_ended, s);
}

static void retry_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	look(arg);
}

void session_retry(struct session *s, const struct err *why)
{
	struct timeval second = { .tv_sec = 1 };

	if (s->retries++ == RETRIES) {
		log_fail("job %s runs on %s, but its agent cannot be reached: "
			"%s; is its link port behind a firewall?",
			s->place.job, s->place.at.node, why->text);
		give_up(s, EX_TEMPFAIL);
		return;
	}
	s->own_tag[0] = '\0';
	event_base_once(s->front->base, -1, EV_TIMEOUT, retry_cb, s, &second);
}

struct session *session_new(struct front *f)
{
	struct session *s = mem_alloc(sizeof *s);

	s->front = f;
	s->dir = -1;
	s->poll = evtimer_new(f->base, poll_cb, s);
	s->tell = evtimer_new(f->base, tell_cb, s);
	return s;
}

void session_free(struct session *s)
{
	if (s == NULL)
		return;
	launcher_cancel(s->call);
	stop_waiting(s);
	leave_folder(s);
	event_free(s->poll);
	event_free(s->tell);
	explicit_bzero(&s->place.key, sizeof s->place.key);
	explicit_bzero(&s->home_key, sizeof s->home_key);
	free(s);
}

void session_start(struct session *s,
	void (*ready)(const struct place *, void *), void *arg)
{
	s->ready = ready;
	s->arg = arg;
	look(s);
}

void session_cancel(struct session *s)
{
	s->cancelling = 1;
	look(s);
}
