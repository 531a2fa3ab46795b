/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/stall.h"

#include <errno.h>
#include <pthread.h>

#include "os/clock.h"
#include "os/log.h"
#include "os/thread.h"

#define AGAIN_SECONDS 30	/* the line is told again */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed;
static const char *watched;	/* NULL: nothing goes on */
static int depth;		/* of scopes */
static unsigned long round_number;
static int running;

/* Wait for the end of this round. 1 when it has not come in so many seconds. */
static int lasts(unsigned long number, int seconds)
{
	struct timespec end = clock_after(seconds * 1000L);
	int ret = 0;

	while (watched != NULL && round_number == number && ret != ETIMEDOUT)
		ret = pthread_cond_timedwait(&changed, &lock, &end);
	return watched != NULL && round_number == number;
}

static void *stall_watch(void *arg)
{
	(void)arg;
	pthread_mutex_lock(&lock);
	for (;;) {
		int seconds = STALL_SECONDS, waited = 0;

		while (watched == NULL)
			pthread_cond_wait(&changed, &lock);
		for (unsigned long n = round_number; lasts(n, seconds);
			seconds = AGAIN_SECONDS) {
			waited += seconds;
			log_fail("%s: the file system has not answered for %d s; waiting for it",
				watched, waited);
		}
	}
	return NULL;
}

static void stall_start(void)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	/* Without it nothing is told, and all else is the same. */
	running = thread_start(stall_watch, NULL) == 0 ? 1 : -1;
}

const char *stall_begin(const char *path)
{
	if (depth++ > 0)
		return path;
	pthread_mutex_lock(&lock);
	if (running == 0)
		stall_start();
	watched = path;
	round_number++;
	if (running == 1)
		pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
	return path;
}

void stall_end(const char **path)
{
	int saved = errno;	/* of what was done meanwhile */

	(void)path;
	if (--depth > 0)
		return;
	pthread_mutex_lock(&lock);
	watched = NULL;
	if (running == 1)
		pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
	errno = saved;
}
