/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_KEPT_H
#define FRONT_JOB_KEPT_H

#include "front/job/invocation.h"
#include "front/job/want.h"

/*
 * A job keeps the options that it was started with. Who comes with others is
 * told which differ, after the launcher has found nothing wrong with them.
 */
struct kept;

/*
 * The job of a folder, which was asked for what has this asked_name(), "": not
 * known. done() is called once, perhaps before this returns: all is told, and the
 * options are bad or not.
 */
struct kept *kept_new(const struct invocation *inv, enum session_want want,
	const char *job, const char *tag, const char *asked,
	void (*done)(int bad, void *arg), void *arg);
void kept_free(struct kept *k);

#endif
