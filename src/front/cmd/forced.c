/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command forced, once it is known that what sshd was asked for is for the
 * job (front/forced_here.c): a shell there, or a command, with its ports, as
 * attach has them.
 */
#include "front/cmd/attach.h"
#include "front/cmd/commands.h"

static void *forced_begin(const struct invocation *inv)
{
	return connection_with_ports(inv);
}

static const struct command_ops forced_ops = {
	.begin = forced_begin,
	.signalled = connection_signalled,
	.end = connection_free,
};

const struct command cmd_forced = {
	.name = "forced",
	.operands = "[-- ARG...]",
	.session = COMMAND_NONE,
	.max = -1,
	.help = "be sshd's ForceCommand, the command of a key, or the login shell: a shell and what editors start go into the job, all else runs here as it would without",
	.more = "sshd says in SSH_ORIGINAL_COMMAND what was asked for, or a login shell's arguments do. Where a command line is wrong all runs here. `ssh -t HOST bash -l` gives a shell on the login node.",
	.ops = &forced_ops,
	.want = SESSION_START,
};
