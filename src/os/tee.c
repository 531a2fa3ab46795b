/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/tee.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/behind.h"
#include "os/log.h"
#include "os/safepath.h"

/* Room for a reader that pauses; the most an ordinary user may ask for. */
#define FIFO_BYTES (1 << 20)

/* That a file system has not taken yet, or its cache on a busy machine. */
#define BEHIND_BYTES (64 << 20)

/*
 * A fifo is written at once, and never waits: its reader keeps up or does not. A
 * file is written by a thread, which has the tee when it is closed.
 */
struct tee {
	int fd;			/* of a fifo; -1: silent after a failure */
	struct behind *behind;	/* of a file; NULL: it is a fifo */
	int lost;		/* the file was too slow, and ends there */
	const char *what;
	char *path;
};

static void said(const struct tee *t, const char *why)
{
	log_warning("%s %s ends here: %s", t->what, t->path, why);
}

static void file_failed(int error, void *arg)
{
	said(arg, safepath_strerror(error));
}

static void gone(void *arg)
{
	struct tee *t = arg;

	free(t->path);
	free(t);
}

/* -1 with errno */
static int open_as(struct tee *t, int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode)) {
		(void)fcntl(fd, F_SETPIPE_SZ, FIFO_BYTES);
		t->fd = fd;
		return 0;
	}
	t->behind = behind_new(fd, BEHIND_BYTES, file_failed, t);
	return t->behind != NULL ? 0 : -1;
}

struct tee *tee_open(const char *path, const char *what, struct err *e)
{
	int fd = safepath_output(path, what, 1, e);
	struct tee *t;

	if (fd == -1)
		return NULL;
	t = mem_alloc(sizeof *t);
	t->fd = -1;
	t->what = what;
	t->path = mem_strdup(path);
	if (open_as(t, fd) == 0)
		return t;
	err_set(e, "%s %s: %s", what, path, strerror(errno));
	gone(t);
	return NULL;
}

static void tee_give_up(struct tee *t, int error)
{
	said(t, error == EAGAIN ? "its reader does not keep up" :
		error == EPIPE ? "its reader is gone" :
		safepath_strerror(error));
	close(t->fd);
	t->fd = -1;
}

static void write_file(struct tee *t, const void *data, size_t len)
{
	/* What comes later would leave a hole. */
	if (!t->lost && behind_write(t->behind, data, len) == 0)
		return;
	if (!t->lost)
		said(t, "its file system does not keep up");
	t->lost = 1;
}

void tee_write(struct tee *t, const void *data, size_t len)
{
	const char *p = data;

	if (t != NULL && t->behind != NULL)
		write_file(t, data, len);
	while (t != NULL && t->fd != -1 && len > 0) {
		ssize_t n = write(t->fd, p, len);

		if (n == -1 && errno != EINTR) {
			tee_give_up(t, errno);
		} else if (n > 0) {
			p += n;
			len -= (size_t)n;
		}
	}
}

void tee_close(struct tee *t)
{
	if (t == NULL)
		return;
	if (t->fd != -1)
		close(t->fd);
	if (t->behind != NULL)
		behind_end(t->behind, gone);
	else
		gone(t);
}
