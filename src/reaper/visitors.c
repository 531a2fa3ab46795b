/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which sockets are a tree's is only known from all descriptors of all its
 * processes, which costs more than the rest of a pass together. So nobody looks
 * when the sockets' owners rule a visitor out, and the looking stops when one is
 * certain.
 */
#include "reaper/visitors.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/proc.h"
#include "os/procfile.h"
#include "os/sockdiag.h"
#include "reaper/procs.h"

#define FIRST_LOOK 256		/* so many processes; smaller trees are counted */

void visitors_init(struct visitors *v, unsigned first_user, struct err *e)
{
	v->first_user = first_user;
	v->blind = sockdiag_dump(&v->socks, e) == -1;
	conn_init(&v->conn, &v->socks);
}

void visitors_fini(struct visitors *v)
{
	conn_fini(&v->conn);
	sockdump_fini(&v->socks);
}

/* The server's sockets are among those that we can see. */
static int same_network(int pid)
{
	char ours[64], its[64];

	errno = 0;
	return proc_link(getpid(), "ns/net", ours, sizeof ours) != -1 &&
		proc_link(pid, "ns/net", its, sizeof its) != -1 &&
		strcmp(ours, its) == 0;
}

static void add_inode(struct sockets *in, uint32_t inode)
{
	if (inode == 0)
		return;
	if (in->n == in->room) {
		in->room = in->room ? 2 * in->room : 64;
		in->v = mem_realloc(in->v, in->room * sizeof *in->v);
	}
	in->v[in->n++] = inode;
}

/*
 * getdents64(2) by itself: opendir(3) would be a third of the cost of a pass
 * over thousands of processes with three descriptors each.
 */
static void add_sockets(struct sockets *in, int pid)
{
	char entries[4096] __attribute__((aligned(8))), text[64];
	long n;
	int fd;

	snprintf(text, sizeof text, "/proc/%d/fd", pid);
	fd = open(text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1) {
		in->unseen |= procs_is_hidden(pid);
		return;
	}
	do {
		n = syscall(SYS_getdents64, fd, entries, sizeof entries);
		in->unseen |= n == -1 && procs_is_hidden(pid);
		for (long at = 0; at < n;) {
			const struct dirent64 *d = (void *)(entries + at);
			ssize_t len = d->d_name[0] == '.' ? 0 :
				readlinkat(fd, d->d_name, text,
					sizeof text - 1);

			at += d->d_reclen;
			in->unseen |= len == -1 && errno != ENOENT;
			if (len <= 0)
				continue;
			text[len] = '\0';
			add_inode(in, procfile_socket(text));
		}
		/* much room was left: that was the end */
	} while (n > (long)sizeof entries / 2);
	close(fd);
}

static int by_number(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return a < b ? -1 : a > b;
}

void sockets_sort(struct sockets *in)
{
	if (in->n > 0)
		qsort(in->v, in->n, sizeof *in->v, by_number);
}

void sockets_fini(struct sockets *in)
{
	free(in->v);
	*in = (struct sockets){ 0 };
}

void sockets_add(struct sockets *in, const struct plan *plan,
	const struct plan_tree *t)
{
	for (size_t i = 0; i < t->n; i++)
		add_sockets(in, plan->proc[t->member[i]].pid);
}

/* Through the sshd of the user the client of Remote-SSH comes in. */
static void add_sshd(struct sockets *in, const struct plan *plan,
	unsigned uid)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct plan_proc *proc = &plan->proc[i];

		if (proc->uid == uid && proc->tree == PLAN_NONE &&
			plan_is_sshd(proc))
			add_sockets(in, proc->pid);
	}
	sockets_sort(in);
}

struct search {
	const struct visitors *v;
	const struct plan *plan;
	const struct plan_tree *t;
	struct sockets own, other;
	const struct sockets *leaving;
	size_t looked, next;	/* processes; when to ask again */
	size_t certain;
};

/* Is there a visitor for certain? Asked after 256 processes, 512, 1024... */
static int is_enough(struct search *s)
{
	struct conn_tree t = { .uid = s->plan->proc[s->t->root].uid,
		.first_user = s->v->first_user,
		.leaving = s->leaving->v, .nleaving = s->leaving->n };

	if (++s->looked < s->next || s->looked == s->t->n)
		return 0;
	if (s->next == FIRST_LOOK)
		add_sshd(&s->other, s->plan, t.uid);
	s->next *= 2;
	sockets_sort(&s->own);
	t.inode = s->own.v;
	t.n = s->own.n;
	t.other = s->other.v;
	t.others = s->other.n;
	s->certain = conn_count(&s->v->conn, &t);
	return s->certain > 0;
}

/* The server's own processes first: terminals have no sockets of interest. */
static int search(struct search *s)
{
	for (int servers = 1; servers >= 0; servers--) {
		for (size_t i = 0; i < s->t->n; i++) {
			const struct plan_proc *proc =
				&s->plan->proc[s->t->member[i]];

			if ((proc->kind != -1) != servers)
				continue;
			add_sockets(&s->own, proc->pid);
			if (is_enough(s))
				return 1;
		}
	}
	return 0;
}

size_t visitors_count(const struct visitors *v, const struct plan *plan,
	const struct plan_tree *t, const struct sockets *leaving,
	int *unseen)
{
	static const struct sockets none;
	const struct plan_proc *root = &plan->proc[t->root];
	struct search s = { v, plan, t, .next = FIRST_LOOK,
		.leaving = leaving ? leaving : &none };
	size_t n = 0;

	*unseen = v->blind ||
		(!same_network(root->pid) && procs_is_hidden(root->pid));
	if (v->blind || !conn_possible(&v->conn, root->uid))
		return 0;
	if (search(&s)) {
		n = s.certain;
	} else {
		sockets_sort(&s.own);
		n = conn_count(&v->conn, &(struct conn_tree){
			.uid = root->uid, .first_user = v->first_user,
			.inode = s.own.v, .n = s.own.n,
			.whole = 1, .leaving = s.leaving->v,
			.nleaving = s.leaving->n });
	}
	*unseen |= s.own.unseen;
	sockets_fini(&s.own);
	sockets_fini(&s.other);
	return n;
}

uint32_t *visitors_left(const struct visitors *v,
	const struct sockets *leaving, size_t *n, int *anybody)
{
	uint32_t *uids = mem_alloc((v->socks.ntcp + v->socks.nlocal + 1) *
		sizeof *uids);

	*n = conn_left(&v->conn, leaving->v, leaving->n, uids, anybody);
	return uids;
}
