/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The home directory and the state directory, as any program meets them: what is
 * made is removed again, and nothing that is there is changed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/tag.h"
#include "doctor/ask.h"
#include "doctor/judge.h"
#include "doctor/look.h"
#include "editor/serverrec.h"
#include "opt/opttable.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/safepath.h"
#include "os/userdir.h"

#define PROBE ".vscode-remote-shell.doctor"
#define PROBE_BYTES 65536

/* A file of ours in dir, which nobody else has: its name, to be freed. */
static char *probe_name(const char *dir, const char *what)
{
	return mem_printf("%s/%s.%s.%ld", dir, PROBE, what, (long)getpid());
}

/* ---- the home directory --------------------------------------------------- */

/* Whether it can be written is another look's: here it is only how long it takes. */
void look_home(const struct patient *p, struct finding *f)
{
	const char *home = p->user->home;
	char *name = probe_name(home, "latency");
	long long begin = clock_ms();
	struct stat st;
	DIR *dir;
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd != -1) {
		(void)fsync(fd);
		close(fd);
	}
	(void)stat(name, &st);
	(void)unlink(name);
	free(name);
	dir = opendir(home);
	if (dir == NULL) {
		finding_set(f, VERDICT_FAULT, "%s: %s", home, strerror(errno));
		return;
	}
	(void)readdir(dir);
	closedir(dir);
	judge_latency((long)(clock_ms() - begin), f);
}

/* Why so much cannot be written there; NULL: it can. */
static const char *write_probe(const char *dir)
{
	static const char zeros[PROBE_BYTES];
	char *name = probe_name(dir, "room");
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int error = fd == -1 ? errno : 0;

	if (fd != -1) {
		if (fd_write_all(fd, zeros, sizeof zeros) == -1 ||
			fsync(fd) == -1)
			error = errno;
		if (close(fd) == -1 && error == 0)
			error = errno;
		(void)unlink(name);
	}
	free(name);
	return error == 0 ? NULL : safepath_strerror(error);
}

/* 0: it could not be asked, as one that is not there. */
static int ask_room(const char *dir, int runs_programs, struct judge_room *r)
{
	struct statvfs v;

	if (dir == NULL || statvfs(dir, &v) == -1)
		return 0;
	*r = (struct judge_room){ .what = dir, .error = write_probe(dir),
		.bytes = (unsigned long long)v.f_bavail * v.f_frsize,
		.inodes = v.f_favail, .all_inodes = v.f_files,
		.no_exec = runs_programs && (v.f_flag & ST_NOEXEC) != 0 };
	return 1;
}

/* The folder itself may be a link to elsewhere, or a file system of its own. */
void look_room(const struct patient *p, struct finding *f)
{
	int in_home = p->opt->servers.dir == OPTIONS_SERVER_DIR_HOME;
	char *folder = mem_printf("%s/%s", p->user->home, SERVERREC_FOLDER);
	struct judge_room r[2];
	size_t n = 0;

	n += (size_t)ask_room(p->user->home, in_home, &r[n]);
	n += (size_t)ask_room(folder, in_home, &r[n]);
	judge_room(r, n, f);
	free(folder);
}

void look_quota(const struct patient *p, struct finding *f)
{
	char path[PATH_MAX];
	char *argv[] = { path, (char *)"-q", NULL };
	struct answer a;
	struct err e;

	(void)p;
	if (ask_find("quota", path, sizeof path) == -1) {
		finding_set(f, VERDICT_UNKNOWN, "there is no program quota here");
		return;
	}
	if (ask(argv, NULL, NULL, ASK_MS, &a, &e) == -1)
		finding_set(f, VERDICT_UNKNOWN, "%s", e.text);
	else if (a.status == -1)
		finding_set(f, VERDICT_UNKNOWN, "quota has not answered");
	else
		judge_quota(buf_data(&a.said), answer_is_good(&a), f);
	buf_fini(&a.said);
}

/* ---- the state directory --------------------------------------------------- */

/* Where each host has its own. */
static int is_of_one_host(const char *path)
{
	static const char *const dirs[] = { "/tmp/", "/var/tmp/", "/run/",
		"/dev/shm/" };

	for (size_t i = 0; i < sizeof dirs / sizeof dirs[0]; i++)
		if (strncmp(path, dirs[i], strlen(dirs[i])) == 0)
			return 1;
	return 0;
}

/* The node leaves the word that the login node has given it, and that reads it. */
static int leave_word(int dir, const struct patient *p, struct err *e)
{
	const char *word = p->word != NULL ? p->word : "here";
	char *name = p->place == CHECK_NODE ? mem_strdup(CHECK_WORD_FILE) :
		mem_printf("%s.%ld", CHECK_WORD_FILE, (long)getpid());
	struct buf back = { 0 };
	int ret = safepath_write(dir, name, word, strlen(word), e);

	if (ret == 0)
		ret = safepath_read(dir, name, 4096, &back, e);
	if (ret == 0 && (back.len != strlen(word) ||
		memcmp(buf_data(&back), word, back.len) != 0))
		ret = err_set(e, "what was written is not what is read");
	if (p->place == CHECK_LOGIN)
		(void)unlinkat(dir, name, 0);
	buf_fini(&back);
	free(name);
	return ret;
}

void look_state(const struct patient *p, struct finding *f)
{
	int dir;
	struct err e;
	char *path = NULL;

	dir = safepath_dir(p->state_dir, p->place == CHECK_LOGIN, &path, &e);
	if (dir == -1)
		finding_set(f, VERDICT_FAULT, "%s", e.text);
	else if (leave_word(dir, p, &e) == -1)
		finding_set(f, VERDICT_FAULT, "%s: %s", p->state_dir, e.text);
	else if (p->place == CHECK_LOGIN && p->is_cluster && is_of_one_host(path))
		finding_set(f, VERDICT_FAULT, "%s is of this host alone: compute nodes do not see it", path);
	else
		finding_set(f, VERDICT_OK, "%s can be written and is yours alone",
			path);
	free(path);
	fd_close(dir);
}

/* Which session's folder is left: its agent has removed the secret, or never ran. */
#define RECORDS_DAYS 14

void look_records(const struct patient *p, struct finding *f)
{
	struct dirent *d;
	unsigned n = 0, old = 0;
	time_t now = time(NULL);
	DIR *dir = opendir(p->state_dir);

	while (dir != NULL && (d = readdir(dir)) != NULL) {
		struct stat st;

		if (!tag_is_valid(d->d_name) ||
			fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) == -1)
			continue;
		n++;
		old += now - st.st_mtime > RECORDS_DAYS * 86400L;
	}
	if (dir != NULL)
		closedir(dir);
	if (old > 0)
		finding_set(f, VERDICT_WARNING, "%u of %u folders of sessions in %s are older than %d days",
			old, n, p->state_dir, RECORDS_DAYS);
	else
		finding_set(f, VERDICT_OK, "%u folder%s of sessions, none older than %d days",
			n, n == 1 ? "" : "s", RECORDS_DAYS);
}

/* ---- clocks and folders ----------------------------------------------------- */

/* That of the file server; the node's is compared by the login node. */
void look_clock(const struct patient *p, struct finding *f)
{
	int dir = open(p->user->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	time_t there = dir == -1 ? 0 : fd_now(dir);

	if (there == 0)
		finding_set(f, VERDICT_UNKNOWN, "the home directory tells no time");
	else
		judge_clock((long)(there - time(NULL)), "the home directory", f);
	fd_close(dir);
}

static unsigned long long folder_bytes;

static int count_file(const char *path, const struct stat *st, int type,
	struct FTW *at)
{
	(void)path;
	(void)at;
	if (type == FTW_F)
		folder_bytes += (unsigned long long)st->st_size;
	return 0;
}

void look_folders(const struct patient *p, struct finding *f)
{
	unsigned long long most = 0;
	char *largest = NULL;

	for (const char *const *name = serverrec_folders; *name; name++) {
		char *path = mem_printf("%s/%s", p->user->home, *name);

		folder_bytes = 0;
		(void)nftw(path, count_file, 16, FTW_PHYS | FTW_MOUNT);
		if (folder_bytes > most) {
			most = folder_bytes;
			free(largest);
			largest = mem_strdup(path);
		}
		free(path);
	}
	judge_folders(most, largest, f);
	free(largest);
}
