/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_HOSTADDR_H
#define OS_HOSTADDR_H

#include "base/buf.h"
#include "proto/endpoint.h"

/*
 * Where to listen, and by which addresses other hosts then reach us.
 *
 * spec is a numeric address, a network ("10.77.0.0/16", see base/network.h) in
 * which this machine has an address, or NULL: all. bind_to, of 64 bytes, gets the
 * address to bind to, "" for all. Hosts are added to ep; for all they are the
 * addresses of interfaces that are up, IPv4 first, no loopback and no link-local
 * ones, or loopback if there is nothing else. -1 with e set.
 */
int hostaddr_choose(const char *spec, char *bind_to, struct endpoint *ep,
	struct err *e) __attribute__((warn_unused_result));

/*
 * Append the addresses of this machine's interfaces, but for link-local ones and
 * 127.0.0.1 and the like, with commas between; with_bits: "10.77.0.21/24", the
 * networks that it is in, which those of the loopback interface are not. -1 and
 * errno: nobody knows them.
 */
int hostaddr_list(struct buf *out, int with_bits)
	__attribute__((warn_unused_result));

/* The machine's name, cut at size; -1 and errno, and "unknown". */
int hostaddr_name(char *name, size_t size);

#endif
