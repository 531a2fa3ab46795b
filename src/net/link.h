/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_LINK_H
#define NET_LINK_H

#include <event2/event.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/err.h"
#include "net/tls/tls.h"
#include "proto/frame.h"
#include "proto/message.h"

/*
 * A link: one TLS connection between front and agent that carries frames. It
 * begins with a hello from both sides; after that the owner's callbacks see
 * every other frame.
 *
 * Frames are queued without limit by link_send(), so a source stops reading
 * while link_is_full(), until room() is called. Frames not wanted now are held
 * back by link_pause(): what was received already waits, then the kernel's
 * window closes.
 */

struct link;

struct link_ops {
	/* The peer proved the secret and its version fits. May be NULL. */
	void (*up)(struct link *l, const struct hello *peer, void *arg);
	void (*frame)(struct link *l, const struct frame *f, void *arg);
	/* The queue is no longer full. May be NULL. */
	void (*room)(struct link *l, void *arg);
	/*
	 * The link is dead; nothing more is called. auth is set when the peer
	 * was there but failed to prove the secret, or speaks another version.
	 * The owner frees it.
	 */
	void (*down)(struct link *l, const struct err *why, int auth,
		void *arg);
	/*
	 * All frames that came at once are handed out; until then their bytes
	 * stay where they are. May be NULL.
	 */
	void (*taken)(struct link *l, void *arg);
};

/* Who this program is, in every hello. Copied. */
void link_set_hello(const char *program, const char *host);

/*
 * Dial addr. Frames may be sent at once: they wait for the handshake. key is
 * the caller's and must outlive the link. Never fails here: down() tells.
 */
struct link *link_dial(struct event_base *base, const struct sockaddr *addr,
	socklen_t addrlen, const struct tls_key *key,
	const struct link_ops *ops, void *arg);

/* Serve an accepted socket, which the link owns from now on. */
struct link *link_serve(struct event_base *base, int fd,
	const struct tls_key *key, const struct link_ops *ops, void *arg);

/* Safe in any callback of the same link. NULL is ignored. */
void link_free(struct link *l);

/*
 * No callbacks any more; free it when the peer has got all that is queued and
 * has closed its end, or moved no byte for five minutes. Frames of the peer are
 * dropped meanwhile.
 */
void link_free_when_sent(struct link *l);

/* Whether all that these links were to send has come to their peers' hosts. */
int link_all_are_sent(void);

/* Free those of which link_free_when_sent() still takes care. */
void link_fini(void);

/* One frame; data is copied, at most FRAME_MAX bytes. Dropped when it is dead. */
void link_send(struct link *l, enum frame_type type, uint8_t stream,
	const void *data, size_t len);

/*
 * The same for any amount of DATA. There is room for FRAME_HEADER bytes before
 * data, and those and the data are overwritten: bytes go from here to TLS
 * without being copied, and to the socket all at once.
 */
void link_send_data(struct link *l, uint8_t stream, char *data, size_t len);

/* The same of data that must stay as they are: they are copied, and sent at once. */
void link_send_copy(struct link *l, uint8_t stream, const char *data,
	size_t len);

/* Queue what b holds (whole frames, made by x_put()) and empty it. */
void link_send_buf(struct link *l, struct buf *b);

/* Whether loop_full() is reached: room() will tell when it is not any more. */
int link_is_full(struct link *l);

/* Whether both hellos were said, and it is not dead. */
int link_is_up(const struct link *l);

/* The version of the protocol that both ends speak, 0 before it is up. */
uint16_t link_version(const struct link *l);

/*
 * Hold frames of the peer back, or hand them out again: by the loop, never from
 * here. Its hello comes all the same, and what we send goes out.
 */
void link_pause(struct link *l, int on);

/*
 * What the peer has said matters when it is gone, too: the link is down when all
 * of that was handed out, however long it is paused, and not as soon as nothing
 * can be sent any more.
 */
void link_hear_out(struct link *l);

/* Whom callbacks are for may change, for a link whose purpose becomes known. */
void link_set_ops(struct link *l, const struct link_ops *ops, void *arg);

/* Address of our end, as the peer's network sees us. -1 and errno. */
int link_local_addr(const struct link *l, struct sockaddr_storage *addr,
	socklen_t *len);

#endif
