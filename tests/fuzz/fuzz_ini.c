/* SPDX-License-Identifier: BSD-2-Clause */
/* A file of settings; what was read of it is written and read again. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "opt/ini.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int take(const struct ini_line *l, void *arg, struct err *e)
{
	const char *quote = strchr(l->value, '"') != NULL ? "" : "\"";

	(void)e;
	if (l->name[0] == '\0' || (l->kind == INI_PAIR) !=
		(l->value[0] != '\0') || strpbrk(l->value, "\n\r") != NULL)
		abort();
	/* Too long with its quotes. */
	if (strlen(l->value) + strlen(l->name) > INI_LINE_MAX - 3)
		return -1;
	if (l->kind == INI_SECTION)
		buf_printf(arg, "[%s]\n", l->name);
	else
		buf_printf(arg, "%s=%s%s%s\n", l->name, quote, l->value,
			quote);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf one = { 0 }, two = { 0 };
	struct err e = { "" };
	size_t number = 0, lines = 1;

	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	if (ini_read((const char *)data, size, take, &one, &number, &e) ==
		-1 && (number < 1 || number > lines))
		abort();
	if (ini_read(buf_data(&one), one.len, take, &two, &number, &e) == -1 ||
		one.len != two.len || (one.len > 0 &&
		memcmp(buf_data(&one), buf_data(&two), one.len) != 0))
		abort();
	buf_fini(&one);
	buf_fini(&two);
	return 0;
}
