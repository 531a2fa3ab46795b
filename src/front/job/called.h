/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_CALLED_H
#define FRONT_JOB_CALLED_H

struct invocation;

/*
 * How the user calls this program, for messages that say what to type: what a
 * site's wrapper says in the environment, which is taken out of it, else argv0.
 */
const char *called_as(const char *argv0);

/*
 * "vscode-cluster cancel gpu": what to type for a command about this front's
 * session, whose name is left out where it need not be said.
 */
struct called {
	char s[512];
};
struct called called_for(const struct invocation *inv, const char *command);

#endif
