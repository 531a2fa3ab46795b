/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns which names are a tag or a session: one rule for who makes and who reads. */
#include "base/tag.h"

#include <string.h>

int tag_is_valid(const char *tag)
{
	return strlen(tag) == TAG_LEN &&
		strspn(tag, "0123456789abcdef") == TAG_LEN;
}

int tag_is_name(const char *name)
{
	static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t len = strlen(name);

	return len >= 1 && len <= TAG_NAME_MAX && name[0] != '.' &&
		strspn(name, good) == len;
}
