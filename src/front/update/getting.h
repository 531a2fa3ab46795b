/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_UPDATE_GETTING_H
#define FRONT_UPDATE_GETTING_H

#include "front/update/installation.h"
#include "front/update/release.h"

/* How releases are got, a row a kind of origin. stage is a directory to work in. */
struct getting {
	/*
	 * Which release is the newest. What only names it, as the tags of a
	 * repository do, is not checked before it is got.
	 */
	int (*look)(const struct origin *o, const char *stage, struct release *r,
		struct err *e);
	/*
	 * Get it, check whose it is, and have it ready to run in stage/new/NAME,
	 * its name once it is installed.
	 */
	int (*get)(const struct installation *in, const struct release *r,
		const char *name, const char *stage, struct err *e);
	const char *what;	/* for whom it takes a while */
};

extern const struct getting getting_of[];	/* by enum origin_kind */

#endif
