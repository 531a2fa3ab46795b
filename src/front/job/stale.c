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
 *
 * A folder may hold any number of files, and the file system be slow, so a child
 * sweeps, and who is connecting does not wait for it. It ends with its front and
 * leaves no process behind; the next sweep goes on where it was.
 */
#include "front/job/stale.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/tag.h"
#include "front/job/about.h"
#include "front/job/ending.h"
#include "front/job/standin.h"
#include "front/job/trash.h"
#include "net/child.h"
#include "os/fd.h"
#include "os/log.h"
#include "os/safepath.h"
#include "os/spawn.h"
#include "os/stall.h"
#include "os/tmpdir.h"

#define YOUNG (2 * 3600)		/* seconds */
#define KEPT (7 * 24 * 3600)	/* so long a log is kept */
#define SWEEP_SECONDS 600	/* in one go */
#define FILES_MAX 100		/* removed while somebody waits */

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

/* All but the log, how it ended, and what tells whose it is; so many at most. */
static void strip(int dirfd, unsigned long most)
{
	DIR *dir = fd_opendir(dirfd);
	struct dirent *d;
	struct err e;

	while (dir != NULL && most > 0 && (d = readdir(dir)) != NULL)
		if (strcmp(d->d_name, "agent.log") != 0 &&
			strcmp(d->d_name, "about") != 0 &&
			strcmp(d->d_name, ENDING_FILE) != 0 &&
			d->d_name[0] != '.' &&
			(unlinkat(dirfd, d->d_name, 0) == 0 ||
			tmpdir_remove_at(dirfd, d->d_name, most, &e) == 0))
			most--;
	if (dir != NULL)
		closedir(dir);
}

/* Whether what the user may still ask for is in the folder of a job that is no more. */
static int is_kept(int dirfd, time_t now)
{
	off_t size, note;
	time_t age = age_of(dirfd, "agent.log", now, &size);
	time_t ended = age_of(dirfd, ENDING_FILE, now, &note);

	return (size > 0 && age <= KEPT) || (note > 0 && ended <= KEPT);
}

void stale_remove(int state_fd, const char *tag)
{
	struct err e;

	if (trash_remove(state_fd, tag, FILES_MAX, &e) == -1)
		log_warning("%s", e.text);
}

void stale_retire(const struct invocation *inv, const char *tag)
{
	STALL_WATCH(inv->state_dir);
	char *path = mem_printf("%s/%s", inv->state_dir, tag);
	struct err e;
	int fd = tag_is_valid(tag) ? safepath_child(inv->state_fd, tag, 0, path,
		&e) :
		-1;

	if (fd != -1) {
		/* Not of the folder itself: it keeps its age. */
		if (is_kept(fd, fd_now(inv->state_fd))) {
			strip(fd, FILES_MAX);
		} else {
			log_info("%s: removed, its job is no more", path);
			stale_remove(inv->state_fd, tag);
		}
		close(fd);
	}
	free(path);
}

/* Whether the launcher that answered would have named the job. */
static int is_known_to(const struct invocation *inv, const struct jobs *live,
	int dirfd)
{
	struct about about;
	struct err e;

	return live->scope[0] != '\0' && about_read(dirfd, &about, &e) == 0 &&
		strcmp(about.launcher, standin_scheduler(inv)) == 0 &&
		strcmp(about.scope, live->scope) == 0;
}

static int is_old(int dirfd, time_t now)
{
	off_t size;

	return age_of(dirfd, ".", now, &size) > YOUNG &&
		age_of(dirfd, "about", now, &size) > YOUNG;
}

/* 0, or -1 when it cannot be removed. */
static int stale_look_at(const struct invocation *inv, const struct jobs *live,
	const char *tag, time_t now)
{
	char *path = mem_printf("%s/%s", inv->state_dir, tag);
	struct err e;
	int fd = safepath_child(inv->state_fd, tag, 0, path, &e), ret = 0;

	if (fd != -1) {
		if (!is_known_to(inv, live, fd) || !is_old(fd, now))
			;
		else if (is_kept(fd, now))
			strip(fd, ULONG_MAX);
		else
			ret = trash_put(inv->state_fd, tag, &e);
		close(fd);
	}
	free(path);
	return ret;
}

/* 0, or -1 when something cannot be removed. */
static int sweep(const struct invocation *inv, const struct jobs *live)
{
	/* Not known: all is new. */
	time_t now = fd_now(inv->state_fd);
	DIR *dir = fd_opendir(inv->state_fd);
	struct dirent *d;
	struct err e;
	int ret = 0;

	while (dir != NULL && (d = readdir(dir)) != NULL)
		if (tag_is_valid(d->d_name) && !jobs_has_tag(live, d->d_name) &&
			stale_look_at(inv, live, d->d_name, now) == -1)
			ret = -1;
	if (dir != NULL)
		closedir(dir);
	return trash_empty(inv->state_fd, &e) == -1 ? -1 : ret;
}

/*
 * In the child. It holds nothing of the connection, of which sshd waits for all
 * ends, and takes a processor and the disk when nobody else wants them.
 */
static void stale_run(const struct invocation *inv, const struct jobs *live,
	pid_t front)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != front)
		_exit(0);
	fd_drop_standard();
	alarm(SWEEP_SECONDS);
	(void)setpriority(PRIO_PROCESS, 0, 19);
	(void)syscall(SYS_ioprio_set, 1 /* a process */, 0, 3 << 13 /* idle */);
	_exit(sweep(inv, live) == -1);
}

static void stale_ended(pid_t pid, int status, void *arg)
{
	const struct invocation *inv = arg;

	(void)pid;
	if (WIFSIGNALED(status))
		log_info("tidying up %s is not finished: signal %d",
			inv->state_dir, WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		log_warning("%s: not all folders of ended jobs could be removed; look into it and its directory gone",
			inv->state_dir);
}

pid_t stale_sweep(const struct invocation *inv, const struct jobs *live)
{
	pid_t front = getpid(), pid = spawn_branch(inv->state_fd);

	if (pid == 0)
		stale_run(inv, live, front);
	if (pid == -1)
		log_info("cannot fork: %s", strerror(errno));
	else
		child_watch(inv->children, pid, stale_ended, (void *)inv);
	return pid;
}
