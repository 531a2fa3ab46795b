/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_USERDIR_H
#define OS_USERDIR_H

#include "base/err.h"

/*
 * Who runs this, and the directories that are his. Strings are owned by the
 * struct. Reading the passwd entry may take as long as the site's directory
 * service takes: do it once, at the start.
 */
struct userdir {
	char *name;	/* the login name; "uid1234" without a passwd entry */
	char *home;	/* $HOME when it is a directory of ours, else passwd's */
	char *shell;	/* the login shell; /bin/sh when passwd has none */
	char *passwd_shell;	/* of userdir_of_job(): passwd's, or "" */
};

int userdir_init(struct userdir *u, struct err *e)
	__attribute__((warn_unused_result));

/*
 * The same in a job. What came with it from the login node, in HOME, USER and
 * SHELL, counts: the node may believe something else, or know nothing.
 */
int userdir_of_job(struct userdir *u, struct err *e)
	__attribute__((warn_unused_result));
void userdir_fini(struct userdir *u);

/*
 * Where state is kept unless an option says otherwise:
 * $XDG_STATE_HOME/vscode-remote-shell or ~/.local/state/vscode-remote-shell.
 * Only the name, to be freed; safepath_dir() makes and checks it.
 */
char *userdir_state(const struct userdir *u);

/*
 * Where a user's settings are: $XDG_CONFIG_HOME/vscode-remote-shell or
 * ~/.config/vscode-remote-shell, ~ being $HOME. Only the name, to be freed; NULL
 * when the environment has neither.
 */
char *userdir_config(void);

/*
 * A private directory on this machine for Unix sockets, made when missing:
 * $XDG_RUNTIME_DIR/vscode-remote-shell, or /tmp/vscode-remote-shell-UID when
 * there is no $XDG_RUNTIME_DIR of ours (after a logout, in a job) or, with on_node,
 * none on a file system of this machine (os/nodefs.h), for who goes there from a
 * loop. When somebody else has taken that name, one with a suffix, which is found
 * again; then e is set, too, and is empty otherwise. The path is to be freed. NULL
 * with e set.
 */
char *userdir_runtime(int on_node, struct err *e)
	__attribute__((warn_unused_result));

#endif
