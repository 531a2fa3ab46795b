/* SPDX-License-Identifier: BSD-2-Clause */
/* A call of vscode-remote-host, and what it is answered: bytes of one on the other side. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proto/bridgewire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_call(const void *data, size_t size)
{
	struct bridge_call c;
	struct err e = { "" };
	struct buf b = { 0 };

	if (bridge_call_get(&c, data, size, &e) == -1) {
		if (e.text[0] == '\0')
			abort();
		return;
	}
	for (size_t i = 0; i < c.n_paths; i++)
		(void)strlen(c.argv[c.paths[i].arg] + c.paths[i].at);
	bridge_call_put(&b, &c);
	/* But for bits of the umask that mean nothing. */
	if (b.len != size)
		abort();
	buf_fini(&b);
	bridge_call_fini(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bridge_reply r;
	struct err e;
	uint32_t len;
	size_t at = 0;
	int n;

	read_call(data, size);
	if (size >= BRIDGE_HELLO_SIZE)
		(void)!bridge_hello_get(data, &len, &e);
	while ((n = bridge_reply_get(&r, data + at, size - at, &e)) > 0) {
		if (strlen(r.text) > BRIDGE_TEXT_MAX)
			abort();
		at += (size_t)n;
	}
	return 0;
}
