/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A child looks, since a file system may hang; the next look waits for it. What it
 * says are words, each with its NUL: for each of enum ailment a sign, and behind that
 * the line which tells of it.
 */
#include "agent/containerhealth.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "net/child.h"
#include "net/flow.h"
#include "os/fd.h"
#include "os/log.h"
#include "os/spawn.h"

#define FIRST_SECONDS 1
#define EACH_SECONDS 60
#define LOOK_SECONDS 60		/* at a file system that hangs */
#define SAID_MAX 8192
#define FULL_BYTES (1ULL << 20)
#define FINE_BYTES (16ULL << 20)

enum ailment {
	IMAGE_GONE,
	LAYER_FULL,
	SCRATCH_FULL,
	AILMENTS,
};

struct containerhealth {
	const struct agent_job *job;
	struct fronts *fronts;
	int (*of)(struct containerhealth_of *, void *);
	void *arg;
	struct event *timer;
	struct child *child;	/* that looks; or NULL */
	int said;		/* its output; -1 */
	int is_told[AILMENTS];
};

int containerhealth_judge(const struct containerhealth_room *r)
{
	/* Some tell nothing of themselves. */
	if (r->blocks == 0)
		return 0;
	if (r->bytes < FULL_BYTES || (r->files > 0 && r->files_left == 0))
		return -1;
	return r->bytes >= FINE_BYTES;
}

/* ---- in a child ----------------------------------------------------------- */

static void health_say(struct buf *out, int judged, const char *line)
{
	buf_append(out, judged < 0 ? "-" : judged > 0 ? "+" : "?", 2);
	buf_append(out, line, strlen(line) + 1);
}

static void look_at_image(const struct containerhealth_of *of, struct buf *out)
{
	struct stat st;
	int is_gone = of->image != NULL && lstat(of->image, &st) == -1 &&
		errno != EACCES;
	char *line = mem_printf("container: %s, %s, cannot be found any more (%s): %s",
		of->is_copy ? "the copy of the image" : "the image",
		of->image != NULL ? of->image : "", is_gone ? strerror(errno) :
		"", of->is_copy ? "the next program makes it anew" :
		"programs that run may miss their files, and others do not start until it is there again");

	health_say(out, is_gone ? -1 : 1, line);
	free(line);
}

static int look_for_room(const char *path)
{
	struct statvfs s;

	if (path == NULL || statvfs(path, &s) == -1 ||
		(s.f_flag & ST_RDONLY) != 0)
		return 0;
	return containerhealth_judge(&(struct containerhealth_room){
		.bytes = (unsigned long long)s.f_bavail * s.f_frsize,
		.blocks = s.f_blocks, .files = s.f_files,
		.files_left = s.f_favail });
}

/* What its programs write over the image, where the runtime lets them. */
static void look_at_layer(const struct containerhealth_of *of, struct buf *out)
{
	char *root = mem_printf("/proc/%ld/root", (long)of->instance);

	health_say(out, look_for_room(of->instance > 0 ? root : NULL),
		"container: its own layer is full, which has what programs write over the image: they will fail; remove something there");
	free(root);
}

static void look_at_scratch(const struct containerhealth_of *of,
	struct buf *out)
{
	char *line = mem_printf("container: %s is full: programs will fail there; remove something",
		of->scratch != NULL ? of->scratch : "");

	health_say(out, look_for_room(of->scratch), line);
	free(line);
}

__attribute__((noreturn))
static void health_look(int fd, const struct containerhealth_of *of)
{
	struct buf out = { 0 };

	alarm(LOOK_SECONDS);
	look_at_image(of, &out);
	look_at_layer(of, &out);
	look_at_scratch(of, &out);
	_exit(fd_write_all(fd, buf_data(&out), out.len) == 0 ? 0 : 1);
}

/* ---- in the agent --------------------------------------------------------- */

static void arm(struct containerhealth *h, int seconds)
{
	event_add(h->timer, &(struct timeval){ .tv_sec = seconds });
}

/* Once, until it is well again. */
static void hear(struct containerhealth *h, enum ailment a, char sign,
	const char *line)
{
	if (sign == '-' && !h->is_told[a]) {
		log_tell("%s", line);
		fronts_notice(h->fronts, line);
	}
	if (sign != '?')
		h->is_told[a] = sign == '-';
}

static void health_looked(pid_t pid, int status, void *arg)
{
	struct containerhealth *h = arg;
	char text[SAID_MAX + 1];
	ssize_t n = read(h->said, text, SAID_MAX);
	size_t at = 0;

	(void)pid;
	(void)status;
	h->child = NULL;
	close(h->said);
	h->said = -1;
	text[n > 0 ? n : 0] = '\0';
	/* One that was ended has said nothing, or not all. */
	for (int a = 0; n > 0 && a < AILMENTS && at + 2 < (size_t)n; a++) {
		hear(h, (enum ailment)a, text[at], text + at + 2);
		at += 3 + strlen(text + at + 2);
	}
}

static void begin_look(struct containerhealth *h,
	const struct containerhealth_of *of)
{
	int p[2] = { -1, -1 };
	pid_t pid = pipe2(p, O_CLOEXEC) == -1 ? -1 : spawn_branch(p[1]);

	if (pid == 0)
		health_look(p[1], of);
	fd_close(p[1]);
	if (pid == -1) {
		log_warning("cannot fork: %s", strerror(errno));
		fd_close(p[0]);
		return;
	}
	flow_prepare(p[0]);
	h->said = p[0];
	h->child = child_watch(h->job->children, pid, health_looked, h);
}

static void health_cb(evutil_socket_t fd, short what, void *arg)
{
	struct containerhealth *h = arg;
	struct containerhealth_of of;

	(void)fd;
	(void)what;
	if (fronts_count(h->fronts) == 0)
		return;
	if (h->child == NULL && h->of(&of, h->arg))
		begin_look(h, &of);
	arm(h, EACH_SECONDS);
}

void containerhealth_begin(struct containerhealth *h)
{
	if (!event_pending(h->timer, EV_TIMEOUT, NULL))
		arm(h, FIRST_SECONDS);
}

struct containerhealth *containerhealth_new(const struct agent_job *job,
	struct fronts *fronts,
	int (*of)(struct containerhealth_of *, void *), void *arg)
{
	struct containerhealth *h = mem_alloc(sizeof *h);

	*h = (struct containerhealth){ .job = job, .fronts = fronts, .of = of,
		.arg = arg, .said = -1 };
	h->timer = evtimer_new(job->base, health_cb, h);
	return h;
}

void containerhealth_free(struct containerhealth *h)
{
	child_forget(h->child);
	fd_close(h->said);
	event_free(h->timer);
	free(h);
}
