/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_PROLOGUE_H
#define AGENT_PROLOGUE_H

#include "opt/optlist.h"

/*
 * --prologue: lines that each shell of the session reads when it has begun, as
 * `module load' or `conda activate', and before it runs what it was started for.
 */

/*
 * What a shell is to be given behind -c, to be freed: the lines, then bin is put
 * before PATH, which start-up files have set, and then comes command, or without one
 * ("") the same shell once more, which reads its stdin, and in which bin is put
 * there again behind the start-up files of a shell at a terminal, where that can be
 * had (bash, fish). bin may be NULL, and has PROLOGUE_BASHRC in it. NULL: there
 * are no lines either. Where the shell's language can say it, they read nothing of the
 * stdin that is for what comes behind them, and print nothing on its stdout.
 */
char *prologue_command(const struct opt_list *lines, const char *bin,
	const char *shell, const char *command);

/* Such a start-up file of bash, in bin; its text is to be freed. */
#define PROLOGUE_BASHRC ".bashrc"
char *prologue_bashrc(const char *bin);

/* Whether that shell is a login shell by -l beside a command. */
int prologue_has_login(const char *shell);

/*
 * A script of POSIX's shell that sshd can run in place of each thing that a client
 * asks for: that, behind the lines. enter goes before the shell there, as words of
 * a command line, and before sftp, a server to which that leads; "": nothing does, and the
 * server is one of the node. To be freed; NULL: nothing has to be done.
 */
char *prologue_force(const struct opt_list *lines, const char *bin,
	const char *shell, const char *enter, const char *sftp);

/* The program that it runs for sftp, of those that there are; the last is NULL. */
extern const char *const prologue_sftp[];

#endif
