/* SPDX-License-Identifier: BSD-2-Clause */
/* Whatever the bytes are, what is written of them is safe, fits, and stays as it is
 * when it is written once more. The first byte is the room. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/vis.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_safe(const unsigned char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] < ' ' || s[i] == 0x7f)
			abort();
		/* C1 controls in UTF-8 */
		if (s[i] == 0xc2 && i + 1 < n && s[i + 1] < 0xa0)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *one, *two, *cut;
	size_t n, m, room;

	if (size == 0)
		return 0;
	room = data[0];
	data++;
	size--;
	/* Of just their size, so that a byte too far is seen. */
	one = malloc(4 * size + 1);
	two = malloc(4 * size + 1);
	cut = malloc(room + 1);
	if (one == NULL || two == NULL || cut == NULL)
		abort();
	n = vis_encode(one, 4 * size, (const char *)data, size);
	check_safe((unsigned char *)one, n);
	m = vis_encode(two, 4 * size, one, n);
	if (m != n || (n > 0 && memcmp(one, two, n) != 0))
		abort();
	m = vis_encode(cut, room, (const char *)data, size);
	if (m > room || m > n || (m > 0 && memcmp(cut, one, m) != 0))
		abort();
	free(one);
	free(two);
	free(cut);
	return 0;
}
