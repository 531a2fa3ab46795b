/* SPDX-License-Identifier: BSD-2-Clause */
#include "reaper/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/replace.h"
#include "reaper/reaper_report.h"

#define STATE_MAX (8 << 20)

/* Who may write it could say of others that they are idle. */
static int is_private(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		(st.st_uid == 0 || st.st_uid == geteuid()) &&
		!(st.st_mode & 022);
}

/* A state that cannot be read is as none: everybody is seen for the first time. */
void files_read_state(const char *path, const char *boot,
	struct state *before)
{
	struct buf text = { 0 };
	ssize_t n = 0;
	int fd;

	if (path == NULL)
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd == -1) {
		if (errno != ENOENT)
			reaper_report_log(0, "%s: %s", path, strerror(errno));
		return;
	}
	if (!is_private(fd)) {
		reaper_report_log(0, "%s: is no file that only root or you can write, made anew",
			path);
		close(fd);
		return;
	}
	while (text.len < STATE_MAX && (n = read(fd,
			buf_reserve(&text, 65536), 65536)) > 0)
		buf_commit(&text, (size_t)n);
	close(fd);
	if (n == -1 || state_parse(before, buf_data(&text), text.len,
			boot) == -1)
		reaper_report_log(0, "%s: is no state file, made anew", path);
	buf_fini(&text);
}

int files_write_state(const char *path, const char *boot,
	const struct picture *p, const struct state *before, struct err *e)
{
	struct state after = { 0 };
	struct buf text = { 0 };
	int rc;

	if (path == NULL)
		return 0;
	picture_remember(p, before, &after);
	state_print(&after, boot, &text);
	state_fini(&after);
	rc = replace_file(path, 0600, buf_data(&text), text.len, e);
	buf_fini(&text);
	return rc;
}

int files_write_metrics(const char *path, const struct picture *p,
	const struct kind *kinds, const struct victims *all, double cpu,
	struct err *e)
{
	struct text_sum *sum;
	struct buf text = { 0 };
	struct timespec now;
	int rc;

	if (path == NULL)
		return 0;
	sum = mem_alloc(kinds->names * sizeof *sum);
	for (size_t i = 0; i < p->plan.trees; i++) {
		const struct plan_tree *t = &p->plan.tree[i];

		sum[t->kind].trees[t->verdict]++;
		sum[t->kind].processes += t->n;
		sum[t->kind].rss += t->rss;
	}
	for (size_t i = 0; i < all->n; i++) {
		int kind = p->plan.tree[all->v[i].tree].kind;

		if (all->v[i].gone)
			sum[kind].killed++;
		else
			sum[kind].failed++;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	text_metrics(&text, kinds, sum,
		(double)now.tv_sec + (double)now.tv_nsec / 1e9, cpu);
	rc = replace_file(path, 0644, buf_data(&text), text.len, e);
	buf_fini(&text);
	free(sum);
	return rc;
}
