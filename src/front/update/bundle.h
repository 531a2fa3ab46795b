/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_UPDATE_BUNDLE_H
#define FRONT_UPDATE_BUNDLE_H

#include "front/update/installation.h"
#include "front/update/release.h"

/* A release as a bundle, see struct getting. */
int bundle_look(const struct origin *o, const char *stage, struct release *r,
	struct err *e) __attribute__((warn_unused_result));
int bundle_get(const struct installation *in, const struct release *r,
	const char *name, const char *stage, struct err *e)
	__attribute__((warn_unused_result));

#endif
