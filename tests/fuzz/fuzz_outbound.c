/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What leads connections out of the job. The first byte says which of the words
 * the rest is: a pattern, a host, a variable of the login node, an answer.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>

#include "base/hostpattern.h"
#include "base/mem.h"
#include "base/hostpolicy.h"
#include "front/outbound/outproxy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a network has, it has by the address itself, and not by a name. */
static void try_pattern(const char *text)
{
	struct hostpattern p;
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	if (hostpattern_parse(&p, text, NULL) == -1)
		return;
	if (p.port > 65535)
		abort();
	if (p.name[0] != '\0') {
		if (!hostpattern_names(&p, p.name, p.port))
			abort();
		return;
	}
	memcpy(&v4.sin_addr, p.net.addr, 4);
	memcpy(&v6.sin6_addr, p.net.addr, 16);
	v4.sin_port = v6.sin6_port = htons((uint16_t)p.port);
	if (!hostpattern_has(&p, p.net.family == AF_INET ?
		(struct sockaddr *)&v4 : (struct sockaddr *)&v6))
		abort();
}

static int is_loopback_v4(uint32_t a)
{
	return a >> 24 == 127;
}

/* However loopback is written, it is refused. */
static void try_host(const char *text)
{
	static const struct hostpolicy nothing = { .list = "allow" };
	struct sockaddr_storage addr;
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)&addr;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&addr;
	socklen_t len;
	struct err e;
	int loops;

	if (!hostpolicy_read(text, 80, &addr, &len))
		return;
	loops = addr.ss_family == AF_INET ?
		is_loopback_v4(ntohl(v4->sin_addr.s_addr)) :
		IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr) ||
		(IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr) &&
		v6->sin6_addr.s6_addr[12] == 127);
	if (loops && hostpolicy_check(&nothing, text, (struct sockaddr *)&addr,
		&e) == 0)
		abort();
}

static void try_variable(const char *text)
{
	const struct outproxy_env url = { .https_proxy = text };
	const struct outproxy_env list = { .https_proxy = "p:1",
		.no_proxy = text };
	struct outproxy p;
	struct err e;

	if (outproxy_choose(&url, "a.org", 443, 0, &p, &e) == 0 &&
		(p.host[0] == '\0' || p.port < 1 || p.port > 65535))
		abort();
	outproxy_fini(&p);
	if (outproxy_choose(&list, "10.1.2.3", 443, 0, &p, &e) == -1)
		abort();
	outproxy_fini(&p);
}

static void try_answer(const char *data, size_t size)
{
	struct err e = { "" };
	size_t head = 0;
	int got = outproxy_answer(data, size, &head, &e);

	if ((got == 1 && (head < 16 || head > size)) ||
		(got == -1 && e.text[0] == '\0'))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size == 0)
		return 0;
	text = mem_strndup((const char *)data + 1, size - 1);
	switch (data[0]) {
	case 'p':
		try_pattern(text);
		break;
	case 'h':
		try_host(text);
		break;
	case 'v':
		try_variable(text);
		break;
	default:
		try_answer((const char *)data + 1, size - 1);
	}
	free(text);
	return 0;
}
