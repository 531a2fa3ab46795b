/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OPT_LISTCOUNT_H
#define OPT_LISTCOUNT_H

#include <stdint.h>

/*
 * How much a list asks for that is the value of an option of salloc. What Slurm may
 * read as more than can be counted here is all there is. A list may be NULL.
 */
#define LISTCOUNT_ALL (UINT64_MAX - 1)

/* Of "a,n[1-3,7]"; two brackets of a name are multiplied. */
uint64_t listcount_hosts(const char *list);

/* Of "gres:gpu:2,gres:shard:4" or "cpu=2,gres/gpu=1". */
uint64_t listcount_gpus(const char *list);
uint64_t listcount_cpus(const char *list);

/* Of "2" or "a100:2,v100", which are all of one thing. */
uint64_t listcount_typed(const char *list);

uint64_t listcount_add(uint64_t a, uint64_t b);
uint64_t listcount_times(uint64_t a, uint64_t b);

#endif
