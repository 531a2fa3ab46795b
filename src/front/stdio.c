/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The descriptors that sshd gave us. What the client types before there is a
 * shell is stored without loss and without limit. A killed client gives no SIGHUP
 * without a terminal; that nobody reads stdout any more, or that a write to it
 * fails, means that the ssh connection is gone. An end of stdin alone does not
 * (clients on Windows pipe a script in); a socket as stdout is looked at then and
 * every few seconds, since by itself it says nothing.
 *
 * stdin passes, in this order: its tee, a watcher for Ctrl-C and the end, a store
 * that holds all until there is a shell, and what the shell has added. Before
 * that it is read here; then a relay has all three.
 */
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/mem.h"
#include "front/parting.h"
#include "front/sshgone.h"
#include "front/stdio.h"
#include "net/flow.h"
#include "net/teefilter.h"
#include "net/turn.h"
#include "os/fd.h"
#include "os/log.h"

#define READ_SIZE 16384		/* until there is a relay */
#define PIPE_SIZE (256 << 10)

struct stdio {
	struct event_base *base;
	struct parting *parting;
	struct inflow in;			/* until there is a relay */
	struct relay *relay;
	struct filters filters[STREAM_COUNT];
	struct teefilter tee[STREAM_COUNT];
	struct stdio_typed {			/* on stdin */
		struct filter watcher, store;
		void (*heard)(const char *data, size_t len, void *arg);
		void *arg;			/* of heard, which may be NULL */
	} typed;
	struct stdio_reader {			/* is anybody reading stdout? */
		struct event watch;
		int watching;
		struct sshgone *look;		/* where it is no pipe, from the
						   end of stdin on; else NULL */
		int is_ended;			/* by us: nobody reads on */
	} reader;
	int flags[STREAM_COUNT];		/* as we found them */
	struct stdio_terminal {
		int is_one;
		struct termios found;		/* as we found it */
	} terminal;
	int detached;
};

static void stdio_hang_up(struct stdio *s)
{
	if (!s->detached)
		parting_hang_up(s->parting);
}

static struct stdio *stdio_of_watcher(struct filter *f)
{
	return (struct stdio *)((char *)f - offsetof(struct stdio, typed.watcher));
}

static size_t watch_stdin(struct filter *f, const char *data, size_t len)
{
	struct stdio *s = stdio_of_watcher(f);

	/*
	 * The terminal is raw: nobody else makes a signal of it. Where there is
	 * a shell, that gets it, and the command goes on.
	 */
	if (s->terminal.is_one &&
		s->terminal.found.c_cc[VINTR] != _POSIX_VDISABLE &&
		memchr(data, s->terminal.found.c_cc[VINTR], len) != NULL)
		parting_interrupt(s->parting);
	if (s->typed.heard != NULL)
		s->typed.heard(data, len, s->typed.arg);
	filter_pass(f, data, len);
	return len;
}

static void watch_end_of_stdin(struct filter *f)
{
	struct stdio *s = stdio_of_watcher(f);

	log_info("end of stdin");
	if (!s->reader.is_ended && fd_is_dead(STDOUT_FILENO)) {
		/* Of the ssh: nothing of that for the shell. */
		filter_hold(f);
		stdio_hang_up(s);
		return;
	}
	if (!s->reader.watching && !s->reader.is_ended &&
		!flow_is_file(STDOUT_FILENO))
		s->reader.look = sshgone_new(s->base, s->parting);
}

static const struct filter_ops watcher_ops = {
	watch_stdin, watch_end_of_stdin
};

/* Once released. Until then all waits before it. */
static size_t pass_stored(struct filter *f, const char *data, size_t len)
{
	filter_pass(f, data, len);
	return len;
}

static const struct filter_ops store_ops = { .data = pass_stored };

static void stdin_data(struct inflow *in, char *data, size_t len, void *arg)
{
	struct stdio *s = arg;

	(void)in;
	filters_put(&s->filters[STREAM_STDIN], data, len);
}

static void stdin_end(struct inflow *in, int error, void *arg)
{
	struct stdio *s = arg;

	(void)in;
	if (error != 0)
		log_info("stdin: %s", strerror(error));
	filters_end(&s->filters[STREAM_STDIN]);
}

/* epoll reports an error on the write end of a pipe without being asked. */
static void watch_cb(evutil_socket_t fd, short what, void *arg)
{
	struct stdio *s = arg;

	(void)what;
	if (fd_is_dead(fd)) {
		log_info("nobody reads stdout any more");
		stdio_hang_up(s);
		return;
	}
	/* Readable: a socket or a terminal, whose end stdin tells. */
	event_del(&s->reader.watch);
	s->reader.watching = 0;
}

static void make_raw(struct stdio *s)
{
	struct termios raw;

	s->terminal.is_one = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) &&
		tcgetattr(STDIN_FILENO, &s->terminal.found) == 0;
	if (!s->terminal.is_one)
		return;
	raw = s->terminal.found;
	cfmakeraw(&raw);
	/* Our own lines on stderr keep their carriage returns. */
	raw.c_oflag |= OPOST & s->terminal.found.c_oflag;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
}

static int open_tees(struct stdio *s, const struct options_tee *to,
	struct err *e)
{
	const struct {
		const char *path, *what;
	} tees[STREAM_COUNT] = {
		{ to->in, "stdin tee" },
		{ to->out, "stdout tee" },
		{ to->err, "stderr tee" },
	};

	for (int i = 0; i < STREAM_COUNT; i++) {
		struct tee *t;

		if (tees[i].path == NULL)
			continue;
		t = tee_open(tees[i].path, tees[i].what, e);
		if (t == NULL)
			return -1;
		teefilter_init(&s->tee[i], &s->filters[i], t);
	}
	return 0;
}

struct stdio *stdio_new(struct event_base *base, struct parting *parting,
	const struct options_tee *tees, struct err *e)
{
	struct stdio *s = mem_alloc(sizeof *s);
	struct stat st;

	s->base = base;
	s->parting = parting;
	if (open_tees(s, tees, e) == -1) {
		for (int i = 0; i < STREAM_COUNT; i++)
			tee_close(s->tee[i].tee);
		free(s);
		return NULL;
	}
	filters_add(&s->filters[STREAM_STDIN], &s->typed.watcher, &watcher_ops);
	filters_add(&s->filters[STREAM_STDIN], &s->typed.store, &store_ops);
	filter_hold(&s->typed.store);
	make_raw(s);
	/* All are read before one is set: they may be one description. */
	for (int i = 0; i < STREAM_COUNT; i++)
		s->flags[i] = fcntl(i, F_GETFL);
	for (int i = 0; i < STREAM_COUNT; i++)
		fcntl(i, F_SETFL, s->flags[i] | O_NONBLOCK);
	inflow_init(&s->in, base, STDIN_FILENO, READ_SIZE, stdin_data,
		stdin_end, s);
	inflow_pause(&s->in, 0);
	event_assign(&s->reader.watch, base, STDOUT_FILENO,
		EV_READ | EV_PERSIST, watch_cb, s);
	if (fstat(STDOUT_FILENO, &st) == 0 && S_ISFIFO(st.st_mode)) {
		s->reader.watching = event_add(&s->reader.watch, NULL) == 0;
	}
	return s;
}

static void restore(struct stdio *s)
{
	if (s->detached)
		return;
	/* The descriptions may be shared with whoever started us. */
	for (int i = 0; i < STREAM_COUNT; i++)
		if (i != STREAM_STDOUT || !s->reader.is_ended)
			fcntl(i, F_SETFL, s->flags[i]);
	if (s->terminal.is_one)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &s->terminal.found);
}

static void stop_watching(struct stdio *s)
{
	if (s->reader.watching)
		event_del(&s->reader.watch);
	s->reader.watching = 0;
	sshgone_free(s->reader.look);
	s->reader.look = NULL;
}

static void stdio_stop(struct stdio *s)
{
	if (s->relay == NULL)
		inflow_fini(&s->in);
	else
		relay_detach(s->relay);
	stop_watching(s);
}

void stdio_free(struct stdio *s)
{
	if (s == NULL)
		return;
	stdio_stop(s);
	restore(s);
	for (int i = 0; i < STREAM_COUNT; i++)
		tee_close(s->tee[i].tee);
	relay_free(s->relay);
	filter_fini(&s->typed.store);
	free(s);
}

struct filters *stdio_filters(struct stdio *s, int stream)
{
	return &s->filters[stream];
}

void stdio_listen(struct stdio *s,
	void (*heard)(const char *data, size_t len, void *arg), void *arg)
{
	s->typed.heard = heard;
	s->typed.arg = arg;
}

static struct filters *in_use(struct filters *all)
{
	return all->first != NULL ? all : NULL;
}

static struct relay *begin_relay(struct stdio *s, struct link *l,
	const struct relay_pair *pairs, const struct relay_ops *ops, void *arg)
{
	if (!s->detached)
		inflow_fini(&s->in);
	s->relay = relay_new_stdio(s->base, l, pairs, STREAM_COUNT,
		TURN_LONG, "stdio", ops, arg);
	filter_release(&s->typed.store);
	return s->relay;
}

struct relay *stdio_connect(struct stdio *s, struct link *l,
	const struct relay_ops *ops, void *arg)
{
	struct relay_pair pairs[STREAM_COUNT];

	for (int i = 0; i < STREAM_COUNT; i++) {
		struct filters *all = in_use(&s->filters[i]);
		int fd = s->detached ? -1 : i;

		pairs[i] = (struct relay_pair){
			.readfd = i == STREAM_STDIN ? fd : -1,
			.writefd = i == STREAM_STDIN ? -1 : fd,
			.is_lent = 1,
			.inward = i == STREAM_STDIN ? all : NULL,
			.outward = i == STREAM_STDIN ? NULL : all,
		};
	}
	return begin_relay(s, l, pairs, ops, arg);
}

/*
 * A file that is copied there comes faster than it goes on, and into the pipe an
 * sshd writes once for all that it has read from the network: what has no room it
 * keeps, and copies anew with each packet that comes (OpenSSH 9.2: half of its
 * time). More pages would be more of what the kernel lets a user have in pipes, 64
 * MiB, beyond which it makes new ones small.
 */
static void widen_stdin(void)
{
	(void)fcntl(STDIN_FILENO, F_SETPIPE_SZ, PIPE_SIZE);
}

struct relay *stdio_connect_stream(struct stdio *s, struct link *l,
	const struct relay_ops *ops, void *arg)
{
	const struct relay_pair pairs[STREAM_COUNT] = {
		[STREAM_STDIN] = {
			.readfd = s->detached ? -1 : STDIN_FILENO,
			.writefd = s->detached ? -1 : STDOUT_FILENO,
			.is_lent = 1,
			.inward = in_use(&s->filters[STREAM_STDIN]),
			.outward = in_use(&s->filters[STREAM_STDOUT]),
		},
		[STREAM_STDOUT] = { .readfd = -1, .writefd = -1 },
		[STREAM_STDERR] = { .readfd = -1, .writefd = -1 },
	};

	if (!s->detached)
		widen_stdin();
	return begin_relay(s, l, pairs, ops, arg);
}

/* A socket may be stdin, too, whose description would go on to be open. */
void stdio_end_output(struct stdio *s)
{
	int null;

	if (s->detached || s->reader.is_ended)
		return;
	stop_watching(s);
	s->reader.is_ended = 1;
	if (shutdown(STDOUT_FILENO, SHUT_WR) == 0)
		return;
	fcntl(STDOUT_FILENO, F_SETFL, s->flags[STREAM_STDOUT]);
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (null == -1 || dup2(null, STDOUT_FILENO) == -1)
		close(STDOUT_FILENO);
	fd_close(null);
}

void stdio_failed(struct stdio *s, int stream, int error)
{
	log_info("%s: %s", stream == STREAM_STDOUT ? "stdout" : "stderr",
		strerror(error));
	if (stream == STREAM_STDOUT)
		stdio_hang_up(s);
}

int stdio_is_terminal(const struct stdio *s)
{
	return s->terminal.is_one;
}

struct window stdio_window(const struct stdio *s)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };

	if (s->terminal.is_one)
		(void)ioctl(STDIN_FILENO, TIOCGWINSZ, &size);
	return (struct window){
		.rows = size.ws_row,
		.columns = size.ws_col,
		.xpixel = size.ws_xpixel,
		.ypixel = size.ws_ypixel,
	};
}

void stdio_detach(struct stdio *s)
{
	int null;

	if (s->detached)
		return;
	stdio_stop(s);
	restore(s);
	s->detached = 1;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int i = 0; i < STREAM_COUNT && null != -1; i++)
		dup2(null, i);
	if (null > STDERR_FILENO)
		close(null);
	setsid();
}
