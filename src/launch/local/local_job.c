/* SPDX-License-Identifier: BSD-2-Clause */
#include "launch/local/local_job.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/kv.h"
#include "base/mem.h"
#include "base/number.h"
#include "launch/launch_request.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/proc.h"
#include "os/procsig.h"
#include "os/safepath.h"

#define RECORD_MAX 4096
#define ID_TRIES 1000
#define BEING_WRITTEN 2	/* s, for a record that has a name and no content yet */
#define RETRY_MS 10

char local_host[256], local_boot[37];

void local_fail(const char *class, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	launch_request_refuse(class, text);
	exit(1);
}

struct local_numbers {
	long pid, start, began, limit;
};
#define AT(field) offsetof(struct local_numbers, field)

static const struct number_row number_table[] = {
	{ "pid", AT(pid), 2, NUMBER_PID_MAX, 0 },
	{ "start", AT(start), 0, LONG_MAX, 0 },
	{ "began", AT(began), 0, NUMBER_EPOCH_MAX, 0 },
	{ "limit", AT(limit), 0, LOCAL_LIMIT_MAX, 0 },
};

/* -1: it is none of ours. */
static int parse_job(struct local_job *j, const struct buf *text)
{
	struct local_numbers number;
	struct kv kv;
	struct err e;
	const char *v;
	int ret;
	long n = kv_parse(&kv, buf_data(text), text->len, 0, &e);

	if (n <= 0)
		return -1;
#define COPY(field) do { \
	v = kv_get(&kv, #field); \
	snprintf(j->field, sizeof j->field, "%s", v ? v : ""); \
} while (0)
	COPY(tag);
	COPY(session);
	COPY(host);
	COPY(boot);
#undef COPY
	ret = number_rows(number_table, sizeof number_table /
		sizeof number_table[0], &kv, &number, &e);
	j->pid = (pid_t)number.pid;
	j->start = (unsigned long long)number.start;
	j->began = number.began;
	j->limit = number.limit;
	kv_fini(&kv);
	return j->pid > 1 ? ret : -1;
}

/*
 * What cannot be looked at may be a live job, which must not be taken for none:
 * the next front would start a second one. Then errno tells why.
 */
enum look { NONE, THERE, UNKNOWN };

static enum look no_look(int error)
{
	errno = error;
	return error == EMFILE || error == ENFILE || error == ENOMEM ||
		error == EIO ? UNKNOWN : NONE;
}

__attribute__((noreturn))
static void fail_unknown(const char *what)
{
	local_fail("unavailable", "%s: %s; try again", what, strerror(errno));
}

/*
 * Whether an empty record may still be written: a launcher takes the number
 * first and writes the text at once. One that stays empty is of a launcher that
 * was killed between the two.
 */
static int is_being_written(int dir, const char *name, const struct buf *text)
{
	struct stat st;

	return text->len == 0 && fstatat(dir, name, &st, 0) == 0 &&
		labs(time(NULL) - st.st_mtime) <= BEING_WRITTEN;
}

static int read_record(int dir, const char *name, struct buf *text,
	struct err *e)
{
	int tries = BEING_WRITTEN * 1000 / RETRY_MS, ret;

	while ((ret = safepath_read(dir, name, RECORD_MAX, text, e)) == 0 &&
		tries-- > 0 && is_being_written(dir, name, text))
		clock_pause(RETRY_MS);
	return ret;
}

static enum look load(int dir, const char *name, struct local_job *j)
{
	struct buf text = { 0 };
	enum look found;
	struct err e;

	*j = (struct local_job){ .id = 0 };
	/* A record's name is its number as we write it: "007" is none of ours. */
	if (name[0] == '0' || number_read(name, 1, LOCAL_ID_MAX, &j->id) == -1)
		return NONE;
	if (read_record(dir, name, &text, &e) == -1)
		found = no_look(errno);
	else
		found = parse_job(j, &text) == 0 ? THERE : NONE;
	buf_fini(&text);
	return found;
}

int local_load(int dir, const char *name, struct local_job *j)
{
	enum look found = load(dir, name, j);

	if (found == UNKNOWN)
		fail_unknown("a record of a session");
	return found == THERE ? 0 : -1;
}

/* A zombie is dead, however long init takes to notice it. */
static enum look is_alive(const struct local_job *j)
{
	struct procstat st;

	if (proc_stat(j->pid, &st) == -1)
		return no_look(errno);
	return st.starttime == j->start && st.state != 'Z' && st.state != 'X' ?
		THERE : NONE;
}

int local_is_alive(const struct local_job *j)
{
	enum look alive = is_alive(j);

	if (alive == UNKNOWN)
		fail_unknown("/proc");
	return alive == THERE;
}

/* Whether a record is about this machine, at whatever boot. */
static int is_of_this_host(const struct local_job *j)
{
	return strcmp(local_host, j->host) == 0;
}

/* Whether a record is about this machine since it was started. */
int local_is_here(const struct local_job *j)
{
	return is_of_this_host(j) && strcmp(local_boot, j->boot) == 0;
}

static int local_job_by_id(const void *a, const void *b)
{
	const struct local_job *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* All records. *highest: of all numbers. -1 with errno: they are not known. */
static long load_records(int dir, struct local_job **jobs, long *highest)
{
	DIR *d = dir == -1 ? NULL : fd_opendir(dir);
	struct dirent *entry;
	int error = errno;
	long n = 0;

	*jobs = NULL;
	*highest = 0;
	if (dir != -1 && d == NULL)
		return -1;
	while (d != NULL && (entry = readdir(d)) != NULL) {
		struct local_job j;
		enum look found = load(dir, entry->d_name, &j);

		if (j.id > *highest)
			*highest = j.id;
		if (found == UNKNOWN) {
			n = -1;
			error = errno;
			break;
		}
		if (found == NONE)
			continue;
		*jobs = mem_realloc(*jobs, (n + 1) * sizeof j);
		(*jobs)[n++] = j;
	}
	if (d != NULL)
		closedir(d);
	errno = error;
	return n;
}

/*
 * The live jobs of this machine, the oldest first. Records of its dead ones are
 * removed, but the last of all: a number is never given twice, or a front that
 * knows the old job would end the new one.
 */
static long live(int dir, struct local_job **jobs, long *highest)
{
	long all = load_records(dir, jobs, highest), n = 0;

	if (all == -1)
		return -1;
	for (long i = 0; i < all; i++) {
		const struct local_job *j = &(*jobs)[i];
		enum look alive = local_is_here(j) ? is_alive(j) : NONE;
		char name[32];

		if (alive == UNKNOWN)
			return -1;
		if (alive == THERE) {
			(*jobs)[n++] = *j;
		} else if (is_of_this_host(j) && j->id != *highest) {
			snprintf(name, sizeof name, "%ld", j->id);
			unlinkat(dir, name, 0);
		}
	}
	if (n > 0)
		qsort(*jobs, (size_t)n, sizeof **jobs, local_job_by_id);
	return n;
}

size_t local_live(int dir, struct local_job **jobs, long *highest)
{
	long n = live(dir, jobs, highest);

	if (n == -1)
		fail_unknown("the records of sessions");
	return (size_t)n;
}

int local_is_first(const struct local_job *jobs, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(jobs[k].session, jobs[i].session) == 0)
			return 0;
	return 1;
}

int local_waits(int dir, const struct local_job *j)
{
	struct local_job *jobs;
	long highest, n = live(dir, &jobs, &highest), i = 0;
	int waits;

	while (i < n && jobs[i].id < j->id &&
		strcmp(jobs[i].session, j->session) != 0)
		i++;
	/* If that is not known, it waits: both at once would be wrong. */
	waits = n == -1 || (i < n && jobs[i].id < j->id);
	free(jobs);
	return waits;
}

static void write_job(struct buf *text, const struct local_job *j)
{
	kv_write(text, "host", j->host);
	kv_write(text, "boot", j->boot);
	kv_writef(text, "pid", "%ld", (long)j->pid);
	kv_writef(text, "start", "%llu", j->start);
	kv_write(text, "tag", j->tag);
	kv_write(text, "session", j->session);
	kv_writef(text, "began", "%lld", (long long)j->began);
	kv_writef(text, "limit", "%ld", j->limit);
	buf_puts(text, "\n");
}

/* Give the record the next free number, however many do so at once. */
long local_store(int dir, const struct local_job *j)
{
	struct buf text = { 0 };
	struct local_job *jobs;
	struct err e;
	char name[32];
	long highest;

	write_job(&text, j);
	local_live(dir, &jobs, &highest);
	free(jobs);
	err_set(&e, "%ld is the last number that a job here can have: remove the record of that name from the folder 'local' of the state directory, unless its session lives",
		LOCAL_ID_MAX);
	for (int tries = 0; tries < ID_TRIES && highest < LOCAL_ID_MAX;
		tries++) {
		snprintf(name, sizeof name, "%ld", ++highest);
		if (safepath_create(dir, name, buf_data(&text), text.len,
			&e) == 0) {
			buf_fini(&text);
			return highest;
		}
		if (errno != EEXIST)
			break;
	}
	buf_fini(&text);
	procsig_send(j->pid, SIGKILL);
	local_fail("config", "%s", e.text);
}

void local_rewrite(int dir, const struct local_job *j)
{
	struct buf text = { 0 };
	struct err e;
	char name[32];

	write_job(&text, j);
	snprintf(name, sizeof name, "%ld", j->id);
	if (safepath_write(dir, name, buf_data(&text), text.len, &e) == -1)
		local_fail("config", "%s", e.text);
	buf_fini(&text);
}
