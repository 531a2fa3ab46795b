/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROTO_BRIDGEWIRE_H
#define PROTO_BRIDGEWIRE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * What vscode-remote-host and the agent say to each other over the bridge's socket:
 * a call, which is a command to be run and with it three descriptors; then signals
 * for that one way, and the other way what becomes of it. PROTOCOL tells the form.
 */

#define BRIDGE_CALL_MAX (4u << 20)	/* bytes; exec takes half of that */
#define BRIDGE_PATHS_MAX 64		/* that are looked at */
#define BRIDGE_HELLO_SIZE 8
#define BRIDGE_REPLY_SIZE 7		/* of what is before its text */
#define BRIDGE_TEXT_MAX 1023

/* Before a call, which has len bytes; the descriptors come with it. */
void bridge_hello_put(struct buf *out, uint32_t len);
/* data has BRIDGE_HELLO_SIZE bytes. -1 with e set: it is none, or the call too long. */
int bridge_hello_get(const void *data, uint32_t *len, struct err *e)
	__attribute__((warn_unused_result));

/* Which file it is, whatever its name: as stat(2) says on either side. */
struct bridge_place {
	uint64_t dev, ino;
};

/* An argument that names a file, from this byte on. */
struct bridge_path {
	uint32_t arg, at;
	struct bridge_place place;
};

/* Lists of strings end with NULL. */
struct bridge_call {
	const char *dir;	/* working directory; "": it has no name */
	struct bridge_place place;	/* of that */
	uint32_t umask;
	char **argv, **env;
	struct bridge_path *paths;
	size_t n_args, n_paths;
};

/* The strings are the caller's. n_args counts; env ends with NULL. */
void bridge_call_put(struct buf *out, const struct bridge_call *c);

/*
 * Its strings are those of data, which it changes nothing in and must outlive it;
 * the lists are freed by bridge_call_fini(). -1 with e set, and there is none.
 */
int bridge_call_get(struct bridge_call *c, const void *data, size_t len,
	struct err *e) __attribute__((warn_unused_result));
void bridge_call_fini(struct bridge_call *c);

/* What the agent says of a command. */
enum bridge_type {
	BRIDGE_RUNS = 1,	/* it is begun now: signals are its own, and so is the stdio */
	BRIDGE_NOTE,		/* text: a line for the user */
	BRIDGE_STOPPED,		/* value: by which signal */
	BRIDGE_EXITED,		/* value: its exit status; nothing more comes */
	BRIDGE_KILLED,		/* value: by which signal; nothing more comes */
	BRIDGE_REFUSED,		/* value: status, text: why; nothing more comes */
};

struct bridge_reply {
	enum bridge_type type;
	uint32_t value;
	char text[BRIDGE_TEXT_MAX + 1];
};

void bridge_reply_put(struct buf *out, const struct bridge_reply *r);

/*
 * The first of len bytes: how long it was; 0: there is no whole one yet; -1 with e
 * set.
 */
int bridge_reply_get(struct bridge_reply *r, const void *data, size_t len,
	struct err *e) __attribute__((warn_unused_result));

#endif
