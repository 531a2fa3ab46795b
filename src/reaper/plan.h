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
 * plan_join). A process of another user below it, or an exempt one, is left
 * alone, with its own descendants.
 */
#define PLAN_MARKS CLAIM_MARKS
#define PLAN_NONE CLAIM_NONE

/* A record: a process. */
struct plan_proc {
	int pid, ppid, session;
	int tty;			/* device number, 0: none */
	unsigned uid;			/* the real one */
	char state;
	char name[16];
	unsigned long long start;	/* ticks since boot */
	unsigned long long cpu;		/* ticks */
	unsigned long long rss;		/* bytes */
	char *exe, *script;		/* absolute paths, or NULL: unknown */
	uint64_t mark[PLAN_MARKS];	/* see plan_mark; 0: none */
	unsigned exempt : 1;

	/* The plan's: */
	unsigned joined : 1;		/* a stray that was taken along */
	int kind;			/* -1: none */
	size_t parent;			/* index, or PLAN_NONE */
	size_t tree;			/* index, or PLAN_NONE */
	size_t child, sibling;		/* of the same tree */
	unsigned depth;			/* below the root of the tree */
};

enum plan_verdict {
	PLAN_END,		/* the criteria hold: end it */
	PLAN_SLURM,		/* inside a Slurm job */
	PLAN_OURS,		/* a session of vscode-remote-shell */
	PLAN_SYSTEM,	/* below the minimum uid */
	PLAN_USER,		/* the user is not wanted, or excluded */
	PLAN_EXEMPT,
	PLAN_UNSEEN,	/* nobody can tell whether it is orphaned */
	PLAN_SSH,		/* below a live sshd */
	PLAN_CONNECTED,
	PLAN_YOUNG,
	PLAN_RECENT,	/* was connected not long ago */
	PLAN_BUSY,		/* uses the CPU, or nobody knows */
	PLAN_SMALL,		/* uses less memory than asked for */
	PLAN_VERDICTS
};

/* In a few plain words, and as one word for programs. */
extern const char *const plan_words[PLAN_VERDICTS];
extern const char *const plan_keys[PLAN_VERDICTS];

/* A record: processes of one kind below the first of them. */
struct plan_tree {
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

	enum plan_verdict verdict;
};

struct plan {
	struct plan_proc *proc;	/* the caller's, sorted by pid */
	size_t n;
	struct plan_tree *tree;
	size_t trees;
};

struct plan_policy {
	unsigned min_uid;
	int orphaned;		/* only those nobody is connected to */
	long age, idle;		/* seconds at least, 0: any */
	double cpu_below;	/* percent; negative: any */
	unsigned long long rss_above; /* bytes at least, 0: any */
};

/*
 * Make the trees. proc must have all but what is the plan's; it is sorted, and
 * must stay until plan_free().
 */
void plan_make(struct plan *p, struct plan_proc *proc, size_t n,
	const struct kind *kinds);
void plan_free(struct plan *p);

/*
 * Strays: processes without a parent (it is process 1, a systemd of the user, or
 * not there) of a user who has a tree. When their environment was looked at for
 * marks, and that of the trees' members, plan_join() takes along those with
 * a mark of a tree, or in a session that began inside it. Those who detached
 * themselves on purpose (tmux, screen) are not taken.
 */
int plan_is_stray(const struct plan *p, size_t i);
void plan_join(struct plan *p);

/* For who keeps his own list: has it lost its parent (NULL: not there)? */
int plan_is_lost(const struct plan_proc *proc,
	const struct plan_proc *parent);

/* The session by which others are known as the tree's, 0: by none. */
int plan_session(const struct plan_proc *member,
	const struct plan_proc *root);

/*
 * The environment's variables that tell one window's or server's processes from
 * another's, PLAN_MARKS of them, and the mark of a value.
 */
extern const char *const plan_mark_names[PLAN_MARKS];
uint64_t plan_mark(const char *value, size_t len);

/* Index of a process by pid, or PLAN_NONE. */
size_t plan_find(const struct plan *p, int pid);

/* The verdict, in the order of enum plan_verdict: what forbids comes first. */
enum plan_verdict plan_judge(const struct plan *p,
	const struct plan_tree *t, const struct plan_policy *policy);

/* By its name: part of a session of vscode-remote-shell, and its agent. */
int plan_is_ours(const struct plan_proc *proc);
int plan_is_agent(const struct plan_proc *proc);

/* By its program, or its name if that is not known. */
int plan_is_sshd(const struct plan_proc *proc);

#endif
