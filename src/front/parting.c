/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state of a front's end, its exit status, and the timer of the state. An
 * event goes through the table in parting_tell(), which alone changes them and
 * logs it; parting_enter() begins what a state needs. Only FRONT_OVER leaves the
 * loop.
 */
#include "front/parting.h"

#include <signal.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/mem.h"
#include "os/log.h"

#define NO_STATUS (-1)
#define REASON_SECONDS 1
/* The job is over: its shell may say so much still, and the client read it. */
#define WORDS_SECONDS 3		/* between looks; without a byte from the shell */
#define READER_SECONDS 30	/* without a byte to a client that has some to take */
#define WORDS_ALL_SECONDS 120	/* in all: a node may be lost to the scheduler alone */

struct parting {
	struct event_base *base;
	const struct parting_ops *ops;
	void *ops_arg;
	const struct parting_output *output;
	void *output_arg;
	enum parting_state state;
	int status;
	enum parting_event late;	/* what the timer tells */
	struct event *timer;
	struct parting_words {
		unsigned long long delivered;	/* at the last look */
		int quiet, all;			/* seconds: since that grew, all */
	} words;
	long linger;			/* seconds */
	struct err broke;		/* why the shell's link did */
};

static const struct parting_ops no_ops;

static void parting_say(const struct parting *p, enum parting_line line)
{
	switch (line) {
	case PARTING_SILENT:
		break;
	case PARTING_SAY_CUT:
		log_fail("the connection to the shell in the job broke (%s); connect again to continue the session",
			p->broke.text);
		break;
	case PARTING_SAY_GONE:
		log_info("the ssh connection is gone");
		break;
	case PARTING_SAY_LINGER:
		log_info("the ssh connection is gone, lingering for %ld s",
			p->linger);
		break;
	case PARTING_SAY_STAY:
		log_info("the script has ended, its ports stay for %ld s at least",
			p->linger);
		break;
	case PARTING_SAY_NOBODY:
		log_info("nobody came back");
		break;
	}
}

static unsigned long long delivered(const struct parting *p)
{
	return p->output != NULL ? p->output->delivered(p->output_arg) : 0;
}

/* Whether something comes still, or is taken by a client that was slow. */
static int parting_goes_on(struct parting *p)
{
	struct parting_words *w = &p->words;
	unsigned long long now = delivered(p);

	if (p->output == NULL)
		return 0;
	w->quiet = now != w->delivered ? 0 : w->quiet + WORDS_SECONDS;
	w->delivered = now;
	w->all += WORDS_SECONDS;
	return w->all < WORDS_ALL_SECONDS && w->quiet <
		(p->output->is_written(p->output_arg) ? WORDS_SECONDS :
		READER_SECONDS);
}

static void parting_timer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct parting *p = arg;

	(void)fd;
	(void)what;
	if (p->late == PARTING_NOBODY_BACK && p->ops->is_used != NULL &&
		p->ops->is_used(p->ops_arg))
		event_add(p->timer, &(struct timeval){ .tv_sec = p->linger });
	else if (p->late == PARTING_WORDS_LATE && parting_goes_on(p))
		event_add(p->timer, &(struct timeval){ .tv_sec = WORDS_SECONDS });
	else
		parting_tell(p, p->late, 0);
}

/* One that runs for the same goes on: last words have so long in all. */
static void parting_timer(struct parting *p, enum parting_event late,
	long seconds)
{
	if (p->late == late && event_pending(p->timer, EV_TIMEOUT, NULL))
		return;
	p->late = late;
	p->words = (struct parting_words){ .delivered = delivered(p) };
	event_add(p->timer, &(struct timeval){ .tv_sec = seconds });
}

static void parting_enter(struct parting *p)
{
	switch (p->state) {
	case FRONT_KILLED:
	case FRONT_CUT:
		parting_timer(p, PARTING_REASON_LATE, REASON_SECONDS);
		break;
	case FRONT_LAST_WORDS:
	case FRONT_LAST_WRITES:
		parting_timer(p, PARTING_WORDS_LATE, WORDS_SECONDS);
		break;
	case FRONT_LINGERS:
		parting_timer(p, PARTING_NOBODY_BACK, p->linger);
		break;
	default:
		event_del(p->timer);
	}
	if (p->state == FRONT_OVER)
		event_base_loopexit(p->base, NULL);
	parting_written(p);
}

void parting_tell(struct parting *p, enum parting_event event, int status)
{
	struct parting_step step = parting_step(p->state, event);
	enum parting_state before = p->state;

	if (!step.expected) {
		log_error("parting: %s, which cannot be: %s",
			parting_event_name(event), parting_state_name(before));
		return;
	}
	p->state = step.next;
	if (step.exit == PARTING_GIVEN)
		p->status = status;
	else if (step.exit != PARTING_KEEP)
		p->status = step.exit;
	log_debug("parting: %s: %s -> %s, status %d",
		parting_event_name(event), parting_state_name(before),
		parting_state_name(p->state), p->status);
	parting_say(p, step.say);
	if (p->state != before)
		parting_enter(p);
}

void parting_exit(struct parting *p, int status)
{
	parting_tell(p, PARTING_DONE, status);
}

void parting_shell_starts(struct parting *p, const struct parting_output *output,
	void *arg)
{
	p->output = output;
	p->output_arg = arg;
	parting_tell(p, PARTING_SHELL_STARTS, 0);
}

void parting_written(struct parting *p)
{
	long stays = 0;

	if (!parting_is_writing(p->state) || !p->output->is_written(p->output_arg))
		return;
	if (p->state == FRONT_ENDED && p->ops->stays != NULL)
		stays = p->ops->stays(p->status, p->ops_arg);
	if (stays != 0)
		p->linger = stays;
	parting_tell(p, stays != 0 ? PARTING_PORTS_STAY : PARTING_WRITTEN, 0);
}

void parting_shell_cut(struct parting *p, const struct err *why)
{
	p->broke = *why;
	parting_tell(p, PARTING_SHELL_CUT, 0);
}

void parting_linger(struct parting *p, long seconds)
{
	p->linger = seconds;
	parting_tell(p, PARTING_SSH_GONE_LINGER, 0);
}

/*
 * A front that ends already, perhaps because it could not begin, has nothing
 * left to keep or to give up.
 */
void parting_hang_up(struct parting *p)
{
	if (parting_is_settled(p->state) || p->ops->hung_up == NULL)
		parting_tell(p, PARTING_SSH_GONE, 128 + SIGHUP);
	else
		p->ops->hung_up(p->ops_arg);
}

void parting_interrupt(struct parting *p)
{
	if (p->state == FRONT_OVER || p->ops->interrupted == NULL)
		parting_tell(p, PARTING_CTRL_C_AGAIN, 128 + SIGINT);
	else
		p->ops->interrupted(p->ops_arg);
}

enum parting_state parting_state(const struct parting *p)
{
	return p->state;
}

int parting_lingers(const struct parting *p)
{
	return p->state == FRONT_LINGERS;
}

int parting_status(const struct parting *p)
{
	return p->status == NO_STATUS ? EX_SOFTWARE : p->status;
}

void parting_set_ops(struct parting *p, const struct parting_ops *ops,
	void *arg)
{
	p->ops = ops;
	p->ops_arg = arg;
}

struct parting *parting_new(struct event_base *base)
{
	struct parting *p = mem_alloc(sizeof *p);

	p->base = base;
	p->ops = &no_ops;
	p->status = NO_STATUS;
	p->timer = evtimer_new(base, parting_timer_cb, p);
	return p;
}

void parting_free(struct parting *p)
{
	event_free(p->timer);
	free(p);
}
