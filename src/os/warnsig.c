/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/warnsig.h"

#include <signal.h>
#include <string.h>
#include <strings.h>

#include "base/number.h"

#define SIGNAL_MAX 64

static const struct {
	const char *name;
	int signal;
} names[] = {
	{ "HUP", SIGHUP }, { "INT", SIGINT }, { "QUIT", SIGQUIT },
	{ "ABRT", SIGABRT }, { "ALRM", SIGALRM }, { "TERM", SIGTERM },
	{ "USR1", SIGUSR1 }, { "USR2", SIGUSR2 }, { "URG", SIGURG },
	{ "CONT", SIGCONT }, { "TSTP", SIGTSTP }, { "TTIN", SIGTTIN },
	{ "TTOU", SIGTTOU }, { "XCPU", SIGXCPU }, { "XFSZ", SIGXFSZ },
	{ "PROF", SIGPROF }, { "VTALRM", SIGVTALRM }, { "WINCH", SIGWINCH },
	{ "IO", SIGIO }, { "PWR", SIGPWR }, { "SYS", SIGSYS },
};

/* A number of at most max at *text, moved behind it; -1: none. */
static long take_number(const char **text, long max)
{
	unsigned long long n;

	return number_take(text, *text + strlen(*text),
		(unsigned long long)max, &n) == -1 ? -1 : (long)n;
}

static int take_signal(const char **text)
{
	const char *at = *text;
	size_t len;
	long n = take_number(text, SIGNAL_MAX);

	if (n != -1)
		return n == SIGKILL || n == SIGSTOP ? -1 : (int)n;
	if (strncasecmp(at, "SIG", 3) == 0)
		at += 3;
	len = strcspn(at, "@");
	for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strncasecmp(names[i].name, at, len) != 0 ||
			names[i].name[len] != '\0')
			continue;
		*text = at + len;
		return names[i].signal;
	}
	return -1;
}

int warnsig_parse(struct warnsig *w, const char *text, struct err *e)
{
	const char *at = text;

	*w = (struct warnsig){ .seconds = WARNSIG_SECONDS };
	if (text == NULL)
		return 0;
	w->signal = take_signal(&at);
	if (w->signal > 0 && *at == '@') {
		at++;
		w->seconds = take_number(&at, WARNSIG_SECONDS_MAX);
	}
	if (w->signal > 0 && w->seconds >= 0 && *at == '\0')
		return 0;
	w->signal = 0;
	return err_set(e, "'%.80s' is not a signal and seconds like USR2@120, or one that no process can handle",
		text);
}
