/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_CONTAINER_H
#define AGENT_CONTAINER_H

#include "agent/containeranswer.h"
#include "agent/end.h"
#include "agent/fronts.h"
#include "agent/jobenv.h"
#include "net/link.h"

/*
 * --container: the image in which programs of the session run, on this node. The
 * agent and an sshd stay outside; a program is started by a runtime, whose words
 * are found and tried once, and then go before those of each program; or it has put
 * up an instance, which they join.
 */
struct container {
	struct containerfound found;
};

/* Whether the session has one, or wants one: jobenv has it only once it is found. */
int container_is_wanted(const struct jobenv *j);

/* For who has waited for it: -1 with e set when it is not there any more. */
int container_is_there(const struct jobenv *j, struct err *e)
	__attribute__((warn_unused_result));

/*
 * jobenv has it once there is one, and as long as it is good. Fronts are told what it
 * takes. What is given here outlives it. NULL: none is wanted.
 */
struct containers;
struct containers *containers_new(struct jobenv *env, struct end *end,
	struct fronts *fronts);
void containers_free(struct containers *n);	/* NULL is ignored */

/*
 * Find the way into the image, the first time that it is asked, for which the link
 * waits; then, or at once, ready() is called. A link that cannot be led there is
 * refused with the reason.
 */
void container_await(struct containers *n, struct link *l,
	const struct frame *request,
	void (*ready)(struct link *, const struct frame *, void *), void *arg);

/*
 * Append the words by which a program at path of the image is run, but for its own:
 * for env, which is changed to what goes in there, and a terminal or not. shell
 * becomes SHELL.
 */
void container_put_words(const struct container *c, const struct jobenv *j,
	struct envlist *env, int is_terminal, const char *shell,
	struct opt_list *words);

/* Whether what those words are of stays, and takes signals for itself. */
int container_is_between(const struct container *c);

/* The same as a shell reads it, to be freed. */
char *container_shell_words(const struct container *c, const struct jobenv *j,
	struct envlist *env);

#endif
