/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A look at stdin that takes nothing out of it: by MSG_PEEK of a socket, by tee(2)
 * of a pipe. It is over when the script is known by a mark, when nothing more
 * comes, or at stdin's end.
 */
#include "front/forced_input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "editor/bootstrap.h"
#include "os/clock.h"
#include "os/fd.h"

/* Whoever starts an editor's server sends its script at once and whole. */
#define SILENCE_MS 50
#define LOOK_MS 5

/* What stdin has so far; -1: it is no pipe or socket, or EAGAIN: it has nothing. */
static ssize_t look(char *out)
{
	ssize_t n = recv(STDIN_FILENO, out, BOOTSTRAP_INPUT_MAX,
		MSG_PEEK | MSG_DONTWAIT);
	int copy[2];

	if (n != -1 || errno != ENOTSOCK)
		return n;
	if (pipe2(copy, O_CLOEXEC) == -1)
		return -1;
	n = tee(STDIN_FILENO, copy[1], BOOTSTRAP_INPUT_MAX, SPLICE_F_NONBLOCK);
	close(copy[1]);
	if (n > 0) {
		size_t have = 0;
		ssize_t got;

		while ((got = read(copy[0], out + have, n - have)) > 0)
			have += got;
		n = have;
	}
	close(copy[0]);
	return n;
}

static int is_ended(void)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLRDHUP };

	return poll(&p, 1, LOOK_MS) == 1;
}

int forced_input_is_script(void)
{
	char *text = mem_alloc(BOOTSTRAP_INPUT_MAX);
	long long until;
	ssize_t before = -1, n = 0;
	int is = 0, ended;

	(void)fd_wait(STDIN_FILENO, POLLIN, FD_FOREVER);
	until = clock_ms() + SILENCE_MS;
	do {
		/* Asked before the look, which then sees all that came. */
		ended = is_ended();
		n = look(text);
		if (n == -1 && errno != EAGAIN)
			break;
		is = n > 0 && bootstrap_of_input(text, n);
		if (n > before)
			until = clock_ms() + SILENCE_MS;
		before = n;
	} while (!is && !ended && n < BOOTSTRAP_INPUT_MAX &&
		clock_ms() < until);
	free(text);
	return is;
}
