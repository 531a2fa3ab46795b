/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How trees are ended. A pid is signalled only while its start time is that of
 * the plan, and only after a new look has found it still unused and outside of
 * jobs; nobody whom this file has stopped is left stopped.
 */
#include "reaper/kill.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/pidfd.h"
#include "os/proc.h"
#include "reaper/reaper_report.h"

#define STOP_ROUNDS 64		/* each stops all that could start more */
#define KILL_ROUNDS 4
#define KILL_SECONDS 5		/* from SIGKILL to the end */
#define STOP_SECONDS 1		/* from SIGSTOP to standing still, a round */
#define STOP_MS 2		/* how often we look for that */
#define END_MS 20

struct killing {
	const struct reaper_options *o;
	const struct kind *kinds;
	struct victims *all;
	struct sockets leaving;		/* of the trees that are seized */
};

/* Why it may not be signalled, an errno; what was found before counts no more. */
static int objection(const struct victim *v)
{
	unsigned uid;

	if (procs_uid(v->pid, &uid) == -1)
		return 0;	/* gone, which the signal will find out */
	if (uid != v->uid)
		return EUSERS;
	return procs_in_slurm(v->pid) ? EBUSY : 0;
}

static void send(struct victim *v, int sig)
{
	int fd, error;

	if (v->gone)
		return;
	fd = pidfd_open_exact(v->pid, v->start);
	if (fd == -1) {
		v->gone = errno == ESRCH;
		v->error = v->gone ? 0 : errno;
		return;
	}
	/*
	 * a process that we have stopped is let go on even if it may not be
	 * signalled any more
	 */
	error = sig == SIGCONT ? 0 : objection(v);
	if (error == 0 && pidfd_signal(fd, sig) == -1 && errno != ESRCH)
		error = errno;
	if (sig != SIGCONT)
		v->error = error;
	close(fd);
}

static void send_all(struct victims *all, size_t from, int sig)
{
	for (size_t i = all->n; i-- > from;)
		send(&all->v[i], sig);
}

/*
 * How many live that a signal can reach, from that victim on and in another
 * state than that one.
 */
static size_t count_live(struct victims *all, size_t from, char except)
{
	size_t n = 0;

	for (size_t i = from; i < all->n; i++) {
		struct victim *v = &all->v[i];
		struct procstat st;
		struct procuse use;

		if (v->gone)
			continue;
		/* other threads may outlive the first */
		if (proc_stat_use(v->pid, &st, &use) == -1)
			v->gone = errno == ENOENT || errno == ESRCH;
		else
			v->gone = st.starttime != v->start ||
				(st.state == 'Z' && use.threads <= 1);
		if (v->gone)
			v->error = 0;
		else if (v->error == 0 && st.state != except)
			n++;
	}
	return n;
}

static size_t wait_for_end(struct victims *all, long long until)
{
	size_t n;

	while ((n = count_live(all, 0, 0)) > 0 && clock_ms() < until)
		clock_pause(END_MS);
	return n;
}

/* Look for what the victims have started; their number. */
static size_t find_heirs(struct killing *k)
{
	struct picture p;
	size_t n;

	picture_glance(&p, k->o, k->kinds, k->all);
	n = victims_heirs(k->all, &p.plan);
	picture_free(&p);
	if (n > 0)
		reaper_report_log(2, "Found %zu process(es) that were started meanwhile",
			n);
	return n;
}

/*
 * Hold back (SIG_BLOCK) or let in the signals that would end the reaper: ended
 * between SIGSTOP and SIGCONT or SIGKILL, it would leave processes stopped for
 * ever.
 */
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
 * Stop everybody from that victim on, until a look finds nobody who is not
 * stopped. A process that forks faster than we read /proc would otherwise
 * always have a child that we have not seen; and a child whose parent is killed
 * first loses the link by which it is known as the victim's.
 */
static void freeze(struct killing *k, size_t from)
{
	for (int i = 0; i < STOP_ROUNDS; i++) {
		long long until = clock_ms() + STOP_SECONDS * 1000;

		send_all(k->all, from, SIGSTOP);
		/* a fork(2) that has begun may still come to its end */
		while (count_live(k->all, from, 'T') > 0 && clock_ms() < until)
			clock_pause(STOP_MS);
		from = k->all->n;
		if (find_heirs(k) == 0)
			break;
	}
}

/*
 * SIGTERM for all, and for whatever they start because of it, while the grace
 * lasts. Whether all are gone.
 */
static int terminate(struct killing *k)
{
	long long until = clock_ms() + k->o->grace * 1000LL;

	send_all(k->all, 0, SIGTERM);
	send_all(k->all, 0, SIGCONT);
	hold_signals(SIG_UNBLOCK);
	while (wait_for_end(k->all, until) == 0) {
		size_t from = k->all->n;	/* these have had theirs */

		if (find_heirs(k) == 0)
			return 1;
		if (clock_ms() >= until)
			break;
		send_all(k->all, from, SIGTERM);
	}
	return 0;
}

/*
 * Stop and SIGKILL whoever is left after the grace, with what was started
 * meanwhile.
 */
static void kill_finish(struct killing *k)
{
	hold_signals(SIG_BLOCK);
	for (int round = 0; round < KILL_ROUNDS; round++) {
		freeze(k, 0);
		send_all(k->all, 0, SIGKILL);
		wait_for_end(k->all, clock_ms() + KILL_SECONDS * 1000);
		if (find_heirs(k) == 0)
			break;
	}
}

/*
 * Whether the tree's verdict is still to end it: its user may have come back,
 * or another user or a job be involved, since the plan was made.
 */
static int still(const struct killing *k, const struct picture *again,
	const struct plan_tree *t, enum plan_verdict *verdict)
{
	struct visitors v;
	int unseen;

	*verdict = t->verdict;
	if (t->verdict != PLAN_END || k->o->orphaned != ORPHANED_YES)
		return t->verdict == PLAN_END;
	visitors_init(&v, (unsigned)k->o->min_uid, NULL);
	if (visitors_count(&v, &again->plan, t, &k->leaving, &unseen) > 0)
		*verdict = PLAN_CONNECTED;
	else if (unseen)
		*verdict = PLAN_UNSEEN;
	visitors_fini(&v);
	return *verdict == PLAN_END;
}

/*
 * Stop a tree at once, while it is as it was seen, unless there is now a reason
 * to spare it, which becomes its verdict. 1 if it is seized.
 */
static int seize(struct killing *k, struct picture *p, size_t tree,
	struct picture *again)
{
	struct plan_tree *t = &p->plan.tree[tree];
	const struct plan_proc *root = &p->plan.proc[t->root];
	const struct plan_tree *same = picture_tree(again, root->pid,
		root->start);
	size_t from = k->all->n;

	if (same == NULL) {
		reaper_report_log(1, "pid %d is gone already", root->pid);
		return 0;
	}
	if (!still(k, again, same, &t->verdict))
		return 0;
	for (size_t i = 0; i < same->n; i++)
		procs_environ(&again->procs.v[same->member[i]]);
	victims_add(k->all, &again->plan, same, tree);
	send_all(k->all, from, SIGSTOP);
	sockets_add(&k->leaving, &again->plan, same);
	sockets_sort(&k->leaving);
	return 1;
}

/*
 * Trees that have visitors from other trees of this pass are seized after
 * those: should the visitor be spared at the last moment, whom it is connected
 * to must still be alive, to be spared as well.
 */
static void seize_each(struct killing *k, struct picture *p,
	struct picture *again)
{
	enum { NOT_WANTED, OPEN, SETTLED };
	unsigned char *state = mem_alloc(p->plan.trees + 1);
	size_t seized;

	for (size_t i = 0; i < p->plan.trees; i++)
		state[i] = p->plan.tree[i].verdict == PLAN_END ? OPEN :
			NOT_WANTED;
	do {
		seized = 0;
		for (size_t i = 0; i < p->plan.trees; i++) {
			const struct plan_tree *t = &p->plan.tree[i];

			if (state[i] != OPEN)
				continue;
			seized += seize(k, p, i, again) == 1;
			if (t->verdict != PLAN_CONNECTED)
				state[i] = SETTLED;
		}
	} while (seized > 0);
	for (size_t i = 0; i < p->plan.trees; i++) {
		const struct plan_tree *t = &p->plan.tree[i];

		if (state[i] != NOT_WANTED && t->verdict != PLAN_END)
			reaper_report_log(1, "pid %d spared at the last moment: %s",
				p->plan.proc[t->root].pid,
				plan_words[t->verdict]);
	}
	free(state);
}

static void seize_all(struct killing *k, struct picture *p,
	const struct state *before)
{
	struct picture again;
	size_t n = 0;

	for (size_t i = 0; i < p->plan.trees; i++)
		n += p->plan.tree[i].verdict == PLAN_END;
	if (n == 0)
		return;
	picture_take(&again, k->o, k->kinds, before, NULL);
	seize_each(k, p, &again);
	picture_free(&again);
	if (k->all->n > 0)
		freeze(k, 0);
}

void kill_trees(struct picture *p, const struct reaper_options *o,
	const struct kind *kinds, const struct state *before,
	struct victims *all)
{
	struct killing k = { o, kinds, all, { 0 } };

	/* the terminal of who runs this may be one of theirs */
	signal(SIGHUP, SIG_IGN);
	hold_signals(SIG_BLOCK);
	seize_all(&k, p, before);
	if (all->n > 0 && (o->grace == 0 || !terminate(&k)))
		kill_finish(&k);
	hold_signals(SIG_UNBLOCK);
	sockets_fini(&k.leaving);
	count_live(all, 0, 0);
	for (size_t i = 0; i < all->n; i++)
		if (!all->v[i].gone && all->v[i].error == 0)
			all->v[i].error = ETIMEDOUT;
}
