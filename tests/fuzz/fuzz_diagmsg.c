/* SPDX-License-Identifier: BSD-2-Clause */
/* The first four bytes are the sequence number that is waited for. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "os/diagmsg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct diagmsg_socket s = { .uid = 99 };
	uint32_t seq;
	int error = 0;

	if (size < sizeof seq)
		return 0;
	memcpy(&seq, data, sizeof seq);
	switch (diagmsg_parse(data + sizeof seq, size - sizeof seq, seq, &s,
		&error)) {
	case DIAGMSG_SOCKET:
		break;
	case DIAGMSG_REFUSED:
		if (error < 1 || error > 4095)
			abort();
		break;
	case DIAGMSG_NOTHING:
	case DIAGMSG_MALFORMED:
		if (error != 0)
			abort();
		break;
	}
	return 0;
}
