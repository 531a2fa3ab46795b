/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROTO_MESSAGE_H
#define PROTO_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "proto/frame.h"

/*
 * What is inside the frames that are more than bytes. x_put() appends a whole
 * frame to out; x_get() reads a frame of that type, -1 with e set when a field
 * is missing, too long or left over.
 */

/*
 * The version of this protocol, and the oldest peer it can talk to. A version
 * more than the oldest adds what is used only with a peer that knows it:
 *	2	STATUS and REPORT, LIMIT; CONNECT links are used again
 *	3	START
 *	4	NODE, and HOME of the agent of a node, with USES
 *	5	OFFER, WANTED, DECLINED and TAKE; REACH
 */
#ifndef PROTOCOL_VERSION
#define PROTOCOL_VERSION 6
#define PROTOCOL_OLDEST 1
#endif
#define LIMIT_VERSION 2		/* an older peer knows no FRAME_LIMIT */
#define START_VERSION 3		/* the same of FRAME_START */
#define NODE_VERSION 4		/* and of FRAME_NODE */
#define SERVICE_VERSION 5	/* and of services */
#define REACH_VERSION 5		/* and of FRAME_REACH */
#define CONTAINER_VERSION 6	/* and of kinds for a session with a container */

/* Longest path of a Unix socket, its NUL included. */
#define SOCKET_PATH_MAX 108

struct hello {
	uint16_t version;	/* the protocol it speaks */
	uint16_t oldest;	/* the oldest it still speaks */
	char program[64];	/* "vscode-remote-agent 0.1.0", for messages */
	char host[256];
};

void hello_put(struct buf *out, const struct hello *h);
int hello_get(struct hello *h, const struct frame *f, struct err *e);

/* 0 when both can talk, else -1 with e naming both versions. */
int hello_agree(const struct hello *mine, const struct hello *theirs,
	struct err *e);

/* A listener in the job: a TCP port on its loopback, or a Unix socket. */
struct target {
	uint16_t port;			/* 0: path counts */
	char path[SOCKET_PATH_MAX];
};

void connect_put(struct buf *out, const struct target *t);
int connect_get(struct target *t, const struct frame *f, struct err *e);

/*
 * A host that the agent resolves and dials. allow is what the site says of it, of
 * base/hostpattern.h, with commas between: the address is in one of them, or the
 * host is one of these names.
 */
struct reach {
	uint16_t port;
	char host[256];			/* without brackets */
	char allow[4096];
};

void reach_put(struct buf *out, const struct reach *r);
int reach_get(struct reach *r, const struct frame *f, struct err *e);

struct check {
	uint32_t id;		/* comes back in the answer */
	uint16_t wait_ms;	/* how long it may take until it listens */
	struct target target;
};

void check_put(struct buf *out, const struct check *c);
int check_get(struct check *c, const struct frame *f, struct err *e);

struct checked {
	uint32_t id;
	uint8_t ours;
	char why[256];		/* when it is not */
};

void checked_put(struct buf *out, const struct checked *c);
int checked_get(struct checked *c, const struct frame *f, struct err *e);

struct window {
	uint16_t rows, columns, xpixel, ypixel;
};

void window_put(struct buf *out, const struct window *w);
int window_get(struct window *w, const struct frame *f, struct err *e);

/*
 * A program that is to be started, of one of the kinds that the agent knows. The
 * two that are as old as the protocol are shells: a login shell, which has no
 * command, and one that runs it. An empty shell means the agent's choice; env is
 * NUL-separated NAME=VALUE words.
 */
#define KIND_SHELL "shell"
#define KIND_COMMAND "command"

/*
 * An sshd for one connection, whose host key is the command, as a PEM; behind it
 * are public keys in lines, for where sshd cannot take any. Its bytes are both
 * directions of stream 0; a shell is not asked for.
 */
#define KIND_SSHD "sshd"

/* All three on the node itself, in a session that has a container. */
#define KIND_SHELL_OUTSIDE "shell-outside"
#define KIND_COMMAND_OUTSIDE "command-outside"
#define KIND_SSHD_OUTSIDE "sshd-outside"

/* The first there once the container can be entered, by a file that is for scripts. */
#define KIND_SHELL_BESIDE "shell-beside"

struct shell_request {
	char kind[32];		/* letters, digits and '-' */
	uint8_t pty;
	struct window window;
	char term[64];
	char shell[256];
	char command[4096];
	struct buf env;
};

/* Bytes of a command. */
#define SHELL_COMMAND_MAX (sizeof ((struct shell_request *)0)->command - 1)

/* START; or SHELL, which has no kind, for an agent before START_VERSION. */
void shell_request_put(struct buf *out, const struct shell_request *r,
	enum frame_type type);

/* Of either: SHELL tells the kind by having a command or none. */
int shell_request_get(struct shell_request *r, const struct frame *f,
	struct err *e);

/* Its command, which may be a key, is overwritten. */
void shell_request_fini(struct shell_request *r);

struct shell_exit {
	uint8_t signaled;
	uint8_t value;		/* status, or signal number */
};

void shell_exit_put(struct buf *out, const struct shell_exit *x);
int shell_exit_get(struct shell_exit *x, const struct frame *f,
	struct err *e);

/* An error, with the exit status it should become. */
struct error {
	uint8_t status;
	char text[1024];
};

void error_put(struct buf *out, const struct error *x);
int error_get(struct error *x, const struct frame *f, struct err *e);

/*
 * How many seconds the job still has until its time limit ends it. A duration,
 * since the clocks of two hosts differ.
 */
#define LIMIT_NONE 0xffffffffu

void limit_put(struct buf *out, uint32_t seconds);
int limit_get(uint32_t *seconds, const struct frame *f, struct err *e);

/*
 * Who is connected to the agent of a node, and a number that changes whenever
 * something was seen to compute there. Later versions may append fields.
 */
struct uses {
	uint32_t clients, shells, fronts, computed;
};

void uses_put(struct buf *out, const struct uses *u);
int uses_get(struct uses *u, const struct frame *f, struct err *e);

/*
 * A service: what programs of the job reach at the front's end, by connections
 * that begin in the job. Its name is letters, digits and '-'.
 */
#define SERVICE_AGENT "agent"	/* the user's ssh-agent */
#define SERVICE_X11 "x11"	/* his display; about is its cookie */
#define SERVICE_OUTBOUND "outbound"	/* the internet */
#define WANTED_MAX 64		/* connections to a service that a front is asked for */

struct offer {
	uint8_t is_there;	/* 0: not any more */
	char service[32];
	char about[1024];	/* the service's own */
};

void offer_put(struct buf *out, const struct offer *o);
int offer_get(struct offer *o, const struct frame *f, struct err *e);

/* A connection to it that somebody in the job waits for. */
struct wanted {
	uint32_t id;		/* of the agent's choice, for TAKE or DECLINED */
	char service[32];
	char target[512];	/* the service's own */
};

void wanted_put(struct buf *out, const struct wanted *w);
int wanted_get(struct wanted *w, const struct frame *f, struct err *e);

/* It is there, on this link. */
struct take {
	uint32_t id;
	char about[768];	/* the service's own */
};

void take_put(struct buf *out, const struct take *t);
int take_get(struct take *t, const struct frame *f, struct err *e);

struct declined {
	uint32_t id;
	uint8_t status;		/* EX_UNAVAILABLE: another front may have it */
	char why[256];
};

void declined_put(struct buf *out, const struct declined *d);
int declined_get(struct declined *d, const struct frame *f, struct err *e);

/*
 * OK of a control link: the agent's node, and the networks that it is in, as
 * "10.77.0.21/24,...", of which as many are sent as there is room for. An older
 * agent says none.
 */
struct control_ok {
	char node[256];
	char networks[640];
};

/* Returns whether networks had to be left out. */
int control_ok_put(struct buf *out, const char *node, const char *networks);
int control_ok_get(struct control_ok *ok, const struct frame *f, struct err *e);

/*
 * A line of text: NOTICE, END, OK of a shell, NODE (a node). text_put() cuts it so
 * that TEXT_MAX bytes can hold it with its NUL.
 */
#define TEXT_MAX 1023
void text_put(struct buf *out, enum frame_type type, const char *text);
int text_get(char *text, size_t size, const struct frame *f, struct err *e);

#endif
