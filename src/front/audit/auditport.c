/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Listeners, found by what each process of this program has open. It is known by
 * the name of its program, of whatever version and prefix.
 */
#include "front/audit/auditport.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "os/proc.h"
#include "os/procfile.h"
#include "os/sockdiag.h"

#define PATH_SIZE 4096

/* The programs, and which of them have links. */
static const struct program {
	const char *name;
	int has_links;
} programs[] = {
	{ "vscode-remote-shell", 1 },
	{ "vscode-remote-agent", 1 },
	{ "vscode-remote-host", 0 },
	{ "vscode-grim-reaper", 0 },
	{ "launch-slurm", 0 },
	{ "launch-slurm-cli", 0 },
	{ "launch-local", 0 },
};

/* NULL: the process is none of ours, or cannot be seen. */
static const struct program *program_of(pid_t pid)
{
	static const char gone[] = " (deleted)";
	char exe[PATH_SIZE], *name;
	ssize_t len = proc_link(pid, "exe", exe, sizeof exe);

	if (len <= 0)
		return NULL;
	name = strrchr(exe, '/');
	name = name != NULL ? name + 1 : exe;
	len = (ssize_t)strlen(name) - (ssize_t)(sizeof gone - 1);
	if (len > 0 && strcmp(name + len, gone) == 0)
		name[len] = '\0';
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
		if (strcmp(name, programs[i].name) == 0)
			return &programs[i];
	return NULL;
}

static int auditport_is_loopback(const unsigned char address[16])
{
	const struct in6_addr *in6 = (const void *)address;

	return IN6_IS_ADDR_LOOPBACK(in6) ||
		(IN6_IS_ADDR_V4MAPPED(in6) && address[12] == 127);
}

static int auditport_is_link(const struct program *p, struct opt_ports ports,
	uint16_t port)
{
	return p->has_links && (ports.first == 0 ||
		(port >= ports.first && port <= ports.last));
}

static void look_socket(struct findings *f, const struct sockdump *d,
	uint32_t inode, const struct program *p, pid_t pid,
	struct opt_ports ports)
{
	char text[INET6_ADDRSTRLEN];

	for (size_t i = 0; i < d->ntcp; i++) {
		const struct diagmsg_socket *s = &d->tcp[i];

		if (s->inode != inode || s->state != DIAGMSG_LISTEN ||
			auditport_is_loopback(s->id.src) ||
			auditport_is_link(p, ports, s->id.sport))
			continue;
		inet_ntop(AF_INET6, s->id.src, text, sizeof text);
		findings_add(f, "%s, process %ld of user %u: listens on [%s]:%u, beyond loopback and outside of --link-port; end it",
			p->name, (long)pid, (unsigned)s->uid, text,
			(unsigned)s->id.sport);
	}
}

static void look_process(struct findings *f, const struct sockdump *d, pid_t pid,
	struct opt_ports ports)
{
	const struct program *p = program_of(pid);
	char path[64], name[64], link[64];
	struct dirent *entry;
	uint32_t inode;
	DIR *dir;

	if (p == NULL)
		return;
	snprintf(path, sizeof path, "/proc/%ld/fd", (long)pid);
	dir = opendir(path);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		snprintf(name, sizeof name, "fd/%.16s", entry->d_name);
		if (proc_link(pid, name, link, sizeof link) <= 0)
			continue;
		inode = procfile_socket(link);
		if (inode != 0)
			look_socket(f, d, inode, p, pid, ports);
	}
	if (dir != NULL)
		closedir(dir);
}

int auditport_look(struct findings *f, struct opt_ports ports, struct err *e)
{
	struct sockdump d;
	struct dirent *entry;
	DIR *dir;
	long pid;

	if (sockdiag_dump(&d, e) == -1)
		return -1;
	dir = opendir("/proc");
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (number_read(entry->d_name, 1, INT32_MAX, &pid) == 0)
			look_process(f, &d, (pid_t)pid, ports);
	if (dir != NULL)
		closedir(dir);
	sockdump_fini(&d);
	return 0;
}
