/* SPDX-License-Identifier: BSD-2-Clause */
#include "front/cmd/commands.h"

#include <stddef.h>

#include "front/cmd/command.h"

const struct command command_table[] = {
	{ "attach", "[NAME]", COMMAND_ONE, 0, 1,
		"be the RemoteCommand, as without any command: come back to the session or start it, run a shell in its job, and forward the ports of VS Code's server",
		.run = attach_run, .has_shell = 1 },
	{ "list", NULL, COMMAND_NONE, 0, 0,
		"list your sessions in the words of squeue, with idle time and clients",
		"A '-' stands for what the session's agent did not tell within some seconds.",
		.run = list_run },
	{ "status", "[NAME]", COMMAND_ONE, 0, 1,
		"print all that is known of a session",
		"The exit status is 0 when its job runs, 1 when it waits, and 2 when there is no such session.",
		.run = status_run },
	{ "alloc", "[NAME]", COMMAND_ONE, 0, 1,
		"start the session ahead of time, if there is none, and wait until it can be used",
		"Give the options of the job as in your ssh configuration (-S). Ctrl-C takes a job back that still waits and that was submitted by this command; with --no-wait it is left in the queue at once. A session that nobody connects to ends after its --idle-timeout.",
		.run = alloc_run },
	{ "shell", "[NAME] [--] [WORD]...", COMMAND_ONE, 0, -1,
		"run a login shell, or a command, in the job of a session that is there",
		"It has a terminal if stdin and stdout are one. As with ssh the words are put together and read by a shell, and its exit status is passed on. Without NAME write -- before the command. No job is started; a session that waits in the queue is waited for.",
		.run = shell_run, .has_shell = 1 },
	{ "ssh", "[NAME] [--] [WORD]...", COMMAND_ONE, 0, -1,
		"the same as shell", .alias = "shell" },
	{ "extend", "[NAME] TIME", COMMAND_ONE, 1, 2,
		"move the time limit of a session's job by so much",
		"TIME is in the form of Slurm (30 is minutes, 2:00:00, 1-12) or with letters (1h30m). Most sites let users do that only while the job waits; Slurm's own words tell.",
		.run = extend_run },
	{ "logs", "[NAME]", COMMAND_ONE, 0, 1,
		"print what the job of a session wrote: agent.log",
		"Also of one that has ended badly, for a week. The scheduler is not asked.",
		.run = logs_run },
	{ "cancel", "[NAME]...", COMMAND_EACH, 0, -1,
		"end sessions: their jobs and what runs in them",
		"A job that still waits in the queue is taken out. That there is no such session is no failure.",
		.run = cancel_run, .destroys = 1 },
	{ "exit", NULL, COMMAND_NONE, 0, 0, "the same as cancel --all",
		.alias = "cancel", .option = "--all", .destroys = 1 },
	{ "help", "[COMMAND]", COMMAND_NONE, 0, 1,
		"print what a command does, or this", .run = NULL },
	{ 0 }
};
