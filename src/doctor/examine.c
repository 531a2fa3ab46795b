/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All looks at once, each in a child of its own, until they have answered or it is
 * late: a home directory that hangs takes only those with it that touch it. One
 * that hangs in the kernel is not waited for.
 */
#include "doctor/examine.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/procsig.h"
#include "os/spawn.h"

/* The child of a look. */
struct looker {
	pid_t pid;	/* -1: none, or it was waited for */
	int fd;		/* -1: it has answered */
	int is_late;
};

static void begin_look(const struct patient *p, struct examined *x,
	struct looker *l)
{
	struct err e;
	int to;

	l->pid = spawn_reporter(&l->fd, &to, &e);
	if (l->pid == -1) {
		l->fd = -1;
		finding_set(&x->finding, VERDICT_UNKNOWN, "%s", e.text);
		return;
	}
	if (l->pid > 0)
		return;
	signal(SIGPIPE, SIG_IGN);
	x->check->look(p, &x->finding);
	_exit(write(to, &x->finding, sizeof x->finding) == -1);
}

static void end_look(struct examined *x, struct looker *l)
{
	struct finding f;
	ssize_t n;

	do
		n = read(l->fd, &f, sizeof f);
	while (n == -1 && errno == EINTR);
	if (n == sizeof f && (unsigned)f.verdict < VERDICTS) {
		f.text[sizeof f.text - 1] = '\0';
		x->finding = f;
	} else {
		finding_set(&x->finding, VERDICT_UNKNOWN, "the look has ended without an answer");
	}
	close(l->fd);
	l->fd = -1;
	waitpid(l->pid, NULL, 0);
	l->pid = -1;
}

static void give_up(struct looker *l)
{
	close(l->fd);
	l->fd = -1;
	l->is_late = 1;
	procsig_send(l->pid, SIGKILL);
	waitpid(l->pid, NULL, WNOHANG);
}

static void wait_for_looks(struct examined *x, struct looker *l, size_t n,
	long long until)
{
	struct pollfd p[CHECKS_MAX];
	size_t open = n;

	while (open > 0) {
		long long left = until - clock_ms();

		open = 0;
		for (size_t i = 0; i < n; i++) {
			p[i] = (struct pollfd){ .fd = l[i].fd, .events = POLLIN };
			open += l[i].fd != -1;
		}
		if (open == 0 || left <= 0)
			break;
		if (poll(p, n, (int)left) <= 0)
			continue;
		for (size_t i = 0; i < n; i++)
			if (p[i].fd != -1 && p[i].revents != 0)
				end_look(&x[i], &l[i]);
	}
	for (size_t i = 0; i < n; i++)
		if (l[i].fd != -1)
			give_up(&l[i]);
}

static int is_late(const struct examined *x, const struct looker *l, size_t n,
	const char *name)
{
	for (size_t i = 0; i < n && name != NULL; i++)
		if (strcmp(x[i].check->name, name) == 0)
			return l[i].is_late;
	return 0;
}

static void judge_late(struct examined *x, const struct looker *l, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct doctor_check *c = x[i].check;
		int excused = is_late(x, l, n, c->blame);

		if (l[i].is_late)
			finding_set(&x[i].finding, c->late_is_fault && !excused ?
				VERDICT_FAULT : VERDICT_UNKNOWN, "no answer within %d s%s%s",
				EXAMINE_MS / 1000, excused ? ", because of " : "",
				excused ? c->blame : "");
	}
}

size_t examine(const struct patient *p, struct examined *out)
{
	struct looker l[CHECKS_MAX];
	long long until = clock_ms() + EXAMINE_MS;
	size_t n = 0;

	for (const struct doctor_check *c = check_table; c->name && n < CHECKS_MAX; c++) {
		if ((c->places & (int)p->place) == 0 ||
			(c->of_cluster && !p->is_cluster))
			continue;
		out[n] = (struct examined){ .check = c, .place = p->place };
		l[n] = (struct looker){ .pid = -1, .fd = -1 };
		begin_look(p, &out[n], &l[n]);
		n++;
	}
	wait_for_looks(out, l, n, until);
	judge_late(out, l, n);
	return n;
}
