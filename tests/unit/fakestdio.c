/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fakestdio.h"

#define FAR 100			/* where nobody counts descriptors */

int fakestdio_fd[3];

static int saved[3] = { -1, -1, -1 };

void fakestdio_close(int stream)
{
	if (fakestdio_fd[stream] != -1)
		close(fakestdio_fd[stream]);
	fakestdio_fd[stream] = -1;
}

void fakestdio_put(int stream, int program, int ours)
{
	fakestdio_close(stream);
	dup2(program, stream);
	close(program);
	fakestdio_fd[stream] = ours;
	if (ours != -1)
		fcntl(ours, F_SETFL, fcntl(ours, F_GETFL) | O_NONBLOCK);
}

int fakestdio_begin(void)
{
	fflush(stdout);
	fflush(stderr);
	for (int i = 0; i < 3; i++) {
		int p[2];

		fakestdio_fd[i] = -1;
		saved[i] = fcntl(i, F_DUPFD_CLOEXEC, FAR);
		if (saved[i] == -1 || pipe2(p, O_CLOEXEC) == -1)
			return -1;
		fakestdio_put(i, p[i != 0], p[i == 0]);
	}
	return 0;
}

void fakestdio_end(void)
{
	for (int i = 0; i < 3; i++) {
		fakestdio_close(i);
		dup2(saved[i], i);
		close(saved[i]);
		saved[i] = -1;
	}
}

void fakestdio_type(const char *text)
{
	assert_int_equal(write(fakestdio_fd[0], text, strlen(text)),
		strlen(text));
}

const char *fakestdio_said(int stream)
{
	static char text[65536];
	ssize_t n = read(fakestdio_fd[stream], text, sizeof text - 1);

	text[n > 0 ? n : 0] = '\0';
	return text;
}
