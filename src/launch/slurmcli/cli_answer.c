/* SPDX-License-Identifier: BSD-2-Clause */
#include "launch/slurmcli/cli_answer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "launch/launch_request.h"
#include "os/fd.h"

void cli_fail(const char *class, const char *fmt, ...)
{
	char *message;
	va_list ap;

	va_start(ap, fmt);
	message = mem_vprintf(fmt, ap);
	va_end(ap);
	launch_request_refuse(class, message);
	exit(1);
}

void cli_fail_by(const struct cli_failure *f, const char *what)
{
	fputs(f->words, stderr);
	if (strcmp(f->class, "refused") == 0 || strcmp(f->class, "gone") == 0)
		cli_fail(f->class, "Slurm %s: %s", what, f->e.text);
	cli_fail(f->class, "%s", f->e.text);
}

void cli_answer(struct buf *out)
{
	if (launch_request_answer(out) == -1)
		exit(1);
}

void cli_pass_on(const struct buf *words)
{
	if (words->len > 0 &&
		fd_write_all(STDERR_FILENO, buf_data(words), words->len) == -1)
		exit(1);
}

const char *cli_need(const char *value, const struct err *e)
{
	if (value == NULL)
		cli_fail("internal", "%s", e->text);
	return value;
}

long cli_need_number(const struct kv *request, const char *key, long max)
{
	struct err e;
	long n;

	if (launch_request_number(request, key, max, &n, &e) == -1)
		cli_fail("internal", "%s", e.text);
	return n;
}

const char *cli_need_job(const struct kv *request)
{
	struct err e;

	return cli_need(launch_request_digits(request, "job", UINT32_MAX, &e),
		&e);
}
