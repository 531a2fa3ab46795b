/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which commands there are, in the order of --help. The rows are in the files of
 * the commands. The first is the one that is meant when none is typed.
 */
#include "front/cmd/commands.h"

#include <stddef.h>

const struct command *const command_table[] = {
	&cmd_attach,
	&cmd_list,
	&cmd_status,
	&cmd_alloc,
	&cmd_shell,
	&cmd_ssh,
	&cmd_proxy,
	&cmd_forced,
	&cmd_forward,
	&cmd_app,
	&cmd_apps,
	&cmd_extend,
	&cmd_logs,
	&cmd_cancel,
	&cmd_exit,
	&cmd_partitions,
	&cmd_estimate,
	&cmd_doctor,
	&cmd_config,
	&cmd_profiles,
	&cmd_setup,
	&cmd_audit,
	&cmd_events,
	&cmd_update,
	&cmd_help,
	NULL
};
