/* SPDX-License-Identifier: BSD-2-Clause */
/* The user's file of events: made, moved away, unsafe, and not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/behind.h"
#include "os/eventlog.h"

static char dir[] = "/tmp/test_eventlog.XXXXXX";
static char file[64], moved[64], pattern[64];
static char text[4096];

static const char *content(const char *path)
{
	int fd = open(path, O_RDONLY);
	ssize_t n = fd == -1 ? 0 : read(fd, text, sizeof text - 1);

	text[n > 0 ? n : 0] = '\0';
	if (fd != -1)
		close(fd);
	return text;
}

static int lines(const char *path)
{
	int n = 0;

	for (const char *s = content(path); (s = strchr(s, '\n')); s++)
		n++;
	return n;
}

static struct eventlog *open_log(void)
{
	return eventlog_new(&(struct options_events){ .file = pattern }, "tag",
		"jo", "c1");
}

static void tell(struct eventlog *l, const char *event)
{
	eventlog_write(l, &(struct sessionevent){ .event = event });
}

static void end(struct eventlog *l)
{
	eventlog_free(l);
	assert_int_equal(behind_wait(60000), 0);
}

static int begin(void **state)
{
	(void)state;
	unlink(file);
	unlink(moved);
	return 0;
}

/* By name of the user; all that was said is there at the end, in its order. */
static void is_the_users(void **state)
{
	struct eventlog *l = open_log();
	struct stat st;

	(void)state;
	tell(l, "submit");
	tell(l, "start");
	tell(l, "end");
	end(l);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(lines(file), 3);
	content(file);
	assert_true(strstr(text, "\"submit\"") < strstr(text, "\"start\""));
	assert_true(strstr(text, "\"start\"") < strstr(text, "\"end\""));
	assert_non_null(strstr(text, "\"user\": \"jo\""));
	assert_non_null(strstr(text, "\"node\": \"c1\""));
	/* The next process goes on behind that. */
	l = open_log();
	tell(l, "attach");
	end(l);
	assert_int_equal(lines(file), 4);
}

static void may_be_moved_away(void **state)
{
	struct eventlog *l = open_log();

	(void)state;
	alarm(60);
	tell(l, "start");
	while (lines(file) < 1)
		usleep(1000);
	assert_int_equal(rename(file, moved), 0);
	tell(l, "end");
	end(l);
	alarm(0);
	assert_int_equal(lines(moved), 1);
	assert_int_equal(lines(file), 1);
}

/* Not through a symbolic link; and when it is gone the next is written. */
static void what_is_unsafe_is_left(void **state)
{
	struct eventlog *l;

	(void)state;
	close(open(moved, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(symlink(moved, file), 0);
	l = open_log();
	tell(l, "start");
	end(l);
	assert_int_equal(lines(moved), 0);
	assert_int_equal(link(moved, pattern), 0);
	unlink(file);
	l = open_log();
	tell(l, "end");
	end(l);
	assert_int_equal(lines(file), 1);
	unlink(pattern);
}

static void none_is_wanted(void **state)
{
	struct eventlog *l = eventlog_new(&(struct options_events){ 0 }, "tag",
		"jo", "c1");

	(void)state;
	tell(l, "start");
	end(l);
	eventlog_free(NULL);
	assert_int_equal(lines(file), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(is_the_users, begin),
		cmocka_unit_test_setup(may_be_moved_away, begin),
		cmocka_unit_test_setup(what_is_unsafe_is_left, begin),
		cmocka_unit_test_setup(none_is_wanted, begin),
	};
	int ret;

	if (mkdtemp(dir) == NULL)
		return 1;
	snprintf(pattern, sizeof pattern, "%s/%%u.json", dir);
	snprintf(file, sizeof file, "%s/jo.json", dir);
	snprintf(moved, sizeof moved, "%s/jo.1", dir);
	ret = cmocka_run_group_tests_name("eventlog", tests, NULL, NULL);
	unlink(file);
	unlink(moved);
	rmdir(dir);
	return ret;
}
