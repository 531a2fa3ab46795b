/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counts are bounded by what is there: a string has a byte at least, so no list is
 * made that is longer than the call.
 */
#include "proto/bridgewire.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "proto/wire.h"

static const char magic[4] = { 'V', 'R', 'H', 1 };

void bridge_hello_put(struct buf *out, uint32_t len)
{
	buf_append(out, magic, sizeof magic);
	wire_put_u32(out, len);
}

int bridge_hello_get(const void *data, uint32_t *len, struct err *e)
{
	struct wire w;

	if (memcmp(data, magic, sizeof magic) != 0)
		return err_set(e, "this is no call of the vscode-remote-host that the session's agent knows: start the session anew");
	wire_init(&w, (const char *)data + sizeof magic, sizeof *len);
	*len = wire_u32(&w);
	if (*len > BRIDGE_CALL_MAX)
		return err_set(e, "arguments and environment have %lu bytes, more than %u",
			(unsigned long)*len, BRIDGE_CALL_MAX);
	return 0;
}

/* ---- a call -------------------------------------------------------------- */

static void put_place(struct buf *out, const struct bridge_place *p)
{
	wire_put_u64(out, p->dev);
	wire_put_u64(out, p->ino);
}

static void get_place(struct wire *w, struct bridge_place *p)
{
	p->dev = wire_u64(w);
	p->ino = wire_u64(w);
}

void bridge_call_put(struct buf *out, const struct bridge_call *c)
{
	uint32_t n_env = 0;

	while (c->env[n_env] != NULL)
		n_env++;
	wire_put_u32(out, (uint32_t)c->n_args);
	wire_put_u32(out, n_env);
	wire_put_u32(out, (uint32_t)c->n_paths);
	wire_put_u32(out, c->umask);
	put_place(out, &c->place);
	for (size_t i = 0; i < c->n_paths; i++) {
		wire_put_u32(out, c->paths[i].arg);
		wire_put_u32(out, c->paths[i].at);
		put_place(out, &c->paths[i].place);
	}
	wire_put_text(out, c->dir);
	for (size_t i = 0; i < c->n_args; i++)
		wire_put_text(out, c->argv[i]);
	for (uint32_t i = 0; i < n_env; i++)
		wire_put_text(out, c->env[i]);
}

static char **get_list(struct wire *w, uint32_t n)
{
	char **list = mem_alloc((n + (size_t)1) * sizeof *list);

	for (uint32_t i = 0; i < n; i++)
		list[i] = (char *)(uintptr_t)wire_text(w);
	return list;
}

static void get_paths(struct bridge_call *c, struct wire *w)
{
	c->paths = mem_alloc(c->n_paths * sizeof *c->paths);
	for (size_t i = 0; i < c->n_paths; i++) {
		c->paths[i].arg = wire_u32(w);
		c->paths[i].at = wire_u32(w);
		get_place(w, &c->paths[i].place);
	}
}

/* They name arguments that there are, and places in them. */
static int paths_are_good(const struct bridge_call *c)
{
	for (size_t i = 0; i < c->n_paths; i++)
		if (c->paths[i].arg >= c->n_args ||
			c->paths[i].at > strlen(c->argv[c->paths[i].arg]))
			return 0;
	return 1;
}

int bridge_call_get(struct bridge_call *c, const void *data, size_t len,
	struct err *e)
{
	struct wire w;
	uint32_t n_args, n_env, n_paths;

	*c = (struct bridge_call){ 0 };
	wire_init(&w, data, len);
	n_args = wire_u32(&w);
	n_env = wire_u32(&w);
	n_paths = wire_u32(&w);
	c->umask = wire_u32(&w) & 0777;
	if (w.bad || n_args == 0 || n_args > w.left || n_env > w.left ||
		n_paths > BRIDGE_PATHS_MAX)
		return err_set(e, "a call that cannot be read");
	c->n_args = n_args;
	c->n_paths = n_paths;
	get_place(&w, &c->place);
	get_paths(c, &w);
	c->dir = wire_text(&w);
	c->argv = get_list(&w, n_args);
	c->env = get_list(&w, n_env);
	if (wire_done(&w) == 0 && paths_are_good(c))
		return 0;
	bridge_call_fini(c);
	return err_set(e, "a call that cannot be read");
}

void bridge_call_fini(struct bridge_call *c)
{
	free(c->argv);
	free(c->env);
	free(c->paths);
	*c = (struct bridge_call){ 0 };
}

/* ---- replies ------------------------------------------------------------- */

void bridge_reply_put(struct buf *out, const struct bridge_reply *r)
{
	wire_put_u8(out, (uint8_t)r->type);
	wire_put_u32(out, r->value);
	wire_put_str(out, r->text);
}

int bridge_reply_get(struct bridge_reply *r, const void *data, size_t len,
	struct err *e)
{
	const unsigned char *p = data;
	size_t whole;
	struct wire w;
	int type;

	if (len < BRIDGE_REPLY_SIZE)
		return 0;
	whole = BRIDGE_REPLY_SIZE + (size_t)(p[5] << 8 | p[6]);
	if (whole > BRIDGE_REPLY_SIZE + BRIDGE_TEXT_MAX)
		return err_set(e, "an answer that is too long");
	if (len < whole)
		return 0;
	wire_init(&w, data, whole);
	type = wire_u8(&w);
	r->value = wire_u32(&w);
	wire_str(&w, r->text, sizeof r->text);
	if (wire_done(&w) == -1 || type < BRIDGE_RUNS || type > BRIDGE_REFUSED)
		return err_set(e, "an answer that cannot be read");
	r->type = (enum bridge_type)type;
	return (int)whole;
}
