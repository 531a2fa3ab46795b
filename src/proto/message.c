/* SPDX-License-Identifier: BSD-2-Clause */
#include "proto/message.h"

#include <stdio.h>
#include <string.h>

#include "proto/wire.h"

/* Begin a frame; end_frame() puts its length in. */
static size_t begin_frame(struct buf *out, enum frame_type type)
{
	frame_write(out, type, 0, NULL, 0);
	return out->len;
}

static void end_frame(struct buf *out, size_t start)
{
	size_t len = out->len - start;
	unsigned char *field = (unsigned char *)buf_data(out) + start - 2;

	field[0] = len >> 8;
	field[1] = len & 0xff;
}

static int done(const struct wire *w, const struct frame *f, struct err *e)
{
	if (wire_done(w) == 0)
		return 0;
	return err_set(e, "%s frame with a field missing, too long or left over",
		frame_name(f->type));
}

/* A name of a table that both ends have. */
static int is_name(const char *word)
{
	return word[0] != '\0' && word[strspn(word,
		"abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

void hello_put(struct buf *out, const struct hello *h)
{
	size_t start = begin_frame(out, FRAME_HELLO);

	wire_put_u16(out, h->version);
	wire_put_u16(out, h->oldest);
	wire_put_str(out, h->program);
	wire_put_str(out, h->host);
	end_frame(out, start);
}

/* Later versions may append fields, so what is left over is not looked at. */
int hello_get(struct hello *h, const struct frame *f, struct err *e)
{
	struct wire w;

	wire_init(&w, f->data, f->len);
	h->version = wire_u16(&w);
	h->oldest = wire_u16(&w);
	wire_str(&w, h->program, sizeof h->program);
	wire_str(&w, h->host, sizeof h->host);
	w.left = 0;
	return done(&w, f, e);
}

int hello_agree(const struct hello *mine, const struct hello *theirs,
	struct err *e)
{
	if (theirs->version >= mine->oldest && mine->version >= theirs->oldest)
		return 0;
	return err_set(e, "%s speaks link protocol %u to %u, %s on %s speaks %u to %u: they cannot work together",
		mine->program, mine->oldest, mine->version, theirs->program,
		theirs->host, theirs->oldest, theirs->version);
}

static void put_target(struct buf *out, const struct target *t)
{
	wire_put_u16(out, t->port);
	wire_put_str(out, t->path);
}

static void get_target(struct wire *w, struct target *t)
{
	t->port = wire_u16(w);
	wire_str(w, t->path, sizeof t->path);
	if (t->port == 0 && t->path[0] != '/')
		w->bad = 1;
}

void connect_put(struct buf *out, const struct target *t)
{
	size_t start = begin_frame(out, FRAME_CONNECT);

	put_target(out, t);
	end_frame(out, start);
}

int connect_get(struct target *t, const struct frame *f, struct err *e)
{
	struct wire w;

	wire_init(&w, f->data, f->len);
	get_target(&w, t);
	return done(&w, f, e);
}

void reach_put(struct buf *out, const struct reach *r)
{
	size_t start = begin_frame(out, FRAME_REACH);

	wire_put_u16(out, r->port);
	wire_put_str(out, r->host);
	wire_put_str(out, r->allow);
	end_frame(out, start);
}

int reach_get(struct reach *r, const struct frame *f, struct err *e)
{
	struct wire w;

	wire_init(&w, f->data, f->len);
	r->port = wire_u16(&w);
	wire_str(&w, r->host, sizeof r->host);
	wire_str(&w, r->allow, sizeof r->allow);
	if (r->port == 0 || r->host[0] == '\0' || r->allow[0] == '\0')
		w.bad = 1;
	return done(&w, f, e);
}

void check_put(struct buf *out, const struct check *c)
{
	size_t start = begin_frame(out, FRAME_CHECK);

	wire_put_u32(out, c->id);
	wire_put_u16(out, c->wait_ms);
	put_target(out, &c->target);
	end_frame(out, start);
}

int check_get(struct check *c, const struct frame *f, struct err *e)
{
	struct wire w;

	wire_init(&w, f->data, f->len);
	c->id = wire_u32(&w);
	c->wait_ms = wire_u16(&w);
	get_target(&w, &c->target);
	return done(&w, f, e);
}

void checked_put(struct buf *out, const struct checked *c)
{
	size_t start = begin_frame(out, FRAME_CHECKED);

	wire_put_u32(out, c->id);
	wire_put_u8(out, c->ours);
	wire_put_str(out, c->why);
	end_frame(out, start);
}

int checked_get(struct checked *c, const struct frame *f, struct err *e)
{
	struct wire w;

	wire_init(&w, f->data, f->len);
	c->id = wire_u32(&w);
	c->ours = wire_u8(&w);
	wire_str(&w, c->why, sizeof c->why);
	return done(&w, f, e);
}

static void put_window(struct buf *out, const struct window *v)
{
	wire_put_u16(out, v->rows);
	wire_put_u16(out, v->columns);
	wire_put_u16(out, v->xpixel);
	wire_put_u16(out, v->ypixel);
}

static void get_window(struct wire *w, struct window *v)
{
	v->rows = wire_u16(w);
	v->columns = wire_u16(w);
	v->xpixel = wire_u16(w);
	v->ypixel = wire_u16(w);
}

void window_put(struct buf *out, const struct window *v)
{
	size_t start = begin_frame(out, FRAME_WINDOW);

	put_window(out, v);
	end_frame(out, start);
}

int window_get(struct window *v, const struct frame *f, struct err *e)
{
	struct wire w;

	wire_init(&w, f->data, f->len);
	get_window(&w, v);
	return done(&w, f, e);
}

void shell_request_put(struct buf *out, const struct shell_request *r,
	enum frame_type type)
{
	size_t start = begin_frame(out, type);

	if (type == FRAME_START)
		wire_put_str(out, r->kind);
	wire_put_u8(out, r->pty);
	put_window(out, &r->window);
	wire_put_str(out, r->term);
	wire_put_str(out, r->shell);
	wire_put_str(out, r->command);
	buf_append(out, buf_data(&r->env), r->env.len);
	end_frame(out, start);
}

int shell_request_get(struct shell_request *r, const struct frame *f,
	struct err *e)
{
	struct wire w;

	*r = (struct shell_request){ 0 };
	wire_init(&w, f->data, f->len);
	if (f->type == FRAME_START) {
		wire_str(&w, r->kind, sizeof r->kind);
		if (!is_name(r->kind))
			w.bad = 1;
	}
	r->pty = wire_u8(&w);
	get_window(&w, &r->window);
	wire_str(&w, r->term, sizeof r->term);
	wire_str(&w, r->shell, sizeof r->shell);
	wire_str(&w, r->command, sizeof r->command);
	if (f->type != FRAME_START)
		strcpy(r->kind, r->command[0] != '\0' ? KIND_COMMAND :
			KIND_SHELL);
	if (!w.bad) {
		buf_append(&r->env, w.at, w.left);
		if (w.left > 0 && w.at[w.left - 1] != '\0')
			w.bad = 1;
		w.left = 0;
	}
	if (done(&w, f, e) == 0)
		return 0;
	shell_request_fini(r);
	return -1;
}

void shell_request_fini(struct shell_request *r)
{
	buf_fini(&r->env);
	/* Of an sshd it is the host key. */
	explicit_bzero(r->command, sizeof r->command);
}

void shell_exit_put(struct buf *out, const struct shell_exit *x)
{
	size_t start = begin_frame(out, FRAME_EXIT);

	wire_put_u8(out, x->signaled);
	wire_put_u8(out, x->value);
	end_frame(out, start);
}

int shell_exit_get(struct shell_exit *x, const struct frame *f,
	struct err *e)
{
	struct wire w;

	wire_init(&w, f->data, f->len);
	x->signaled = wire_u8(&w);
	x->value = wire_u8(&w);
	return done(&w, f, e);
}

void error_put(struct buf *out, const struct error *x)
{
	size_t start = begin_frame(out, FRAME_ERROR);

	wire_put_u8(out, x->status);
	wire_put_str(out, x->text);
	end_frame(out, start);
}

int error_get(struct error *x, const struct frame *f, struct err *e)
{
	struct wire w;

	wire_init(&w, f->data, f->len);
	x->status = wire_u8(&w);
	wire_str(&w, x->text, sizeof x->text);
	return done(&w, f, e);
}

void limit_put(struct buf *out, uint32_t seconds)
{
	size_t start = begin_frame(out, FRAME_LIMIT);

	wire_put_u32(out, seconds);
	end_frame(out, start);
}

int limit_get(uint32_t *seconds, const struct frame *f, struct err *e)
{
	struct wire w;

	wire_init(&w, f->data, f->len);
	*seconds = wire_u32(&w);
	return done(&w, f, e);
}

void uses_put(struct buf *out, const struct uses *u)
{
	size_t start = begin_frame(out, FRAME_USES);

	wire_put_u32(out, u->clients);
	wire_put_u32(out, u->shells);
	wire_put_u32(out, u->fronts);
	wire_put_u32(out, u->computed);
	end_frame(out, start);
}

int uses_get(struct uses *u, const struct frame *f, struct err *e)
{
	struct wire w;

	wire_init(&w, f->data, f->len);
	u->clients = wire_u32(&w);
	u->shells = wire_u32(&w);
	u->fronts = wire_u32(&w);
	u->computed = wire_u32(&w);
	if (!w.bad)
		w.left = 0;
	return done(&w, f, e);
}

static void get_service(struct wire *w, char *service, size_t size)
{
	wire_str(w, service, size);
	if (!is_name(service))
		w->bad = 1;
}

void offer_put(struct buf *out, const struct offer *o)
{
	size_t start = begin_frame(out, FRAME_OFFER);

	wire_put_u8(out, o->is_there);
	wire_put_str(out, o->service);
	wire_put_str(out, o->about);
	end_frame(out, start);
}

int offer_get(struct offer *o, const struct frame *f, struct err *e)
{
	struct wire w;

	wire_init(&w, f->data, f->len);
	o->is_there = wire_u8(&w);
	get_service(&w, o->service, sizeof o->service);
	wire_str(&w, o->about, sizeof o->about);
	return done(&w, f, e);
}

void wanted_put(struct buf *out, const struct wanted *v)
{
	size_t start = begin_frame(out, FRAME_WANTED);

	wire_put_u32(out, v->id);
	wire_put_str(out, v->service);
	wire_put_str(out, v->target);
	end_frame(out, start);
}

int wanted_get(struct wanted *v, const struct frame *f, struct err *e)
{
	struct wire w;

	wire_init(&w, f->data, f->len);
	v->id = wire_u32(&w);
	get_service(&w, v->service, sizeof v->service);
	wire_str(&w, v->target, sizeof v->target);
	return done(&w, f, e);
}

void take_put(struct buf *out, const struct take *t)
{
	size_t start = begin_frame(out, FRAME_TAKE);

	wire_put_u32(out, t->id);
	wire_put_str(out, t->about);
	end_frame(out, start);
}

int take_get(struct take *t, const struct frame *f, struct err *e)
{
	struct wire w;

	wire_init(&w, f->data, f->len);
	t->id = wire_u32(&w);
	wire_str(&w, t->about, sizeof t->about);
	return done(&w, f, e);
}

void declined_put(struct buf *out, const struct declined *d)
{
	size_t start = begin_frame(out, FRAME_DECLINED);

	wire_put_u32(out, d->id);
	wire_put_u8(out, d->status);
	wire_put_str(out, d->why);
	end_frame(out, start);
}

int declined_get(struct declined *d, const struct frame *f, struct err *e)
{
	struct wire w;

	wire_init(&w, f->data, f->len);
	d->id = wire_u32(&w);
	d->status = wire_u8(&w);
	wire_str(&w, d->why, sizeof d->why);
	return done(&w, f, e);
}

int control_ok_put(struct buf *out, const char *node, const char *networks)
{
	size_t start = begin_frame(out, FRAME_OK);
	char text[sizeof ((struct control_ok *)NULL)->networks];
	int is_cut = strlen(networks) >= sizeof text;
	char *comma;

	snprintf(text, sizeof text, "%s", networks);
	/* One that is cut would be another. */
	if (is_cut && (comma = strrchr(text, ',')))
		*comma = '\0';
	wire_put_str(out, node);
	wire_put_str(out, text);
	end_frame(out, start);
	return is_cut;
}

int control_ok_get(struct control_ok *ok, const struct frame *f, struct err *e)
{
	struct wire w;

	*ok = (struct control_ok){ 0 };
	wire_init(&w, f->data, f->len);
	wire_str(&w, ok->node, sizeof ok->node);
	if (w.left > 0)
		wire_str(&w, ok->networks, sizeof ok->networks);
	/* More fields may follow. */
	w.left = 0;
	return done(&w, f, e);
}

void text_put(struct buf *out, enum frame_type type, const char *text)
{
	size_t start = begin_frame(out, type), len = strnlen(text, TEXT_MAX - 1);

	wire_put_u16(out, len);
	buf_append(out, text, len);
	end_frame(out, start);
}

int text_get(char *text, size_t size, const struct frame *f, struct err *e)
{
	struct wire w;

	wire_init(&w, f->data, f->len);
	wire_str(&w, text, size);
	return done(&w, f, e);
}
