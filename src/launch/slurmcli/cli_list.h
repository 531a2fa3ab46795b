/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURMCLI_CLI_LIST_H
#define LAUNCH_SLURMCLI_CLI_LIST_H

#include "base/buf.h"
#include "launch/slurmjob.h"

/*
 * squeue's list of jobs, in a form of its own that no value can break: seal, some
 * letters and digits that were not known when the values were made, is in the ends
 * of fields and records.
 */

/* What --Format of squeue is to be; SLURM_TIME_FORMAT must be "%s". To be freed. */
char *cli_list_format(const char *seal);

struct cli_list {
	size_t n;
	struct slurmjob *job;	/* by number, the lowest first */
	struct buf text;	/* the jobs' strings */
};

/*
 * Take what squeue printed. -1: something in it is no record of that form, so that
 * jobs may be missing: it was not squeue that answered. To be freed either way.
 */
int cli_list_read(struct cli_list *list, struct buf *out, const char *seal)
	__attribute__((warn_unused_result));
void cli_list_fini(struct cli_list *list);

/* NULL: not among them. */
const struct slurmjob *cli_list_pick(const struct cli_list *list, uint32_t id);

/*
 * The value of a line "KEY = VALUE" of `scontrol show config`, copied into value;
 * "" when there is none, or it is longer. And by its head line, with the same
 * SLURM_TIME_FORMAT, slurmctld's time; 0: it does not say.
 */
void cli_list_setting(const struct buf *config, const char *key, char *value,
	size_t size);
long cli_list_clock(const struct buf *config);

#endif
