/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DOCTOR_ASK_H
#define DOCTOR_ASK_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/* What a program has answered, by those who may wait: a look in its child. */
struct answer {
	int status;		/* of waitpid(2); -1: it was late, and was killed */
	long ms;		/* how long it took */
	struct buf said;	/* stdout and stderr together, NUL at the end */
};

/* Shorter than a look may take: it has still to be judged. */
#define ASK_MS 3500

/*
 * Run argv, its first word a path, with env (NULL: ours) and input (NULL: none),
 * for so many milliseconds at most. -1 with e set: it cannot be run. said is to be
 * freed in any case.
 */
int ask(char *const *argv, char *const *env, const char *input, long ms,
	struct answer *a, struct err *e) __attribute__((warn_unused_result));

/*
 * From here on SIGINT, SIGTERM and SIGHUP end the asking, not this program: what is
 * asked then is late at once. After ask_forget_signals() they do nothing.
 */
void ask_heed_signals(void);
void ask_forget_signals(void);

/* Whether it ended well. */
int answer_is_good(const struct answer *a);

/*
 * A program by its name, in PATH, then in the usual places; into path. -1: there
 * is none.
 */
int ask_find(const char *name, char *path, size_t size)
	__attribute__((warn_unused_result));

#endif
