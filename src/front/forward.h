/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_FORWARD_H
#define FRONT_FORWARD_H

#include <event2/event.h>
#include <stdint.h>
#include <sys/socket.h>

#include "editor/held.h"
#include "net/tls/tls.h"
#include "opt/opttable.h"

struct control;
struct parting;

/* Ports of the job on this host. */
struct forward;

/*
 * Takes the port of --listen-port at once, so that a busy one is found before a
 * job is submitted. NULL with e set; also when --peer-check=require cannot work.
 */
struct forward *forward_new(struct event_base *base, struct parting *parting,
	const struct options_forward *opt, struct err *e);
void forward_free(struct forward *fw);

/*
 * The agent, where it is asked and where it is dialed from now on. The key is
 * copied, control must outlive the ports.
 */
void forward_set_agent(struct forward *fw, struct control *control,
	const struct tls_key *key, const struct sockaddr *addr, socklen_t len);

/*
 * Make a listener for what the line names, after the agent has confirmed it, for
 * which it has --confirm-timeout, and wait_ms at most.
 * done() gets the port, or the path, or neither with the reason.
 */
void forward_hold(struct forward *fw, const struct held_event *line,
	long long wait_ms, void (*done)(uint16_t port, const char *path,
		const struct err *why, void *arg), void *arg);
/* Whether there is a port, and whether a connection is open. */
int forward_has_ports(const struct forward *fw);
int forward_has_connections(const struct forward *fw);

/* A number that is another when bytes were moved, or somebody came. */
unsigned long long forward_moved(const struct forward *fw);

#endif
