/* SPDX-License-Identifier: BSD-2-Clause */
/* The display that ssh has brought: front/front_x11.c. */
#include "fake.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "front/front_carry.h"
#include "front/front_control.h"
#include "front/front_service.h"
#include "front/front_x11.h"
#include "net/sock.h"
#include "proto/message.h"

#define COOKIE "00112233445566778899aabbccddeeff"

static struct {
	struct place place;
	struct front_control *control;
	struct front_carry *carry;
	struct front_service *service;
	struct front_x11 *x11;
	int settled;
} own;

static struct link *control;
static int server;		/* of X11, as sshd's */

static void up(const struct sockaddr *addr, socklen_t len, const char *node,
	void *arg)
{
	(void)node;
	(void)arg;
	front_carry_set_agent(own.carry, &own.place.key, addr, len);
	front_service_set_control(own.service, own.control);
}

static void settled(void *arg)
{
	assert_null(arg);
	own.settled++;
}

/* An xauth that knows it, and a server at a port of loopback. */
static void bring_display(void)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	char *path = mem_printf("%s/bin", fake_dir);
	char *xauth = mem_printf("%s/bin/xauth", fake_dir), display[64];

	fake_file("bin/xauth", "#!/bin/sh\necho 'x MIT-MAGIC-COOKIE-1 " COOKIE "'\n");
	assert_int_equal(chmod(xauth, 0700), 0);
	setenv("PATH", path, 1);
	server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(server, (struct sockaddr *)&addr, sizeof addr), 0);
	assert_int_equal(listen(server, 8), 0);
	snprintf(display, sizeof display, "localhost:%d.0",
		(int)sock_port(server) - 6000);
	setenv("DISPLAY", display, 1);
	free(path);
	free(xauth);
}

static char *path_before;

static int setup(void **state)
{
	memset(&own, 0, sizeof own);
	path_before = mem_strdup(getenv("PATH"));
	if (fake_front_begin(state) == -1)
		return -1;
	strcpy(own.place.job, "17");
	own.place.at.port = 5001;
	endpoint_add_host(&own.place.at, "192.0.2.1");
	own.carry = front_carry_new(front.inv.base, 1000);
	own.service = front_service_new(front.inv.base, own.carry);
	bring_display();
	own.x11 = front_x11_new(&front.inv, own.service, settled, NULL);
	return own.x11 == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	if (server != -1)
		close(server);
	front_service_free(own.service);
	front_x11_free(own.x11);
	front_carry_free(own.carry);
	front_control_free(own.control);
	setenv("PATH", path_before, 1);
	free(path_before);
	unsetenv("DISPLAY");
	return fake_front_end(state);
}

static void expect_offer(int is_there, const char *about)
{
	struct frame f = fakelink_expect(control, FRAME_OFFER);
	struct offer o;

	assert_int_equal(offer_get(&o, &f, NULL), 0);
	assert_string_equal(o.service, SERVICE_X11);
	assert_int_equal(o.is_there, is_there);
	assert_string_equal(o.about, about);
}

static void begin(void)
{
	FAKECLOCK_WAIT(front.inv.base, own.settled == 1);
	own.control = front_control_new(&front.inv, &own.place, up,
		fake_control_fails, NULL);
	control = fake_control_up(SERVICE_VERSION);
	expect_offer(1, COOKIE);
}

static void say_wanted(uint32_t id)
{
	struct wanted w = { .id = id, .service = SERVICE_X11 };
	struct buf b = { 0 };

	wanted_put(&b, &w);
	fakelink_say_buf(control, &b);
}

static void connects_to_it(void **state)
{
	int fd;

	(void)state;
	begin();
	say_wanted(1);
	FAKECLOCK_WAIT(front.inv.base, fakelink_dialed(1) != NULL);
	fakelink_expect(fakelink_dialed(1), FRAME_TAKE);
	fd = accept(server, NULL, NULL);
	assert_true(fd >= 0);
	close(fd);
	fakelink_expect_nothing(control);
}

/* Its ssh is gone, and we stay for the ports: another front may have one. */
static void is_withdrawn_when_it_is_gone(void **state)
{
	struct frame f;
	struct declined d;

	(void)state;
	begin();
	close(server);
	server = -1;
	say_wanted(1);
	expect_offer(0, "");
	f = fakelink_expect(control, FRAME_DECLINED);
	assert_int_equal(declined_get(&d, &f, NULL), 0);
	assert_int_equal(d.status, EX_UNAVAILABLE);
	assert_non_null(strstr(d.why, "nothing listens on 127.0.0.1 port "));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(connects_to_it),
		TEST(is_withdrawn_when_it_is_gone),
	};

	return cmocka_run_group_tests_name("front_x11", tests, NULL, NULL);
}
