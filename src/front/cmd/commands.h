/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_CMD_COMMANDS_H
#define FRONT_CMD_COMMANDS_H

#include "front/cmd/command.h"

/* What each that may submit a job does with --dry-run. */
extern const struct command_ops dryrun_ops;

/* The rows of command_table, each in its command's file; help is command.h's. */
extern const struct command cmd_attach;
extern const struct command cmd_list;
extern const struct command cmd_status;
extern const struct command cmd_alloc;
extern const struct command cmd_shell;
extern const struct command cmd_ssh;
extern const struct command cmd_proxy;
extern const struct command cmd_forced;
extern const struct command cmd_forward;
extern const struct command cmd_app;
extern const struct command cmd_apps;
extern const struct command cmd_extend;
extern const struct command cmd_logs;
extern const struct command cmd_cancel;
extern const struct command cmd_exit;
extern const struct command cmd_partitions;
extern const struct command cmd_estimate;
extern const struct command cmd_doctor;
extern const struct command cmd_config;
extern const struct command cmd_profiles;
extern const struct command cmd_setup;
extern const struct command cmd_audit;
extern const struct command cmd_events;
extern const struct command cmd_update;

#endif
