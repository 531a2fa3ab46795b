/* SPDX-License-Identifier: BSD-2-Clause */
#include "proto/frame.h"

#include <stdio.h>

#include "proto/wire.h"

/* The least and most a payload can be, checked before any field is read. */
static const struct {
	enum frame_type type;
	const char *name;
	uint16_t min, max;
} types[] = {
	{ FRAME_HELLO, "hello", 8, 1024 },
	{ FRAME_ERROR, "error", 3, 2048 },
	{ FRAME_CONTROL, "control", 0, 256 },
	{ FRAME_SHELL, "shell", 15, FRAME_MAX },
	{ FRAME_CONNECT, "connect", 4, 256 },
	{ FRAME_HOME, "home", 0, 1024 },
	{ FRAME_STATUS, "status", 0, 256 },
	{ FRAME_START, "start", 18, FRAME_MAX },
	{ FRAME_NODE, "node", 2, 256 },
	{ FRAME_TAKE, "take", 6, 1024 },
	{ FRAME_REACH, "reach", 8, 4608 },
	{ FRAME_OK, "ok", 0, 1024 },
	{ FRAME_REPORT, "report", 1, 4096 },
	{ FRAME_DATA, "data", 1, FRAME_MAX },
	{ FRAME_EOF, "eof", 0, 0 },
	{ FRAME_RESET, "reset", 0, 0 },
	{ FRAME_EXIT, "exit", 2, 2 },
	{ FRAME_SIGNAL, "signal", 1, 1 },
	{ FRAME_WINDOW, "window", 8, 8 },
	{ FRAME_ANNOUNCED, "announced", 0, 256 },
	{ FRAME_GONE, "gone", 0, 0 },
	{ FRAME_WHOSE, "whose", 16, 256 },
	{ FRAME_CHECK, "check", 10, 256 },
	{ FRAME_CHECKED, "checked", 7, 1024 },
	{ FRAME_PING, "ping", 8, 8 },
	{ FRAME_PONG, "pong", 8, 8 },
	{ FRAME_NOTICE, "notice", 2, 2048 },
	{ FRAME_END, "end", 2, 2048 },
	{ FRAME_LIMIT, "limit", 4, 4 },
	{ FRAME_MEANT, "meant", 0, 256 },
	{ FRAME_USES, "uses", 16, 256 },
	{ FRAME_OFFER, "offer", 5, 2048 },
	{ FRAME_WANTED, "wanted", 8, 1024 },
	{ FRAME_DECLINED, "declined", 7, 1024 },
};
#define TYPES (sizeof types / sizeof types[0])

long frame_parse(struct frame *f, const char *data, size_t len,
	struct err *e)
{
	struct wire w;

	if (len < FRAME_HEADER)
		return 0;
	wire_init(&w, data, FRAME_HEADER);
	f->type = wire_u8(&w);
	f->stream = wire_u8(&w);
	f->len = wire_u16(&w);
	f->data = data + FRAME_HEADER;
	if (f->len > FRAME_MAX)
		return err_set(e, "%s frame of %zu bytes, at most %d can be",
			frame_name(f->type), f->len, FRAME_MAX);
	for (size_t i = 0; i < TYPES; i++)
		if (types[i].type == f->type &&
			(f->len < types[i].min || f->len > types[i].max))
			return err_set(e,
				"%s frame of %zu bytes, expected %u to %u",
				types[i].name, f->len, types[i].min,
				types[i].max);
	if (len < FRAME_HEADER + f->len)
		return 0;
	return FRAME_HEADER + f->len;
}

void frame_head(char *out, enum frame_type type, uint8_t stream, size_t len)
{
	out[0] = type;
	out[1] = stream;
	out[2] = len >> 8;
	out[3] = len;
}

void frame_write(struct buf *out, enum frame_type type, uint8_t stream,
	const void *data, size_t len)
{
	frame_head(buf_reserve(out, FRAME_HEADER + len), type, stream, len);
	buf_commit(out, FRAME_HEADER);
	buf_append(out, data, len);
}

const char *frame_name(enum frame_type type)
{
	static char unknown[16];

	for (size_t i = 0; i < TYPES; i++)
		if (types[i].type == type)
			return types[i].name;
	snprintf(unknown, sizeof unknown, "frame %u", (unsigned)type & 0xff);
	return unknown;
}
