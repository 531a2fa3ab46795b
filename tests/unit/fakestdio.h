/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_UNIT_FAKESTDIO_H
#define TESTS_UNIT_FAKESTDIO_H

/*
 * The three descriptors of a program for the length of a test, while cmocka's
 * are put aside: pipes, whose other ends, which do not block, are here.
 */
extern int fakestdio_fd[3];		/* -1: closed */

/* For setup and teardown: what the test says itself comes behind the latter. */
int fakestdio_begin(void);
void fakestdio_end(void);

/* Others instead of the pipe: the program's, and ours; -1: we have none. */
void fakestdio_put(int stream, int program, int ours);

/* Our end is closed. */
void fakestdio_close(int stream);

/* To stdin; and all that has come since, a string in a static buffer. */
void fakestdio_type(const char *text);
const char *fakestdio_said(int stream);

#endif
