/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef REAPER_FILES_H
#define REAPER_FILES_H

#include "reaper/picture.h"

/*
 * What a pass leaves behind for the next one and for node_exporter. A path that
 * is NULL was not asked for. -1 with e set.
 */

/* A state that cannot be had, or believed, is empty; the log tells why. */
void files_read_state(const char *path, const char *boot,
	struct state *before);

int files_write_state(const char *path, const char *boot,
	const struct picture *p, const struct state *before, struct err *e)
	__attribute__((warn_unused_result));

/* cpu: seconds that the pass took. */
int files_write_metrics(const char *path, const struct picture *p,
	const struct kind *kinds, const struct victims *all, double cpu,
	struct err *e) __attribute__((warn_unused_result));

#endif
