/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_HOSTADDR_H
#define OS_HOSTADDR_H

#include "pure/endpoint.h"

/*
 * Add the addresses of this machine by which other hosts may reach it: those of
 * interfaces that are up, IPv4 first, no loopback and no link-local ones. With
 * none of them the loopback address is added.
 */
void hostaddr_add(struct endpoint *ep);

/* The machine's name, cut at size. */
void hostaddr_name(char *name, size_t size);

#endif
