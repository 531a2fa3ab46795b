/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_WAY_H
#define FRONT_JOB_WAY_H

/* Where a front is on its way to the session's agent, and what comes next. */

enum way_state {
	WAY_NEW,
	WAY_SEEK,	/* agents are asked: whose answers is the session */
	WAY_GREET,	/* one answers: the options of its job are compared */
	WAY_LOOK,	/* the scheduler is asked which jobs there are */
	WAY_SUBMIT,	/* there is none: ours is being submitted */
	WAY_YIELD,	/* another was first: ours is being ended */
	WAY_JOIN,	/* one counts: its options are compared */
	WAY_WAIT,	/* for its agent */
	WAY_PAUSE,	/* something does not answer: until the next look */
	WAY_READY,	/* its agent can be dialed */
	/* Nobody wants the session any more. */
	WAY_DROP_SUBMIT,	/* ours is being submitted all the same */
	WAY_DROP_YIELD,		/* ours is being ended */
	WAY_DROP_LOOK,		/* how does it stand with the job? */
	WAY_DROP_END,		/* it is ended, if that is ours to do */
	WAY_OVER,		/* the front ends */
};
#define WAY_STATES (WAY_OVER + 1)

enum way_event {
	WAY_BEGIN,
	/* While agents are asked, and options compared. */
	WAY_AGENT_ANSWERS,
	WAY_NOBODY_ANSWERS,
	WAY_OPTIONS_TOLD,	/* which differ, if any do */
	WAY_OPTIONS_BAD,
	WAY_ENOUGH,		/* no more was wanted than that there is a job */
	/* What the scheduler says, or does not. */
	WAY_JOB_COUNTS,		/* ours, or that of others */
	WAY_OTHER_COUNTS,	/* ours does not */
	WAY_NO_JOB,
	WAY_NONE_TO_JOIN,	/* the same, and none is to be made */
	WAY_OURS_IS_OVER,	/* it was made, and is not listed any more */
	WAY_SCHEDULER_SILENT,	/* for a short time */
	WAY_SCHEDULER_FAILED,	/* for too long, or it says no */
	/* What becomes of ours. */
	WAY_SUBMITTED,		/* or nobody knows */
	WAY_REFUSED,
	WAY_OURS_ENDED,
	/* While the agent is waited for, or dialed. */
	WAY_AGENT_FOUND,
	WAY_JOB_ENDED,
	WAY_TAKEN_BACK,		/* by who submitted it and did not see us */
	WAY_FOLDER_GONE,	/* the job goes on */
	WAY_FOLDER_NOT_YET,	/* or not any more: its job may be about to end */
	WAY_FOLDER_BAD,
	WAY_AGENT_SILENT,	/* for a short time */
	WAY_AGENT_LOST,		/* for too long */
	WAY_PAUSE_OVER,
	/* Nobody wants it any more. */
	WAY_GIVE_UP,
	WAY_GIVE_UP_NOTHING,	/* and no job is known that could be ended */
	WAY_DROPPED,		/* the job was ended, or stays */
};
#define WAY_EVENTS (WAY_DROPPED + 1)

/* What to do, once the next state is entered. */
enum way_action {
	WAY_DO_NOTHING,
	WAY_DO_SEEK,
	WAY_DO_GREET,		/* compare options with what its agent says */
	WAY_DO_JOIN,		/* the same with what its folder says */
	WAY_DO_FIND,		/* jobs */
	WAY_DO_FIND_AGAIN,	/* the same; ours is as anybody's from now on */
	WAY_DO_FIND_OTHER,	/* the same; the one that was found is no more */
	WAY_DO_SUBMIT,
	WAY_DO_END_OURS,
	WAY_DO_WAIT,
	WAY_DO_DIAL,
	WAY_DO_PAUSE_SCHEDULER,
	WAY_DO_PAUSE_FOLDER,
	WAY_DO_PAUSE_AGENT,
	WAY_DO_STOP,		/* what is not needed to give up */
	WAY_DO_STOP_AND_FIND,
	WAY_DO_DROP,		/* the job: takeback_decide() */
	/* Say why, and leave. */
	WAY_DO_SAY_THERE,
	WAY_DO_SAY_NONE,
	WAY_DO_SAY_SCHEDULER,
	WAY_DO_SAY_FOLDER,
	WAY_DO_SAY_ENDED,
	WAY_DO_SAY_LOST,
	WAY_DO_LEAVE,		/* all was said */
};
#define WAY_ACTIONS (WAY_DO_LEAVE + 1)

struct way_step {
	enum way_state next;
	enum way_action action;
};

/* An event that means nothing in this state changes nothing. */
struct way_step way_step(enum way_state state, enum way_event event);

const char *way_state_name(enum way_state state);
const char *way_event_name(enum way_event event);

#endif
