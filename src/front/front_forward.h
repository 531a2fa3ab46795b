/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_FRONT_FORWARD_H
#define FRONT_FRONT_FORWARD_H

#include <event2/event.h>
#include <stdint.h>

#include "editor/held.h"
#include "opt/opttable.h"
#include "proto/message.h"

struct front_carry;
struct front_control;
struct parting;

/* Ports of the job on this host. */
struct front_forward;

/*
 * Takes the port of --listen-port at once, so that a busy one is found before a
 * job is submitted. carry is for connections to the ports, and must end before it,
 * since it asks whose they are. NULL with e set; also when --peer-check=require
 * cannot work.
 */
struct front_forward *front_forward_new(struct event_base *base, struct parting *parting,
	const struct options_forward *opt, struct front_carry *carry,
	struct err *e);
void front_forward_free(struct front_forward *fw);

/* Whom it asks from now on; control must outlive the ports. */
void front_forward_set_agent(struct front_forward *fw, struct front_control *control);

/*
 * Make a listener for what the line names, after the agent has confirmed it, for
 * which it has --confirm-timeout, and wait_ms at most.
 * done() gets the port, or the path, or neither with the reason.
 */
void front_forward_hold(struct front_forward *fw, const struct held_event *line,
	long long wait_ms, void (*done)(uint16_t port, const char *path,
		const struct err *why, void *arg), void *arg);

/*
 * The same at once for a listener that the user names, and to the end, whether it
 * is there or not: on a Unix socket of that name (front/sockport.h), or with NULL on
 * a port of that number, 0: any. It is on another host if reach is not NULL, which
 * outlives the port; target then only has its number.
 */
void front_forward_open(struct front_forward *fw, const struct target *target,
	const struct reach *reach, const char *name, uint16_t number,
	void (*done)(uint16_t port, const char *path, const struct err *why,
		void *arg), void *arg);

/* Whether there is a port. */
int front_forward_has_ports(const struct front_forward *fw);

#endif
