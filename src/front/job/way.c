/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * The whole way to a session's agent, as a table. Of two rows that fit the first
 * counts. What has no row comes too late, from somebody who was asked for a
 * state that has been left, and means nothing.
 */
#include "front/job/way.h"

#include <stddef.h>

enum { ANY = -1 };

static const struct {
	int state;
	enum way_event event;
	enum way_state next;
	enum way_action action;
} rows[] = {
	{ WAY_NEW, WAY_BEGIN, WAY_SEEK, WAY_DO_SEEK },
	{ WAY_SEEK, WAY_AGENT_ANSWERS, WAY_GREET, WAY_DO_GREET },
	{ WAY_SEEK, WAY_NOBODY_ANSWERS, WAY_LOOK, WAY_DO_FIND },
	{ WAY_GREET, WAY_OPTIONS_TOLD, WAY_READY, WAY_DO_DIAL },
	{ WAY_GREET, WAY_ENOUGH, WAY_OVER, WAY_DO_SAY_THERE },
	{ WAY_GREET, WAY_OPTIONS_BAD, WAY_OVER, WAY_DO_LEAVE },

	{ WAY_LOOK, WAY_JOB_COUNTS, WAY_JOIN, WAY_DO_JOIN },
	{ WAY_LOOK, WAY_OTHER_COUNTS, WAY_YIELD, WAY_DO_END_OURS },
	{ WAY_LOOK, WAY_NO_JOB, WAY_SUBMIT, WAY_DO_SUBMIT },
	{ WAY_LOOK, WAY_NONE_TO_JOIN, WAY_OVER, WAY_DO_SAY_NONE },
	{ WAY_LOOK, WAY_OURS_IS_OVER, WAY_WAIT, WAY_DO_WAIT },
	{ WAY_LOOK, WAY_REFUSED, WAY_OVER, WAY_DO_LEAVE },
	{ WAY_LOOK, WAY_SCHEDULER_SILENT, WAY_PAUSE, WAY_DO_PAUSE_SCHEDULER },
	{ WAY_LOOK, WAY_SCHEDULER_FAILED, WAY_OVER, WAY_DO_SAY_SCHEDULER },
	{ WAY_SUBMIT, WAY_SUBMITTED, WAY_LOOK, WAY_DO_FIND },
	{ WAY_SUBMIT, WAY_REFUSED, WAY_OVER, WAY_DO_LEAVE },
	{ WAY_YIELD, WAY_OURS_ENDED, WAY_JOIN, WAY_DO_JOIN },

	{ WAY_JOIN, WAY_OPTIONS_TOLD, WAY_WAIT, WAY_DO_WAIT },
	{ WAY_JOIN, WAY_ENOUGH, WAY_OVER, WAY_DO_SAY_THERE },
	{ WAY_JOIN, WAY_OPTIONS_BAD, WAY_OVER, WAY_DO_LEAVE },
	{ WAY_WAIT, WAY_AGENT_FOUND, WAY_READY, WAY_DO_DIAL },
	{ WAY_WAIT, WAY_JOB_ENDED, WAY_OVER, WAY_DO_SAY_ENDED },
	{ WAY_WAIT, WAY_TAKEN_BACK, WAY_LOOK, WAY_DO_FIND_OTHER },
	{ WAY_WAIT, WAY_FOLDER_GONE, WAY_LOOK, WAY_DO_FIND },
	{ WAY_WAIT, WAY_FOLDER_NOT_YET, WAY_PAUSE, WAY_DO_PAUSE_FOLDER },
	{ WAY_WAIT, WAY_FOLDER_BAD, WAY_OVER, WAY_DO_SAY_FOLDER },
	{ WAY_READY, WAY_AGENT_SILENT, WAY_PAUSE, WAY_DO_PAUSE_AGENT },
	{ WAY_READY, WAY_AGENT_LOST, WAY_OVER, WAY_DO_SAY_LOST },
	{ WAY_PAUSE, WAY_PAUSE_OVER, WAY_LOOK, WAY_DO_FIND_AGAIN },

	/* Before the first look there is nothing to end. */
	{ WAY_OVER, WAY_GIVE_UP, WAY_OVER, WAY_DO_NOTHING },
	{ WAY_OVER, WAY_GIVE_UP_NOTHING, WAY_OVER, WAY_DO_NOTHING },
	{ ANY, WAY_GIVE_UP_NOTHING, WAY_OVER, WAY_DO_LEAVE },
	{ WAY_NEW, WAY_GIVE_UP, WAY_OVER, WAY_DO_LEAVE },
	{ WAY_SEEK, WAY_GIVE_UP, WAY_OVER, WAY_DO_LEAVE },
	/* What is asked already tells, too. */
	{ WAY_SUBMIT, WAY_GIVE_UP, WAY_DROP_SUBMIT, WAY_DO_STOP },
	{ WAY_YIELD, WAY_GIVE_UP, WAY_DROP_YIELD, WAY_DO_STOP },
	{ WAY_LOOK, WAY_GIVE_UP, WAY_DROP_LOOK, WAY_DO_STOP },
	/* The job may run by now, whatever is known: so the scheduler is asked. */
	{ WAY_GREET, WAY_GIVE_UP, WAY_DROP_LOOK, WAY_DO_STOP_AND_FIND },
	{ WAY_JOIN, WAY_GIVE_UP, WAY_DROP_LOOK, WAY_DO_STOP_AND_FIND },
	{ WAY_WAIT, WAY_GIVE_UP, WAY_DROP_LOOK, WAY_DO_STOP_AND_FIND },
	{ WAY_PAUSE, WAY_GIVE_UP, WAY_DROP_LOOK, WAY_DO_STOP_AND_FIND },
	{ WAY_READY, WAY_GIVE_UP, WAY_DROP_LOOK, WAY_DO_STOP_AND_FIND },
	{ WAY_DROP_SUBMIT, WAY_SUBMITTED, WAY_DROP_LOOK, WAY_DO_FIND },
	{ WAY_DROP_SUBMIT, WAY_REFUSED, WAY_OVER, WAY_DO_LEAVE },
	{ WAY_DROP_YIELD, WAY_OURS_ENDED, WAY_OVER, WAY_DO_LEAVE },
	{ WAY_DROP_LOOK, WAY_OTHER_COUNTS, WAY_DROP_YIELD, WAY_DO_END_OURS },
	{ WAY_DROP_LOOK, WAY_JOB_COUNTS, WAY_DROP_END, WAY_DO_DROP },
	{ WAY_DROP_LOOK, WAY_NO_JOB, WAY_DROP_END, WAY_DO_DROP },
	{ WAY_DROP_LOOK, WAY_SCHEDULER_FAILED, WAY_DROP_END, WAY_DO_DROP },
	{ WAY_DROP_END, WAY_DROPPED, WAY_OVER, WAY_DO_LEAVE },
	/* The second time at once. */
	{ ANY, WAY_GIVE_UP, WAY_OVER, WAY_DO_LEAVE },
};

struct way_step way_step(enum way_state state, enum way_event event)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].event == event &&
			(rows[i].state == ANY || rows[i].state == (int)state))
			return (struct way_step){ rows[i].next,
				rows[i].action };
	return (struct way_step){ state, WAY_DO_NOTHING };
}

const char *way_state_name(enum way_state state)
{
	static const char *const names[WAY_STATES] = {
		[WAY_NEW] = "new",
		[WAY_SEEK] = "seek",
		[WAY_GREET] = "greet",
		[WAY_LOOK] = "look",
		[WAY_SUBMIT] = "submit",
		[WAY_YIELD] = "yield",
		[WAY_JOIN] = "join",
		[WAY_WAIT] = "wait",
		[WAY_PAUSE] = "pause",
		[WAY_READY] = "ready",
		[WAY_DROP_SUBMIT] = "drop-submit",
		[WAY_DROP_YIELD] = "drop-yield",
		[WAY_DROP_LOOK] = "drop-look",
		[WAY_DROP_END] = "drop-end",
		[WAY_OVER] = "over",
	};

	return names[state];
}

const char *way_event_name(enum way_event event)
{
	static const char *const names[WAY_EVENTS] = {
		[WAY_BEGIN] = "begin",
		[WAY_AGENT_ANSWERS] = "an agent answers",
		[WAY_NOBODY_ANSWERS] = "no agent answers",
		[WAY_OPTIONS_TOLD] = "options are compared",
		[WAY_OPTIONS_BAD] = "options are bad",
		[WAY_ENOUGH] = "there is a job",
		[WAY_JOB_COUNTS] = "a job counts",
		[WAY_OTHER_COUNTS] = "another than ours counts",
		[WAY_NO_JOB] = "there is no job",
		[WAY_NONE_TO_JOIN] = "there is none to join",
		[WAY_OURS_IS_OVER] = "ours is over",
		[WAY_SCHEDULER_SILENT] = "the scheduler is silent",
		[WAY_SCHEDULER_FAILED] = "the scheduler fails",
		[WAY_SUBMITTED] = "ours is submitted",
		[WAY_REFUSED] = "ours is refused",
		[WAY_OURS_ENDED] = "ours was ended",
		[WAY_AGENT_FOUND] = "its agent is found",
		[WAY_JOB_ENDED] = "it has ended",
		[WAY_TAKEN_BACK] = "it was taken back",
		[WAY_FOLDER_GONE] = "its folder is gone",
		[WAY_FOLDER_NOT_YET] = "it has no folder",
		[WAY_FOLDER_BAD] = "its folder cannot be used",
		[WAY_AGENT_SILENT] = "its agent is silent",
		[WAY_AGENT_LOST] = "its agent cannot be reached",
		[WAY_PAUSE_OVER] = "the pause is over",
		[WAY_GIVE_UP] = "given up",
		[WAY_GIVE_UP_NOTHING] = "given up, and there is no job",
		[WAY_DROPPED] = "all is said",
	};

	return names[event];
}
