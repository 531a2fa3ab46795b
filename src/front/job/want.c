/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * What each want means for three questions that several parts ask, so that a new
 * want is answered for here and not in each of them.
 */
#include "front/job/want.h"

int want_starts(enum session_want want)
{
	return want == SESSION_START || want_is_typed(want);
}

int want_is_typed(enum session_want want)
{
	return want == SESSION_ALLOC || want == SESSION_QUEUE;
}

int want_has_shell(enum session_want want)
{
	return want == SESSION_JOIN || want == SESSION_START;
}
