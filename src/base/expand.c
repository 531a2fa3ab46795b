/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/expand.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

char *expand_token(const char *s, const char *token, const char *value)
{
	struct buf out = { 0 };
	const char *hit;

	while ((hit = strstr(s, token)) != NULL) {
		buf_append(&out, s, hit - s);
		buf_puts(&out, value);
		s = hit + strlen(token);
	}
	buf_append(&out, s, strlen(s) + 1);
	return buf_data(&out);
}

char *expand_home(const char *s, const char *home)
{
	if (s[0] != '~' || (s[1] != '/' && s[1] != '\0'))
		return mem_strdup(s);
	return mem_printf("%s%s", home, s + 1);
}
