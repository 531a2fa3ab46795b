/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_STDIO_H
#define FRONT_STDIO_H

#include <event2/event.h>
#include <stddef.h>

#include "net/relay.h"
#include "opt/opttable.h"
#include "proto/message.h"

struct parting;

/* The three descriptors that sshd gave us. */
struct stdio;

/*
 * Open the tees, make the descriptors non-blocking and a terminal raw, and begin
 * to store stdin. parting is told when the ssh is gone, and of a Ctrl-C that a
 * raw terminal makes no signal of. NULL with e set when a tee cannot be made.
 */
struct stdio *stdio_new(struct event_base *base, struct parting *parting,
	const struct options_tee *tees, struct err *e);
void stdio_free(struct stdio *s);

/*
 * The filters of a stream. The tee is the first of them, and has the bytes before
 * anything is changed; others are added behind, before stdio_connect().
 */
struct filters *stdio_filters(struct stdio *s, int stream);

/*
 * What comes on stdin is heard at once, also while it waits for a shell; all of it
 * goes on as it came.
 */
void stdio_listen(struct stdio *s,
	void (*heard)(const char *data, size_t len, void *arg), void *arg);

/*
 * Relay all three over the shell's link, which is the relay's from now on, and
 * the relay is ours; what is stored of stdin comes first. Callbacks as of
 * relay_new_stdio(), which may come in here; but the relay must not be freed.
 */
struct relay *stdio_connect(struct stdio *s, struct link *l,
	const struct relay_ops *ops, void *arg);

/* The same for one stream whose directions stdin and stdout are. */
struct relay *stdio_connect_stream(struct stdio *s, struct link *l,
	const struct relay_ops *ops, void *arg);

/*
 * The end of what the job says, behind all of it: stdout is ended for who reads it.
 * Only stdin tells from then on that the ssh is gone.
 */
void stdio_end_output(struct stdio *s);

/* Its owner's word that stdout or stderr failed. */
void stdio_failed(struct stdio *s, int stream, int error);

/* Whether the ssh has a terminal, and its size. */
int stdio_is_terminal(const struct stdio *s);
struct window stdio_window(const struct stdio *s);

/* Let go of ssh: the descriptors become /dev/null. */
void stdio_detach(struct stdio *s);

#endif
