/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake.h"

#include <dlfcn.h>
#include <event2/event.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "net/probe.h"
#include "base/mem.h"

static struct {
	int calls, fd, failed;
	struct err why;
} got;

static int watches_none;

/* As when the kernel watches no more descriptors. */
int event_add(struct event *ev, const struct timeval *tv)
{
	int (*real)(struct event *, const struct timeval *) =
		(int (*)(struct event *, const struct timeval *))(uintptr_t)
		dlsym(RTLD_NEXT, "event_add");

	return watches_none && event_get_fd(ev) != -1 ? -1 : real(ev, tv);
}

static void done(int fd, const struct err *why, void *arg)
{
	assert_ptr_equal(arg, &got);
	got.calls++;
	got.fd = fd;
	got.failed = why != NULL;
	if (why != NULL)
		got.why = *why;
}

static int setup(void **state)
{
	memset(&got, 0, sizeof got);
	return fake_agent_begin(state);
}

static int server(char path[108])
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(addr.sun_path, sizeof addr.sun_path, "%s/sock", fake_dir);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof addr), 0);
	assert_int_equal(listen(fd, 8), 0);
	strcpy(path, addr.sun_path);
	return fd;
}

static void looks_at_a_socket(void **state)
{
	char path[108];
	int fd = server(path);

	(void)state;
	probe_new(agent.job.base, path, 0, done, &got);
	assert_int_equal(got.calls, 0);
	FAKECLOCK_WAIT(agent.job.base, got.calls > 0);
	assert_false(got.failed);
	assert_int_equal(got.fd, -1);
	close(fd);
}

static void connects_to_it(void **state)
{
	char path[108], text[4];
	int fd = server(path), other;

	(void)state;
	probe_new(agent.job.base, path, 1, done, &got);
	FAKECLOCK_WAIT(agent.job.base, got.calls > 0);
	assert_false(got.failed);
	other = accept(fd, NULL, NULL);
	assert_int_equal(write(got.fd, "abc", 3), 3);
	assert_int_equal(read(other, text, sizeof text), 3);
	close(other);
	close(got.fd);
	close(fd);
}

static void says_what_it_is_instead(void **state)
{
	char path[108];

	(void)state;
	snprintf(path, sizeof path, "%s/none", fake_dir);
	probe_new(agent.job.base, path, 1, done, &got);
	FAKECLOCK_WAIT(agent.job.base, got.calls > 0);
	assert_true(got.failed);
	assert_non_null(strstr(got.why.text, "none"));
	assert_int_equal(got.fd, -1);
}

/* Its child hangs in the file system: ten seconds, and then it is killed. */
static void gives_up(void **state)
{
	char path[108];
	int fd = server(path);
	struct probe *p;

	(void)state;
	p = probe_new(agent.job.base, path, 0, done, &got);
	probe_free(p);
	fakeclock_pass(agent.job.base, 20000);
	assert_int_equal(got.calls, 0);
	probe_free(NULL);
	close(fd);
}

/* Nobody would hear the child. */
static void answers_all_the_same(void **state)
{
	char path[108];
	int fd = server(path);

	(void)state;
	watches_none = 1;
	probe_new(agent.job.base, path, 1, done, &got);
	watches_none = 0;
	assert_int_equal(got.calls, 0);
	FAKECLOCK_WAIT(agent.job.base, got.calls > 0);
	assert_int_equal(got.fd, -1);
	assert_string_equal(got.why.text, "it cannot be waited for");
	close(fd);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, fake_agent_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(looks_at_a_socket),
		TEST(connects_to_it),
		TEST(says_what_it_is_instead),
		TEST(gives_up),
		TEST(answers_all_the_same),
	};

	return cmocka_run_group_tests_name("probe", tests, NULL, NULL);
}
