/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DOCTOR_JUDGE_H
#define DOCTOR_JUDGE_H

#include <stddef.h>

#include "doctor/finding.h"

/*
 * What is made of what a look has seen. Each fills f. Times are milliseconds, sizes
 * bytes; texts are what a program has said, with a NUL.
 */

/* How long a few small operations in the home directory took. */
void judge_latency(long ms, struct finding *f);

/* A file system: what statvfs(3) and an attempt to write say. */
struct judge_room {
	const char *what;	/* "the home directory" */
	const char *error;	/* why nothing could be written; NULL: it could */
	unsigned long long bytes, inodes;	/* free for us */
	unsigned long long all_inodes;		/* 0: it has no such number */
	int no_exec;		/* programs on it cannot be run */
};
/* The worst of n. */
void judge_room(const struct judge_room *r, size_t n, struct finding *f);

/* `quota -q`, which says something only about what is over. */
void judge_quota(const char *said, int good, struct finding *f);

/* The clock of a file server or a node is so many seconds ahead of ours. */
void judge_clock(long ahead, const char *whose, struct finding *f);

/* `sshd -T`, for the login node. */
void judge_sshd(const char *said, struct finding *f);

/* The value of a keyword in `sshd -T`, into out; 0: it has none. */
int judge_sshd_value(const char *said, const char *keyword, char *out,
	size_t size);

/* `getconf GNU_LIBC_VERSION`. */
void judge_libc(const char *said, struct finding *f);

/* The bytes of libstdc++.so.6, with the versions of its symbols in them. */
void judge_libstdcxx(const char *data, size_t len, const char *path,
	struct finding *f);

/* busctl's answer about KillUserProcesses. linger: seconds. */
void judge_logind(const char *said, int good, long linger, struct finding *f);

/* A limit of ours, of those that are looked at; JUDGE_NO_LIMIT: it has none. */
#define JUDGE_NO_LIMIT (~0ULL)
enum judge_limit {
	JUDGE_FILES,
	JUDGE_PROCESSES,
	JUDGE_ADDRESSES,
	JUDGE_FILE_SIZE,
	JUDGE_LIMITS,
};
void judge_limits(const unsigned long long is[JUDGE_LIMITS],
	enum check_place place, struct finding *f);

/* `agent --version`, which is to be ours. good: it ended with status 0. */
void judge_version(const char *said, int good, const char *program,
	const char *ours, struct finding *f);

/*
 * What a launcher has answered to `find`, and in what time; good: it ended with
 * status 0.
 */
void judge_scheduler(const char *said, int good, long ms, const char *launcher,
	struct finding *f);

/* The files of editors' servers. */
void judge_folders(unsigned long long bytes, const char *largest,
	struct finding *f);

#endif
