/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef EDITOR_STARTSCRIPT_H
#define EDITOR_STARTSCRIPT_H

#include <stddef.h>

#include "editor/scriptline.h"

/*
 * Which server the start script of VS Code's Remote-SSH wants, and where it looks
 * for it: told from what a shell is about to read. It is the script of 2021 to 2026
 * in its two kinds; another editor's, which gets its server from elsewhere, says
 * nothing here.
 */
enum startscript_kind {
	STARTSCRIPT_NO_KIND,
	STARTSCRIPT_BIN,	/* without exec server: FOLDER/bin/COMMIT */
	STARTSCRIPT_CLI,	/* with it: FOLDER/code-COMMIT, FOLDER/cli/servers */
};

#define STARTSCRIPT_COMMIT 40	/* hexadecimal digits */
#define STARTSCRIPT_FOLDER_MAX 1024

struct startscript_wants {
	enum startscript_kind kind;
	char commit[STARTSCRIPT_COMMIT + 1];
	const char *quality;	/* as in VS Code's URLs; NULL: not known */
	int in_home;		/* the folder is below the home directory */
	char folder[STARTSCRIPT_FOLDER_MAX];	/* begins with a slash; or "" */
};

/* Zeroed: before the first byte. */
struct startscript {
	struct scriptline line;
	size_t seen;		/* bytes */
	int is_other;		/* not VS Code's, or of two qualities; of two commits
				 * or folders the last counts */
	struct startscript_wants wants;
};

enum startscript_state {
	STARTSCRIPT_MORE,	/* may be told by what comes */
	STARTSCRIPT_KNOWN,	/* .wants is whole */
	STARTSCRIPT_NEVER,	/* nor by what comes */
};

/* These bytes come, in any pieces. What is behind the state is not looked at. */
enum startscript_state startscript_feed(struct startscript *s, const char *data,
	size_t len);

#endif
