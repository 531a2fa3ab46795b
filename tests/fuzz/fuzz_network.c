/* SPDX-License-Identifier: BSD-2-Clause */
/* A network has its own address, and no other family's. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>

#include "base/mem.h"
#include "base/network.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_strndup((const char *)data, size);
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	struct network net;

	if (network_parse(&net, text) == 0) {
		int is4 = net.family == AF_INET;

		if ((!is4 && net.family != AF_INET6) ||
			net.bits > (is4 ? 32U : 128U))
			abort();
		memcpy(&v4.sin_addr, net.addr, 4);
		memcpy(&v6.sin6_addr, net.addr, 16);
		if (network_has(&net, (struct sockaddr *)&v4) != is4 ||
			network_has(&net, (struct sockaddr *)&v6) == is4)
			abort();
	}
	free(text);
	return 0;
}
