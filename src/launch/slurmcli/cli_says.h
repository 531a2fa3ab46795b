/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURMCLI_CLI_SAYS_H
#define LAUNCH_SLURMCLI_CLI_SAYS_H

#include <stdint.h>

#include "base/buf.h"

/* What Slurm's commands say to people, read. */

/*
 * The number of the job that `sbatch --parsable` has made, by its last line: a
 * plugin or a wrapper of the site may have printed others. 0: it tells none.
 */
uint32_t cli_says_job(const struct buf *printed);

/* What `sbatch --test-only` expects, with a SLURM_TIME_FORMAT of "%s". */
struct cli_start {
	long time, cpus;	/* time 0: it does not say */
	char nodes[256], partition[256];
};

/* Cut the line that says so out of what it has printed. */
void cli_says_start(struct buf *printed, struct cli_start *start);

/*
 * Cut the line that says why, mostly the last, out of what a failed one has printed,
 * and copy it without the command's name and how it leads in. "" in text: it has
 * said nothing.
 */
void cli_says_why(struct buf *printed, char *text, size_t size);

/* In what the loader says of a program that lacks a library. */
#define CLI_SAYS_LOADER "error while loading shared libraries"

/* The class of vscode-remote-launcher(7) for such a line. Static. */
const char *cli_says_class(const char *text);

/*
 * Whether `scontrol ping` has found no controller that is up. host: those that it
 * asked, "ctl1, ctl2".
 */
int cli_says_down(const struct buf *ping, char *host, size_t size);

#endif
