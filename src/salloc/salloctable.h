/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SALLOC_SALLOCTABLE_H
#define SALLOC_SALLOCTABLE_H

#include "salloc/sallocrow.h"

/* A row each option of salloc and sbatch, sorted by name; the last has none. */
extern const struct sallocrow salloctable[];

/* How many there can be. */
#define SALLOCTABLE_MAX 192

/* The row of that whole name, never that of an alias; NULL: there is none. */
const struct sallocrow *salloctable_find(const char *name, size_t len);

/* The row behind one that is an alias; else the same. */
const struct sallocrow *salloctable_behind(const struct sallocrow *row);

#endif
