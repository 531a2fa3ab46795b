/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROTO_FRAME_H
#define PROTO_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * The frames of a link, as described in PROTOCOL:
 *	u8 type, u8 stream, u16 length, payload
 * A frame with its header fits one TLS record.
 */
#define FRAME_HEADER 4
#define FRAME_MAX (16384 - FRAME_HEADER)

/*
 * The most bytes of a stream that we put into one frame. Four such frames, as
 * TLS records, go into one packet of 64 KiB, which is how the kernel hands a
 * stream to a network, with an MTU of 1500 (IPv4 and IPv6), 9000 and loopback's
 * 65536. Full frames would be a little too long: each fourth ends in a packet
 * of a few hundred bytes, which costs both ends as much as a whole one.
 */
#define FRAME_BULK 15584

/* As it is sent: with its record's header, type and tag (RFC 8446, 5.2). */
#define FRAME_BULK_RECORD (5 + FRAME_HEADER + FRAME_BULK + 1 + 16)

enum frame_type {
	FRAME_HELLO = 1,	/* both: first frame */
	FRAME_ERROR = 2,	/* both: why the link or request fails */
	FRAME_CONTROL = 16,	/* front: this link is the control stream */
	FRAME_SHELL = 17,	/* front: start a shell, carry its stdio */
	FRAME_CONNECT = 18,	/* front: dial a port or socket of the node */
	FRAME_HOME = 19,	/* agent: where it, or one of its job, is */
	FRAME_STATUS = 20,	/* front: how is the session? */
	FRAME_START = 21,	/* front: start a program, carry its stdio */
	FRAME_NODE = 22,	/* front: where is the agent of that node? */
	FRAME_TAKE = 23,	/* front: a connection that was WANTED */
	FRAME_REACH = 24,	/* front: dial another host, from the node */
	FRAME_OK = 32,		/* answer to a request */
	FRAME_REPORT = 33,	/* agent: how the session is */
	FRAME_DATA = 48,	/* bytes of a stream */
	FRAME_EOF = 49,		/* end of one direction of a stream */
	FRAME_RESET = 50,	/* the connection was reset */
	FRAME_EXIT = 51,	/* agent: how the shell ended */
	FRAME_SIGNAL = 52,	/* both: for the shell, or those of a node */
	FRAME_WINDOW = 53,	/* front: terminal size */
	FRAME_ANNOUNCED = 54,	/* front: a start script said its port */
	FRAME_GONE = 55,	/* both: nobody has the connection's socket */
	FRAME_WHOSE = 56,	/* both: which front this link belongs to */
	FRAME_CHECK = 64,	/* front: is this a listener of ours? */
	FRAME_CHECKED = 65,	/* agent: the answer */
	FRAME_PING = 66,	/* front: heartbeat */
	FRAME_PONG = 67,	/* agent: the same bytes back */
	FRAME_NOTICE = 68,	/* agent: a line for the user */
	FRAME_END = 69,		/* both: the session ends, or shall; the reason */
	FRAME_LIMIT = 70,	/* both: when the scheduler ends the job */
	FRAME_MEANT = 71,	/* both: the end that comes is wanted */
	FRAME_USES = 72,	/* agent of a node: who is connected there */
	FRAME_OFFER = 73,	/* front: a service that the job may use */
	FRAME_WANTED = 74,	/* agent: a connection to that */
	FRAME_DECLINED = 75,	/* front: there will be none */
};

/* Bytes of FRAME_WHOSE that count: each has them. */
#define FRAME_MARK 16

/* Streams of a SHELL or START link. A CONNECT link has stream 0 only. */
enum { STREAM_STDIN, STREAM_STDOUT, STREAM_STDERR, STREAM_COUNT };

struct frame {
	enum frame_type type;
	uint8_t stream;
	const char *data;	/* into the caller's bytes */
	size_t len;
};

/*
 * Take one frame from data: the bytes it took, 0 when it is not complete yet,
 * -1 with e set when it is of an impossible size. A type that is not known is
 * a good frame: newer peers may send it, and it is ignored.
 */
long frame_parse(struct frame *f, const char *data, size_t len,
	struct err *e);

/* len is at most FRAME_MAX. */
void frame_write(struct buf *out, enum frame_type type, uint8_t stream,
	const void *data, size_t len);

/* Its first FRAME_HEADER bytes only. */
void frame_head(char *out, enum frame_type type, uint8_t stream, size_t len);

/* For logs; "frame 99" in a static buffer for a type not known. */
const char *frame_name(enum frame_type type);

#endif
