/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When the records of servers are looked at: before a shell starts, since an
 * editor's script may be the next thing that it reads, some times after a
 * server was announced, and at the end. A child does it; a home directory that
 * does not answer costs a shell HYGIENE_SECONDS, and not each shell.
 */
#include "agent/servers/hygiene.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sysexits.h>
#include <unistd.h>

#include "agent/servers/machinesettings.h"
#include "agent/servers/recordlook.h"
#include "agent/servers/serverdir.h"
#include "agent/waitlist.h"
#include "base/mem.h"
#include "base/number.h"
#include "editor/folderline.h"
#include "net/alarm.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/log.h"
#include "os/procsig.h"
#include "os/safepath.h"
#include "os/spawn.h"

#define STILL_GOOD_MS 1000	/* a look this old will do for a shell */
#define HUNG_MS 60000		/* then the home directory gets a new chance */
#define OUTPUT_MAX 65536
#define TELL_MAX 3		/* lines of one look that the user sees */

static const char no_dir[] = "--server-dir has no effect: VS Code's server uses the home directory";

/* Seconds from an announcement to each look, the last again and again. */
static const int intervals[] = { 0, 2, 5, 30, 300 };
#define INTERVALS (sizeof intervals / sizeof *intervals)

struct hygiene {
	const struct agent_job *job;
	const struct rundir *rundir;
	struct fronts *fronts;
	const struct end *end;
	struct {
		char *path;	/* of that for server folders; NULL: home */
		struct buf line; /* of editor/folderline.h, once it was made */
		struct serverdir_id id;	/* of it, once it was made */
		int lock;	/* keeps tmpfiles off the node's; -1: none */
	} folder;
	struct {
		pid_t pid;	/* -1: none */
		enum recordlook what;
		long long began;
		struct event *output;	/* NULL: it is not listened to */
		struct buf said;
		struct event *limit;
	} child;		/* that looks, or was the last to */
	struct {
		struct buf told;	/* each once */
		struct buf untold;	/* that nobody was there to hear */
	} lines;
	long long hung_until;	/* the child was given up; 0: it was not */
	long long good_until;	/* no other look is needed for a shell */
	struct alarm *again;
	unsigned step;		/* in intervals */
	struct waitlist shells;	/* that wait for a look to be over */
};

static void look_next(struct hygiene *h);

static void hygiene_tell(struct hygiene *h, const char *line)
{
	log_tell("%s", line);
	if (fronts_count(h->fronts) > 0)
		fronts_notice(h->fronts, line);
	else if (h->lines.untold.len < OUTPUT_MAX)
		buf_printf(&h->lines.untold, "%s\n", line);
}

void hygiene_greet(struct hygiene *h)
{
	char *at, *nl;

	if (h == NULL || h->lines.untold.len == 0)
		return;
	buf_append(&h->lines.untold, "", 1);
	for (at = buf_data(&h->lines.untold); (nl = strchr(at, '\n')) != NULL;
		at = nl + 1) {
		*nl = '\0';
		fronts_notice(h->fronts, at);
	}
	buf_fini(&h->lines.untold);
}

/* Not yet said in this session? What stays wrong is found again and again. */
static int is_news(struct hygiene *h, const char *line)
{
	size_t len = strlen(line) + 1;
	struct buf *told = &h->lines.told;

	if (told->len > 0 && memmem(buf_data(told), told->len, line, len) !=
		NULL)
		return 0;
	if (told->len < OUTPUT_MAX)
		buf_append(told, line, len);
	return 1;
}

/* systemd-tmpfiles leaves a directory that is locked. */
static void lock_dir(struct hygiene *h)
{
	char *run = mem_strdup(h->folder.path);
	struct err e;

	if (h->folder.lock != -1)
		close(h->folder.lock);
	*strrchr(run, '/') = '\0';
	h->folder.lock = safepath_dir(run, 0, NULL, &e);
	if (h->folder.lock == -1)
		log_info("it cannot be locked: %s", e.text);
	else if (flock(h->folder.lock, LOCK_SH | LOCK_NB) == -1)
		log_info("%s cannot be locked: %s", run, strerror(errno));
	free(run);
}

static void drop_dir(struct hygiene *h)
{
	buf_fini(&h->folder.line);
	h->folder.id = (struct serverdir_id){ 0 };
}

/* Only that of the node is where the loop may look: home may hang. */
static int is_on_node(const struct hygiene *h)
{
	return h->folder.path != NULL &&
		h->job->opt->servers.dir == OPTIONS_SERVER_DIR_NODE;
}

/* The child has made "DEV INO PATH". */
static void made_dir(struct hygiene *h, char *text)
{
	struct serverdir_id id;
	char *dev = strsep(&text, " "), *ino = strsep(&text, " ");
	long n, m;

	if (text == NULL || number_read(dev, 0, LONG_MAX, &n) == -1 ||
		number_read(ino, 0, LONG_MAX, &m) == -1)
		return;
	id.dev = (unsigned long)n;
	id.ino = (unsigned long)m;
	drop_dir(h);
	h->folder.id = id;
	if (strcmp(text, h->folder.path) != 0) {
		free(h->folder.path);
		h->folder.path = mem_strdup(text);
	}
	folderline_put(&h->folder.line, h->folder.path);
	buf_append(&h->folder.line, "", 1);
	if (is_on_node(h))
		lock_dir(h);
}

/* What the child said, line by line. */
static void report(struct hygiene *h)
{
	unsigned n = 0;
	char *at, *nl;

	buf_append(&h->child.said, "", 1);
	for (at = buf_data(&h->child.said); (nl = strchr(at, '\n')) != NULL;
		at = nl + 1) {
		*nl = '\0';
		if (*at == 'D')
			made_dir(h, at + 1);
		else if (*at == 'X')
			drop_dir(h);
		else if (*at != 'N')
			log_info("%s", at + 1);
		else if (!is_news(h, at + 1))
			continue;
		else if (n++ < TELL_MAX)
			hygiene_tell(h, at + 1);
		else
			log_tell("%s", at + 1);
	}
	if (n > TELL_MAX) {
		char more[128];

		snprintf(more, sizeof more, "and %u more lines like this, in agent.log",
			n - TELL_MAX);
		hygiene_tell(h, more);
	}
	buf_fini(&h->child.said);
}

static void close_output(struct hygiene *h)
{
	int fd;

	if (h->child.output == NULL)
		return;
	fd = event_get_fd(h->child.output);
	event_free(h->child.output);
	close(fd);
	h->child.output = NULL;
	event_del(h->child.limit);
}

static void output(evutil_socket_t fd, short what, void *arg)
{
	struct hygiene *h = arg;
	ssize_t n = read(fd, buf_reserve(&h->child.said, 4096), 4096);

	(void)what;
	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0) {
		buf_commit(&h->child.said, (size_t)n);
		if (h->child.said.len > OUTPUT_MAX)
			buf_consume(&h->child.said, h->child.said.len);
		return;
	}
	close_output(h);
	log_debug("server records: %lld ms", clock_ms() - h->child.began);
	report(h);
	/* A shell that came during a look of another kind needs its own. */
	if (h->child.what != RECORDS_SHELL && !waitlist_is_empty(&h->shells))
		look_next(h);
	else
		waitlist_go(&h->shells, h->end);
}

static void hung(evutil_socket_t fd, short what, void *arg)
{
	struct hygiene *h = arg;
	char line[256];

	(void)fd;
	(void)what;
	procsig_send(h->child.pid, SIGKILL);
	h->hung_until = clock_ms() + HUNG_MS;
	close_output(h);
	buf_fini(&h->child.said);
	snprintf(line, sizeof line, "your home directory has not answered for %d s: old records of VS Code servers in it stay as they are",
		HYGIENE_SECONDS);
	if (is_news(h, line))
		hygiene_tell(h, line);
	if (h->folder.path != NULL && h->folder.line.len == 0 && is_news(h, no_dir))
		hygiene_tell(h, no_dir);
	waitlist_go(&h->shells, h->end);
}

static void hygiene_ended(pid_t pid, int status, void *arg)
{
	struct hygiene *h = arg;

	(void)status;
	if (h->child.pid == pid)
		h->child.pid = -1;
}

/*
 * In the child: the session's server folder. One that was removed is made anew,
 * under another name if somebody has taken that one meanwhile.
 */
static void offer_dir(struct hygiene *h, int out)
{
	const char *home = h->job->user.home;
	struct serverdir_id id;
	char *path = mem_strdup(h->folder.path);
	struct err e, why;
	int ret;

	if (h->folder.line.len > 0 && serverdir_is(path, &h->folder.id, &e))
		return;
	if (h->folder.line.len > 0)
		dprintf(out, "N%s: the server folder of --server-dir is made anew for what connects from now on; what runs had its files in the old one\n",
			e.text);
	ret = serverdir_make(path, home, &id, &e);
	if (ret == -1 && is_on_node(h)) {
		free(path);
		path = serverdir_path(h->job, &why);
		ret = path == NULL ? -1 : serverdir_make(path, home, &id, &e);
	}
	if (ret == 0)
		dprintf(out, "D%llu %llu %s\n", id.dev, id.ino, path);
	else
		dprintf(out, "X\nN%s: %s\n", no_dir, e.text);
	free(h->folder.path);
	h->folder.path = path;
}

/* In the child. */
__attribute__((noreturn))
static void hygiene_look(struct hygiene *h, int out)
{
	struct err e;

	if (h->folder.path != NULL && h->child.what == RECORDS_SHELL)
		offer_dir(h, out);
	if (h->child.what == RECORDS_SHELL && serverdir_room(h->folder.path,
		h->job->user.home, &e) == -1)
		dprintf(out, "N%s; VS Code's server cannot write there: %s\n",
			e.text, h->folder.path != NULL ? "make room" :
			"make room, or choose --server-dir=node");
	if (h->job->opt->servers.hygiene)
		recordlook_run(h->job, is_on_node(h) ? h->folder.path : NULL,
			rundir_path(h->rundir), h->child.what, out);
	/* Last: its file may be where nothing answers. */
	if (h->child.what == RECORDS_SHELL)
		machinesettings_run(h->job->opt->servers.settings,
			h->job->user.home, h->folder.path, out);
	_exit(0);
}

/* The reading end of what the child says; -1 when there is no child. */
static int start_child(struct hygiene *h, enum recordlook what)
{
	int p[2];

	h->child.what = what;
	if (pipe2(p, O_CLOEXEC) == -1) {
		log_error("cannot make a pipe: %s", strerror(errno));
		return -1;
	}
	h->child.pid = spawn_branch(p[1]);
	if (h->child.pid == 0)
		hygiene_look(h, p[1]);
	close(p[1]);
	if (h->child.pid != -1)
		return p[0];
	log_error("cannot fork: %s", strerror(errno));
	close(p[0]);
	return -1;
}

static int hygiene_begin(struct hygiene *h, enum recordlook what)
{
	int fd = start_child(h, what);

	if (fd == -1)
		return -1;
	h->child.began = clock_ms();
	if (what == RECORDS_SHELL)
		h->good_until = h->child.began + STILL_GOOD_MS;
	child_watch(h->job->children, h->child.pid, hygiene_ended, h);
	evutil_make_socket_nonblocking(fd);
	h->child.output = event_new(h->job->base, fd, EV_READ | EV_PERSIST, output,
		h);
	/* The loop has said why; nobody would hear what the child finds. */
	if (event_add(h->child.output, NULL) == -1) {
		close_output(h);
		return -1;
	}
	event_add(h->child.limit, &(struct timeval){ .tv_sec = HYGIENE_SECONDS });
	return 0;
}

/* While a child hangs in the kernel no other is made, or they would pile up. */
static int is_hung(const struct hygiene *h)
{
	return h->hung_until != 0 &&
		(h->child.pid != -1 || clock_ms() < h->hung_until);
}

static void look_next(struct hygiene *h)
{
	if (is_hung(h) || hygiene_begin(h, RECORDS_SHELL) == -1)
		waitlist_go(&h->shells, h->end);
}

static void again(void *arg)
{
	struct hygiene *h = arg;

	if (end_has_begun(h->end))
		return;
	/*
	 * The first is as for a shell: when an exec server has announced its
	 * port, the client asks it for VS Code's server next.
	 */
	if (h->child.output == NULL && !is_hung(h))
		(void)hygiene_begin(h,
			h->step == 0 ? RECORDS_SHELL : RECORDS_MARK);
	if (h->step + 1 < INTERVALS)
		h->step++;
	if (h->job->opt->servers.hygiene)
		alarm_set(h->again, intervals[h->step] * 1000);
}

/* A server that is new has a folder now, for whoever puts something there. */
static int is_looked_at_again(const struct hygiene *h)
{
	return h->job->opt->servers.hygiene ||
		h->job->opt->servers.settings != NULL;
}

void hygiene_announced(struct hygiene *h)
{
	if (h == NULL || !is_looked_at_again(h))
		return;
	h->step = 0;
	alarm_set(h->again, intervals[0] * 1000);
}

/*
 * No look is needed for this shell, or none can be made: others may be where
 * the folder was all the same.
 */
static void look_at_dir(struct hygiene *h)
{
	struct err e;

	if (serverdir_is(h->folder.path, &h->folder.id, &e))
		return;
	h->good_until = 0;
	if (!is_hung(h))
		return;
	drop_dir(h);
	if (is_news(h, no_dir))
		hygiene_tell(h, no_dir);
}

void hygiene_await(struct hygiene *h, struct link *l,
	const struct frame *request, void (*ready)(struct link *,
	const struct frame *, void *), void *arg)
{
	if (h != NULL && h->folder.line.len > 0 && is_on_node(h))
		look_at_dir(h);
	if (h == NULL || is_hung(h) || (h->child.output == NULL &&
		clock_ms() < h->good_until)) {
		ready(l, request, arg);
		return;
	}
	waitlist_add(&h->shells, l, request, ready, arg);
	if (h->child.output == NULL)
		look_next(h);
}

const char *hygiene_folder_line(const struct hygiene *h)
{
	return h != NULL && h->folder.line.len > 0 ? buf_data(&h->folder.line) : NULL;
}

void hygiene_folder_not_named(struct hygiene *h)
{
	hygiene_tell(h, "--server-dir has no effect on this connection: in no line that is known the editor's start script names a server folder of the home directory; the server is where the script says");
}

struct hygiene *hygiene_new(const struct agent_job *job,
	const struct rundir *rundir, struct fronts *fronts,
	const struct end *end)
{
	struct hygiene *h;
	char line[2048];
	struct err e;

	if (!job->opt->servers.hygiene &&
		job->opt->servers.settings == NULL &&
		job->opt->servers.dir == OPTIONS_SERVER_DIR_HOME)
		return NULL;
	h = mem_alloc(sizeof *h);
	h->job = job;
	h->rundir = rundir;
	h->fronts = fronts;
	h->end = end;
	h->child.pid = -1;
	h->folder.lock = -1;
	waitlist_init(&h->shells);
	h->folder.path = serverdir_path(job, &e);
	if (e.text[0] != '\0') {
		snprintf(line, sizeof line, "%s; %s%s", e.text,
			h->folder.path != NULL ? "--server-dir=node is " : no_dir,
			h->folder.path != NULL ? h->folder.path : "");
		hygiene_tell(h, line);
	}
	h->child.limit = evtimer_new(job->base, hung, h);
	h->again = alarm_new(job->base, again, h);
	(void)hygiene_begin(h, RECORDS_SHELL);
	return h;
}

/* The loop is over: wait here. */
static void last_look(struct hygiene *h)
{
	long long until = clock_ms() + HYGIENE_SECONDS * 1000;
	int fd = start_child(h, RECORDS_END);
	ssize_t n = 1;

	while (fd != -1 && n > 0 && fd_wait(fd, POLLIN, until) > 0) {
		n = read(fd, buf_reserve(&h->child.said, 4096), 4096);
		buf_commit(&h->child.said, n > 0 ? (size_t)n : 0);
	}
	if (fd == -1)
		return;
	if (n > 0)
		procsig_send(h->child.pid, SIGKILL);
	close(fd);
	report(h);
}

void hygiene_free(struct hygiene *h)
{
	if (h == NULL)
		return;
	close_output(h);
	waitlist_fini(&h->shells);
	if (h->job->opt->servers.hygiene && !is_hung(h))
		last_look(h);
	event_free(h->child.limit);
	alarm_free(h->again);
	buf_fini(&h->child.said);
	buf_fini(&h->folder.line);
	buf_fini(&h->lines.told);
	buf_fini(&h->lines.untold);
	free(h->folder.path);
	free(h);
}
