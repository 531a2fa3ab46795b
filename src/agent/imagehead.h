/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_IMAGEHEAD_H
#define AGENT_IMAGEHEAD_H

#include <stddef.h>

#include "base/err.h"

/*
 * What the first bytes of a file say of an image: of a program in it, or of the
 * image itself. Machines are told by the names that uname(2) has for them.
 */

/* As many bytes of a file as are looked at. */
#define IMAGEHEAD_SIZE 2048

/* For which machine a program is; NULL: it is none, or for one not known here. */
const char *imagehead_of_program(const char *head, size_t len);

/* What a file is by its begin; SIF is said of what has squashfs behind that. */
enum imagehead_form {
	IMAGEHEAD_OTHER,
	IMAGEHEAD_SIF,
	IMAGEHEAD_SQUASHFS,
};
enum imagehead_form imagehead_form(const char *head, size_t len);

/*
 * A file that a runtime mounts, of all size bytes, which begins so. *machine is
 * NULL where it does not say. -1 with e set: it is none, or its end is missing.
 */
int imagehead_of_image(const char *head, size_t len, unsigned long long size,
	const char **machine, struct err *e) __attribute__((warn_unused_result));

/* Whether the kernel of a node, by its uname(2), runs programs for machine. */
int imagehead_runs(const char *node, const char *machine);

#endif
