/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What doctor looks at: a row each. A look is one small function, which runs in a
 * child of its own, so that it may hang; what it has seen is judged by functions
 * that are pure (doctor/judge.h and others), and what the verdict means, and what to
 * do about it, stands in the row.
 */
#ifndef DOCTOR_CHECK_H
#define DOCTOR_CHECK_H

#include <stddef.h>

#include "doctor/finding.h"

struct options;
struct userdir;

/* A record: whom the looks are about. What is not known is NULL. */
struct patient {
	enum check_place place;
	const struct options *opt;	/* the node has those of its agent */
	const struct userdir *user;
	const char *state_dir;	/* as it is asked for */
	int is_cluster;		/* jobs run on other hosts */
	const char *program;	/* of the launcher */
	const char *standin;	/* the one that stands in for it */
	const char *agent;	/* the program */
	const char *version;	/* ours */
	const char *settings;	/* what is wrong with the files of settings */
	const char *word;	/* that the node writes for the login node to read */
};

/* A record: a row. */
struct doctor_check {
	const char *name;	/* for people and --json; never changed */
	int places;		/* bits of enum check_place; 0: of doctor --job itself */
	void (*look)(const struct patient *p, struct finding *f);
	/*
	 * It is a fault when it has not answered, else unknown; unless the check
	 * of that name has not, either, which then is the one to blame.
	 */
	int late_is_fault;
	const char *blame;
	int of_cluster;		/* where jobs run on other hosts, and nowhere else */
	const char *means, *advice;	/* of a warning or a fault */
};

/* Those of both places, in the order in which they are shown; the last is empty. */
extern const struct doctor_check check_table[];

/* The row of that name, or NULL. */
const struct doctor_check *check_find(const char *name);

#define CHECKS_MAX 48

/* What a node leaves in the state directory. */
#define CHECK_WORD_FILE "doctor"

/* What the command update leaves there, a record: the newest version. */
#define CHECK_UPDATE_FILE "update"
#define CHECK_UPDATE_VERSION "version"

#endif
