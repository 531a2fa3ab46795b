/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Times are those of the file system, which login nodes share: the age of the
 * file is how long ago the last try was, since each that is refused writes it
 * anew. One that cannot be written refuses nothing.
 */
#include "front/job/stays.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/kv.h"
#include "base/mem.h"
#include "base/number.h"
#include "front/job/aside.h"
#include "front/job/asked.h"
#include "front/job/scope.h"
#include "front/job/standin.h"
#include "os/fd.h"
#include "os/log.h"
#include "os/safepath.h"
#include "os/stall.h"

#define RECORD_MAX 4096

/* ended.SESSION.NAME: a session has up to 64 characters, the name 16. */
struct file_name {
	char s[96];
};

/* Of this launcher and cluster: others may share the directory. */
static struct file_name file_of(const struct invocation *inv)
{
	struct opt_list words;
	struct file_name name;
	char scope[SCOPE_MAX];

	asked_of(&words, inv->opt);
	(void)scope_known(inv, scope);
	asked_put(&words, mem_printf("launcher=%s", standin_scheduler(inv)));
	asked_put(&words, mem_printf("scope=%s", scope));
	snprintf(name.s, sizeof name.s, "ended.%s.%s", inv->opt->session.name,
		asked_name(&words).s);
	optlist_free(&words);
	return name;
}

static time_t age_stamp(const struct invocation *inv, const char *name)
{
	struct stat st;

	return fstatat(inv->state_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ?
		st.st_mtime : 0;
}

/*
 * since: when the session ended; 0: now. Returns the time of the file system, 0
 * when that takes nothing.
 */
static time_t write_mark(const struct invocation *inv, const char *name,
	time_t since, const char *reason)
{
	struct buf text = { 0 };
	struct err e;
	int ret;

	kv_writef(&text, "since", "%lld", (long long)since);
	kv_write(&text, "reason", reason);
	buf_puts(&text, "\n");
	ret = safepath_write(inv->state_fd, name, buf_data(&text), text.len,
		&e);
	if (ret == -1)
		log_warning("%s: %s", inv->state_dir, e.text);
	buf_fini(&text);
	return ret == -1 ? 0 : age_stamp(inv, name);
}

/* Of any session: nobody comes back to these. */
static int is_old(const struct invocation *inv, const char *name, time_t now)
{
	return strncmp(name, "ended.", 6) == 0 &&
		now - age_stamp(inv, name) > STAYS_MAX;
}

static int is_of_session(const struct invocation *inv, const char *name)
{
	size_t len = strlen(inv->opt->session.name);

	/* The name of the options has no dot, that of a session may. */
	return strncmp(name, "ended.", 6) == 0 &&
		strncmp(name + 6, inv->opt->session.name, len) == 0 &&
		name[6 + len] == '.' && strchr(name + 6 + len + 1, '.') == NULL;
}

/* now 0: those of the session, else old ones of any. */
static void remove_marks(const struct invocation *inv, time_t now)
{
	DIR *dir = fd_opendir(inv->state_fd);
	struct dirent *d;

	while (dir != NULL && (d = readdir(dir)) != NULL)
		if (now == 0 ? is_of_session(inv, d->d_name) :
			is_old(inv, d->d_name, now))
			unlinkat(inv->state_fd, d->d_name, 0);
	if (dir != NULL)
		closedir(dir);
}

static void keep_ended(const struct invocation *inv, const char *reason)
{
	const struct file_name name = file_of(inv);
	time_t now = write_mark(inv, name.s, 0, reason);

	if (now == 0)
		return;
	write_mark(inv, name.s, now, reason);
	remove_marks(inv, now);
}

void stays_ended(const struct invocation *inv, const char *reason)
{
	STALL_WATCH(inv->state_dir);

	keep_ended(inv, reason);
}

struct stays_end {
	const struct invocation *inv;
	const char *reason;
};

/* In a child: no thread of ours tells there that the file system hangs. */
static void end_aside(const void *arg)
{
	const struct stays_end *end = arg;

	keep_ended(end->inv, end->reason);
}

pid_t stays_ended_aside(const struct invocation *inv, const char *reason)
{
	return aside_run(inv, end_aside, &(struct stays_end){ inv, reason });
}

static int read_mark(const struct invocation *inv, const char *name,
	long *since, char *why, size_t size)
{
	struct buf text = { 0 };
	const char *reason, *number;
	struct kv kv;
	struct err e;
	int ret = -1;

	if (safepath_read(inv->state_fd, name, RECORD_MAX, &text, &e) == 0 &&
		kv_parse(&kv, buf_data(&text), text.len, 0, &e) > 0) {
		reason = kv_get(&kv, "reason");
		number = kv_get(&kv, "since");
		snprintf(why, size, "%s", reason != NULL ? reason : "");
		ret = number != NULL ?
			number_read(number, 0, NUMBER_EPOCH_MAX, since) : -1;
		kv_fini(&kv);
	}
	buf_fini(&text);
	return ret;
}

int stays_refuses(const struct invocation *inv, char *why, size_t size)
{
	STALL_WATCH(inv->state_dir);
	const struct file_name name = file_of(inv);
	time_t last = age_stamp(inv, name.s), now;
	long since;

	if (last == 0 || read_mark(inv, name.s, &since, why, size) == -1)
		return 0;
	/* Who is writing it has only the first of its two writes done. */
	if (since == 0)
		since = last;
	/* Without a change to the mark: two may come at once. */
	now = fd_now(inv->state_fd);
	if (now - last < STAYS_QUIET && now - since < STAYS_MAX)
		return write_mark(inv, name.s, since, why) != 0;
	unlinkat(inv->state_fd, name.s, 0);
	return 0;
}

void stays_forget(const struct invocation *inv)
{
	STALL_WATCH(inv->state_dir);

	remove_marks(inv, 0);
}
