/* SPDX-License-Identifier: BSD-2-Clause */
/* The loop is never held up: a command is a child, with a timer beside it. */
#include "net/hookrun.h"

#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/log.h"
#include "os/procsig.h"
#include "os/spawn.h"

struct hookrun {
	struct children *children;
	const struct hookrun_ops *ops;
	void *arg;
	const char *name;
	const struct opt_list *commands;	/* NULL: nothing is asked for */
	size_t at;			/* the next of them */
	long seconds;
	pid_t pid;			/* 0: none runs */
	int report;			/* of its start, see os/spawn.h */
	int is_late;
	struct child *child;
	struct event *late;
};

static const char *current(const struct hookrun *h)
{
	return h->commands->word[h->at - 1];
}

static void end_all(struct hookrun *h, const struct err *why)
{
	h->commands = NULL;
	h->ops->done(why, h->arg);
}

static void start_next(struct hookrun *h);

/* why says how the one that was started last has failed. */
static void command_failed(struct hookrun *h, struct err *why)
{
	err_prefix(why, "%s: '%.100s' ", h->name, current(h));
	if (current(h)[0] == '-') {
		log_warning("%s", why->text);
		start_next(h);
	} else {
		end_all(h, why);
	}
}

static void command_ended(pid_t pid, int status, void *arg)
{
	struct hookrun *h = arg;
	int late = h->is_late, outcome;
	struct err e;

	outcome = spawn_outcome(h->report, &e);
	/* What it left behind must not outlive its time limit. */
	procsig_send_group(pid, SIGKILL);
	event_del(h->late);
	close(h->report);
	h->pid = 0;
	h->child = NULL;
	if (outcome == -1)
		err_prefix(&e, "cannot run: ");
	else if (late)
		err_set(&e, "was killed, it took more than %ld s", h->seconds);
	else if (status != 0)
		err_set(&e, "ended with %s %d",
			WIFSIGNALED(status) ? "signal" : "status",
			WIFSIGNALED(status) ? WTERMSIG(status) :
			WEXITSTATUS(status));
	if (outcome == -1 || late || status != 0)
		command_failed(h, &e);
	else
		start_next(h);
}

static void hookrun_late_cb(evutil_socket_t fd, short what, void *arg)
{
	struct hookrun *h = arg;

	(void)fd;
	(void)what;
	h->is_late = 1;
	procsig_send_group(h->pid, SIGKILL);
	procsig_send(h->pid, SIGKILL);
}

static void start_next(struct hookrun *h)
{
	const char *command;
	struct err e;

	if (h->at == h->commands->n) {
		end_all(h, NULL);
		return;
	}
	command = h->commands->word[h->at++];
	h->is_late = 0;
	h->pid = h->ops->start(command + (command[0] == '-'), &h->report, &e,
		h->arg);
	if (h->pid == -1) {
		h->pid = 0;
		err_prefix(&e, "cannot run: ");
		command_failed(h, &e);
		return;
	}
	log_info("%s: process %ld", h->name, (long)h->pid);
	h->child = child_watch(h->children, h->pid, command_ended, h);
	event_add(h->late, &(struct timeval){ .tv_sec = h->seconds });
}

void hookrun_start(struct hookrun *h, const char *name,
	const struct opt_list *commands, long seconds)
{
	h->name = name;
	h->commands = commands;
	h->at = 0;
	h->seconds = seconds;
	start_next(h);
}

pid_t hookrun_pid(const struct hookrun *h)
{
	return h->pid;
}

int hookrun_is_busy(const struct hookrun *h)
{
	return h->commands != NULL;
}

struct hookrun *hookrun_new(struct event_base *base, struct children *children,
	const struct hookrun_ops *ops, void *arg)
{
	struct hookrun *h = mem_alloc(sizeof *h);

	h->children = children;
	h->ops = ops;
	h->arg = arg;
	h->late = evtimer_new(base, hookrun_late_cb, h);
	return h;
}

void hookrun_free(struct hookrun *h, int kills)
{
	child_forget(h->child);
	if (h->pid != 0) {
		close(h->report);
		if (kills)
			procsig_send_group(h->pid, SIGKILL);
	}
	event_free(h->late);
	free(h);
}
