/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * This machine as the one partition that there is without a scheduler: the CPUs
 * that we may use, idle but for the load of the last minute, and its memory,
 * idle as far as the kernel thinks that programs could have it.
 */
#include "launch/local/local_machine.h"

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/kv.h"
#include "base/number.h"
#include "launch/local/local_job.h"

#define KB_MAX (1ULL << 50)

unsigned long local_machine_memory(const char *meminfo, const char *name)
{
	const char *line = meminfo;
	size_t len = strlen(name);
	unsigned long long kb;

	while (line != NULL && (strncmp(line, name, len) != 0 ||
		line[len] != ':')) {
		line = strchr(line, '\n');
		line = line != NULL ? line + 1 : NULL;
	}
	if (line == NULL)
		return 0;
	line += len + 1;
	line += strspn(line, " ");
	if (number_take(&line, line + strlen(line), KB_MAX, &kb) == -1 ||
		strncmp(line, " kB", 3) != 0)
		return 0;
	return (unsigned long)(kb / 1024);
}

static void read_meminfo(char *text, size_t size)
{
	int fd = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd == -1 ? -1 : read(fd, text, size - 1);

	text[n > 0 ? n : 0] = '\0';
	if (fd != -1)
		close(fd);
}

static unsigned long count_cpus(void)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	cpu_set_t set;

	/* A machine may have more than the set has room for. */
	if (sched_getaffinity(0, sizeof set, &set) == -1)
		return online > 0 ? (unsigned long)online : 1;
	return (unsigned long)CPU_COUNT(&set);
}

static unsigned long idle_of(unsigned long cpus)
{
	double load;

	if (getloadavg(&load, 1) != 1 || load < 0)
		return cpus;
	return load < (double)cpus ? cpus - (unsigned long)(load + 0.5) : 0;
}

void local_machine(struct buf *out)
{
	unsigned long cpus = count_cpus(), idle = idle_of(cpus);
	unsigned long total, available;
	char text[4096];

	read_meminfo(text, sizeof text);
	total = local_machine_memory(text, "MemTotal");
	available = local_machine_memory(text, "MemAvailable");
	if (available > total)
		available = total;
	kv_write(out, "partition", local_host);
	kv_write(out, "default", "yes");
	kv_write(out, "state", "UP");
	kv_write(out, "time-limit", "unlimited");
	kv_write(out, "default-time", "unlimited");
	kv_write(out, "nodes", "1/1");
	kv_writef(out, "cpus", "%lu/%lu", idle, cpus);
	kv_writef(out, "node-cpus", "%lu/%lu", idle, cpus);
	if (total == 0)
		return;
	kv_writef(out, "memory", "%lu/%lu", available, total);
	kv_writef(out, "node-memory", "%lu/%lu", available, total);
}
