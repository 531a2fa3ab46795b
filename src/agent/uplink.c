/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owns the link by which the agent of a further node belongs to the session. It
 * is dialed at all addresses of the first agent's endpoint record, with the key
 * of a front; the first that is up counts. Down it comes what fronts are told,
 * and goes on to ours; up go USES, whenever somebody comes or goes, and what our
 * fronts say of the session. When it ends so do we: no node outlives the first.
 */
#include "agent/uplink.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "agent/terminals.h"
#include "base/mem.h"
#include "net/alarm.h"
#include "net/link.h"
#include "net/sock.h"
#include "os/log.h"
#include "os/safepath.h"

#define RECORD_MAX 4096
#define HEARTBEAT 10		/* seconds */
#define HEARTBEATS_LOST 12	/* without any frame of the first agent */

/* A dial of one of its addresses. */
struct uplink_dial {
	struct uplink *uplink;
	struct link *link;
};

struct uplink {
	struct node_parts parts;
	struct endpoint first;
	struct uplink_dial dial[ENDPOINT_HOSTS];
	struct link *won;		/* the one that counts; NULL: not yet */
	unsigned silent;		/* heartbeats */
	struct alarm *beat;
	struct uses told;
};

static void uplink_lost(struct uplink *u, const char *why)
{
	struct err e;

	err_set(&e, "the session's first agent, on %s, is not reached: %s",
		u->first.node, why);
	log_error("%s", e.text);
	end_session(u->parts.end, EX_UNAVAILABLE, e.text);
}

static void uplink_beat(void *arg)
{
	static const char bytes[8];
	struct uplink *u = arg;

	if (u->won == NULL)
		return;
	if (u->silent++ >= HEARTBEATS_LOST) {
		uplink_lost(u, "it is silent");
		return;
	}
	link_send(u->won, FRAME_PING, 0, bytes, sizeof bytes);
	mem_trim();
	alarm_set(u->beat, HEARTBEAT * 1000);
}

/* Who is connected here, if that has changed. */
static void uplink_tell(void *arg)
{
	struct uplink *u = arg;
	struct uses now = {
		.clients = idle_uses(u->parts.idle, USE_CLIENT),
		.shells = idle_uses(u->parts.idle, USE_SHELL),
		.fronts = fronts_count(u->parts.fronts),
		.computed = idle_computed(u->parts.idle),
	};
	struct buf b = { 0 };

	if (u->won == NULL || memcmp(&now, &u->told, sizeof now) == 0)
		return;
	u->told = now;
	uses_put(&b, &now);
	link_send_buf(u->won, &b);
}

static void uplink_up(struct link *l, const struct hello *peer, void *arg)
{
	struct uplink_dial *d = arg;
	struct uplink *u = d->uplink;
	struct endpoint at = *u->parts.at;
	struct buf text = { 0 };

	u->won = l;
	for (unsigned i = 0; i < ENDPOINT_HOSTS; i++) {
		if (u->dial[i].link == l)
			continue;
		link_free(u->dial[i].link);
		u->dial[i].link = NULL;
	}
	log_info("the first agent answers on %s", peer->host);
	/* By the scheduler's name, which the first agent knows. */
	snprintf(at.node, sizeof at.node, "%s", u->parts.job->opt->agent.node);
	endpoint_write(&text, &at);
	link_send(l, FRAME_HOME, 0, buf_data(&text), text.len);
	buf_fini(&text);
	alarm_set(u->beat, HEARTBEAT * 1000);
	uplink_tell(u);
}

static void uplink_notice(struct uplink *u, const char *line)
{
	fronts_notice(u->parts.fronts, line);
	if (u->parts.job->opt->session.notify_terminals)
		terminals_tell(line);
}

static void uplink_frame(struct link *l, const struct frame *f, void *arg)
{
	struct uplink_dial *d = arg;
	struct uplink *u = d->uplink;
	struct fronts *fronts = u->parts.fronts;
	char text[TEXT_MAX + 1];
	struct error said;
	uint32_t seconds;
	struct err e;

	(void)l;
	u->silent = 0;
	switch ((int)f->type) {
	case FRAME_OK:
	case FRAME_PONG:
		break;
	case FRAME_NOTICE:
		if (text_get(text, sizeof text, f, &e) == 0)
			uplink_notice(u, text);
		break;
	case FRAME_SIGNAL:
		if (f->data[0] > 0 && f->data[0] < NSIG)
			agent_limit_signal(u->parts.limit, f->data[0]);
		break;
	case FRAME_LIMIT:
		if (limit_get(&seconds, f, &e) == 0)
			fronts_ask_limit(fronts, seconds);
		break;
	case FRAME_MEANT:
		end_is_meant(u->parts.end);
		break;
	case FRAME_END:
		if (text_get(text, sizeof text, f, &e) == 0)
			end_session(u->parts.end, EX_OK, text);
		break;
	case FRAME_ERROR:
		if (error_get(&said, f, &e) == 0)
			uplink_lost(u, said.text);
		break;
	default:
		log_debug("uplink: %s frame ignored", frame_name(f->type));
	}
}

static void uplink_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	struct uplink_dial *d = arg;
	struct uplink *u = d->uplink;
	int is_last = u->won == NULL || u->won == l;

	(void)auth;
	link_free(l);
	d->link = NULL;
	if (u->won == l)
		u->won = NULL;
	for (unsigned i = 0; i < ENDPOINT_HOSTS; i++)
		is_last &= u->dial[i].link == NULL;
	if (is_last)
		uplink_lost(u, why->text);
}

static const struct link_ops ops = { .up = uplink_up, .frame = uplink_frame,
	.down = uplink_down };

int uplink_open(struct uplink *u, const struct tls_key *key, struct err *e)
{
	const struct agent_job *job = u->parts.job;
	struct buf text = { 0 };
	int ret, n = 0;

	ret = safepath_read(job->dir, "endpoint", RECORD_MAX, &text, e);
	if (ret == 0)
		ret = endpoint_parse(&u->first, buf_data(&text), text.len, e);
	buf_fini(&text);
	if (ret == -1)
		return err_prefix(e, "where the first agent is: ");
	for (unsigned i = 0; i < u->first.n; i++) {
		struct sockaddr_storage addr;
		socklen_t len;

		if (sock_parse_addr(u->first.host[i], u->first.port, &addr,
			&len, e) == -1)
			continue;
		u->dial[i].link = link_dial(job->base,
			(struct sockaddr *)&addr, len, key, &ops, &u->dial[i]);
		n++;
	}
	return n > 0 ? 0 : err_prefix(e, "where the first agent is: ");
}

void uplink_pass(struct uplink *u, const struct frame *f)
{
	if (u->won != NULL)
		link_send(u->won, f->type, 0, f->data, f->len);
}

struct uplink *uplink_new(const struct node_parts *parts)
{
	struct uplink *u = mem_alloc(sizeof *u);

	u->parts = *parts;
	u->beat = alarm_new(parts->job->base, uplink_beat, u);
	for (unsigned i = 0; i < ENDPOINT_HOSTS; i++)
		u->dial[i].uplink = u;
	idle_on_change(parts->idle, uplink_tell, u);
	fronts_on_change(parts->fronts, uplink_tell, u);
	return u;
}

void uplink_free(struct uplink *u)
{
	if (u == NULL)
		return;
	idle_on_change(u->parts.idle, NULL, NULL);
	fronts_on_change(u->parts.fronts, NULL, NULL);
	for (unsigned i = 0; i < ENDPOINT_HOSTS; i++)
		link_free(u->dial[i].link);
	alarm_free(u->beat);
	free(u);
}
