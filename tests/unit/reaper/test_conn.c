/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "reaper/conn.h"

#define N(rows) (sizeof rows / sizeof *rows)

/*
 * Sockets in words: L INODE PORT listens, E INODE SPORT DPORT is established on
 * loopback, R the same to another host; U INODE PEER is an accepted Unix socket,
 * C INODE PEER one that connected, W INODE N a Unix listener with N waiting.
 * The tree has the inodes 10 to 19. All are user 7's, but X is as E and D as C,
 * of another user, and Y as E, of the system.
 */
static void read_sockets(struct sockdump *d, const char *text)
{
	*d = (struct sockdump){ .tcp = calloc(16, sizeof *d->tcp),
		.local = calloc(16, sizeof *d->local) };
	while (*text != '\0') {
		unsigned a = 0, b = 0, c = 0;
		char what;
		int used = 0;

		if (sscanf(text, " %c %u %u %n", &what, &a, &b, &used) != 3)
			break;
		text += used;
		if (strchr("ERXY", what) != NULL) {
			assert_int_equal(sscanf(text, "%u %n", &c, &used), 1);
			text += used;
		}
		if (strchr("LERXY", what) != NULL) {
			struct diagmsg_socket *s = &d->tcp[d->ntcp++];
			static const unsigned char here[4] = { 127, 0, 0, 1 };
			static const unsigned char there[4] = { 10, 0, 0, 9 };

			*s = (struct diagmsg_socket){ .inode = a,
				.uid = what == 'X' ? 5000 : what == 'Y' ? 33 : 7,
				.state = what == 'L' ? DIAGMSG_LISTEN :
					DIAGMSG_ESTABLISHED,
				.id.sport = (uint16_t)b,
				.id.dport = (uint16_t)c };
			diagmsg_map4(s->id.src, here);
			diagmsg_map4(s->id.dst, what == 'R' ? there : here);
		} else {
			d->local[d->nlocal++] = (struct sockdump_unix){
				.inode = a, .peer = what == 'W' ? 0 : b,
				.waiting = what == 'W' ? b : 0,
				.state = what == 'W' ? DIAGMSG_LISTEN :
					DIAGMSG_ESTABLISHED,
				.type = 1,
				.named = what != 'C' && what != 'D',
				.uid = what == 'D' ? 5000 : 7 };
		}
	}
}

static void counts(void **state)
{
	static const struct {
		const char *sockets;
		size_t n;
	} rows[] = {
		{ "", 0 },
		{ "L 10 8000", 0 },
		/* a client on this host, as sshd's -D or -L is */
		{ "L 10 8000 E 11 8000 40000 E 99 40000 8000", 1 },
		{ "L 10 8000 E 11 8000 40000 E 99 40000 8000 "
			"E 12 8000 40001 E 98 40001 8000", 2 },
		/* two windows, one in another process of the tree */
		{ "L 10 8000 R 11 8000 40000 R 12 8000 40001", 2 },
		/* from elsewhere: only our end is here */
		{ "L 10 8000 R 11 8000 40000", 1 },
		/* not accepted yet */
		{ "L 10 8000 E 0 8000 40000 E 99 40000 8000", 1 },
		/* within the tree */
		{ "L 10 8000 E 11 8000 40000 E 12 40000 8000", 0 },
		{ "L 10 8000 E 11 8000 40000 E 12 40000 8000 "
			"E 13 8000 40001 E 99 40001 8000", 1 },
		/* of others, altogether */
		{ "L 90 8000 E 91 8000 40000 E 92 40000 8000", 0 },
		{ "L 90 8000 E 0 8000 40000 E 92 40000 8000", 0 },
		/* what the tree connects to */
		{ "L 10 8000 R 11 40000 443", 0 },
		{ "L 10 8000 L 90 5432 E 11 40000 5432 E 91 5432 40000", 0 },
		{ "L 90 5432 E 11 40000 5432 E 91 5432 40000", 0 },
		/* accepted when there still was a listener */
		{ "E 11 8000 40000 E 99 40000 8000", 1 },
		{ "R 11 8000 40000", 0 },
		{ "E 11 8000 40000", 0 },
		/* another service that listens on the client's port */
		{ "L 90 40000 E 11 8000 40000 E 99 40000 8000", 0 },
		{ "L 10 8000 L 90 40000 E 11 8000 40000 E 99 40000 8000", 1 },
		/* Unix sockets */
		{ "W 10 0", 0 },
		{ "W 10 1", 1 },
		{ "W 90 1", 0 },
		{ "W 10 0 U 11 99", 1 },
		{ "W 10 0 U 11 12 C 12 11", 0 },
		{ "U 11 99", 1 },
		{ "U 11 0", 0 },		/* the other end is closed */
		{ "C 11 99", 0 },		/* the tree connected */
		{ "U 91 92", 0 },
		{ "L 10 8000 E 11 8000 40000 E 99 40000 8000 U 12 99", 2 },
		/* of another user, who does not count; of a site's proxy */
		{ "L 10 8000 E 11 8000 40000 X 99 40000 8000", 0 },
		{ "L 10 8000 E 0 8000 40000 X 99 40000 8000", 0 },
		{ "E 11 8000 40000 X 99 40000 8000", 0 },
		{ "L 10 8000 E 11 8000 40000 X 99 40000 8000 "
			"E 12 8000 40001 E 98 40001 8000", 1 },
		{ "L 10 8000 E 11 8000 40000 Y 99 40000 8000", 1 },
		{ "L 10 8000 E 11 8000 40000 X 0 40000 8000", 1 },
		{ "U 11 99 D 99 11", 0 }, { "U 11 99 C 99 11", 1 },
		{ "U 11 99 D 99 11 U 12 98 C 98 12", 1 },
		/* the borders of the set of inodes */
		{ "U 9 99", 0 }, { "U 10 99", 1 }, { "U 19 99", 1 },
		{ "U 20 99", 0 },
		{ "L 10 65535 R 11 65535 1", 1 },
	};
	static const uint32_t tree[] = { 10, 11, 12, 13, 14, 15, 16, 17, 18,
		19 };

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct conn_tree t = { .uid = 7, .first_user = 1000,
			.inode = tree, .n = N(tree), .whole = 1 };
		struct sockdump d;
		struct conn c;

		read_sockets(&d, rows[i].sockets);
		conn_init(&c, &d);
		if (conn_count(&c, &t) != rows[i].n)
			print_message("# row %zu: %s\n", i, rows[i].sockets);
		assert_int_equal(conn_count(&c, &t), rows[i].n);
		/* the shortcuts may never hide one, nor invent one */
		if (rows[i].n > 0)
			assert_int_equal(conn_possible(&c, 7), 1);
		for (t.whole = 0; t.n > 0; t.n--)
			assert_true(conn_count(&c, &t) <= rows[i].n);
		t.whole = 1;
		assert_int_equal(conn_count(&c, &t), 0);
		conn_fini(&c);
		sockdump_fini(&d);
	}
}

/* What is certain when only the inodes 10 and 11 are known to be the tree's. */
static void certain(void **state)
{
	static const struct {
		const char *sockets;
		size_t n;
	} rows[] = {
		{ "L 10 8000 R 11 8000 40000", 1 },
		{ "R 11 40000 443", 0 },
		/* the other end may be the tree's, or is known not to be */
		{ "L 10 8000 E 11 8000 40000 E 12 40000 8000", 0 },
		{ "L 10 8000 E 11 8000 40000 E 99 40000 8000", 1 },
		{ "L 10 8000 E 0 8000 40000 E 12 40000 8000", 0 },
		{ "L 10 8000 E 0 8000 40000 E 99 40000 8000", 1 },
		{ "L 10 8000 E 0 8000 40000", 1 },
		{ "E 11 8000 40000 E 12 40000 8000", 0 },
		{ "E 11 8000 40000 E 99 40000 8000", 1 },
		{ "U 11 12", 0 }, { "U 11 99", 1 }, { "W 11 1", 1 },
		/* whoever listens there is not known yet */
		{ "L 12 8000 R 11 8000 40000", 0 },
		{ "L 12 8000 E 0 8000 40000 E 99 40000 8000", 0 },
	};
	static const uint32_t known[] = { 10, 11 }, other[] = { 98, 99 };
	struct conn_tree t = { .uid = 7, .first_user = 8 + 1,
		.inode = known, .n = N(known),
		.other = other, .others = N(other) };

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct sockdump d;
		struct conn c;

		read_sockets(&d, rows[i].sockets);
		conn_init(&c, &d);
		if (conn_count(&c, &t) != rows[i].n)
			print_message("# row %zu: %s\n", i, rows[i].sockets);
		assert_int_equal(conn_count(&c, &t), rows[i].n);
		conn_fini(&c);
		/* a peer of the system is not of the tree */
		for (size_t s = 0; s < d.ntcp; s++)
			if (d.tcp[s].inode == 12 &&
				d.tcp[s].state == DIAGMSG_ESTABLISHED)
				d.tcp[s].uid = 8;
		conn_init(&c, &d);
		if (strstr(rows[i].sockets, "E 12") != NULL)
			assert_int_equal(conn_count(&c, &t), 1);
		conn_fini(&c);
		/* nor is one of another user, who does not count */
		t.first_user = 8;
		conn_init(&c, &d);
		if (strstr(rows[i].sockets, "E 12") != NULL)
			assert_int_equal(conn_count(&c, &t), 0);
		conn_fini(&c);
		t.first_user = 8 + 1;
		sockdump_fini(&d);
	}
}

/* The inodes 20 and 21 are of trees that end. */
static void leaving(void **state)
{
	static const struct {
		const char *sockets;
		size_t n, users;	/* that count; that lose a visitor */
		int anybody;
	} rows[] = {
		{ "", 0, 0, 0 },
		{ "L 10 8000 E 11 8000 40000 E 20 40000 8000", 0, 1, 0 },
		{ "L 10 8000 E 11 8000 40000 E 99 40000 8000", 1, 0, 0 },
		{ "L 10 8000 E 11 8000 40000 E 20 40000 8000 "
			"E 12 8000 40001 E 99 40001 8000", 1, 1, 0 },
		/* not accepted: whose it is has to be found out */
		{ "L 10 8000 E 0 8000 40000 E 21 40000 8000", 0, 0, 1 },
		{ "R 20 40000 443", 0, 0, 0 },
		{ "L 10 8000 R 11 8000 40000 R 20 40000 8000", 1, 0, 0 },
		/* among themselves */
		{ "E 20 8000 40000 E 21 40000 8000", 0, 0, 0 },
		{ "U 11 20 C 20 11", 0, 1, 0 },
		{ "U 11 99 C 99 11", 1, 0, 0 },
		{ "U 20 21 C 21 20", 0, 0, 0 },
	};
	static const uint32_t tree[] = { 10, 11, 12 }, gone[] = { 20, 21 };

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct conn_tree t = { .uid = 7, .inode = tree,
			.n = N(tree), .whole = 1, .leaving = gone,
			.nleaving = N(gone) };
		uint32_t uids[32];
		struct sockdump d;
		struct conn c;
		int anybody;
		size_t n;

		read_sockets(&d, rows[i].sockets);
		conn_init(&c, &d);
		n = conn_left(&c, gone, N(gone), uids, &anybody);
		if (conn_count(&c, &t) != rows[i].n ||
			n != rows[i].users || anybody != rows[i].anybody)
			print_message("# row %zu: %s\n", i, rows[i].sockets);
		assert_int_equal(conn_count(&c, &t), rows[i].n);
		assert_int_equal(n, rows[i].users);
		assert_int_equal(anybody, rows[i].anybody);
		for (size_t k = 0; k < n; k++)
			assert_int_equal(uids[k], 7);
		assert_int_equal(conn_left(&c, NULL, 0, uids, &anybody), 0);
		assert_int_equal(anybody, 0);
		/* when it is not whole they are not certain, either */
		t.whole = 0;
		t.other = gone;
		t.others = N(gone);
		assert_true(conn_count(&c, &t) <= rows[i].n);
		for (size_t u = 0; u < d.nlocal; u++)
			d.local[u].uid = UINT32_MAX;
		conn_left(&c, gone, N(gone), uids, &anybody);
		assert_int_equal(anybody, rows[i].anybody ||
			(d.nlocal > 0 && rows[i].users > 0));
		conn_fini(&c);
		sockdump_fini(&d);
	}
}

static void possible(void **state)
{
	static const struct {
		const char *sockets;
		int possible;
	} rows[] = {
		{ "", 0 }, { "L 10 8000", 0 }, { "W 10 0", 0 },
		{ "C 10 11", 0 }, { "W 10 1", 1 }, { "U 10 11", 1 },
		{ "R 10 1 2", 1 }, { "E 0 1 2", 0 },
		{ "L 10 1 E 0 1 2", 1 }, { "L 10 3 E 0 1 2", 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct sockdump d;
		struct conn c;

		read_sockets(&d, rows[i].sockets);
		conn_init(&c, &d);
		assert_int_equal(conn_possible(&c, 7), rows[i].possible);
		assert_int_equal(conn_possible(&c, 8), 0);
		conn_fini(&c);
		for (size_t u = 0; u < d.nlocal; u++)
			d.local[u].uid = UINT32_MAX;	/* an old kernel */
		for (size_t s = 0; s < d.ntcp; s++)
			if (d.tcp[s].state == DIAGMSG_LISTEN)
				d.tcp[s].uid = 0;	/* systemd's socket */
		conn_init(&c, &d);
		if (d.nlocal > 0 || strstr(rows[i].sockets, "E 0") != NULL)
			assert_int_equal(conn_possible(&c, 8),
				rows[i].possible);
		conn_fini(&c);
		sockdump_fini(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts),
		cmocka_unit_test(certain),
		cmocka_unit_test(leaving),
		cmocka_unit_test(possible),
	};

	return cmocka_run_group_tests_name("conn", tests, NULL, NULL);
}
