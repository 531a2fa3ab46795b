/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs a launcher: a child with pipes, a timeout and SIGKILL, because every
 * call into a scheduler may block, print, or end the process it is made in.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "front/job/invocation.h"
#include "front/job/launcher.h"
#include "front/job/libexec.h"
#include "front/job/standin.h"
#include "front/parting.h"
#include "net/flow.h"
#include "os/log.h"
#include "os/procsig.h"
#include "os/spawn.h"

#define STDERR_MAX 16384
#define WORDS_MAX 32
#define SLOW_SECONDS 2

/* The launcher as a process. */
struct launched {
	const char *name;	/* of the launcher, as --launcher has it */
	pid_t pid;		/* -1: ended */
	struct child *child;
	int status;
	int report;		/* of its exec, which may hang; -1: it is done */
	struct event *starting;
};

/* What goes to it and comes from it. */
struct launcher_io {
	int fd[3];		/* our ends; -1: closed */
	struct outflow in;
	struct inflow out, err;
	struct buf request, answer, words;
};

/* How long it is waited for, and until the user hears that it is slow. */
struct launcher_patience {
	struct event *timer, *slow;
	long timeout;		/* seconds; 0: it goes on as long as it likes */
};

struct launcher_call {
	const struct invocation *inv;
	char *verb;
	struct launched program;
	struct launcher_io io;
	struct launcher_patience patience;
	struct launcher_end end;
	int has_error;
	int busy;		/* callbacks that we are in */
	int cancelled;		/* by one of them */
	void (*record)(const struct kv *, void *);
	void (*ended)(const struct launcher_end *, void *);
	void *arg;
};

static struct launcher_name program_name(const char *launcher)
{
	const char *slash = strrchr(launcher, '/');
	struct launcher_name name;

	snprintf(name.s, sizeof name.s, "%s%s", slash ? "" : "launch-",
		slash ? slash + 1 : launcher);
	return name;
}

struct launcher_name launcher_name(const struct invocation *inv)
{
	return program_name(standin_launcher(inv));
}

static char *launcher_path(const struct invocation *inv, const char *name)
{
	return name[0] == '/' ? mem_strdup(name) :
		mem_printf("%s/launch-%s", inv->libexec, name);
}

int launcher_status(const char *class)
{
	static const struct {
		const char *class;
		int status;
	} rows[] = {
		{ "usage", EX_USAGE },
		{ "config", EX_CONFIG },
		{ "unavailable", EX_UNAVAILABLE },
		{ "refused", EX_UNAVAILABLE },
		{ "gone", EX_UNAVAILABLE },
		{ "verb", EX_UNAVAILABLE },
	};

	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (strcmp(class, rows[i].class) == 0)
			return rows[i].status;
	return EX_SOFTWARE;
}

void launcher_fail(const struct invocation *inv, const struct launcher_end *end)
{
	log_fail("%s", end->message.text);
	parting_exit(inv->parting, launcher_status(end->class));
}

static void close_fd(struct launcher_call *c, int i)
{
	if (c->io.fd[i] == -1)
		return;
	if (i == 0)
		outflow_fini(&c->io.in);
	else
		inflow_fini(i == 1 ? &c->io.out : &c->io.err);
	close(c->io.fd[i]);
	c->io.fd[i] = -1;
}

static void exec_is_done(struct launcher_call *c)
{
	if (c->program.report == -1)
		return;
	if (c->program.starting != NULL)
		event_free(c->program.starting);
	close(c->program.report);
	c->program.report = -1;
}

static void launcher_destroy(struct launcher_call *c)
{
	for (int i = 0; i < 3; i++)
		close_fd(c, i);
	exec_is_done(c);
	/* It leads a session: a prefix command and its children go too. */
	if (c->program.pid != -1) {
		procsig_send_group(c->program.pid, SIGKILL);
		/* One that has just been made does not lead it yet. */
		procsig_send(c->program.pid, SIGKILL);
	}
	child_forget(c->program.child);
	event_free(c->patience.timer);
	event_free(c->patience.slow);
	buf_fini(&c->io.answer);
	buf_fini(&c->io.words);
	buf_fini(&c->io.request);
	free(c->verb);
	free(c);
}

/* A launcher may not know these verbs; its words about that help nobody. */
static int is_optional(const char *verb)
{
	return strcmp(verb, "scope") == 0 || strcmp(verb, "check") == 0;
}

static void say_line(const struct launcher_call *c, const char *line, size_t len)
{
	if (len == 0)
		return;
	if (is_optional(c->verb))
		log_info("%.*s", (int)len, line);
	else if (c->end.ok)
		log_tell("%.*s", (int)len, line);
	else
		log_fail("%.*s", (int)len, line);
}

/*
 * Say what the launcher printed on stderr, line by line; with last also what has
 * no end of line.
 */
static void say_words(struct launcher_call *c, int last)
{
	struct buf *words = &c->io.words;
	const char *line;
	size_t len;

	while ((line = buf_line(words, &len)) != NULL) {
		say_line(c, line, len);
		buf_consume(words, len + 1);
	}
	if (!last)
		return;
	say_line(c, buf_data(words), words->len);
	buf_consume(words, words->len);
}

static void launcher_finish(struct launcher_call *c)
{
	struct launcher_end end = c->end;
	void (*ended)(const struct launcher_end *, void *) = c->ended;
	void *arg = c->arg;

	say_words(c, 1);
	launcher_destroy(c);
	ended(&end, arg);
}

static void launcher_broke(struct launcher_call *c, const char *class)
{
	c->end.ok = 0;
	snprintf(c->end.class, sizeof c->end.class, "%s", class);
}

/* What it printed if that is one line, without the path of a program first. */
static void take_line(struct launcher_call *c, char *line, size_t size)
{
	const char *at, *nl;
	size_t len;

	line[0] = '\0';
	buf_append(&c->io.words, "", 1);
	at = buf_data(&c->io.words);
	nl = strchr(at, '\n');
	if (nl == NULL || nl[1] == '\0') {
		len = strcspn(at, " ");
		if (at[0] == '/' && len > 0 && at[len - 1] == ':')
			at += len + strspn(at + len, " ");
		snprintf(line, size, "%.*s", (int)strcspn(at, "\n"), at);
		c->io.words.len = 0;
	} else {
		c->io.words.len--;
	}
}

static void launcher_again(struct launcher_call *c);

/*
 * The loader, or a shell, did not find what the launcher needs. After an upgrade
 * of Slurm that is what everybody sees first, so another stands in where it can.
 */
static void could_not_load(struct launcher_call *c, int status)
{
	const struct launcher_name name = program_name(c->program.name);
	int is_slurm = strcmp(name.s, "launch-slurm") == 0;
	char line[400];

	take_line(c, line, sizeof line);
	if (standin_can(c->inv, c->program.name)) {
		if (standin_begin(c->inv))
			log_tell("%s cannot be run on this host: %s%s(status %d); it must be built again, and until then %s does its work",
				name.s, line, line[0] ? " " : "", status,
				launcher_name(c->inv).s);
		launcher_again(c);
		return;
	}
	launcher_broke(c, "config");
	err_set(&c->end.message, "%s cannot be run on this host: %s%s(status %d)%s%s",
		name.s, line, line[0] ? " " : "", status,
		is_slurm ? "; after an upgrade of Slurm or a library it must be built again" : "",
		is_slurm && standin_is_there(c->inv) ?
		", or use --launcher=slurm-cli" : "");
	launcher_finish(c);
}

static void finish_when_over(struct launcher_call *c)
{
	if (c->busy > 0 || c->program.pid != -1 || c->io.fd[1] != -1 ||
		c->io.fd[2] != -1)
		return;
	if (!c->has_error && WIFEXITED(c->program.status) &&
		(WEXITSTATUS(c->program.status) == 126 ||
		WEXITSTATUS(c->program.status) == 127)) {
		could_not_load(c, WEXITSTATUS(c->program.status));
		return;
	}
	if (!c->has_error && c->program.status != 0) {
		launcher_broke(c, "internal");
		if (WIFSIGNALED(c->program.status))
			err_set(&c->end.message, "%s %s died of signal %d",
				program_name(c->program.name).s, c->verb,
				WTERMSIG(c->program.status));
		else
			err_set(&c->end.message, "%s %s ended with status %d",
				program_name(c->program.name).s, c->verb,
				WEXITSTATUS(c->program.status));
	}
	launcher_finish(c);
}

#define NO_CLUSTER "; log in where sinfo answers, or, where there is no scheduler, give --launcher=local (launcher = local in the settings)"

static void take_record(struct launcher_call *c, const struct kv *kv)
{
	const char *class = kv_get(kv, "error");
	const char *message = kv_get(kv, "message");

	if (class == NULL) {
		if (c->record != NULL && kv->n > 0)
			c->record(kv, c->arg);
		return;
	}
	c->has_error = 1;
	launcher_broke(c, class);
	err_set(&c->end.message, "%s%s", message ? message : class,
		strcmp(class, "config") == 0 &&
		standin_is_cluster(c->program.name) ? NO_CLUSTER : "");
}

/* Mostly a name was mistyped, or the site has another command for groups. */
static void put_remedy(const struct launcher_call *c, struct buf *out)
{
	const struct invocation *inv = c->inv;
	const char *name = c->program.name;

	if (inv->opt->job.group != NULL) {
		buf_puts(out, "; a job of a group (-g) is started by --group-command, which may be another here");
	} else if (name[0] != '/' && !libexec_has(inv->libexec, name)) {
		buf_puts(out, "; --launcher is one of: ");
		libexec_put_launchers(inv->libexec, out);
	}
	buf_append(out, "", 1);
}

static void cannot_run(struct launcher_call *c)
{
	struct err why = c->end.message;
	struct buf remedy = { 0 };

	c->has_error = 1;
	launcher_broke(c, "config");
	put_remedy(c, &remedy);
	err_set(&c->end.message, "cannot run %s: %s%s",
		program_name(c->program.name).s, why.text, buf_data(&remedy));
	buf_fini(&remedy);
}

/* What became of its exec; of one that failed the child ends, too. */
static void starting_cb(evutil_socket_t fd, short what, void *arg)
{
	struct launcher_call *c = arg;
	struct err e;
	int outcome = c->program.report == -1 ? 1 :
		spawn_outcome(c->program.report, &e);

	(void)fd;
	(void)what;
	if (outcome == 1)
		return;
	exec_is_done(c);
	if (outcome == -1 && !c->has_error) {
		c->end.message = e;
		cannot_run(c);
	}
}

/*
 * Its answer is no record: it is killed, since that may have no end, and what it
 * wrote to stderr is waited for.
 */
static void launcher_give_up(struct launcher_call *c, const struct err *why)
{
	if (!c->has_error) {
		c->has_error = 1;
		launcher_broke(c, "internal");
		err_set(&c->end.message, "%s %s: answer: %s",
			program_name(c->program.name).s, c->verb, why->text);
	}
	if (c->program.pid != -1)
		procsig_send_group(c->program.pid, SIGKILL);
	close_fd(c, 1);
	event_add(c->patience.timer, &(struct timeval){ .tv_sec = 1 });
}

/* -1: the call was cancelled, and is gone unless it is still used. */
static int leave_callback(struct launcher_call *c)
{
	c->busy--;
	if (!c->cancelled)
		return 0;
	if (c->busy == 0)
		launcher_destroy(c);
	return -1;
}

/* As leave_callback(). */
static int take_answer(struct launcher_call *c, int last)
{
	struct kv kv;
	struct err e;
	long n = 0;

	c->busy++;
	while (!c->cancelled && (n = kv_parse(&kv, buf_data(&c->io.answer),
		c->io.answer.len, last, &e)) > 0) {
		buf_consume(&c->io.answer, n);
		take_record(c, &kv);
		kv_fini(&kv);
	}
	if (leave_callback(c) == -1)
		return -1;
	if (n == -1)
		launcher_give_up(c, &e);
	return 0;
}

static void answer_data(struct inflow *in, char *data, size_t len,
	void *arg)
{
	struct launcher_call *c = arg;

	(void)in;
	buf_append(&c->io.answer, data, len);
	if (take_answer(c, 0) == 0)
		finish_when_over(c);
}

static void words_data(struct inflow *in, char *data, size_t len,
	void *arg)
{
	struct launcher_call *c = arg;

	(void)in;
	if (c->io.words.len < STDERR_MAX)
		buf_append(&c->io.words, data, len);
	/* A call that goes on is not waited for. */
	if (c->patience.timeout == 0 && !c->cancelled)
		say_words(c, 0);
}

static void answer_end(struct inflow *in, int error, void *arg)
{
	struct launcher_call *c = arg;

	(void)in;
	(void)error;
	if (take_answer(c, 1) == -1)
		return;
	close_fd(c, 1);
	finish_when_over(c);
}

static void words_end(struct inflow *in, int error, void *arg)
{
	struct launcher_call *c = arg;

	(void)in;
	(void)error;
	close_fd(c, 2);
	finish_when_over(c);
}

static void request_sent(struct outflow *out, void *arg)
{
	if (outflow_queued(out) == 0)
		close_fd(arg, 0);
}

static void request_failed(struct outflow *out, int error, void *arg)
{
	(void)out;
	(void)error;
	close_fd(arg, 0);
}

/*
 * What it has said is in the pipes. Their end need not come: something that it
 * left running may hold them for as long as it lives.
 */
static void child_ended(pid_t pid, int status, void *arg)
{
	struct launcher_call *c = arg;

	(void)pid;
	c->program.pid = -1;
	c->program.child = NULL;
	c->program.status = status;
	starting_cb(-1, 0, c);
	c->busy++;
	if (c->io.fd[1] != -1)
		inflow_drain(&c->io.out);
	if (c->io.fd[2] != -1)
		inflow_drain(&c->io.err);
	if (c->io.fd[1] != -1 && !c->cancelled)
		(void)take_answer(c, 1);
	if (leave_callback(c) == -1)
		return;
	close_fd(c, 1);
	close_fd(c, 2);
	finish_when_over(c);
}

static void timed_out(evutil_socket_t fd, short what, void *arg)
{
	struct launcher_call *c = arg;

	(void)fd;
	(void)what;
	if (!c->has_error) {
		launcher_broke(c, "unavailable");
		err_set(&c->end.message, "%s %s: no answer within %ld s; is the scheduler up?",
			program_name(c->program.name).s, c->verb, c->patience.timeout);
	}
	launcher_finish(c);
}

/* The answer takes longer than a user waits without a word. */
static void is_slow(evutil_socket_t fd, short what, void *arg)
{
	struct launcher_call *c = arg;

	(void)fd;
	(void)what;
	log_tell("%s %s has not answered for %d s; waiting for up to %ld s",
		program_name(c->program.name).s, c->verb, SLOW_SECONDS,
		c->patience.timeout);
}

static void could_not_start(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	launcher_finish(arg);
}

/*
 * The words before the launcher's own: "workgroup -g WG --command @ --". Split
 * at blanks; %g is the group. Returns how many; the strings are in *text.
 */
static size_t prefix_words(const struct invocation *inv, char **text,
	const char **argv)
{
	char *save = NULL, *word;
	size_t n = 0;

	*text = NULL;
	if (inv->opt->job.group == NULL)
		return 0;
	*text = mem_strdup(inv->opt->job.group_command);
	for (word = strtok_r(*text, " \t", &save);
		word != NULL && n < WORDS_MAX;
		word = strtok_r(NULL, " \t", &save))
		argv[n++] = strcmp(word,
			"%g") == 0 ? inv->opt->job.group : word;
	return n;
}

static int launcher_start(struct launcher_call *c, struct err *e)
{
	const struct invocation *inv = c->inv;
	char *program = launcher_path(inv, c->program.name);
	const char *argv[WORDS_MAX + 3];
	struct spawn s = { .session = 1, .fd = { -1, -1, -1 } };
	char *text;
	size_t n = prefix_words(inv, &text, argv);

	argv[n] = program;
	argv[n + 1] = c->verb;
	argv[n + 2] = NULL;
	s.path = argv[0];
	s.argv = (char *const *)argv;
	for (int i = 0; i < 3; i++) {
		int p[2];

		if (pipe2(p, O_CLOEXEC) == -1) {
			err_set(e, "cannot make a pipe: %s", strerror(errno));
			break;
		}
		s.fd[i] = p[i != 0];
		c->io.fd[i] = p[i == 0];
		flow_prepare(c->io.fd[i]);
	}
	if (c->io.fd[2] != -1)
		c->program.pid = spawn_start(&s, &c->program.report, e);
	for (int i = 0; i < 3; i++)
		if (s.fd[i] != -1)
			close(s.fd[i]);
	if (c->program.pid == -1)
		for (int i = 0; i < 3; i++)
			if (c->io.fd[i] != -1) {
				close(c->io.fd[i]);
				c->io.fd[i] = -1;
			}
	free(text);
	free(program);
	return c->program.pid == -1 ? -1 : 0;
}

/* Give it the request, and hear it. -1 with the end's message set. */
static int launcher_begin(struct launcher_call *c)
{
	const struct invocation *inv = c->inv;

	c->program.name = standin_launcher(inv);
	if (launcher_start(c, &c->end.message) == -1) {
		cannot_run(c);
		return -1;
	}
	log_debug("%s %s is process %ld", program_name(c->program.name).s, c->verb,
		(long)c->program.pid);
	c->program.starting = event_new(inv->base, c->program.report,
		EV_READ | EV_PERSIST, starting_cb, c);
	/* Without it the end of the child tells. */
	(void)event_add(c->program.starting, NULL);
	c->program.child = child_watch(inv->children, c->program.pid,
		child_ended, c);
	if (c->patience.timeout > 0)
		event_add(c->patience.timer,
			&(struct timeval){ .tv_sec = c->patience.timeout });
	/* To end a session takes its time. */
	if (c->patience.timeout > SLOW_SECONDS && strcmp(c->verb, "end") != 0)
		event_add(c->patience.slow,
			&(struct timeval){ .tv_sec = SLOW_SECONDS });
	outflow_init(&c->io.in, inv->base, c->io.fd[0], request_sent,
		request_failed, c);
	inflow_init(&c->io.out, inv->base, c->io.fd[1], 65536, answer_data,
		answer_end, c);
	inflow_init(&c->io.err, inv->base, c->io.fd[2], 65536, words_data,
		words_end, c);
	inflow_pause(&c->io.out, 0);
	inflow_pause(&c->io.err, 0);
	outflow_write(&c->io.in, buf_data(&c->io.request), c->io.request.len);
	if (outflow_queued(&c->io.in) == 0 && c->io.in.error == 0)
		close_fd(c, 0);
	return 0;
}

/* The same request for the one that stands in; the call goes on. */
static void launcher_again(struct launcher_call *c)
{
	close_fd(c, 0);
	buf_consume(&c->io.answer, c->io.answer.len);
	buf_consume(&c->io.words, c->io.words.len);
	c->program.status = 0;
	if (launcher_begin(c) == -1)
		launcher_finish(c);
}

struct launcher_call *launcher_run(const struct invocation *inv,
	const char *verb, struct buf *request, long timeout,
	void (*record)(const struct kv *, void *),
	void (*ended)(const struct launcher_end *, void *), void *arg)
{
	struct launcher_call *c = mem_alloc(sizeof *c);

	c->inv = inv;
	c->verb = mem_strdup(verb);
	c->program.pid = c->program.report = -1;
	c->io.fd[0] = c->io.fd[1] = c->io.fd[2] = -1;
	c->end.ok = 1;
	c->record = record;
	c->ended = ended;
	c->arg = arg;
	c->patience.slow = evtimer_new(inv->base, is_slow, c);
	c->patience.timer = evtimer_new(inv->base, timed_out, c);
	c->patience.timeout = timeout;
	if (timeout > 0)
		kv_writef(request, "timeout", "%ld", timeout);
	buf_puts(request, "\n");
	c->io.request = *request;
	*request = (struct buf){ 0 };
	if (launcher_begin(c) == -1) {
		/* Nobody is called back from here. */
		event_free(c->patience.timer);
		c->patience.timer = evtimer_new(inv->base, could_not_start, c);
		event_add(c->patience.timer, &(struct timeval){ 0 });
	}
	return c;
}

void launcher_cancel(struct launcher_call *c)
{
	if (c == NULL)
		return;
	c->cancelled = 1;
	if (!c->busy)
		launcher_destroy(c);
}
