/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_SSHD_H
#define AGENT_SSHD_H

#include "agent/end.h"
#include "agent/jobenv.h"
#include "agent/sshdlog.h"
#include "net/link.h"
#include "proto/message.h"

/*
 * An sshd of the user for one connection, `sshd -i' with its stdin and stdout on
 * a socketpair: it has no port. Its configuration, in which the session's
 * environment stands, and its host key are files of the session's private
 * directory on the node, 0600, for as long as it runs.
 */
struct sshds;

struct sshd {
	struct sshds *node;
	const char *path;	/* of the program; the node's */
	char *config, *key;	/* their paths */
	char *keys, *force;	/* the same, which may not be there */
	int dir;		/* where they are: the name may be another's */
	struct filters of_stderr;
	struct sshdlog log;
};

/* What is known of the sshd of this node. env and end outlive it. */

struct sshds *sshds_new(const struct jobenv *env, const struct end *end);
void sshds_free(struct sshds *n);

/*
 * Whether there is an sshd on this node that takes such a configuration. The
 * first time it is asked, for which the link waits; then, or at once, ready() is
 * called. A link for which there is none is refused with the reason.
 */
void sshd_await(struct sshds *n, struct link *l, const struct frame *request,
	void (*ready)(struct link *, const struct frame *, void *), void *arg);

/*
 * Write the files for one, whose host key is in r->command; sshd_await() comes
 * before it. To be freed when it has ended, or was not started. NULL with e set.
 */
struct sshd *sshd_new(struct sshds *n, const struct shell_request *r,
	struct err *e) __attribute__((warn_unused_result));

/*
 * A line for the user of this one, in a static buffer: what a client needs, when
 * the one before was not let in, since its ssh may not have said why. NULL: none.
 */
const char *sshd_advice(const struct sshd *s);

/*
 * It has ended with this status of waitpid(2): whether nobody has logged in, and
 * why, in words for the user.
 */
int sshd_failed(const struct sshd *s, const char *node, int status,
	struct err *why);

/* Whether the session ends, and all sshds with it. */
int sshds_are_ended(const struct sshds *n);

/* Its files go. NULL is ignored. */
void sshd_free(struct sshd *s);

#endif
