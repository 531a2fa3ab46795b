/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef EDITOR_SERVERREC_H
#define EDITOR_SERVERREC_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Records of running VS Code servers. The editor's script leaves them in a
 * folder of the home directory, which is the same on all hosts, while the
 * process that they name lives on one:
 *	FOLDER/.COMMIT.pid with .COMMIT.log and .COMMIT.token
 *	FOLDER/cli/servers/QUALITY-COMMIT/pid.txt with log.txt
 * and so does since 2026 the supervisor of VS Code's agents, `code agent host`,
 * which the exec server starts, with a JSON text
 *	FOLDER/cli/agent-host-QUALITY.lock
 *	CONFIG/agent-host/local-endpoint/entries/SHA256.json
 * where CONFIG is not the server's folder but that of the editor's settings. A
 * record is named by its path below the folder without the ending of the pid
 * file: ".COMMIT", "cli/servers/QUALITY-COMMIT", "cli/agent-host-QUALITY",
 * "agent-host/local-endpoint/entries/SHA256".
 */
#define SERVERREC_NAME_MAX 128

/* Names of folders in the home directory, NULL at the end; and of CONFIG. */
extern const char *const serverrec_folders[];
extern const char *const serverrec_configs[];
#define SERVERREC_FOLDER ".vscode-server"	/* VS Code's own */

/*
 * The files of the record called name, each below the folder: the i-th, the pid
 * file first, or NULL behind the last. To be freed.
 */
char *serverrec_file(const char *name, unsigned i);

/*
 * Where records are, below a folder, NULL at the end: a directory, and which
 * record an entry of it is the pid file of, or the directory of, into name; -1:
 * of none.
 */
struct serverrec_site {
	const char *dir;
	int (*of)(const char *entry, char name[SERVERREC_NAME_MAX]);
};
extern const struct serverrec_site serverrec_sites[];

int serverrec_of_file(const char *entry, char name[SERVERREC_NAME_MAX]);
int serverrec_of_dir(const char *entry, char name[SERVERREC_NAME_MAX]);
int serverrec_of_lock(const char *entry, char name[SERVERREC_NAME_MAX]);
int serverrec_of_entry(const char *entry, char name[SERVERREC_NAME_MAX]);

/* Of the supervisor of agents, and not of a server? */
int serverrec_is_agents(const char *name);

/* Which of them is the log, or tells as well where it listens. */
unsigned serverrec_log_file(const char *name);

/* The commit in a record's name. */
const char *serverrec_commit(const char *name);

/* What a pid file holds. */
enum serverrec_text {
	SERVERREC_PID,
	SERVERREC_EMPTY,
	SERVERREC_JUNK,
	SERVERREC_OTHER,	/* of something that is none of our matters */
	SERVERREC_TEXTS
};
enum serverrec_text serverrec_pid(const char *name, const char *text,
	size_t len, int *pid);

/*
 * Where a log, or what serves as one, says that the record's server listens; to
 * be freed. NULL when it does not say so, yet.
 */
char *serverrec_listening(const char *name, const char *log, size_t len);

/*
 * Is a process a server of this record? exe is its program, cmdline its
 * arguments, each with its NUL; dirs are the names under which the folder is
 * known, NULL at the end. One of the first words must be a file below one of
 * them, of that commit; of the supervisor of agents it is its program, code-*.
 */
int serverrec_is_server(const char *name, const char *const *dirs,
	const char *exe, const char *cmdline, size_t len);

/* The process that a record names, as this host has it. */
enum serverrec_process {
	SERVERREC_NONE,		/* there is none, or a zombie */
	SERVERREC_STRANGER,	/* another program, or another user's */
	SERVERREC_SERVER,	/* the server, outside of this session */
	SERVERREC_OURS,		/* the server, in this session */
	SERVERREC_PROCESSES
};

/* Who left the record, as far as that was marked. */
enum serverrec_owner {
	SERVERREC_NOBODY,	/* not marked */
	SERVERREC_THIS,		/* a session on this host, since its boot */
	SERVERREC_REBOOTED,	/* one on this host, before */
	SERVERREC_ELSEWHERE,	/* one on another host */
	SERVERREC_OWNERS
};

/* What is known of a record. */
struct serverrec_facts {
	enum serverrec_text text;
	enum serverrec_process process;
	enum serverrec_owner owner;
	int fresh;	/* written within the last minute */
	int local;	/* the folder is on this host only */
	int astray;	/* its log names a listener that is not ours */
};

struct serverrec_verdict {
	int move;		/* out of the way */
	const char *reason;	/* goes behind "NAME: " */
	int shared;		/* a folder of its own would have helped */
};

/* Never NULL. */
const struct serverrec_verdict *serverrec_judge(
	const struct serverrec_facts *facts);

/*
 * A mark: which session's server a record was seen to be. A file of marks holds
 * those of one session.
 */
#define SERVERREC_MARKS_MAX 64

struct serverrec_mark {
	char *folder, *name;
	int pid;
	unsigned long long start;	/* of the process, ticks since boot */
	long long sec, nsec;		/* when the pid file was written */
};

struct serverrec_marks {
	char *host, *boot, *session;
	size_t n;
	struct serverrec_mark mark[SERVERREC_MARKS_MAX];
};

void serverrec_marks_fini(struct serverrec_marks *m);

/* Strings are copied. Beyond the maximum nothing is added. */
void serverrec_mark_add(struct serverrec_marks *m,
	const struct serverrec_mark *mark);

void serverrec_marks_write(struct buf *out, const struct serverrec_marks *m);

/* -1 with e set, and m empty. */
int serverrec_marks_parse(struct serverrec_marks *m, const char *text,
	size_t len, struct err *e) __attribute__((warn_unused_result));

/* The mark of exactly this record, or NULL. */
const struct serverrec_mark *serverrec_mark_find(
	const struct serverrec_marks *m, const struct serverrec_mark *record);

#endif
