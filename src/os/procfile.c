/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "os/procfile.h"

#include <limits.h>
#include <string.h>

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

int procfile_uid(const char *text, size_t len, unsigned *uid)
{
	static const char key[] = "\nUid:";
	const char *at = memmem(text, len, key, sizeof key - 1);
	const char *end = text + len;
	unsigned long long v = 0;

	if (at == NULL)
		return -1;
	at += sizeof key - 1;
	while (at < end && (*at == '\t' || *at == ' '))
		at++;
	if (at == end || !is_digit(*at))
		return -1;
	for (; at < end && is_digit(*at); at++) {
		v = v * 10 + (unsigned)(*at - '0');
		if (v > UINT_MAX)
			return -1;
	}
	if (at == end || (*at != '\t' && *at != ' '))
		return -1;
	*uid = (unsigned)v;
	return 0;
}

long procfile_inner_pid(const char *text, size_t len)
{
	static const char key[] = "\nNSpid:";
	const char *at = memmem(text, len, key, sizeof key - 1);
	const char *end = text + len;
	unsigned n = 0;
	long pid = 0;

	if (at == NULL)
		return 0;
	for (at += sizeof key - 1; at < end && *at != '\n'; at++) {
		if (!is_digit(*at))
			continue;
		n++;
		for (pid = 0; at < end && is_digit(*at) && pid < INT_MAX; at++)
			pid = pid * 10 + (*at - '0');
		if (at == end || *at == '\n')
			break;
	}
	/* One that is cut is none. */
	return n > 1 && at < end ? pid : 0;
}

/* One component of a group's path. */
static int is_slurm(const char *name, size_t len)
{
	if (len >= 5 && memcmp(name, "slurm", 5) == 0)
		return 1;
	if (len < 5 || memcmp(name, "job_", 4) != 0)
		return 0;
	for (size_t i = 4; i < len; i++)
		if (!is_digit(name[i]))
			return 0;
	return 1;
}

/*
 * Up to the group user@N.service, below which the user makes groups himself and
 * calls them what he likes.
 */
static int path_in_slurm(const char *at, const char *stop)
{
	while (at != NULL && at < stop) {
		const char *slash = memchr(at, '/', (size_t)(stop - at));
		size_t len = (size_t)((slash ? slash : stop) - at);

		if (len > 5 && memcmp(at, "user@", 5) == 0)
			return 0;
		if (is_slurm(at, len))
			return 1;
		at = slash ? slash + 1 : NULL;
	}
	return 0;
}

/* Lines are "ID:CONTROLLERS:PATH". */
int procfile_in_slurm(const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		const char *nl = memchr(text, '\n', (size_t)(end - text));
		const char *stop = nl ? nl : end;
		const char *at = memchr(text, ':', (size_t)(stop - text));

		if (at != NULL)
			at = memchr(at + 1, ':', (size_t)(stop - at - 1));
		if (at != NULL && path_in_slurm(at + 1, stop))
			return 1;
		text = stop + 1;
	}
	return 0;
}

uint32_t procfile_socket(const char *link)
{
	static const char head[] = "socket:[";
	unsigned long long v = 0;

	if (strncmp(link, head, sizeof head - 1) != 0)
		return 0;
	for (link += sizeof head - 1; is_digit(*link); link++) {
		v = v * 10 + (unsigned)(*link - '0');
		if (v > UINT32_MAX)
			return 0;
	}
	return strcmp(link, "]") == 0 ? (uint32_t)v : 0;
}

const char *procfile_env(const char *text, size_t len, const char *name,
	size_t *vlen)
{
	size_t n = strlen(name);

	while (len > 0) {
		size_t word = strnlen(text, len);

		if (word > n && text[n] == '=' && memcmp(text, name, n) == 0) {
			*vlen = word - n - 1;
			return text + n + 1;
		}
		if (word == len)
			break;
		text += word + 1;
		len -= word + 1;
	}
	return NULL;
}

/* Options of node and python, and those of shells, that take a next word. */
static int takes_next(const char *option)
{
	static const char *const names[] = {
		"-r", "--require", "--import", "--loader", "-W", "-X", "-o",
		"-O", "--rcfile", "--init-file", "-C", "--conditions",
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(option, names[i]) == 0)
			return 1;
	return 0;
}

/* Those after which the program is text and not a file. */
static int is_text(const char *option)
{
	if (option[1] != '-')
		return strpbrk(option, "cmeps") != NULL;
	return strcmp(option, "--eval") == 0 || strcmp(option, "--print") == 0 ||
		strcmp(option, "--command") == 0;
}

const char *procfile_script(const char *text, size_t len, char *out,
	size_t max)
{
	int skip = 1;	/* argv[0] */

	while (len > 0) {
		size_t word = strnlen(text, len);

		if (word == len || word >= max)
			return NULL;	/* cut: nobody knows how it goes on */
		memcpy(out, text, word + 1);
		text += word + 1;
		len -= word + 1;
		if (skip > 0) {
			skip--;
		} else if (strcmp(out, "--") == 0) {
			continue;
		} else if (out[0] == '-' && out[1] != '\0') {
			if (is_text(out))
				return NULL;
			skip = takes_next(out);
		} else {
			return out[0] == '\0' || out[0] == '-' ? NULL : out;
		}
	}
	return NULL;
}
