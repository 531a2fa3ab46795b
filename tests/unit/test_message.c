/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proto/message.h"

/*
 * Each message fills a struct of its own; all zero before, so that two of them
 * can be compared whole.
 */
union message {
	struct hello hello;
	struct target connect;
	struct check check;
	struct checked checked;
	struct window window;
	struct shell_exit exit;
	struct error error;
	uint32_t limit;
	struct uses uses;
	struct offer offer;
	struct wanted wanted;
	struct declined declined;
	struct take take;
	struct reach reach;
	char text[TEXT_MAX];
};

#define GETTER(name, member, call) \
	static int name(union message *m, const struct frame *f, struct err *e) \
	{ \
		return call(&m->member, f, e); \
	}
#define PUTTER(name, member, call) \
	static void name(struct buf *out, const union message *m) \
	{ \
		call(out, &m->member); \
	}
#define BOTH(member, call) \
	GETTER(get_##member, member, call##_get) \
	PUTTER(put_##member, member, call##_put)

BOTH(hello, hello)
BOTH(connect, connect)
BOTH(check, check)
BOTH(checked, checked)
BOTH(window, window)
BOTH(exit, shell_exit)
BOTH(error, error)
BOTH(uses, uses)
BOTH(offer, offer)
BOTH(wanted, wanted)
BOTH(declined, declined)
BOTH(take, take)
BOTH(reach, reach)

GETTER(get_limit, limit, limit_get)

static void put_limit(struct buf *out, const union message *m)
{
	limit_put(out, m->limit);
}

static int get_text(union message *m, const struct frame *f, struct err *e)
{
	return text_get(m->text, sizeof m->text, f, e);
}

static void put_notice(struct buf *out, const union message *m)
{
	text_put(out, FRAME_NOTICE, m->text);
}

static void put_end(struct buf *out, const union message *m)
{
	text_put(out, FRAME_END, m->text);
}

static void put_ok(struct buf *out, const union message *m)
{
	text_put(out, FRAME_OK, m->text);
}

static void put_node(struct buf *out, const union message *m)
{
	text_put(out, FRAME_NODE, m->text);
}

static const struct row {
	enum frame_type type;
	int (*get)(union message *, const struct frame *, struct err *);
	void (*put)(struct buf *, const union message *);
	union message in;
} rows[] = {
	{ FRAME_HELLO, get_hello, put_hello,
		{ .hello = { 3, 2, "agent 1.0", "c1.example" } } },
	{ FRAME_HELLO, get_hello, put_hello, { .hello = { 0, 0, "", "" } } },
	{ FRAME_CONNECT, get_connect, put_connect,
		{ .connect = { 65535, "" } } },
	{ FRAME_CONNECT, get_connect, put_connect,
		{ .connect = { 0, "/tmp/x" } } },
	{ FRAME_CHECK, get_check, put_check,
		{ .check = { 0xfedcba98, 0x1234, { 1, "" } } } },
	{ FRAME_CHECK, get_check, put_check,
		{ .check = { 0, 65535, { 0, "/" } } } },
	{ FRAME_CHECKED, get_checked, put_checked,
		{ .checked = { 7, 1, "" } } },
	{ FRAME_CHECKED, get_checked, put_checked,
		{ .checked = { 7, 0, "nothing listens there" } } },
	{ FRAME_WINDOW, get_window, put_window,
		{ .window = { 24, 80, 0xffff, 1 } } },
	{ FRAME_EXIT, get_exit, put_exit, { .exit = { 0, 255 } } },
	{ FRAME_EXIT, get_exit, put_exit, { .exit = { 1, 9 } } },
	{ FRAME_ERROR, get_error, put_error, { .error = { 76, "no" } } },
	{ FRAME_NOTICE, get_text, put_notice, { .text = "two\nlines" } },
	{ FRAME_END, get_text, put_end, { .text = "" } },
	{ FRAME_OK, get_text, put_ok, { .text = "c1" } },
	{ FRAME_LIMIT, get_limit, put_limit, { .limit = 0x12345678 } },
	{ FRAME_LIMIT, get_limit, put_limit, { .limit = LIMIT_NONE } },
	{ FRAME_USES, get_uses, put_uses, { .uses = { 1, 0, 0xfffffffe, 7 } } },
	{ FRAME_NODE, get_text, put_node, { .text = "c2" } },
	{ FRAME_OFFER, get_offer, put_offer,
		{ .offer = { 1, "x11", "0123456789abcdef" } } },
	{ FRAME_OFFER, get_offer, put_offer, { .offer = { 0, "agent", "" } } },
	{ FRAME_WANTED, get_wanted, put_wanted,
		{ .wanted = { 0xfedcba98, "agent", "" } } },
	{ FRAME_WANTED, get_wanted, put_wanted,
		{ .wanted = { 1, "outbound", "[2001:db8::1]:443" } } },
	{ FRAME_TAKE, get_take, put_take, { .take = { 0xfedcba98, "" } } },
	{ FRAME_TAKE, get_take, put_take, { .take = { 1, "proxy Basic eA==" } } },
	{ FRAME_DECLINED, get_declined, put_declined,
		{ .declined = { 7, 69, "the agent is gone" } } },
	{ FRAME_REACH, get_reach, put_reach,
		{ .reach = { 5432, "db1", "db1,10.0.0.0/8" } } },
};
#define N_ROWS (sizeof rows / sizeof rows[0])

/* The payload of what put made, in memory of just its size. */
static struct frame put(const struct row *r, const union message *m,
	char **copy)
{
	struct buf b = { 0 };
	struct frame f;
	struct err e = { "" };

	r->put(&b, m);
	if (frame_parse(&f, buf_data(&b), b.len, &e) != (long)b.len)
		fail_msg("row %zu: %s", (size_t)(r - rows), e.text);
	assert_int_equal(f.type, r->type);
	assert_int_equal(f.stream, 0);
	*copy = malloc(f.len ? f.len : 1);
	memcpy(*copy, f.data, f.len);
	f.data = *copy;
	buf_fini(&b);
	return f;
}

static void reads_what_it_writes(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ROWS; i++) {
		union message *m = calloc(1, sizeof *m);
		char *copy;
		struct frame f = put(&rows[i], &rows[i].in, &copy);
		struct err e;

		assert_int_equal(rows[i].get(m, &f, &e), 0);
		if (memcmp(m, &rows[i].in, sizeof *m) != 0)
			fail_msg("row %zu differs", i);
		free(copy);
		free(m);
	}
}

static void misses_no_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ROWS; i++) {
		union message *m = calloc(1, sizeof *m);
		char *copy, *cut;
		struct frame whole = put(&rows[i], &rows[i].in, &copy), f;
		struct err e;

		for (size_t len = 0; len < whole.len; len++) {
			cut = malloc(len ? len : 1);
			memcpy(cut, copy, len);
			f = (struct frame){ rows[i].type, 0, cut, len };
			e.text[0] = '\0';
			if (rows[i].get(m, &f, &e) != -1 || !e.text[0])
				fail_msg("row %zu, %zu bytes", i, len);
			free(cut);
		}
		/* Only hello and uses may grow. */
		cut = calloc(1, whole.len + 1);
		memcpy(cut, copy, whole.len);
		f = (struct frame){ rows[i].type, 0, cut, whole.len + 1 };
		if (rows[i].get(m, &f, &e) !=
			(rows[i].type == FRAME_HELLO ||
			rows[i].type == FRAME_USES ? 0 : -1))
			fail_msg("row %zu, a byte more", i);
		free(cut);
		free(copy);
		free(m);
	}
}

/* The longest strings fill their fields, and the frame's limits allow it. */
static void takes_the_longest_strings(void **state)
{
	static const struct {
		size_t row, field, size;
	} fields[] = {
		{ 0, offsetof(struct hello, program), 64 },
		{ 0, offsetof(struct hello, host), 256 },
		{ 3, offsetof(struct target, path), 108 },
		{ 5, offsetof(struct check, target.path), 108 },
		{ 7, offsetof(struct checked, why), 256 },
		{ 11, offsetof(struct error, text), 1024 },
		{ 12, 0, TEXT_MAX },
		{ 13, 0, TEXT_MAX },
		{ 14, 0, TEXT_MAX },
		{ 19, offsetof(struct offer, about), 1024 },
		{ 22, offsetof(struct wanted, target), 512 },
		{ 24, offsetof(struct declined, why), 256 },
		{ 26, offsetof(struct reach, host), 256 },
		{ 26, offsetof(struct reach, allow), 4096 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		const struct row *r = &rows[fields[i].row];
		union message *in = malloc(sizeof *in);
		union message *out = calloc(1, sizeof *out);
		char *copy, *field;
		struct frame f;
		struct err e;

		*in = r->in;
		field = (char *)in + fields[i].field;
		memset(field, '/', fields[i].size - 1);
		field[fields[i].size - 1] = '\0';
		f = put(r, in, &copy);
		assert_int_equal(r->get(out, &f, &e), 0);
		assert_memory_equal(in, out, sizeof *in);
		free(copy);
		free(in);
		free(out);
	}
}

/* A text that is too long must not become a frame that ends the link. */
static void cuts_endless_texts(void **state)
{
	static const enum frame_type types[] = { FRAME_NOTICE, FRAME_END,
		FRAME_OK };
	char *text = malloc(70000), back[TEXT_MAX];

	(void)state;
	memset(text, 'x', 69999);
	text[69999] = '\0';
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		struct buf b = { 0 };
		struct frame f;
		struct err e;

		text_put(&b, types[i], text);
		assert_int_equal(frame_parse(&f, buf_data(&b), b.len, &e),
			b.len);
		assert_int_equal(text_get(back, sizeof back, &f, &e), 0);
		assert_int_equal(strlen(back), TEXT_MAX - 1);
		buf_fini(&b);
	}
	free(text);
}

static void knows_a_target(void **state)
{
	static const struct {
		struct target t;
		int ok;
	} targets[] = {
		{ { 1, "" }, 1 },
		{ { 0, "/x" }, 1 },
		{ { 0, "" }, 0 },
		{ { 0, "x" }, 0 },
		{ { 0, "@x" }, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
		struct buf b = { 0 };
		struct target t;
		struct frame f;
		struct err e;

		connect_put(&b, &targets[i].t);
		assert_true(frame_parse(&f, buf_data(&b), b.len, &e) > 0);
		assert_int_equal(connect_get(&t, &f, &e), targets[i].ok ? 0 :
			-1);
		buf_fini(&b);
	}
}

static void check_shell(enum frame_type type, const char *command,
	const char *env, size_t envlen)
{
	struct shell_request in = { .kind = "a-kind-2", .pty = 1,
		.window = { 1, 2, 3, 4 }, .term = "xterm",
		.shell = "/bin/sh" }, out;
	struct buf b = { 0 };
	struct frame f;
	struct err e;

	strcpy(in.command, command);
	buf_append(&in.env, env, envlen);
	shell_request_put(&b, &in, type);
	assert_int_equal(frame_parse(&f, buf_data(&b), b.len, &e), b.len);
	assert_int_equal(f.type, type);
	assert_int_equal(shell_request_get(&out, &f, &e), 0);
	assert_string_equal(out.kind, type == FRAME_START ? in.kind :
		command[0] != '\0' ? "command" : "shell");
	assert_int_equal(out.pty, 1);
	assert_memory_equal(&out.window, &in.window, sizeof in.window);
	assert_string_equal(out.term, in.term);
	assert_string_equal(out.shell, in.shell);
	assert_string_equal(out.command, command);
	assert_int_equal(out.env.len, envlen);
	if (envlen > 0)
		assert_memory_equal(buf_data(&out.env), env, envlen);
	shell_request_fini(&out);
	assert_null(out.env.mem);
	shell_request_fini(&in);
	for (size_t c = 0; c < sizeof in.command; c++)
		assert_int_equal(in.command[c], 0);
	buf_fini(&b);
}

static void carries_a_shell(void **state)
{
	static const enum frame_type types[] = { FRAME_SHELL, FRAME_START };
	char command[4096];

	(void)state;
	memset(command, 'x', sizeof command - 1);
	command[sizeof command - 1] = '\0';
	for (int i = 0; i < 2; i++) {
		check_shell(types[i], "", NULL, 0);
		check_shell(types[i], "echo x", "A=1", 4);
		check_shell(types[i], "", "A=1\0B=2", 8);
		check_shell(types[i], command, "A=1", 4);
	}
}

/* It ends up in messages, and is looked up in a table. */
static void takes_only_words_for_kinds(void **state)
{
	static const struct {
		const char *kind;
		int good;
	} words[] = {
		{ "sshd", 1 }, { "x-11", 1 }, { "", 0 }, { "/bin/sh", 0 },
		{ "Shell", 0 }, { "a b", 0 }, { "a\n", 0 }, { "\x9b", 0 },
		{ "a123456789b123456789c123456789d", 1 },
		{ "a123456789b123456789c123456789de", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		struct buf b = { 0 };
		size_t len = strlen(words[i].kind);
		char head[2] = { 0, (char)len };
		struct shell_request out;
		struct err e = { "" };

		buf_append(&b, head, 2);
		buf_append(&b, words[i].kind, len);
		/* No terminal, and three empty strings. */
		buf_append(&b, (char[15]){ 0 }, 15);
		assert_int_equal(shell_request_get(&out, &(struct frame){
			FRAME_START, 0, buf_data(&b), b.len }, &e),
			words[i].good ? 0 : -1);
		assert_int_equal(e.text[0] == '\0', words[i].good);
		if (words[i].good)
			assert_string_equal(out.kind, words[i].kind);
		shell_request_fini(&out);
		buf_fini(&b);
	}
}

/* Its variables go to the end, so a cut among them may leave a good frame. */
static void check_cuts(enum frame_type type)
{
	struct shell_request in = { .kind = "k", .term = "t", .shell = "s",
		.command = "c" }, out;
	struct buf b = { 0 };
	struct frame f;
	struct err e;
	size_t whole, fixed;

	buf_append(&in.env, "A=1\0B=2", 8);
	shell_request_put(&b, &in, type);
	assert_true(frame_parse(&f, buf_data(&b), b.len, &e) > 0);
	whole = f.len;
	fixed = whole - 8;
	for (size_t len = 0; len <= whole; len++) {
		char *cut = malloc(len ? len : 1);
		int good = len == fixed || len == fixed + 4 || len == whole;

		memcpy(cut, f.data, len);
		assert_int_equal(shell_request_get(&out, &(struct frame){
			type, 0, cut, len }, &e), good ? 0 : -1);
		shell_request_fini(&out);
		free(cut);
	}
	shell_request_fini(&in);
	buf_fini(&b);
}

static void refuses_a_cut_shell(void **state)
{
	(void)state;
	check_cuts(FRAME_SHELL);
	check_cuts(FRAME_START);
}

static void agrees_on_versions(void **state)
{
	static const struct {
		uint16_t mine, my_oldest, theirs, their_oldest;
		int ok;
	} pairs[] = {
		{ 1, 1, 1, 1, 1 },
		{ 3, 1, 1, 1, 1 },
		{ 1, 1, 3, 1, 1 },
		{ 3, 2, 2, 1, 1 },
		{ 3, 2, 1, 1, 0 },
		{ 1, 1, 3, 2, 0 },
		{ 2, 2, 1, 1, 0 },
		{ 65535, 65535, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		struct hello mine = { pairs[i].mine, pairs[i].my_oldest,
			"front 1", "login" };
		struct hello theirs = { pairs[i].theirs,
			pairs[i].their_oldest, "agent 2", "c1" };
		struct err e = { "" };

		if (hello_agree(&mine, &theirs, &e) != (pairs[i].ok ? 0 : -1))
			fail_msg("row %zu", i);
		if (pairs[i].ok)
			continue;
		assert_non_null(strstr(e.text, "front 1"));
		assert_non_null(strstr(e.text, "agent 2 on c1"));
	}
}

/* Of another version some fields are not there, and others are behind them. */
static void ok_of_control_may_have_less_and_more(void **state)
{
	static const char node_only[] = "\0\2c2";
	static const char more[] = "\0\2c2\0\1x\0\1y";
	struct frame f = { .type = FRAME_OK, .data = node_only, .len = 4 };
	struct control_ok ok;
	struct buf b = { 0 };
	char list[2000] = "";
	struct err e;

	(void)state;
	assert_int_equal(control_ok_get(&ok, &f, &e), 0);
	assert_string_equal(ok.node, "c2");
	assert_string_equal(ok.networks, "");
	f.data = more;
	f.len = sizeof more - 1;
	assert_int_equal(control_ok_get(&ok, &f, &e), 0);
	assert_string_equal(ok.networks, "x");
	f.len = 5;
	assert_int_equal(control_ok_get(&ok, &f, &e), -1);
	f.len = 0;
	assert_int_equal(control_ok_get(&ok, &f, &e), -1);
	/* No network of too many is cut. */
	for (int i = 0; i < 100; i++)
		snprintf(list + strlen(list), 16, "%s10.0.0.%03d/24",
			i > 0 ? "," : "", i);
	assert_true(control_ok_put(&b, "c2", list));
	assert_int_equal(frame_parse(&f, buf_data(&b), b.len, &e), b.len);
	assert_int_equal(control_ok_get(&ok, &f, &e), 0);
	assert_memory_equal(ok.networks, list, strlen(ok.networks));
	assert_int_equal(list[strlen(ok.networks)], ',');
	assert_true(strlen(ok.networks) > 600);
	buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ok_of_control_may_have_less_and_more),
		cmocka_unit_test(reads_what_it_writes),
		cmocka_unit_test(misses_no_byte),
		cmocka_unit_test(takes_the_longest_strings),
		cmocka_unit_test(cuts_endless_texts),
		cmocka_unit_test(knows_a_target),
		cmocka_unit_test(carries_a_shell),
		cmocka_unit_test(takes_only_words_for_kinds),
		cmocka_unit_test(refuses_a_cut_shell),
		cmocka_unit_test(agrees_on_versions),
	};

	return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
