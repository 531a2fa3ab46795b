/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/logpipe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_MS 1000
#define PIPE_BYTES (1 << 20)	/* the most an ordinary user may ask for */

static int file = -1;		/* what stderr was */
static int source = -1;		/* the pipe's end that the thread reads */
static int finished[2] = { -1, -1 }; /* closed when the thread has ended */

static void pass_on(const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(file, data, len);

		if (n == -1 && errno != EINTR)
			return;
		data += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
}

static void *run(void *unused)
{
	char data[4096];
	ssize_t n;

	(void)unused;
	do {
		n = read(source, data, sizeof data);
		if (n > 0)
			pass_on(data, (size_t)n);
	} while (n > 0 || (n == -1 && errno == EINTR));
	close(finished[1]);
	return NULL;
}

/* All signals are for the main thread. */
static int start_thread(void)
{
	pthread_attr_t detached;
	sigset_t all, old;
	pthread_t thread;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	error = pthread_create(&thread, &detached, run, NULL);
	pthread_attr_destroy(&detached);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return error;
}

int logpipe_open(struct err *e)
{
	int ends[2], error;

	if (pipe2(ends, O_CLOEXEC) == -1 || pipe2(finished, O_CLOEXEC) == -1)
		return err_set(e, "cannot make a pipe: %s", strerror(errno));
	(void)fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES);
	file = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	source = ends[0];
	error = file == -1 ? errno : start_thread();
	if (error != 0)
		return err_set(e, "cannot log by a thread: %s",
			strerror(error));
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	/* Out of memory, for one, is said and then exit() is called. */
	atexit(logpipe_close);
	return 0;
}

void logpipe_close(void)
{
	struct pollfd p = { .fd = finished[0], .events = POLLIN };

	if (source == -1)
		return;
	dup2(file, STDERR_FILENO);
	/* Whoever still has our pipe as its stderr keeps the thread alive. */
	if (poll(&p, 1, PATIENCE_MS) > 0)
		close(source);
	source = -1;
	close(finished[0]);
}
