/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "reaper/plan.h"
#include "reaper/victim.h"

#define N(rows) (sizeof rows / sizeof *rows)
#define PROCS_MAX 64

/*
 * A picture in words, "PID PPID UID SESSION START WHAT[+FLAGS]" with commas
 * between. WHAT is the name, or of a server's program: srv, cur (Cursor's).
 * Flags: z zombie, x exempt, 1 to 9 a mark.
 */
static size_t read_procs(struct plan_proc *proc, const char *text)
{
	size_t n = 0;

	while (*text != '\0') {
		struct plan_proc *p = &proc[n++];
		char what[32], *plus;
		int used;

		*p = (struct plan_proc){ .state = 'S', .rss = 100,
			.cpu = 1 };
		assert_int_equal(sscanf(text, " %d %d %u %d %llu %31[^,]%n",
			&p->pid, &p->ppid, &p->uid, &p->session, &p->start,
			what, &used), 6);
		text += used + (text[used] == ',');
		plus = strchr(what, '+');
		for (char *f = plus ? plus + 1 : (char *)""; *f; f++) {
			if (*f == 'z')
				p->state = 'Z';
			else if (*f == 'x')
				p->exempt = 1;
			else
				p->mark[*f % 2] = (uint64_t)*f;
		}
		if (plus != NULL)
			*plus = '\0';
		snprintf(p->name, sizeof p->name, "%.15s", what);
		p->exe = strcmp(what, "srv") == 0 ? "/h/.vscode-server/node" :
			strcmp(what, "cur") == 0 ? "/h/.cursor-server/node" :
			NULL;
		assert_true(n < PROCS_MAX);
	}
	return n;
}

/*
 * "ROOT:MEMBER MEMBER; ...", with * behind a root that is below an sshd, ? when
 * not all above it are to be seen.
 */
static void print_trees(const struct plan *p, char *out, size_t max)
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < p->trees; i++) {
		const struct plan_tree *t = &p->tree[i];

		at += (size_t)snprintf(out + at, max - at, "%s%d%s%s:",
			i ? ";" : "", p->proc[t->root].pid, t->ssh ? "*" : "",
			t->hidden ? "?" : "");
		for (size_t j = 1; j < t->n; j++)
			at += (size_t)snprintf(out + at, max - at, " %d",
				p->proc[t->member[j]].pid);
	}
}

static const struct {
	const char *procs, *trees;
} rows[] = {
	{ "1 0 0 1 0 init", "" },
	{ "", "" },
	/* one server, its children, and strangers */
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv", "5:" },
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv,6 5 1000 5 9 srv,7 6 1000 7 9 bash",
		"5: 6 7" },
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv,6 1 1000 6 9 bash", "5:" },
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv,6 5 1000 5 9 bash,7 6 1000 7 9 py,"
		"8 7 1000 7 9 py,9 1 1000 9 9 py", "5: 6 7 8" },
	/* the walk: children by pid, each below its parent */
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv,6 5 1000 5 9 a,7 5 1000 5 9 b,"
		"8 6 1000 5 9 c,9 7 1000 5 9 d", "5: 6 8 7 9" },
	/* the order of pids says nothing */
	{ "9 1 1000 9 1 srv,1 0 0 1 0 init,3 9 1000 9 2 bash,2 3 1000 9 3 py",
		"9: 3 2" },
	/* two trees, two users, two kinds */
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv,6 1 1001 6 9 cur,7 6 1001 6 9 sh,"
		"8 5 1000 5 9 sh", "5: 8;6: 7" },
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv,6 1 1000 6 9 srv", "5:;6:" },
	/* a server below a server is one tree */
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv,6 5 1000 6 9 bash,7 6 1000 7 9 cur",
		"5: 6 7" },
	/* text that looks like one is none: only programs count */
	{ "1 0 0 1 0 init,5 1 1000 5 9 .vscode-server", "" },
	{ "1 0 0 1 0 init,5 1 1000 5 9 node", "" },
	/* other users below are left alone, with what is below them */
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv,6 5 0 5 9 sudo,7 6 0 5 9 bash",
		"5:" },
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv,6 5 0 5 9 su,7 6 1000 5 9 bash",
		"5:" },
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv,6 5 1001 5 9 cur", "5:;6:" },
	/* exempt ones, too; an exempt root has a tree, to be spared */
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv,6 5 1000 5 9 py+x,7 6 1000 5 9 py,"
		"8 5 1000 5 9 sh", "5: 8" },
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv+x,6 5 1000 5 9 py", "5: 6" },
	{ "1 0 0 1 0 init,5 1 1000 5 9 tmux+x,6 5 1000 5 9 srv", "6:" },
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv,6 5 1000 5 9 py+x,7 6 1000 5 9 srv",
		"5:" },
	/* zombies are no servers; below one they are members */
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv+z", "" },
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv,6 5 1000 5 9 sh+z", "5: 6" },
	/* pids that were reused while we looked: the parent is younger */
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv,6 5 1000 6 8 sh", "5:" },
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv,6 5 1000 5 9 sh", "5: 6" },
	/* circles, which only a torn picture has */
	{ "5 6 1000 5 9 srv,6 5 1000 5 9 sh", "" },
	{ "5 5 1000 5 9 srv", "5?:" },
	{ "5 6 1000 5 9 srv,6 7 1000 5 9 sh,7 5 1000 5 9 sh,8 1 1000 8 1 srv",
		"8:" },
	/* parents that are not there (another pid namespace, hidepid) */
	{ "5 0 1000 5 9 srv,6 5 1000 5 9 sh", "5: 6" },
	{ "5 4 1000 5 9 srv", "5?:" },
	/* below an sshd: of the user, of root, of another; dead; a name only */
	{ "1 0 0 1 0 init,2 1 0 2 1 sshd,3 2 0 3 1 sshd,4 3 1000 3 1 sshd,"
		"5 4 1000 5 9 bash,6 5 1000 5 9 srv", "6*:" },
	{ "1 0 0 1 0 init,4 1 1000 3 1 sshd-session,6 4 1000 5 9 srv", "6*:" },
	{ "1 0 0 1 0 init,4 1 0 3 1 dropbear,6 4 1000 5 9 srv", "6*:" },
	{ "1 0 0 1 0 init,4 1 1001 3 1 sshd,6 4 1000 5 9 srv", "6:" },
	{ "1 0 0 1 0 init,4 1 1000 3 1 sshd+z,6 4 1000 5 9 srv", "6:" },
	{ "1 0 0 1 0 init,4 1 1000 3 1 sshdog,6 4 1000 5 9 srv", "6:" },
	{ "1 0 0 1 0 init,4 1 1000 3 1 bash,6 4 1000 5 9 srv", "6:" },
	{ "1 0 0 1 0 init,4 1 1000 3 1 sshd,5 1 1000 5 9 srv", "5:" },
	/* sshd below the server is not its way in */
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv,6 5 1000 5 9 sshd", "5: 6" },

	/* strays, by a session that began inside the tree */
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv,6 5 1000 6 9 bash,7 1 1000 6 9 py",
		"5: 6 7" },
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv,7 1 1000 5 9 py", "5: 7" },
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv,7 1 1000 5 9 py,8 7 1000 8 9 py",
		"5: 7 8" },
	/* ... but not by the session of the login that started it */
	{ "1 0 0 1 0 init,5 1 1000 4 9 srv,7 1 1000 4 9 train.py", "5:" },
	{ "1 0 0 1 0 init,5 1 1000 4 9 srv,6 5 1000 4 9 sh,7 1 1000 4 9 py",
		"5: 6" },
	{ "1 0 0 1 0 init,5 1 1000 4 9 srv,6 5 1000 6 9 sh,7 1 1000 6 9 py",
		"5: 6 7" },
	/* by a mark of the environment */
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv,6 5 1000 6 9 sh+1,7 1 1000 7 9 py+1",
		"5: 6 7" },
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv+2,7 1 1000 7 9 py+2", "5: 7" },
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv+1,7 1 1000 7 9 py+3", "5:" },
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv+1,7 1 1000 7 9 py+2", "5:" },
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv+13,7 1 1000 7 9 py+2", "5:" },
	/* a mark of each tree: to its own */
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv+1,6 1 1000 6 9 srv+3,"
		"7 1 1000 7 9 a+3,8 1 1000 8 9 b+1", "5: 8;6: 7" },
	/* not of another user, not with another parent */
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv+1,7 1 1001 7 9 py+1", "5:" },
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv+1,6 1 1000 6 9 bash,"
		"7 6 1000 7 9 py+1", "5:" },
	/* a systemd of the user adopts as process 1 does */
	{ "1 0 0 1 0 init,3 1 1000 3 9 systemd,5 1 1000 5 9 srv+1,"
		"7 3 1000 7 9 py+1", "5: 7" },
	{ "1 0 0 1 0 init,3 1 1000 3 9 bash,5 1 1000 5 9 srv+1,"
		"7 3 1000 7 9 py+1", "5:" },
	{ "5 0 1000 5 9 srv+1,7 0 1000 7 9 py+1", "5: 7" },
	/* strays of strays */
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv+1,6 1 1000 6 9 a+1,7 1 1000 6 9 b",
		"5: 6 7" },
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv+1,8 1 1000 8 9 a+1,9 8 1000 9 9 b,"
		"7 1 1000 9 9 c", "5: 7 8 9" },
	/* those who detached on purpose, and exempt ones, live on */
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv+1,7 1 1000 7 9 tmux: server+1,"
		"8 7 1000 8 9 bash+1", "5:" },
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv+1,7 1 1000 7 9 screen+1", "5:" },
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv+1,7 1 1000 7 9 SCREEN+1", "5:" },
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv+1,7 1 1000 7 9 ssh-agent+1", "5:" },
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv+1,7 1 1000 7 9 vscode-remote-a+1",
		"5:" },
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv+1,7 1 1000 7 9 py+1x", "5:" },
	{ "1 0 0 1 0 init,5 1 1000 5 9 srv+1,7 1 1000 7 9 py+1z", "5:" },
	/* an orphaned pty host is a tree of its own */
	{ "1 0 0 1 0 init,6 1 1000 6 9 srv,7 6 1000 7 9 bash,8 7 1000 7 9 py",
		"6: 7 8" },
};

static void trees(void **state)
{
	struct kind kinds;

	(void)state;
	kind_init(&kinds);
	for (size_t i = 0; i < N(rows); i++) {
		struct plan_proc proc[PROCS_MAX];
		size_t n = read_procs(proc, rows[i].procs);
		struct plan p;
		char got[512];

		plan_make(&p, proc, n, &kinds);
		plan_join(&p);
		print_trees(&p, got, sizeof got);
		if (strcmp(got, rows[i].trees) != 0)
			print_message("# row %zu: %s\n", i, rows[i].procs);
		assert_string_equal(got, rows[i].trees);
		plan_free(&p);
	}
	kind_fini(&kinds);
}

/* Whatever order the kernel lists them in, the trees are the same. */
static void order_is_nothing(void **state)
{
	struct kind kinds;

	(void)state;
	kind_init(&kinds);
	for (size_t i = 0; i < N(rows); i++) {
		struct plan_proc proc[PROCS_MAX], turned[PROCS_MAX];
		size_t n = read_procs(proc, rows[i].procs);

		for (size_t by = 1; by < n; by++) {
			struct plan p;
			char got[512];

			for (size_t j = 0; j < n; j++)
				turned[j] = proc[(j + by) % n];
			plan_make(&p, turned, n, &kinds);
			plan_join(&p);
			print_trees(&p, got, sizeof got);
			assert_string_equal(got, rows[i].trees);
			plan_free(&p);
		}
	}
	kind_fini(&kinds);
}

/* No process is in two trees, parents come first, sums are sums. */
static void invariants(void **state)
{
	struct kind kinds;
	unsigned seed = 1;

	(void)state;
	kind_init(&kinds);
	for (int round = 0; round < 2000; round++) {
		struct plan_proc proc[40];
		struct plan p;
		size_t seen = 0, in = 0;

		for (int i = 0; i < 40; i++) {
#define R(n) ((int)((seed = seed * 1103515245 + 12345) >> 16) % (n))
			proc[i] = (struct plan_proc){
				.pid = i + 1, .ppid = R(41), .state = 'S',
				.uid = 1000 + (unsigned)R(2),
				.session = R(40), .rss = 1,
				.start = (unsigned)R(4), .exempt = R(8) == 0,
				.name = "x",
				.exe = R(4) ? NULL : "/h/.vscode-server/x",
			};
			proc[i].mark[0] = (uint64_t)R(6);
#undef R
		}
		plan_make(&p, proc, 40, &kinds);
		plan_join(&p);
		for (size_t i = 0; i < p.trees; i++) {
			const struct plan_tree *t = &p.tree[i];

			assert_true(t->rss == t->n);
			assert_int_equal(t->member[0], t->root);
			for (size_t j = 0; j < t->n; j++) {
				const struct plan_proc *m =
					&proc[t->member[j]];

				assert_int_equal(m->tree, i);
				assert_int_equal(m->uid, proc[t->root].uid);
				assert_true(t->member[j] == t->root ||
					!m->exempt);
				seen++;
			}
		}
		for (size_t i = 0; i < 40; i++)
			in += proc[i].tree != PLAN_NONE;
		assert_int_equal(seen, in);
		plan_free(&p);
	}
	kind_fini(&kinds);
}

/*
 * Every combination of facts and criteria: 2^13 x 2^5. A tree is ended exactly
 * when nothing forbids it and every criterion that is asked for holds.
 */
static void verdicts(void **state)
{
	struct kind kinds;
	struct plan_proc proc[2];
	struct plan p;
	size_t ended = 0;

	(void)state;
	kind_init(&kinds);
	read_procs(proc, "5 1 1000 5 9 srv");
	plan_make(&p, proc, 1, &kinds);
	for (unsigned f = 0; f < 1 << 13; f++) {
		struct plan_tree t = p.tree[0];
		int young = f >> 6 & 1, recent = f >> 7 & 1, busy = f >> 8 & 1;
		int small = f >> 9 & 1, system = f >> 10 & 1;
		int exempt = f >> 11 & 1;

		t.slurm = f & 1;
		t.ours = f >> 1 & 1;
		t.unwanted = f >> 2 & 1;
		t.unseen = f >> 3 & 1;
		t.ssh = f >> 4 & 1;
		t.hidden = f >> 12 & 1;
		t.connections = f >> 5 & 1;
		t.age = young ? 3599 : 3600;
		t.idle = recent ? 59 : 60;
		t.cpu_percent = busy ? 5 : 4.9;
		t.rss = small ? 99 : 100;
		proc[0].uid = system ? 999 : 1000;
		proc[0].exempt = (unsigned)exempt & 1;
		for (unsigned c = 0; c < 1 << 5; c++) {
			int orphaned = c & 1, idle = c >> 2 & 1;
			struct plan_policy policy = {
				.min_uid = 1000,
				.orphaned = orphaned,
				.age = c >> 1 & 1 ? 3600 : 0,
				.idle = idle ? 60 : 0,
				.cpu_below = c >> 3 & 1 ? 5 : -1,
				.rss_above = c >> 4 & 1 ? 100 : 0,
			};
			int end = !t.slurm && !t.ours && !t.unwanted &&
				!system && !exempt &&
				!(orphaned && (t.ssh || t.connections)) &&
				!((orphaned || idle) && t.unseen) &&
				!(orphaned && t.hidden) &&
				!(policy.age && young) &&
				!(idle && recent) &&
				!(policy.cpu_below >= 0 && busy) &&
				!(policy.rss_above && small);

			assert_int_equal(plan_judge(&p, &t, &policy) ==
				PLAN_END, end);
			ended += (size_t)end;
		}
	}
	assert_true(ended > 100);
	plan_free(&p);
	kind_fini(&kinds);
}

/* What is said of a tree is the first that holds, in this order. */
static void reasons(void **state)
{
	static const struct {
		const char *facts;
		enum plan_verdict want;
	} table[] = {
		{ "", PLAN_END },
		{ "slurm ours unwanted unseen ssh young", PLAN_SLURM },
		{ "ours unwanted unseen ssh young", PLAN_OURS },
		{ "unwanted unseen ssh young", PLAN_USER },
		{ "unseen ssh young", PLAN_SSH },
		{ "unseen connected young", PLAN_CONNECTED },
		{ "unseen young", PLAN_UNSEEN },
		{ "hidden young", PLAN_UNSEEN },
		{ "hidden connected", PLAN_CONNECTED },
		{ "young recent", PLAN_YOUNG },
		{ "recent busy", PLAN_RECENT },
		{ "busy small", PLAN_BUSY },
		{ "unknown small", PLAN_BUSY },
		{ "small", PLAN_SMALL },
	};
	static const struct plan_policy policy = { 1000, 1, 3600, 60, 5,
		100 };
	struct kind kinds;
	struct plan_proc proc[2];
	struct plan p;

	(void)state;
	kind_init(&kinds);
	read_procs(proc, "5 1 1000 5 9 srv");
	plan_make(&p, proc, 1, &kinds);
	for (size_t i = 0; i < N(table); i++) {
		struct plan_tree t = p.tree[0];
#define HAS(word) (strstr(table[i].facts, word) != NULL)

		t.slurm = HAS("slurm");
		t.ours = HAS("ours");
		t.unwanted = HAS("unwanted");
		t.unseen = HAS("unseen");
		t.ssh = HAS("ssh");
		t.hidden = HAS("hidden");
		t.connections = HAS("connected");
		t.age = HAS("young") ? 0 : 3600;
		t.idle = HAS("recent") ? 0 : 60;
		t.cpu_percent = HAS("busy") ? 50 : HAS("unknown") ? -1 : 0;
		t.rss = HAS("small") ? 0 : 100;
#undef HAS
		assert_int_equal(plan_judge(&p, &t, &policy),
			table[i].want);
	}
	for (int v = 0; v < PLAN_VERDICTS; v++) {
		assert_non_null(plan_words[v]);
		assert_non_null(plan_keys[v]);
	}
	plan_free(&p);
	kind_fini(&kinds);
}

/* Heirs: a first picture, of which all trees are victims, and a later one. */
static void heirs(void **state)
{
#define INIT "1 0 0 1 0 init,"
	static const struct {
		const char *before, *after, *heirs;
	} table[] = {
		{ INIT "5 1 1000 5 9 srv", INIT "5 1 1000 5 9 srv", "" },
		{ INIT "5 1 1000 5 9 srv",
			INIT "5 1 1000 5 9 srv,6 5 1000 5 9 sh,7 6 1000 5 9 x",
			"6 7" },
		/* its parent is gone, its session or mark is not */
		{ INIT "5 1 1000 5 9 srv,6 5 1000 6 9 sh",
			INIT "7 1 1000 6 9 x", "7" },
		{ INIT "5 1 1000 5 9 srv+1", INIT "7 1 1000 7 9 x+1", "7" },
		{ INIT "5 1 1000 5 9 srv+1",
			INIT "7 1 1000 7 9 x+1,8 7 1000 8 9 y", "7 8" },
		/* strangers */
		{ INIT "5 1 1000 5 9 srv", INIT "7 1 1000 7 9 x", "" },
		{ INIT "5 1 1000 4 9 srv", INIT "7 1 1000 4 9 x", "" },
		{ INIT "5 1 1000 5 9 srv", INIT "7 1 1001 5 9 x", "" },
		{ INIT "5 1 1000 5 9 srv", INIT "5 1 1000 5 9 srv,"
			"6 5 0 5 9 sudo,7 6 0 5 9 x", "" },
		{ INIT "5 1 1000 5 9 srv", INIT "5 1 1000 5 9 srv,"
			"6 5 1000 5 9 x+x", "" },
		{ INIT "5 1 1000 5 9 srv+1",
			INIT "7 1 1000 7 9 tmux: server+1", "" },
		/* the pid is another's now: its children are not ours */
		{ INIT "5 1 1000 5 9 srv",
			INIT "5 1 1000 4 12 x,6 5 1000 4 13 y", "" },
		/* a zombie needs no signal */
		{ INIT "5 1 1000 5 9 srv",
			INIT "5 1 1000 5 9 srv,6 5 1000 5 9 x+z", "" },
	};
#undef INIT
	struct kind kinds;

	(void)state;
	kind_init(&kinds);
	for (size_t i = 0; i < N(table); i++) {
		struct plan_proc a[PROCS_MAX], b[PROCS_MAX];
		struct victims all = { 0 };
		struct plan p, q;
		size_t before, found, at = 0;
		char got[128] = "";

		plan_make(&p, a, read_procs(a, table[i].before), &kinds);
		for (size_t t = 0; t < p.trees; t++)
			victims_add(&all, &p, &p.tree[t], t);
		before = all.n;
		assert_true(before > 0);
		plan_make(&q, b, read_procs(b, table[i].after), &kinds);
		found = victims_heirs(&all, &q);
		assert_int_equal(found, all.n - before);
		for (size_t v = before; v < all.n; v++)
			at += (size_t)snprintf(got + at, sizeof got - at,
				"%s%d", v > before ? " " : "", all.v[v].pid);
		assert_string_equal(got, table[i].heirs);
		/* a second look finds nobody new */
		assert_int_equal(victims_heirs(&all, &q), 0);
		victims_fini(&all);
		plan_free(&p);
		plan_free(&q);
	}
	kind_fini(&kinds);
}

static void marks(void **state)
{
	(void)state;
	assert_true(plan_mark("a", 1) != plan_mark("b", 1));
	assert_true(plan_mark("ab", 2) == plan_mark("abc", 2));
	assert_true(plan_mark("", 0) != 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trees),
		cmocka_unit_test(order_is_nothing),
		cmocka_unit_test(invariants),
		cmocka_unit_test(verdicts),
		cmocka_unit_test(reasons),
		cmocka_unit_test(heirs),
		cmocka_unit_test(marks),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
