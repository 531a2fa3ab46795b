/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_UPDATE_SEEN_H
#define FRONT_UPDATE_SEEN_H

#include <time.h>

#include "base/err.h"
#include "front/update/release.h"

/*
 * The file "update" in the state directory: when a release was looked for, and which
 * one was the newest. The file "update.log" beside it has a line for each thing done.
 */
struct seen {
	time_t when;	/* 0: never */
	char version[VERSION_MAX];	/* "": nobody has answered */
};

/* What cannot be read was never. */
void seen_read(struct seen *s, int state_fd);
int seen_write(const struct seen *s, int state_fd, struct err *e)
	__attribute__((warn_unused_result));

/* A line for the log, with the time; what cannot be written is told as a warning. */
void seen_log(const char *state_dir, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
