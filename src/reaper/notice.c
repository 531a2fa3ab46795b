/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owns how users are told, and for how long: a terminal that takes nothing and
 * a command that hangs are given up, or one user could keep the reaper from all
 * others.
 */
#include "reaper/notice.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/procsig.h"
#include "os/pts.h"
#include "os/spawn.h"
#include "reaper/reaper_report.h"
#include "reaper/who.h"

#define PAUSE_MS 50
#define COMMAND_PAUSES 400	/* 20 seconds */
#define ALL_PAUSES 1200		/* a minute, however many users */

/*
 * Write to the user's terminals, each once. Processes of the trees are passed
 * over: they were ended, and their terminals go with them.
 */
static void tell_terminals(const struct picture *p, unsigned uid,
	const char *line)
{
	unsigned char told[4096] = { 0 };

	for (size_t i = 0; i < p->plan.n; i++) {
		int pts = p->plan.proc[i].uid == uid &&
			p->plan.proc[i].tree == PLAN_NONE ?
			pts_number(p->plan.proc[i].tty) : -1;

		if (pts < 0 || pts >= (int)sizeof told * 8 ||
			told[pts / 8] >> pts % 8 & 1)
			continue;
		told[pts / 8] |= (unsigned char)(1 << pts % 8);
		if (pts_tell(pts, uid, line, strlen(line)) == 0)
			reaper_report_log(2, "Told uid %u on /dev/pts/%d", uid, pts);
	}
}

/* How often we still wait for the commands of all users together. */
static int patience = ALL_PAUSES;

/* The command's status as of waitpid(2); -1: there is none in time. */
static int wait_for(pid_t pid)
{
	int status;

	for (int i = 0; i < COMMAND_PAUSES && patience > 0; i++, patience--) {
		pid_t got = waitpid(pid, &status, WNOHANG);

		if (got == pid)
			return status;
		if (got == -1 && errno != EINTR)
			return -1;
		clock_pause(PAUSE_MS);
	}
	procsig_send_group(pid, SIGKILL);
	procsig_send(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return -1;
}

static void run_command(const char *command, const char *user,
	const char *line)
{
	char *argv[] = { "sh", "-c", (char *)command, "sh", (char *)user,
		NULL };
	struct spawn s = { .path = "/bin/sh", .argv = argv, .session = 1 };
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC), fds[2];
	struct err e;
	pid_t pid;

	if (null == -1 || pipe2(fds, O_CLOEXEC) == -1) {
		reaper_report_log(0, "notice: %s", strerror(errno));
		if (null != -1)
			close(null);
		return;
	}
	s.fd[0] = fds[0];
	s.fd[1] = null;
	s.fd[2] = null;
	pid = spawn(&s, &e);
	close(fds[0]);
	close(null);
	/* shorter than a pipe holds */
	if (write(fds[1], line, strlen(line)) == -1)
		reaper_report_log(0, "notice: %s", strerror(errno));
	close(fds[1]);
	if (pid == -1)
		reaper_report_log(0, "notice: %s", e.text);
	else if (wait_for(pid) != 0)
		reaper_report_log(0, "notice: the command for %s failed", user);
}

void notice_send(const struct reaper_options *o, const struct picture *p,
	unsigned uid, size_t processes)
{
	char host[256] = "this host", *line, *user, *call;

	if (o->notice_url == NULL && o->notice_command == NULL)
		return;
	gethostname(host, sizeof host - 1);
	line = mem_printf("vscode-grim-reaper: ended %zu process(es) of VS Code servers on %s%s%s%s",
		processes, host, o->orphaned == ORPHANED_YES ?
			" that nobody was connected to" : "", o->notice_url ? ": see " : "",
		o->notice_url ? o->notice_url : "");
	if (o->notice_url != NULL) {
		call = mem_printf("\r\n%s\r\n", line);
		tell_terminals(p, uid, call);
		free(call);
	}
	user = o->notice_command ? who_name(uid) : NULL;
	if (user != NULL && patience == 0) {
		reaper_report_log(0, "notice: no time is left to tell %s", user);
	} else if (user != NULL) {
		call = mem_printf("%s\n", line);
		run_command(o->notice_command, user, call);
		free(call);
	}
	free(user);
	free(line);
}
