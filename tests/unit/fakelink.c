/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <sys/queue.h>

#include "base/mem.h"
#include "fakelink.h"

struct link {
	STAILQ_ENTRY(link) next;
	const struct link_ops *ops;
	void *arg;
	int dialed, paused, full, leaving, freed;
	uint16_t version;		/* 0: it is not up */
	struct sockaddr_storage addr;	/* of the peer */
	struct buf sent, taken;
};

static STAILQ_HEAD(links, link) links = STAILQ_HEAD_INITIALIZER(links);

static struct link *add(const struct link_ops *ops, void *arg)
{
	struct link *l = mem_alloc(sizeof *l);

	l->ops = ops;
	l->arg = arg;
	STAILQ_INSERT_TAIL(&links, l, next);
	return l;
}

/* What the program calls. */

void link_set_hello(const char *program, const char *host)
{
	(void)program;
	(void)host;
}

struct link *link_dial(struct event_base *base, const struct sockaddr *addr,
	socklen_t addrlen, const struct tls_key *key,
	const struct link_ops *ops, void *arg)
{
	struct link *l = add(ops, arg);

	(void)base;
	(void)key;
	l->dialed = 1;
	memcpy(&l->addr, addr, addrlen);
	return l;
}

struct link *link_serve(struct event_base *base, int fd,
	const struct tls_key *key, const struct link_ops *ops, void *arg)
{
	(void)base;
	(void)fd;
	(void)key;
	(void)ops;
	(void)arg;
	fail_msg("a fake link has no socket");
	return NULL;
}

void link_free(struct link *l)
{
	if (l == NULL)
		return;
	assert_false(l->freed);
	l->freed = 1;
}

void link_free_when_sent(struct link *l)
{
	assert_false(l->freed || l->leaving);
	l->leaving = 1;
}

int link_all_are_sent(void)
{
	struct link *l;

	STAILQ_FOREACH(l, &links, next)
		if (l->leaving && l->full)
			return 0;
	return 1;
}

void link_hear_out(struct link *l)
{
	(void)l;
}

void link_fini(void)
{
}

void link_send(struct link *l, enum frame_type type, uint8_t stream,
	const void *data, size_t len)
{
	assert_false(l->freed || l->leaving);
	frame_write(&l->sent, type, stream, data, len);
}

void link_send_copy(struct link *l, uint8_t stream, const char *data,
	size_t len)
{
	for (size_t n; len > 0; data += n, len -= n) {
		n = len < FRAME_BULK ? len : FRAME_BULK;
		link_send(l, FRAME_DATA, stream, data, n);
	}
}

void link_send_data(struct link *l, uint8_t stream, char *data, size_t len)
{
	link_send(l, FRAME_DATA, stream, data, len);
}

void link_send_buf(struct link *l, struct buf *b)
{
	assert_false(l->freed || l->leaving);
	buf_append(&l->sent, buf_data(b), b->len);
	buf_fini(b);
}

int link_is_full(struct link *l)
{
	return l->full;
}

int link_is_up(const struct link *l)
{
	return l->version != 0;
}

uint16_t link_version(const struct link *l)
{
	return l->version;
}

void link_pause(struct link *l, int on)
{
	assert_false(l->freed || l->leaving);
	l->paused = on;
}

void link_set_ops(struct link *l, const struct link_ops *ops, void *arg)
{
	assert_false(l->freed || l->leaving);
	l->ops = ops;
	l->arg = arg;
}

/* One of TEST-NET-1, RFC 5737. */
int link_local_addr(const struct link *l, struct sockaddr_storage *addr,
	socklen_t *len)
{
	struct sockaddr_in *in = (struct sockaddr_in *)addr;

	(void)l;
	*in = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(0xc0000201) };
	*len = sizeof *in;
	return 0;
}

/* What the test calls. */

struct link *fakelink_new(uint16_t version)
{
	struct link *l = add(NULL, NULL);

	l->version = version;
	return l;
}

struct link *fakelink_dialed(unsigned n)
{
	struct link *l;

	STAILQ_FOREACH(l, &links, next)
		if (l->dialed && n-- == 0)
			return l;
	return NULL;
}

uint16_t fakelink_port(const struct link *l)
{
	return ntohs(((const struct sockaddr_in *)&l->addr)->sin_port);
}

struct frame fakelink_take(struct link *l)
{
	struct frame f = { 0 };
	long n;

	buf_fini(&l->taken);
	if (l->sent.len == 0)
		return f;
	n = frame_parse(&f, buf_data(&l->sent), l->sent.len, NULL);
	assert_true(n > 0);
	buf_append(&l->taken, f.data, f.len);
	buf_append(&l->taken, "", 1);
	f.data = buf_data(&l->taken);
	buf_consume(&l->sent, (size_t)n);
	return f;
}

struct frame fakelink_expect(struct link *l, enum frame_type type)
{
	struct frame f = fakelink_take(l);

	if (f.type != type)
		fail_msg("%s frame where %s was expected", f.type == 0 ?
			"no" : frame_name(f.type), frame_name(type));
	return f;
}

const char *fakelink_text(struct link *l, enum frame_type type)
{
	static char text[TEXT_MAX + 1];
	struct frame f = fakelink_expect(l, type);

	assert_int_equal(text_get(text, sizeof text, &f, NULL), 0);
	return text;
}

void fakelink_refused(struct link *l, int status, const char *text)
{
	struct frame f = fakelink_expect(l, FRAME_ERROR);
	struct error x;

	assert_int_equal(error_get(&x, &f, NULL), 0);
	assert_string_equal(x.text, text);
	assert_int_equal(x.status, status);
	assert_true(l->leaving);
}

void fakelink_expect_nothing(struct link *l)
{
	struct frame f = fakelink_take(l);

	if (f.type != 0)
		fail_msg("%s frame where nothing was expected",
			frame_name(f.type));
}

void fakelink_up(struct link *l, uint16_t version, const char *host)
{
	struct hello peer = { .version = version, .program = "peer 1.0" };

	assert_false(l->freed || l->leaving);
	strcpy(peer.host, host);
	l->version = version;
	if (l->ops->up != NULL)
		l->ops->up(l, &peer, l->arg);
}

static void say(struct link *l, const struct frame *f)
{
	assert_false(l->freed || l->leaving || l->paused);
	l->ops->frame(l, f, l->arg);
	if (!l->freed && !l->leaving && l->ops->taken != NULL)
		l->ops->taken(l, l->arg);
}

void fakelink_say(struct link *l, enum frame_type type, const void *data,
	size_t len)
{
	say(l, &(struct frame){ .type = type, .data = data, .len = len });
}

void fakelink_say_buf(struct link *l, struct buf *b)
{
	struct frame f;
	long n = frame_parse(&f, buf_data(b), b->len, NULL);

	assert_int_equal(n, b->len);
	say(l, &f);
	buf_fini(b);
}

void fakelink_say_stream(struct link *l, enum frame_type type, uint8_t stream,
	const char *text)
{
	say(l, &(struct frame){ .type = type, .stream = stream, .data = text,
		.len = strlen(text) });
}

void fakelink_down(struct link *l, const char *why, int auth)
{
	struct err e;

	assert_false(l->freed || l->leaving);
	err_set(&e, "%s", why);
	l->ops->down(l, &e, auth, l->arg);
}

void fakelink_fill(struct link *l, int full)
{
	l->full = full;
	if (!full && !l->leaving && l->ops->room != NULL)
		l->ops->room(l, l->arg);
}

int fakelink_is_paused(const struct link *l)
{
	return l->paused;
}

int fakelink_is_freed(const struct link *l)
{
	return l->freed;
}

int fakelink_is_leaving(const struct link *l)
{
	return l->leaving;
}

void fakelink_reset(void)
{
	struct link *l;

	while ((l = STAILQ_FIRST(&links)) != NULL) {
		STAILQ_REMOVE_HEAD(&links, next);
		buf_fini(&l->sent);
		buf_fini(&l->taken);
		free(l);
	}
}
