/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_STREAM_H
#define NET_STREAM_H

/*
 * A stream of a link, and a pair of descriptors at this end of it, which may be
 * one socket. Its two directions end on their own, as in TCP; it is over when
 * both have. After OpenSSH's nchan.c.
 *
 *	inward: what is read from the pair goes to the link
 *	outward: what the link says is written to the pair
 *
 * A direction that a stream does not have begins closed.
 */
enum stream_half { HALF_OPEN, HALF_DRAINING, HALF_CLOSED };

struct stream {
	enum stream_half inward, outward;
};

enum stream_event {
	STREAM_SOCKET_EOF,	/* the socket, or the pair, says no more */
	STREAM_LINK_EOF,	/* the link says no more */
	STREAM_WRITTEN,		/* nothing is left to write to it */
	STREAM_SOCKET_ERROR,	/* reset, or any failure of the socket */
	STREAM_LINK_ERROR,	/* RESET frame, or the link is dead */
	STREAM_WRITE_ERROR,	/* nobody reads what is written to a pair */
};

/* What the caller has to do. */
enum stream_action {
	STREAM_NOTHING,
	STREAM_SEND_EOF,	/* an EOF frame on the link */
	STREAM_DRAIN,		/* shut the socket down once all is written */
	STREAM_SHUTDOWN,	/* shut the socket down for writing */
	STREAM_SEND_RESET,	/* a RESET frame on the link */
	STREAM_RESET_SOCKET,	/* close the socket with a reset */
	STREAM_DROP,		/* write no more; what the link says is lost */
};

/* Both halves begin open. Events that cannot be any more are NOTHING. */
enum stream_action stream_event(struct stream *s, enum stream_event ev);

/* Whether both directions have ended. */
int stream_is_over(const struct stream *s);

const char *stream_half_name(enum stream_half half);

#endif
