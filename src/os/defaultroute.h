/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_DEFAULTROUTE_H
#define OS_DEFAULTROUTE_H

#include <stddef.h>

/* Whether /proc/net/route, or ipv6_route beside it, have a way to everywhere. */
int defaultroute_in_v4(const char *text, size_t len);
int defaultroute_in_v6(const char *text, size_t len);

/* Whether this machine has one, of either family. */
int defaultroute_is_there(void);

#endif
