/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * Judges what a job is to its session. Whatever is in doubt is unknown and left
 * alone: a job that was ended by mistake cannot be had back, and one that was
 * left by mistake is in `list`.
 */
#include "front/job/role.h"

#include <stddef.h>
#include <string.h>

enum role_said role_said(const char *word)
{
	if (word == NULL)
		return ROLE_SAID_NOTHING;
	return strcmp(word, "successor") == 0 ? ROLE_SAID_SUCCESSOR :
		ROLE_SAID_OTHER;
}

enum role role_of(const struct role_facts *f)
{
	enum { ANY = -1 };
	/* The first row that fits counts. */
	static const struct {
		int place, said, named;
		enum role role;
	} rows[] = {
		/* A successor is the session once no older one lives. */
		{ ROLE_FIRST, ANY, ANY, ROLE_CURRENT },
		{ ROLE_ALONE, ANY, ANY, ROLE_UNKNOWN },
		{ ROLE_BESIDE, ROLE_SAID_SUCCESSOR, ANY, ROLE_SUCCESSOR },
		{ ROLE_BESIDE, ROLE_SAID_OTHER, ANY, ROLE_UNKNOWN },
		{ ROLE_BESIDE, ROLE_SAID_NOTHING, 0, ROLE_UNKNOWN },
		{ ROLE_BESIDE, ROLE_SAID_NOTHING, 1, ROLE_RIVAL },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].place == (int)f->place &&
			(rows[i].said == ANY || rows[i].said == (int)f->said) &&
			(rows[i].named == ANY || rows[i].named == !!f->named))
			return rows[i].role;
	return ROLE_UNKNOWN;
}

int role_is_left_over(enum role role, long age)
{
	return role == ROLE_RIVAL && age >= ROLE_YOUNG;
}

const char *role_name(enum role role)
{
	static const char *const names[] = {
		[ROLE_CURRENT] = "current",
		[ROLE_SUCCESSOR] = "successor",
		[ROLE_RIVAL] = "rival",
		[ROLE_UNKNOWN] = "unknown",
	};

	return names[role];
}
