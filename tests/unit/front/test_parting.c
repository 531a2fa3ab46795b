/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake.h"

#include "front/parting.h"

enum { KEEP = PARTING_KEEP, GIVEN = PARTING_GIVEN, SAME = FRONT_STATES };

/* May come, and changes nothing; cannot come. */
#define STAYS { SAME, KEEP, PARTING_SILENT, 1 }
#define NEVER { SAME, KEEP, PARTING_SILENT, 0 }

/* The whole product of states and events, but that all stays when it is over. */
static const struct {
	int next, exit;
	enum parting_line say;
	int expected;
} cells[FRONT_OVER][PARTING_EVENTS] = {
	[FRONT_BEFORE] = {
		[PARTING_SHELL_STARTS] =
			{ FRONT_SHELL, KEEP, PARTING_SILENT, 1 },
		[PARTING_SHELL_ENDED] = NEVER,
		[PARTING_SHELL_KILLED] = NEVER,
		[PARTING_SHELL_CUT] = NEVER,
		[PARTING_WRITTEN] = NEVER,
		[PARTING_PORTS_STAY] = NEVER,
		[PARTING_AGENT_ENDS] = STAYS,
		[PARTING_LINK_BROKE] = STAYS,
		[PARTING_END_TOLD] = STAYS,
		[PARTING_JOB_ENDED] =
			{ FRONT_OVER, EX_UNAVAILABLE, PARTING_SILENT, 1 },
		[PARTING_JOB_LOST] =
			{ FRONT_OVER, EX_TEMPFAIL, PARTING_SILENT, 1 },
		[PARTING_CTRL_C] = NEVER,
		[PARTING_CTRL_C_AGAIN] =
			{ FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_SSH_GONE] = { FRONT_OVER, GIVEN, PARTING_SAY_GONE, 1 },
		[PARTING_SSH_GONE_LINGER] =
			{ FRONT_LINGERS, KEEP, PARTING_SAY_LINGER, 1 },
		[PARTING_SSH_GONE_GIVE_UP] =
			{ FRONT_GIVES_UP, KEEP, PARTING_SAY_GONE, 1 },
		[PARTING_DONE] = { FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_REASON_LATE] = NEVER,
		[PARTING_WORDS_LATE] = NEVER,
		[PARTING_NOBODY_BACK] = NEVER,
	},
	[FRONT_SHELL] = {
		[PARTING_SHELL_STARTS] = NEVER,
		[PARTING_SHELL_ENDED] =
			{ FRONT_ENDED, GIVEN, PARTING_SILENT, 1 },
		[PARTING_SHELL_KILLED] =
			{ FRONT_KILLED, GIVEN, PARTING_SILENT, 1 },
		[PARTING_SHELL_CUT] =
			{ FRONT_CUT, EX_TEMPFAIL, PARTING_SILENT, 1 },
		[PARTING_WRITTEN] = NEVER,
		[PARTING_PORTS_STAY] = NEVER,
		[PARTING_AGENT_ENDS] = { FRONT_ASKS, KEEP, PARTING_SILENT, 1 },
		[PARTING_LINK_BROKE] = { FRONT_ASKS, KEEP, PARTING_SILENT, 1 },
		[PARTING_END_TOLD] = NEVER,
		[PARTING_JOB_ENDED] =
			{ FRONT_LAST_WORDS, EX_UNAVAILABLE, PARTING_SILENT, 1 },
		[PARTING_JOB_LOST] =
			{ FRONT_LAST_WORDS, EX_TEMPFAIL, PARTING_SILENT, 1 },
		[PARTING_CTRL_C] = STAYS,
		[PARTING_CTRL_C_AGAIN] =
			{ FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_SSH_GONE] = { FRONT_OVER, GIVEN, PARTING_SAY_GONE, 1 },
		[PARTING_SSH_GONE_LINGER] =
			{ FRONT_LINGERS, KEEP, PARTING_SAY_LINGER, 1 },
		[PARTING_SSH_GONE_GIVE_UP] = NEVER,
		[PARTING_DONE] = { FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_REASON_LATE] = NEVER,
		[PARTING_WORDS_LATE] = NEVER,
		[PARTING_NOBODY_BACK] = NEVER,
	},
	[FRONT_KILLED] = {
		[PARTING_SHELL_STARTS] = NEVER,
		[PARTING_SHELL_ENDED] = NEVER,
		[PARTING_SHELL_KILLED] = NEVER,
		[PARTING_SHELL_CUT] = STAYS,
		[PARTING_WRITTEN] = NEVER,
		[PARTING_PORTS_STAY] = NEVER,
		[PARTING_AGENT_ENDS] =
			{ FRONT_ASKS_ALONE, KEEP, PARTING_SILENT, 1 },
		[PARTING_LINK_BROKE] =
			{ FRONT_ASKS_ALONE, KEEP, PARTING_SILENT, 1 },
		[PARTING_END_TOLD] = NEVER,
		[PARTING_JOB_ENDED] =
			{ FRONT_LAST_WRITES, EX_UNAVAILABLE, PARTING_SILENT, 1 },
		[PARTING_JOB_LOST] =
			{ FRONT_LAST_WRITES, EX_TEMPFAIL, PARTING_SILENT, 1 },
		[PARTING_CTRL_C] = { FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_CTRL_C_AGAIN] =
			{ FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_SSH_GONE] = { FRONT_OVER, GIVEN, PARTING_SAY_GONE, 1 },
		[PARTING_SSH_GONE_LINGER] =
			{ FRONT_LINGERS, KEEP, PARTING_SAY_LINGER, 1 },
		[PARTING_SSH_GONE_GIVE_UP] = NEVER,
		[PARTING_DONE] = { FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_REASON_LATE] =
			{ FRONT_WRITES, KEEP, PARTING_SILENT, 1 },
		[PARTING_WORDS_LATE] = NEVER,
		[PARTING_NOBODY_BACK] = NEVER,
	},
	[FRONT_CUT] = {
		[PARTING_SHELL_STARTS] = NEVER,
		[PARTING_SHELL_ENDED] = NEVER,
		[PARTING_SHELL_KILLED] = NEVER,
		[PARTING_SHELL_CUT] = NEVER,
		[PARTING_WRITTEN] = NEVER,
		[PARTING_PORTS_STAY] = NEVER,
		[PARTING_AGENT_ENDS] =
			{ FRONT_ASKS_ALONE, KEEP, PARTING_SILENT, 1 },
		[PARTING_LINK_BROKE] =
			{ FRONT_ASKS_ALONE, KEEP, PARTING_SILENT, 1 },
		[PARTING_END_TOLD] = NEVER,
		[PARTING_JOB_ENDED] =
			{ FRONT_LAST_WRITES, EX_UNAVAILABLE, PARTING_SILENT, 1 },
		[PARTING_JOB_LOST] =
			{ FRONT_LAST_WRITES, EX_TEMPFAIL, PARTING_SILENT, 1 },
		[PARTING_CTRL_C] = { FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_CTRL_C_AGAIN] =
			{ FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_SSH_GONE] = { FRONT_OVER, GIVEN, PARTING_SAY_GONE, 1 },
		[PARTING_SSH_GONE_LINGER] =
			{ FRONT_LINGERS, KEEP, PARTING_SAY_LINGER, 1 },
		[PARTING_SSH_GONE_GIVE_UP] = NEVER,
		[PARTING_DONE] = { FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_REASON_LATE] =
			{ FRONT_WRITES, KEEP, PARTING_SAY_CUT, 1 },
		[PARTING_WORDS_LATE] = NEVER,
		[PARTING_NOBODY_BACK] = NEVER,
	},
	[FRONT_ASKS] = {
		[PARTING_SHELL_STARTS] = NEVER,
		[PARTING_SHELL_ENDED] =
			{ FRONT_ENDED, GIVEN, PARTING_SILENT, 1 },
		[PARTING_SHELL_KILLED] =
			{ FRONT_ASKS_ALONE, GIVEN, PARTING_SILENT, 1 },
		[PARTING_SHELL_CUT] =
			{ FRONT_ASKS_ALONE, EX_TEMPFAIL, PARTING_SILENT, 1 },
		[PARTING_WRITTEN] = NEVER,
		[PARTING_PORTS_STAY] = NEVER,
		[PARTING_AGENT_ENDS] = NEVER,
		[PARTING_LINK_BROKE] = NEVER,
		[PARTING_END_TOLD] = { FRONT_TOLD, KEEP, PARTING_SILENT, 1 },
		[PARTING_JOB_ENDED] =
			{ FRONT_LAST_WORDS, EX_UNAVAILABLE, PARTING_SILENT, 1 },
		[PARTING_JOB_LOST] =
			{ FRONT_LAST_WORDS, EX_TEMPFAIL, PARTING_SILENT, 1 },
		[PARTING_CTRL_C] = STAYS,
		[PARTING_CTRL_C_AGAIN] =
			{ FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_SSH_GONE] = { FRONT_OVER, GIVEN, PARTING_SAY_GONE, 1 },
		[PARTING_SSH_GONE_LINGER] =
			{ FRONT_LINGERS, KEEP, PARTING_SAY_LINGER, 1 },
		[PARTING_SSH_GONE_GIVE_UP] = NEVER,
		[PARTING_DONE] = { FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_REASON_LATE] = NEVER,
		[PARTING_WORDS_LATE] = NEVER,
		[PARTING_NOBODY_BACK] = NEVER,
	},
	[FRONT_ASKS_ALONE] = {
		[PARTING_SHELL_STARTS] = NEVER,
		[PARTING_SHELL_ENDED] = NEVER,
		[PARTING_SHELL_KILLED] = NEVER,
		[PARTING_SHELL_CUT] = STAYS,
		[PARTING_WRITTEN] = NEVER,
		[PARTING_PORTS_STAY] = NEVER,
		[PARTING_AGENT_ENDS] = NEVER,
		[PARTING_LINK_BROKE] = NEVER,
		[PARTING_END_TOLD] =
			{ FRONT_WRITES, EX_UNAVAILABLE, PARTING_SILENT, 1 },
		[PARTING_JOB_ENDED] =
			{ FRONT_LAST_WRITES, EX_UNAVAILABLE, PARTING_SILENT, 1 },
		[PARTING_JOB_LOST] =
			{ FRONT_LAST_WRITES, EX_TEMPFAIL, PARTING_SILENT, 1 },
		[PARTING_CTRL_C] = { FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_CTRL_C_AGAIN] =
			{ FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_SSH_GONE] = { FRONT_OVER, GIVEN, PARTING_SAY_GONE, 1 },
		[PARTING_SSH_GONE_LINGER] =
			{ FRONT_LINGERS, KEEP, PARTING_SAY_LINGER, 1 },
		[PARTING_SSH_GONE_GIVE_UP] = NEVER,
		[PARTING_DONE] = { FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_REASON_LATE] = NEVER,
		[PARTING_WORDS_LATE] = NEVER,
		[PARTING_NOBODY_BACK] = NEVER,
	},
	[FRONT_TOLD] = {
		[PARTING_SHELL_STARTS] = NEVER,
		[PARTING_SHELL_ENDED] =
			{ FRONT_ENDED, GIVEN, PARTING_SILENT, 1 },
		[PARTING_SHELL_KILLED] =
			{ FRONT_WRITES, EX_UNAVAILABLE, PARTING_SILENT, 1 },
		[PARTING_SHELL_CUT] =
			{ FRONT_WRITES, EX_UNAVAILABLE, PARTING_SILENT, 1 },
		[PARTING_WRITTEN] = NEVER,
		[PARTING_PORTS_STAY] = NEVER,
		[PARTING_AGENT_ENDS] = NEVER,
		[PARTING_LINK_BROKE] = NEVER,
		[PARTING_END_TOLD] = NEVER,
		[PARTING_JOB_ENDED] =
			{ FRONT_LAST_WORDS, EX_UNAVAILABLE, PARTING_SILENT, 1 },
		[PARTING_JOB_LOST] =
			{ FRONT_LAST_WORDS, EX_TEMPFAIL, PARTING_SILENT, 1 },
		[PARTING_CTRL_C] = STAYS,
		[PARTING_CTRL_C_AGAIN] =
			{ FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_SSH_GONE] = { FRONT_OVER, GIVEN, PARTING_SAY_GONE, 1 },
		[PARTING_SSH_GONE_LINGER] =
			{ FRONT_LINGERS, KEEP, PARTING_SAY_LINGER, 1 },
		[PARTING_SSH_GONE_GIVE_UP] = NEVER,
		[PARTING_DONE] = { FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_REASON_LATE] = NEVER,
		[PARTING_WORDS_LATE] = NEVER,
		[PARTING_NOBODY_BACK] = NEVER,
	},
	[FRONT_ENDED] = {
		[PARTING_SHELL_STARTS] = NEVER,
		[PARTING_SHELL_ENDED] = NEVER,
		[PARTING_SHELL_KILLED] = NEVER,
		[PARTING_SHELL_CUT] = STAYS,
		[PARTING_WRITTEN] = { FRONT_OVER, KEEP, PARTING_SILENT, 1 },
		[PARTING_PORTS_STAY] =
			{ FRONT_LINGERS, KEEP, PARTING_SAY_STAY, 1 },
		[PARTING_AGENT_ENDS] = STAYS,
		[PARTING_LINK_BROKE] = STAYS,
		[PARTING_END_TOLD] = STAYS,
		[PARTING_JOB_ENDED] = STAYS,
		[PARTING_JOB_LOST] = STAYS,
		[PARTING_CTRL_C] = { FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_CTRL_C_AGAIN] =
			{ FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_SSH_GONE] = { FRONT_OVER, GIVEN, PARTING_SAY_GONE, 1 },
		[PARTING_SSH_GONE_LINGER] =
			{ FRONT_LINGERS, KEEP, PARTING_SAY_LINGER, 1 },
		[PARTING_SSH_GONE_GIVE_UP] = NEVER,
		[PARTING_DONE] = { FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_REASON_LATE] = NEVER,
		[PARTING_WORDS_LATE] = NEVER,
		[PARTING_NOBODY_BACK] = NEVER,
	},
	[FRONT_WRITES] = {
		[PARTING_SHELL_STARTS] = NEVER,
		[PARTING_SHELL_ENDED] = NEVER,
		[PARTING_SHELL_KILLED] = NEVER,
		[PARTING_SHELL_CUT] = STAYS,
		[PARTING_WRITTEN] = { FRONT_OVER, KEEP, PARTING_SILENT, 1 },
		[PARTING_PORTS_STAY] = NEVER,
		[PARTING_AGENT_ENDS] = STAYS,
		[PARTING_LINK_BROKE] = STAYS,
		[PARTING_END_TOLD] = STAYS,
		[PARTING_JOB_ENDED] =
			{ FRONT_LAST_WRITES, EX_UNAVAILABLE, PARTING_SILENT, 1 },
		[PARTING_JOB_LOST] =
			{ FRONT_LAST_WRITES, EX_TEMPFAIL, PARTING_SILENT, 1 },
		[PARTING_CTRL_C] = { FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_CTRL_C_AGAIN] =
			{ FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_SSH_GONE] = { FRONT_OVER, GIVEN, PARTING_SAY_GONE, 1 },
		[PARTING_SSH_GONE_LINGER] =
			{ FRONT_LINGERS, KEEP, PARTING_SAY_LINGER, 1 },
		[PARTING_SSH_GONE_GIVE_UP] = NEVER,
		[PARTING_DONE] = { FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_REASON_LATE] = NEVER,
		[PARTING_WORDS_LATE] = NEVER,
		[PARTING_NOBODY_BACK] = NEVER,
	},
	[FRONT_LAST_WORDS] = {
		[PARTING_SHELL_STARTS] = NEVER,
		[PARTING_SHELL_ENDED] =
			{ FRONT_LAST_WRITES, KEEP, PARTING_SILENT, 1 },
		[PARTING_SHELL_KILLED] =
			{ FRONT_LAST_WRITES, KEEP, PARTING_SILENT, 1 },
		[PARTING_SHELL_CUT] =
			{ FRONT_LAST_WRITES, KEEP, PARTING_SILENT, 1 },
		[PARTING_WRITTEN] = NEVER,
		[PARTING_PORTS_STAY] = NEVER,
		[PARTING_AGENT_ENDS] = STAYS,
		[PARTING_LINK_BROKE] = STAYS,
		[PARTING_END_TOLD] = STAYS,
		[PARTING_JOB_ENDED] = STAYS,
		[PARTING_JOB_LOST] = STAYS,
		[PARTING_CTRL_C] = STAYS,
		[PARTING_CTRL_C_AGAIN] =
			{ FRONT_OVER, KEEP, PARTING_SILENT, 1 },
		[PARTING_SSH_GONE] = { FRONT_OVER, KEEP, PARTING_SILENT, 1 },
		[PARTING_SSH_GONE_LINGER] = NEVER,
		[PARTING_SSH_GONE_GIVE_UP] = NEVER,
		[PARTING_DONE] = { FRONT_OVER, KEEP, PARTING_SILENT, 1 },
		[PARTING_REASON_LATE] = NEVER,
		[PARTING_WORDS_LATE] = { FRONT_OVER, KEEP, PARTING_SILENT, 1 },
		[PARTING_NOBODY_BACK] = NEVER,
	},
	[FRONT_LAST_WRITES] = {
		[PARTING_SHELL_STARTS] = NEVER,
		[PARTING_SHELL_ENDED] = NEVER,
		[PARTING_SHELL_KILLED] = NEVER,
		[PARTING_SHELL_CUT] = STAYS,
		[PARTING_WRITTEN] = { FRONT_OVER, KEEP, PARTING_SILENT, 1 },
		[PARTING_PORTS_STAY] = NEVER,
		[PARTING_AGENT_ENDS] = STAYS,
		[PARTING_LINK_BROKE] = STAYS,
		[PARTING_END_TOLD] = STAYS,
		[PARTING_JOB_ENDED] = STAYS,
		[PARTING_JOB_LOST] = STAYS,
		[PARTING_CTRL_C] = { FRONT_OVER, KEEP, PARTING_SILENT, 1 },
		[PARTING_CTRL_C_AGAIN] =
			{ FRONT_OVER, KEEP, PARTING_SILENT, 1 },
		[PARTING_SSH_GONE] = { FRONT_OVER, KEEP, PARTING_SILENT, 1 },
		[PARTING_SSH_GONE_LINGER] = NEVER,
		[PARTING_SSH_GONE_GIVE_UP] = NEVER,
		[PARTING_DONE] = { FRONT_OVER, KEEP, PARTING_SILENT, 1 },
		[PARTING_REASON_LATE] = NEVER,
		[PARTING_WORDS_LATE] = { FRONT_OVER, KEEP, PARTING_SILENT, 1 },
		[PARTING_NOBODY_BACK] = NEVER,
	},
	[FRONT_GIVES_UP] = {
		[PARTING_SHELL_STARTS] = STAYS,
		[PARTING_SHELL_ENDED] = STAYS,
		[PARTING_SHELL_KILLED] = STAYS,
		[PARTING_SHELL_CUT] = STAYS,
		[PARTING_WRITTEN] = NEVER,
		[PARTING_PORTS_STAY] = NEVER,
		[PARTING_AGENT_ENDS] = STAYS,
		[PARTING_LINK_BROKE] = STAYS,
		[PARTING_END_TOLD] = STAYS,
		[PARTING_JOB_ENDED] = STAYS,
		[PARTING_JOB_LOST] = STAYS,
		[PARTING_CTRL_C] = { FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_CTRL_C_AGAIN] =
			{ FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_SSH_GONE] = STAYS,
		[PARTING_SSH_GONE_LINGER] = NEVER,
		[PARTING_SSH_GONE_GIVE_UP] = NEVER,
		[PARTING_DONE] = { FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_REASON_LATE] = NEVER,
		[PARTING_WORDS_LATE] = NEVER,
		[PARTING_NOBODY_BACK] = NEVER,
	},
	[FRONT_LINGERS] = {
		[PARTING_SHELL_STARTS] = STAYS,
		[PARTING_SHELL_ENDED] = STAYS,
		[PARTING_SHELL_KILLED] = STAYS,
		[PARTING_SHELL_CUT] = STAYS,
		[PARTING_WRITTEN] = NEVER,
		[PARTING_PORTS_STAY] = NEVER,
		[PARTING_AGENT_ENDS] = STAYS,
		[PARTING_LINK_BROKE] = STAYS,
		[PARTING_END_TOLD] = STAYS,
		[PARTING_JOB_ENDED] =
			{ FRONT_OVER, EX_UNAVAILABLE, PARTING_SILENT, 1 },
		[PARTING_JOB_LOST] =
			{ FRONT_OVER, EX_TEMPFAIL, PARTING_SILENT, 1 },
		[PARTING_CTRL_C] = STAYS,
		[PARTING_CTRL_C_AGAIN] =
			{ FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_SSH_GONE] = STAYS,
		[PARTING_SSH_GONE_LINGER] = NEVER,
		[PARTING_SSH_GONE_GIVE_UP] = NEVER,
		[PARTING_DONE] = { FRONT_OVER, GIVEN, PARTING_SILENT, 1 },
		[PARTING_REASON_LATE] = NEVER,
		[PARTING_WORDS_LATE] = NEVER,
		[PARTING_NOBODY_BACK] =
			{ FRONT_OVER, EX_OK, PARTING_SAY_NOBODY, 1 },
	},
};

static void walks_the_product(void **state)
{
	(void)state;
	for (int s = 0; s < FRONT_OVER; s++)
		for (int e = 0; e < PARTING_EVENTS; e++) {
			struct parting_step step = parting_step(
				(enum parting_state)s, (enum parting_event)e);
			int next = cells[s][e].next == SAME ? s :
				cells[s][e].next;

			if ((int)step.next != next ||
				step.exit != cells[s][e].exit ||
				step.say != cells[s][e].say ||
				step.expected != cells[s][e].expected)
				fail_msg("%s: %s -> %s, exit %d, line %d, expected %d",
					parting_state_name(
						(enum parting_state)s),
					parting_event_name(
						(enum parting_event)e),
					parting_state_name(step.next),
					step.exit, step.say, step.expected);
		}
}

static void over_is_over(void **state)
{
	(void)state;
	for (int e = 0; e < PARTING_EVENTS; e++) {
		struct parting_step step = parting_step(FRONT_OVER,
			(enum parting_event)e);

		assert_int_equal(step.next, FRONT_OVER);
		assert_int_equal(step.exit, KEEP);
		assert_int_equal(step.say, PARTING_SILENT);
		assert_true(step.expected);
	}
}

/* Whatever has come: SIGTERM ends it, and so does the user with his second ^C. */
static void can_always_be_left(void **state)
{
	(void)state;
	for (int s = 0; s < FRONT_STATES; s++) {
		assert_int_equal(parting_step((enum parting_state)s,
			PARTING_DONE).next, FRONT_OVER);
		assert_int_equal(parting_step((enum parting_state)s,
			PARTING_CTRL_C_AGAIN).next, FRONT_OVER);
	}
}

/* The object around the table. */

static struct event_base *base;
static struct parting *p;
static int is_written, hung_up, used;

static int written_cb(void *arg)
{
	(void)arg;
	return is_written;
}

static unsigned long long delivered;

static unsigned long long delivered_cb(void *arg)
{
	(void)arg;
	return delivered;
}

static const struct parting_output output = {
	.is_written = written_cb,
	.delivered = delivered_cb,
};

static void hung_up_cb(void *arg)
{
	(void)arg;
	hung_up++;
	parting_linger(p, 0);
}

static int used_cb(void *arg)
{
	(void)arg;
	return used-- > 0;
}

static const struct parting_ops ops = {
	.hung_up = hung_up_cb,
	.is_used = used_cb,
};

static int setup(void **state)
{
	(void)state;
	base = event_base_new();
	p = parting_new(base);
	is_written = 1;
	delivered = 1;
	hung_up = used = 0;
	return base == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	(void)state;
	parting_free(p);
	event_base_free(base);
	return 0;
}

/* The loop is left by itself, at once or by a timer. */
static void assert_over(int status)
{
	fakeclock_pass(base, 30000);
	assert_int_equal(parting_state(p), FRONT_OVER);
	assert_int_equal(parting_status(p), status);
}

static void ends_as_the_shell(void **state)
{
	(void)state;
	parting_shell_starts(p, &output, NULL);
	parting_tell(p, PARTING_SHELL_ENDED, 7);
	assert_over(7);
}

static void waits_for_the_writing(void **state)
{
	(void)state;
	is_written = 0;
	parting_shell_starts(p, &output, NULL);
	parting_written(p);
	parting_tell(p, PARTING_SHELL_ENDED, 7);
	parting_written(p);
	assert_int_equal(parting_state(p), FRONT_ENDED);
	/* The job may end meanwhile. */
	parting_tell(p, PARTING_LINK_BROKE, 0);
	parting_tell(p, PARTING_JOB_LOST, 0);
	assert_int_equal(parting_state(p), FRONT_ENDED);
	is_written = 1;
	parting_written(p);
	assert_over(7);
}

/* The agent hangs the shell up before it has said that the session ends. */
static void the_session_explains_the_signal(void **state)
{
	(void)state;
	parting_shell_starts(p, &output, NULL);
	parting_tell(p, PARTING_SHELL_KILLED, 128 + SIGHUP);
	parting_tell(p, PARTING_AGENT_ENDS, 0);
	assert_int_equal(parting_state(p), FRONT_ASKS_ALONE);
	parting_tell(p, PARTING_END_TOLD, 0);
	assert_over(EX_UNAVAILABLE);
}

static void nobody_explains_the_signal(void **state)
{
	(void)state;
	parting_shell_starts(p, &output, NULL);
	parting_tell(p, PARTING_SHELL_KILLED, 128 + SIGHUP);
	assert_int_equal(parting_state(p), FRONT_KILLED);
	assert_over(128 + SIGHUP);
}

/* The shell's status comes second, when the job's end was told. */
static void the_jobs_end_stands(void **state)
{
	(void)state;
	parting_shell_starts(p, &output, NULL);
	parting_tell(p, PARTING_LINK_BROKE, 0);
	parting_tell(p, PARTING_JOB_LOST, 0);
	assert_int_equal(parting_state(p), FRONT_LAST_WORDS);
	parting_tell(p, PARTING_SHELL_ENDED, 0);
	assert_over(EX_TEMPFAIL);
}

/* How long until it is over; the shell's link stays. */
static long long left(void)
{
	long long ms = fakeclock_pass(base, 600000);

	assert_int_equal(parting_state(p), FRONT_OVER);
	return ms;
}

static void lose_job(void)
{
	parting_shell_starts(p, &output, NULL);
	parting_tell(p, PARTING_LINK_BROKE, 0);
	parting_tell(p, PARTING_JOB_LOST, 0);
	assert_int_equal(parting_state(p), FRONT_LAST_WORDS);
}

static void waits_for_words_that_do_not_come(void **state)
{
	(void)state;
	lose_job();
	assert_in_range(left(), 2900, 3000);
}

/* As long as some come, but not for ever. */
static void waits_while_words_come(void **state)
{
	(void)state;
	lose_job();
	for (int i = 0; i < 10; i++) {
		fakeclock_pass(base, 2500);
		assert_int_equal(parting_state(p), FRONT_LAST_WORDS);
		delivered++;
	}
	assert_in_range(left(), 3000, 6000);
}

static void waits_two_minutes_in_all(void **state)
{
	(void)state;
	lose_job();
	for (int i = 0; i < 58; i++) {
		fakeclock_pass(base, 2000);
		delivered++;
	}
	assert_int_equal(parting_state(p), FRONT_LAST_WORDS);
	fakeclock_pass(base, 2000);
	delivered++;
	assert_in_range(left(), 1900, 2000);
}

/* The link is gone, and what came by it is there: its client may be busy. */
static void waits_for_a_slow_reader(void **state)
{
	(void)state;
	is_written = 0;
	lose_job();
	parting_tell(p, PARTING_SHELL_CUT, 0);
	assert_int_equal(parting_state(p), FRONT_LAST_WRITES);
	fakeclock_pass(base, 29000);
	assert_int_equal(parting_state(p), FRONT_LAST_WRITES);
	delivered++;
	fakeclock_pass(base, 29000);
	assert_int_equal(parting_state(p), FRONT_LAST_WRITES);
	is_written = 1;
	parting_written(p);
	assert_int_equal(parting_state(p), FRONT_OVER);
}

static void waits_for_no_reader_that_stands_still(void **state)
{
	(void)state;
	is_written = 0;
	lose_job();
	assert_in_range(left(), 29000, 30000);
}

static void the_first_counts(void **state)
{
	(void)state;
	parting_exit(p, EX_NOPERM);
	parting_exit(p, EX_OK);
	parting_tell(p, PARTING_JOB_ENDED, 0);
	assert_over(EX_NOPERM);
}

/* The command is asked once, and not at all about what is settled. */
static void lingers_while_used(void **state)
{
	(void)state;
	parting_set_ops(p, &ops, NULL);
	parting_shell_starts(p, &output, NULL);
	used = 2;
	parting_hang_up(p);
	parting_hang_up(p);
	assert_int_equal(hung_up, 1);
	assert_true(parting_lingers(p));
	parting_tell(p, PARTING_SHELL_ENDED, 7);
	assert_true(parting_lingers(p));
	assert_over(EX_OK);
	assert_int_equal(used, -1);
}

static long stays_cb(int status, void *arg)
{
	assert_int_equal(status, 7);
	return *(int *)arg;
}

static const struct parting_ops staying = {
	.stays = stays_cb,
	.is_used = used_cb,
};

/* For the ports of a script that has ended; not for what was taken away. */
static void stays_for_its_ports(void **state)
{
	int seconds = 0;

	(void)state;
	parting_set_ops(p, &staying, &seconds);
	parting_shell_starts(p, &output, NULL);
	is_written = 0;
	seconds = 1;
	used = 1;
	parting_tell(p, PARTING_SHELL_ENDED, 7);
	assert_int_equal(parting_state(p), FRONT_ENDED);
	is_written = 1;
	parting_written(p);
	assert_true(parting_lingers(p));
	parting_hang_up(p);
	assert_true(parting_lingers(p));
	assert_over(EX_OK);
	assert_int_equal(used, -1);
}

static void ends_without_ports(void **state)
{
	int seconds = 0;

	(void)state;
	parting_set_ops(p, &staying, &seconds);
	parting_shell_starts(p, &output, NULL);
	parting_tell(p, PARTING_SHELL_ENDED, 7);
	assert_over(7);
}

static void what_cannot_be_changes_nothing(void **state)
{
	(void)state;
	parting_shell_starts(p, &output, NULL);
	parting_tell(p, PARTING_SHELL_STARTS, 3);
	parting_tell(p, PARTING_NOBODY_BACK, 3);
	assert_int_equal(parting_state(p), FRONT_SHELL);
	assert_int_equal(parting_status(p), EX_SOFTWARE);
}

static void is_hung_up_without_ops(void **state)
{
	(void)state;
	parting_hang_up(p);
	assert_over(128 + SIGHUP);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks_the_product),
		cmocka_unit_test(over_is_over),
		cmocka_unit_test(can_always_be_left),
		TEST(ends_as_the_shell),
		TEST(waits_for_the_writing),
		TEST(the_session_explains_the_signal),
		TEST(nobody_explains_the_signal),
		TEST(the_jobs_end_stands),
		TEST(waits_for_words_that_do_not_come),
		TEST(waits_while_words_come),
		TEST(waits_two_minutes_in_all),
		TEST(waits_for_a_slow_reader),
		TEST(waits_for_no_reader_that_stands_still),
		TEST(the_first_counts),
		TEST(lingers_while_used),
		TEST(stays_for_its_ports),
		TEST(ends_without_ports),
		TEST(what_cannot_be_changes_nothing),
		TEST(is_hung_up_without_ops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
