/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The part of the report that is JSON (--json), by jansson. Its form is told in
 * vscode-grim-reaper(8); what is printed for people is in report.c.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "config.h"
#include "os/proc.h"
#include "reaper/reaper_report.h"
#include "reaper/who.h"

#define COMMAND_BYTES 512

/* Text of others that is valid in JSON whatever it was. */
static json_t *command_of(const struct plan_proc *proc)
{
	char cmdline[COMMAND_BYTES];
	ssize_t n = proc_file(proc->pid, "cmdline", cmdline, sizeof cmdline);
	struct buf text = { 0 };
	json_t *j;

	if (n > 0)
		text_command(&text, cmdline, (size_t)n, 4 * COMMAND_BYTES);
	else
		text_command(&text, proc->name, strlen(proc->name), 64);
	j = json_stringn(text.len ? buf_data(&text) : "", text.len);
	buf_fini(&text);
	return j ? j : json_string("");
}

static json_t *members_of(const struct picture *p,
	const struct plan_tree *t)
{
	json_t *list = json_array();

	for (size_t i = 0; i < t->n; i++) {
		const struct plan_proc *proc = &p->plan.proc[t->member[i]];

		json_array_append_new(list, json_pack("{s:i, s:i, s:o}",
			"pid", proc->pid, "ppid", proc->ppid,
			"command", command_of(proc)));
	}
	return list;
}

struct json_t *reaper_report_json_members(const struct picture *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->plan.trees; i++)
		json_array_append_new(list, members_of(p, &p->plan.tree[i]));
	return list;
}

static json_t *victims_of(const struct victims *all, size_t tree)
{
	json_t *list = json_array();

	for (size_t i = 0; i < all->n; i++) {
		const struct victim *v = &all->v[i];

		if (v->tree != tree)
			continue;
		json_array_append_new(list, v->gone ?
			json_pack("{s:i, s:b}", "pid", v->pid, "killed", 1) :
			json_pack("{s:i, s:b, s:s}", "pid", v->pid, "killed",
				0, "reason", reaper_report_reason(v->error)));
	}
	return list;
}

static json_t *tree_of(const struct picture *p, const struct kind *kinds,
	size_t i)
{
	const struct plan_tree *t = &p->plan.tree[i];
	const struct plan_proc *root = &p->plan.proc[t->root];
	char *user = who_name(root->uid);
	json_t *j = json_pack("{s:i, s:I, s:I, s:s?, s:s, s:s, s:I, s:I, s:I, s:I, s:o, s:b}",
		"pid", root->pid, "start_ticks", (json_int_t)root->start,
		"uid", (json_int_t)root->uid, "user", user,
		"kind", kinds->name[t->kind],
		"verdict", plan_keys[t->verdict],
		"age_seconds", (json_int_t)t->age,
		"idle_seconds", (json_int_t)t->idle,
		"connections", (json_int_t)t->connections,
		"rss_bytes", (json_int_t)t->rss,
		"cpu_percent", t->cpu_percent < 0 ? json_null() :
			json_real(t->cpu_percent),
		"ssh", t->ssh);

	free(user);
	return j;
}

int reaper_report_json(const struct picture *p, const struct kind *kinds,
	struct json_t *members, const struct victims *all,
	const struct err *warning, double cpu, struct err *e)
{
	char host[256] = "";
	json_t *doc, *trees = json_array(), *warnings = json_array();
	int rc;

	gethostname(host, sizeof host - 1);
	for (size_t i = 0; i < p->plan.trees; i++) {
		json_t *tree = tree_of(p, kinds, i);

		json_object_set(tree, "processes", json_array_get(members, i));
		if (all != NULL)
			json_object_set_new(tree, "outcome",
				victims_of(all, i));
		json_array_append_new(trees, tree);
	}
	json_decref(members);
	if (p->visitors.blind)
		json_array_append_new(warnings, json_string(warning->text));
	doc = json_pack("{s:{s:s, s:s, s:s, s:I, s:I, s:s, s:I, s:f}, s:o, s:[], s:o}",
		"meta", "program", "vscode-grim-reaper",
		"version", PACKAGE_VERSION, "host", host,
		"time", (json_int_t)time(NULL), "uid", (json_int_t)geteuid(),
		"mode", all ? "kill" : "dry-run",
		"scanned", (json_int_t)p->plan.n, "cpu_seconds", cpu,
		"trees", trees, "errors", "warnings", warnings);
	rc = json_dumpf(doc, stdout, JSON_COMPACT);
	json_decref(doc);
	if (rc == -1 || putchar('\n') == EOF || fflush(stdout) == EOF)
		return err_set(e, "stdout: %s", strerror(errno));
	return 0;
}
