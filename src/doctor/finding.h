/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DOCTOR_FINDING_H
#define DOCTOR_FINDING_H

/*
 * What a look has found: a verdict, and one line that says what was seen. What may
 * not be seen is unknown, never ok.
 */
enum verdict {
	VERDICT_OK,
	VERDICT_UNKNOWN,
	VERDICT_WARNING,
	VERDICT_FAULT,
	VERDICTS,
};

/* Where it was taken; where a check makes sense: bits. */
enum check_place {
	CHECK_LOGIN = 1,	/* on the login node */
	CHECK_NODE = 2,		/* in the job */
};

/* "login", "node". */
const char *check_place_word(enum check_place place);

/* Goes through a pipe whole, so it holds no pointers. */
struct finding {
	enum verdict verdict;
	char text[400];
};

/* What does not fit is cut. */
void finding_set(struct finding *f, enum verdict verdict, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A program as it is named in there: what is behind the last '/' of its path. */
const char *finding_program(const char *path);

/* "ok", "unknown", "warning", "fault". */
const char *verdict_word(enum verdict verdict);

/* -1: it is none of these. */
int verdict_read(const char *word, enum verdict *verdict)
	__attribute__((warn_unused_result));

/* The exit status of a program that ends with this as its worst: 0, 1 or 2. */
int verdict_status(enum verdict worst);

#endif
