/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_PARTING_TABLE_H
#define FRONT_PARTING_TABLE_H

/* What a front goes on for, and what its end is made of: see parting.h. */

enum parting_state {
	FRONT_BEFORE,		/* there is no shell yet, or will be none */
	FRONT_SHELL,		/* the shell runs, or is asked for */
	FRONT_KILLED,		/* it died as the shells of a session that ends */
	FRONT_CUT,		/* its link broke */
	FRONT_ASKS,		/* what became of the job? the shell is there */
	FRONT_ASKS_ALONE,	/* the same, and it is not */
	FRONT_TOLD,		/* the session's end was told, and is to come */
	FRONT_ENDED,		/* by itself, the shell: until all is written */
	FRONT_WRITES,		/* taken away, the shell: until all is written */
	FRONT_LAST_WORDS,	/* the job has ended: what the shell says yet */
	FRONT_LAST_WRITES,	/* the same, until that is written */
	FRONT_GIVES_UP,		/* the ssh is gone, the job is being taken back */
	FRONT_LINGERS,		/* the ssh is gone, the ports stay */
	FRONT_OVER,
};
#define FRONT_STATES (FRONT_OVER + 1)

enum parting_event {
	/* The shell. */
	PARTING_SHELL_STARTS,
	PARTING_SHELL_ENDED,	/* by itself, with this status */
	PARTING_SHELL_KILLED,	/* perhaps since the session ends */
	PARTING_SHELL_CUT,	/* its link is down */
	PARTING_WRITTEN,	/* all that it said */
	PARTING_PORTS_STAY,	/* the same, and its ports are needed on */
	/* The job, as front/fate.c learns of it. */
	PARTING_AGENT_ENDS,	/* and has said why; the scheduler is asked */
	PARTING_LINK_BROKE,	/* the control link; the scheduler is asked */
	PARTING_END_TOLD,	/* to the user; the control link is there yet */
	PARTING_JOB_ENDED,	/* that was told, and the control link is gone */
	PARTING_JOB_LOST,	/* the same, and the agent gave no reason */
	/* The user and his ssh. */
	PARTING_CTRL_C,		/* which the shell can hear */
	PARTING_CTRL_C_AGAIN,	/* or one that no shell hears */
	PARTING_SSH_GONE,
	PARTING_SSH_GONE_LINGER,	/* a client may come back to our ports */
	PARTING_SSH_GONE_GIVE_UP,	/* nobody wants the job any more */
	/* Any part: it is done with this status, and has told why. */
	PARTING_DONE,
	/* Time. */
	PARTING_REASON_LATE,	/* the control link knows of nothing */
	PARTING_WORDS_LATE,	/* the shell, or who reads it, does not come on */
	PARTING_NOBODY_BACK,	/* and nobody is connected to our ports */
};
#define PARTING_EVENTS (PARTING_NOBODY_BACK + 1)

/* What the front's exit status becomes. Others than these: this one. */
enum { PARTING_KEEP = -1, PARTING_GIVEN = -2 };

/* The lines that parting.c says; all others were said by who knows more. */
enum parting_line {
	PARTING_SILENT,
	PARTING_SAY_CUT,
	PARTING_SAY_GONE,
	PARTING_SAY_LINGER,
	PARTING_SAY_STAY,
	PARTING_SAY_NOBODY,
};

struct parting_step {
	enum parting_state next;
	int exit;			/* PARTING_KEEP, PARTING_GIVEN, status */
	enum parting_line say;
	int expected;			/* 0: this cannot happen; all stays */
};

struct parting_step parting_step(enum parting_state state,
	enum parting_event event);

/* How the front ends is known: the ssh is not asked about any more. */
int parting_is_settled(enum parting_state state);

/* Nothing is waited for but that the shell's output is written. */
int parting_is_writing(enum parting_state state);

const char *parting_state_name(enum parting_state state);
const char *parting_event_name(enum parting_event event);

#endif
