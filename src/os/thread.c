/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns how a helper of the program is started, and nothing of it afterwards. */
#include "os/thread.h"

#include <pthread.h>
#include <signal.h>

#define STACK_SIZE (256 * 1024)

int thread_start(void *(*run)(void *arg), void *arg)
{
	pthread_attr_t attr;
	sigset_t all, old;
	pthread_t id;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	error = pthread_create(&id, &attr, run, arg);
	pthread_attr_destroy(&attr);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return error;
}
