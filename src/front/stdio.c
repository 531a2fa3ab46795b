/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The descriptors that sshd gave us. What the client types before there is a
 * shell is stored without loss and without limit. An end of stdin alone means
 * little (Windows clients pipe a script in); together with a stdout that nobody
 * reads it means that the ssh connection is gone: a killed client gives no
 * SIGHUP without a terminal.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/mem.h"
#include "front/parting.h"
#include "front/stdio.h"
#include "net/flow.h"
#include "os/fd.h"
#include "os/log.h"
#include "os/tee.h"

#define READ_SIZE 16384
#define LOOK_SECONDS 5

struct stdio {
	struct front *front;
	struct inflow in;
	struct outflow out[STREAM_COUNT];	/* stdout, stderr */
	struct event watch;			/* is anybody reading stdout? */
	int watching;
	struct event look;			/* the same, where it is no pipe */
	int flags[STREAM_COUNT];		/* as we found them */
	struct termios terminal;		/* as we found it */
	int is_terminal, detached;
	struct tee *tee[STREAM_COUNT];
	struct buf stored;			/* stdin before its sink */
	int ended, end_told;			/* stdin */
	void (*sink)(const char *, size_t, void *);
	void (*end)(void *);
	void *sink_arg;
	void (*room)(void *);
	void *room_arg;
};

static void hang_up(struct stdio *s)
{
	if (!s->detached)
		parting_hang_up(s->front->parting);
}

static void hand_over(struct stdio *s)
{
	if (s->sink == NULL)
		return;
	if (s->stored.len > 0) {
		s->sink(buf_data(&s->stored), s->stored.len, s->sink_arg);
		buf_fini(&s->stored);
	}
	if (s->ended && !s->end_told) {
		s->end_told = 1;
		s->end(s->sink_arg);
	}
}

static void stdin_data(struct inflow *in, char *data, size_t len,
	void *arg)
{
	struct stdio *s = arg;

	(void)in;
	tee_write(s->tee[STREAM_STDIN], data, len);
	/* The terminal is raw: nobody else makes a signal of it. */
	if (s->is_terminal && s->front->shell == NULL &&
		s->terminal.c_cc[VINTR] != _POSIX_VDISABLE &&
		memchr(data, s->terminal.c_cc[VINTR], len) != NULL)
		parting_interrupt(s->front->parting);
	if (s->sink != NULL)
		s->sink(data, len, s->sink_arg);
	else
		buf_append(&s->stored, data, len);
}

static void stdin_end(struct inflow *in, int error, void *arg)
{
	struct stdio *s = arg;

	(void)in;
	log_info("end of stdin%s%s", error ? ": " : "",
		error ? strerror(error) : "");
	s->ended = 1;
	if (fd_is_dead(STDOUT_FILENO)) {
		hang_up(s);
		return;
	}
	if (!s->watching && !s->out[STREAM_STDOUT].is_file)
		event_add(&s->look, &(struct timeval){
			.tv_sec = LOOK_SECONDS });
	hand_over(s);
}

static void drained(struct outflow *out, void *arg)
{
	struct stdio *s = arg;

	(void)out;
	if (s->room != NULL)
		s->room(s->room_arg);
}

static void failed(struct outflow *out, int error, void *arg)
{
	struct stdio *s = arg;

	log_info("%s: %s", out == &s->out[STREAM_STDOUT] ? "stdout" :
		"stderr", strerror(error));
	if (out == &s->out[STREAM_STDOUT])
		hang_up(s);
	else if (s->room != NULL)
		s->room(s->room_arg);
}

/* epoll reports an error on the write end of a pipe without being asked. */
static void watch_cb(evutil_socket_t fd, short what, void *arg)
{
	struct stdio *s = arg;

	(void)what;
	if (fd_is_dead(fd)) {
		log_info("nobody reads stdout any more");
		hang_up(s);
		return;
	}
	/* Readable: a socket or a terminal, whose end stdin tells. */
	event_del(&s->watch);
	s->watching = 0;
}

/* A socket says nothing by itself once stdin has ended. */
static void look_cb(evutil_socket_t fd, short what, void *arg)
{
	struct stdio *s = arg;

	(void)fd;
	(void)what;
	if (fd_is_dead(STDOUT_FILENO))
		hang_up(s);
	else
		event_add(&s->look, &(struct timeval){
			.tv_sec = LOOK_SECONDS });
}

static void make_raw(struct stdio *s)
{
	struct termios raw;

	s->is_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) &&
		tcgetattr(STDIN_FILENO, &s->terminal) == 0;
	if (!s->is_terminal)
		return;
	raw = s->terminal;
	cfmakeraw(&raw);
	/* Our own lines on stderr keep their carriage returns. */
	raw.c_oflag |= OPOST & s->terminal.c_oflag;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
}

static int open_tees(struct stdio *s, const struct options *o, struct err *e)
{
	const struct {
		const char *path, *what;
	} tees[STREAM_COUNT] = {
		{ o->tee_stdin, "stdin tee" },
		{ o->tee_stdout, "stdout tee" },
		{ o->tee_stderr, "stderr tee" },
	};

	for (int i = 0; i < STREAM_COUNT; i++) {
		if (tees[i].path == NULL)
			continue;
		s->tee[i] = tee_open(tees[i].path, tees[i].what, e);
		if (s->tee[i] == NULL)
			return -1;
	}
	return 0;
}

struct stdio *stdio_new(struct front *f, struct err *e)
{
	struct stdio *s = mem_alloc(sizeof *s);
	struct stat st;

	s->front = f;
	if (open_tees(s, &f->opt, e) == -1) {
		for (int i = 0; i < STREAM_COUNT; i++)
			tee_close(s->tee[i]);
		free(s);
		return NULL;
	}
	make_raw(s);
	/* All are read before one is set: they may be one description. */
	for (int i = 0; i < STREAM_COUNT; i++)
		s->flags[i] = fcntl(i, F_GETFL);
	for (int i = 0; i < STREAM_COUNT; i++)
		fcntl(i, F_SETFL, s->flags[i] | O_NONBLOCK);
	inflow_init(&s->in, f->base, STDIN_FILENO, READ_SIZE, stdin_data,
		stdin_end, s);
	for (int i = STREAM_STDOUT; i < STREAM_COUNT; i++)
		outflow_init(&s->out[i], f->base, i, drained, failed, s);
	inflow_pause(&s->in, 0);
	evtimer_assign(&s->look, f->base, look_cb, s);
	event_assign(&s->watch, f->base, STDOUT_FILENO, EV_READ | EV_PERSIST,
		watch_cb, s);
	if (fstat(STDOUT_FILENO, &st) == 0 && S_ISFIFO(st.st_mode)) {
		s->watching = event_add(&s->watch, NULL) == 0;
	}
	return s;
}

static void restore(struct stdio *s)
{
	if (s->detached)
		return;
	/* The descriptions may be shared with whoever started us. */
	for (int i = 0; i < STREAM_COUNT; i++)
		fcntl(i, F_SETFL, s->flags[i]);
	if (s->is_terminal)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &s->terminal);
}

static void stop(struct stdio *s)
{
	inflow_fini(&s->in);
	for (int i = STREAM_STDOUT; i < STREAM_COUNT; i++)
		outflow_fini(&s->out[i]);
	if (s->watching)
		event_del(&s->watch);
	s->watching = 0;
	event_del(&s->look);
}

void stdio_free(struct stdio *s)
{
	if (s == NULL)
		return;
	stop(s);
	restore(s);
	for (int i = 0; i < STREAM_COUNT; i++)
		tee_close(s->tee[i]);
	buf_fini(&s->stored);
	free(s);
}

void stdio_set_sink(struct stdio *s,
	void (*sink)(const char *, size_t, void *), void (*end)(void *),
	void *arg)
{
	s->sink = sink;
	s->end = end;
	s->sink_arg = arg;
	hand_over(s);
}

void stdio_pause_stdin(struct stdio *s, int on)
{
	if (!s->ended && !s->detached)
		inflow_pause(&s->in, on);
}

void stdio_write(struct stdio *s, int stream, const char *data, size_t len)
{
	if (!s->detached)
		outflow_write(&s->out[stream], data, len);
}

int stdio_is_full(const struct stdio *s, int stream)
{
	return !s->detached && outflow_is_full(&s->out[stream]);
}

void stdio_set_room(struct stdio *s, void (*room)(void *), void *arg)
{
	s->room = room;
	s->room_arg = arg;
}

size_t stdio_queued(const struct stdio *s)
{
	return s->detached ? 0 : outflow_queued(&s->out[STREAM_STDOUT]) +
		outflow_queued(&s->out[STREAM_STDERR]);
}

void stdio_tee(struct stdio *s, int stream, const char *data, size_t len)
{
	tee_write(s->tee[stream], data, len);
}

int stdio_is_terminal(const struct stdio *s)
{
	return s->is_terminal;
}

struct window stdio_window(const struct stdio *s)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };

	if (s->is_terminal)
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
	stop(s);
	restore(s);
	s->detached = 1;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int i = 0; i < STREAM_COUNT && null != -1; i++)
		dup2(null, i);
	if (null > STDERR_FILENO)
		close(null);
	setsid();
}
