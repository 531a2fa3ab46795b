/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/tee.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "os/log.h"
#include "os/safepath.h"
#include "pure/mem.h"

/* Room for a reader that pauses; the most an ordinary user may ask for. */
#define FIFO_BYTES (1 << 20)

struct tee {
	int fd;			/* -1: silent after a failure */
	const char *what;
	char *path;
};

struct tee *tee_open(const char *path, const char *what, struct err *e)
{
	int fd = safepath_output(path, what, 1, e);
	struct tee *t;

	if (fd == -1)
		return NULL;
	(void)fcntl(fd, F_SETPIPE_SZ, FIFO_BYTES);	/* if it is one */
	t = mem_alloc(sizeof *t);
	t->fd = fd;
	t->what = what;
	t->path = mem_strdup(path);
	return t;
}

static void give_up(struct tee *t, int error)
{
	log_warning("%s %s ends here: %s", t->what, t->path,
		error == EAGAIN ? "its reader does not keep up" :
		error == EPIPE ? "its reader is gone" :
		safepath_strerror(error));
	close(t->fd);
	t->fd = -1;
}

void tee_write(struct tee *t, const void *data, size_t len)
{
	const char *p = data;

	while (t != NULL && t->fd != -1 && len > 0) {
		ssize_t n = write(t->fd, p, len);

		if (n == -1 && errno != EINTR) {
			give_up(t, errno);
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
	if (t->fd != -1 && close(t->fd) == -1)
		log_warning("%s %s: %s", t->what, t->path,
			safepath_strerror(errno));
	free(t->path);
	free(t);
}
