/* SPDX-License-Identifier: BSD-2-Clause */
#include "pure/clienthello.h"

#define RECORD_HEADER 5
#define HANDSHAKE 22
#define CLIENT_HELLO 1
#define LEAST 40	/* version, random, and what else must be there */

size_t clienthello_length(const void *data, size_t len)
{
	const unsigned char *p = data;
	size_t record;

	if (len >= 1 && p[0] != HANDSHAKE)
		return 0;
	if (len >= 2 && p[1] != 3)
		return 0;
	if (len < RECORD_HEADER + 1)
		return RECORD_HEADER + 1;
	record = (size_t)p[3] << 8 | p[4];
	if (record < LEAST || RECORD_HEADER + record > CLIENTHELLO_MAX ||
		p[RECORD_HEADER] != CLIENT_HELLO)
		return 0;
	return RECORD_HEADER + record;
}
