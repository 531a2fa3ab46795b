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
struct sshd {
	const char *path;	/* of the program; the node's */
	char *config, *key;	/* their paths */
	struct filters of_stderr;
	struct sshdlog log;
};

/* What is known of the sshd of this node. env and end outlive it. */
struct sshds;

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
 * Write the files for one, whose host key is r->command, once that was awaited. To
 * be freed when it has ended, or was not started. NULL with e set.
 */
struct sshd *sshd_new(struct sshds *n, const struct shell_request *r,
	struct err *e) __attribute__((warn_unused_result));

/*
 * It has ended with this status of waitpid(2): whether nobody has logged in, and
 * why, in words for the user.
 */
int sshd_failed(const struct sshd *s, const char *node, int status,
	struct err *why);

/* Its files go. NULL is ignored. */
void sshd_free(struct sshd *s);

#endif
