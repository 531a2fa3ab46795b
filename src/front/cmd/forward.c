/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command forward: a listener of the job for the user's own computer, for as
 * long as the command runs; or with --stdio one connection to it, on stdin and
 * stdout. It joins a session that is there, as `shell` does. One of another host,
 * which the job's node reaches, is tried once before it is told.
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/number.h"
#include "front/cmd/attach.h"
#include "front/cmd/commands.h"
#include "front/cmd/userport.h"
#include "front/front_control.h"
#include "front/hostlist.h"
#include "front/job/called.h"
#include "front/job/place.h"
#include "front/parting.h"
#include "front/portword.h"
#include "front/stdio.h"
#include "os/log.h"

struct forward {
	const struct invocation *inv;
	struct connection *connection;
	struct portword word;
	struct reach reach;		/* of another host than the node */
	struct forward_agent {		/* once it answers */
		struct connection_to at;
		struct sockaddr_storage addr;
	} agent;
	struct link *trial;		/* NULL: none runs */
	struct userport *port;
	struct forward_stdio {		/* with --stdio */
		struct stdio *io;	/* NULL: without */
		struct link *link;	/* until the relay has it */
		struct relay *relay;
		int is_gone;		/* nobody has the job's end any more */
	} stdio;
};

/* Whether it is on another host. */
static int is_beyond(const struct forward *f)
{
	return f->word.host[0] != '\0';
}

static struct portword_text target_text(const struct forward *f)
{
	return is_beyond(f) ? portword_host_text(&f->reach) :
		portword_text(&f->word.target);
}

static struct link *forward_dial(struct forward *f, const struct connection_to *agent,
	const struct link_ops *ops)
{
	struct link *l = link_dial(f->inv->base, agent->addr, agent->len,
		&agent->place->key, ops, f);
	struct buf b = { 0 };

	if (is_beyond(f))
		reach_put(&b, &f->reach);
	else
		connect_put(&b, &f->word.target);
	link_send_buf(l, &b);
	return l;
}

/* ---- one connection ------------------------------------------------------ */

/* An end of each side is passed on; and what stdin says has to have a reader. */
static void look_for_end(struct forward *f, const struct relay *r)
{
	if (relay_writes(r, STREAM_STDIN))
		return;
	stdio_end_output(f->stdio.io);
	if (f->stdio.is_gone || !relay_reads(r, STREAM_STDIN))
		parting_exit(f->inv->parting, EX_OK);
}

static void stdio_ended(struct relay *r, unsigned stream, int error, void *arg)
{
	struct forward *f = arg;

	(void)stream;
	if (error != 0)
		stdio_failed(f->stdio.io, STREAM_STDOUT, error);
	else
		look_for_end(f, r);
}

static void stdio_frame(struct relay *r, const struct frame *frame, void *arg)
{
	struct forward *f = arg;
	struct err e;

	if (frame->type == FRAME_GONE) {
		f->stdio.is_gone = 1;
		look_for_end(f, r);
	}
	if (frame->type != FRAME_RESET)
		return;
	err_set(&e, "the connection to %s%s was reset", target_text(f).s,
		is_beyond(f) ? "" : " of the job");
	connection_cut(f->connection, EX_TEMPFAIL, &e);
}

static void stdio_broke(struct forward *f, const struct err *why)
{
	struct err e;

	err_set(&e, "the connection into the job broke (%s)", why->text);
	connection_cut(f->connection, EX_TEMPFAIL, &e);
}

static void stdio_down(struct relay *r, const struct err *why, void *arg)
{
	(void)r;
	stdio_broke(arg, why);
}

static const struct relay_ops stdio_relay_ops = {
	.frame = stdio_frame,
	.ended = stdio_ended,
	.down = stdio_down,
};

static void stdio_answer(struct link *l, const struct frame *frame, void *arg)
{
	struct forward *f = arg;
	struct error said;
	struct err e;

	if (frame->type == FRAME_OK) {
		f->stdio.link = NULL;
		f->stdio.relay = stdio_connect_stream(f->stdio.io, l,
			&stdio_relay_ops, f);
	} else if (frame->type == FRAME_ERROR &&
		error_get(&said, frame, &e) == 0) {
		log_fail("%s", said.text);
		parting_exit(f->inv->parting, said.status);
	} else {
		log_debug("%s frame ignored", frame_name(frame->type));
	}
}

static void stdio_link_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	struct forward *f = arg;

	(void)auth;	/* the control link has proved what is to be proved */
	link_free(l);
	f->stdio.link = NULL;
	stdio_broke(f, why);
}

static const struct link_ops stdio_link_ops = {
	.frame = stdio_answer,
	.down = stdio_link_down,
};

static int stdio_begin(struct forward *f)
{
	struct err e;

	f->stdio.io = stdio_new(f->inv->base, f->inv->parting,
		&f->inv->opt->tee, &e);
	if (f->stdio.io != NULL)
		return 0;
	log_fail("%s", e.text);
	parting_exit(f->inv->parting, EX_CANTCREAT);
	return -1;
}

/* ---- a listener ---------------------------------------------------------- */

static void forward_looked(int ours, const char *why, void *arg)
{
	struct forward *f = arg;

	if (ours == 0)
		log_tell("%s: whoever connects is reset until something of yours does",
			why);
	else if (ours == -1)
		log_info("whether %s of the job is listened on: %s",
			portword_text(&f->word.target).s, why);
}

/* Nobody waits for it: what listens later is reached as well. */
static void forward_told(void *arg)
{
	struct forward *f = arg;

	front_control_check(f->agent.at.control, &f->word.target, 1,
		forward_looked, f);
}

static void forward_open(struct forward *f)
{
	const struct options *o = f->inv->opt;

	userport_open(f->port, &f->agent.at, &(struct userport_ask){
		.target = f->word.target,
		.reach = is_beyond(f) ? &f->reach : NULL,
		.local = o->line.operands.n > 1 ? o->line.operands.word[1] :
			NULL,
		.own = o->forward.client_port != 0 ?
			(unsigned)o->forward.client_port :
			portword_own(f->word.target.port),
		.url = "/", .told = is_beyond(f) ? NULL : forward_told,
		.arg = f });
}

/* What is not allowed will not be; what is not there may come. */
static void trial_answer(struct link *l, const struct frame *frame, void *arg)
{
	struct forward *f = arg;
	struct error said = { 0 };
	struct err e;

	if (frame->type == FRAME_ERROR && error_get(&said, frame, &e) == -1)
		log_info("%s", e.text);
	link_free(l);
	f->trial = NULL;
	if (said.status == EX_USAGE) {
		log_fail("%s", said.text);
		parting_exit(f->inv->parting, said.status);
		return;
	}
	if (said.status != EX_OK)
		log_tell("%s: whoever connects is reset until it can be reached",
			said.text);
	forward_open(f);
}

static void trial_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	struct forward *f = arg;

	(void)auth;	/* the control link has proved what is to be proved */
	link_free(l);
	f->trial = NULL;
	log_info("whether %s can be reached: %s", target_text(f).s, why->text);
	forward_open(f);
}

static const struct link_ops trial_ops = {
	.frame = trial_answer,
	.down = trial_down,
};

/* An older agent would not answer. */
static int agent_is_too_old(struct forward *f, const struct connection_to *agent)
{
	if (!is_beyond(f) ||
		front_control_version(agent->control) >= REACH_VERSION)
		return 0;
	log_fail("the session was started by an older version, which reaches no other host; `%s` ends it, then connect again",
		called_for(f->inv, "cancel").s);
	parting_exit(f->inv->parting, EX_PROTOCOL);
	return 1;
}

static void forward_answers(const struct connection_to *agent, void *arg)
{
	struct forward *f = arg;
	const struct options *o = f->inv->opt;

	if (agent_is_too_old(f, agent))
		return;
	if (o->flags.stdio) {
		f->stdio.link = forward_dial(f, agent, &stdio_link_ops);
		return;
	}
	f->agent.at = *agent;
	memcpy(&f->agent.addr, agent->addr, agent->len);
	f->agent.at.addr = (struct sockaddr *)&f->agent.addr;
	f->agent.at.node = NULL;
	log_tell("session '%s' is job %s on %s", o->session.name,
		agent->place->job, agent->node);
	if (is_beyond(f))
		f->trial = forward_dial(f, agent, &trial_ops);
	else
		forward_open(f);
}

/* ---- the command --------------------------------------------------------- */

static int reach_is_refused(struct forward *f, struct err *e)
{
	f->reach.port = f->word.target.port;
	memcpy(f->reach.host, f->word.host, sizeof f->reach.host);
	if (hostlist_allow(&f->reach, &f->inv->opt->site.forward_hosts, e) == 0)
		return 0;
	optset_refer(&f->inv->opt->set, e);
	return 1;
}

/* What cannot be meant; 0: it can. */
static int forward_is_refused(struct forward *f)
{
	const struct options *o = f->inv->opt;
	const char *local = o->line.operands.n > 1 ? o->line.operands.word[1] :
		NULL;
	long number;
	struct err e;

	if (portword_read(&f->word, o->line.operands.word[0], &e) == -1)
		log_fail("forward: %s", e.text);
	else if (is_beyond(f) && reach_is_refused(f, &e))
		log_fail("forward: %s; `ssh -L` of an entry with %s as ProxyCommand reaches others",
			e.text, called_for(f->inv, "proxy").s);
	else if (o->flags.stdio && local != NULL)
		log_fail("forward: --stdio is one connection, and opens no port '%.80s' here",
			local);
	else if (o->flags.stdio && isatty(STDIN_FILENO))
		log_fail("forward: --stdio is for a ProxyCommand and not for a terminal; without it a port is forwarded");
	else if (local != NULL && number_read(local, 0, 65535, &number) == -1)
		log_fail("forward: '%.80s' is no port of this host: a number up to 65535, 0 for any; without it a Unix socket is made",
			local);
	else
		return 0;
	return 1;
}

static void *forward_begin(const struct invocation *inv)
{
	struct forward *f = mem_alloc(sizeof *f);
	struct err e;

	f->inv = inv;
	if (forward_is_refused(f)) {
		parting_exit(inv->parting, EX_USAGE);
		return f;
	}
	if (inv->opt->flags.stdio && optset_given(&inv->opt->set,
		&inv->opt->forward.client_port))
		log_tell("--client-port has no effect with --stdio, which prints no line of ssh");
	if (!inv->opt->flags.stdio) {
		f->port = userport_new(inv, &e);
		if (f->port == NULL) {
			log_fail("%s", e.text);
			parting_exit(inv->parting, EX_OSERR);
			return f;
		}
	} else if (stdio_begin(f) == -1) {
		return f;
	}
	f->connection = connection_for(inv, forward_answers, f);
	return f;
}

static void forward_end(void *arg)
{
	struct forward *f = arg;

	userport_free(f->port);
	stdio_free(f->stdio.io);
	link_free(f->stdio.link);
	link_free(f->trial);
	if (f->connection != NULL)
		connection_free(f->connection);
	free(f);
}

static const struct command_ops forward_ops = {
	.begin = forward_begin,
	.end = forward_end,
};

const struct command cmd_forward = {
	.name = "forward",
	.operands = "[NAME] PORT [LOCAL]",
	.session = COMMAND_ONE,
	.min = 1,
	.max = 3,
	.is_operand = portword_is,
	.help = "reach a port or Unix socket of a session's job from your own computer, for as long as this runs",
	.more = "Print a line of ssh, to be typed on your own computer, and a URL. PORT may be the path of a Unix socket, or HOST:PORT, of another host that the job's node reaches, where the site's settings allow it. The line leads to a Unix socket on the login node, which other users cannot reach and which is called the same after a cut and on each login node; with LOCAL to that port of the login node's loopback, 0 for any. A session whose name is a number is named by --session. With --stdio it is one connection on stdin and stdout, for a ProxyCommand. No job is started; a session that waits in the queue is waited for.",
	.ops = &forward_ops,
	.want = SESSION_JOIN,
};
