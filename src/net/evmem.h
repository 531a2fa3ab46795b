/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_EVMEM_H
#define NET_EVMEM_H

#include <stddef.h>

/*
 * libevent's memory. It keeps some twenty bytes for each descriptor that it has
 * ever watched. Among the states of a thousand connections each of those would
 * hold a page of the heap for good, so the small ones have a place of their own.
 *
 * For event_set_mem_functions(). No memory ends the program, as with mem_alloc().
 */
#define EVMEM_SMALL 32

void *evmem_alloc(size_t size);
void *evmem_realloc(void *p, size_t size);
void evmem_free(void *p);

#endif
