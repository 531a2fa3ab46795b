/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>

#include "os/diagmsg.h"

#define SEQ 7

struct answer {
	struct nlmsghdr h;
	struct inet_diag_msg m;
};

struct refusal {
	struct nlmsghdr h;
	struct nlmsgerr err;
};

static struct answer good(void)
{
	struct answer a = {
		.h = {
			.nlmsg_len = sizeof a,
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_seq = SEQ,
		},
		.m = {
			.idiag_family = AF_INET,
			.idiag_state = 1,
			.idiag_uid = 1002,
			.idiag_inode = 4711,
			.id.idiag_sport = htons(40000),
			.id.idiag_dport = htons(22),
		},
	};

	memcpy(a.m.id.idiag_src, "\177\0\0\1", 4);
	memcpy(a.m.id.idiag_dst, "\177\0\0\2", 4);
	return a;
}

static struct refusal refused(int error)
{
	return (struct refusal){
		.h = {
			.nlmsg_len = sizeof(struct refusal),
			.nlmsg_type = NLMSG_ERROR,
			.nlmsg_seq = SEQ,
		},
		.err.error = error,
	};
}

/* Parse a copy of exactly that size, so that ASan sees a step beyond. */
static enum diagmsg_kind parse(const void *data, size_t len,
	struct diagmsg_socket *s, int *error)
{
	void *copy = malloc(len ? len : 1);
	enum diagmsg_kind kind;

	memcpy(copy, data, len);
	*s = (struct diagmsg_socket){ .uid = 99 };
	*error = 99;
	kind = diagmsg_parse(copy, len, SEQ, s, error);
	free(copy);
	return kind;
}

static void asks_for_one(void **state)
{
	unsigned char out[DIAGMSG_QUERY_LEN];
	struct diagmsg_id id = { .sport = 40000, .dport = 22 };
	struct inet_diag_req_v2 req;
	struct nlmsghdr h;

	(void)state;
	diagmsg_map4(id.src, "\177\0\0\1");
	diagmsg_map4(id.dst, "\177\0\0\2");
	diagmsg_query(out, &id, SEQ);
	memcpy(&h, out, sizeof h);
	memcpy(&req, out + sizeof h, sizeof req);
	assert_int_equal(h.nlmsg_len, sizeof out);
	assert_int_equal(h.nlmsg_flags, NLM_F_REQUEST);	/* no dump */
	assert_int_equal(h.nlmsg_seq, SEQ);
	assert_int_equal(req.sdiag_family, AF_INET);
	assert_int_equal(req.id.idiag_sport, htons(40000));
	assert_int_equal(req.id.idiag_dport, htons(22));
	assert_memory_equal(req.id.idiag_src, "\177\0\0\1\0\0\0\0", 8);
	assert_memory_equal(req.id.idiag_dst, "\177\0\0\2\0\0\0\0", 8);

	memset(id.src, 0, 16);
	id.src[15] = 1;
	diagmsg_query(out, &id, SEQ);
	memcpy(&req, out + sizeof h, sizeof req);
	assert_int_equal(req.sdiag_family, AF_INET6);
	assert_memory_equal(req.id.idiag_src, id.src, 16);
	assert_memory_equal(req.id.idiag_dst, id.dst, 16);
}

static void reads_a_socket(void **state)
{
	struct answer a = good();
	struct diagmsg_socket s;
	int error;

	(void)state;
	assert_int_equal(parse(&a, sizeof a, &s, &error), DIAGMSG_SOCKET);
	assert_int_equal(s.uid, 1002);
	assert_int_equal(s.inode, 4711);
	assert_int_equal(s.state, DIAGMSG_ESTABLISHED);
	assert_int_equal(s.id.sport, 40000);
	assert_int_equal(s.id.dport, 22);
	assert_memory_equal(s.id.src, "\0\0\0\0\0\0\0\0\0\0\xff\xff\177\0\0\1",
		16);
	a.m.idiag_family = AF_INET6;
	assert_int_equal(parse(&a, sizeof a, &s, &error), DIAGMSG_SOCKET);
	assert_memory_equal(s.id.dst, "\177\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	a.m.idiag_family = AF_UNIX;
	assert_int_equal(parse(&a, sizeof a, &s, &error), DIAGMSG_MALFORMED);
}

static void reads_errors(void **state)
{
	static const struct {
		int value;
		enum diagmsg_kind kind;
		int error;
	} rows[] = {
		{ -2, DIAGMSG_REFUSED, 2 },
		{ -4095, DIAGMSG_REFUSED, 4095 },
		{ 0, DIAGMSG_NOTHING, 99 },
		{ 2, DIAGMSG_MALFORMED, 99 },
		{ -4096, DIAGMSG_MALFORMED, 99 },
		{ INT32_MIN, DIAGMSG_MALFORMED, 99 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct refusal r = refused(rows[i].value);
		struct diagmsg_socket s;
		int error;

		assert_int_equal(parse(&r, sizeof r, &s, &error),
			rows[i].kind);
		assert_int_equal(error, rows[i].error);
		assert_int_equal(s.uid, 99);
	}
}

static void every_cut_is_malformed(void **state)
{
	struct answer a = good();
	struct refusal r = refused(-2);
	struct diagmsg_socket s;
	int error;

	(void)state;
	assert_int_equal(parse(&a, 0, &s, &error), DIAGMSG_NOTHING);
	for (size_t len = 1; len < sizeof a; len++) {
		struct answer cut = a;

		assert_int_equal(parse(&a, len, &s, &error), DIAGMSG_MALFORMED);
		cut.h.nlmsg_len = (uint32_t)len;	/* a short message */
		assert_int_equal(parse(&cut, sizeof cut, &s, &error),
			DIAGMSG_MALFORMED);
	}
	for (size_t len = 1; len < sizeof r.h + sizeof(int); len++) {
		r.h.nlmsg_len = (uint32_t)len;
		assert_int_equal(parse(&r, sizeof r, &s, &error),
			DIAGMSG_MALFORMED);
	}
	a.h.nlmsg_len = 0xffffffff;
	assert_int_equal(parse(&a, sizeof a, &s, &error), DIAGMSG_MALFORMED);
	a.h.nlmsg_len = 0;
	assert_int_equal(parse(&a, sizeof a, &s, &error), DIAGMSG_MALFORMED);
}

static void skips_what_was_not_asked(void **state)
{
	struct {
		struct answer stale;
		struct refusal stale_error;
		struct answer wanted;
	} many = { good(), refused(-2), good() };
	struct diagmsg_socket s;
	int error;

	(void)state;
	many.stale.h.nlmsg_seq = SEQ - 1;
	many.stale.m.idiag_uid = 0;
	many.stale_error.h.nlmsg_seq = SEQ + 1;
	assert_int_equal(parse(&many.stale, sizeof many.stale, &s, &error),
		DIAGMSG_NOTHING);
	assert_int_equal(s.uid, 99);
	assert_int_equal(parse(&many, sizeof many, &s, &error), DIAGMSG_SOCKET);
	assert_int_equal(s.uid, 1002);
	many.wanted.h.nlmsg_type = NLMSG_DONE;
	assert_int_equal(parse(&many, sizeof many, &s, &error),
		DIAGMSG_NOTHING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_for_one),
		cmocka_unit_test(reads_a_socket),
		cmocka_unit_test(reads_errors),
		cmocka_unit_test(every_cut_is_malformed),
		cmocka_unit_test(skips_what_was_not_asked),
	};

	return cmocka_run_group_tests_name("diagmsg", tests, NULL, NULL);
}
