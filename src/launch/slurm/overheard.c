/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owns descriptor 2 while libslurm is called. What is kept lies in a file
 * without a name: a pipe might fill up, and nobody reads it meanwhile.
 */
#include "launch/slurm/overheard.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "os/fd.h"

/* Its place taken by fd, which is closed. Returns what was there. */
static int turn_stderr(int fd)
{
	int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);

	if (fd != -1) {
		dup2(fd, STDERR_FILENO);
		close(fd);
	}
	return saved;
}

int overheard_mute(void)
{
	return turn_stderr(open("/dev/null", O_WRONLY | O_CLOEXEC));
}

void overheard_unmute(int saved)
{
	if (saved != -1) {
		dup2(saved, STDERR_FILENO);
		close(saved);
	}
}

void overheard_begin(struct overheard *o)
{
	*o = (struct overheard){ .saved = -1 };
	o->file = memfd_create("stderr", MFD_CLOEXEC);
	if (o->file != -1)
		o->saved = turn_stderr(fcntl(o->file, F_DUPFD_CLOEXEC, 3));
}

void overheard_end(struct overheard *o)
{
	ssize_t n;

	overheard_unmute(o->saved);
	n = o->file != -1 ? pread(o->file, o->text, sizeof o->text, 0) : 0;
	o->len = n > 0 ? (size_t)n : 0;
	fd_close(o->file);
	o->saved = o->file = -1;
}

void overheard_repeat(const struct overheard *o)
{
	(void)!fd_write_all(STDERR_FILENO, o->text, o->len);
}

/* "launch-slurm: error: Words" begins at Words. */
static const char *words_of(const char *line, const char *end)
{
	static const char *const before[] = { "launch-slurm: ", "error: " };

	for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
		size_t len = strlen(before[i]);

		if ((size_t)(end - line) >= len &&
			memcmp(line, before[i], len) == 0)
			line += len;
	}
	return line;
}

const char *overheard_line(struct overheard *o, const char *between,
	const char *other)
{
	size_t gap = strlen(between);
	const char *at = o->text, *stop = o->text + o->len;
	size_t n = 0;

	while (at < stop) {
		const char *nl = memchr(at, '\n', (size_t)(stop - at));
		const char *end = nl != NULL ? nl : stop;
		const char *words = words_of(at, end);
		size_t len = (size_t)(end - words);

		if (len > 0 && n + len + gap + 1 < sizeof o->line) {
			if (n > 0) {
				memcpy(o->line + n, between, gap);
				n += gap;
			}
			memcpy(o->line + n, words, len);
			n += len;
		}
		at = end + 1;
	}
	o->line[n] = '\0';
	return n > 0 ? o->line : other;
}
