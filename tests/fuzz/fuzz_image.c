/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The begin of an image, which anybody may have made; the names of its libraries, which
 * its shell prints; and its own name, of which that of a copy is made: it must be one
 * name, not hidden, and be known again.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/imageabi.h"
#include "agent/imagehead.h"
#include "agent/imagekey.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at_head(const char *head, size_t len)
{
	const char *machine = imagehead_of_program(head, len);
	struct err e;

	if (machine != NULL && !imagehead_runs(machine, machine))
		abort();
	for (unsigned shift = 0; shift < 64; shift += 9)
		if (imagehead_of_image(head, len, 1ULL << shift, &machine,
			&e) == -1 && memchr(e.text, '\0', sizeof e.text) == NULL)
			abort();
}

static void look_at_key(const char *text)
{
	struct imagekey_of of = { .image = text, .size = strlen(text) };
	struct imagekey k, back;
	int is_part;

	for (int i = 0; i < 2; i++, of.end = ".sif") {
		imagekey_make(&k, &of);
		if (strchr(k.name, '/') != NULL || k.name[0] == '.' ||
			k.part[0] != '.' || strchr(k.part, '/') != NULL)
			abort();
		if (imagekey_read(&back, k.part, &is_part) == -1 || !is_part ||
			strcmp(back.name, k.name) != 0 || back.lock != k.lock)
			abort();
	}
	if (imagekey_read(&k, text, &is_part) == 0 &&
		strcmp(text, is_part ? k.part : k.name) != 0)
		abort();
}

static void look_at_library(const char *text)
{
	struct imageabi a = IMAGEABI_NONE;
	struct buf b = { 0 };

	imageabi_saw(&a, text);
	if (imageabi_put_lack(&b, &a) != (b.len > 0))
		abort();
	buf_fini(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (text == NULL)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	look_at_head(text, size);
	look_at_key(text);
	look_at_library(text);
	free(text);
	return 0;
}
