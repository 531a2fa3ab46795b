/* SPDX-License-Identifier: BSD-2-Clause */
#include "proto/endpoint.h"

#include <stdio.h>
#include <string.h>

#include "base/kv.h"
#include "base/number.h"

void endpoint_add_host(struct endpoint *ep, const char *host)
{
	for (unsigned i = 0; i < ep->n; i++)
		if (strcmp(ep->host[i], host) == 0)
			return;
	if (ep->n < ENDPOINT_HOSTS && strlen(host) < sizeof ep->host[0])
		strcpy(ep->host[ep->n++], host);
}

void endpoint_write(struct buf *out, const struct endpoint *ep)
{
	kv_writef(out, "port", "%u", ep->port);
	for (unsigned i = 0; i < ep->n; i++)
		kv_write(out, "host", ep->host[i]);
	kv_write(out, "node", ep->node);
	buf_puts(out, "\n");
}

static int parse_record(struct endpoint *ep, const struct kv *kv,
	struct err *e)
{
	const char *port = kv_get(kv, "port"), *node = kv_get(kv, "node");
	const char *host;
	size_t pos = 0;
	long n;

	if (port == NULL || number_read(port, 1, 65535, &n) == -1)
		return err_set(e, "no port in it");
	ep->port = (uint16_t)n;
	while ((host = kv_next(kv, "host", &pos)) != NULL)
		endpoint_add_host(ep, host);
	if (ep->n == 0)
		return err_set(e, "no host in it");
	snprintf(ep->node, sizeof ep->node, "%s", node ? node : "?");
	return 0;
}

int endpoint_parse(struct endpoint *ep, const char *data, size_t len,
	struct err *e)
{
	struct kv kv;
	int ret;

	*ep = (struct endpoint){ 0 };
	if (kv_parse_whole(&kv, data, len, e) == -1)
		return -1;
	ret = parse_record(ep, &kv, e);
	kv_fini(&kv);
	return ret;
}
