/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_SERVERS_HYGIENE_H
#define AGENT_SERVERS_HYGIENE_H

#include "agent/agent.h"
#include "net/link.h"

/*
 * Keeps what editors' scripts will find in the user's server folders true for
 * this node, see agent/servers/records.h, and makes the session's own server folder.
 * All that touches the home directory is done by a child, and no shell waits
 * for it longer than HYGIENE_SECONDS.
 */
#define HYGIENE_SECONDS 3

/* Begin with what can be done before the first shell. */
void hygiene_init(struct agent *a);

/* Remove this session's records; waits for at most HYGIENE_SECONDS. */
void hygiene_fini(struct agent *a);

/*
 * Calls ready(a, l, request) at once or as soon as the records are in order.
 * Owns the link until then. If the session ends first, the request is refused.
 */
void hygiene_await(struct agent *a, struct link *l,
	const struct frame *request, void (*ready)(struct agent *a,
	struct link *l, const struct frame *request));

/* A server was announced: its record is worth remembering. */
void hygiene_announced(struct agent *a);

/* A front is attached: tell it what was done before it came. */
void hygiene_greet(struct agent *a);

/*
 * The line that a shell is to read behind the one in which an editor's script
 * names its server folder (editor/folderline.h), or NULL.
 */
const char *hygiene_folder_line(const struct agent *a);

/* A shell announced a server and has not read that line: tell the user. */
void hygiene_folder_not_named(struct agent *a);

#endif
