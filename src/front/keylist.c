/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The list is read as strictly as it is written: a line that somebody has put there
 * by an editor and that is no public key would get to sshd as it is.
 */
#include "front/keylist.h"

#include <errno.h>
#include <string.h>
#include <sysexits.h>

#include "front/keyline.h"
#include "os/safepath.h"

#define NAME "authorized_keys"

/* Is that line, with its end, in the list? */
static int is_listed(const struct buf *list, const char *line, size_t len)
{
	for (size_t at = 0; at + len <= list->len;) {
		const char *here = buf_data(list) + at;

		if (memcmp(here, line, len) == 0)
			return 1;
		at += (size_t)((const char *)memchr(here, '\n',
			list->len - at) - here) + 1;
	}
	return 0;
}

/* Add the keys of text to the list, each once; how many, or -1 with e set. */
static int read_lines(struct buf *list, const struct buf *text, struct err *e)
{
	size_t len;
	int n = 0, number = 1;

	for (size_t at = 0; at < text->len; at += len + 1, number++) {
		const char *line = buf_data(text) + at;
		const char *end = memchr(line, '\n', text->len - at);
		size_t before = list->len;
		struct buf one = { 0 };

		len = end != NULL ? (size_t)(end - line) : text->len - at;
		if (keyline_read(line, len, &one, e) == -1)
			return err_prefix(e, "line %d: ", number);
		if (one.len > 0 && !is_listed(list, buf_data(&one), one.len))
			buf_append(list, buf_data(&one), one.len);
		n += list->len > before;
		buf_fini(&one);
	}
	return n;
}

int keylist_get(int state_fd, struct buf *out, struct err *e)
{
	struct buf text = { 0 };
	int ret = safepath_read(state_fd, NAME, KEYLIST_MAX, &text, e);

	if (ret == -1 && errno == ENOENT)
		return EX_OK;
	if (ret == -1) {
		err_prefix(e, "the list of keys in the state directory: ");
		return EX_NOPERM;
	}
	ret = read_lines(out, &text, e);
	buf_fini(&text);
	if (ret >= 0)
		return EX_OK;
	err_prefix(e, "the list of keys in the state directory, " NAME ": ");
	return EX_CONFIG;
}

int keylist_add(int state_fd, const struct buf *text, unsigned *n_new,
	unsigned *n_all, struct err *e)
{
	struct buf list = { 0 }, given = { 0 };
	int status = keylist_get(state_fd, &list, e);
	int n = read_lines(&given, text, e);

	*n_new = *n_all = 0;
	if (status == EX_OK && n > 0)
		*n_new = (unsigned)read_lines(&list, &given, e);
	for (size_t i = 0; i < list.len; i++)
		*n_all += buf_data(&list)[i] == '\n';
	if (n == -1) {
		status = EX_USAGE;
	} else if (n == 0) {
		status = EX_USAGE;
		err_set(e, "there is no public key");
	} else if (list.len > KEYLIST_MAX) {
		status = EX_USAGE;
		err_set(e, "the list would be longer than %d bytes: take some out of " NAME " in the state directory",
			KEYLIST_MAX);
	} else if (*n_new > 0 && safepath_write(state_fd, NAME, buf_data(&list),
		list.len, e) == -1) {
		status = EX_CANTCREAT;
	}
	buf_fini(&list);
	buf_fini(&given);
	return status;
}

/* Lines of list that are not in given, into rest; how many are. */
static unsigned subtract(const struct buf *list, const struct buf *given,
	struct buf *rest)
{
	unsigned n = 0;
	size_t len;

	for (size_t at = 0; at < list->len; at += len) {
		const char *line = buf_data(list) + at;

		len = (size_t)((const char *)memchr(line, '\n',
			list->len - at) - line) + 1;
		if (is_listed(given, line, len))
			n++;
		else
			buf_append(rest, line, len);
	}
	return n;
}

int keylist_remove(int state_fd, const struct buf *text, unsigned *n_gone,
	struct err *e)
{
	struct buf list = { 0 }, given = { 0 }, rest = { 0 };
	int status = keylist_get(state_fd, &list, e);
	int n = read_lines(&given, text, e);

	*n_gone = 0;
	if (status == EX_OK && n > 0)
		*n_gone = subtract(&list, &given, &rest);
	if (n == -1) {
		status = EX_USAGE;
	} else if (n == 0) {
		status = EX_USAGE;
		err_set(e, "there is no public key");
	} else if (*n_gone > 0 && safepath_write(state_fd, NAME,
		rest.len > 0 ? buf_data(&rest) : "", rest.len, e) == -1) {
		status = EX_CANTCREAT;
		*n_gone = 0;
	}
	buf_fini(&list);
	buf_fini(&given);
	buf_fini(&rest);
	return status;
}
