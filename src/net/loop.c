/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "os/log.h"

static int lenient;

__attribute__((noreturn))
static void give_up(const char *why)
{
	log_fail("the event loop failed: %s", why);
	exit(EX_OSERR);
}

/* libevent has said why, by said(), before it calls this. */
__attribute__((noreturn))
static void fatal(int error)
{
	(void)error;
	exit(EX_OSERR);
}

static void said(int severity, const char *text)
{
	int error = errno;

	if (severity == EVENT_LOG_ERR)
		give_up(text);
	if (!lenient && strncmp(text, "Epoll ADD", 9) == 0)
		give_up(text);
	if (severity == EVENT_LOG_WARN)
		log_warning("event loop: %s", text);
	errno = error;
}

struct event_base *loop_new(void)
{
	struct event_base *base;

	event_set_log_callback(said);
	event_set_fatal_callback(fatal);
	base = event_base_new();
	if (base == NULL)
		give_up(strerror(errno));
	return base;
}

void loop_be_lenient(void)
{
	lenient = 1;
}
