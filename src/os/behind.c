/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/behind.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/thread.h"

/*
 * One lock for all queues: it is only held while bytes are copied, never while
 * a file is written, which may hang.
 */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t one_is_done;
static pthread_once_t prepared = PTHREAD_ONCE_INIT;
static unsigned ending;		/* ended, but not done */

struct behind {
	int fd;			/* -1: see open */
	int (*open)(void *);
	size_t max;
	pthread_cond_t more;
	struct buf queue;
	size_t writing;		/* bytes that the thread has taken */
	int ended, has_failed;
	void (*failed)(int, void *);
	void (*gone)(void *);
	void *arg;
};

static void tell_failed(struct behind *b, int error)
{
	if (!b->has_failed && b->failed != NULL)
		b->failed(error, b->arg);
	b->has_failed = 1;
}

/* Take what is there, or wait for it. 0: nothing more comes. */
static size_t behind_take(struct behind *b, struct buf *taken)
{
	struct buf empty = { 0 };

	pthread_mutex_lock(&lock);
	b->writing = 0;
	while (b->queue.len == 0 && !b->ended)
		pthread_cond_wait(&b->more, &lock);
	*taken = b->queue;
	b->queue = empty;
	b->writing = taken->len;
	pthread_mutex_unlock(&lock);
	return taken->len;
}

static void put_taken(struct behind *b, const struct buf *taken)
{
	int fd = b->open != NULL ? b->open(b->arg) : b->fd;

	if (fd == -1)
		return;
	if (fd_write_all(fd, buf_data(taken), taken->len) == -1)
		tell_failed(b, errno);
	if (b->open != NULL && close(fd) == -1)
		tell_failed(b, errno);
}

static void *behind_run(void *arg)
{
	struct behind *b = arg;
	struct buf taken;

	while (behind_take(b, &taken) > 0) {
		if (!b->has_failed || b->open != NULL)
			put_taken(b, &taken);
		buf_fini(&taken);
	}
	if (b->fd != -1 && close(b->fd) == -1)
		tell_failed(b, errno);
	if (b->gone != NULL)
		b->gone(b->arg);
	pthread_cond_destroy(&b->more);
	free(b);
	pthread_mutex_lock(&lock);
	ending--;
	pthread_cond_broadcast(&one_is_done);
	pthread_mutex_unlock(&lock);
	return NULL;
}

/* Its waits are by a clock that nobody sets. */
static void prepare(void)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&one_is_done, &attr);
	pthread_condattr_destroy(&attr);
}

/* A thread with a copy of it; NULL with errno. */
static struct behind *begin_run(const struct behind *as)
{
	struct behind *b = mem_alloc(sizeof *b);
	int error;

	pthread_once(&prepared, prepare);
	*b = *as;
	pthread_cond_init(&b->more, NULL);
	error = thread_start(behind_run, b);
	if (error == 0)
		return b;
	if (b->fd != -1)
		close(b->fd);
	pthread_cond_destroy(&b->more);
	free(b);
	errno = error;
	return NULL;
}

struct behind *behind_new(int fd, size_t max,
	void (*failed)(int error, void *arg), void *arg)
{
	return begin_run(&(struct behind){ .fd = fd, .max = max,
		.failed = failed, .arg = arg });
}

struct behind *behind_new_by(int (*open)(void *arg), size_t max,
	void (*failed)(int error, void *arg), void *arg)
{
	return begin_run(&(struct behind){ .fd = -1, .open = open, .max = max,
		.failed = failed, .arg = arg });
}

int behind_write(struct behind *b, const void *data, size_t len)
{
	int fits;

	pthread_mutex_lock(&lock);
	fits = len <= b->max && b->queue.len + b->writing <= b->max - len;
	if (fits) {
		buf_append(&b->queue, data, len);
		pthread_cond_signal(&b->more);
	}
	pthread_mutex_unlock(&lock);
	return fits ? 0 : -1;
}

void behind_end(struct behind *b, void (*gone)(void *arg))
{
	pthread_mutex_lock(&lock);
	b->gone = gone;
	b->ended = 1;
	ending++;
	pthread_cond_signal(&b->more);
	pthread_mutex_unlock(&lock);
}

int behind_wait(long ms)
{
	struct timespec end = clock_after(ms);
	int ret = 0, left;

	pthread_mutex_lock(&lock);
	while (ending > 0 && ret == 0)
		ret = pthread_cond_timedwait(&one_is_done, &lock, &end);
	left = ending > 0;
	pthread_mutex_unlock(&lock);
	return left ? -1 : 0;
}
