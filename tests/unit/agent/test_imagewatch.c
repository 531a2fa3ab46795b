/* SPDX-License-Identifier: BSD-2-Clause */
/* Who makes a copy: what he says comes through, and one who hangs is given up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/imagewatch.h"
#include "base/buf.h"
#include "base/mem.h"
#include "os/clock.h"
#include "os/procsig.h"

static char *(*copier)(const struct imagecache *, struct err *);
static struct buf told;
static long step;		/* by which each look at the clock lets it go on */
static long long now;
static int cannot_kill;
static char locked[] = "/tmp/test_imagewatch.XXXXXX";	/* by who copies */

/* ---- in place of the others ---------------------------------------------- */

char *imagecache_get(const struct imagecache *c, struct err *e)
{
	return copier(c, e);
}

long long clock_ms(void)
{
	return now += step;
}

struct timespec clock_after(long ms)
{
	return (struct timespec){ .tv_sec = (now + ms) / 1000 };
}

void clock_pause(int ms)
{
	(void)ms;
	(void)poll(NULL, 0, cannot_kill ? 1 : 50);
}

int procsig_send(pid_t pid, int sig)
{
	return cannot_kill ? 0 : kill(pid, sig);
}

int procsig_send_group(pid_t pgrp, int sig)
{
	return procsig_send(-pgrp, sig);
}

/* ---- who copies ---------------------------------------------------------- */

static char *copies(const struct imagecache *c, struct err *e)
{
	(void)e;
	c->tell("one", c->arg);
	/* Each takes the other's clock further. */
	for (int i = 0; i < 50; i++)
		c->alive(c->arg);
	c->tell("two", c->arg);
	return mem_strdup("/the/copy");
}

static char *has_no_room(const struct imagecache *c, struct err *e)
{
	(void)c;
	err_set(e, "no room");
	return NULL;
}

static char *dies(const struct imagecache *c, struct err *e)
{
	(void)c;
	(void)e;
	raise(SIGKILL);
	return NULL;
}

/* It and what it runs. */
static char *hangs(const struct imagecache *c, struct err *e)
{
	int fd = open(locked, O_RDWR);

	(void)e;
	if (fd == -1 || flock(fd, LOCK_EX) == -1)
		_exit(1);
	if (fork() > 0)
		c->tell("begins", c->arg);
	for (;;)
		pause();
}

/* ---- who waits ----------------------------------------------------------- */

static void hear(const char *line, void *arg)
{
	assert_ptr_equal(arg, locked);
	buf_printf(&told, "%s\n", line);
	/* From here on it hangs. */
	if (copier == hangs)
		step = 130000;
}

static char *get(struct err *e)
{
	return imagewatch_get(&(struct imagecache){ .place = "/place",
		.image = "/image", .tell = hear, .arg = locked }, e);
}

static void is_told(const char *want)
{
	buf_append(&told, "", 1);
	assert_string_equal(buf_data(&told), want);
	buf_fini(&told);
}

static int begin(void **state)
{
	(void)state;
	step = 0;
	now = 1000;
	cannot_kill = 0;
	return 0;
}

static void has_what_it_makes(void **state)
{
	struct err e;
	char *got;

	(void)state;
	copier = copies;
	step = 10000;
	got = get(&e);
	assert_non_null(got);
	assert_string_equal(got, "/the/copy");
	free(got);
	is_told("one\ntwo\n");
}

static void has_its_reason(void **state)
{
	struct err e;

	(void)state;
	copier = has_no_room;
	assert_null(get(&e));
	assert_string_equal(e.text, "no room");
	copier = dies;
	assert_null(get(&e));
	assert_string_equal(e.text, "the process that makes the copy was ended by signal 9");
	is_told("");
}

#define GIVEN_UP "there was no progress for 120 s, so it is given up: does the file system of /place or that of /image hang?"
#define WARNED "begins\n" \
	"container: no progress with the copy of /image for 30 s; after 120 s it is given up\n"

static void gives_up_what_hangs(void **state)
{
	int fd = open(locked, O_RDWR);
	struct err e;

	(void)state;
	copier = hangs;
	assert_null(get(&e));
	assert_string_equal(e.text, GIVEN_UP);
	is_told(WARNED);
	/* Nobody of it has the lock any more. */
	alarm(60);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	alarm(0);
	close(fd);
}

static void leaves_what_cannot_be_killed(void **state)
{
	struct err e;
	const char *at;
	int pid = 0;

	(void)state;
	copier = hangs;
	cannot_kill = 1;
	assert_null(get(&e));
	is_told(WARNED);
	assert_memory_equal(e.text, GIVEN_UP, strlen(GIVEN_UP));
	at = e.text + strlen(GIVEN_UP);
	assert_int_equal(sscanf(at, "; process %d cannot be ended, and is left", &pid), 1);
	assert_true(pid > 1);
	assert_int_equal(kill(-pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(has_what_it_makes, begin),
		cmocka_unit_test_setup(has_its_reason, begin),
		cmocka_unit_test_setup(gives_up_what_hangs, begin),
		cmocka_unit_test_setup(leaves_what_cannot_be_killed, begin),
	};
	int fd = mkstemp(locked), ret;

	if (fd == -1)
		return 1;
	close(fd);
	ret = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(locked);
	return ret;
}
