/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "os/diagmsg.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>

struct query {
	struct nlmsghdr h;
	struct inet_diag_req_v2 req;
};

_Static_assert(sizeof(struct query) == DIAGMSG_QUERY_LEN, "query length");

static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

void diagmsg_map4(unsigned char out[16], const void *a)
{
	memcpy(out, mapped, 12);
	memcpy(out + 12, a, 4);
}

/*
 * An address that is IPv4 on both ends is asked for as IPv4: the kernel finds
 * IPv6 sockets that talk IPv4 by that as well.
 */
void diagmsg_query(unsigned char out[DIAGMSG_QUERY_LEN],
	const struct diagmsg_id *id, uint32_t seq)
{
	struct query q = {
		.h = {
			.nlmsg_len = sizeof q,
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST,
			.nlmsg_seq = seq,
		},
		.req = {
			.sdiag_family = AF_INET6,
			.sdiag_protocol = IPPROTO_TCP,
			.idiag_states = 0xffffffff,
			.id = {
				.idiag_sport = htons(id->sport),
				.idiag_dport = htons(id->dport),
				.idiag_cookie = { INET_DIAG_NOCOOKIE,
					INET_DIAG_NOCOOKIE },
			},
		},
	};

	if (memcmp(id->src, mapped, 12) == 0 &&
		memcmp(id->dst, mapped, 12) == 0) {
		q.req.sdiag_family = AF_INET;
		memcpy(q.req.id.idiag_src, id->src + 12, 4);
		memcpy(q.req.id.idiag_dst, id->dst + 12, 4);
	} else {
		memcpy(q.req.id.idiag_src, id->src, 16);
		memcpy(q.req.id.idiag_dst, id->dst, 16);
	}
	memcpy(out, &q, sizeof q);
}

int diagmsg_socket(struct diagmsg_socket *out, const void *data, size_t len)
{
	struct inet_diag_msg m;

	if (len < sizeof m)
		return -1;
	memcpy(&m, data, sizeof m);
	*out = (struct diagmsg_socket){
		.id.sport = ntohs(m.id.idiag_sport),
		.id.dport = ntohs(m.id.idiag_dport),
		.state = m.idiag_state,
		.uid = m.idiag_uid,
		.inode = m.idiag_inode,
	};
	if (m.idiag_family == AF_INET) {
		diagmsg_map4(out->id.src, m.id.idiag_src);
		diagmsg_map4(out->id.dst, m.id.idiag_dst);
	} else if (m.idiag_family == AF_INET6) {
		memcpy(out->id.src, m.id.idiag_src, 16);
		memcpy(out->id.dst, m.id.idiag_dst, 16);
	} else {
		return -1;
	}
	return 0;
}

static enum diagmsg_kind parse_error(const unsigned char *data, size_t len,
	int *error)
{
	int value;

	if (len < sizeof value)
		return DIAGMSG_MALFORMED;
	memcpy(&value, data, sizeof value);
	if (value == 0)
		return DIAGMSG_NOTHING;		/* an acknowledgement */
	if (value > 0 || value < -4095)
		return DIAGMSG_MALFORMED;
	*error = -value;
	return DIAGMSG_REFUSED;
}

enum diagmsg_kind diagmsg_parse(const void *data, size_t len, uint32_t seq,
	struct diagmsg_socket *out, int *error)
{
	const unsigned char *p = data;

	while (len > 0) {
		enum diagmsg_kind kind = DIAGMSG_NOTHING;
		struct nlmsghdr h;
		size_t step;

		if (len < sizeof h)
			return DIAGMSG_MALFORMED;
		memcpy(&h, p, sizeof h);
		if (h.nlmsg_len < sizeof h || h.nlmsg_len > len)
			return DIAGMSG_MALFORMED;
		if (h.nlmsg_seq == seq && h.nlmsg_type == NLMSG_ERROR)
			kind = parse_error(p + sizeof h,
				h.nlmsg_len - sizeof h, error);
		else if (h.nlmsg_seq == seq &&
			h.nlmsg_type == SOCK_DIAG_BY_FAMILY)
			kind = diagmsg_socket(out, p + sizeof h,
				h.nlmsg_len - sizeof h) == 0 ?
				DIAGMSG_SOCKET : DIAGMSG_MALFORMED;
		if (kind != DIAGMSG_NOTHING)
			return kind;
		step = ((size_t)h.nlmsg_len + 3) & ~(size_t)3;
		if (step >= len)
			break;
		p += step;
		len -= step;
	}
	return DIAGMSG_NOTHING;
}
