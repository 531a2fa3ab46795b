/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DOCTOR_SYMPTOM_H
#define DOCTOR_SYMPTOM_H

#include <stddef.h>

/*
 * What is wrong, by what it looks like in the log of an editor. The rows are those of
 * doc/TROUBLESHOOTING.md, in their order and words.
 */
struct symptom {
	const char *title;
	/* Parts of lines, NULL at the end; or NULL: no line tells it. */
	const char *const *ours;	/* behind the name of this program */
	const char *const *others;
	const char *means;
	const char *advice;	/* NULL: nothing is to be done */
	int rank;		/* those of a lower one say more: 0, 1, 2 */
	int passes;		/* it is none once a server has come to listen */
};

/* The last has no title. */
extern const struct symptom symptom_table[];

/* Where one was seen last. */
struct symptom_seen {
	const struct symptom *symptom;
	unsigned long line;	/* from 1 */
	int is_past;		/* behind that a server was reached; by symptom_sort() */
	char text[200];		/* of that line, cut, as it is */
};

#define SYMPTOMS_MAX 80

/* A log, line by line. */
struct symptom_log {
	struct symptom_seen seen[SYMPTOMS_MAX];
	size_t n;
	unsigned long lines;
	unsigned long reached;	/* where a server has come to listen, last; 0: none has */
};

/* The next line, without its end. */
void symptom_take(struct symptom_log *l, const char *line);

/*
 * Put them in the order of how likely each is the cause: those behind which no server
 * was reached, of these those that say more, and of these the one that was seen last.
 */
void symptom_sort(struct symptom_log *l);

#endif
