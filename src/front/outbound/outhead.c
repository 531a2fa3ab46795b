/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses are judged by the target that an agent has named; but a proxy dials
 * what stands in the request, and any process of the job may speak for an agent.
 * So no byte of it goes to the proxy before the whole head was read. What is behind
 * it is of that request, since the head that is said anew has Connection: close.
 */
#include "front/outbound/outhead.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "front/outbound/outproxy.h"
#include "os/log.h"
#include "proto/proxyhead.h"

enum outhead_state { READS, PASSES, REFUSED };

struct outhead {
	struct filter filter;
	struct relay_filters own;
	enum outhead_state state;
	int fd;
	char *target;
	struct buf credentials;		/* a secret, as a string */
	struct buf data;		/* of the job, before the head is whole */
};

static void outhead_free(void *arg)
{
	struct outhead *h = arg;

	filter_fini(&h->filter);
	buf_wipe(&h->credentials);
	buf_wipe(&h->data);
	free(h->target);
	free(h);
}

static void pass_head(struct outhead *h, const struct proxyhead *head)
{
	struct buf out = { 0 };

	h->state = PASSES;
	proxyhead_for_proxy(head, buf_data(&h->credentials), &out);
	buf_append(&out, buf_data(&h->data) + head->len,
		h->data.len - head->len);
	filter_pass(&h->filter, buf_data(&out), out.len);
	buf_wipe(&out);
	buf_wipe(&h->data);
}

static void refuse_head(struct outhead *h, const struct err *why)
{
	h->state = REFUSED;
	log_warning("outbound: %s: a request of the job is not passed on to the proxy: %s",
		h->target, why->text);
	buf_wipe(&h->data);
	(void)shutdown(h->fd, SHUT_RDWR);
}

static void read_head(struct outhead *h)
{
	struct proxyhead head;
	struct err e;
	int got = proxyhead_read(&head, buf_data(&h->data), h->data.len, &e);

	if (got == 1 && (head.is_connect || strcmp(head.target, h->target) != 0))
		got = err_set(&e, "it is for another target");
	if (got == 1)
		pass_head(h, &head);
	else if (got == -1)
		refuse_head(h, &e);
	proxyhead_fini(&head);
}

static size_t outhead_data(struct filter *f, const char *data, size_t len)
{
	struct outhead *h = (struct outhead *)f;

	if (h->state == PASSES) {
		filter_pass(f, data, len);
	} else if (h->state == READS) {
		buf_append(&h->data, data, len);
		read_head(h);
	}
	return len;
}

static const struct filter_ops outhead_ops = { .data = outhead_data };

struct relay_filters *outhead_new(int fd, const char *target, const char *auth)
{
	struct outhead *h = mem_alloc(sizeof *h);

	h->own.free = outhead_free;
	h->own.arg = h;
	h->fd = fd;
	h->target = mem_strdup(target);
	if (auth != NULL)
		outproxy_credentials(&h->credentials, auth);
	buf_append(&h->credentials, "", 1);
	filters_add(&h->own.filters, &h->filter, &outhead_ops);
	return &h->own;
}
