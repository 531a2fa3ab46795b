/* SPDX-License-Identifier: BSD-2-Clause */
/* A datagram of the kernel's, and who is connected to whom by it. The first bytes
 * are the numbers of a tree's sockets. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "os/sockdump.h"
#include "reaper/conn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OWN 8

static int by_number(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return a < b ? -1 : a > b;
}

static void count(struct sockdump *d, uint32_t own[OWN])
{
	struct conn_tree t = { .uid = own[0] % 8, .first_user = 4,
		.inode = own, .n = OWN, .whole = 1 };
	struct conn c;
	size_t n;

	qsort(own, OWN, sizeof *own, by_number);
	conn_init(&c, d);
	n = conn_count(&c, &t);
	if (n > d->ntcp + OWN || (n > 0 && !conn_possible(&c, t.uid) &&
		d->ntcp + d->nlocal == 0))
		abort();
	/* What is certain is no more than what there is. */
	t.whole = 0;
	if (conn_count(&c, &t) > n)
		abort();
	t.whole = 1;
	t.n = 0;
	if (conn_count(&c, &t) != 0)
		abort();
	conn_fini(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sockdump d = { 0 };
	uint32_t own[OWN], seq;
	int error = 0, ret;

	if (size < OWN + sizeof seq)
		return 0;
	for (size_t i = 0; i < OWN; i++)
		own[i] = data[i];
	memcpy(&seq, data + OWN, sizeof seq);
	ret = sockdump_parse(&d, data + OWN + sizeof seq,
		size - OWN - sizeof seq, seq, &error);
	if (ret < -1 || ret > 1 || (ret == -1 && error == 0))
		abort();
	count(&d, own);
	sockdump_fini(&d);
	return 0;
}
