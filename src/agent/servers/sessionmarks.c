/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which record is of which session: a file of marks for each session, named by
 * its tag, in a folder that all sessions of the state directory share. So a
 * session on one node knows another's record from one that nobody has, which it
 * may put away. Files that tell nothing any more are removed by who looks.
 */
#include "agent/servers/sessionmarks.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/tag.h"
#include "os/fd.h"
#include "os/proc.h"
#include "os/safepath.h"

#define OTHERS_MAX 256
#define FILE_MAX (64 << 10)
#define DAYS_MAX 90		/* then nobody asks for it any more */

static char *dir_path(const struct sessionmarks *m)
{
	return mem_printf("%s/servers", m->job->opt->session.state_dir);
}

static int open_dir(struct sessionmarks *m, int create, struct err *e)
{
	char *path = dir_path(m);

	m->dir = safepath_dir(path, create, NULL, e);
	free(path);
	return m->dir == -1 ? -1 : 0;
}

/* A file that cannot be read has no marks: -1, and nothing in out. */
static int read_one(const struct sessionmarks *m, const char *tag,
	struct serverrec_marks *out)
{
	struct buf text = { 0 };
	int ret = safepath_read(m->dir, tag, FILE_MAX, &text, NULL);

	*out = (struct serverrec_marks){ 0 };
	if (ret == 0)
		ret = serverrec_marks_parse(out, buf_data(&text), text.len,
			NULL);
	if (ret == -1)
		serverrec_marks_fini(out);
	buf_fini(&text);
	return ret;
}

/* Calls each(m, tag) for each other session's file. */
static void for_others(struct sessionmarks *m,
	void (*each)(struct sessionmarks *m, const char *tag))
{
	DIR *d = m->dir == -1 ? NULL : fd_opendir(m->dir);
	struct dirent *entry;

	for (int n = 0; d != NULL && n < OTHERS_MAX &&
		(entry = readdir(d)) != NULL;) {
		if (!tag_is_valid(entry->d_name) ||
			strcmp(entry->d_name, m->job->opt->agent.tag) == 0)
			continue;
		each(m, entry->d_name);
		n++;
	}
	if (d != NULL)
		closedir(d);
}

static void add_other(struct sessionmarks *m, const char *tag)
{
	m->others = mem_realloc(m->others,
		(m->n_others + 1) * sizeof *m->others);
	if (read_one(m, tag, &m->others[m->n_others]) == 0)
		m->n_others++;
}

int sessionmarks_open(struct sessionmarks *m, const struct agent_job *job, struct err *e)
{
	*m = (struct sessionmarks){ .job = job, .dir = -1 };
	if (proc_boot_id(m->boot) == -1)
		return err_set(e, "boot_id: %s", strerror(errno));
	if (open_dir(m, 0, e) == 0) {
		(void)read_one(m, job->opt->agent.tag, &m->mine);
		for_others(m, add_other);
	}
	m->now.host = mem_strdup(job->node);
	m->now.boot = mem_strdup(m->boot);
	m->now.session = mem_strdup(job->opt->session.name);
	return 0;
}

void sessionmarks_fini(struct sessionmarks *m)
{
	for (size_t i = 0; i < m->n_others; i++)
		serverrec_marks_fini(&m->others[i]);
	free(m->others);
	serverrec_marks_fini(&m->mine);
	serverrec_marks_fini(&m->now);
	if (m->dir != -1)
		close(m->dir);
}

/* Are they of servers of this host, none of which lives any more? */
static int is_over(const struct sessionmarks *m, const struct serverrec_marks *k)
{
	unsigned long long start;

	if (strcmp(k->host, m->job->node) != 0)
		return 0;
	for (size_t i = 0; strcmp(k->boot, m->boot) == 0 && i < k->n; i++)
		if (proc_starttime(k->mark[i].pid, &start) == 0 &&
			start == k->mark[i].start)
			return 0;
	return 1;
}

static void forget(struct sessionmarks *m, const char *tag)
{
	struct serverrec_marks k = { 0 };
	struct stat st;

	if (fstatat(m->dir, tag, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		(st.st_mtime < time(NULL) - DAYS_MAX * 86400L ||
		(read_one(m, tag, &k) == 0 && is_over(m, &k))))
		(void)unlinkat(m->dir, tag, 0);
	serverrec_marks_fini(&k);
}

void sessionmarks_forget(struct sessionmarks *m)
{
	for_others(m, forget);
}

enum serverrec_owner sessionmarks_owner(const struct sessionmarks *m,
	const struct serverrec_mark *record)
{
	if (serverrec_mark_find(&m->mine, record) != NULL)
		return SERVERREC_THIS;
	for (size_t i = 0; i < m->n_others; i++) {
		const struct serverrec_marks *k = &m->others[i];

		if (serverrec_mark_find(k, record) == NULL)
			continue;
		if (strcmp(k->host, m->job->node) != 0)
			return SERVERREC_ELSEWHERE;
		return strcmp(k->boot, m->boot) == 0 ? SERVERREC_THIS :
			SERVERREC_REBOOTED;
	}
	return SERVERREC_NOBODY;
}

int sessionmarks_has_now(const struct sessionmarks *m,
	const struct serverrec_mark *record)
{
	for (size_t i = 0; i < m->now.n; i++)
		if (strcmp(m->now.mark[i].name, record->name) == 0 &&
			strcmp(m->now.mark[i].folder, record->folder) == 0)
			return 1;
	return 0;
}

int sessionmarks_write(struct sessionmarks *m, struct err *e)
{
	struct buf was = { 0 }, is = { 0 };
	int ret = 0;

	serverrec_marks_write(&is, &m->now);
	if (m->mine.host != NULL)
		serverrec_marks_write(&was, &m->mine);
	if ((m->now.n > 0 || m->mine.n > 0) && (was.len != is.len ||
		memcmp(buf_data(&was), buf_data(&is), is.len) != 0)) {
		if (m->dir == -1)
			ret = open_dir(m, 1, e);
		if (ret == 0)
			ret = safepath_write(m->dir, m->job->opt->agent.tag,
				buf_data(&is), is.len, e);
	}
	buf_fini(&was);
	buf_fini(&is);
	return ret;
}

void sessionmarks_remove(struct sessionmarks *m)
{
	char *path;

	if (m->dir == -1)
		return;
	path = dir_path(m);
	(void)unlinkat(m->dir, m->job->opt->agent.tag, 0);
	(void)rmdir(path);	/* while others have some it stays */
	free(path);
}
