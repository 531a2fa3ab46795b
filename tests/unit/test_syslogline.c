/* SPDX-License-Identifier: BSD-2-Clause */
/* What a daemon gets, of either kind; and one that takes nothing is not waited for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "os/syslogline.h"

static char dir[] = "/tmp/test_syslogline.XXXXXX";
static char path[64];

static int listen_at(int type)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type, 0);

	unlink(path);
	snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 5), 0);
	return fd;
}

/* The line as RFC 3164 has it, with its time. */
static void is_line(const char *got)
{
	char want[128];
	regex_t re;

	snprintf(want, sizeof want,
		"^<158>[A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8} tag\\[%ld\\]: event=x$",
		(long)getpid());
	assert_int_equal(regcomp(&re, want, REG_EXTENDED), 0);
	if (regexec(&re, got, 0, NULL, 0) != 0)
		fail_msg("'%s' is not '%s'", got, want);
	regfree(&re);
}

static void reaches_a_datagram_socket(void **state)
{
	char got[256] = "";
	int fd = listen_at(SOCK_DGRAM);

	(void)state;
	assert_int_equal(syslogline_send(path, LOG_LOCAL3 | LOG_INFO, "tag",
		"event=x"), 0);
	assert_true(recv(fd, got, sizeof got - 1, MSG_DONTWAIT) > 0);
	is_line(got);
	close(fd);
}

static void reaches_a_stream_socket(void **state)
{
	char got[256] = "";
	int fd = listen_at(SOCK_STREAM), one;
	ssize_t n;

	(void)state;
	assert_int_equal(syslogline_send(path, LOG_LOCAL3 | LOG_INFO, "tag",
		"event=x"), 0);
	one = accept(fd, NULL, NULL);
	n = recv(one, got, sizeof got - 1, 0);
	assert_true(n > 0 && got[n - 1] == '\0');
	is_line(got);
	close(one);
	close(fd);
}

/* alarm() ends us if it is waited for. */
static void waits_for_nobody(void **state)
{
	int fd = listen_at(SOCK_DGRAM), n = 0;

	(void)state;
	alarm(60);
	while (n < 100000 && syslogline_send(path, LOG_USER, "tag", "x") == 0)
		n++;
	assert_true(n < 100000);
	assert_int_equal(errno, EAGAIN);
	close(fd);
	fd = listen_at(SOCK_STREAM);
	for (n = 0; n < 1000 && syslogline_send(path, LOG_USER, "tag", "x") == 0;)
		n++;
	assert_true(n < 1000);
	close(fd);
	alarm(0);
}

static void nobody_is_there(void **state)
{
	int before, after;

	(void)state;
	unlink(path);
	before = dup(0);
	close(before);
	assert_int_equal(syslogline_send(path, LOG_USER, "tag", "x"), -1);
	assert_int_equal(errno, ENOENT);
	after = dup(0);
	close(after);
	assert_int_equal(after, before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* First, as only the first time of day looks for a zone. */
		cmocka_unit_test(reaches_a_stream_socket),
		cmocka_unit_test(reaches_a_datagram_socket),
		cmocka_unit_test(waits_for_nobody),
		cmocka_unit_test(nobody_is_there),
	};
	int ret;

	/* There is none, so that looking for it fails and sets errno. */
	setenv("TZ", ":No/Such/Zone", 1);
	if (mkdtemp(dir) == NULL)
		return 1;
	snprintf(path, sizeof path, "%s/log", dir);
	ret = cmocka_run_group_tests_name("syslogline", tests, NULL, NULL);
	unlink(path);
	rmdir(dir);
	return ret;
}
