/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/netlink.h"

static int open_bound(struct sockaddr_nl *a)
{
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_USERSOCK);
	socklen_t len = sizeof *a;

	*a = (struct sockaddr_nl){ .nl_family = AF_NETLINK };
	assert_int_not_equal(fd, -1);
	assert_int_equal(bind(fd, (struct sockaddr *)a, sizeof *a), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)a, &len), 0);
	return fd;
}

/* Whoever sends, if it is not the kernel, says nothing. */
static void believes_the_kernel_only(void **state)
{
	struct sockaddr_nl ours, liars;
	int fd = open_bound(&ours), liar = open_bound(&liars);
	char got[64];

	(void)state;
	if (sendto(liar, "I am the kernel", 16, 0, (struct sockaddr *)&ours,
		sizeof ours) == -1)
		print_message("# only root may lie: %s\n", strerror(errno));
	assert_int_equal(netlink_receive(fd, got, sizeof got,
		clock_ms() + 10), -1);
	assert_int_equal(errno, ETIMEDOUT);
	close(liar);
	close(fd);
}

static void asks_and_hears(void **state)
{
	/* A type of message that there is not: the kernel says so. */
	struct nlmsghdr query = { .nlmsg_len = sizeof query,
		.nlmsg_type = 0x7fff, .nlmsg_flags = NLM_F_REQUEST,
		.nlmsg_seq = 7 }, said;
	char got[256];
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_ROUTE);

	(void)state;
	assert_int_not_equal(fd, -1);
	assert_int_equal(netlink_ask(fd, &query, sizeof query), 0);
	assert_true(netlink_receive(fd, got, sizeof got,
		clock_ms() + 5000) >= (ssize_t)sizeof said);
	memcpy(&said, got, sizeof said);
	assert_int_equal(said.nlmsg_seq, 7);
	assert_int_equal(netlink_ask(fd, &query, sizeof query), 0);
	assert_int_equal(netlink_receive(fd, got, 4, clock_ms() + 5000), -1);
	assert_int_equal(errno, EMSGSIZE);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(believes_the_kernel_only),
		cmocka_unit_test(asks_and_hears),
	};

	return cmocka_run_group_tests_name("netlink", tests, NULL, NULL);
}
