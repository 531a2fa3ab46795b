/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scheduler sets a limit on a group above ours, of the job or of the step:
 * the least on the way up is the one that counts. Version 1 counts a kill in the
 * victim's own group, version 2 in all above it, too.
 */
#include "os/jobmem.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/memcg.h"

#define TEXT_MAX 65536
/* Of version 1, which has a number for "none": a page below 2^63. */
#define NO_LIMIT (1LL << 60)

static const struct files {
	const char *limit, *used, *events, *cached;
} files[] = {
	[1] = { "memory.limit_in_bytes", "memory.usage_in_bytes",
		"memory.oom_control", "total_inactive_file" },
	[2] = { "memory.max", "memory.current", "memory.events",
		"inactive_file" },
};

/* To be freed; "" when it cannot be read. */
static char *contents(const char *path)
{
	char *text = mem_alloc(TEXT_MAX);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = 1;

	while (fd != -1 && n > 0 && len < TEXT_MAX - 1) {
		n = read(fd, text + len, TEXT_MAX - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
	if (fd != -1)
		close(fd);
	text[len] = '\0';
	return text;
}

static long long jobmem_number(const char *group, const char *file,
	const char *name)
{
	char *path = mem_printf("%s/%s", group, file);
	char *text = contents(path);
	long long value = memcg_number(text, name);

	free(text);
	free(path);
	return value;
}

/* Where our own group is, and how much of that path is the mount's. */
static int find_group(int version, char *group, size_t size, size_t *top)
{
	char *groups = contents("/proc/self/cgroup");
	char *mounts = contents("/proc/self/mountinfo");
	char path[PATH_MAX], at[PATH_MAX], root[PATH_MAX];
	const char *below;
	int ret = memcg_path(groups, version, path, sizeof path);

	if (ret == 0)
		ret = memcg_mount(mounts, version, at, root, sizeof at);
	free(groups);
	free(mounts);
	if (ret == -1)
		return -1;
	/* A mount may show a part of the hierarchy. */
	below = memcg_below(path, root);
	*top = strlen(at);
	return (size_t)snprintf(group, size, "%s%s", at, below) < size ? 0 : -1;
}

static void read_used(struct jobmem *m, const char *group,
	const struct files *f)
{
	long long used = jobmem_number(group, f->used, "");
	long long cached = jobmem_number(group, "memory.stat", f->cached);

	if (used != -1)
		m->used = cached > 0 && cached <= used ? used - cached : used;
}

static int read_version(struct jobmem *m, int version)
{
	const struct files *f = &files[version];
	char group[2 * PATH_MAX];
	size_t top;
	int found = 0;

	if (find_group(version, group, sizeof group, &top) == -1)
		return -1;
	/* The top itself is the whole machine, and has no limit. */
	while (strlen(group) > top + 1) {
		long long limit = jobmem_number(group, f->limit, "");
		long long kills = jobmem_number(group, f->events, "oom_kill");

		if (kills > m->kills)
			m->kills = kills;
		found |= kills != -1;
		if (limit != -1 && limit < NO_LIMIT &&
			(m->limit == -1 || limit < m->limit)) {
			m->limit = limit;
			read_used(m, group, f);
		}
		*strrchr(group, '/') = '\0';
	}
	return found ? 0 : -1;
}

void jobmem_read(struct jobmem *m)
{
	*m = (struct jobmem){ -1, -1, -1 };
	if (read_version(m, 1) == -1)
		(void)read_version(m, 2);
}

int jobmem_victim(int *pid, char name[16])
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC), ret = -1;
	char line[8192], victim[16];
	unsigned uid;
	ssize_t n;
	int who;

	/* One record a read; EPIPE tells of some that were overwritten. */
	while (fd != -1 && ((n = read(fd, line, sizeof line - 1)) > 0 ||
		(n == -1 && errno == EPIPE))) {
		if (n <= 0)
			continue;
		line[n] = '\0';
		if (memcg_victim(line, &uid, &who, victim) == -1 ||
			uid != getuid())
			continue;
		*pid = who;
		memcpy(name, victim, sizeof victim);
		ret = 0;
	}
	if (fd != -1)
		close(fd);
	return ret;
}
