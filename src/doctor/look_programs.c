/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is of ours, and the scheduler as our launcher meets it: the settings, the
 * programs that belong together, one question that changes nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/kv.h"
#include "base/mem.h"
#include "base/version.h"
#include "doctor/ask.h"
#include "doctor/contradiction.h"
#include "doctor/judge.h"
#include "doctor/look.h"
#include "opt/opttable.h"
#include "os/fd.h"
#include "os/safepath.h"

#define UPDATE_BYTES 4096

void look_settings(const struct patient *p, struct finding *f)
{
	if (p->settings != NULL)
		finding_set(f, VERDICT_FAULT, "%s", p->settings);
	else
		finding_set(f, VERDICT_OK, "the files of settings are good");
}

void look_contradictions(const struct patient *p, struct finding *f)
{
	contradiction_find(p->opt, p->is_cluster, f);
}

void look_version(const struct patient *p, struct finding *f)
{
	char *argv[] = { (char *)p->agent, (char *)"--version", NULL };
	struct answer a = { .status = -1 };
	struct err e;

	if (ask(argv, NULL, NULL, ASK_MS, &a, &e) == -1)
		finding_set(f, VERDICT_FAULT, "%s", e.text);
	else
		judge_version(buf_data(&a.said), answer_is_good(&a), p->agent, p->version, f);
	buf_fini(&a.said);
}

/* Nothing is asked for here: what the command update has seen is told. */
void look_update(const struct patient *p, struct finding *f)
{
	int dir = open(p->state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *version = NULL;
	struct kv kv = { 0 };
	struct buf text = { 0 };
	struct err e;

	if (dir != -1 && safepath_read(dir, CHECK_UPDATE_FILE, UPDATE_BYTES,
		&text, &e) == 0 &&
		kv_parse_whole(&kv, buf_data(&text), text.len, &e) == 0)
		version = kv_get(&kv, CHECK_UPDATE_VERSION);
	if (version == NULL || !version_is(version, strlen(version)))
		finding_set(f, VERDICT_OK, "nobody has asked for a newer version");
	else if (version_compare(version, p->version) > 0)
		finding_set(f, VERDICT_OK, "%s is there, this is %s", version,
			p->version);
	else
		finding_set(f, VERDICT_OK, "nothing newer than %s is known",
			p->version);
	kv_fini(&kv);
	buf_fini(&text);
	fd_close(dir);
}

/* The loader's status, and the shell's, where it cannot be run at all. */
static int is_not_run(int rc, const struct answer *a)
{
	return rc == -1 || (a->status != -1 && WIFEXITED(a->status) &&
		WEXITSTATUS(a->status) == 127);
}

/* Ask for a session of a name that none has. */
static int ask_scheduler(const struct patient *p, const char *program,
	struct answer *a, struct err *e)
{
	char *argv[] = { (char *)program, (char *)"find", NULL };
	struct buf request = { 0 };
	int ret;

	kv_write(&request, "session", "doctor-asks");
	kv_write(&request, "state-dir", p->state_dir);
	kv_writef(&request, "timeout", "%d", ASK_MS / 1000);
	buf_puts(&request, "\n");
	buf_append(&request, "", 1);
	ret = ask(argv, NULL, buf_data(&request), ASK_MS, a, e);
	buf_fini(&request);
	return ret;
}

void look_scheduler(const struct patient *p, struct finding *f)
{
	const char *name = finding_program(p->program);
	struct answer a, other = { .status = -1 };
	struct err e = { "" }, why;
	int rc, dir = safepath_dir(p->state_dir, 0, NULL, &e);

	/* A launcher may keep its records there, and would only say so. */
	if (dir == -1 && errno != ENOENT) {
		finding_set(f, VERDICT_UNKNOWN, "not asked, because of state");
		return;
	}
	fd_close(dir);
	rc = ask_scheduler(p, p->program, &a, &e);
	if (is_not_run(rc, &a) && p->standin != NULL &&
		ask_scheduler(p, p->standin, &other, &why) == 0 &&
		answer_is_good(&other))
		finding_set(f, VERDICT_WARNING, "%s cannot be run: %.*s; %s stands in",
			name, rc == -1 ? 200 :
			(int)strcspn(buf_data(&a.said), "\n"),
			rc == -1 ? e.text : buf_data(&a.said),
			finding_program(p->standin));
	else if (rc == -1)
		finding_set(f, VERDICT_FAULT, "%s", e.text);
	else if (a.status == -1)
		finding_set(f, VERDICT_FAULT, "%s has not answered within %ld ms",
			name, a.ms);
	else
		judge_scheduler(buf_data(&a.said), answer_is_good(&a), a.ms,
			name, f);
	buf_fini(&a.said);
	buf_fini(&other.said);
}

/* That it fails is the scheduler's line, where jobs are made by it. */
void look_munge(const struct patient *p, struct finding *f)
{
	char path[PATH_MAX];
	char *argv[] = { path, (char *)"-n", NULL };
	struct answer a;
	struct err e;

	(void)p;
	if (ask_find("munge", path, sizeof path) == -1) {
		finding_set(f, VERDICT_UNKNOWN, "there is no program munge here; not all clusters have it");
		return;
	}
	if (ask(argv, NULL, NULL, ASK_MS, &a, &e) == -1)
		finding_set(f, VERDICT_UNKNOWN, "%s", e.text);
	else if (!answer_is_good(&a))
		finding_set(f, VERDICT_UNKNOWN, "munge makes no credential: %.*s",
			(int)strcspn(buf_data(&a.said), "\n"),
			buf_data(&a.said));
	else
		finding_set(f, VERDICT_OK, "munge has made a credential in %ld ms",
			a.ms);
	buf_fini(&a.said);
}
