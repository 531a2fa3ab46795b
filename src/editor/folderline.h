/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef EDITOR_FOLDERLINE_H
#define EDITOR_FOLDERLINE_H

#include <stddef.h>

#include "base/buf.h"
#include "editor/scriptline.h"

/*
 * The line in which Remote-SSH's script, read from a shell's stdin, names the
 * server folder:
 *	VSCODE_AGENT_FOLDER="$HOME/.vscode-server"
 * or the same as a word of a line of assignments, as a script may have it since
 * 2026. The script assigns it whatever the environment says (seen in 0.63 to
 * 0.128), so that another folder needs a line behind that one. A line that names
 * something else, such as a path from the client's settings, is left alone.
 * Zeroed: at the start of a line.
 */
struct folderline {
	struct scriptline line;
};

/*
 * Look at what passes, in any pieces. Returns how many bytes pass before the
 * extra line is to be put in, or 0 when it is not in these.
 */
size_t folderline_scan(struct folderline *f, const char *data, size_t len);

/* The extra line: the folder becomes one of the same name in dir. */
void folderline_put(struct buf *out, const char *dir);

#endif
