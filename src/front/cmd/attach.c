/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands attach, shell and alloc: find or start the session, reach its
 * agent, and for the first two run a shell there for as long as the ssh
 * connection lasts, attach with the ports of VS Code's server and a little
 * longer.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "base/timespan.h"
#include "front/banner.h"
#include "front/brought.h"
#include "front/cmd/attach.h"
#include "front/cmd/commands.h"
#include "front/forced_waiter.h"
#include "front/front_carry.h"
#include "front/front_control.h"
#include "front/front_forward.h"
#include "front/front_limit.h"
#include "front/front_outbound.h"
#include "front/front_service.h"
#include "front/front_shell.h"
#include "front/job/called.h"
#include "front/job/job.h"
#include "front/job/nodelook.h"
#include "front/job/session.h"
#include "front/parting.h"
#include "front/prefetch.h"
#include "front/sshgone.h"
#include "front/stdio.h"
#include "net/alarm.h"
#include "os/log.h"

#define FATE_MS 1000		/* in which the job's end is heard of, if it was that */
#define SHORT (15 * 60)		/* seconds; a job that has less left is told of */

/* Seconds in which an editor comes to its ports whose script has ended. */
#define COMES_SECONDS 60

/*
 * Seconds. A front whose ssh is gone lingers while clients are connected to its
 * ports; but when no byte was moved for so long they are taken for dead, or it
 * would stay for ever.
 */
#define QUIET_MAX 3600

/*
 * One connection of the user to the agent of a session, and all who take part.
 * In which order they come and go is said here alone.
 */
struct connection {
	const struct invocation *inv;
	struct connection_client {
		struct stdio *stdio;		/* NULL: of alloc */
		struct prefetch *prefetch;	/* NULL: not wanted, not of attach */
	} client;
	struct front_forward *forward;	/* NULL: not of attach */
	struct front_carry *carry;	/* of what goes beside the shell */
	struct front_service *service;	/* the same, from the job to us */
	struct connection_offers {		/* there */
		struct brought *brought;	/* NULL: of alloc */
		struct front_outbound *outbound;	/* NULL: not wanted */
	} offers;
	struct session *session;
	struct connection_agent {
		struct place place;		/* once the session is ready */
		struct front_control *control;	/* the same */
		struct nodelook *node;		/* with --node, once asked for */
		struct front_limit *limit;	/* once it answers */
		struct sockaddr_storage addr;	/* where it does */
		socklen_t len;
	} agent;
	struct front_shell *shell;		/* the same; NULL: of alloc */
	struct connection_user {	/* in place of a shell */
		struct sshgone *gone;	/* NULL: its stdio sees it, or not there */
		const char *host_key;	/* of an sshd; NULL: not of proxy */
		/* NULL: not of another command */
		void (*answers)(const struct connection_to *, void *);
		void *arg;
		int has_agent;
		struct user_cut {	/* see connection_cut() */
			struct alarm *late;	/* NULL: it was not */
			int status;
			struct err why;
		} cut;
	} user;
	struct buf banner;
	struct quiet {			/* what our ports do while we linger */
		unsigned long long moved;	/* bytes, at the last look */
		long seconds;			/* since that was more */
	} quiet;
};

static int attach_is_used(void *arg)
{
	struct connection *c = arg;
	struct quiet *q = &c->quiet;
	unsigned long long moved = front_carry_moved(c->carry);

	q->seconds = moved != q->moved ? 0 :
		q->seconds + c->inv->opt->forward.linger;
	q->moved = moved;
	return front_carry_has_any(c->carry) && q->seconds < QUIET_MAX;
}

/*
 * Linger, or exit. A client that comes back to the old port finds it while we
 * linger. With a port of the user's choice we do not: the next front needs it.
 */
static void attach_hung_up(void *arg)
{
	struct connection *c = arg;
	const struct options *o = c->inv->opt;
	long linger = o->forward.listen_port != 0 ? 0 : o->forward.linger;

	stdio_detach(c->client.stdio);
	front_service_hang_up(c->service);
	if (c->shell == NULL && o->job.on_hangup == OPTIONS_HANGUP_CANCEL) {
		parting_tell(c->inv->parting, PARTING_SSH_GONE_GIVE_UP, 0);
		/* One of attach or proxy comes again, and finds what it left. */
		session_give_up(c->session, 128 + SIGHUP, c->forward != NULL ||
			c->user.host_key != NULL);
		return;
	}
	if (linger == 0 || c->forward == NULL || !front_forward_has_ports(c->forward)) {
		parting_tell(c->inv->parting, PARTING_SSH_GONE, 128 + SIGHUP);
		return;
	}
	parting_linger(c->inv->parting, linger);
}

/*
 * An editor that gives ssh a command lets it end when its server is there, and
 * then comes through the same ssh to the ports.
 */
static long attach_stays(int status, void *arg)
{
	struct connection *c = arg;
	const struct options *o = c->inv->opt;

	if (!forced_waiter_is_there(o) || c->forward == NULL ||
		!front_forward_has_ports(c->forward))
		return 0;
	stdio_detach(c->client.stdio);
	forced_waiter_tell(o, status);
	return o->forward.linger > COMES_SECONDS ? o->forward.linger :
		COMES_SECONDS;
}

static void attach_interrupted(void *arg)
{
	struct connection *c = arg;

	/* It gets what was typed on a terminal that is raw. */
	if (c->shell != NULL)
		return;
	if (c->session != NULL)
		session_give_up(c->session, 128 + SIGINT, 0);
	else
		parting_exit(c->inv->parting, 128 + SIGINT);
}

static const struct parting_ops attach_parting_ops = {
	.hung_up = attach_hung_up,
	.interrupted = attach_interrupted,
	.stays = attach_stays,
	.is_used = attach_is_used,
};

/* From the session's name to a shell in its job. */

static void agent_answers(const struct sockaddr *addr, socklen_t len,
	const char *node, void *arg);

static void agent_silent(const struct err *why, int auth, void *arg)
{
	struct connection *c = arg;
	struct front_control *failed = c->agent.control;

	c->agent.control = NULL;
	if (auth) {
		log_fail("the agent of session '%s' refused us, or is not ours: %s; `%s` ends the session, then connect again",
			c->inv->opt->session.name, why->text,
			called_for(c->inv, "cancel").s);
		parting_exit(c->inv->parting, EX_PROTOCOL);
	} else {
		session_retry(c->session, why);
	}
	front_control_free(failed);
	nodelook_free(c->agent.node);
	c->agent.node = NULL;
}

/* From the session's agent to that of another node of its job. */

static void node_found(const struct endpoint *at, void *arg)
{
	struct connection *c = arg;

	front_control_free(c->agent.control);
	c->agent.place.at = *at;
	c->agent.control = front_control_new(c->inv, &c->agent.place, agent_answers,
		agent_silent, c);
}

static void node_failed(int status, const struct err *why, void *arg)
{
	struct connection *c = arg;

	log_fail("%s", why->text);
	parting_exit(c->inv->parting, status);
}

static const struct nodelook_ops node_ops = {
	.found = node_found,
	.failed = node_failed,
};

static void ask_for_node(struct connection *c, const struct sockaddr *addr,
	socklen_t len)
{
	if (front_control_version(c->agent.control) < NODE_VERSION) {
		log_fail("the session was started by an older version, which reaches no other node; `%s` ends it, then connect again",
			called_for(c->inv, "cancel").s);
		parting_exit(c->inv->parting, EX_PROTOCOL);
		return;
	}
	c->agent.node = nodelook_new(c->inv, &c->agent.place, addr, len, &node_ops, c);
}

/* The session is known: dial its agent. */
static void session_ready(const struct place *p, void *arg)
{
	struct connection *c = arg;

	c->agent.place = *p;
	c->agent.control = front_control_new(c->inv, &c->agent.place, agent_answers, agent_silent,
		c);
}

/* The agent warns of the time limit; who comes later has missed that. */
static void tell_place(const struct connection *c, const char *node)
{
	const struct place *p = &c->agent.place;
	long left = p->ends_ms != 0 ? job_seconds_left(p->ends_ms) : SHORT;

	log_tell("session '%s' is job %s on %s%s%s%s", c->inv->opt->session.name,
		p->job, node, left < SHORT ? ", " : "",
		left < SHORT ? timespan_text(left).s : "",
		left < SHORT ? " left" : "");
}

/*
 * Behind a command its output counts, as with ssh. A ProxyCommand runs for each
 * scp: only who has waited, or has little time left, is told.
 */
static int is_to_be_told(const struct connection *c)
{
	const struct place *p = &c->agent.place;

	if (c->user.answers != NULL)
		return 0;
	if (c->user.host_key != NULL)
		return !p->by_agent || (p->ends_ms != 0 &&
			job_seconds_left(p->ends_ms) < SHORT);
	return c->inv->opt->line.operands.n == 0;
}

static void allocated(void *arg)
{
	struct connection *c = arg;

	parting_exit(c->inv->parting, EX_OK);
}

static void begin_shell(struct connection *c)
{
	struct connection_agent *a = &c->agent;

	c->shell = front_shell_new(c->inv, &(struct front_shell_with){ .stdio = c->client.stdio,
		.forward = c->forward, .control = a->control,
		.place = &a->place, .host_key = c->user.host_key },
		(struct sockaddr *)&a->addr, a->len);
}

static void offers_heard(int ours, const char *why, void *arg)
{
	(void)ours;
	(void)why;
	begin_shell(arg);
}

/* What a shell is given depends on what was offered before it. */
static void brought_known(void *arg)
{
	struct connection *c = arg;

	if (front_service_has_offers(c->service) &&
		!front_service_is_told(c->service))
		log_tell("--forward-agent, --forward-x11 and --outbound have no effect: the session was started by an older version; `%s` ends it, then connect again",
			called_for(c->inv, "cancel").s);
	if (front_service_is_told(c->service))
		front_control_await_heard(c->agent.control, offers_heard, c);
	else
		begin_shell(c);
}

static void agent_answers(const struct sockaddr *addr, socklen_t len,
	const char *node, void *arg)
{
	struct connection *c = arg;

	if (c->inv->opt->shell.node != NULL && c->agent.node == NULL) {
		ask_for_node(c, addr, len);
		return;
	}
	if (is_to_be_told(c)) {
		banner_tell(&c->banner);
		tell_place(c, node);
	}
	c->agent.limit = front_limit_new(c->inv, c->agent.control, &c->agent.place);
	if (c->user.answers != NULL) {
		c->user.has_agent = 1;
		c->user.answers(&(struct connection_to){ c->agent.control,
			&c->agent.place, addr, len, node }, c->user.arg);
		return;
	}
	/* Who allocates leaves, and perhaps nobody else tells the limit. */
	if (c->client.stdio == NULL) {
		front_limit_settle(c->agent.limit, allocated, c);
		return;
	}
	front_carry_set_agent(c->carry, &c->agent.place.key, addr, len);
	if (c->forward != NULL)
		front_forward_set_agent(c->forward, c->agent.control);
	front_outbound_set_networks(c->offers.outbound,
		front_control_networks(c->agent.control));
	front_service_set_control(c->service, c->agent.control);
	memcpy(&c->agent.addr, addr, len);
	c->agent.len = len;
	brought_await(c->offers.brought, brought_known, c);
}

static void cut_late(void *arg)
{
	struct connection *c = arg;
	const struct user_cut *cut = &c->user.cut;

	if (front_control_is_ending(c->agent.control))
		return;
	log_fail("%s", cut->why.text);
	parting_exit(c->inv->parting, cut->status);
}

void connection_cut(struct connection *c, int status, const struct err *why)
{
	struct user_cut *cut = &c->user.cut;

	if (cut->late != NULL)
		return;
	cut->status = status;
	cut->why = *why;
	cut->late = alarm_new(c->inv->base, cut_late, c);
	alarm_set(cut->late, FATE_MS);
}

static void cannot_begin(struct connection *c, int status,
	const struct err *why)
{
	log_fail("%s", why->text);
	parting_exit(c->inv->parting, status);
}

/* What the scheduler says of the job afterwards is for its agent. */

static void limit_confirmed(long long ends_ms, void *arg)
{
	struct connection *c = arg;

	front_control_limit(c->agent.control, ends_ms);
}

static void job_is_gone(const char *reason, void *arg)
{
	struct connection *c = arg;

	front_control_end(c->agent.control, reason);
}

static const struct session_ops session_ops = {
	.ready = session_ready,
	.confirmed = { .limit = limit_confirmed, .over = job_is_gone },
};

/* From the command to its session. */

static struct connection *connection_new(const struct invocation *inv)
{
	struct connection *c = mem_alloc(sizeof *c);

	c->inv = inv;
	c->carry = front_carry_new(inv->base, inv->opt->forward.byte_limit);
	c->service = front_service_new(inv->base, c->carry);
	if (inv->opt->log.quiet == 0)
		banner_read(inv->opt->site.banner, &c->banner);
	return c;
}

void connection_free(void *arg)
{
	struct connection *c = arg;

	front_shell_free(c->shell);
	brought_free(c->offers.brought);
	front_service_free(c->service);
	front_outbound_free(c->offers.outbound);
	front_carry_free(c->carry);
	front_forward_free(c->forward);
	front_limit_free(c->agent.limit);
	nodelook_free(c->agent.node);
	front_control_free(c->agent.control);
	session_free(c->session);
	stdio_free(c->client.stdio);
	prefetch_free(c->client.prefetch);
	sshgone_free(c->user.gone);
	alarm_free(c->user.cut.late);
	buf_fini(&c->banner);
	explicit_bzero(&c->agent.place, sizeof c->agent.place);
	free(c);
}

static void find_session(struct connection *c, enum session_want want)
{
	c->session = session_new(c->inv, &session_ops, c);
	session_start(c->session, want);
}

static int open_stdio(struct connection *c)
{
	struct err e;

	c->client.stdio = stdio_new(c->inv->base, c->inv->parting,
		&c->inv->opt->tee, &e);
	if (c->client.stdio == NULL) {
		cannot_begin(c, EX_CANTCREAT, &e);
		return -1;
	}
	parting_set_ops(c->inv->parting, &attach_parting_ops, c);
	c->offers.brought = brought_new(c->inv, c->service);
	c->offers.outbound = front_outbound_new(c->inv, c->service);
	return 0;
}

/* To the shell, if there is one. */
int connection_signalled(void *arg, int sig)
{
	struct connection *c = arg;

	if (c->shell == NULL)
		return 0;
	if (sig == SIGWINCH)
		front_shell_window(c->shell);
	else
		front_shell_signal(c->shell, sig);
	return 1;
}

struct connection *connection_with_ports(const struct invocation *inv)
{
	struct connection *c = connection_new(inv);
	struct err e;

	if (open_stdio(c) == -1)
		return c;
	c->client.prefetch = prefetch_new(inv);
	if (c->client.prefetch != NULL)
		stdio_listen(c->client.stdio, prefetch_hear, c->client.prefetch);
	c->forward = front_forward_new(inv->base, inv->parting, &inv->opt->forward,
		c->carry, &e);
	if (c->forward == NULL)
		cannot_begin(c, EX_OSERR, &e);
	else
		find_session(c, cmd_attach.want);
	return c;
}

static void *attach_begin(const struct invocation *inv)
{
	return connection_with_ports(inv);
}

static const struct command_ops attach_ops = {
	.begin = attach_begin,
	.signalled = connection_signalled,
	.end = connection_free,
};

const struct command cmd_attach = {
	.name = "attach",
	.operands = "[NAME]",
	.session = COMMAND_ONE,
	.max = 1,
	.help = "be the RemoteCommand, as without any command: come back to the session or start it, run a shell in its job, and forward the ports of VS Code's server",
	.ops = &attach_ops,
	.want = SESSION_START,
};

/*
 * Typed by somebody who wants into a session that is there. To start one from
 * here would be without the options of the job that his ssh configuration has.
 */
static void *shell_begin(const struct invocation *inv)
{
	struct connection *c = connection_new(inv);

	if (open_stdio(c) == 0)
		find_session(c, cmd_shell.want);
	return c;
}

static const struct command_ops shell_ops = {
	.begin = shell_begin,
	.signalled = connection_signalled,
	.end = connection_free,
};

const struct command cmd_shell = {
	.name = "shell",
	.operands = "[NAME] [--] [WORD]...",
	.session = COMMAND_ONE,
	.max = -1,
	.help = "run a login shell, or a command, in the job of a session that is there",
	.more = "It has a terminal if stdin and stdout are one. As with ssh the words are put together and read by a shell, and its exit status is passed on. Without NAME write -- before the command. No job is started; a session that waits in the queue is waited for.",
	.ops = &shell_ops,
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

struct connection *connection_to_sshd(const struct invocation *inv,
	const char *host_key)
{
	struct connection *c = connection_new(inv);

	c->user.host_key = host_key;
	if (open_stdio(c) == 0)
		find_session(c, inv->opt->line.profiles != NULL ?
			SESSION_JOIN : SESSION_START);
	return c;
}

/* While the job is waited for that is left as by `shell`. */
static void user_hung_up(void *arg)
{
	struct connection *c = arg;

	if (!c->user.has_agent &&
		c->inv->opt->job.on_hangup == OPTIONS_HANGUP_CANCEL) {
		parting_tell(c->inv->parting, PARTING_SSH_GONE_GIVE_UP, 0);
		session_give_up(c->session, 128 + SIGHUP, 0);
		return;
	}
	parting_tell(c->inv->parting, PARTING_SSH_GONE, 128 + SIGHUP);
}

static void user_interrupted(void *arg)
{
	struct connection *c = arg;

	if (c->user.has_agent)
		parting_exit(c->inv->parting, 128 + SIGINT);
	else
		session_give_up(c->session, 128 + SIGINT, 0);
}

static const struct parting_ops user_parting_ops = {
	.hung_up = user_hung_up,
	.interrupted = user_interrupted,
};

struct connection *connection_for(const struct invocation *inv,
	void (*answers)(const struct connection_to *, void *), void *arg)
{
	struct connection *c = connection_new(inv);

	c->user.answers = answers;
	c->user.arg = arg;
	parting_set_ops(inv->parting, &user_parting_ops, c);
	if (!inv->opt->flags.stdio)
		c->user.gone = sshgone_new(inv->base, inv->parting);
	find_session(c, SESSION_JOIN);
	return c;
}

static const struct parting_ops alloc_parting_ops = {
	.interrupted = attach_interrupted,
};

static void *alloc_begin(const struct invocation *inv)
{
	struct connection *c = connection_new(inv);

	parting_set_ops(inv->parting, &alloc_parting_ops, c);
	find_session(c, inv->opt->flags.no_wait ? SESSION_QUEUE :
		cmd_alloc.want);
	return c;
}

static const struct command_ops alloc_ops = {
	.begin = alloc_begin,
	.end = connection_free,
};

const struct command cmd_alloc = {
	.name = "alloc",
	.operands = "[NAME]",
	.session = COMMAND_ONE,
	.max = 1,
	.help = "start the session ahead of time, if there is none, and wait until it can be used",
	.more = "Give the options of the job as in your ssh configuration. Ctrl-C takes a job back that still waits and that was submitted by this command; with --no-wait it is left in the queue at once. A session that nobody connects to ends after its --idle-timeout.",
	.ops = &alloc_ops,
	.want = SESSION_ALLOC,
};
