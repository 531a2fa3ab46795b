/* SPDX-License-Identifier: BSD-2-Clause */
/* Settings of a user, and those of a site behind the first NUL. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonmerge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was there is there in its order, and nothing is put in a second time. */
static void check_merged(const char *text, size_t len, const char *from,
	size_t from_len, const struct buf *out)
{
	struct buf again = { 0 };
	struct err e;
	size_t k = 0;

	for (size_t i = 0; i < out->len && k < len; i++)
		k += buf_data(out)[i] == text[k];
	if (k < len && len > strspn(text, " \t\r\n"))
		abort();
	if (jsonmerge(buf_data(out), out->len, from, from_len, &again, &e) != 0 ||
		again.len != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	const char *nul = size > 0 ? memchr(text, '\0', size) : NULL;
	struct buf out = { 0 };
	struct err e = { "" };
	size_t len, from_len;
	int ret;

	if (nul == NULL)
		return 0;
	len = (size_t)(nul - text);
	from_len = size - len - 1;
	ret = jsonmerge(text, len, nul + 1, from_len, &out, &e);
	if ((ret == 1) != (out.len > 0) || (ret == -1) != (e.text[0] != '\0'))
		abort();
	if (ret == 1)
		check_merged(text, len, nul + 1, from_len, &out);
	buf_fini(&out);
	return 0;
}
