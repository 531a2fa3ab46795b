/* SPDX-License-Identifier: BSD-2-Clause */
#include "proto/report.h"

#include <stdio.h>

#include "base/kv.h"
#include "base/number.h"

#define AT(field) offsetof(struct report, field)
#define TEXT(field) AT(field), sizeof ((struct report *)0)->field

static const struct {
	const char *key;
	size_t at, size;
} texts[] = {
	{ "version", TEXT(version) },
	{ "session", TEXT(session) },
	{ "job", TEXT(job) },
	{ "node", TEXT(node) },
	{ "container", TEXT(image) },
	{ "container-runtime", TEXT(runtime) },
};

#define COUNT_MAX 1000000000L

static const struct number_row numbers[] = {
	{ "started", AT(started), 0, NUMBER_EPOCH_MAX, -1 },
	{ "left", AT(left), 0, NUMBER_SECONDS_MAX, -1 },
	{ "idle", AT(idle), 0, NUMBER_SECONDS_MAX, -1 },
	{ "idle-timeout", AT(idle_timeout), 0, NUMBER_SECONDS_MAX, -1 },
	{ "clients", AT(clients), 0, COUNT_MAX, -1 },
	{ "fronts", AT(fronts), 0, COUNT_MAX, -1 },
	{ "shells", AT(shells), 0, COUNT_MAX, -1 },
	{ "memory-used", AT(memory_used), 0, COUNT_MAX, -1 },
	{ "memory-limit", AT(memory_limit), 0, COUNT_MAX, -1 },
};

#define COUNT(array) (sizeof array / sizeof array[0])

void report_write(struct buf *out, const struct report *r)
{
	for (size_t i = 0; i < COUNT(texts); i++) {
		const char *text = (const char *)r + texts[i].at;

		if (text[0] != '\0')
			kv_write(out, texts[i].key, text);
	}
	for (size_t i = 0; i < COUNT(numbers); i++) {
		long n = *(const long *)((const char *)r + numbers[i].at);

		if (n >= 0)
			kv_writef(out, numbers[i].key, "%ld", n);
	}
	buf_puts(out, "\n");
}

int report_parse(struct report *r, const char *data, size_t len,
	struct err *e)
{
	struct kv kv;
	int ret;

	*r = (struct report){ 0 };
	if (kv_parse_whole(&kv, data, len, e) == -1)
		return -1;
	for (size_t i = 0; i < COUNT(texts); i++) {
		const char *text = kv_get(&kv, texts[i].key);

		snprintf((char *)r + texts[i].at, texts[i].size, "%s",
			text ? text : "");
	}
	ret = number_rows(numbers, COUNT(numbers), &kv, r, e);
	kv_fini(&kv);
	return ret;
}
