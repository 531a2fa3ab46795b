/* SPDX-License-Identifier: BSD-2-Clause */
/* Settings as a file of one text would give them, where any name of one will do. */
#ifndef TESTS_UNIT_SETTINGS_H
#define TESTS_UNIT_SETTINGS_H

#include <string.h>

#include "opt/config.h"
#include "opt/opttable.h"

/* For config_add(). */
static inline int name_is_free(const char *name, struct err *e)
{
	(void)name;
	(void)e;
	return 0;
}

/* Add those of a file called "F"; as config_add(). */
static inline int settings_add(struct config *c, enum opt_source source,
	const char *text, struct err *e)
{
	struct options o;
	int ret;

	options_init(&o, OPT_PROGRAM);
	ret = config_add(c, &o.set, "F", source, text, strlen(text),
		name_is_free, e);
	options_free(&o);
	return ret;
}

#endif
