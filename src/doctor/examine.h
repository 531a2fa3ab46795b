/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DOCTOR_EXAMINE_H
#define DOCTOR_EXAMINE_H

#include "doctor/check.h"

/* A line of the report. */
struct examined {
	const struct doctor_check *check;
	enum check_place place;
	struct finding finding;
};

/* No look takes longer, and all are taken at once. */
#define EXAMINE_MS 4300

/*
 * Take all looks of that place, each in a child. Returns how many there are; out
 * has room for CHECKS_MAX.
 */
size_t examine(const struct patient *p, struct examined *out);

#endif
