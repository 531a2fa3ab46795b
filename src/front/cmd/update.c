/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command update: a newer version beside this one, tried, and then the link is
 * switched to it. Nobody but who types it goes on the network, least of all a
 * connection. Each step either is done whole or leaves nothing, so whatever fails,
 * this version stays as it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "doctor/ask.h"
#include "front/banner.h"
#include "front/cmd/commands.h"
#include "front/cmd/show.h"
#include "front/job/invocation.h"
#include "front/parting.h"
#include "front/update/getting.h"
#include "front/update/seen.h"
#include "front/update/trial.h"
#include "front/update/used.h"
#include "os/fd.h"
#include "os/log.h"
#include "os/safepath.h"
#include "os/timetext.h"
#include "os/tmpdir.h"

#define PATH_OF "%s/bin/vscode-remote-shell"

/* Exit statuses, beside those of errors. */
enum { UPDATE_DONE, UPDATE_NEWER };

struct update_work {
	const struct invocation *inv;
	struct installation in;
	char *stage;		/* NULL: none is made */
	struct buf said;	/* for stdout */
};

/* ---- a step of it, -1 with e set and an exit status ------------------------------ */

static int check_origin(const struct origin *o, struct err *e)
{
	if (o->source == NULL)
		return err_set(e, "the file " ORIGIN_FILE " of this installation names no source: install a newer version as you did this one");
	if (o->keys.n == 0)
		return err_set(e, "the file " ORIGIN_FILE " of this installation has no key, so nothing can be trusted: install a newer version as you did this one");
	return 0;
}

/* Which release is the newest; that it was asked for is remembered in any case. */
static int look_for(const struct update_work *w, struct release *r, struct err *e)
{
	const struct origin *o = &w->in.origin;
	struct seen seen = { .when = time(NULL) };
	int ret = getting_of[o->kind].look(o, w->stage, r, e);
	struct err why;

	if (ret == 0)
		memcpy(seen.version, r->version, sizeof seen.version);
	if (seen_write(&seen, w->inv->state_fd, &why) == -1)
		log_warning("update: %s", why.text);
	return ret;
}

static int get_and_put(const struct update_work *w, const struct release *r,
	struct err *e)
{
	const struct getting *g = &getting_of[w->in.origin.kind];
	char *name = installation_name(&w->in, r->version);
	char *path = mem_printf("%s/new/%s", w->stage, name);
	int ret = EX_OK;

	log_tell("%s %s, and trying it", g->what, r->version);
	if (g->get(&w->in, r, name, w->stage, e) == -1)
		ret = EX_UNAVAILABLE;
	else if (trial_run(path, r->version, w->in.dir, w->stage, e) == -1)
		ret = EX_SOFTWARE;
	else if (installation_put(&w->in, w->stage, r->version, r->key, e) == -1)
		ret = EX_CANTCREAT;
	free(name);
	free(path);
	return ret;
}

/* One that is there already, since an update went back from it. */
static int try_again(const struct update_work *w, const char *version,
	struct err *e)
{
	char *name = installation_name(&w->in, version);
	char *path = mem_printf("%s/%s", w->in.parent, name);
	int ret = trial_run(path, version, w->in.dir, w->stage, e) == -1 ?
		EX_SOFTWARE : EX_OK;

	free(name);
	free(path);
	return ret;
}

static int switch_to(struct update_work *w, const char *version, struct err *e)
{
	int is_new = access(w->in.link, F_OK) == -1;

	if (installation_switch(&w->in, w->stage, version, e) == -1)
		return EX_CANTCREAT;
	buf_printf(&w->said, "%s is in place, %s before; sessions that run keep what they have\n",
		version, w->in.origin.version);
	if (is_new)
		buf_printf(&w->said, "from now on call " PATH_OF ", also in your ssh configuration\n",
			w->in.link);
	return EX_OK;
}

/* ---- what is asked for ----------------------------------------------------------- */

static int update_now(struct update_work *w, struct err *e)
{
	const char *ours = w->in.origin.version;
	struct release r;
	int ret, order;

	if (look_for(w, &r, e) == -1)
		return EX_UNAVAILABLE;
	order = version_compare(r.version, ours);
	if (order < 0) {
		err_set(e, "%s offers %s, which is older than %s: an update never goes back; --rollback does",
			w->in.origin.source, r.version, ours);
		return EX_NOPERM;
	}
	if (order == 0) {
		buf_printf(&w->said, "%s is the newest version\n", ours);
		return EX_OK;
	}
	ret = installation_has(&w->in, r.version) ?
		try_again(w, r.version, e) : get_and_put(w, &r, e);
	if (ret == EX_OK)
		ret = switch_to(w, r.version, e);
	if (ret == EX_OK && installation_prune(&w->in, r.version, used_is,
		(void *)w->inv) > 0)
		buf_puts(&w->said, "older versions stay, since sessions may use them\n");
	return ret;
}

static int roll_back(struct update_work *w, struct err *e)
{
	char *version = installation_before(&w->in);
	int ret;

	if (version == NULL) {
		err_set(e, "no version older than %s is in %s: there is nothing to go back to",
			w->in.origin.version, w->in.parent);
		return EX_UNAVAILABLE;
	}
	ret = try_again(w, version, e);
	if (ret == EX_OK)
		ret = switch_to(w, version, e);
	free(version);
	return ret;
}

/* The answer of --check: *status is 0 or 1. */
static void put_answer(struct update_work *w, const char *version, time_t when,
	int *status)
{
	const char *ours = w->in.origin.version;

	if (version_compare(version, ours) > 0) {
		buf_printf(&w->said, "%s is there, this is %s: vscode-remote-shell update gets it",
			version, ours);
		*status = UPDATE_NEWER;
	} else {
		buf_printf(&w->said, "%s is the newest version", ours);
		*status = UPDATE_DONE;
	}
	if (when != 0)
		buf_printf(&w->said, " (asked at %s)",
			timetext(TIMETEXT_MINUTES, when).s);
	buf_puts(&w->said, "\n");
}

/* From what was seen, where that is not too long ago: whether it is. */
static int answer_from_seen(struct update_work *w, int *status)
{
	long interval = w->inv->opt->update.check;
	time_t now = time(NULL);
	struct seen seen;

	seen_read(&seen, w->inv->state_fd);
	if (interval == 0 && seen.when == 0) {
		buf_puts(&w->said, "nobody asks for newer versions: update-check is off\n");
		*status = UPDATE_DONE;
		return 1;
	}
	if (interval != 0 && (seen.when == 0 || seen.when > now ||
		now - seen.when >= interval))
		return 0;
	if (seen.version[0] != '\0') {
		put_answer(w, seen.version, seen.when, status);
		return 1;
	}
	log_fail("update: at %s nobody answered, and update-check says how long to wait; update without --check asks now",
		timetext(TIMETEXT_MINUTES, seen.when).s);
	*status = EX_UNAVAILABLE;
	return 1;
}

static int update_check(struct update_work *w, struct err *e)
{
	struct release r;
	int status;

	if (look_for(w, &r, e) == -1)
		return EX_UNAVAILABLE;
	put_answer(w, r.version, 0, &status);
	return status;
}

/* ---- all of it -------------------------------------------------------------------- */

static const char *word_of(const struct options *o)
{
	return o->flags.check != NULL ? "check" : o->update.rollback ?
		"rollback" : "update";
}

static int with_stage(struct update_work *w, struct err *e)
{
	const struct options *o = w->inv->opt;
	int ret;

	if (!o->update.rollback && check_origin(&w->in.origin, e) == -1)
		return EX_CONFIG;
	if (installation_check_writers(&w->in, w->inv->user.home, e) == -1)
		return EX_NOPERM;
	if (installation_lock(&w->in, e) == -1)
		return EX_TEMPFAIL;
	/* What is made here is not for others to write, whatever is made elsewhere. */
	umask(umask(077) | 022);
	w->stage = installation_stage(&w->in, e);
	if (w->stage == NULL)
		return EX_CANTCREAT;
	ask_heed_signals();
	ret = o->flags.check != NULL ? update_check(w, e) :
		o->update.rollback ? roll_back(w, e) : update_now(w, e);
	ask_forget_signals();
	return ret;
}

static void remove_stage(struct update_work *w)
{
	struct err e;

	if (w->stage != NULL && tmpdir_remove(w->stage, &e) == -1)
		log_warning("update: %s", e.text);
	free(w->stage);
}

/* Who may not: what the site says to all, and why. */
static int tell_site(const struct invocation *inv, const struct err *why)
{
	struct buf text = { 0 };

	banner_read(inv->opt->site.banner, &text);
	banner_tell(&text);
	buf_fini(&text);
	log_fail("update: %s", why->text);
	return EX_UNAVAILABLE;
}

/* What was said for stdout is the last line of the log, too, or why it failed. */
static int finish(struct update_work *w, int status, struct err *e)
{
	size_t len = 0;
	int is_failed = status > UPDATE_NEWER;

	(void)buf_line(&w->said, &len);
	seen_log(w->inv->state_dir, "%s: %.*s", word_of(w->inv->opt),
		is_failed ? (int)strlen(e->text) : (int)len,
		is_failed ? e->text : len > 0 ? buf_data(&w->said) : "");
	if (!is_failed)
		return show_out(&w->said, status, e);
	log_fail("update: %s; nothing was changed", e->text);
	buf_fini(&w->said);
	return status;
}

static int update_all(const struct invocation *inv)
{
	struct update_work w = { .inv = inv };
	struct err e;
	int status;

	switch (installation_find(&w.in, inv->libexec, inv->user.home, &e)) {
	case INSTALLATION_SITES:
		return tell_site(inv, &e);
	case INSTALLATION_FIXED:
		log_fail("update: %s", e.text);
		return EX_CONFIG;
	case INSTALLATION_OURS:
		break;
	}
	if (inv->opt->flags.check == NULL || !answer_from_seen(&w, &status))
		status = finish(&w, with_stage(&w, &e), &e);
	else
		status = show_out(&w.said, status, &e);
	remove_stage(&w);
	installation_fini(&w.in);
	return status;
}

static void *update_begin(const struct invocation *inv)
{
	const char *check = inv->opt->flags.check;
	int status = EX_USAGE;

	if (check != NULL && strcmp(check, OPTIONS_BARE) != 0)
		log_fail("--check: has no value with update, and is '%.80s'", check);
	else if (check != NULL && inv->opt->update.rollback)
		log_fail("--check, --rollback: give one of the two");
	else
		status = update_all(inv);
	parting_exit(inv->parting, status);
	return NULL;
}

static void update_end(void *work)
{
	(void)work;
}

static const struct command_ops update_ops = { update_begin, NULL, update_end };

const struct command cmd_update = {
	.name = "update",
	.session = COMMAND_NONE,
	.help = "get a newer version into your own installation, and try it before it counts",
	.more = "For an installation in your home directory that was made of a bundle or a clone. What is got must be signed by a key that came with the first one. It is put beside this version, tried, and then the link `current` is switched; sessions that run are not touched. The exit status of --check is 0 when there is nothing newer, and 1 when there is.",
	.ops = &update_ops,
};
