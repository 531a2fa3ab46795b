/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_EVMEM_H
#define NET_EVMEM_H

#include <stddef.h>

/*
 * libevent's memory. It keeps some twenty bytes for each descriptor that it has
 * ever watched. Among the states of a thousand connections each of those would
 * hold a page of the heap for good, so the small ones have a place apart.
 *
 * For event_set_mem_functions(), so with the contract of malloc(), realloc()
 * and free(), but out of memory ends the program, as with mem_alloc(). For one
 * thread.
 */
#define EVMEM_SMALL 32

void *evmem_alloc(size_t size);
void *evmem_realloc(void *p, size_t size);
void evmem_free(void *p);

#endif
