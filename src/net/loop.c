/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owns the priorities of the loop and what its library says when it fails.
 * There is one loop a process, so that the turn of its streams is a static.
 */
#include "net/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "net/evmem.h"
#include "net/turn.h"
#include "os/log.h"

/* New events get the middle one of three; nothing is more urgent. */
enum { NORMAL = 1, BULK = 2, PRIORITIES = 3 };

static int lenient;
static struct turn turn;

__attribute__((noreturn))
static void loop_give_up(const char *why)
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
		loop_give_up(text);
	if (!lenient && strncmp(text, "Epoll ADD", 9) == 0)
		loop_give_up(text);
	if (severity == EVENT_LOG_WARN)
		log_warning("event loop: %s", text);
	errno = error;
}

struct event_base *loop_new(void)
{
	struct event_config *how = event_config_new();
	struct event_base *base = NULL;

	/*
	 * The callers of event_new() do not check for NULL: without memory
	 * these functions end the program.
	 */
	event_set_mem_functions(evmem_alloc, evmem_realloc, evmem_free);
	event_set_log_callback(said);
	event_set_fatal_callback(fatal);
	/* After each callback of bulk the kernel is asked who else came. */
	if (how != NULL && event_config_set_max_dispatch_interval(how, NULL, 1,
		BULK) == 0)
		base = event_base_new_with_config(how);
	if (base == NULL || event_base_priority_init(base, PRIORITIES) == -1)
		loop_give_up(strerror(errno));
	event_config_free(how);
	return base;
}

void loop_be_lenient(void)
{
	lenient = 1;
}

size_t loop_budget(void)
{
	return turn_budget(&turn);
}

void loop_held(size_t *counted, size_t waiting)
{
	turn_held(&turn, counted, waiting);
}

size_t loop_full(void)
{
	return turn_full(&turn);
}

int loop_moved(const void *who, size_t bytes)
{
	return turn_took(&turn, who, bytes);
}

void loop_set_bulk(struct event *ev, int bulk)
{
	event_priority_set(ev, bulk ? BULK : NORMAL);
}
