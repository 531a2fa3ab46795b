/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A launcher that does not know a verb says error=verb. One that was written
 * before that prints a usage, or ends with a status of its own.
 */
#include "front/cmd/newverb.h"

#include <string.h>

int newverb_explain(const struct invocation *inv, const char *verb,
	const struct launcher_end *end, struct err *why)
{
	if (strcmp(end->class, "verb") == 0)
		err_set(why, "%s cannot tell that: it does not know '%s' (%s)",
			launcher_name(inv).s, verb, end->message.text);
	else if (strcmp(end->class, "internal") == 0)
		err_set(why, "%s; perhaps it does not know '%s'",
			end->message.text, verb);
	else
		*why = end->message;
	return launcher_status(end->class);
}
