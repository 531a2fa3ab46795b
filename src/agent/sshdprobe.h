/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_SSHDPROBE_H
#define AGENT_SSHDPROBE_H

#include "agent/sshdconf.h"
#include "base/err.h"

/* What is asked of a node once: its sshd, and how that lets a client in. */
struct sshdprobe {
	char *path;		/* of sshd; to be freed */
	enum sshdconf_words words;
	const char *echo, *sed;	/* of root's own; "": none */
	const char *sftp;	/* a program of its own; "": none */
};

/* The environment of an sshd, which gives its sessions another. */
#define SSHDPROBE_PATH "PATH=/usr/bin:/bin:/usr/sbin:/sbin"

/* As much of an answer as has to be kept. */
#define SSHDPROBE_MAX 65536

/*
 * In a child, which it ends: find sshd, given or NULL, else in the usual places and
 * in search, a PATH; have it read that configuration; all answers go to out.
 */
void sshdprobe_ask(int out, const char *config, const char *given,
	const char *search) __attribute__((noreturn));

/*
 * What such a child has said, which is changed, before it ended with this status
 * of waitpid(2). -1 with e set: there is none on that node, or none that is good.
 */
int sshdprobe_read(struct sshdprobe *p, char *said, int status,
	const char *given, const char *node, struct err *e)
	__attribute__((warn_unused_result));

#endif
