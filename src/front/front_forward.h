/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_FRONT_FORWARD_H
#define FRONT_FRONT_FORWARD_H

#include <event2/event.h>
#include <stdint.h>
#include <sys/socket.h>

#include "editor/held.h"
#include "net/tls/tls.h"
#include "opt/opttable.h"

struct front_control;
struct parting;

/* Ports of the job on this host. */
struct front_forward;

/*
 * Takes the port of --listen-port at once, so that a busy one is found before a
 * job is submitted. NULL with e set; also when --peer-check=require cannot work.
 */
struct front_forward *front_forward_new(struct event_base *base, struct parting *parting,
	const struct options_forward *opt, struct err *e);
void front_forward_free(struct front_forward *fw);

/*
 * The agent, where it is asked and where it is dialed from now on. The key is
 * copied, control must outlive the ports.
 */
void front_forward_set_agent(struct front_forward *fw, struct front_control *control,
	const struct tls_key *key, const struct sockaddr *addr, socklen_t len);

/*
 * Make a listener for what the line names, after the agent has confirmed it, for
 * which it has --confirm-timeout, and wait_ms at most.
 * done() gets the port, or the path, or neither with the reason.
 */
void front_forward_hold(struct front_forward *fw, const struct held_event *line,
	long long wait_ms, void (*done)(uint16_t port, const char *path,
		const struct err *why, void *arg), void *arg);
/* Whether there is a port, and whether a connection is open. */
int front_forward_has_ports(const struct front_forward *fw);
int front_forward_has_connections(const struct front_forward *fw);

/* A number that is another when bytes were moved, or somebody came. */
unsigned long long front_forward_moved(const struct front_forward *fw);

#endif
