/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands attach, shell and alloc: find or start the session, reach its
 * agent, and for the first two run a shell there for as long as the ssh
 * connection lasts, attach with the ports of VS Code's server and a little
 * longer.
 */
#include <signal.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/mem.h"
#include "base/timespan.h"
#include "front/cmd/commands.h"
#include "front/control.h"
#include "front/forward.h"
#include "front/job/called.h"
#include "front/job/job.h"
#include "front/job/session.h"
#include "front/limit.h"
#include "front/parting.h"
#include "front/shell.h"
#include "front/stdio.h"
#include "os/log.h"

#define SHORT (15 * 60)		/* seconds; then what is left is told */

/*
 * When the ssh connection goes. Whoever is connected still keeps the front; but
 * a connection of which nobody has heard anything for so long, not for ever.
 */
#define QUIET_MAX 3600

/* What our ports did while we linger: our work. */
struct quiet {
	unsigned long long moved;	/* bytes, at the last look */
	long seconds;			/* since that was more */
};

static int attach_is_used(void *arg)
{
	struct front *f = arg;
	struct quiet *q = f->work;
	unsigned long long moved = forward_moved(f->forward);

	q->seconds = moved != q->moved ? 0 : q->seconds + f->opt.forward.linger;
	q->moved = moved;
	return forward_is_busy(f->forward) && q->seconds < QUIET_MAX;
}

/*
 * Linger, or exit. A client that comes back to the old port finds it while we
 * linger. With a port of the user's choice we do not: the next front needs it.
 */
static void attach_hung_up(void *arg)
{
	struct front *f = arg;
	long linger = f->opt.forward.listen_port != 0 ? 0 : f->opt.forward.linger;

	stdio_detach(f->stdio);
	if (f->shell == NULL && f->opt.job.on_hangup == OPTIONS_HANGUP_CANCEL) {
		parting_tell(f->parting, PARTING_SSH_GONE_GIVE_UP, 0);
		session_give_up(f->session, 128 + SIGHUP, 1);
		return;
	}
	if (linger == 0 || f->forward == NULL || !forward_is_used(f->forward)) {
		parting_tell(f->parting, PARTING_SSH_GONE, 128 + SIGHUP);
		return;
	}
	f->work = mem_alloc(sizeof(struct quiet));
	f->work_free = free;
	parting_linger(f->parting, linger);
}

static void attach_interrupted(void *arg)
{
	struct front *f = arg;

	if (f->session != NULL)
		session_give_up(f->session, 128 + SIGINT, 0);
	else
		parting_exit(f->parting, 128 + SIGINT);
}

static const struct parting_ops parting_ops = {
	.hung_up = attach_hung_up,
	.interrupted = attach_interrupted,
	.is_used = attach_is_used,
};

/* From the session's name to a shell in its job. */

static void agent_answers(const struct sockaddr *addr, socklen_t len,
	const char *node, void *arg);

static void agent_silent(const struct err *why, int auth, void *arg)
{
	struct front *f = arg;
	struct control *failed = f->control;

	f->control = NULL;
	if (auth) {
		log_fail("the agent of session '%s' refused us, or is not ours: %s; `%s` ends the session, then connect again",
			f->opt.session.name, why->text,
			called_for(f, "cancel").s);
		parting_exit(f->parting, EX_PROTOCOL);
	} else {
		session_retry(f->session, why);
	}
	control_free(failed);
}

/* The session is known: dial its agent. */
static void session_ready(const struct place *p, void *arg)
{
	struct front *f = arg;

	f->place = *p;
	f->control = control_new(f, &f->place, agent_answers, agent_silent, f);
}

/* Who comes when the agent's warnings are over should know, too. */
static void tell_place(const struct front *f, const char *node)
{
	const struct place *p = &f->place;
	long left = p->ends_ms != 0 ? job_seconds_left(p->ends_ms) : SHORT;

	log_tell("session '%s' is job %s on %s%s%s%s", f->opt.session.name, p->job,
		node, left < SHORT ? ", " : "",
		left < SHORT ? timespan_text(left).s : "",
		left < SHORT ? " left" : "");
}

static void allocated(void *arg)
{
	struct front *f = arg;

	parting_exit(f->parting, EX_OK);
}

static void agent_answers(const struct sockaddr *addr, socklen_t len,
	const char *node, void *arg)
{
	struct front *f = arg;

	/* Behind a command its output counts, as with ssh. */
	if (f->opt.line.operands.n == 0)
		tell_place(f, node);
	f->limit = limit_new(f);
	/* Who allocates leaves, and perhaps nobody else tells the limit. */
	if (f->stdio == NULL) {
		limit_settle(f->limit, allocated, f);
		return;
	}
	if (f->forward != NULL)
		forward_set_agent(f->forward, &f->place, addr, len);
	f->shell = shell_new(f, addr, len);
}

static void cannot_begin(struct front *f, int status, const struct err *why)
{
	log_fail("%s", why->text);
	parting_exit(f->parting, status);
}

static void begin(struct front *f, enum session_want want)
{
	f->session = session_new(f);
	session_start(f->session, want, session_ready, f);
}

static int open_stdio(struct front *f)
{
	struct err e;

	f->stdio = stdio_new(f, &e);
	if (f->stdio == NULL) {
		cannot_begin(f, EX_CANTCREAT, &e);
		return -1;
	}
	parting_set_ops(f->parting, &parting_ops, f);
	return 0;
}

static void attach_run(struct front *f)
{
	struct err e;

	if (open_stdio(f) == -1)
		return;
	f->forward = forward_new(f, &e);
	if (f->forward == NULL)
		cannot_begin(f, EX_OSERR, &e);
	else
		begin(f, cmd_attach.want);
}

const struct command cmd_attach = {
	.name = "attach",
	.operands = "[NAME]",
	.session = COMMAND_ONE,
	.max = 1,
	.help = "be the RemoteCommand, as without any command: come back to the session or start it, run a shell in its job, and forward the ports of VS Code's server",
	.run = attach_run,
	.want = SESSION_START,
};

/*
 * Typed by somebody who wants into a session that is there. To start one from
 * here would be without the options of the job that his ssh configuration has.
 */
static void shell_run(struct front *f)
{
	if (open_stdio(f) == 0)
		begin(f, cmd_shell.want);
}

const struct command cmd_shell = {
	.name = "shell",
	.operands = "[NAME] [--] [WORD]...",
	.session = COMMAND_ONE,
	.max = -1,
	.help = "run a login shell, or a command, in the job of a session that is there",
	.more = "It has a terminal if stdin and stdout are one. As with ssh the words are put together and read by a shell, and its exit status is passed on. Without NAME write -- before the command. No job is started; a session that waits in the queue is waited for.",
	.run = shell_run,
	.want = SESSION_JOIN,
};

const struct command cmd_ssh = {
	.name = "ssh",
	.operands = "[NAME] [--] [WORD]...",
	.session = COMMAND_ONE,
	.max = -1,
	.help = "the same as shell",
	.alias = "shell",
};

static const struct parting_ops alloc_parting_ops = {
	.interrupted = attach_interrupted,
};

static void alloc_run(struct front *f)
{
	parting_set_ops(f->parting, &alloc_parting_ops, f);
	begin(f, f->opt.flags.no_wait ? SESSION_QUEUE : cmd_alloc.want);
}

const struct command cmd_alloc = {
	.name = "alloc",
	.operands = "[NAME]",
	.session = COMMAND_ONE,
	.max = 1,
	.help = "start the session ahead of time, if there is none, and wait until it can be used",
	.more = "Give the options of the job as in your ssh configuration (-S). Ctrl-C takes a job back that still waits and that was submitted by this command; with --no-wait it is left in the queue at once. A session that nobody connects to ends after its --idle-timeout.",
	.run = alloc_run,
	.want = SESSION_ALLOC,
};
