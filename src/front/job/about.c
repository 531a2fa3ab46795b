/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file "about" tells whose a folder is: session, launcher, cluster, options.
 * It is one record of kv and replaced as a whole: a reader sees all of it or an
 * older one. A key that is missing reads as "", which nobody takes for a
 * name.
 */
#include "front/job/about.h"

#include <stdio.h>
#include <string.h>

#include "base/kv.h"
#include "front/job/asked.h"
#include "front/job/standin.h"
#include "os/safepath.h"

#define ABOUT_MAX 4096

int about_write(int dirfd, const struct about *a, struct err *e)
{
	struct buf text = { 0 };
	int ret;

	kv_write(&text, "session", a->session);
	kv_write(&text, "launcher", a->launcher);
	kv_write(&text, "scope", a->scope);
	if (a->asked[0] != '\0')
		kv_write(&text, "asked", a->asked);
	if (a->profile[0] != '\0')
		kv_write(&text, "profile", a->profile);
	if (a->programs[0] != '\0')
		kv_write(&text, "programs", a->programs);
	buf_puts(&text, "\n");
	ret = safepath_write(dirfd, "about", buf_data(&text), text.len, e);
	buf_fini(&text);
	return ret;
}

int about_label(int dirfd, const struct invocation *inv, const char *scope,
	const struct opt_list *asked, struct err *e)
{
	struct about about = { .asked = "" };

	snprintf(about.session, sizeof about.session, "%s",
		inv->opt->session.name);
	snprintf(about.launcher, sizeof about.launcher, "%s",
		standin_scheduler(inv));
	snprintf(about.scope, sizeof about.scope, "%s", scope);
	if (inv->opt->session.profile != NULL)
		snprintf(about.profile, sizeof about.profile, "%s",
			inv->opt->session.profile);
	/* Of a job that is found, and not made, it is not known. */
	if (asked != NULL && strlen(inv->libexec) < sizeof about.programs)
		snprintf(about.programs, sizeof about.programs, "%s",
			inv->libexec);
	if (asked != NULL && asked_write(dirfd, asked, e) == -1)
		return -1;
	if (asked != NULL)
		snprintf(about.asked, sizeof about.asked, "%s",
			asked_name(asked).s);
	return about_write(dirfd, &about, e);
}

static void copy(char *out, size_t size, const struct kv *kv, const char *key)
{
	const char *value = kv_get(kv, key);

	snprintf(out, size, "%s", value != NULL ? value : "");
}

int about_read(int dirfd, struct about *a, struct err *e)
{
	struct buf text = { 0 };
	struct kv kv;
	long n = -1;

	*a = (struct about){ .session = "" };
	if (safepath_read(dirfd, "about", ABOUT_MAX, &text, e) == 0) {
		n = kv_parse(&kv, buf_data(&text), text.len, 0, e);
		if (n == 0)
			err_set(e, "about: ends in the middle");
	}
	buf_fini(&text);
	if (n <= 0)
		return -1;
	copy(a->session, sizeof a->session, &kv, "session");
	copy(a->launcher, sizeof a->launcher, &kv, "launcher");
	copy(a->scope, sizeof a->scope, &kv, "scope");
	copy(a->asked, sizeof a->asked, &kv, "asked");
	copy(a->profile, sizeof a->profile, &kv, "profile");
	copy(a->programs, sizeof a->programs, &kv, "programs");
	kv_fini(&kv);
	return 0;
}
