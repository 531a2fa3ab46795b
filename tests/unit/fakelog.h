/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_UNIT_FAKELOG_H
#define TESTS_UNIT_FAKELOG_H

/*
 * Instead of os/log.c: what the user would be told on stderr, log_tell() and
 * log_fail(), is kept for the test; so are the last lines of the log.
 */

/* All lines since this was last called, a newline behind each; "": none. */
const char *fakelog_told(void);

/* The same of the log, of all levels. */
const char *fakelog_logged(void);

#endif
