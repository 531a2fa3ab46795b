/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_SERVERS_HYGIENE_H
#define AGENT_SERVERS_HYGIENE_H

#include "agent/agent_job.h"
#include "agent/end.h"
#include "agent/fronts.h"
#include "agent/rundir.h"
#include "net/link.h"

/*
 * Keeps what editors' scripts will find in the user's server folders true for
 * this node, see agent/servers/recordlook.h, makes the session's own server folder,
 * and puts a site's defaults into servers' settings (machinesettings.h).
 * All that touches the home directory is done by a child, and no shell waits
 * for it longer than HYGIENE_SECONDS.
 */
#define HYGIENE_SECONDS 3

struct hygiene;

/*
 * Begin with what can be done before the first shell. rundir has copies of
 * records, and fronts show what was done. NULL when nothing is wanted, which all
 * of these take.
 */
struct hygiene *hygiene_new(const struct agent_job *job,
	const struct rundir *rundir, struct fronts *fronts,
	const struct end *end);

/* Remove this session's records; waits for at most HYGIENE_SECONDS. */
void hygiene_free(struct hygiene *h);

/*
 * Calls ready(l, request, arg) at once or as soon as the records are in order.
 * Owns the link until then. If the session ends first, the request is refused.
 */
void hygiene_await(struct hygiene *h, struct link *l,
	const struct frame *request, void (*ready)(struct link *l,
	const struct frame *request, void *arg), void *arg);

/* A server was announced: its record is worth remembering. */
void hygiene_announced(struct hygiene *h);

/* A front is attached: tell it what was done before it came. */
void hygiene_greet(struct hygiene *h);

/*
 * The line that a shell is to read behind the one in which an editor's script
 * names its server folder (editor/folderline.h), or NULL.
 */
const char *hygiene_folder_line(const struct hygiene *h);

/* A shell announced a server and has not read that line: tell the user. */
void hygiene_folder_not_named(struct hygiene *h);

#endif
