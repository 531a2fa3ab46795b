/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef REAPER_PLAN_H
#define REAPER_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "reaper/claim.h"
#include "reaper/kind.h"

/*
 * Which processes are an editor's server with all that runs below it, and which
 * of these trees shall end. No I/O: the caller shows a picture of all processes,
 * fills in what he finds out about each tree, and asks for the verdict.
 *
 * A tree begins at the topmost process of a kind and takes along whatever
 * descends from it, and processes without a parent that carry its mark (see
 * reapplan_join). A process of another user below it, or an exempt one, is left
 * alone, with its own descendants.
 */
#define REAPPLAN_MARKS REAPCLAIM_MARKS
#define REAPPLAN_NONE REAPCLAIM_NONE

struct reapplan_proc {
	int pid, ppid, session;
	int tty;			/* device number, 0: none */
	unsigned uid;			/* the real one */
	char state;
	char name[16];
	unsigned long long start;	/* ticks since boot */
	unsigned long long cpu;		/* ticks */
	unsigned long long rss;		/* bytes */
	char *exe, *script;		/* absolute paths, or NULL: unknown */
	uint64_t mark[REAPPLAN_MARKS];	/* see reapplan_mark; 0: none */
	unsigned exempt : 1;

	/* The plan's: */
	unsigned joined : 1;		/* a stray that was taken along */
	int kind;			/* -1: none */
	size_t parent;			/* index, or REAPPLAN_NONE */
	size_t tree;			/* index, or REAPPLAN_NONE */
	size_t child, sibling;		/* of the same tree */
	unsigned depth;			/* below the root of the tree */
};

enum reapplan_verdict {
	REAPPLAN_END,		/* the criteria hold: end it */
	REAPPLAN_SLURM,		/* inside a Slurm job */
	REAPPLAN_OURS,		/* a session of vscode-remote-shell */
	REAPPLAN_SYSTEM,	/* below the minimum uid */
	REAPPLAN_USER,		/* the user is not wanted, or excluded */
	REAPPLAN_EXEMPT,
	REAPPLAN_UNSEEN,	/* nobody can tell whether it is orphaned */
	REAPPLAN_SSH,		/* below a live sshd */
	REAPPLAN_CONNECTED,
	REAPPLAN_YOUNG,
	REAPPLAN_RECENT,	/* was connected not long ago */
	REAPPLAN_BUSY,		/* uses the CPU, or nobody knows */
	REAPPLAN_SMALL,		/* uses less memory than asked for */
	REAPPLAN_VERDICTS
};

/* In a few plain words, and as one word for programs. */
extern const char *const reapplan_words[REAPPLAN_VERDICTS];
extern const char *const reapplan_keys[REAPPLAN_VERDICTS];

struct reapplan_tree {
	size_t root;		/* index of a process */
	size_t *member, n;	/* indexes; each parent before its children */
	int kind;
	unsigned long long rss, cpu;	/* sums */
	int ssh;		/* an sshd of the user is an ancestor */
	int hidden;		/* not all of its ancestors can be seen */

	/* What the caller finds out: */
	unsigned slurm : 1, ours : 1, unwanted : 1, unseen : 1;
	size_t connections;
	long age;		/* seconds */
	long idle;		/* seconds since the last connection */
	double cpu_percent;	/* lately; negative: unknown */

	enum reapplan_verdict verdict;
};

struct reapplan {
	struct reapplan_proc *proc;	/* the caller's, sorted by pid */
	size_t n;
	struct reapplan_tree *tree;
	size_t trees;
};

struct reapplan_policy {
	unsigned min_uid;
	int orphaned;		/* only those nobody is connected to */
	long age, idle;		/* seconds at least, 0: any */
	double cpu_below;	/* percent; negative: any */
	unsigned long long rss_above; /* bytes at least, 0: any */
};

/*
 * Make the trees. proc must have all but what is the plan's; it is sorted, and
 * must stay until reapplan_free().
 */
void reapplan_make(struct reapplan *p, struct reapplan_proc *proc, size_t n,
	const struct reapkind *kinds);
void reapplan_free(struct reapplan *p);

/*
 * Strays: processes without a parent (it is process 1, a systemd of the user, or
 * not there) of a user who has a tree. When their environment was looked at for
 * marks, and that of the trees' members, reapplan_join() takes along those with
 * a mark of a tree, or in a session that began inside it. Those who detached
 * themselves on purpose (tmux, screen) are not taken.
 */
int reapplan_is_stray(const struct reapplan *p, size_t i);
void reapplan_join(struct reapplan *p);

/* For who keeps his own list: has it lost its parent (NULL: not there)? */
int reapplan_is_lost(const struct reapplan_proc *proc,
	const struct reapplan_proc *parent);

/* The session by which others are known as the tree's, 0: by none. */
int reapplan_session(const struct reapplan_proc *member,
	const struct reapplan_proc *root);

/*
 * The environment's variables that tell one window's or server's processes from
 * another's, REAPPLAN_MARKS of them, and the mark of a value.
 */
extern const char *const reapplan_mark_names[REAPPLAN_MARKS];
uint64_t reapplan_mark(const char *value, size_t len);

/* Index of a process by pid, or REAPPLAN_NONE. */
size_t reapplan_find(const struct reapplan *p, int pid);

/* The verdict, in the order of enum reapplan_verdict: what forbids comes first. */
enum reapplan_verdict reapplan_judge(const struct reapplan *p,
	const struct reapplan_tree *t, const struct reapplan_policy *policy);

/* By its name: part of a session of vscode-remote-shell, and its agent. */
int reapplan_is_ours(const struct reapplan_proc *proc);
int reapplan_is_agent(const struct reapplan_proc *proc);

/* By its program, or its name if that is not known. */
int reapplan_is_sshd(const struct reapplan_proc *proc);

#endif
