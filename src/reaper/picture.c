/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /proc, read so that whatever vanishes in between is simply not there. Cheap
 * for those who are in no tree: two system calls and a file for each.
 */
#include "reaper/picture.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "os/proc.h"
#include "os/sockdiag.h"
#include "pure/mem.h"
#include "pure/procfile.h"
#include "pure/reapconn.h"
#include "reaper/who.h"

#define KTHREADD 2
#define STATUS_MAX 4096
#define CMDLINE_MAX 8192
#define ENVIRON_MAX (256 << 10)

/*
 * The real uid. The directory has the effective one, or root's when the process
 * may not be looked at (ssh-agent), and there is no cheaper way to know.
 */
static int real_uid(int procfd, const char *name, const struct procstat *st,
	unsigned *uid)
{
	struct stat dir;
	char text[STATUS_MAX];
	ssize_t n;

	if (fstatat(procfd, name, &dir, 0) == -1)
		return -1;
	*uid = dir.st_uid;
	if (dir.st_uid != 0 || st->ppid == KTHREADD || st->pid == KTHREADD)
		return 0;
	n = proc_file(st->pid, "status", text, sizeof text);
	return n == -1 ? -1 : procfile_uid(text, (size_t)n, uid);
}

static char *link_of(int pid, const char *name)
{
	char path[PATH_MAX];

	return proc_link(pid, name, path, sizeof path) == -1 ? NULL :
		mem_strdup(path);
}

/* The script of an interpreter as an absolute path, or NULL. */
static char *script_of(int pid)
{
	char cmdline[CMDLINE_MAX], word[PATH_MAX], *cwd, *path;
	ssize_t n = proc_file(pid, "cmdline", cmdline, sizeof cmdline);

	if (n <= 0 || procfile_script(cmdline, (size_t)n, word,
			sizeof word) == NULL)
		return NULL;
	if (word[0] == '/')
		return mem_strdup(word);
	cwd = link_of(pid, "cwd");
	path = cwd ? mem_printf("%s/%s", cwd, word) : NULL;
	free(cwd);
	return path;
}

static int is_exempt(const struct opt_list *globs, const char *exe)
{
	const char *slash = strrchr(exe, '/');

	for (size_t i = 0; i < globs->n; i++)
		if (fnmatch(globs->word[i], exe, 0) == 0 ||
			(slash && fnmatch(globs->word[i], slash + 1, 0) == 0))
			return 1;
	return 0;
}

/* Only those who can be in a tree, and sshd, are worth more than a look. */
static void look_closer(struct reapplan_proc *proc, const struct options *o,
	const struct reapkind *kinds, uid_t self)
{
	int ssh = strncmp(proc->name, "sshd", 4) == 0 ||
		strcmp(proc->name, "dropbear") == 0;

	if (!ssh && (self == 0 ? proc->uid < (unsigned)o->min_uid :
			proc->uid != self))
		return;
	proc->exe = link_of(proc->pid, "exe");
	if (proc->exe == NULL)
		return;
	if (reapkind_is_interpreter(proc->exe) &&
		reapkind_path(kinds, proc->exe) == -1)
		proc->script = script_of(proc->pid);
	proc->exempt = is_exempt(&o->exempt, proc->exe);
}

static void add(struct picture *p, int procfd, const char *name,
	const struct options *o, const struct reapkind *kinds)
{
	static long page;
	struct reapplan_proc *proc;
	struct procstat st;
	struct procuse use;
	unsigned uid;

	if (page == 0)
		page = sysconf(_SC_PAGESIZE);
	if (proc_stat_use(atoi(name), &st, &use) == -1 ||
		real_uid(procfd, name, &st, &uid) == -1)
		return;
	if (p->n == p->room) {
		p->room = p->room ? 2 * p->room : 256;
		p->proc = mem_realloc(p->proc, p->room * sizeof *p->proc);
	}
	proc = &p->proc[p->n++];
	*proc = (struct reapplan_proc){
		.pid = st.pid,
		.ppid = st.ppid,
		.session = st.session,
		.tty = use.tty,
		.uid = uid,
		.state = st.state,
		.start = st.starttime,
		.cpu = use.cpu,
		.rss = use.pages * (unsigned long long)page,
	};
	memcpy(proc->name, use.name, sizeof proc->name);
	look_closer(proc, o, kinds, p->self);
}

static void read_all(struct picture *p, const struct options *o,
	const struct reapkind *kinds)
{
	DIR *dir = opendir("/proc");
	struct dirent *d;
	struct timespec now;

	*p = (struct picture){ .self = geteuid() };
	while (dir != NULL && (d = readdir(dir)) != NULL) {
		if (isdigit((unsigned char)d->d_name[0]))
			add(p, dirfd(dir), d->d_name, o, kinds);
	}
	if (dir != NULL)
		closedir(dir);
	/* after all of them, so that nobody is of the future */
	clock_gettime(CLOCK_BOOTTIME, &now);
	p->now = (double)now.tv_sec + (double)now.tv_nsec / 1e9;
	p->hz = (double)sysconf(_SC_CLK_TCK);
}

/* A part of a session of vscode-remote-shell says so in its environment. */
static int read_environ(struct reapplan_proc *proc)
{
	static char text[ENVIRON_MAX];
	ssize_t n = proc_file(proc->pid, "environ", text, sizeof text);
	const char *value;
	size_t len;

	if (n == -1)
		return 0;
	for (size_t i = 0; i < REAPPLAN_MARKS; i++) {
		value = procfile_env(text, (size_t)n, reapplan_mark_names[i],
			&len);
		proc->mark[i] = value && len > 0 ?
			reapplan_mark(value, len) : 0;
	}
	return procfile_env(text, (size_t)n, "VSCODE_REMOTE_SHELL_SESSION",
		&len) != NULL;
}

/*
 * Strays are few, so their environments are read first, and those of the
 * members only when there is something to compare them with.
 */
static void join_strays(struct picture *p)
{
	struct reapplan *plan = &p->plan;
	int found = 0;

	for (size_t i = 0; plan->trees > 0 && i < p->n; i++) {
		if (!reapplan_is_stray(plan, i))
			continue;
		if (read_environ(&p->proc[i]))
			p->proc[i].exempt = 1;
		else
			found = 1;
	}
	if (!found)
		return;
	for (size_t i = 0; i < p->n; i++)
		if (p->proc[i].tree != REAPPLAN_NONE)
			read_environ(&p->proc[i]);
	reapplan_join(plan);
}

int picture_in_slurm(int pid)
{
	char text[STATUS_MAX];
	ssize_t n = proc_file(pid, "cgroup", text, sizeof text);

	return n > 0 && procfile_in_slurm(text, (size_t)n);
}

struct inodes {
	uint32_t *v;
	size_t n, room;
	int unseen;
};

/* The server's sockets are among those that we can see. */
static int same_network(int pid)
{
	char ours[64], its[64];

	errno = 0;
	return proc_link(getpid(), "ns/net", ours, sizeof ours) != -1 &&
		proc_link(pid, "ns/net", its, sizeof its) != -1 &&
		strcmp(ours, its) == 0;
}

/* 0, or 1 when it cannot be looked at though it is there. */
static int is_hidden(int pid)
{
	struct procstat st;

	return errno != ENOENT && errno != ESRCH &&
		proc_stat(pid, &st) == 0 && st.state != 'Z';
}

static void add_inode(struct inodes *in, uint32_t inode)
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
static void add_sockets(struct inodes *in, int pid)
{
	char entries[4096] __attribute__((aligned(8))), text[64];
	long n;
	int fd;

	snprintf(text, sizeof text, "/proc/%d/fd", pid);
	fd = open(text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1) {
		in->unseen |= is_hidden(pid);
		return;
	}
	do {
		n = syscall(SYS_getdents64, fd, entries, sizeof entries);
		for (long at = 0; at < n;) {
			const struct dirent64 *d = (void *)(entries + at);
			ssize_t len = d->d_name[0] == '.' ? 0 :
				readlinkat(fd, d->d_name, text,
					sizeof text - 1);

			at += d->d_reclen;
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

static int count_connections(const struct picture *p,
	const struct reapplan_tree *t, const struct sockdump *socks,
	size_t *count)
{
	struct inodes in = { 0 };

	int root = p->proc[t->root].pid;

	if (!same_network(root))
		in.unseen = is_hidden(root);
	/* mostly nobody has anything, which the sockets' owners tell */
	for (size_t i = 0; i < t->n && reapconn_possible(socks,
			p->proc[t->root].uid); i++)
		add_sockets(&in, p->proc[t->member[i]].pid);
	if (in.n > 0)
		qsort(in.v, in.n, sizeof *in.v, by_number);
	*count = reapconn_count(socks, in.v, in.n);
	free(in.v);
	return in.unseen ? -1 : 0;
}

long picture_connections(const struct picture *p,
	const struct reapplan_tree *t)
{
	struct sockdump socks;
	size_t n;
	int rc;

	if (sockdiag_dump(&socks, NULL) == -1)
		return -1;
	reapconn_sort(&socks);
	rc = count_connections(p, t, &socks, &n);
	sockdump_fini(&socks);
	return rc == -1 && n == 0 ? -1 : (long)n;
}

/* An agent is above, among, or had a share in the environment. */
static int is_ours(struct picture *p, const struct reapplan_tree *t)
{
	size_t up = p->proc[t->root].parent;

	for (size_t steps = 0; up != REAPPLAN_NONE && steps <= p->n;
		steps++, up = p->proc[up].parent)
		if (reapplan_is_ours(&p->proc[up]))
			return 1;
	for (size_t i = 0; i < t->n; i++)
		if (reapplan_is_ours(&p->proc[t->member[i]]))
			return 1;
	return read_environ(&p->proc[t->root]);
}

static void look_at_tree(struct picture *p, struct reapplan_tree *t,
	const struct options *o, const struct reapstate *before)
{
	const struct reapplan_proc *root = &p->proc[t->root];
	const struct reapstate_row *row = before ? reapstate_find(before,
		root->pid, root->start) : NULL;

	t->age = (long)(p->now - (double)root->start / p->hz);
	t->unwanted = !who_is_wanted(o, root->uid) ||
		(geteuid() != 0 && root->uid != geteuid());
	t->ours = is_ours(p, t);
	/* Children are where their parents are; kill.c asks for each, still. */
	t->slurm = picture_in_slurm(root->pid);
	for (size_t i = 0; i < t->n && !t->slurm; i++)
		t->slurm = p->proc[t->member[i]].joined &&
			picture_in_slurm(p->proc[t->member[i]].pid);
	t->unseen = p->blind || count_connections(p, t, &p->socks,
		&t->connections) == -1;
	if (row != NULL && t->connections == 0)
		t->idle = (long)p->now - row->connected;
	if (row != NULL && p->now - (double)row->at >= 1 &&
		t->cpu >= row->cpu)
		t->cpu_percent = 100 * (double)(t->cpu - row->cpu) / p->hz /
			(p->now - (double)row->at);
}

void picture_take(struct picture *p, const struct options *o,
	const struct reapkind *kinds, const struct reapstate *before,
	struct err *e)
{
	struct reapplan_policy policy = {
		.min_uid = geteuid() == 0 ? (unsigned)o->min_uid : 0,
		.orphaned = o->orphaned == ORPHANED_YES,
		.age = o->age,
		.idle = o->idle,
		.cpu_below = o->cpu_below > 0 ? o->cpu_below : -1,
		.rss_above = (unsigned long long)o->rss_above << 20,
	};

	read_all(p, o, kinds);
	reapplan_make(&p->plan, p->proc, p->n, kinds);
	join_strays(p);
	/* After the processes: a client who comes in between is seen. */
	if (p->plan.trees > 0)
		p->blind = sockdiag_dump(&p->socks, e) == -1;
	reapconn_sort(&p->socks);
	for (size_t i = 0; i < p->plan.trees; i++) {
		struct reapplan_tree *t = &p->plan.tree[i];

		look_at_tree(p, t, o, before);
		t->verdict = reapplan_judge(&p->plan, t, &policy);
	}
}

void picture_glance(struct picture *p, const struct options *o,
	const struct reapkind *kinds, const struct reapvictims *heirs)
{
	read_all(p, o, kinds);
	reapplan_make(&p->plan, p->proc, p->n, kinds);
	for (size_t i = 0; i < p->n; i++) {
		struct reapplan_proc *proc = &p->proc[i];
		size_t v;

		if (!reapplan_is_lost(proc, proc->parent == REAPPLAN_NONE ?
				NULL : &p->proc[proc->parent]))
			continue;
		for (v = 0; v < heirs->n && heirs->v[v].uid != proc->uid; v++)
			;
		if (v < heirs->n && read_environ(proc))
			proc->exempt = 1;
	}
}

void picture_free(struct picture *p)
{
	reapplan_free(&p->plan);
	for (size_t i = 0; i < p->n; i++) {
		free(p->proc[i].exe);
		free(p->proc[i].script);
	}
	free(p->proc);
	sockdump_fini(&p->socks);
	*p = (struct picture){ 0 };
}

const struct reapplan_tree *picture_tree(const struct picture *p, int pid,
	unsigned long long start)
{
	size_t i = reapplan_find(&p->plan, pid);

	if (i == REAPPLAN_NONE || p->proc[i].start != start ||
		p->proc[i].tree == REAPPLAN_NONE ||
		p->plan.tree[p->proc[i].tree].root != i)
		return NULL;
	return &p->plan.tree[p->proc[i].tree];
}

/* Who is seen for the first time counts as connected until now. */
void picture_remember(const struct picture *p,
	const struct reapstate *before, struct reapstate *after)
{
	for (size_t i = 0; i < p->plan.trees; i++) {
		const struct reapplan_tree *t = &p->plan.tree[i];
		const struct reapplan_proc *root = &p->proc[t->root];
		const struct reapstate_row *row = reapstate_find(before,
			root->pid, root->start);
		struct reapstate_row now = { root->pid, root->start,
			(long)p->now, t->cpu, (long)p->now };

		if (row != NULL && t->connections == 0 && !t->unseen)
			now.connected = row->connected;
		reapstate_add(after, &now);
	}
}
