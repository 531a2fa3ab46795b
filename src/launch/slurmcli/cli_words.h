/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURMCLI_CLI_WORDS_H
#define LAUNCH_SLURMCLI_CLI_WORDS_H

#include "base/envlist.h"
#include "base/err.h"
#include "base/kv.h"
#include "salloc/sallocjob.h"

/* sbatch's command line and environment, made of a request. */

struct cli_words {
	char **argv;		/* ends with NULL */
	size_t n;
	struct salloc options;	/* those of them that are known here */
};

/*
 * Look at the words of the user, and put them into w behind "sbatch". Those that
 * are not known here go through as they are. -1 with e set: one cannot be had.
 */
int cli_words_init(struct cli_words *w, const struct kv *request,
	struct err *e) __attribute__((warn_unused_result));

/* What sbatch is to do: submit, tell when it would start; it is only shown. */
enum cli_words_use { CLI_WORDS_SUBMIT, CLI_WORDS_TEST, CLI_WORDS_SHOW };

/* And what every session's job is given, the script on stdin. */
void cli_words_finish(struct cli_words *w, const struct kv *request,
	enum cli_words_use use);

void cli_words_fini(struct cli_words *w);

/*
 * The job's environment, with which sbatch runs; own is this process's, which has
 * what leads to the cluster. A variable that says for sbatch what no word of w
 * says is left out: who has made the request has heard it, and a site's lock or
 * another source has counted more.
 */
void cli_words_env(struct envlist *env, const struct cli_words *w,
	const struct kv *request, char *const *own);

/* That of a command that asks: none of the user's variables changes its answer. */
void cli_words_plain_env(struct envlist *env, char *const *own);

#endif
