/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/frame.h"

/* What PROTOCOL says, written down a second time. */
static const struct {
	int type;
	const char *name;
	size_t min, max;
} want[] = {
	{ 1, "hello", 8, 1024 },
	{ 2, "error", 3, 2048 },
	{ 16, "control", 0, 256 },
	{ 17, "shell", 15, 16380 },
	{ 18, "connect", 4, 256 },
	{ 19, "home", 0, 1024 },
	{ 20, "status", 0, 256 },
	{ 21, "start", 18, 16380 },
	{ 22, "node", 2, 256 },
	{ 23, "take", 6, 1024 },
	{ 24, "reach", 8, 4608 },
	{ 32, "ok", 0, 1024 },
	{ 33, "report", 1, 4096 },
	{ 48, "data", 1, 16380 },
	{ 49, "eof", 0, 0 },
	{ 50, "reset", 0, 0 },
	{ 51, "exit", 2, 2 },
	{ 52, "signal", 1, 1 },
	{ 53, "window", 8, 8 },
	{ 54, "announced", 0, 256 },
	{ 55, "gone", 0, 0 },
	{ 56, "whose", 16, 256 },
	{ 64, "check", 10, 256 },
	{ 65, "checked", 7, 1024 },
	{ 66, "ping", 8, 8 },
	{ 67, "pong", 8, 8 },
	{ 68, "notice", 2, 2048 },
	{ 69, "end", 2, 2048 },
	{ 70, "limit", 4, 4 },
	{ 71, "meant", 0, 256 },
	{ 72, "uses", 16, 256 },
	{ 73, "offer", 5, 2048 },
	{ 74, "wanted", 8, 1024 },
	{ 75, "declined", 7, 1024 },
};
#define N (sizeof want / sizeof want[0])

/* Parse a frame of that type and length, of which `there` bytes arrived. */
static long parse(int type, size_t len, size_t there, struct frame *f,
	struct err *e)
{
	unsigned char *p = calloc(1, there ? there : 1);
	const unsigned char head[] = { (unsigned char)type, 7,
		(unsigned char)(len >> 8), (unsigned char)len };
	long n;

	memcpy(p, head, there < sizeof head ? there : sizeof head);
	n = frame_parse(f, (char *)p, there, e);
	if (n > 0) {
		assert_int_equal(f->type, type);
		assert_int_equal(f->stream, 7);
		assert_int_equal(f->len, len);
		assert_ptr_equal(f->data, p + FRAME_HEADER);
	}
	free(p);
	return n;
}

static int accepts(int type, size_t len)
{
	struct err e = { "" };
	struct frame f;
	long n = parse(type, len, FRAME_HEADER + len, &f, &e);

	if (n == -1) {
		assert_non_null(strstr(e.text, frame_name(type)));
		/* The header alone is enough to know. */
		assert_int_equal(parse(type, len, FRAME_HEADER, &f, &e), -1);
		return 0;
	}
	assert_int_equal(n, FRAME_HEADER + len);
	assert_string_equal(e.text, "");
	return 1;
}

static void has_limits_for_each_type(void **state)
{
	(void)state;
	for (size_t i = 0; i < N; i++) {
		int t = want[i].type;

		assert_string_equal(frame_name(t), want[i].name);
		if (!accepts(t, want[i].min) || !accepts(t, want[i].max) ||
			(want[i].min > 0 && accepts(t, want[i].min - 1)) ||
			accepts(t, want[i].max + 1) || accepts(t, 65535))
			fail_msg("%s", want[i].name);
	}
}

static void lets_unknown_types_pass(void **state)
{
	size_t unknown = 0;

	(void)state;
	for (int t = 0; t < 256; t++) {
		size_t i = 0;

		while (i < N && want[i].type != t)
			i++;
		if (i < N)
			continue;
		unknown++;
		assert_true(accepts(t, 0));
		assert_true(accepts(t, FRAME_MAX));
		assert_false(accepts(t, FRAME_MAX + 1));
	}
	assert_int_equal(unknown, 256 - N);
	assert_string_equal(frame_name(99), "frame 99");
	assert_string_equal(frame_name(255), "frame 255");
}

static void waits_for_the_last_byte(void **state)
{
	struct frame f;
	struct err e;

	(void)state;
	for (size_t there = 0; there < FRAME_HEADER + 300; there++)
		assert_int_equal(parse(FRAME_DATA, 300, there, &f, &e), 0);
	assert_int_equal(parse(FRAME_DATA, 300, FRAME_HEADER + 301, &f, &e),
		FRAME_HEADER + 300);
}

/* Frames of all types and sizes, cut anywhere, are the same frames. */
static void takes_any_chunking(void **state)
{
	static const size_t steps[] = { 1, 2, 3, 5, 7, 1000, 16384, 100000 };
	unsigned char *payload = malloc(FRAME_MAX);
	struct buf all = { 0 };

	(void)state;
	for (size_t i = 0; i < FRAME_MAX; i++)
		payload[i] = (unsigned char)(i * 31 >> 3);
	for (size_t i = 0; i < N; i++) {
		frame_write(&all, want[i].type, (uint8_t)i, payload,
			want[i].min);
		frame_write(&all, want[i].type, (uint8_t)i, payload,
			want[i].max);
	}
	for (size_t s = 0; s < sizeof steps / sizeof steps[0]; s++) {
		struct buf in = { 0 };
		size_t at = 0, frames = 0;

		while (at < all.len) {
			size_t n = all.len - at < steps[s] ? all.len - at :
				steps[s];
			struct frame f;
			struct err e;
			long took;

			buf_append(&in, buf_data(&all) + at, n);
			at += n;
			while ((took = frame_parse(&f, buf_data(&in), in.len,
				&e)) > 0) {
				size_t i = frames / 2;

				assert_int_equal(f.type, want[i].type);
				assert_int_equal(f.stream, i);
				assert_int_equal(f.len, frames % 2 ?
					want[i].max : want[i].min);
				assert_memory_equal(f.data, payload, f.len);
				frames++;
				buf_consume(&in, (size_t)took);
			}
			assert_int_equal(took, 0);
		}
		assert_int_equal(frames, 2 * N);
		assert_int_equal(in.len, 0);
		buf_fini(&in);
	}
	buf_fini(&all);
	free(payload);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_limits_for_each_type),
		cmocka_unit_test(lets_unknown_types_pass),
		cmocka_unit_test(waits_for_the_last_byte),
		cmocka_unit_test(takes_any_chunking),
	};

	return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
