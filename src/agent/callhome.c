/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Telling fronts where the agent is: an endpoint record in the session's folder
 * for those that come later, and a call to each front that waits. The record is
 * written before the waiting fronts are looked up, and they look for it after
 * they have left their address, so that one always finds the other.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "agent/callhome.h"
#include "base/mem.h"
#include "net/sock.h"
#include "os/fd.h"
#include "os/log.h"
#include "os/safepath.h"

#define RECORD_MAX 4096
#define CALLS_MAX 64

/* A link that says where we are. It lives until it has said so. */
struct call {
	LIST_ENTRY(call) next;
	struct callhome *home;
	struct link *link;
	char where[SOCK_ADDR_MAX];
};

struct callhome {
	const struct agent_job *job;
	const struct endpoint *endpoint;
	const struct tls_key *key;
	LIST_HEAD(, call) calls;
	unsigned n_calls;
};

static void end_call(struct call *c)
{
	LIST_REMOVE(c, next);
	c->home->n_calls--;
	free(c);
}

static void called(struct link *l, const struct hello *peer, void *arg)
{
	struct call *c = arg;
	struct endpoint ep = { .port = c->home->endpoint->port };
	struct sockaddr_storage addr;
	char host[SOCK_ADDR_MAX];
	struct buf text = { 0 };
	socklen_t len;

	/* The address that this front's network sees. */
	if (link_local_addr(l, &addr, &len) == 0)
		endpoint_add_host(&ep,
			sock_host_text((struct sockaddr *)&addr, host));
	strcpy(ep.node, c->home->job->node);
	endpoint_write(&text, &ep);
	link_send(l, FRAME_HOME, 0, buf_data(&text), text.len);
	buf_fini(&text);
	log_info("told %s at %s where we are", peer->host, c->where);
	link_free_when_sent(l);
	end_call(c);
}

static void not_called(struct link *l, const struct err *why, int auth,
	void *arg)
{
	struct call *c = arg;

	(void)auth;
	log_info("cannot tell the front at %s where we are: %s; it will find the endpoint record",
		c->where, why->text);
	link_free(l);
	end_call(c);
}

static const struct link_ops ops = { .up = called, .down = not_called };

static void call_front(struct callhome *h, const struct endpoint *front)
{
	struct err e;

	for (unsigned i = 0; i < front->n; i++) {
		struct sockaddr_storage addr;
		struct call *c;
		socklen_t len;

		if (sock_parse_addr(front->host[i], front->port, &addr, &len,
			&e) == -1)
			continue;
		c = mem_alloc(sizeof *c);
		c->home = h;
		sock_addr_text((struct sockaddr *)&addr, c->where);
		LIST_INSERT_HEAD(&h->calls, c, next);
		h->n_calls++;
		c->link = link_dial(h->job->base, (struct sockaddr *)&addr, len,
			h->key, &ops, c);
	}
}

static void call_waiting(struct callhome *h)
{
	DIR *dir = fd_opendir(h->job->dir);
	unsigned calls = 0;
	struct dirent *d;

	while (dir != NULL && (d = readdir(dir)) != NULL) {
		struct buf text = { 0 };
		struct endpoint front;
		struct err e;

		if (strncmp(d->d_name, "home.", 5) != 0)
			continue;
		if (calls++ == CALLS_MAX)
			break;
		if (safepath_read(h->job->dir, d->d_name, RECORD_MAX, &text, &e) ==
			-1 || endpoint_parse(&front, buf_data(&text), text.len,
			&e) == -1)
			log_info("%s: %s", d->d_name, e.text);
		else
			call_front(h, &front);
		buf_fini(&text);
	}
	if (dir != NULL)
		closedir(dir);
}

int callhome_announce(struct callhome *h, struct err *e)
{
	const struct options *opt = h->job->opt;
	struct buf text = { 0 };
	int ret;

	endpoint_write(&text, h->endpoint);
	ret = safepath_write(h->job->dir, "endpoint", buf_data(&text),
		text.len, e);
	buf_fini(&text);
	if (ret == 0)
		call_waiting(h);
	else
		err_prefix(e, "%s/%s: ", opt->session.state_dir,
			opt->agent.tag);
	return ret;
}

unsigned callhome_calls(const struct callhome *h)
{
	return h->n_calls;
}

struct callhome *callhome_new(const struct agent_job *job,
	const struct endpoint *endpoint, const struct tls_key *key)
{
	struct callhome *h = mem_alloc(sizeof *h);

	*h = (struct callhome){ .job = job, .endpoint = endpoint, .key = key };
	LIST_INIT(&h->calls);
	return h;
}

void callhome_free(struct callhome *h)
{
	if (h == NULL)
		return;
	while (!LIST_EMPTY(&h->calls)) {
		struct call *c = LIST_FIRST(&h->calls);

		link_free(c->link);
		end_call(c);
	}
	free(h);
}
