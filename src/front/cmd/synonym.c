/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words of Slurm, of systemd and tmux, and of other ways to run VS Code in a
 * job. What ends something stands here for words that can mean nothing else.
 */
#include "front/cmd/synonym.h"

#include <stddef.h>
#include <string.h>

#define GPU "a GPU is asked for with `alloc --gres=gpu:1`, a session of that name is `attach NAME`"

const struct synonym synonym_table[] = {
	{ "abort", .command = "cancel" },
	{ "delete", .command = "cancel" },
	{ "destroy", .command = "cancel" },
	{ "end", .command = "cancel" },
	{ "kill", .command = "cancel" },
	{ "remove", .command = "cancel" },
	{ "rm", .command = "cancel" },
	{ "scancel", .command = "cancel" },
	{ "stop", .command = "cancel" },
	{ "terminate", .command = "cancel" },

	{ "jobs", .command = "list" },
	{ "ls", .command = "list" },
	{ "ps", .command = "list" },
	{ "queue", .command = "list" },
	{ "sessions", .command = "list" },
	{ "squeue", .command = "list" },

	{ "describe", .command = "status" },
	{ "info", .command = "status" },
	{ "scontrol", .command = "status" },
	{ "show", .command = "status" },
	{ "stat", .command = "status" },
	{ "state", .command = "status" },

	{ "allocate", .command = "alloc" },
	{ "begin", .command = "alloc" },
	{ "create", .command = "alloc" },
	{ "launch", .command = "alloc" },
	{ "new", .command = "alloc" },
	{ "open", .command = "alloc" },
	{ "salloc", .command = "alloc" },
	{ "sbatch", .command = "alloc" },
	{ "start", .command = "alloc" },
	{ "submit", .command = "alloc" },
	{ "up", .command = "alloc" },
	{ "wait", .command = "alloc" },

	{ "connect", .command = "attach" },
	{ "continue", .command = "attach" },
	{ "join", .command = "attach" },
	{ "reconnect", .command = "attach" },
	{ "resume", .command = "attach" },

	{ "bash", .command = "shell" },
	{ "console", .command = "shell" },
	{ "enter", .command = "shell" },
	{ "exec", .command = "shell" },
	{ "login", .command = "shell" },
	{ "run", .command = "shell" },
	{ "sh", .command = "shell" },
	{ "srun", .command = "shell" },
	{ "terminal", .command = "shell" },

	{ "jupyter", .command = "app" },
	{ "lab", .command = "app" },
	{ "web", .command = "app" },

	{ "port", .command = "forward" },
	{ "port-forward", .command = "forward" },
	{ "ports", .command = "forward" },
	{ "tunnel", .command = "forward" },

	{ "more", .command = "extend" },
	{ "prolong", .command = "extend" },
	{ "renew", .command = "extend" },
	{ "time", .command = "extend" },

	{ "log", .command = "logs" },
	{ "output", .command = "logs" },
	{ "tail", .command = "logs" },

	{ "configure", .command = "setup" },
	{ "init", .command = "setup" },
	{ "install", .command = "setup" },
	{ "wizard", .command = "setup" },

	{ "commands", .command = "help" },
	{ "man", .command = "help" },
	{ "options", .command = "help" },
	{ "usage", .command = "help" },

	{ "version", .sentence = "that is --version" },
	{ "detach", .sentence = "close the window or the shell: a session stays" },
	{ "disconnect", .sentence = "close the window or the shell: a session stays" },
	{ "logout", .sentence = "close the window or the shell: a session stays" },
	{ "quit", .sentence = "close the window or the shell: a session stays" },
	{ "cpu", .sentence = "CPUs are asked for with `alloc --cpus-per-task=4`, a session of that name is `attach NAME`" },
	{ "gpu", .sentence = GPU },
	{ "gpuswap", .sentence = "a GPU beside this session is a session of its own: `alloc gpu --gres=gpu:1`, then `shell gpu`" },
	{ "h100", .sentence = "that is `alloc h100 --gres=gpu:h100:1`, or `alloc h100` with a profile of that name" },
	{ "check", .sentence = "`update --check` says whether there is a newer version, `doctor` whether all is well" },
	{ "upgrade", .command = "update" },
	{ 0 }
};

const struct synonym *synonym_find(const char *word)
{
	for (const struct synonym *s = synonym_table; s->word != NULL; s++)
		if (strcmp(s->word, word) == 0)
			return s;
	return NULL;
}
