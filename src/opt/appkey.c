/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * A row a key: what it is called, what it is unless somebody says it, and what it
 * may be. A value is looked at where its file is read, so that a slip is told with
 * its line, and not when the app is started.
 */
#include "opt/appkey.h"

#include <stddef.h>
#include <string.h>

#include "base/number.h"
#include "base/tag.h"
#include "base/timespan.h"

#define NAME_LONGEST 24
#define TIMEOUT_MAX 3600

static int check_text(const char *value, struct err *e)
{
	return value[0] != '\0' ? 0 : err_set(e, "is empty");
}

static int check_directory(const char *value, struct err *e)
{
	return value[0] == '/' || strcmp(value, "~") == 0 ||
		strncmp(value, "~/", 2) == 0 ||
		strcmp(value, APPKEY_HERE) == 0 ? 0 :
		err_set(e, "'%.80s' begins neither with / nor with ~ (nor is it . alone)",
			value);
}

static int check_listen(const char *value, struct err *e)
{
	return strcmp(value, "socket") == 0 || strcmp(value, "port") == 0 ? 0 :
		err_set(e, "'%.80s' is not one of socket, port", value);
}

static int check_url(const char *value, struct err *e)
{
	return value[0] == '/' ? 0 :
		err_set(e, "'%.80s' is what stands behind host and port, and begins with /",
			value);
}

static int check_port(const char *value, struct err *e)
{
	long n;

	return number_read(value, 1, 65535, &n) == 0 ? 0 :
		err_set(e, "'%.80s' is not a port (1 to 65535)", value);
}

static int read_timeout(const char *value, long *seconds, struct err *e)
{
	if (timespan_units(value, seconds) != 0)
		return err_set(e, "'%.80s' is no time, such as 90s or 2m",
			value);
	return *seconds >= 1 && *seconds <= TIMEOUT_MAX ? 0 :
		err_set(e, "'%.80s' is out of range (1s to 1h)", value);
}

static int check_timeout(const char *value, struct err *e)
{
	long seconds;

	return read_timeout(value, &seconds, e);
}

static const struct {
	const char *name, *value;
	int (*check)(const char *value, struct err *e);
} keys[APPKEYS] = {
	[APPKEY_DESCRIPTION] = { "description", NULL, check_text },
	[APPKEY_COMMAND] = { "command", NULL, check_text },
	[APPKEY_DIRECTORY] = { "directory", "~", check_directory },
	[APPKEY_LISTEN] = { "listen", "port", check_listen },
	[APPKEY_READY] = { "ready", NULL, check_text },
	[APPKEY_URL] = { "url", "/", check_url },
	[APPKEY_CLIENT_PORT] = { "client-port", "8080", check_port },
	[APPKEY_START_TIMEOUT] = { "start-timeout", "1m", check_timeout },
};

const char *appkey_name(enum appkey key)
{
	return keys[key].name;
}

const char *appkey_default(enum appkey key)
{
	return keys[key].value;
}

int appkey_find(const char *name)
{
	for (int i = 0; i < APPKEYS; i++)
		if (strcmp(keys[i].name, name) == 0)
			return i;
	return -1;
}

int appkey_check(enum appkey key, const char *value, struct err *e)
{
	return keys[key].check(value, e) == 0 ? 0 :
		err_prefix(e, "%s: ", keys[key].name);
}

long appkey_number(enum appkey key, const char *value)
{
	long n = 0;
	struct err e;

	if (key == APPKEY_START_TIMEOUT)
		(void)!read_timeout(value, &n, &e);
	else
		(void)!number_read(value, 1, 65535, &n);
	return n;
}

int appkey_is_app(const char *name, struct err *e)
{
	if (!tag_is_name(name) || strlen(name) > NAME_LONGEST ||
		strspn(name, "0123456789") == strlen(name))
		return err_set(e, "'%.80s' is no name of an app: one has up to %d letters, digits, '.', '_' and '-', and is no number",
			name, NAME_LONGEST);
	return 0;
}
