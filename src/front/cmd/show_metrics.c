/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * --metrics: what node_exporter's textfile collector reads, in the text form of
 * Prometheus and OpenMetrics. States are always all there, so that a graph goes to
 * zero and does not end.
 */
#include "front/cmd/show.h"

#include <string.h>

#include "config.h"

static const char *const metric_states[] = {
	"pending", "configuring", "running", "suspended", "completing",
};
#define STATES (sizeof metric_states / sizeof *metric_states)

/* A label's value: quotes, backslashes and what ends a line must not end it. */
static void put_label(struct buf *out, const char *value)
{
	buf_puts(out, "\"");
	for (; *value != '\0'; value++) {
		const unsigned char c = (unsigned char)*value;

		if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", c);
		else
			buf_append(out, c < 0x20 || c == 0x7f ? "?" : value, 1);
	}
	buf_puts(out, "\"");
}

static void put_head(struct buf *out, const char *name, const char *help)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

/* Sessions of a state, of a partition (NULL: of all). */
static size_t count_sessions(const struct shown *all, size_t n, const char *state,
	const char *partition)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		k += job_is(all[i].job, state) && (partition == NULL ||
			strcmp(all[i].job->partition, partition) == 0);
	return k;
}

static void put_states(const struct shown *all, size_t n, struct buf *out)
{
	put_head(out, "vscode_remote_shell_sessions", "Sessions by the state of their jobs.");
	for (size_t s = 0; s < STATES; s++)
		buf_printf(out, "vscode_remote_shell_sessions{state=\"%s\"} %zu\n",
			metric_states[s], count_sessions(all, n, metric_states[s], NULL));
}

static int is_first_of_partition(const struct shown *all, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(all[k].job->partition, all[i].job->partition) == 0)
			return 0;
	return 1;
}

static void put_partitions(const struct shown *all, size_t n, struct buf *out)
{
	put_head(out, "vscode_remote_shell_partition_sessions", "The same in each partition.");
	for (size_t i = 0; i < n; i++)
		for (size_t s = 0; is_first_of_partition(all, i) && s < STATES;
			s++) {
			const char *partition = all[i].job->partition;

			buf_puts(out, "vscode_remote_shell_partition_sessions{partition=");
			put_label(out, partition);
			buf_printf(out, ",state=\"%s\"} %zu\n", metric_states[s],
				count_sessions(all, n, metric_states[s], partition));
		}
}

static size_t count_users(const struct shown *all, size_t n)
{
	size_t users = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < i && strcmp(all[k].job->user, all[i].job->user) != 0)
			k++;
		users += k == i;
	}
	return users;
}

static long longest_wait(const struct shown *all, size_t n)
{
	long longest = 0;

	for (size_t i = 0; i < n; i++)
		if (job_is(all[i].job, "pending") && all[i].job->age > longest)
			longest = all[i].job->age;
	return longest;
}

void show_metrics(const struct shown *all, size_t n, time_t now, struct buf *out)
{
	put_states(all, n, out);
	put_partitions(all, n, out);
	put_head(out, "vscode_remote_shell_users", "Users who have a session.");
	buf_printf(out, "vscode_remote_shell_users %zu\n", count_users(all, n));
	put_head(out, "vscode_remote_shell_longest_wait_seconds", "How long the session that waits for longest does.");
	buf_printf(out, "vscode_remote_shell_longest_wait_seconds %ld\n",
		longest_wait(all, n));
	put_head(out, "vscode_remote_shell_build_info", "The version that is installed on this host.");
	buf_puts(out, "vscode_remote_shell_build_info{version=\"" PACKAGE_VERSION "\"} 1\n");
	put_head(out, "vscode_remote_shell_metrics_time_seconds", "When the scheduler was asked, in seconds since 1970.");
	buf_printf(out, "vscode_remote_shell_metrics_time_seconds %lld\n",
		(long long)now);
	buf_puts(out, "# EOF\n");
}
