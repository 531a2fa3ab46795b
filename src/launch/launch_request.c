/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What all launchers share of the protocol of vscode-remote-launcher(7): a
 * request is read from stdin whole, with its values checked, and records go to
 * stdout. Owns neither.
 */
#include "launch/launch_request.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"
#include "base/tag.h"
#include "os/fd.h"

#define REQUEST_MAX (16 << 20)	/* an environment, each byte escaped */
#define READ_SIZE 65536

int launch_request_read(struct kv *request, struct err *e)
{
	struct buf in = { 0 };
	long taken = -1;
	ssize_t n;

	do {
		n = read(STDIN_FILENO, buf_reserve(&in, READ_SIZE), READ_SIZE);
		buf_commit(&in, n > 0 ? (size_t)n : 0);
	} while ((n > 0 && in.len <= REQUEST_MAX) ||
		(n == -1 && errno == EINTR));
	if (n == -1)
		err_set(e, "cannot read the request: %s", strerror(errno));
	else if (n > 0)
		err_set(e, "the request is too long");
	else
		taken = kv_parse(request, buf_data(&in), in.len, 0, e);
	/* A front that was killed in the middle of it wants nothing. */
	if (taken == 0)
		err_set(e, "the request ends in the middle");
	buf_fini(&in);
	return taken > 0 ? 0 : -1;
}

const char *launch_request_value(const struct kv *request, const char *key,
	struct err *e)
{
	const char *value = kv_get(request, key);

	if (value != NULL && *value != '\0')
		return value;
	err_set(e, "bad request: %s is missing", key);
	return NULL;
}

/* A value that is such a name. */
static const char *name(const struct kv *request, const char *key,
	int (*is_good)(const char *), struct err *e)
{
	const char *value = launch_request_value(request, key, e);

	if (value == NULL || is_good(value))
		return value;
	err_set(e, "bad request: %s=%.80s", key, value);
	return NULL;
}

const char *launch_request_session(const struct kv *request, struct err *e)
{
	return name(request, "session", tag_is_name, e);
}

const char *launch_request_tag(const struct kv *request, struct err *e)
{
	return name(request, "tag", tag_is_valid, e);
}

int launch_request_number(const struct kv *request, const char *key, long max,
	long *out, struct err *e)
{
	const char *value = launch_request_value(request, key, e);

	if (value == NULL)
		return -1;
	if (number_read(value, 1, max, out) == 0)
		return 0;
	return err_set(e, "bad request: %s=%.80s is not a number from 1 to %ld",
		key, value, max);
}

const char *launch_request_digits(const struct kv *request, const char *key,
	long max, struct err *e)
{
	long n;

	return launch_request_number(request, key, max, &n, e) == -1 ? NULL :
		launch_request_value(request, key, e);
}

int launch_request_all_users(const struct kv *request)
{
	const char *value = kv_get(request, "all-users");

	return value != NULL && strcmp(value, "1") == 0;
}

int launch_request_answer(struct buf *record)
{
	int ret;

	buf_puts(record, "\n");
	ret = fd_write_all(STDOUT_FILENO, buf_data(record), record->len);
	buf_fini(record);
	return ret;
}

int launch_request_refuse(const char *class, const char *message)
{
	struct buf record = { 0 };

	kv_write(&record, "error", class);
	kv_write(&record, "message", message);
	return launch_request_answer(&record);
}
