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
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/sockdiag.h"
#include "os/sockdump.h"

#define SEQ 7

/* A datagram of the kernel, put together by hand. */
struct packet {
	unsigned char data[1024];
	size_t len;
};

static void put(struct packet *p, unsigned type, unsigned seq,
	const void *body, size_t len)
{
	struct nlmsghdr h = { .nlmsg_len = (uint32_t)(sizeof h + len),
		.nlmsg_type = (uint16_t)type, .nlmsg_seq = seq };

	memcpy(p->data + p->len, &h, sizeof h);
	memcpy(p->data + p->len + sizeof h, body, len);
	p->len += NLMSG_ALIGN(sizeof h + len);
}

static size_t put_attribute(unsigned char *at, unsigned type,
	const void *value, size_t len)
{
	struct rtattr a = { (unsigned short)(sizeof a + len),
		(unsigned short)type };

	memcpy(at, &a, sizeof a);
	memcpy(at + sizeof a, value, len);
	return RTA_ALIGN(sizeof a + len);
}

static size_t unix_body(unsigned char *out)
{
	struct unix_diag_msg m = { .udiag_family = AF_UNIX,
		.udiag_type = SOCK_STREAM, .udiag_state = 1,
		.udiag_ino = 77 };
	struct unix_diag_rqlen q = { 3, 9 };
	uint32_t peer = 78, uid = 1001;
	size_t n = NLMSG_ALIGN(sizeof m);

	memcpy(out, &m, sizeof m);
	n += put_attribute(out + n, UNIX_DIAG_NAME, "/tmp/x", 6);
	n += put_attribute(out + n, UNIX_DIAG_PEER, &peer, 4);
	n += put_attribute(out + n, UNIX_DIAG_RQLEN, &q, sizeof q);
	n += put_attribute(out + n, UNIX_DIAG_UID, &uid, 4);
	return n;
}

static void fill(struct packet *p)
{
	struct inet_diag_msg m = { .idiag_family = AF_INET, .idiag_state = 1,
		.idiag_uid = 1001, .idiag_inode = 55 };
	unsigned char body[256];

	m.id.idiag_sport = htons(8000);
	m.id.idiag_dport = htons(40000);
	m.id.idiag_src[0] = htonl(0x7f000001);
	p->len = 0;
	put(p, SOCK_DIAG_BY_FAMILY, SEQ, &m, sizeof m);
	put(p, SOCK_DIAG_BY_FAMILY, SEQ, body, unix_body(body));
	put(p, SOCK_DIAG_BY_FAMILY, SEQ + 1, &m, sizeof m); /* another's */
}

static void reads(void **state)
{
	static const unsigned char mapped[16] = { [10] = 0xff, 0xff, 127, 0, 0,
		1 };
	struct packet p;
	struct sockdump d = { 0 };
	int error, zero = 0, refused = -2;

	(void)state;
	fill(&p);
	assert_int_equal(sockdump_parse(&d, p.data, p.len, SEQ, &error), 1);
	assert_int_equal(d.ntcp, 1);
	assert_int_equal(d.tcp[0].id.sport, 8000);
	assert_int_equal(d.tcp[0].id.dport, 40000);
	assert_int_equal(d.tcp[0].inode, 55);
	assert_int_equal(d.tcp[0].uid, 1001);
	assert_memory_equal(d.tcp[0].id.src, mapped, 16);
	assert_int_equal(d.nlocal, 1);
	assert_int_equal(d.local[0].inode, 77);
	assert_int_equal(d.local[0].peer, 78);
	assert_int_equal(d.local[0].waiting, 3);
	assert_int_equal(d.local[0].uid, 1001);
	assert_int_equal(d.local[0].named, 1);
	put(&p, NLMSG_DONE, SEQ, &zero, 4);
	assert_int_equal(sockdump_parse(&d, p.data, p.len, SEQ, &error), 0);
	p.len = 0;
	put(&p, NLMSG_ERROR, SEQ, &refused, 4);
	assert_int_equal(sockdump_parse(&d, p.data, p.len, SEQ, &error), -1);
	assert_int_equal(error, 2);
	sockdump_fini(&d);
}

/* Cut anywhere, or with any byte of a length changed: no overrun, no hang. */
static void survives(void **state)
{
	struct packet p;

	(void)state;
	fill(&p);
	for (size_t len = 0; len <= p.len; len++) {
		struct sockdump d = { 0 };
		unsigned char *copy = malloc(len ? len : 1);
		int error;

		memcpy(copy, p.data, len);
		sockdump_parse(&d, copy, len, SEQ, &error);
		free(copy);
		sockdump_fini(&d);
	}
	for (size_t i = 0; i < p.len; i++) {
		for (int v = 0; v < 256; v += 5) {
			struct packet q = p;
			struct sockdump d = { 0 };
			int error;

			q.data[i] = (unsigned char)v;
			sockdump_parse(&d, q.data, q.len, SEQ, &error);
			sockdump_fini(&d);
		}
	}
}

/* The kernel of this machine tells of a listener of ours. */
static void the_kernel_answers(void **state)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof in;
	int fd = socket(AF_INET, SOCK_STREAM, 0), found = 0;
	struct sockdump d;
	struct err e;

	(void)state;
	assert_int_equal(bind(fd, (struct sockaddr *)&in, len), 0);
	assert_int_equal(listen(fd, 1), 0);
	getsockname(fd, (struct sockaddr *)&in, &len);
	if (sockdiag_dump(&d, &e) == -1)
		fail_msg("%s", e.text);
	for (size_t i = 0; i < d.ntcp; i++)
		found += d.tcp[i].id.sport == ntohs(in.sin_port) &&
			d.tcp[i].state == DIAGMSG_LISTEN &&
			d.tcp[i].uid == geteuid();
	assert_int_equal(found, 1);
	sockdump_fini(&d);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(survives),
		cmocka_unit_test(the_kernel_answers),
	};

	return cmocka_run_group_tests_name("sockdump", tests, NULL, NULL);
}
