/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "reaper/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "reaper/claim.h"

#define JOIN_ROUNDS 8	/* a stray of a stray of a ...; a bound, not a need */

const char *const plan_words[PLAN_VERDICTS] = {
	[PLAN_END] = "to be ended",
	[PLAN_SLURM] = "inside a Slurm job",
	[PLAN_OURS] = "a session of vscode-remote-shell",
	[PLAN_SYSTEM] = "below the minimum uid",
	[PLAN_USER] = "user not selected",
	[PLAN_EXEMPT] = "exempt",
	[PLAN_UNSEEN] = "its connections or parents cannot be seen",
	[PLAN_SSH] = "below a live sshd",
	[PLAN_CONNECTED] = "connected",
	[PLAN_YOUNG] = "too young",
	[PLAN_RECENT] = "was connected not long ago",
	[PLAN_BUSY] = "not known to be idle",
	[PLAN_SMALL] = "uses little memory",
};

const char *const plan_keys[PLAN_VERDICTS] = {
	[PLAN_END] = "end",
	[PLAN_SLURM] = "slurm",
	[PLAN_OURS] = "session",
	[PLAN_SYSTEM] = "system",
	[PLAN_USER] = "user",
	[PLAN_EXEMPT] = "exempt",
	[PLAN_UNSEEN] = "unseen",
	[PLAN_SSH] = "ssh",
	[PLAN_CONNECTED] = "connected",
	[PLAN_YOUNG] = "young",
	[PLAN_RECENT] = "recent",
	[PLAN_BUSY] = "busy",
	[PLAN_SMALL] = "small",
};

const char *const plan_mark_names[PLAN_MARKS] = {
	"VSCODE_IPC_HOOK_CLI", "VSCODE_GIT_IPC_HANDLE",
};

/* FNV-1a; never 0. */
uint64_t plan_mark(const char *value, size_t len)
{
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)value[i]) * 0x100000001b3;
	return h ? h : 1;
}

static int by_pid(const void *left, const void *right)
{
	const struct plan_proc *a = left, *b = right;

	return (a->pid > b->pid) - (a->pid < b->pid);
}

size_t plan_find(const struct plan *p, int pid)
{
	struct plan_proc key = { .pid = pid };
	struct plan_proc *found = p->n == 0 ? NULL :
		bsearch(&key, p->proc, p->n, sizeof key, by_pid);

	return found ? (size_t)(found - p->proc) : PLAN_NONE;
}

/*
 * A parent that is younger than its child has the pid of one that died while
 * the picture was taken.
 */
static size_t find_parent(const struct plan *p, size_t i)
{
	size_t parent = plan_find(p, p->proc[i].ppid);

	if (parent == PLAN_NONE || parent == i ||
		p->proc[parent].start > p->proc[i].start)
		return PLAN_NONE;
	return parent;
}

/* The parent, when it may be in the same tree. */
static size_t above(const struct plan *p, size_t i)
{
	size_t up = p->proc[i].parent;

	return up != PLAN_NONE && p->proc[up].uid == p->proc[i].uid ? up :
		PLAN_NONE;
}

/*
 * For each process the topmost of a kind, or joined, from itself upwards, and
 * whether it is the root of its tree or a member. An exempt one is in the way of
 * all below it; an exempt root has its tree, which is spared as a whole.
 */
struct root {
	size_t at;
	unsigned char state;
};

enum { NEW, ON_THE_WAY, IN_A_TREE, IN_NONE };

static void plan_settle(const struct plan *p, struct root *root, size_t i)
{
	const struct plan_proc *proc = &p->proc[i];
	size_t up = above(p, i);
	struct root *own = &root[i];

	if (up != PLAN_NONE && root[up].at != PLAN_NONE) {
		own->at = root[up].at;
		own->state = proc->exempt ? IN_NONE : root[up].state;
	} else {
		own->at = proc->kind != -1 || proc->joined ? i : PLAN_NONE;
		own->state = own->at == i ? IN_A_TREE : IN_NONE;
	}
}

/*
 * Each is settled once, after its parent, however long the line of ancestors is.
 * In a circle, which only a torn picture can have, nobody is in a tree.
 */
static struct root *find_roots(const struct plan *p)
{
	struct root *root = mem_alloc((p->n + 1) * sizeof *root);
	size_t *way = mem_alloc((p->n + 1) * sizeof *way), n;

	for (size_t i = 0; i < p->n; i++) {
		size_t at = i;

		for (n = 0; at != PLAN_NONE && root[at].state == NEW;
			at = above(p, at)) {
			root[at].state = ON_THE_WAY;
			way[n++] = at;
		}
		if (at != PLAN_NONE && root[at].state == ON_THE_WAY)
			for (; n > 0; n--)
				root[way[n - 1]] = (struct root){
					PLAN_NONE, IN_NONE };
		for (; n > 0; n--)
			plan_settle(p, root, way[n - 1]);
	}
	free(way);
	return root;
}

int plan_is_sshd(const struct plan_proc *proc)
{
	static const char *const names[] = {
		"sshd", "sshd-session", "dropbear",
	};
	const char *slash = proc->exe ? strrchr(proc->exe, '/') : NULL;
	const char *name = slash ? slash + 1 : proc->name;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		size_t len = strlen(names[i]);

		/* "sshd (deleted)" after an update of the package */
		if (strncmp(name, names[i], len) == 0 &&
			(name[len] == '\0' || name[len] == ' '))
			return 1;
	}
	return 0;
}

/*
 * An sshd above a process means that the connection lives: it goes with it, and
 * whoever is below gets another parent. Half of it belongs to root.
 */
static int has_ssh(const struct plan *p, size_t i)
{
	unsigned uid = p->proc[i].uid;

	for (size_t steps = 0; i != PLAN_NONE && steps <= p->n; steps++) {
		const struct plan_proc *proc = &p->proc[i];

		if (plan_is_sshd(proc) && proc->state != 'Z' &&
			(proc->uid == uid || proc->uid == 0))
			return 1;
		i = proc->parent;
	}
	return 0;
}

/*
 * Its parent, or that of an ancestor, is not in the picture: it may not be seen
 * (hidepid), and be an sshd, or it died in this moment.
 */
static int has_hidden(const struct plan *p, size_t i)
{
	for (size_t steps = 0; steps <= p->n; steps++) {
		if (p->proc[i].parent == PLAN_NONE)
			return p->proc[i].ppid > 1;
		i = p->proc[i].parent;
	}
	return 0;
}

static struct plan_tree *add_tree(struct plan *p, size_t root)
{
	struct plan_tree *t;

	p->tree = mem_realloc(p->tree, (p->trees + 1) * sizeof *p->tree);
	t = &p->tree[p->trees];
	*t = (struct plan_tree){
		.root = root,
		.kind = p->proc[root].kind,
		.ssh = has_ssh(p, root),
		.hidden = has_hidden(p, root),
		.cpu_percent = -1,
	};
	p->proc[root].tree = p->trees++;
	return t;
}

/* Members in the order of a walk, by the links child and sibling. */
static void walk(struct plan *p, struct plan_tree *t, size_t members)
{
	size_t at = t->root, depth = 0;
	size_t *above = mem_alloc((members + 1) * sizeof *above);

	t->member = mem_realloc(t->member, members * sizeof *t->member);
	t->n = 0;
	t->rss = t->cpu = 0;
	while (at != PLAN_NONE) {
		p->proc[at].depth = (unsigned)depth;
		t->member[t->n++] = at;
		t->rss += p->proc[at].rss;
		t->cpu += p->proc[at].cpu;
		if (p->proc[at].child != PLAN_NONE) {
			above[depth++] = at;
			at = p->proc[at].child;
			continue;
		}
		while (at != t->root && p->proc[at].sibling == PLAN_NONE)
			at = above[--depth];
		at = at == t->root ? PLAN_NONE : p->proc[at].sibling;
	}
	free(above);
}

/* (Re)make the lists of members from proc[].tree. */
static void link_trees(struct plan *p)
{
	size_t *members = mem_alloc((p->trees + 1) * sizeof *members);

	for (size_t i = 0; i < p->n; i++)
		p->proc[i].child = p->proc[i].sibling = PLAN_NONE;
	for (size_t i = p->n; i-- > 0;) {
		struct plan_proc *proc = &p->proc[i];
		size_t up = proc->parent;

		if (proc->tree == PLAN_NONE)
			continue;
		members[proc->tree]++;
		if (p->tree[proc->tree].root == i)
			continue;
		if (proc->joined)
			up = p->tree[proc->tree].root;
		proc->sibling = p->proc[up].child;
		p->proc[up].child = i;
	}
	for (size_t i = 0; i < p->trees; i++)
		walk(p, &p->tree[i], members[i]);
	free(members);
}

static void take_members(struct plan *p, const struct root *root)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->proc[i].tree == PLAN_NONE &&
			root[i].state == IN_A_TREE)
			p->proc[i].tree = p->proc[root[i].at].tree;
	link_trees(p);
}

void plan_make(struct plan *p, struct plan_proc *proc, size_t n,
	const struct kind *kinds)
{
	struct root *root;

	*p = (struct plan){ .proc = proc, .n = n };
	if (n > 0)
		qsort(proc, n, sizeof *proc, by_pid);
	for (size_t i = 0; i < n; i++) {
		proc[i].joined = 0;
		proc[i].tree = PLAN_NONE;
		proc[i].kind = proc[i].state == 'Z' ? -1 :
			kind_process(kinds, proc[i].exe, proc[i].script);
		proc[i].parent = find_parent(p, i);
	}
	root = find_roots(p);
	for (size_t i = 0; i < n; i++) {
		if (root[i].state == IN_A_TREE && root[i].at == i)
			add_tree(p, i);
	}
	take_members(p, root);
	free(root);
}

void plan_free(struct plan *p)
{
	for (size_t i = 0; i < p->trees; i++)
		free(p->tree[i].member);
	free(p->tree);
	*p = (struct plan){ 0 };
}

/* Names are cut to 15 characters. */
int plan_is_agent(const struct plan_proc *proc)
{
	return strncmp(proc->name, "vscode-remote-a", 15) == 0;
}

int plan_is_ours(const struct plan_proc *proc)
{
	return plan_is_agent(proc) ||
		strncmp(proc->name, "vscode-remote-s", 15) == 0;
}

/*
 * Programs that leave their parent to outlive it (tmux, screen): their users
 * come back to them, so a tree does not take them along.
 */
static int detached_on_purpose(const struct plan_proc *proc)
{
	static const char *const names[] = {
		"tmux: server", "tmux", "screen", "SCREEN", "dtach", "abduco",
		"zellij", "systemd", "dbus-daemon", "dbus-broker", "ssh-agent",
		"gpg-agent", "sshd", "sshd-session",
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(proc->name, names[i]) == 0)
			return 1;
	return plan_is_ours(proc);
}

int plan_is_lost(const struct plan_proc *proc,
	const struct plan_proc *parent)
{
	if (proc->exempt || proc->state == 'Z' || proc->pid == 1 ||
		detached_on_purpose(proc))
		return 0;
	return parent == NULL || parent->pid == 1 ||
		(parent->ppid == 1 && strcmp(parent->name, "systemd") == 0);
}

int plan_is_stray(const struct plan *p, size_t i)
{
	const struct plan_proc *proc = &p->proc[i];

	if (proc->tree != PLAN_NONE ||
		!plan_is_lost(proc, proc->parent == PLAN_NONE ? NULL :
			&p->proc[proc->parent]))
		return 0;
	for (size_t t = 0; t < p->trees; t++) {
		if (p->proc[p->tree[t].root].uid == proc->uid)
			return 1;
	}
	return 0;
}

/*
 * The root's own session does not count unless it began it: a server started by
 * hand shares that of the login shell with whatever else was started there.
 */
int plan_session(const struct plan_proc *member,
	const struct plan_proc *root)
{
	return member->session != root->session || root->session == root->pid ?
		member->session : 0;
}

/*
 * Give each stray that a tree can claim by mark or session to that tree; how
 * many there were.
 */
static size_t join_once(struct plan *p)
{
	struct claims claims = { 0 };
	size_t found = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct plan_proc *proc = &p->proc[i];

		if (proc->tree != PLAN_NONE)
			claims_add(&claims, proc->uid,
				plan_session(proc, &p->proc[
					p->tree[proc->tree].root]),
				proc->mark, proc->tree);
	}
	claims_sort(&claims);
	for (size_t i = 0; i < p->n; i++) {
		struct plan_proc *proc = &p->proc[i];
		size_t tree = plan_is_stray(p, i) ?
			claims_find(&claims, proc->uid, proc->session,
			proc->mark) : PLAN_NONE;

		if (tree == PLAN_NONE)
			continue;
		proc->joined = 1;
		proc->tree = tree;
		found++;
	}
	claims_fini(&claims);
	return found;
}

void plan_join(struct plan *p)
{
	for (int i = 0; i < JOIN_ROUNDS && join_once(p) > 0; i++) {
		/*
		 * the descendants of a stray that was joined belong to the
		 * tree, too
		 */
		struct root *root = find_roots(p);

		take_members(p, root);
		free(root);
	}
}

enum plan_verdict plan_judge(const struct plan *p,
	const struct plan_tree *t, const struct plan_policy *policy)
{
	const struct plan_proc *root = &p->proc[t->root];

	if (t->slurm)
		return PLAN_SLURM;
	if (t->ours)
		return PLAN_OURS;
	if (root->uid < policy->min_uid)
		return PLAN_SYSTEM;
	if (t->unwanted)
		return PLAN_USER;
	if (root->exempt)
		return PLAN_EXEMPT;
	if (policy->orphaned && t->ssh)
		return PLAN_SSH;
	if (policy->orphaned && t->connections > 0)
		return PLAN_CONNECTED;
	if ((policy->orphaned || policy->idle > 0) && t->unseen)
		return PLAN_UNSEEN;
	if (policy->orphaned && t->hidden)
		return PLAN_UNSEEN;
	if (t->age < policy->age)
		return PLAN_YOUNG;
	if (policy->idle > 0 && t->idle < policy->idle)
		return PLAN_RECENT;
	if (policy->cpu_below >= 0 && (t->cpu_percent < 0 ||
		t->cpu_percent >= policy->cpu_below))
		return PLAN_BUSY;
	if (t->rss < policy->rss_above)
		return PLAN_SMALL;
	return PLAN_END;
}
