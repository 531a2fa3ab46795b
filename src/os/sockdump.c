/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "os/sockdump.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Since Linux 5.3, and not in older headers. */
#ifndef UDIAG_SHOW_UID
#define UDIAG_SHOW_UID 0x40
#define UNIX_DIAG_UID 7
#endif

#define STATES (1 << DIAGMSG_ESTABLISHED | 1 << DIAGMSG_LISTEN)

void sockdump_fini(struct sockdump *d)
{
	free(d->tcp);
	free(d->local);
	*d = (struct sockdump){ 0 };
}

size_t sockdump_query(unsigned char out[SOCKDUMP_QUERY_MAX], int family,
	uint32_t seq)
{
	struct nlmsghdr h = {
		.nlmsg_type = SOCK_DIAG_BY_FAMILY,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		.nlmsg_seq = seq,
	};
	struct inet_diag_req_v2 inet = {
		.sdiag_family = (unsigned char)family,
		.sdiag_protocol = IPPROTO_TCP,
		.idiag_states = STATES,
	};
	struct unix_diag_req local = {
		.sdiag_family = (unsigned char)family,
		.udiag_states = 0xffffffff,
		.udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER |
			UDIAG_SHOW_RQLEN | UDIAG_SHOW_UID,
	};
	const void *body = family == AF_UNIX ? (void *)&local : (void *)&inet;
	size_t len = family == AF_UNIX ? sizeof local : sizeof inet;

	h.nlmsg_len = (uint32_t)(sizeof h + len);
	memcpy(out, &h, sizeof h);
	memcpy(out + sizeof h, body, len);
	return sizeof h + len;
}

static int add_tcp(struct sockdump *d, const unsigned char *data, size_t len)
{
	struct diagmsg_socket s;

	if (diagmsg_socket(&s, data, len) == -1)
		return -1;
	if (d->ntcp == d->room_tcp) {
		d->room_tcp = d->room_tcp ? 2 * d->room_tcp : 64;
		d->tcp = mem_realloc(d->tcp, d->room_tcp * sizeof *d->tcp);
	}
	d->tcp[d->ntcp++] = s;
	return 0;
}

static void unix_attribute(struct sockdump_unix *s, unsigned type,
	const unsigned char *data, size_t len)
{
	struct unix_diag_rqlen queue;

	if (type == UNIX_DIAG_NAME) {
		s->named = len > 0;
	} else if (type == UNIX_DIAG_PEER && len >= sizeof s->peer) {
		memcpy(&s->peer, data, sizeof s->peer);
	} else if (type == UNIX_DIAG_UID && len >= sizeof s->uid) {
		memcpy(&s->uid, data, sizeof s->uid);
	} else if (type == UNIX_DIAG_RQLEN && len >= sizeof queue) {
		memcpy(&queue, data, sizeof queue);
		s->waiting = queue.udiag_rqueue;
	}
}

static int add_unix(struct sockdump *d, const unsigned char *data, size_t len)
{
	struct unix_diag_msg m;
	struct sockdump_unix s = { .uid = UINT32_MAX };
	size_t at = NLMSG_ALIGN(sizeof m);

	if (len < sizeof m)
		return -1;
	memcpy(&m, data, sizeof m);
	if (m.udiag_family != AF_UNIX)
		return -1;
	s.inode = m.udiag_ino;
	s.state = m.udiag_state;
	s.type = m.udiag_type;
	while (at < len) {
		struct rtattr a;

		if (len - at < sizeof a)
			return -1;
		memcpy(&a, data + at, sizeof a);
		if (a.rta_len < sizeof a || a.rta_len > len - at)
			return -1;
		unix_attribute(&s, a.rta_type, data + at + sizeof a,
			a.rta_len - sizeof a);
		at += RTA_ALIGN(a.rta_len);
	}
	if (d->nlocal == d->room_local) {
		d->room_local = d->room_local ? 2 * d->room_local : 64;
		d->local = mem_realloc(d->local,
			d->room_local * sizeof *d->local);
	}
	d->local[d->nlocal++] = s;
	return 0;
}

static int sockdump_add(struct sockdump *d, const unsigned char *data,
	size_t len)
{
	if (len == 0)
		return -1;
	return data[0] == AF_UNIX ? add_unix(d, data, len) :
		add_tcp(d, data, len);
}

int sockdump_parse(struct sockdump *d, const void *data, size_t len,
	uint32_t seq, int *error)
{
	const unsigned char *p = data;
	struct nlmsghdr h;
	size_t step;
	int value;

	*error = EPROTO;
	for (; len > 0; p += step, len -= step) {
		if (len < sizeof h)
			return -1;
		memcpy(&h, p, sizeof h);
		if (h.nlmsg_len < sizeof h || h.nlmsg_len > len)
			return -1;
		step = NLMSG_ALIGN((size_t)h.nlmsg_len);
		if (step > len)
			step = len;
		if (h.nlmsg_seq != seq)
			continue;
		if (h.nlmsg_type == NLMSG_DONE)
			return 0;
		if (h.nlmsg_type == NLMSG_ERROR) {
			if (h.nlmsg_len >= sizeof h + sizeof value)
				memcpy(&value, p + sizeof h, sizeof value);
			else
				return -1;
			if (value < 0 && value >= -4095)
				*error = -value;
			return -1;
		}
		if (h.nlmsg_type == SOCK_DIAG_BY_FAMILY &&
			sockdump_add(d, p + sizeof h,
			h.nlmsg_len - sizeof h) == -1) return -1;
	}
	return 1;
}
