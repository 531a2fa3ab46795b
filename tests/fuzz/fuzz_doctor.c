/* SPDX-License-Identifier: BSD-2-Clause */
/* What doctor reads of others: answers of programs, traces of shells, what an agent
 * has seen, logs of editors. A finding is one of the verdicts, and its text ends. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "doctor/account.h"
#include "doctor/judge.h"
#include "doctor/startup.h"
#include "doctor/symptom.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void good(const struct finding *f)
{
	if ((unsigned)f->verdict >= VERDICTS ||
		memchr(f->text, '\0', sizeof f->text) == NULL)
		abort();
}

static void judges(const char *text)
{
	struct finding f;

	judge_sshd(text, &f);
	good(&f);
	judge_quota(text, 1, &f);
	good(&f);
	judge_logind(text, 1, 1, &f);
	good(&f);
	judge_version(text, 1, "/a", "1.2", &f);
	good(&f);
	judge_scheduler(text, 1, 1, "l", &f);
	good(&f);
	judge_libc(text, &f);
	good(&f);
}

/* What was read is the same when it is written and read once more. */
static void account(const char *text)
{
	struct examined x[CHECKS_MAX], again[CHECKS_MAX];
	struct buf b = { 0 };
	struct err e;
	long now, then;
	int n = account_read(text, x, &now, &e);

	if (n < 0)
		return;
	account_write(x, (size_t)n, now, &b);
	buf_append(&b, "", 1);
	if (account_read(buf_data(&b), again, &then, &e) != n || then != now)
		abort();
	for (int i = 0; i < n; i++) {
		good(&x[i].finding);
		if (x[i].check != again[i].check ||
			strcmp(x[i].finding.text, again[i].finding.text) != 0)
			abort();
	}
	buf_fini(&b);
}

static void log_of_editor(char *text)
{
	struct symptom_log l = { .n = 0 };
	char *save = NULL;

	for (char *line = strtok_r(text, "\n", &save); line != NULL;
		line = strtok_r(NULL, "\n", &save))
		symptom_take(&l, line);
	symptom_sort(&l);
	for (size_t i = 0; i < l.n; i++)
		if (l.seen[i].line == 0 || l.seen[i].line > l.lines ||
			memchr(l.seen[i].text, '\0', sizeof l.seen[i].text) == NULL)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_strndup((const char *)data, size);
	struct finding f;

	judges(text);
	judge_libstdcxx((const char *)data, size, "/l", &f);
	good(&f);
	account(text);
	startup_judge(text, (int)(size % 2), 10, "/bin/bash", &f);
	good(&f);
	free(text);
	text = mem_strndup((const char *)data, size);
	log_of_editor(text);
	free(text);
	return 0;
}
