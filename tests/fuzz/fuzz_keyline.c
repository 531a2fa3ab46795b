/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line of a file of public keys. What comes of one is a line that sshd may read
 * as a key and as nothing else, such as an option: two words, and read again it is
 * the same.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "front/keyline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void want(int true)
{
	if (!true)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf once = { 0 }, again = { 0 };
	struct err e;
	const char *s;
	size_t blanks = 0;

	if (keyline_read((const char *)data, size, &once, &e) == 1) {
		s = buf_data(&once);
		for (size_t i = 0; i < once.len; i++) {
			want((s[i] > ' ' && s[i] < 127) || s[i] == ' ' ||
				(s[i] == '\n' && i + 1 == once.len));
			want(s[i] != '"' && s[i] != ',');
			blanks += s[i] == ' ';
		}
		want(once.len > 0 && s[once.len - 1] == '\n' && blanks == 1);
		want(keyline_read(s, once.len, &again, &e) == 1);
		want(again.len == once.len &&
			memcmp(buf_data(&again), s, once.len) == 0);
	} else {
		want(once.len == 0);
	}
	buf_fini(&once);
	buf_fini(&again);
	return 0;
}
