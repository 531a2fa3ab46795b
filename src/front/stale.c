/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * There is no lock. What keeps a folder from being removed too early:
 *	its tag is among the live jobs;
 *	it is of another launcher, cluster or machine than the one that answered,
 *	or does not say of which;
 *	it changed within YOUNG. A front makes it, and then submits a job that
 *	may be listed only when its submit was answered, after an hour at most
 *	(--launcher-timeout). The folder is looked at after the jobs were listed,
 *	so a job that is not among them and has an old folder never will be.
 *	Its age is by the clock of the file system, since ours may be wrong.
 * Two that sweep at once remove the same.
 */
#include "front/stale.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "front/about.h"
#include "front/ending.h"
#include "os/log.h"
#include "os/safepath.h"
#include "os/stall.h"
#include "os/tmpdir.h"
#include "pure/mem.h"

#define YOUNG (2 * 3600)		/* seconds */
#define KEPT (7 * 24 * 3600)	/* so long a log is kept */
#define SWEEP_MAX 100		/* folders in one go: somebody waits for it */

static int is_tag(const char *name)
{
	return strlen(name) == 16 && strspn(name, "0123456789abcdef") == 16;
}

/*
 * Stamps the folder to learn the time of its file system; 0: not known, and all
 * is new.
 */
static time_t touch(int dirfd)
{
	struct stat st;

	return futimens(dirfd, NULL) == -1 || fstat(dirfd, &st) == -1 ? 0 :
		st.st_mtime;
}

/* Seconds since a file changed, 0 if there is none; its size. */
static time_t age_of(int dirfd, const char *name, time_t now, off_t *size)
{
	struct stat st;

	*size = 0;
	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return 0;
	*size = st.st_size;
	return now > st.st_mtime ? now - st.st_mtime : 0;
}

static void remove_all(const char *path)
{
	struct err e;

	log_info("%s: removed, its job is no more", path);
	if (tmpdir_remove(path, &e) == -1)
		log_warning("%s", e.text);
}

/* All but the log, how it ended, and what tells whose it is. */
static void strip(int dirfd)
{
	int copy = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy == -1 ? NULL : fdopendir(copy);
	struct dirent *d;

	while (dir != NULL && (d = readdir(dir)) != NULL)
		if (strcmp(d->d_name, "agent.log") != 0 &&
			strcmp(d->d_name, "about") != 0 &&
			strcmp(d->d_name, ENDING_FILE) != 0 &&
			d->d_name[0] != '.')
			unlinkat(dirfd, d->d_name, 0);
	if (dir != NULL)
		closedir(dir);
}

/* The job of this folder is no more. */
static void retire(const char *path, int dirfd, time_t now)
{
	off_t size, note;
	time_t age = age_of(dirfd, "agent.log", now, &size);
	time_t ended = age_of(dirfd, ENDING_FILE, now, &note);

	if ((size == 0 || age > KEPT) && (note == 0 || ended > KEPT))
		remove_all(path);
	else
		strip(dirfd);
}

void stale_retire(const struct front *f, const char *tag)
{
	char *path = mem_printf("%s/%s", f->state_dir, tag);
	struct err e;
	int fd = is_tag(tag) ? safepath_dir(path, 0, NULL, &e) : -1;

	if (fd != -1) {
		/* Not of the folder itself: it keeps its age. */
		retire(path, fd, touch(f->state_fd));
		close(fd);
	}
	free(path);
}

/* Whether the launcher that answered would have named the job. */
static int is_known_to(const struct front *f, const struct jobs *live,
	int dirfd)
{
	struct about about;
	struct err e;

	return live->scope[0] != '\0' && about_read(dirfd, &about, &e) == 0 &&
		strcmp(about.launcher, f->opt.launcher) == 0 &&
		strcmp(about.scope, live->scope) == 0;
}

static int is_old(int dirfd, time_t now)
{
	off_t size;

	return age_of(dirfd, ".", now, &size) > YOUNG &&
		age_of(dirfd, "about", now, &size) > YOUNG;
}

static void look_at(const struct front *f, const struct jobs *live,
	const char *tag, time_t now)
{
	char *path = mem_printf("%s/%s", f->state_dir, tag);
	struct err e;
	int fd = safepath_dir(path, 0, NULL, &e);

	if (fd != -1) {
		if (is_known_to(f, live, fd) && is_old(fd, now))
			retire(path, fd, now);
		close(fd);
	}
	free(path);
}

void stale_sweep(const struct front *f, const struct jobs *live)
{
	STALL_WATCH(f->state_dir);

	int fd = openat(f->state_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	time_t now = fd == -1 ? 0 : touch(fd);
	DIR *dir = fd == -1 ? NULL : fdopendir(fd);
	struct dirent *d;
	int n = 0;

	while (dir != NULL && n < SWEEP_MAX && (d = readdir(dir)) != NULL) {
		if (!is_tag(d->d_name) || jobs_has_tag(live, d->d_name))
			continue;
		look_at(f, live, d->d_name, now);
		n++;
	}
	if (dir != NULL)
		closedir(dir);
}
