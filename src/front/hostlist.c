/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * The front decides whether an agent is asked at all. Which address a name has is
 * found on the node, so for a name the agent is told the networks in which it may
 * be; what has no word for it there goes to no agent.
 */
#include "front/hostlist.h"

#include <string.h>

#include "base/buf.h"
#include "base/hostpolicy.h"

/* Whether that word may let the host in, as far as its address is known. */
static int may_have(const struct hostpattern *p, const struct reach *r,
	const struct sockaddr *addr)
{
	if (addr != NULL)
		return hostpattern_has(p, addr);
	if (hostpattern_names(p, r->host, r->port))
		return 1;
	return p->name[0] == '\0' && (p->port == 0 || p->port == r->port);
}

int hostlist_allow(struct reach *r, const struct opt_list *hosts, struct err *e)
{
	struct sockaddr_storage at;
	struct hostpattern p;
	struct buf words = { 0 };
	socklen_t len;
	int is_addr = hostpolicy_find(r->host, r->port, &at, &len), ret = 0;

	for (size_t i = 0; i < hosts->n; i++)
		if (hostpattern_parse(&p, hosts->word[i], NULL) == 0 &&
			may_have(&p, r, is_addr ? (struct sockaddr *)&at : NULL))
			buf_printf(&words, "%s%s", words.len > 0 ? "," : "",
				hosts->word[i]);
	if (words.len == 0)
		ret = err_set(e, "'%.80s' port %u is on another host than the job's node, and no forward-hosts of the site's settings names it",
			r->host, r->port);
	else if (words.len >= sizeof r->allow)
		ret = err_set(e, "forward-hosts of the site's settings has too many words for '%.80s'",
			r->host);
	else
		memcpy(r->allow, buf_data(&words), words.len);
	if (ret == 0)
		r->allow[words.len] = '\0';
	buf_fini(&words);
	return ret;
}
