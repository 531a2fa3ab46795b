/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * One row a field, in squeue's order. A job's comment may have any byte but NUL,
 * also those that end a field; the seal behind them it cannot have.
 */
#include "launch/slurmcli/cli_list.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/timespan.h"

#define FIELD_END "\x1f"
#define RECORD_END "\x1e"
#define ELEMENTS(a) (sizeof(a) / sizeof *(a))

/* "N/A" and its like, which Slurm writes in many ways. */
static int is_none(const char *text)
{
	static const char *const words[] = {
		"", "N/A", "NA", "n/a", "(null)", "None", "none", "Unknown",
		"NONE",
	};

	for (size_t i = 0; i < ELEMENTS(words); i++)
		if (strcmp(text, words[i]) == 0)
			return 1;
	return 0;
}

static void take_u32(uint32_t *out, const char *text)
{
	long n;

	if (number_read(text, 0, UINT32_MAX, &n) == 0)
		*out = (uint32_t)n;
}

static void take_time(long *out, const char *text)
{
	long n;

	if (number_read(text, 0, NUMBER_EPOCH_MAX, &n) == 0)
		*out = n;
}

static void take_first(const char **out, const char *text)
{
	if (*out == NULL && !is_none(text))
		*out = text;
}

static void take_id(struct slurmjob *j, const char *text)
{
	take_u32(&j->id, text);
}

static void take_state(struct slurmjob *j, const char *text)
{
	j->state = jobstate_named(text);
}

static void take_reason(struct slurmjob *j, const char *text)
{
	j->reason = jobstate_reason_named(text, &j->release);
}

static void take_exit_code(struct slurmjob *j, const char *text)
{
	take_u32(&j->exit_code, text);
}

static void take_submitted(struct slurmjob *j, const char *text)
{
	take_time(&j->submitted, text);
}

static void take_start(struct slurmjob *j, const char *text)
{
	take_time(&j->start, text);
}

static void take_end(struct slurmjob *j, const char *text)
{
	take_time(&j->end, text);
}

static void take_limit(struct slurmjob *j, const char *text)
{
	long seconds;

	if (strcmp(text, "UNLIMITED") == 0)
		j->limit = SLURMJOB_UNLIMITED;
	else if (timespan_slurm(text, &seconds) == 0)
		j->limit = seconds;
}

/* As in "1-2" of a job that may have so many. */
static void take_cpus(struct slurmjob *j, const char *text)
{
	const char *at = text;
	unsigned long long n;

	if (number_take(&at, text + strlen(text), UINT32_MAX, &n) == 0)
		j->cpus = (uint32_t)n;
}

/* "100M", "1.50G" */
static uint64_t megabytes(const char *at, const char *end)
{
	static const char units[] = "KMGTP";
	unsigned long long n, part = 0;
	uint64_t kb, unit = 1024;	/* KB */
	const char *u, *dot;

	if (number_take(&at, end, 1ULL << 40, &n) == -1)
		return 0;
	kb = n * 1000;
	if (at < end && *at == '.') {
		dot = ++at;
		if (number_take(&at, end, 999, &part) == 0)
			for (int k = (int)(at - dot); k < 3; k++)
				part *= 10;
		kb += part;
	}
	u = at < end && *at != '\0' ? strchr(units, toupper(*at)) : NULL;
	if (u != NULL)
		for (unit = 1; u > units; u--)
			unit *= 1024;
	return unit == 1 ? kb / 1000 / 1024 : kb * (unit / 1024) / 1000;
}

/* "cpu=2,mem=200M,node=1,billing=2" */
static void take_tres(struct slurmjob *j, const char *text)
{
	for (size_t len; *text; text += len + (text[len] == ',')) {
		len = strcspn(text, ",");
		if (strncmp(text, "mem=", 4) == 0)
			j->mem = megabytes(text + 4, text + len);
	}
}

static void take_gres(struct slurmjob *j, const char *text)
{
	take_first(&j->gres, text);
}

static void take_partition(struct slurmjob *j, const char *text)
{
	take_first(&j->partition, text);
}

static void take_user(struct slurmjob *j, const char *text)
{
	take_first(&j->user, text);
}

static void take_node(struct slurmjob *j, const char *text)
{
	take_first(&j->node, text);
}

static void take_origin(struct slurmjob *j, const char *text)
{
	j->is_federated = !is_none(text);
}

static void take_batch(struct slurmjob *j, const char *text)
{
	j->is_allocation = strcmp(text, "0") == 0;
}

static void take_output(struct slurmjob *j, const char *text)
{
	take_first(&j->output, text);
}

static void take_command(struct slurmjob *j, const char *text)
{
	take_first(&j->command, text);
}

static void take_comment(struct slurmjob *j, const char *text)
{
	take_first(&j->comment, text);
}

/* All of them since 22.05. The first that says something counts. */
static const struct {
	const char *name;
	void (*take)(struct slurmjob *j, const char *text);
} fields[] = {
	{ "jobid", take_id },
	{ "state", take_state },
	{ "reason", take_reason },
	{ "exit_code", take_exit_code },
	{ "submittime", take_submitted },
	{ "starttime", take_start },
	{ "endtime", take_end },
	{ "timelimit", take_limit },
	{ "numcpus", take_cpus },
	{ "tres-alloc", take_tres },
	{ "tres-per-node", take_gres },
	{ "tres-per-job", take_gres },
	{ "tres-per-socket", take_gres },
	{ "tres-per-task", take_gres },
	{ "partition", take_partition },
	{ "username", take_user },
	{ "batchhost", take_node },
	{ "nodelist", take_node },
	{ "origin", take_origin },
	{ "batchflag", take_batch },
	{ "stdout", take_output },
	{ "command", take_command },
	{ "comment", take_comment },
};

/* ":0" is as wide as the value, and what stands behind it comes behind that. */
char *cli_list_format(const char *seal)
{
	struct buf out = { 0 };
	char *format;

	for (size_t i = 0; i < ELEMENTS(fields); i++)
		buf_printf(&out, "%s%s:0%s%s", i > 0 ? "," : "", fields[i].name,
			i + 1 < ELEMENTS(fields) ? FIELD_END : RECORD_END, seal);
	format = mem_strndup(buf_data(&out), out.len);
	buf_fini(&out);
	return format;
}

/* Cut what comes before that end off, and return what stands behind; or NULL. */
static char *cut(char *at, const char *byte, const char *seal)
{
	const size_t len = strlen(seal);

	for (; (at = strchr(at, byte[0])) != NULL; at++)
		if (strncmp(at + 1, seal, len) == 0) {
			*at = '\0';
			return at + 1 + len;
		}
	return NULL;
}

/* A record, its end taken off. -1: it is none. */
static int read_record(struct slurmjob *j, char *at, const char *seal)
{
	size_t i = 0;
	char *end;

	*j = (struct slurmjob){ 0 };
	for (; i < ELEMENTS(fields) && at != NULL; i++) {
		end = cut(at, FIELD_END, seal);
		fields[i].take(j, at);
		at = end;
	}
	return i == ELEMENTS(fields) && at == NULL && j->id > 0 ? 0 : -1;
}

static int cli_list_by_id(const void *a, const void *b)
{
	const struct slurmjob *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

int cli_list_read(struct cli_list *list, struct buf *out, const char *seal)
{
	char *at, *end;
	int ret = 0;

	*list = (struct cli_list){ .text = *out };
	*out = (struct buf){ 0 };
	buf_append(&list->text, "", 1);
	for (at = buf_data(&list->text); (end = cut(at, RECORD_END, seal));
		at = end) {
		end += *end == '\n';
		list->job = mem_realloc(list->job,
			(list->n + 1) * sizeof *list->job);
		if (read_record(&list->job[list->n], at, seal) == 0)
			list->n++;
		else
			ret = -1;
	}
	if (at[strspn(at, " \t\r\n")] != '\0')
		ret = -1;
	if (list->n > 0)
		qsort(list->job, list->n, sizeof *list->job, cli_list_by_id);
	return ret;
}

void cli_list_fini(struct cli_list *list)
{
	free(list->job);
	buf_fini(&list->text);
	*list = (struct cli_list){ 0 };
}

const struct slurmjob *cli_list_pick(const struct cli_list *list, uint32_t id)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->job[i].id == id)
			return &list->job[i];
	return NULL;
}

void cli_list_setting(const struct buf *config, const char *key, char *value,
	size_t size)
{
	const char *at = buf_data(config), *end = at + config->len, *nl, *word;
	size_t len = strlen(key);

	value[0] = '\0';
	for (; at < end; at = nl + 1) {
		nl = memchr(at, '\n', (size_t)(end - at));
		if (nl == NULL)
			nl = end;
		if ((size_t)(nl - at) <= len || strncmp(at, key, len) != 0)
			continue;
		word = at + len;
		while (word < nl && (*word == ' ' || *word == '='))
			word++;
		if (word > at + len && (size_t)(nl - word) < size) {
			memcpy(value, word, (size_t)(nl - word));
			value[nl - word] = '\0';
		}
		return;
	}
}

long cli_list_clock(const struct buf *config)
{
	char value[32];
	long now = 0;

	cli_list_setting(config, "Configuration data as of", value,
		sizeof value);
	take_time(&now, value);
	return now;
}
