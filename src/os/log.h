/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_LOG_H
#define OS_LOG_H

#include "base/err.h"

/*
 * The log of a program, and what it tells its user.
 *
 * log_*() write "time [LEVEL] message" to the log file, or to stderr when none
 * is open, if the level is wanted. log_tell() and log_fail() are for the user:
 * one plain line "program: message" on stderr, and a copy in the log file; the
 * first is for news, which -q silences, the second for why the program ends. All
 * pass foreign bytes through a visible encoding, so that nothing can steer a
 * terminal or forge a line, and connection tokens are redacted in the log.
 * None ever blocks the program or fails: what cannot be written is dropped.
 */
enum log_level {
	LOG_LEVEL_CRITICAL,
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
};

/* program is kept, not copied. The level starts as ERROR. */
void log_init(const char *program);
/* Waits a second for what is not written yet. Also done by exit(3). */
void log_fini(void);

/* Values beyond the ends are taken as the nearest level. */
void log_set_level(int level);
int log_wants(enum log_level level);

/* Silence log_tell() on stderr. */
void log_set_quiet(int quiet);

/*
 * From here on a thread writes what goes to stderr, too, which may be a file in
 * a file system that hangs: what it has no room for is dropped. Call it once.
 */
void log_from_behind(void);

/*
 * Log to path (created 0600, never through a symlink), by a thread. -1 with e
 * set.
 */
int log_open(const char *path, struct err *e)
	__attribute__((warn_unused_result));

void log_at(enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
#define log_error(...) log_at(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_at(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...) log_at(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_at(LOG_LEVEL_DEBUG, __VA_ARGS__)

void log_tell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
