/* SPDX-License-Identifier: BSD-2-Clause */
/* The way to a session's agent: all states, and all that may happen in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "front/job/way.h"

/* States in their order, a letter each; small ones when it is given up. */
static const char letters[] = "NSGLUYJWPRuyle-";

/*
 * The whole product: for each event the state that follows on each state, in
 * their order; . is none, which is the same state and nothing to do.
 */
static const struct row {
	enum way_event event;
	const char *next;
} rows[] = {
	/*			  NSGLUYJWPRuyle- */
	{ WAY_BEGIN,		 "S.............." },
	{ WAY_AGENT_ANSWERS,	 ".G............." },
	{ WAY_NOBODY_ANSWERS,	 ".L............." },
	{ WAY_OPTIONS_TOLD,	 "..R...W........" },
	{ WAY_OPTIONS_BAD,	 "..-...-........" },
	{ WAY_ENOUGH,		 "..-...-........" },
	{ WAY_JOB_COUNTS,	 "...J........e.." },
	{ WAY_OTHER_COUNTS,	 "...Y........y.." },
	{ WAY_NO_JOB,		 "...U........e.." },
	{ WAY_NONE_TO_JOIN,	 "...-..........." },
	{ WAY_OURS_IS_OVER,	 "...W..........." },
	{ WAY_SCHEDULER_SILENT,	 "...P..........." },
	{ WAY_SCHEDULER_FAILED,	 "...-........e.." },
	{ WAY_SUBMITTED,	 "....L.....l...." },
	{ WAY_REFUSED,		 "...--.....-...." },
	{ WAY_OURS_ENDED,	 ".....J.....-..." },
	{ WAY_AGENT_FOUND,	 ".......R......." },
	{ WAY_JOB_ENDED,	 ".......-......." },
	{ WAY_TAKEN_BACK,	 ".......L......." },
	{ WAY_FOLDER_GONE,	 ".......L......." },
	{ WAY_FOLDER_NOT_YET,	 ".......P......." },
	{ WAY_FOLDER_BAD,	 ".......-......." },
	{ WAY_AGENT_SILENT,	 ".........P....." },
	{ WAY_AGENT_LOST,	 ".........-....." },
	{ WAY_PAUSE_OVER,	 "........L......" },
	{ WAY_GIVE_UP,		 "--lluyllll----." },
	{ WAY_GIVE_UP_NOTHING,	 "--------------." },
	{ WAY_DROPPED,		 ".............-." },
};
#define N_ROWS (sizeof rows / sizeof rows[0])

/* What may be begun when a state is entered from another; all else says why. */
static const struct {
	enum way_state state;
	enum way_action action;
} begins[] = {
	{ WAY_SEEK, WAY_DO_SEEK },
	{ WAY_GREET, WAY_DO_GREET },
	{ WAY_LOOK, WAY_DO_FIND },
	{ WAY_LOOK, WAY_DO_FIND_AGAIN },
	{ WAY_LOOK, WAY_DO_FIND_OTHER },
	{ WAY_SUBMIT, WAY_DO_SUBMIT },
	{ WAY_YIELD, WAY_DO_END_OURS },
	{ WAY_JOIN, WAY_DO_JOIN },
	{ WAY_WAIT, WAY_DO_WAIT },
	{ WAY_PAUSE, WAY_DO_PAUSE_SCHEDULER },
	{ WAY_PAUSE, WAY_DO_PAUSE_FOLDER },
	{ WAY_PAUSE, WAY_DO_PAUSE_AGENT },
	{ WAY_READY, WAY_DO_DIAL },
	{ WAY_DROP_SUBMIT, WAY_DO_STOP },	/* it is asked already */
	{ WAY_DROP_YIELD, WAY_DO_STOP },	/* the same */
	{ WAY_DROP_YIELD, WAY_DO_END_OURS },
	{ WAY_DROP_LOOK, WAY_DO_STOP },		/* the same */
	{ WAY_DROP_LOOK, WAY_DO_STOP_AND_FIND },
	{ WAY_DROP_LOOK, WAY_DO_FIND },
	{ WAY_DROP_END, WAY_DO_DROP },
	{ WAY_OVER, WAY_DO_SAY_THERE },
	{ WAY_OVER, WAY_DO_SAY_NONE },
	{ WAY_OVER, WAY_DO_SAY_SCHEDULER },
	{ WAY_OVER, WAY_DO_SAY_FOLDER },
	{ WAY_OVER, WAY_DO_SAY_ENDED },
	{ WAY_OVER, WAY_DO_SAY_LOST },
	{ WAY_OVER, WAY_DO_LEAVE },
};
#define N_BEGINS (sizeof begins / sizeof begins[0])

static int is_drop(int state)
{
	return state >= WAY_DROP_SUBMIT && state <= WAY_DROP_END;
}

/* What may happen in a state, and lead out of it. */
static int leads_on(int state, int ev)
{
	return (int)way_step(state, ev).next != state;
}

static void does_what_is_written(void **state)
{
	(void)state;
	assert_int_equal(N_ROWS, WAY_EVENTS);
	assert_int_equal(strlen(letters), WAY_STATES);
	for (int ev = 0; ev < WAY_EVENTS; ev++) {
		assert_int_equal(rows[ev].event, ev);
		assert_int_equal(strlen(rows[ev].next), WAY_STATES);
		for (int s = 0; s < WAY_STATES; s++) {
			const struct way_step step = way_step(s, ev);
			int want = rows[ev].next[s] == '.' ? s :
				(int)(strchr(letters, rows[ev].next[s]) -
				letters);

			if ((int)step.next != want)
				fail_msg("%s, %s: %s", way_state_name(s),
					way_event_name(ev),
					way_state_name(step.next));
			if (rows[ev].next[s] == '.')
				assert_int_equal(step.action, WAY_DO_NOTHING);
		}
	}
}

/* Whatever a state waits for is begun when it is entered; each action is used. */
static void begins_what_it_waits_for(void **state)
{
	int used[N_BEGINS] = { 0 };

	(void)state;
	for (int ev = 0; ev < WAY_EVENTS; ev++)
		for (int s = 0; s < WAY_STATES; s++) {
			const struct way_step step = way_step(s, ev);
			int fits = 0;

			if (!leads_on(s, ev)) {
				assert_int_equal(step.action, WAY_DO_NOTHING);
				continue;
			}
			for (size_t i = 0; i < N_BEGINS; i++)
				if (begins[i].state == step.next &&
					begins[i].action == step.action)
					fits = used[i] = 1;
			if (!fits)
				fail_msg("%s, %s: action %d", way_state_name(s),
					way_event_name(ev), step.action);
		}
	for (size_t i = 0; i < N_BEGINS; i++)
		assert_true(used[i]);
}

/* A stop alone is for what is asked already, and tells. */
static void stops_what_it_does_not_need(void **state)
{
	(void)state;
	for (int s = 0; s < WAY_STATES; s++) {
		const struct way_step step = way_step(s, WAY_GIVE_UP);
		int asked = s == WAY_LOOK || s == WAY_SUBMIT || s == WAY_YIELD;

		assert_int_equal(step.action == WAY_DO_STOP, asked);
		if (is_drop(step.next) && !asked)
			assert_int_equal(step.action, WAY_DO_STOP_AND_FIND);
	}
}

static void ends_once_and_stays_given_up(void **state)
{
	(void)state;
	for (int ev = 0; ev < WAY_EVENTS; ev++) {
		assert_int_equal(way_step(WAY_OVER, ev).next, WAY_OVER);
		assert_int_equal(way_step(WAY_OVER, ev).action,
			WAY_DO_NOTHING);
		for (int s = WAY_DROP_SUBMIT; s <= WAY_DROP_END; s++) {
			const struct way_step step = way_step(s, ev);

			assert_true(is_drop(step.next) ||
				step.next == WAY_OVER);
			/* Nobody who gives up makes a job. */
			assert_int_not_equal(step.action, WAY_DO_SUBMIT);
		}
	}
	/* The first time or the second, and it is over. */
	for (int s = 0; s < WAY_STATES; s++) {
		int next = way_step(s, WAY_GIVE_UP).next;

		assert_true(is_drop(next) || next == WAY_OVER);
		assert_int_equal(way_step(next, WAY_GIVE_UP).next, WAY_OVER);
		assert_int_equal(way_step(s, WAY_GIVE_UP_NOTHING).next,
			WAY_OVER);
	}
}

/* One place makes a job, one ends a job of ours, one takes a job back. */
static void makes_and_ends_jobs_in_one_place(void **state)
{
	unsigned submits = 0, ends = 0, drops = 0;

	(void)state;
	for (int ev = 0; ev < WAY_EVENTS; ev++)
		for (int s = 0; s < WAY_STATES; s++) {
			enum way_action a = way_step(s, ev).action;

			if (a == WAY_DO_SUBMIT) {
				submits++;
				assert_int_equal(s, WAY_LOOK);
				assert_int_equal(ev, WAY_NO_JOB);
			} else if (a == WAY_DO_END_OURS) {
				ends++;
				assert_int_equal(ev, WAY_OTHER_COUNTS);
			} else if (a == WAY_DO_DROP) {
				drops++;
				assert_int_equal(s, WAY_DROP_LOOK);
			}
		}
	assert_int_equal(submits, 1);
	assert_int_equal(ends, 2);
	assert_int_equal(drops, 3);
}

/* Every state can be come to, and left for the end. */
static void leads_everywhere_and_to_the_end(void **state)
{
	int come[WAY_STATES] = { [WAY_NEW] = 1 };
	int ends[WAY_STATES] = { [WAY_OVER] = 1 };

	(void)state;
	for (int i = 0; i < WAY_STATES; i++)
		for (int s = 0; s < WAY_STATES; s++)
			for (int ev = 0; ev < WAY_EVENTS; ev++) {
				int next = way_step(s, ev).next;

				come[next] |= come[s];
				/* Also when nobody gives up. */
				if (ev != WAY_GIVE_UP &&
					ev != WAY_GIVE_UP_NOTHING)
					ends[s] |= ends[next];
			}
	for (int s = 0; s < WAY_STATES; s++) {
		assert_true(come[s]);
		assert_true(ends[s]);
	}
}

static void has_a_name_for_each(void **state)
{
	(void)state;
	for (int s = 0; s < WAY_STATES; s++) {
		assert_non_null(way_state_name(s));
		for (int t = 0; t < s; t++)
			assert_string_not_equal(way_state_name(s),
				way_state_name(t));
	}
	for (int ev = 0; ev < WAY_EVENTS; ev++) {
		assert_non_null(way_event_name(ev));
		for (int t = 0; t < ev; t++)
			assert_string_not_equal(way_event_name(ev),
				way_event_name(t));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(does_what_is_written),
		cmocka_unit_test(begins_what_it_waits_for),
		cmocka_unit_test(stops_what_it_does_not_need),
		cmocka_unit_test(ends_once_and_stays_given_up),
		cmocka_unit_test(makes_and_ends_jobs_in_one_place),
		cmocka_unit_test(leads_everywhere_and_to_the_end),
		cmocka_unit_test(has_a_name_for_each),
	};

	return cmocka_run_group_tests_name("way", tests, NULL, NULL);
}
