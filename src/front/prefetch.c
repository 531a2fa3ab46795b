/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A child does it, once: the script prefetch-server, with low priority and within a
 * time limit. It looks whether anything is missing, too, since the folder may be on
 * a file system that hangs. It has none of our descriptors, so nothing that the
 * client sends or is sent passes it. Whatever fails is told in one line, and then all
 * is as without it: the client's script gets the server itself. It is not ended with
 * the front: a client may come back by itself, and again, before it is done.
 */
#include "front/prefetch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "editor/startscript.h"
#include "net/flow.h"
#include "os/fd.h"
#include "os/log.h"
#include "os/procsig.h"
#include "os/spawn.h"

#define URL "https://update.code.visualstudio.com/commit:%c/%a/%q"
#define LIMIT "15m"		/* as timeout(1) takes it */
#define LIMIT_STATUS 124	/* and what it ends with then */
#define LINE_MAX_BYTES 4096

struct prefetch_child {
	pid_t pid;		/* 0: none runs */
	int report;		/* of its start, see os/spawn.h */
	int out;
	struct child *child;
	struct inflow in;
	struct buf said;	/* from the start of a line */
	char *why;		/* it has failed, or NULL */
};

struct prefetch {
	const struct invocation *inv;
	int is_over;		/* nothing more is looked for */
	struct startscript script;
	char *folder;		/* NULL: not known yet */
	struct prefetch_child run;
};

/* What uname(2) says, and what VS Code calls it. */
static const struct machine {
	const char *name, *arch;
} machines[] = {
	{ "x86_64", "x64" },
	{ "aarch64", "arm64" },
	{ "armv7l", "armhf" },
	{ "armv8l", "armhf" },
};

static const char *arch_of_machine(const char *name)
{
	for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
		if (strcmp(name, machines[i].name) == 0)
			return machines[i].arch;
	return NULL;
}

static void keep_why(struct prefetch *p, const char *why)
{
	free(p->run.why);
	p->run.why = mem_strdup(why);
}

static void prefetch_line(struct prefetch *p, const char *line)
{
	if (strncmp(line, "begin ", 6) == 0)
		log_tell("prefetch: getting %s into %s, on this node",
			line + 6, p->folder);
	else if (strncmp(line, "done ", 5) == 0)
		log_tell("prefetch: %s is in place", line + 5);
	else if (strncmp(line, "failed ", 7) == 0)
		keep_why(p, line + 7);
	else if (line[0] != '\0')
		keep_why(p, line);
}

static void prefetch_said(struct inflow *in, char *data, size_t len, void *arg)
{
	struct prefetch *p = arg;
	struct buf *said = &p->run.said;
	char *line;
	size_t n;

	(void)in;
	buf_append(said, data, len);
	while ((line = buf_line(said, &n)) != NULL) {
		line[n] = '\0';
		prefetch_line(p, line);
		buf_consume(said, n + 1);
	}
	if (said->len > LINE_MAX_BYTES)
		buf_consume(said, said->len);
}

static void prefetch_said_all(struct inflow *in, int error, void *arg)
{
	(void)error;
	(void)arg;
	inflow_pause(in, 1);
}

static void drop_child(struct prefetch_child *c)
{
	if (c->pid == 0)
		return;
	c->pid = 0;
	c->child = NULL;
	inflow_fini(&c->in);
	close(c->out);
	close(c->report);
}

static void tell_failure(const char *why)
{
	log_tell("prefetch: %s; the editor's script will get what is missing itself, in the job",
		why);
}

static void prefetch_ended(pid_t pid, int status, void *arg)
{
	struct prefetch *p = arg;
	struct err e;
	int outcome = spawn_outcome(p->run.report, &e);

	inflow_drain(&p->run.in);
	procsig_send_group(pid, SIGKILL);
	drop_child(&p->run);
	if (outcome == -1)
		err_prefix(&e, "cannot run: ");
	else if (WIFEXITED(status) && WEXITSTATUS(status) == LIMIT_STATUS)
		err_set(&e, "it took longer than " LIMIT);
	else if (status != 0 && p->run.why != NULL)
		err_set(&e, "%s", p->run.why);
	else if (status != 0)
		err_set(&e, "it ended with %s %d",
			WIFSIGNALED(status) ? "signal" : "status",
			WIFSIGNALED(status) ? WTERMSIG(status) :
			WEXITSTATUS(status));
	if (outcome == -1 || status != 0)
		tell_failure(e.text);
	else
		log_info("prefetch: over");
}

/* The URL, as its input: it may have a password, and others can read arguments. */
static int open_input(const char *url, struct err *e)
{
	size_t len = strlen(url);
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) == -1)
		return err_set(e, "cannot make a pipe: %s", strerror(errno));
	/* A pipe has room for what somebody means. */
	if (fcntl(ends[1], F_SETFL, O_NONBLOCK) == -1 ||
		write(ends[1], url, len) != (ssize_t)len) {
		err_set(e, "the URL is too long");
		fd_close(ends[0]);
		ends[0] = -1;
	}
	close(ends[1]);
	return ends[0];
}

/* -1 with e set: there is none. */
static int prefetch_start(struct prefetch *p, char *const *argv, struct err *e)
{
	const char *url = p->inv->opt->prefetch.url;
	struct prefetch_child *c = &p->run;
	int ends[2], in = open_input(url != NULL ? url : URL, e);

	if (in == -1)
		return -1;
	if (pipe2(ends, O_CLOEXEC) == -1) {
		err_set(e, "cannot make a pipe: %s", strerror(errno));
		close(in);
		return -1;
	}
	c->pid = spawn_start(&(struct spawn){ .path = argv[0], .argv = argv,
		.session = 1, .fd = { in, ends[1], ends[1] } }, &c->report, e);
	close(in);
	close(ends[1]);
	if (c->pid == -1) {
		c->pid = 0;
		close(ends[0]);
		return -1;
	}
	c->out = ends[0];
	flow_prepare(c->out);
	inflow_init(&c->in, p->inv->base, c->out, LINE_MAX_BYTES, prefetch_said,
		prefetch_said_all, p);
	inflow_pause(&c->in, 0);
	c->child = child_watch(p->inv->children, c->pid, prefetch_ended, p);
	return 0;
}

/* For which machines: NULL with e set: for none that is known. */
static const char *wanted_arch(const struct options *o, const char *here,
	const char *machine, struct err *e)
{
	const struct opt *row = optset_row(&o->set, &o->prefetch.what);

	if (o->prefetch.what != OPTIONS_PREFETCH_ON)
		return row->words[o->prefetch.what];
	if (here == NULL)
		err_set(e, "VS Code has no server for %.60s, which this node is: if others are not, name theirs with --prefetch=ARCH",
			machine);
	return here;
}

static void add_word(struct opt_list *words, const char *word)
{
	optlist_add(words, mem_strdup(word));
}

/* A program for other machines runs on none of these. */
static void add_extensions(struct opt_list *words, const struct opt_list *names,
	int can_run)
{
	if (names->n > 0 && !can_run)
		log_tell("prefetch-extensions: has no effect, for the nodes are other machines than this one");
	for (size_t i = 0; i < names->n && can_run; i++)
		add_word(words, names->word[i]);
}

static char *folder_of(const struct prefetch *p)
{
	const struct startscript_wants *w = &p->script.wants;

	return mem_printf("%s%s", w->in_home ? p->inv->user.home : "",
		w->folder);
}

static void prefetch_begin(struct prefetch *p)
{
	const struct options *o = p->inv->opt;
	const struct startscript_wants *w = &p->script.wants;
	const char *const before[] = { "nice", "-n", "19", "timeout", "-k",
		"10", LIMIT, "sh" };
	struct opt_list words = { 0 };
	struct utsname machine = { .machine = "" };
	const char *here, *arch;
	struct err e;

	(void)uname(&machine);
	here = arch_of_machine(machine.machine);
	arch = wanted_arch(o, here, machine.machine, &e);
	if (arch == NULL) {
		tell_failure(e.text);
		return;
	}
	p->folder = folder_of(p);
	for (size_t i = 0; i < sizeof before / sizeof *before; i++)
		add_word(&words, before[i]);
	optlist_add(&words, mem_printf("%s/prefetch-server", p->inv->libexec));
	add_word(&words, p->folder);
	add_word(&words, w->kind == STARTSCRIPT_CLI ? "cli" : "bin");
	add_word(&words, w->commit);
	add_word(&words, w->quality);
	add_word(&words, arch);
	add_extensions(&words, &o->prefetch.extensions, here != NULL &&
		strcmp(here, arch) == 0);
	optlist_add(&words, NULL);
	log_info("prefetch: %s %s", w->quality, w->commit);
	if (prefetch_start(p, words.word, &e) == -1)
		tell_failure(e.text);
	optlist_free(&words);
}

void prefetch_hear(const char *data, size_t len, void *arg)
{
	struct prefetch *p = arg;
	enum startscript_state state;

	if (p->is_over)
		return;
	state = startscript_feed(&p->script, data, len);
	p->is_over = state != STARTSCRIPT_MORE;
	if (state == STARTSCRIPT_KNOWN)
		prefetch_begin(p);
}

struct prefetch *prefetch_new(const struct invocation *inv)
{
	struct prefetch *p;

	if (inv->opt->prefetch.what == OPTIONS_PREFETCH_OFF)
		return NULL;
	p = mem_alloc(sizeof *p);
	p->inv = inv;
	return p;
}

void prefetch_free(struct prefetch *p)
{
	if (p == NULL)
		return;
	child_forget(p->run.child);
	drop_child(&p->run);
	buf_fini(&p->run.said);
	free(p->run.why);
	free(p->folder);
	free(p);
}
