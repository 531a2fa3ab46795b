/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_STDIO_H
#define FRONT_STDIO_H

#include <stddef.h>

#include "front/front.h"
#include "proto/message.h"

/* The three descriptors that sshd gave us. */

/*
 * Open the tees, make the descriptors non-blocking and a terminal raw, and begin
 * to store stdin. NULL with e set when a tee cannot be made.
 */
struct stdio *stdio_new(struct front *f, struct err *e);
void stdio_free(struct stdio *s);

/* Whom stdin goes to; NULL stores it. What is stored comes at once. */
void stdio_set_sink(struct stdio *s,
	void (*sink)(const char *data, size_t len, void *arg),
	void (*end)(void *arg), void *arg);
void stdio_pause_stdin(struct stdio *s, int on);

/* Never blocks; once detached, what is written is dropped. */
void stdio_write(struct stdio *s, int stream, const char *data, size_t len);
int stdio_is_full(const struct stdio *s, int stream);

/* Called when a stream that was full has room, or all is written. */
void stdio_set_room(struct stdio *s, void (*room)(void *arg), void *arg);
size_t stdio_queued(const struct stdio *s);

/* Copies for the tees, before anything is changed. */
void stdio_tee(struct stdio *s, int stream, const char *data, size_t len);

/* Whether the ssh has a terminal, and its size. */
int stdio_is_terminal(const struct stdio *s);
struct window stdio_window(const struct stdio *s);

/* Let go of ssh: the descriptors become /dev/null. */
void stdio_detach(struct stdio *s);

#endif
