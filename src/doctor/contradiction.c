/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/* A row for each way in which options do not go together; the first counts. */
#include "doctor/contradiction.h"

#include <string.h>

static int has_no_peer_check(const struct options *o, int is_cluster)
{
	(void)is_cluster;
	return o->forward.peer_check == OPTIONS_PEER_OFF;
}

static int listens_for_all(const struct options *o, int is_cluster)
{
	(void)is_cluster;
	return strcmp(o->forward.listen_host, "127.0.0.1") != 0 &&
		strcmp(o->forward.listen_host, "::1") != 0;
}

static int lingers_on_one_port(const struct options *o, int is_cluster)
{
	(void)is_cluster;
	return o->forward.listen_port != 0 && o->forward.linger > 0;
}

static int has_one_link_port(const struct options *o, int is_cluster)
{
	return is_cluster && o->link.ports.first != 0 &&
		o->link.ports.first == o->link.ports.last;
}

static int has_no_image(const struct options *o, int is_cluster)
{
	(void)is_cluster;
	return (o->container.image == NULL ||
		strcmp(o->container.image, "none") == 0) &&
		(o->container.binds.n > 0 || o->container.args.n > 0);
}

static int prefetches_elsewhere(const struct options *o, int is_cluster)
{
	(void)is_cluster;
	return o->prefetch.what != OPTIONS_PREFETCH_OFF &&
		o->servers.dir == OPTIONS_SERVER_DIR_NODE;
}

static int never_ends(const struct options *o, int is_cluster)
{
	(void)is_cluster;
	return o->session.idle_timeout == 0 &&
		o->session.unattended_timeout > 0 &&
		o->session.idle_busy == OPTIONS_BUSY_CPU;
}

static const struct {
	int (*is_so)(const struct options *o, int is_cluster);
	const char *text;
} rows[] = {
	{ has_no_peer_check, "peer-check=off lets everybody on this node connect to your editor's server" },
	{ listens_for_all, "listen-host is no loopback address, and connections from other hosts are refused" },
	{ lingers_on_one_port, "listen-port is one port, and with linger an earlier connection still has it when you come again" },
	{ has_one_link_port, "link-port is one port, so a node can have one session" },
	{ has_no_image, "container-bind or container-arg is given, and no container" },
	{ prefetches_elsewhere, "prefetch puts the server into the home directory, and server-dir=node does not look there" },
	{ never_ends, "idle-timeout=0, and with idle-busy=cpu unattended-timeout seldom comes: the job may run to its time limit" },
};

void contradiction_find(const struct options *o, int is_cluster,
	struct finding *f)
{
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].is_so(o, is_cluster)) {
			finding_set(f, VERDICT_WARNING, "%s", rows[i].text);
			return;
		}
	finding_set(f, VERDICT_OK, "no two options contradict each other");
}
