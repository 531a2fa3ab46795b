/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef EDITOR_POSIXSHELL_H
#define EDITOR_POSIXSHELL_H

/*
 * Whether path names a shell that understands the start scripts of editors,
 * which are written for a POSIX shell: csh, tcsh and fish do not.
 */
int posixshell_is(const char *path);

#endif
