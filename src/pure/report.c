/* SPDX-License-Identifier: BSD-2-Clause */
#include "pure/report.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "pure/kv.h"

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
};

static const struct {
	const char *key;
	size_t at;
} numbers[] = {
	{ "started", AT(started) },
	{ "left", AT(left) },
	{ "idle", AT(idle) },
	{ "idle-timeout", AT(idle_timeout) },
	{ "clients", AT(clients) },
	{ "fronts", AT(fronts) },
	{ "shells", AT(shells) },
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

static int parse_number(const char *key, const char *text, long *out,
	struct err *e)
{
	char *end;

	*out = -1;
	if (text == NULL)
		return 0;
	errno = 0;
	*out = strtol(text, &end, 10);
	if (!isdigit((unsigned char)text[0]) || *end != '\0' || errno != 0)
		return err_set(e, "%s=%.40s is not a number", key, text);
	return 0;
}

int report_parse(struct report *r, const char *data, size_t len,
	struct err *e)
{
	struct kv kv;
	long n = kv_parse(&kv, data, len, 0, e);
	int ret = 0;

	*r = (struct report){ 0 };
	if (n == -1)
		return -1;
	if (n == 0)
		return err_set(e, "not a whole record");
	for (size_t i = 0; i < COUNT(texts); i++) {
		const char *text = kv_get(&kv, texts[i].key);

		snprintf((char *)r + texts[i].at, texts[i].size, "%s",
			text ? text : "");
	}
	for (size_t i = 0; i < COUNT(numbers) && ret == 0; i++)
		ret = parse_number(numbers[i].key, kv_get(&kv, numbers[i].key),
			(long *)((char *)r + numbers[i].at), e);
	kv_fini(&kv);
	return ret;
}
