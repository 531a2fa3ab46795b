/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the interceptor costs alone, without link and stdout: it is given what
 * the front gives it, frames of bulk outside of a block.
 *
 *	intercept text|mixed|solid BYTES
 *		lines as those of load's text, lines of all kinds, of which many
 *		are short, or one line without an end: bytes a second, and by
 *		how many KiB the memory of this process grew. BYTES count in
 *		whole pieces of OUTPUT bytes, one at least
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "editor/held.h"
#include "proto/frame.h"

#define OUTPUT (64 * FRAME_BULK)	/* is given again and again */

static const char *const lines[] = {
	"build: src/net/relay.c:120: a line as compilers print them, x == y\n",
	"drwxr-xr-x  2 alice users   4096 Mar  1 12:00 results\n",
	"[ 42%] Building C object src/CMakeFiles/main.dir/main.c.o\n",
	"\n",
	"    return follow(state, data, len);\n",
	"README.md\n",
	"2024-03-01 12:00:00.000 [info] epoch 17: loss 0.0231\n",
	"key=value\n",
};

static void fail(const char *what)
{
	fprintf(stderr, "intercept: %s\n", what);
	exit(1);
}

static void usage(void)
{
	fprintf(stderr, "usage: intercept text|mixed|solid BYTES\n"
		"BYTES are %d at least\n", OUTPUT);
	exit(64);
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* The kernel counts memory in steps of 128 KiB, but pages one by one. */
static long grown(const struct rusage *before, const struct rusage *after)
{
	long kib = after->ru_maxrss - before->ru_maxrss;
	long come = (after->ru_minflt - before->ru_minflt) *
		(sysconf(_SC_PAGESIZE) / 1024);

	return kib > come ? kib : come;
}

/* Mixed lines are in no order that a branch predictor could learn. */
static void fill(char *output, const char *what)
{
	int mixed = strcmp(what, "mixed") == 0;
	int solid = strcmp(what, "solid") == 0;
	unsigned seed = 1;
	const char *line = "";

	for (size_t i = 0; i < OUTPUT; i++) {
		if (*line == '\0') {
			seed = seed * 1103515245 + 12345;
			line = lines[mixed ? seed >> 16 & 7 : 0];
		}
		output[i] = solid ? 'x' : *line++;
	}
}

/* As the front does; returns how many bytes came out. */
static size_t give(struct held *h, const char *data, size_t len)
{
	struct held_event ev;
	size_t passed = 0;

	for (;;) {
		size_t n = held_scan(h, data, len, &ev);

		data += n;
		len -= n;
		if (ev.kind == HELD_NONE)
			return passed;
		if (ev.kind == HELD_LINE)
			fail("a line is held");
		passed += ev.len;
	}
}

static int64_t pass(const char *output, int64_t bytes)
{
	struct held h;
	int64_t passed = 0;

	held_init(&h);
	for (int64_t i = 0; i < bytes; i += FRAME_BULK)
		passed += give(&h, output + i % OUTPUT, FRAME_BULK);
	return passed;
}

int main(int argc, char **argv)
{
	static char output[OUTPUT];
	struct rusage before, after;
	int64_t bytes, took;

	if (argc != 3 || (strcmp(argv[1], "text") != 0 &&
		strcmp(argv[1], "mixed") != 0 && strcmp(argv[1], "solid") != 0))
		usage();
	bytes = atoll(argv[2]) / OUTPUT * OUTPUT;
	if (bytes < OUTPUT)
		usage();
	fill(output, argv[1]);
	pass(output, OUTPUT);	/* its code is in memory from here on */
	getrusage(RUSAGE_SELF, &before);
	took = now_ns();
	if (pass(output, bytes) != bytes)
		fail("not all came out");
	took = now_ns() - took;
	getrusage(RUSAGE_SELF, &after);
	printf("%.0f %ld\n", bytes * 1e9 / took, grown(&before, &after));
	return 0;
}
