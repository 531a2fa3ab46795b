/* SPDX-License-Identifier: BSD-2-Clause */
#include "reaper/kill.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "os/pidfd.h"
#include "os/proc.h"
#include "reaper/report.h"

#define STOP_ROUNDS 64		/* each stops all that could start more */
#define KILL_ROUNDS 4
#define KILL_SECONDS 5		/* from SIGKILL to the end */
#define POLL_NS 20000000

struct killing {
	const struct options *o;
	const struct reapkind *kinds;
	struct reapvictims *all;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Why it may not be signalled, an errno; what was found before counts no more. */
static int objection(const struct reapvictim *v)
{
	unsigned uid;

	if (procs_uid(v->pid, &uid) == -1)
		return 0;	/* gone, which the signal will find out */
	if (uid != v->uid)
		return EUSERS;
	return procs_in_slurm(v->pid) ? EBUSY : 0;
}

static void send(struct reapvictim *v, int sig)
{
	int fd;

	if (v->gone)
		return;
	fd = pidfd_open_exact(v->pid, v->start);
	if (fd == -1) {
		v->gone = errno == ESRCH;
		v->error = v->gone ? 0 : errno;
		return;
	}
	v->error = objection(v);
	if (v->error == 0 && pidfd_signal(fd, sig) == -1 && errno != ESRCH)
		v->error = errno;
	close(fd);
}

static void send_all(struct reapvictims *all, size_t from, int sig)
{
	for (size_t i = all->n; i-- > from;)
		send(&all->v[i], sig);
}

/* How many live that a signal can reach. */
static size_t count_live(struct reapvictims *all)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++) {
		struct reapvictim *v = &all->v[i];
		struct procstat st;

		if (v->gone)
			continue;
		if (proc_stat(v->pid, &st) == -1)
			v->gone = errno == ENOENT || errno == ESRCH;
		else
			v->gone = st.starttime != v->start || st.state == 'Z';
		if (v->gone)
			v->error = 0;
		else if (v->error == 0)
			n++;
	}
	return n;
}

static size_t wait_for_end(struct reapvictims *all, double until)
{
	const struct timespec pause = { .tv_nsec = POLL_NS };
	size_t n;

	while ((n = count_live(all)) > 0 && now() < until)
		nanosleep(&pause, NULL);
	return n;
}

/* Look for what the victims have started; their number. */
static size_t find_heirs(struct killing *k)
{
	struct picture p;
	size_t n;

	picture_glance(&p, k->o, k->kinds, k->all);
	n = reapvictims_heirs(k->all, &p.plan);
	picture_free(&p);
	if (n > 0)
		report_log(2, "Found %zu process(es) that were started "
			"meanwhile", n);
	return n;
}

/*
 * Polite: SIGTERM, and again for those who were born of it, while the grace
 * lasts. Are all gone?
 */
static int terminate(struct killing *k)
{
	double until = now() + (double)k->o->grace;

	while (wait_for_end(k->all, until) == 0) {
		size_t from = k->all->n;	/* these have had theirs */

		if (find_heirs(k) == 0)
			return 1;
		if (now() >= until)
			break;
		send_all(k->all, from, SIGTERM);
	}
	return 0;
}

/* Nobody is to be left stopped, so it is not to be interrupted. */
static void hold_signals(int how)
{
	static const int held[] = { SIGINT, SIGTERM, SIGQUIT, SIGTSTP };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof held / sizeof *held; i++)
		sigaddset(&set, held[i]);
	sigprocmask(how, &set, NULL);
}

/*
 * For good. Whoever forks faster than we read /proc would always be ahead, so
 * stop everybody first, until nobody is found who is not stopped.
 */
static void finish(struct killing *k)
{
	hold_signals(SIG_BLOCK);
	for (int round = 0; round < KILL_ROUNDS; round++) {
		size_t from = 0;

		for (int i = 0; i < STOP_ROUNDS; i++) {
			send_all(k->all, from, SIGSTOP);
			from = k->all->n;
			if (find_heirs(k) == 0)
				break;
		}
		send_all(k->all, 0, SIGKILL);
		wait_for_end(k->all, now() + KILL_SECONDS);
		if (find_heirs(k) == 0)
			break;
	}
	hold_signals(SIG_UNBLOCK);
}

/* Nobody came back between the plan and now? */
static int still(const struct picture *again, const struct reapplan_tree *t,
	const struct options *o, enum reapplan_verdict *verdict)
{
	struct visitors v;
	int unseen;

	*verdict = t->verdict;
	if (t->verdict != REAPPLAN_END || o->orphaned != ORPHANED_YES)
		return t->verdict == REAPPLAN_END;
	visitors_init(&v, NULL);
	if (visitors_count(&v, &again->plan, t, &unseen) > 0)
		*verdict = REAPPLAN_CONNECTED;
	else if (unseen)
		*verdict = REAPPLAN_UNSEEN;
	visitors_fini(&v);
	return *verdict == REAPPLAN_END;
}

void kill_trees(struct picture *p, const struct options *o,
	const struct reapkind *kinds, const struct reapstate *before,
	struct reapvictims *all)
{
	struct killing k = { o, kinds, all };
	struct picture again;

	/* the terminal of who runs this may be one of theirs */
	signal(SIGHUP, SIG_IGN);
	picture_take(&again, o, kinds, before, NULL);
	for (size_t i = 0; i < p->plan.trees; i++) {
		struct reapplan_tree *t = &p->plan.tree[i];
		const struct reapplan_proc *root = &p->plan.proc[t->root];
		const struct reapplan_tree *same;
		size_t from = all->n;

		if (t->verdict != REAPPLAN_END)
			continue;
		same = picture_tree(&again, root->pid, root->start);
		if (same == NULL) {
			report_log(1, "pid %d is gone already", root->pid);
			continue;
		}
		if (!still(&again, same, o, &t->verdict)) {
			report_log(1, "pid %d spared at the last moment: %s",
				root->pid, reapplan_words[t->verdict]);
			continue;
		}
		reapvictims_add(all, &again.plan, same, i);
		/* at once, while it is as it was seen */
		if (o->grace > 0)
			send_all(all, from, SIGTERM);
	}
	picture_free(&again);
	if (all->n == 0)
		return;
	if (o->grace == 0 || !terminate(&k))
		finish(&k);
	count_live(all);
	for (size_t i = 0; i < all->n; i++)
		if (!all->v[i].gone && all->v[i].error == 0)
			all->v[i].error = ETIMEDOUT;
}
