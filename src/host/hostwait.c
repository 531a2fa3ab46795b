/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A command that stops has us stop, by the same signal, so that the shell which has
 * started us takes its terminal back; its SIGCONT goes on to the command. In a group
 * of which nobody would see that we have stopped the kernel does not stop us, and
 * then the command goes on, too.
 */
#include "host/hostwait.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/vis.h"
#include "os/bridgesig.h"
#include "os/clock.h"
#include "os/fd.h"
#include "proto/bridgewire.h"

#define UNHEARD_MS 5000		/* that the agent may not read a signal */
#define LOOK_MS 200		/* between two looks whether it has */

struct hostwait {
	int conn;
	struct buf said;
	int runs;		/* the command, as the agent has said */
	int is_over;
	int status;
	int number;		/* of the first that is to end it, and is not heard */
	long long since;	/* by clock_ms(): it was passed on */
};

void hostwait_say(const char *line)
{
	char text[2 * BRIDGE_TEXT_MAX] = "vscode-remote-host: ";
	size_t n = strlen(text);

	n += vis_encode(text + n, sizeof text - n - 1, line, strlen(line));
	text[n++] = '\n';
	(void)!fd_write_all(2, text, n);
}

int hostwait_begin(struct err *e)
{
	struct sigaction now;
	sigset_t set;
	int fd;

	sigemptyset(&set);
	for (const struct bridgesig *s = bridgesigs; s->number != 0; s++)
		if (sigaction(s->number, NULL, &now) == 0 &&
			now.sa_handler != SIG_IGN)
			sigaddset(&set, s->number);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd != -1 ? fd : err_set(e, "signalfd: %s", strerror(errno));
}

static void pass_on(const struct hostwait *w, int number)
{
	unsigned char byte = (unsigned char)number;

	/* One that does not read them must not keep us from the end. */
	(void)!send(w->conn, &byte, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* As its default action has it, whatever was set. */
static void suffer(int number)
{
	sigset_t set;

	signal(number, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(number);
	if (bridgesig_find(number) != NULL)
		sigprocmask(SIG_BLOCK, &set, NULL);
}

/* What has us go on is passed on with the other signals. */
static void stop_with_it(const struct hostwait *w, int number)
{
	sigset_t pending;

	suffer(number);
	if (sigpending(&pending) == -1 || !sigismember(&pending, SIGCONT))
		pass_on(w, SIGCONT);
}

/* Without a core of our own. As process 1 of a container we would not die. */
static int die_with_it(int number)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	suffer(number);
	return 128 + number;
}

static void end_by(struct hostwait *w, int number)
{
	w->status = die_with_it(number);
	w->is_over = 1;
}

static int is_to_end(int number)
{
	return number == SIGINT || number == SIGTERM || number == SIGQUIT ||
		number == SIGHUP;
}

/* The agent ends a command whose caller has gone, also one that comes to run later. */
static void pass_signals(struct hostwait *w, int signals)
{
	struct signalfd_siginfo s;

	while (!w->is_over && read(signals, &s, sizeof s) == sizeof s) {
		const int number = (int)s.ssi_signo, ends = is_to_end(number);

		if (ends && !w->runs) {
			end_by(w, number);
			return;
		}
		pass_on(w, number);
		if (ends && w->number == 0) {
			w->number = number;
			w->since = clock_ms();
		}
	}
}

/* What it has read is the command's to obey; of a socket that is SIOCOUTQ. */
static void look_at_unheard(struct hostwait *w)
{
	int unread = 0;

	if (w->number == 0)
		return;
	if (ioctl(w->conn, TIOCOUTQ, &unread) == -1 || unread == 0)
		w->number = 0;
	else if (clock_ms() - w->since >= UNHEARD_MS)
		end_by(w, w->number);
}

static void take_reply(struct hostwait *w, const struct bridge_reply *r)
{
	switch (r->type) {
	case BRIDGE_RUNS:
		w->runs = 1;
		/* Whoever waits for their other ends waits for the command. */
		close(0);
		close(1);
		return;
	case BRIDGE_NOTE:
		hostwait_say(r->text);
		return;
	case BRIDGE_STOPPED:
		stop_with_it(w, (int)r->value);
		return;
	case BRIDGE_EXITED:
		w->status = (int)r->value;
		break;
	case BRIDGE_KILLED:
		w->status = die_with_it((int)r->value);
		break;
	case BRIDGE_REFUSED:
		hostwait_say(r->text);
		w->status = (int)r->value;
		break;
	}
	w->is_over = 1;
}

static int take_replies(struct hostwait *w, struct err *e)
{
	ssize_t n = read(w->conn, buf_reserve(&w->said, 4096), 4096);
	struct bridge_reply r;
	int len = 0;

	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (n <= 0)
		return err_set(e, "the session's agent has ended, and the command with it");
	buf_commit(&w->said, (size_t)n);
	while (!w->is_over && (len = bridge_reply_get(&r, buf_data(&w->said),
		w->said.len, e)) > 0) {
		buf_consume(&w->said, (size_t)len);
		take_reply(w, &r);
	}
	return w->is_over || len == 0 ? 0 : -1;
}

/* The agent ends a command whose caller has gone. */
static int time_is_over(struct hostwait *w, long timeout)
{
	char line[128];

	snprintf(line, sizeof line, "it has not ended within %ld seconds (--timeout), so it is ended",
		timeout);
	hostwait_say(line);
	w->status = HOSTWAIT_TIMEOUT;
	w->is_over = 1;
	return 0;
}

static int hostwait_turn(struct hostwait *w, int signals, int ms, struct err *e)
{
	struct pollfd p[2] = { { .fd = w->conn, .events = POLLIN },
		{ .fd = signals, .events = POLLIN } };

	look_at_unheard(w);
	if (w->is_over)
		return 0;
	if (w->number != 0 && (ms < 0 || ms > LOOK_MS))
		ms = LOOK_MS;
	if (poll(p, 2, ms) == -1)
		return errno == EINTR ? 0 : err_set(e, "poll: %s", strerror(errno));
	/* What the agent has said before the signal came tells whose it is. */
	if (p[1].revents != 0)
		(void)poll(p, 1, 0);
	if (p[0].revents != 0 && take_replies(w, e) == -1)
		return -1;
	if (p[1].revents != 0 && !w->is_over)
		pass_signals(w, signals);
	return 0;
}

int hostwait_end(int conn, int signals, long timeout, struct err *e)
{
	struct hostwait w = { .conn = conn };
	long long until = clock_ms() + timeout * 1000LL;
	int ret = 0;

	while (ret == 0 && !w.is_over) {
		long long left = timeout > 0 ? until - clock_ms() : -1;

		if (timeout > 0 && left <= 0)
			ret = time_is_over(&w, timeout);
		else
			ret = hostwait_turn(&w, signals, left > 60000 ? 60000 :
				(int)left, e);
	}
	buf_fini(&w.said);
	return ret == 0 ? w.status : -1;
}
