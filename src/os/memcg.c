/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "os/memcg.h"

#include <ctype.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

/* The next line, whose length is *len; NULL at the end. Begin with *at text. */
static const char *next_line(const char **at, size_t *len)
{
	const char *line = *at;

	if (*line == '\0')
		return NULL;
	*len = strcspn(line, "\n");
	*at = line + *len + (line[*len] == '\n');
	return line;
}

static int memcg_take(char *out, size_t size, const char *from, size_t len)
{
	if (len >= size)
		return -1;
	memcpy(out, from, len);
	out[len] = '\0';
	return 0;
}

/* Whether a word is among those between commas. */
static int has_word(const char *list, size_t len, const char *word)
{
	const size_t n = strlen(word);

	for (size_t i = 0; i + n <= len; i++)
		if (memcmp(list + i, word, n) == 0 &&
			(i == 0 || list[i - 1] == ',') &&
			(i + n == len || list[i + n] == ','))
			return 1;
	return 0;
}

/* "4:memory:/slurm/job_1", "0::/system.slice" */
int memcg_path(const char *text, int version, char *out, size_t size)
{
	const char *line;
	size_t len;

	while ((line = next_line(&text, &len)) != NULL) {
		const char *end = line + len;
		const char *names = memchr(line, ':', len);
		const char *path = names == NULL ? NULL : memchr(names + 1, ':',
			(size_t)(end - names - 1));

		if (path == NULL || path[1] != '/')
			continue;
		if (version == 1 ? has_word(names + 1,
			(size_t)(path - names - 1), "memory") :
			names[1] == ':')
			return memcg_take(out, size, path + 1,
				(size_t)(end - path - 1));
	}
	return -1;
}

/* Field n of a line, from 0. */
static const char *field(const char *line, size_t len, unsigned n, size_t *size)
{
	const char *end = line + len;

	for (;; n--) {
		*size = 0;
		while (line + *size < end && line[*size] != ' ')
			(*size)++;
		if (n == 0 || line + *size >= end)
			return n == 0 ? line : NULL;
		line += *size + 1;
	}
}

/* "35 24 0:30 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory" */
int memcg_mount(const char *text, int version, char *out, char *top,
	size_t size)
{
	const char *line;
	size_t len;

	while ((line = next_line(&text, &len)) != NULL) {
		size_t n_top, n_at, n_type, n_source, n_options;
		const char *root = field(line, len, 3, &n_top);
		const char *at = field(line, len, 4, &n_at);
		const char *rest = memmem(line, len, " - ", 3);
		const char *type, *options;

		if (root == NULL || at == NULL || rest == NULL)
			continue;
		rest += 3;
		type = field(rest, (size_t)(line + len - rest), 0, &n_type);
		(void)field(rest, (size_t)(line + len - rest), 1, &n_source);
		options = field(rest, (size_t)(line + len - rest), 2,
			&n_options);
		if (options == NULL || !(version == 2 ?
			n_type == 7 && memcmp(type, "cgroup2", 7) == 0 :
			n_type == 6 && memcmp(type, "cgroup", 6) == 0 &&
			has_word(options, n_options, "memory")))
			continue;
		if (memcg_take(out, size, at, n_at) == 0)
			return memcg_take(top, size, root, n_top);
	}
	return -1;
}

const char *memcg_below(const char *path, const char *root)
{
	size_t len = strlen(root);

	if (strcmp(root, "/") == 0 || strncmp(path, root, len) != 0 ||
		(path[len] != '/' && path[len] != '\0'))
		return path;
	return path + len;
}

long long memcg_number(const char *text, const char *name)
{
	const size_t n = strlen(name);
	const char *line;
	size_t len;

	while ((line = next_line(&text, &len)) != NULL) {
		const char *digits = line + n + (n > 0);
		unsigned long long value;

		if (len < n || memcmp(line, name, n) != 0 ||
			(n > 0 && line[n] != ' ') ||
			!isdigit((unsigned char)*digits))
			continue;
		return number_take(&digits, digits + strlen(digits), LLONG_MAX,
			&value) == 0 ? (long long)value : LLONG_MAX;
	}
	return -1;
}

/* word, and the number behind it, at *at, which is moved behind both. */
static int take_word(const char **at, const char *word,
	unsigned long long max, unsigned long long *n)
{
	if (strncmp(*at, word, strlen(word)) != 0)
		return -1;
	*at += strlen(word);
	return number_take(at, *at + strlen(*at), max, n);
}

/* "6,..;oom-kill:constraint=CONSTRAINT_MEMCG,...,task=NAME,pid=12,uid=1000" */
int memcg_victim(const char *line, unsigned *uid, int *pid, char name[16])
{
	const char *at = strstr(line, "oom-kill:constraint=CONSTRAINT_MEMCG,");
	const char *task = at == NULL ? NULL : strstr(at, ",task="), *end = NULL;
	unsigned long long its_pid, its_uid;

	/* A name may hold commas, and words like these. */
	for (const char *p = task; p != NULL && (p = strstr(p, ",pid=")) != NULL;
		p++)
		end = p;
	at = end;
	if (at == NULL || take_word(&at, ",pid=", NUMBER_PID_MAX, &its_pid) ==
		-1 || take_word(&at, ",uid=", UINT32_MAX, &its_uid) == -1)
		return -1;
	*pid = (int)its_pid;
	*uid = (unsigned)its_uid;
	task += strlen(",task=");
	snprintf(name, 16, "%.*s", (int)(end - task), task);
	return 0;
}
