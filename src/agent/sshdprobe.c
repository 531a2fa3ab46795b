/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PATH may lead to a file system that hangs, and an sshd may hang, so a child
 * looks for it and becomes `sshd -T'. It says a line each for the programs that
 * it has found, and then come the words of sshd: its configuration, or a reason.
 */
#include "agent/sshdprobe.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "agent/prologue.h"
#include "base/mem.h"
#include "base/vis.h"
#include "os/pathsearch.h"

#define CHECK_SECONDS 2

static const char *const places[] = { "/usr/sbin/sshd", "/usr/local/sbin/sshd",
	NULL };
static const char *const echos[] = { "/bin/echo", "/usr/bin/echo", NULL };
static const char *const seds[] = { "/bin/sed", "/usr/bin/sed", NULL };

/* The path of an sshd, or NULL; that of the user, if he gave one. */
static const char *sshd_find(const char *given, const char *search)
{
	static char path[PATH_MAX];

	if (given != NULL)
		return access(given, X_OK) == 0 ? given : NULL;
	for (const char *const *p = places; *p != NULL; p++)
		if (access(*p, X_OK) == 0)
			return *p;
	return pathsearch(search, "sshd", path, sizeof path) ? path : NULL;
}

/* As sshd asks of a program that names keys. */
static int is_roots(const char *program)
{
	char path[PATH_MAX];
	struct stat st;
	char *slash;

	if (realpath(program, path) == NULL || access(path, X_OK) == -1)
		return 0;
	while ((slash = strrchr(path, '/')) != NULL) {
		if (stat(path, &st) == -1 || st.st_uid != 0 ||
			(st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
			return 0;
		*slash = '\0';
	}
	return 1;
}

static const char *first_of_root(const char *const *programs)
{
	for (; *programs != NULL; programs++)
		if (is_roots(*programs))
			return *programs;
	return "";
}

static const char *first_of(const char *const *programs)
{
	for (; *programs != NULL; programs++)
		if (access(*programs, X_OK) == 0)
			return *programs;
	return "";
}

void sshdprobe_ask(int out, const char *config, const char *given,
	const char *search)
{
	static char env_path[] = SSHDPROBE_PATH;
	static char *const env[] = { env_path, NULL };
	const char *path;

	alarm(CHECK_SECONDS);
	path = sshd_find(given, search);
	if (path == NULL)
		_exit(0);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	dprintf(out, "%s\n%s\n%s\n%s\n", path, first_of_root(echos),
		first_of_root(seds), first_of(prologue_sftp));
	execle(path, path, "-T", "-f", config, (char *)NULL, env);
	dprintf(out, "%s: %s\n", path, strerror(errno));
	_exit(EX_OSERR);
}

static int none_found(const char *given, const char *node, struct err *e)
{
	if (given != NULL)
		return err_set(e, "there is no program %s on %s, which --sshd names",
			given, node);
	return err_set(e, "there is no sshd on %s, neither in /usr/sbin and /usr/local/sbin nor in PATH; its package is openssh-server",
		node);
}

/* sshd's own first word about it. */
static int sshd_refused(const char *path, char *said, int status,
	const char *node, struct err *e)
{
	char seen[512];

	said[strcspn(said, "\r\n")] = '\0';
	seen[vis_encode(seen, sizeof seen - 1, said, strlen(said))] = '\0';
	if (WIFSIGNALED(status))
		return err_set(e, "%s on %s was ended by signal %d while it was tried%s",
			path, node, WTERMSIG(status),
			WTERMSIG(status) == SIGALRM ?
			", since it did not answer" : "");
	return err_set(e, "%s on %s cannot be used: %s", path, node,
		seen[0] != '\0' ? seen : "it says no reason");
}

/* The next line of said, which then begins behind it; NULL: it has no whole one. */
static char *probe_line(char **said)
{
	char *line = *said, *end = strchr(line, '\n');

	if (end == NULL)
		return NULL;
	*end = '\0';
	*said = end + 1;
	return line;
}

/* The same text, which outlives what was said. */
static const char *known(const char *const *programs, const char *name)
{
	for (; name != NULL && *programs != NULL; programs++)
		if (strcmp(*programs, name) == 0)
			return *programs;
	return "";
}

int sshdprobe_read(struct sshdprobe *p, char *said, int status,
	const char *given, const char *node, struct err *e)
{
	const char *path = probe_line(&said);

	*p = (struct sshdprobe){ 0 };
	if (path == NULL && WIFEXITED(status))
		return none_found(given, node, e);
	p->echo = known(echos, probe_line(&said));
	p->sed = known(seds, probe_line(&said));
	p->sftp = known(prologue_sftp, probe_line(&said));
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return sshd_refused(path != NULL ? path : "sshd", said, status,
			node, e);
	p->path = mem_strdup(path);
	p->words = sshdconf_words_of(said);
	return 0;
}
