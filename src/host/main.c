/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vscode-remote-host: have a command of the node run from within a container of the
 * session. By a link with a command's name all arguments are that command's. It is
 * linked statically, from few files, since an image may have nothing that it could
 * use.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/timespan.h"
#include "config.h"
#include "host/hostcall.h"
#include "host/hostwait.h"

#define OWN_NAME "vscode-remote-host"
#define TIMEOUT "--timeout="

static const char usage[] =
	"Usage: " OWN_NAME " [--timeout=TIME] COMMAND [ARGUMENT...]\n"
	"   or: COMMAND [ARGUMENT...], by a link of that name\n"
	"Runs a command of the node, such as sbatch, outside of the session's container.\n"
	"\n"
	"  --timeout=TIME  end it when it has not ended within: 90s 5m 1h30m\n"
	"  --help          this\n"
	"  --version       the version\n";

static int print_text(int fd, const char *text, int status)
{
	return write(fd, text, strlen(text)) == -1 ? EX_IOERR : status;
}

static int usage_error(const char *what, const char *word)
{
	char line[256];

	snprintf(line, sizeof line, "%s%.100s; see " OWN_NAME " --help", what,
		word);
	hostwait_say(line);
	return EX_USAGE;
}

/* What is closed must not become our connection. */
static void open_standard(void)
{
	int p[2];

	for (int fd = 0; fd < 3; fd++) {
		if (fcntl(fd, F_GETFD) != -1 ||
			open("/dev/null", O_RDWR) == fd)
			continue;
		/* An image without /dev: an end of file, or nobody who reads. */
		if (pipe(p) == 0) {
			(void)dup2(p[fd != 0], fd);
			close(p[fd == 0]);
			if (p[fd != 0] != fd)
				close(p[fd != 0]);
		}
	}
}

static int run_command(char **argv, long timeout)
{
	struct err e;
	int signals, conn, status;

	open_standard();
	signal(SIGPIPE, SIG_IGN);
	/* Until the agent has the call, each signal does what it does to anybody. */
	conn = hostcall_make(argv, &e);
	signals = conn == -1 ? -1 : hostwait_begin(&e);
	status = signals == -1 ? -1 : hostwait_end(conn, signals, timeout, &e);
	if (status >= 0)
		return status;
	hostwait_say(e.text);
	return EX_UNAVAILABLE;
}

int main(int argc, char **argv)
{
	const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
	const char *name = argc == 0 ? OWN_NAME : slash != NULL ? slash + 1 :
		argv[0];
	long timeout = 0;
	int i = 1;

	if (strcmp(name, OWN_NAME) != 0) {
		argv[0] += slash != NULL ? slash + 1 - argv[0] : 0;
		return run_command(argv, 0);
	}
	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--help") == 0)
			return print_text(1, usage, EX_OK);
		if (strcmp(argv[i], "--version") == 0)
			return print_text(1, OWN_NAME " " PACKAGE_VERSION "\n",
				EX_OK);
		if (strcmp(argv[i], "--") == 0) {
			i++;
			break;
		}
		if (strncmp(argv[i], TIMEOUT, strlen(TIMEOUT)) != 0)
			return usage_error("there is no option ", argv[i]);
		if (timespan_units(argv[i] + strlen(TIMEOUT), &timeout) != 0)
			return usage_error("no time: ", argv[i]);
	}
	if (i >= argc)
		return usage_error("a command is missing", "");
	return run_command(argv + i, timeout);
}
