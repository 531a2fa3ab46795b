/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SALLOC_SALLOCVAL_H
#define SALLOC_SALLOCVAL_H

#include "salloc/sallocrow.h"

/*
 * Values of salloc's options, as text: one function a kind of value, for the
 * .parse of a row. Each puts what it has read into the row's field of s, or
 * returns -1 with e set and leaves s as it was.
 */
typedef int sallocval(const struct sallocrow *row, struct salloc *s,
	const char *value, struct err *e);

sallocval sallocval_string;	/* at most .max bytes */
sallocval sallocval_hosts;	/* the same, a list of nodes */
sallocval sallocval_dependency;
sallocval sallocval_gres;
sallocval sallocval_gpus;
sallocval sallocval_number;	/* 1 to .max */
sallocval sallocval_memory;
sallocval sallocval_nodes;
sallocval sallocval_time;
sallocval sallocval_begin;
sallocval sallocval_switches;
sallocval sallocval_mem_update;
sallocval sallocval_nice;
sallocval sallocval_hold;
sallocval sallocval_nothing;	/* it is so anyway */
sallocval sallocval_refuse;	/* with .why */

/* "--time=x: WHAT". Returns -1. */
int sallocval_bad(const struct sallocrow *row, const char *value,
	const char *what, struct err *e);

/* Whether the field of such a row is a string of s, to be freed. */
int sallocval_is_string(const struct sallocrow *row);

#endif
