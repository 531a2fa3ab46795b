/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef EDITOR_BOOTSTRAP_H
#define EDITOR_BOOTSTRAP_H

#include <stddef.h>

/*
 * Whether an editor starts its server by what it gives ssh: by a command, or by
 * what it sends to a shell that the command is. Everything else that people and
 * programs run by ssh must not look like it, so all rests upon what these scripts
 * have in common and nobody else writes: the marks in the table of the .c.
 */
enum bootstrap {
	BOOTSTRAP_NO,
	BOOTSTRAP_INPUT,	/* a shell, whose input tells: see below */
	BOOTSTRAP_YES,
};

enum bootstrap bootstrap_of_command(const char *command);

/*
 * What a shell is about to read, from its first byte on, as much as there is.
 * More than this is not looked at: all known scripts have a mark in their first
 * 5 kB.
 */
#define BOOTSTRAP_INPUT_MAX 16384
int bootstrap_of_input(const char *text, size_t len);

#endif
