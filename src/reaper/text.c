/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "reaper/text.h"

#include <string.h>

#include "base/number.h"
#include "base/vis.h"

void text_outcome(struct buf *out, const char *what, size_t n, int pid,
	unsigned uid)
{
	buf_printf(out, "%s %zu process(es) under pid %d (uid %u)", what, n,
		pid, uid);
}

void text_tree_line(struct buf *out, int pid, int ppid, unsigned depth,
	const char *command)
{
	buf_printf(out, "%8d %8d    ", pid, ppid);
	for (unsigned i = 0; i < depth && i < 64; i++)
		buf_puts(out, "  |-  ");
	buf_printf(out, "%s", command);
}

void text_command(struct buf *out, const char *cmdline, size_t len,
	size_t max)
{
	char text[4096];
	size_t n = len < sizeof text ? len : sizeof text;

	while (n > 0 && cmdline[n - 1] == '\0')
		n--;
	memcpy(text, cmdline, n);
	for (size_t i = 0; i < n; i++)
		if (text[i] == '\0')
			text[i] = ' ';
	buf_commit(out, vis_encode(buf_reserve(out, max), max, text, n));
}

void text_duration(struct buf *out, long seconds)
{
	long days = seconds / 86400, hours = seconds / 3600 % 24;
	long minutes = seconds / 60 % 60;

	if (days > 0)
		buf_printf(out, "%ldd%ldh", days, hours);
	else if (hours > 0)
		buf_printf(out, "%ldh%ldm", hours, minutes);
	else if (minutes > 0)
		buf_printf(out, "%ldm%lds", minutes, seconds % 60);
	else
		buf_printf(out, "%lds", seconds);
}

static void family(struct buf *out, const char *name, const char *unit,
	const char *help)
{
	buf_printf(out, "# TYPE vscode_grim_reaper_%s gauge\n", name);
	if (unit != NULL)
		buf_printf(out, "# UNIT vscode_grim_reaper_%s %s\n", name,
			unit);
	buf_printf(out, "# HELP vscode_grim_reaper_%s %s\n", name, help);
}

static void sample(struct buf *out, const char *name, const char *kind,
	unsigned long long value)
{
	buf_printf(out, "vscode_grim_reaper_%s{kind=\"%s\"} %llu\n", name,
		kind, value);
}

/* Names of kinds are [A-Za-z0-9._-]: nothing to escape. */
void text_metrics(struct buf *out, const struct kind *kinds,
	const struct text_sum *sum, double now, double cpu)
{
	family(out, "trees", NULL,
		"Server trees found by the last pass, by what became of them.");
	for (size_t i = 0; i < kinds->names; i++)
		for (int v = 0; v < PLAN_VERDICTS; v++)
			if (sum[i].trees[v] > 0 || v == PLAN_END)
				buf_printf(out, "vscode_grim_reaper_trees{kind=\"%s\",verdict=\"%s\"} %zu\n",
					kinds->name[i], plan_keys[v],
					sum[i].trees[v]);
	family(out, "processes", NULL,
		"Processes in these trees before the pass.");
	for (size_t i = 0; i < kinds->names; i++)
		sample(out, "processes", kinds->name[i], sum[i].processes);
	family(out, "resident_bytes", "bytes",
		"Their resident memory before the pass.");
	for (size_t i = 0; i < kinds->names; i++)
		sample(out, "resident_bytes", kinds->name[i], sum[i].rss);
	family(out, "killed_processes", NULL,
		"Processes that the last pass ended.");
	for (size_t i = 0; i < kinds->names; i++)
		sample(out, "killed_processes", kinds->name[i], sum[i].killed);
	family(out, "failed_processes", NULL,
		"Processes that the last pass could not end.");
	for (size_t i = 0; i < kinds->names; i++)
		sample(out, "failed_processes", kinds->name[i], sum[i].failed);
	family(out, "last_run_timestamp_seconds", "seconds",
		"When the last pass ended.");
	buf_printf(out, "vscode_grim_reaper_last_run_timestamp_seconds %.3f\n",
		now);
	family(out, "last_run_cpu_seconds", "seconds",
		"CPU time that the last pass took.");
	buf_printf(out, "vscode_grim_reaper_last_run_cpu_seconds %.6f\n", cpu);
	buf_puts(out, "# EOF\n");
}

#define DIGITS "0123456789"
#define ID_MAX 9999999999ULL

/* "5000" or "5000-5999"; 0: it is neither. */
static int range(const char *word, unsigned long long *first,
	unsigned long long *last)
{
	const char *end = word + strlen(word);

	if (number_take(&word, end, ID_MAX, first) == -1)
		return 0;
	*last = *first;
	if (*word == '\0')
		return 1;
	return *word++ == '-' && number_take(&word, end, ID_MAX, last) == 0 &&
		*word == '\0';
}

int text_is_range(const char *word)
{
	unsigned long long first, last;

	return range(word, &first, &last);
}

int text_listed(const struct opt_list *list, unsigned id)
{
	for (size_t i = 0; i < list->n; i++) {
		unsigned long long first, last;

		if (range(list->word[i], &first, &last) && id >= first &&
			id <= last)
			return 1;
	}
	return 0;
}

const char *text_bad_word(const struct opt_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const char *word = list->word[i];
		unsigned long long first, last;

		if (range(word, &first, &last) ? first > last :
			word[0] == '\0' || strspn(word, DIGITS "-") ==
				strlen(word) || strpbrk(word, " \t,:") != NULL)
			return word;
	}
	return NULL;
}
