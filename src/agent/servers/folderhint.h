/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_SERVERS_FOLDERHINT_H
#define AGENT_SERVERS_FOLDERHINT_H

#include "agent/servers/hygiene.h"
#include "editor/folderline.h"
#include "net/filter.h"

/*
 * A filter of what a shell reads: behind the line in which an editor's script
 * names its server folder it puts the one that names another, if the session has
 * one (hygiene_folder_line()).
 */
struct folderhint {
	struct filter filter;
	struct hygiene *hygiene;	/* NULL: it does nothing */
	struct folderline scan;
	enum {
		FOLDER_UNNAMED,	/* no script has named the server's folder */
		FOLDER_NAMED,	/* and has read our line behind that */
		FOLDER_TOLD,	/* it announced a server all the same */
	} state;
};

/* Zeroed before. */
void folderhint_init(struct folderhint *h, struct hygiene *hygiene,
	struct filters *to_stdin);

/*
 * The shell has announced a server: one that never read our line has it where
 * --server-dir was to keep it from, and the user is told, once.
 */
void folderhint_announced(struct folderhint *h);

#endif
