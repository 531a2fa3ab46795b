/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system calls for sockets of IP and Unix, each with the flags that this
 * program's loop needs: one that blocks would stop all connections, and one
 * that is inherited would keep a port taken after our end. Owns no descriptor.
 */
#include "net/sock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/un.h>
#include <unistd.h>

#define RTO_MAX_MS_OPTION 44	/* TCP_RTO_MAX_MS, not in older headers */
#define FLAGS (SOCK_NONBLOCK | SOCK_CLOEXEC)

int sock_dial(const struct sockaddr *addr, socklen_t len)
{
	int fd = socket(addr->sa_family, SOCK_STREAM | FLAGS, 0);

	if (fd == -1)
		return -1;
	if (connect(fd, addr, len) == 0 || errno == EINPROGRESS)
		return fd;
	len = errno;
	close(fd);
	errno = len;
	return -1;
}

int sock_error(int fd)
{
	int error = 0;
	socklen_t len = sizeof error;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		return errno;
	return error;
}

int sock_listen(const struct sockaddr *addr, socklen_t len, int backlog,
	int reuse)
{
	int fd = socket(addr->sa_family, SOCK_STREAM | FLAGS, 0);
	int on = 1, error;

	if (fd == -1)
		return -1;
	if (addr->sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
	if (reuse)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, addr, len) == 0 && listen(fd, backlog) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

int sock_accept(int fd)
{
	return accept4(fd, NULL, NULL, FLAGS);
}

static void set_int(int fd, int level, int option, int value)
{
	/* Fails harmlessly on a Unix socket. */
	(void)setsockopt(fd, level, option, &value, sizeof value);
}

void sock_tune_stream(int fd)
{
	set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

void sock_tune_link(int fd)
{
	sock_tune_stream(fd);
	set_int(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, 131072);
	set_int(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set_int(fd, IPPROTO_TCP, TCP_KEEPIDLE, 60);
	set_int(fd, IPPROTO_TCP, TCP_KEEPINTVL, 15);
	set_int(fd, IPPROTO_TCP, TCP_KEEPCNT, 4);
	/*
	 * Linux 6.15 and later: at most so long until what a cut has swallowed
	 * is sent again, instead of as long as the cut took. With less the
	 * kernel's number of tries would be used up within a minute.
	 */
	set_int(fd, IPPROTO_TCP, RTO_MAX_MS_OPTION, 10000);
}

size_t sock_unsent(int fd)
{
	int queued = 0;

	(void)ioctl(fd, SIOCOUTQ, &queued);
	return (size_t)queued;
}

void sock_reset_on_close(int fd)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

uint16_t sock_port(int fd)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof addr;

	if (getsockname(fd, (struct sockaddr *)&addr, &len) == -1)
		return 0;
	if (addr.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)&addr)->sin6_port);
	if (addr.ss_family == AF_INET)
		return ntohs(((struct sockaddr_in *)&addr)->sin_port);
	return 0;
}

void sock_set_port(struct sockaddr_storage *addr, uint16_t port)
{
	if (addr->ss_family == AF_INET6)
		((struct sockaddr_in6 *)addr)->sin6_port = htons(port);
	else
		((struct sockaddr_in *)addr)->sin_port = htons(port);
}

int sock_parse_addr(const char *text, uint16_t port,
	struct sockaddr_storage *addr, socklen_t *len, struct err *e)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)addr;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)addr;

	*addr = (struct sockaddr_storage){ 0 };
	if (strcmp(text, "localhost") == 0)
		text = "127.0.0.1";
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		*len = sizeof *v4;
	} else if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		*len = sizeof *v6;
	} else {
		return err_set(e, "'%s' is not a numeric IPv4 or IPv6 address",
			text);
	}
	sock_set_port(addr, port);
	return 0;
}

char *sock_host_text(const struct sockaddr *addr, char *out)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)addr;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)addr;

	snprintf(out, SOCK_ADDR_MAX, "?");
	if (addr->sa_family == AF_INET)
		inet_ntop(AF_INET, &v4->sin_addr, out, SOCK_ADDR_MAX);
	else if (addr->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &v6->sin6_addr, out, SOCK_ADDR_MAX);
	return out;
}

char *sock_addr_text(const struct sockaddr *addr, char *out)
{
	char host[SOCK_ADDR_MAX];

	sock_host_text(addr, host);
	if (addr->sa_family == AF_INET6)
		snprintf(out, SOCK_ADDR_MAX, "[%.60s]:%u", host,
			ntohs(((const struct sockaddr_in6 *)addr)->sin6_port));
	else if (addr->sa_family == AF_INET)
		snprintf(out, SOCK_ADDR_MAX, "%.60s:%u", host,
			ntohs(((const struct sockaddr_in *)addr)->sin_port));
	else
		snprintf(out, SOCK_ADDR_MAX, addr->sa_family == AF_UNIX ?
			"unix socket" : "?");
	return out;
}
