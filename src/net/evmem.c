/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owns a row of cells in the program's zeroed memory; a free one holds the
 * pointer to the next. After 2 x 1000 connections front and agent have 1.4 and
 * 1.3 MiB of their own with this, 6.5 and 6.6 MiB without.
 */
#include "net/evmem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* 1 MiB of addresses; a page costs nothing before it is used. */
#define CELLS 32768

union cell {
	union cell *next;	/* a free one */
	max_align_t align;
	char bytes[EVMEM_SMALL];
};

static union cell cells[CELLS], *free_cells;
static size_t used;

static int is_cell(const void *p)
{
	return (uintptr_t)p - (uintptr_t)cells < sizeof cells;
}

void *evmem_alloc(size_t size)
{
	union cell *c = free_cells;

	if (size > EVMEM_SMALL || (c == NULL && used == CELLS))
		return mem_alloc(size);
	if (c == NULL)
		return &cells[used++];
	free_cells = c->next;
	return c;
}

void evmem_free(void *p)
{
	union cell *c = p;

	if (!is_cell(p)) {
		free(p);
		return;
	}
	c->next = free_cells;
	free_cells = c;
}

void *evmem_realloc(void *p, size_t size)
{
	void *q;

	if (p == NULL)
		return evmem_alloc(size);
	if (!is_cell(p))
		return mem_realloc(p, size);
	if (size <= EVMEM_SMALL)
		return p;
	q = mem_alloc(size);
	memcpy(q, p, EVMEM_SMALL);
	evmem_free(p);
	return q;
}
