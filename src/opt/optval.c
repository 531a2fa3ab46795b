/* SPDX-License-Identifier: BSD-2-Clause */
#include "opt/optval.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/network.h"
#include "base/number.h"
#include "base/tag.h"
#include "base/timespan.h"

#define PORT_MAX 65535

static int set_number(int *value, const char *text, const char *what, long min,
	long max, struct err *e)
{
	long n;

	if (number_read(text, min, max, &n) == -1)
		return err_set(e, "'%.80s' is not a %s (%ld to %ld)", text,
			what, min, max);
	*value = n;
	return 0;
}

static int set_ports(struct opt_ports *ports, const char *text, struct err *e)
{
	const char *s = text, *end = text + strlen(text);
	unsigned long long first, last;

	if (number_take(&s, end, PORT_MAX, &first) == -1)
		goto bad;
	last = first;
	if (*s == '-') {
		s++;
		if (number_take(&s, end, PORT_MAX, &last) == -1 || first == 0)
			goto bad;
	}
	if (*s != '\0' || first > last)
		goto bad;
	*ports = (struct opt_ports){ (int)first, (int)last };
	return 0;
bad:
	return err_set(e, "'%.80s' is not a port, a range like 60000-60999, or 0 for any",
		text);
}

static const struct {
	char letter;
	long seconds;
} duration_units[] = {
	{ 'd', OPT_DAY }, { 'h', OPT_HOUR }, { 'm', 60 }, { 's', 1 },
};
#define UNITS (sizeof duration_units / sizeof *duration_units)

struct duration_text {
	char s[24];
};

static struct duration_text duration_text(long seconds)
{
	struct duration_text t = { "0" };

	for (size_t u = 0; seconds != 0 && u < UNITS; u++) {
		if (seconds % duration_units[u].seconds != 0)
			continue;
		snprintf(t.s, sizeof t.s, "%ld%c",
			seconds / duration_units[u].seconds,
			duration_units[u].letter);
		break;
	}
	return t;
}

static int set_duration(const struct opt *o, long *value, const char *text,
	struct err *e)
{
	long n;

	if (o->words != NULL && strcmp(text, o->words[0]) == 0) {
		*value = 0;
		return 0;
	}
	/* Of the tools beside this one some mean minutes by that, some not. */
	if (text[0] != '\0' && text[strspn(text, "0123456789")] == '\0' &&
		text[strspn(text, "0")] != '\0')
		return err_set(e, "'%.80s' may be seconds or minutes: write %.80ss or %.80sm",
			text, text, text);
	if (timespan_units(text, &n) != 0)
		return err_set(e, "'%.80s' is not a duration like 90s, 5m, 1h or 2d",
			text);
	if (n < o->min || n > o->max)
		return err_set(e, "'%.80s' is out of range (%s to %s)", text,
			duration_text(o->min).s, duration_text(o->max).s);
	*value = n;
	return 0;
}

int optval_word(const struct opt *o, const char *text)
{
	for (int i = 0; o->words[i] != NULL; i++)
		if (strcmp(o->words[i], text) == 0)
			return i;
	return -1;
}

void optval_words(const struct opt *o, struct buf *out)
{
	for (int i = 0; o->words[i] != NULL; i++)
		buf_printf(out, "%s%s", i > 0 ? ", " : "", o->words[i]);
}

static int set_enum(const struct opt *o, int *value, const char *text,
	struct err *e)
{
	struct buf all = { 0 };
	int i = optval_word(o, text);

	if (i != -1) {
		*value = i;
		return 0;
	}
	optval_words(o, &all);
	err_set(e, "'%.80s' is not one of %.*s", text, (int)all.len,
		buf_data(&all));
	buf_fini(&all);
	return -1;
}

static int set_string(const struct opt *o, char **value, const char *text,
	struct err *e)
{
	unsigned char raw[sizeof(struct in6_addr)];
	struct network net;

	if (text[0] == '\0')
		return err_set(e, "the value is empty");
	if (o->type == OPT_NAME && !tag_is_name(text))
		return err_set(e, "'%.80s' is not a name: up to 64 letters, digits, '.', '_' and '-', not beginning with '.'",
			text);
	if (o->type == OPT_ADDRESS && strcmp(text, "localhost") == 0)
		text = "127.0.0.1";
	if (o->type == OPT_ADDRESS && inet_pton(AF_INET, text, raw) != 1 &&
		inet_pton(AF_INET6, text, raw) != 1)
		return err_set(e, "'%.80s' is not a numeric IP address", text);
	if (o->type == OPT_NETWORK && network_parse(&net, text) == -1)
		return err_set(e, "'%.80s' is not an IP address or a network like 10.77.0.0/16",
			text);
	free(*value);
	*value = mem_strdup(text);
	return 0;
}

/* Which opt/optset.c has checked. */
static int set_salloc(char **value, const char *text)
{
	free(*value);
	*value = mem_strdup(text != NULL ? text : "");
	return 0;
}

/* In a file, where a flag and a count have a text. */

static int set_flag(int *flag, const char *text, struct err *e)
{
	static const char *const words[] = {
		"no", "yes", "false", "true", "off", "on", "0", "1",
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (strcmp(text, words[i]) == 0) {
			*flag = i % 2;
			return 0;
		}
	}
	return err_set(e, "'%.80s' is not yes or no", text);
}

static int set_count(int *count, const char *text, struct err *e)
{
	if (text[0] < '0' || text[0] > '9' || text[1] != '\0')
		return err_set(e, "'%.80s' is not a number from 0 to 9", text);
	*count += text[0] - '0';
	return 0;
}

int optval_set(const struct opt *o, void *config, const char *text,
	struct err *e)
{
	void *value = (char *)config + o->at;

	switch (o->type) {
	case OPT_FLAG:
	case OPT_STOP:
		return set_flag(value, text != NULL ? text : "yes", e);
	case OPT_COUNT:
		return set_count(value, text != NULL ? text : "1", e);
	case OPT_STRING:
	case OPT_NAME:
	case OPT_ADDRESS:
	case OPT_NETWORK:
		return set_string(o, value, text, e);
	case OPT_LIST:
		optlist_add(value, mem_strdup(text));
		return 0;
	case OPT_INT:
		return set_number(value, text, "number", o->min, o->max, e);
	case OPT_PORT:
		return set_number(value, text, "port", 0, PORT_MAX, e);
	case OPT_PORTS:
		return set_ports(value, text, e);
	case OPT_DURATION:
		return set_duration(o, value, text, e);
	case OPT_ENUM:
		return set_enum(o, value, text, e);
	case OPT_SALLOC:
		return set_salloc(value, text);
	}
	return -1;
}

void optval_clear(const struct opt *o, void *config, int owned)
{
	void *value = (char *)config + o->at;
	struct opt_list *list = value;

	switch (o->type) {
	case OPT_STRING:
	case OPT_NAME:
	case OPT_ADDRESS:
	case OPT_NETWORK:
	case OPT_SALLOC:
		if (owned)
			free(*(char **)value);
		*(char **)value = NULL;
		break;
	case OPT_LIST:
		if (owned)
			optlist_free(list);
		*list = (struct opt_list){ 0 };
		break;
	case OPT_PORTS:
		*(struct opt_ports *)value = (struct opt_ports){ 0 };
		break;
	case OPT_DURATION:
		*(long *)value = 0;
		break;
	case OPT_FLAG:
	case OPT_STOP:
	case OPT_COUNT:
	case OPT_INT:
	case OPT_PORT:
	case OPT_ENUM:
		*(int *)value = 0;
		break;
	}
}

static int equal_strings(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static int equal_lists(const struct opt_list *a, const struct opt_list *b)
{
	if (a->n != b->n)
		return 0;
	for (size_t i = 0; i < a->n; i++)
		if (!equal_strings(a->word[i], b->word[i]))
			return 0;
	return 1;
}

int optval_equal(const struct opt *o, const void *config, const void *other)
{
	const void *a = (const char *)config + o->at;
	const void *b = (const char *)other + o->at;
	const struct opt_ports *p = a, *q = b;

	switch (o->type) {
	case OPT_STRING:
	case OPT_NAME:
	case OPT_ADDRESS:
	case OPT_NETWORK:
	case OPT_SALLOC:
		return equal_strings(*(char *const *)a, *(char *const *)b);
	case OPT_LIST:
		return equal_lists(a, b);
	case OPT_PORTS:
		return p->first == q->first && p->last == q->last;
	case OPT_DURATION:
		return *(const long *)a == *(const long *)b;
	case OPT_FLAG:
	case OPT_STOP:
	case OPT_COUNT:
	case OPT_INT:
	case OPT_PORT:
	case OPT_ENUM:
		return *(const int *)a == *(const int *)b;
	}
	return 0;
}

void optval_put(const struct opt *o, const void *config, struct buf *out)
{
	const void *value = (const char *)config + o->at;
	const char *const *text = value;
	const struct opt_ports *ports = value;

	switch (o->type) {
	case OPT_STRING:
	case OPT_NAME:
	case OPT_ADDRESS:
	case OPT_NETWORK:
	case OPT_SALLOC:
		buf_puts(out, *text != NULL ? *text : "");
		break;
	case OPT_DURATION:
		buf_puts(out, o->words != NULL && *(const long *)value == 0 ?
			o->words[0] : duration_text(*(const long *)value).s);
		break;
	case OPT_PORTS:
		if (ports->last == 0)
			buf_puts(out, "0");
		else
			buf_printf(out, "%u-%u", ports->first, ports->last);
		break;
	case OPT_ENUM:
		buf_puts(out, o->words[*(const int *)value]);
		break;
	case OPT_FLAG:
	case OPT_STOP:
	case OPT_COUNT:
	case OPT_INT:
	case OPT_PORT:
		buf_printf(out, "%d", *(const int *)value);
		break;
	case OPT_LIST:
		break;
	}
}
