/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURMCLI_CLI_ANSWER_H
#define LAUNCH_SLURMCLI_CLI_ANSWER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/kv.h"
#include "launch/slurmcli/cli_ask.h"

/*
 * How verbs answer: an error's record is the last one, and ends the program.
 */

/* Write a record, its empty line added, and empty it. */
void cli_answer(struct buf *out);

void cli_fail(const char *class, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 2, 3)));

/* Slurm said no, or nothing. what: "refused the job". */
void cli_fail_by(const struct cli_failure *f, const char *what)
	__attribute__((noreturn));

/* To standard error, which the user sees. */
void cli_pass_on(const struct buf *words);

/* What a launch_request_x() returned: ends the program when it is NULL. */
const char *cli_need(const char *value, const struct err *e);
long cli_need_number(const struct kv *request, const char *key, long max);
const char *cli_need_job(const struct kv *request);

#endif
