/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * Who says the last word, as a table: a row for every event that means something
 * in a state, or may come there without a meaning (SAME, KEEP). What has no row
 * cannot happen, and is logged. No two rows fit the same cell.
 */
#include "front/parting_table.h"

#include <stddef.h>
#include <sysexits.h>

#define IN(state) (1u << (state))

enum { SAME = -1, KEEP = PARTING_KEEP, GIVEN = PARTING_GIVEN };

/* The job's end was told, and its status stands. */
#define LAST (IN(FRONT_LAST_WORDS) | IN(FRONT_LAST_WRITES))
/* There is a shell that can say something, and its end counts. */
#define WITH_SHELL (IN(FRONT_SHELL) | IN(FRONT_ASKS) | IN(FRONT_TOLD))
/* It was taken away, and the job's end may be why. */
#define TAKEN (IN(FRONT_KILLED) | IN(FRONT_CUT) | IN(FRONT_ASKS_ALONE) | \
	IN(FRONT_WRITES))
/* There is none any more. */
#define ALONE (TAKEN | IN(FRONT_ENDED))
/* How it ends depends on the job alone, or on who takes that back. */
#define WITHOUT_SSH (IN(FRONT_GIVES_UP) | IN(FRONT_LINGERS))
#define SETTLED (LAST | WITHOUT_SSH | IN(FRONT_OVER))

static const struct row {
	enum parting_event event;
	unsigned states;		/* a set */
	int next, exit;
	enum parting_line say;
} rows[] = {
	/* The shell. Who lingers or gives up does not care. */
	{ PARTING_SHELL_STARTS, IN(FRONT_BEFORE), FRONT_SHELL, KEEP, 0 },
	{ PARTING_SHELL_STARTS, WITHOUT_SSH, SAME, KEEP, 0 },
	/* By itself: with its own status, whatever is being learned. */
	{ PARTING_SHELL_ENDED, WITH_SHELL, FRONT_ENDED, GIVEN, 0 },
	{ PARTING_SHELL_ENDED, IN(FRONT_LAST_WORDS), FRONT_LAST_WRITES, KEEP,
		0 },
	{ PARTING_SHELL_ENDED, WITHOUT_SSH, SAME, KEEP, 0 },
	/* Its link may tell before the control link, which knows the reason. */
	{ PARTING_SHELL_KILLED, IN(FRONT_SHELL), FRONT_KILLED, GIVEN, 0 },
	{ PARTING_SHELL_KILLED, IN(FRONT_ASKS), FRONT_ASKS_ALONE, GIVEN, 0 },
	{ PARTING_SHELL_KILLED, IN(FRONT_TOLD), FRONT_WRITES, EX_UNAVAILABLE,
		0 },
	{ PARTING_SHELL_KILLED, IN(FRONT_LAST_WORDS), FRONT_LAST_WRITES, KEEP,
		0 },
	{ PARTING_SHELL_KILLED, WITHOUT_SSH, SAME, KEEP, 0 },
	{ PARTING_SHELL_CUT, IN(FRONT_SHELL), FRONT_CUT, EX_TEMPFAIL, 0 },
	{ PARTING_SHELL_CUT, IN(FRONT_ASKS), FRONT_ASKS_ALONE, EX_TEMPFAIL, 0 },
	{ PARTING_SHELL_CUT, IN(FRONT_TOLD), FRONT_WRITES, EX_UNAVAILABLE, 0 },
	{ PARTING_SHELL_CUT, IN(FRONT_LAST_WORDS), FRONT_LAST_WRITES, KEEP, 0 },
	{ PARTING_SHELL_CUT, WITHOUT_SSH, SAME, KEEP, 0 },
	/* The link of a shell that has ended before. */
	{ PARTING_SHELL_CUT, IN(FRONT_KILLED) | IN(FRONT_ASKS_ALONE) |
		IN(FRONT_WRITES) | IN(FRONT_ENDED) | IN(FRONT_LAST_WRITES),
		SAME, KEEP, 0 },
	{ PARTING_REASON_LATE, IN(FRONT_KILLED), FRONT_WRITES, KEEP, 0 },
	{ PARTING_REASON_LATE, IN(FRONT_CUT), FRONT_WRITES, KEEP,
		PARTING_SAY_CUT },
	{ PARTING_WRITTEN, IN(FRONT_WRITES) | IN(FRONT_ENDED) |
		IN(FRONT_LAST_WRITES), FRONT_OVER, KEEP, 0 },
	{ PARTING_PORTS_STAY, IN(FRONT_ENDED), FRONT_LINGERS, KEEP,
		PARTING_SAY_STAY },
	{ PARTING_WORDS_LATE, LAST, FRONT_OVER, KEEP, 0 },

	/* The job. What is being asked can change nothing in the last rows. */
	{ PARTING_AGENT_ENDS, IN(FRONT_SHELL), FRONT_ASKS, KEEP, 0 },
	{ PARTING_AGENT_ENDS, IN(FRONT_KILLED) | IN(FRONT_CUT),
		FRONT_ASKS_ALONE, KEEP, 0 },
	{ PARTING_AGENT_ENDS, IN(FRONT_BEFORE) | IN(FRONT_WRITES) |
		IN(FRONT_ENDED) | LAST | WITHOUT_SSH, SAME, KEEP, 0 },
	{ PARTING_LINK_BROKE, IN(FRONT_SHELL), FRONT_ASKS, KEEP, 0 },
	{ PARTING_LINK_BROKE, IN(FRONT_KILLED) | IN(FRONT_CUT),
		FRONT_ASKS_ALONE, KEEP, 0 },
	{ PARTING_LINK_BROKE, IN(FRONT_BEFORE) | IN(FRONT_WRITES) |
		IN(FRONT_ENDED) | LAST | WITHOUT_SSH, SAME, KEEP, 0 },
	{ PARTING_END_TOLD, IN(FRONT_ASKS), FRONT_TOLD, KEEP, 0 },
	{ PARTING_END_TOLD, IN(FRONT_ASKS_ALONE), FRONT_WRITES, EX_UNAVAILABLE,
		0 },
	{ PARTING_END_TOLD, IN(FRONT_BEFORE) | IN(FRONT_WRITES) |
		IN(FRONT_ENDED) | LAST | WITHOUT_SSH, SAME, KEEP, 0 },
	/*
	 * Its end stands above that of the shell, which may come of it; not if
	 * the shell ended by itself: that is complete, and only a slow reader
	 * keeps the front, who must lose neither status nor output.
	 */
	{ PARTING_JOB_ENDED, IN(FRONT_BEFORE) | IN(FRONT_LINGERS), FRONT_OVER,
		EX_UNAVAILABLE, 0 },
	{ PARTING_JOB_ENDED, WITH_SHELL, FRONT_LAST_WORDS, EX_UNAVAILABLE, 0 },
	{ PARTING_JOB_ENDED, TAKEN, FRONT_LAST_WRITES, EX_UNAVAILABLE, 0 },
	{ PARTING_JOB_ENDED, IN(FRONT_ENDED) | LAST | IN(FRONT_GIVES_UP),
		SAME, KEEP, 0 },
	{ PARTING_JOB_LOST, IN(FRONT_BEFORE) | IN(FRONT_LINGERS), FRONT_OVER,
		EX_TEMPFAIL, 0 },
	{ PARTING_JOB_LOST, WITH_SHELL, FRONT_LAST_WORDS, EX_TEMPFAIL, 0 },
	{ PARTING_JOB_LOST, TAKEN, FRONT_LAST_WRITES, EX_TEMPFAIL, 0 },
	{ PARTING_JOB_LOST, IN(FRONT_ENDED) | LAST | IN(FRONT_GIVES_UP),
		SAME, KEEP, 0 },

	/* The user. The shell hears him; without one he must not be kept. */
	{ PARTING_CTRL_C, WITH_SHELL | IN(FRONT_LAST_WORDS) | IN(FRONT_LINGERS),
		SAME, KEEP, 0 },
	{ PARTING_CTRL_C, ALONE | IN(FRONT_GIVES_UP), FRONT_OVER, GIVEN, 0 },
	{ PARTING_CTRL_C, IN(FRONT_LAST_WRITES), FRONT_OVER, KEEP, 0 },
	{ PARTING_CTRL_C_AGAIN, IN(FRONT_BEFORE) | WITH_SHELL | ALONE |
		WITHOUT_SSH, FRONT_OVER, GIVEN, 0 },
	{ PARTING_CTRL_C_AGAIN, LAST, FRONT_OVER, KEEP, 0 },
	{ PARTING_SSH_GONE, IN(FRONT_BEFORE) | WITH_SHELL | ALONE, FRONT_OVER,
		GIVEN, PARTING_SAY_GONE },
	{ PARTING_SSH_GONE, LAST, FRONT_OVER, KEEP, 0 },
	/* The second time, by a signal, it is not news. */
	{ PARTING_SSH_GONE, WITHOUT_SSH, SAME, KEEP, 0 },
	{ PARTING_SSH_GONE_LINGER, IN(FRONT_BEFORE) | WITH_SHELL | ALONE,
		FRONT_LINGERS, KEEP, PARTING_SAY_LINGER },
	{ PARTING_SSH_GONE_GIVE_UP, IN(FRONT_BEFORE), FRONT_GIVES_UP, KEEP,
		PARTING_SAY_GONE },
	{ PARTING_NOBODY_BACK, IN(FRONT_LINGERS), FRONT_OVER, EX_OK,
		PARTING_SAY_NOBODY },

	/* Any part of the front. */
	{ PARTING_DONE, IN(FRONT_BEFORE) | WITH_SHELL | ALONE | WITHOUT_SSH,
		FRONT_OVER, GIVEN, 0 },
	{ PARTING_DONE, LAST, FRONT_OVER, KEEP, 0 },
};

struct parting_step parting_step(enum parting_state state,
	enum parting_event event)
{
	struct parting_step step = { .next = state, .exit = KEEP };

	/* Callbacks of the round in which the loop is left: too late. */
	step.expected = state == FRONT_OVER;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *r = &rows[i];

		if (r->event != event || (r->states & IN(state)) == 0)
			continue;
		if (r->next != SAME)
			step.next = (enum parting_state)r->next;
		step.exit = r->exit;
		step.say = r->say;
		step.expected = 1;
	}
	return step;
}

int parting_is_settled(enum parting_state state)
{
	return (SETTLED & IN(state)) != 0;
}

int parting_is_writing(enum parting_state state)
{
	return state == FRONT_ENDED || state == FRONT_WRITES ||
		state == FRONT_LAST_WRITES;
}

const char *parting_state_name(enum parting_state state)
{
	static const char *const names[FRONT_STATES] = {
		[FRONT_BEFORE] = "before the shell",
		[FRONT_SHELL] = "shell",
		[FRONT_KILLED] = "shell killed",
		[FRONT_CUT] = "shell cut",
		[FRONT_ASKS] = "asks",
		[FRONT_ASKS_ALONE] = "asks alone",
		[FRONT_TOLD] = "told",
		[FRONT_ENDED] = "shell ended",
		[FRONT_WRITES] = "writes",
		[FRONT_LAST_WORDS] = "last words",
		[FRONT_LAST_WRITES] = "last writes",
		[FRONT_GIVES_UP] = "gives up",
		[FRONT_LINGERS] = "lingers",
		[FRONT_OVER] = "over",
	};

	return names[state];
}

const char *parting_event_name(enum parting_event event)
{
	static const char *const names[PARTING_EVENTS] = {
		[PARTING_SHELL_STARTS] = "the shell starts",
		[PARTING_SHELL_ENDED] = "the shell ended",
		[PARTING_SHELL_KILLED] = "the shell was killed",
		[PARTING_SHELL_CUT] = "the shell's link is down",
		[PARTING_WRITTEN] = "all is written",
		[PARTING_PORTS_STAY] = "all is written, ports stay",
		[PARTING_AGENT_ENDS] = "the agent ends",
		[PARTING_LINK_BROKE] = "the control link broke",
		[PARTING_END_TOLD] = "the end was told",
		[PARTING_JOB_ENDED] = "the job ended",
		[PARTING_JOB_LOST] = "the job was lost",
		[PARTING_CTRL_C] = "Ctrl-C",
		[PARTING_CTRL_C_AGAIN] = "Ctrl-C that no shell hears",
		[PARTING_SSH_GONE] = "the ssh is gone",
		[PARTING_SSH_GONE_LINGER] = "the ssh is gone, ports stay",
		[PARTING_SSH_GONE_GIVE_UP] = "the ssh is gone, give up",
		[PARTING_DONE] = "done",
		[PARTING_REASON_LATE] = "no reason came",
		[PARTING_WORDS_LATE] = "last words are late",
		[PARTING_NOBODY_BACK] = "nobody came back",
	};

	return names[event];
}
