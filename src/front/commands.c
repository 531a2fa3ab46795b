/* SPDX-License-Identifier: BSD-2-Clause */
#include "front/commands.h"

#include <stddef.h>

#include "front/command.h"

const struct command command_table[] = {
	{ "attach", "[NAME]", COMMAND_ONE, 0, 1,
		"be the RemoteCommand, as without any command: come back to "
		"the session or start it, run a shell in its job, and forward "
		"the ports of VS Code's server",
		.run = attach_run },
	{ "list", NULL, COMMAND_NONE, 0, 0,
		"list your sessions in the words of squeue, with idle time "
		"and clients",
		"A '-' stands for what the session's agent did not tell within "
		"some seconds.",
		.run = list_run },
	{ "status", "[NAME]", COMMAND_ONE, 0, 1,
		"print all that is known of a session",
		"The exit status is 0 when its job runs, 1 when it waits, and "
		"2 when there is no such session.",
		.run = status_run },
	{ "cancel", "[NAME]...", COMMAND_EACH, 0, -1,
		"end sessions: their jobs and what runs in them",
		"A job that still waits in the queue is taken out. That there "
		"is no such session is no failure.",
		.run = cancel_run },
	{ "exit", NULL, COMMAND_NONE, 0, 0, "the same as cancel --all",
		.alias = "cancel", .option = "--all" },
	{ "help", "[COMMAND]", COMMAND_NONE, 0, 1,
		"print what a command does, or this", .run = NULL },
	{ 0 }
};
