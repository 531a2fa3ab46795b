/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options against those that a job was started with: compared by their name,
 * which the agent or the folder tells; only when that differs the folder's list
 * is read, the launcher looks whether the new ones are good, and the difference
 * is told.
 */
#include "front/job/kept.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/kv.h"
#include "base/mem.h"
#include "front/job/asked.h"
#include "front/job/called.h"
#include "front/job/front_request.h"
#include "front/job/launcher.h"
#include "os/log.h"
#include "os/safepath.h"
#include "os/stall.h"

#define CHECK_SECONDS 2		/* for the launcher, which asks nobody */

struct kept {
	const struct invocation *inv;
	char job[64];
	struct opt_list now, then;
	struct launcher_call *call;
	char bad[1024];			/* what the launcher says of them */
	void (*done)(int bad, void *arg);
	void *arg;
};

static int read_then(struct kept *k, const char *tag)
{
	STALL_WATCH(k->inv->state_dir);
	char *path = mem_printf("%s/%s", k->inv->state_dir, tag);
	struct err e;
	int fd = safepath_child(k->inv->state_fd, tag, 0, path, &e);
	int ret = fd == -1 ? -1 : asked_read(fd, &k->then, &e);

	if (fd != -1)
		close(fd);
	free(path);
	return ret;
}

static void tell_difference(struct kept *k)
{
	char now[400], then[400];

	asked_defaults(&k->now, k->inv->opt, &k->then);
	asked_beyond(&k->now, &k->then, now, sizeof now);
	asked_beyond(&k->then, &k->now, then, sizeof then);
	log_tell("job %s keeps the options that session '%s' was started with; asked for now: %s; then: %s; `%s` ends it, and --session=NAME is another one beside it",
		k->job, k->inv->opt->session.name, now, then,
		called_for(k->inv, "cancel").s);
}

static void check_record(const struct kv *kv, void *arg)
{
	struct kept *k = arg;
	const char *bad = kv_get(kv, "bad");

	if (bad != NULL)
		snprintf(k->bad, sizeof k->bad, "%s", bad);
}

static void check_ended(const struct launcher_end *end, void *arg)
{
	struct kept *k = arg;

	k->call = NULL;
	if (!end->ok)
		log_info("options are not checked: %s", end->message.text);
	if (k->bad[0] != '\0')
		log_fail("%s", k->bad);
	else
		tell_difference(k);
	k->done(k->bad[0] != '\0', k->arg);
}

struct kept *kept_new(const struct invocation *inv, enum session_want want,
	const char *job, const char *tag, const char *asked, void (*done)(int,
	void *), void *arg)
{
	struct kept *k = mem_alloc(sizeof *k);
	struct buf request = { 0 };

	k->inv = inv;
	k->done = done;
	k->arg = arg;
	snprintf(k->job, sizeof k->job, "%s", job);
	asked_of(&k->now, inv->opt);
	/* Who gives no options wants none changed. */
	if (!want_starts(want) || asked[0] == '\0' ||
		!front_options_are_for_job(inv->opt, OPT_BY_USER) ||
		strcmp(asked_name(&k->now).s, asked) == 0 ||
		read_then(k, tag) == -1) {
		if (want_is_typed(want))
			log_tell("session '%s' is there already, job %s",
				inv->opt->session.name, job);
		done(0, arg);
		return k;
	}
	front_request_options(inv, &request);
	k->call = launcher_run(inv, "check", &request, CHECK_SECONDS,
		check_record, check_ended, k);
	return k;
}

void kept_free(struct kept *k)
{
	if (k == NULL)
		return;
	launcher_cancel(k->call);
	optlist_free(&k->now);
	optlist_free(&k->then);
	free(k);
}
