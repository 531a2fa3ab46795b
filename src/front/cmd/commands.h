/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_CMD_COMMANDS_H
#define FRONT_CMD_COMMANDS_H

struct front;

/* What the rows of command_table run: each begins, and ends by front_exit(). */
void attach_run(struct front *f);
void alloc_run(struct front *f);
void cancel_run(struct front *f);
void extend_run(struct front *f);
void list_run(struct front *f);
void logs_run(struct front *f);
void shell_run(struct front *f);
void status_run(struct front *f);

#endif
