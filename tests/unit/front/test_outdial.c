/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a target to a connection, with a name server, an internet and proxies on
 * loopback, which is allowed where a test is not about that.
 */
#include "fake.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <event2/dns.h>
#include <ifaddrs.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "front/outbound/outdial.h"
#include "net/sock.h"
#include "os/hostaddr.h"

static struct outcome {
	int calls, fd, status;
	struct relay_filters *head;
	struct err why;
} outcome;

static void done(int fd, struct relay_filters *head, int status, const struct err *why,
	void *arg)
{
	(void)arg;
	outcome.calls++;
	outcome.fd = fd;
	outcome.status = status;
	outcome.head = head;
	if (why != NULL)
		outcome.why = *why;
}

/* ---- a name server ------------------------------------------------------- */

static struct name_server {
	int fd, silent;
	unsigned asked;			/* questions for an address of IPv4 */
	const char *name, *addr;	/* the one that it knows */
	const char *then;		/* its address from the second time on */
	struct event *ready;
} dns;

/* "\3www\3org" of a question as "www.org". */
static void read_name(const unsigned char *at, char *out)
{
	while (*at != 0) {
		for (unsigned n = *at++; n > 0; n--)
			*out++ = (char)(*at >= 'A' && *at <= 'Z' ? *at + 32 : *at),
				at++;
		*out++ = '.';
	}
	out[-1] = '\0';
}

static void dns_cb(evutil_socket_t fd, short what, void *arg)
{
	static const unsigned char record[] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0,
		0, 4 };
	struct sockaddr_storage from;
	socklen_t fromlen = sizeof from;
	unsigned char m[600];
	char name[256];
	ssize_t len = recvfrom(fd, m, 512, 0, (struct sockaddr *)&from, &fromlen);
	int is_v4, knows;

	(void)what;
	(void)arg;
	if (len < 17)
		return;
	read_name(m + 12, name);
	is_v4 = m[12 + strlen(name) + 3] == 1;
	dns.asked += is_v4;
	if (dns.silent)
		return;
	knows = dns.name != NULL && strcmp(name, dns.name) == 0;
	m[2] = 0x81;
	m[3] = knows ? 0x80 : 0x83;
	m[6] = m[8] = m[9] = m[10] = m[11] = 0;
	m[7] = knows && is_v4;
	len = 12 + strlen(name) + 2 + 4;
	if (m[7]) {
		memcpy(m + len, record, sizeof record);
		inet_pton(AF_INET, dns.asked > 1 && dns.then ? dns.then :
			dns.addr, m + len + sizeof record);
		len += sizeof record + 4;
	}
	sendto(fd, m, len, 0, (struct sockaddr *)&from, fromlen);
}

/* ---- what is dialed ------------------------------------------------------ */

static struct server {
	int fd, client;
	unsigned port;
} server;

static int client_came(void)
{
	if (server.client == -1)
		server.client = sock_accept(server.fd);
	return server.client != -1;
}

/* Whether a head has come to its empty line; *n bytes of it are in text. */
static int head_came(char *text, size_t size, size_t *n)
{
	ssize_t got;

	if (!client_came())
		return 0;
	got = recv(server.client, text + *n, size - 1 - *n, 0);
	if (got == 0 && *n == 0) {
		/* That was the look at the user's socket: he may be late. */
		close(server.client);
		server.client = -1;
	}
	*n += got > 0 ? got : 0;
	text[*n] = '\0';
	return *n > 4 && strcmp(text + *n - 4, "\r\n\r\n") == 0;
}

static const char *hear_head(void)
{
	static char text[1024];
	size_t n = 0;

	FAKECLOCK_WAIT(front.inv.base, head_came(text, sizeof text, &n));
	return text;
}

static void say_to_client(const char *text)
{
	assert_int_equal(write(server.client, text, strlen(text)), strlen(text));
}

static const char *read_from(int fd)
{
	static char text[256];
	ssize_t n = -1;

	FAKECLOCK_WAIT(front.inv.base, (n = read(fd, text,
		sizeof text - 1)) >= 0 || errno != EAGAIN);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

/* ---- the front's part ---------------------------------------------------- */

static struct options_outbound opt;
static struct outdial *outbound;
static struct outdial_attempt *attempt;
static char *env[3];
static char env_text[2][128], resolv_conf[256], hosts[256];

static void loopback_socket(int type, int *fd, unsigned *port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	*fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(*fd, (struct sockaddr *)&addr, sizeof addr), 0);
	*port = sock_port(*fd);
}

static int begin_outbound(void **state)
{
	char text[128];
	unsigned port;

	if (fake_front_begin(state) != 0)
		return -1;
	outcome = (struct outcome){ .fd = -1 };
	dns = (struct name_server){ 0 };
	loopback_socket(SOCK_DGRAM, &dns.fd, &port);
	dns.ready = event_new(front.inv.base, dns.fd, EV_READ | EV_PERSIST,
		dns_cb, NULL);
	event_add(dns.ready, NULL);
	server = (struct server){ .client = -1 };
	loopback_socket(SOCK_STREAM, &server.fd, &server.port);
	assert_int_equal(listen(server.fd, 8), 0);
	snprintf(text, sizeof text, "nameserver 127.0.0.1:%u\n", port);
	fake_file("resolv.conf", text);
	fake_file("hosts", "127.0.0.1 inhosts\n10.77.0.11 login1\n");
	snprintf(resolv_conf, sizeof resolv_conf, "%s/resolv.conf", fake_dir);
	snprintf(hosts, sizeof hosts, "%s/hosts", fake_dir);
	opt = (struct options_outbound){ .way = OPTIONS_OUTBOUND_LOGIN };
	env[0] = NULL;
	return 0;
}

static int end_outbound(void **state)
{
	outdial_free(outbound);
	outbound = NULL;
	optlist_free(&opt.allow);
	free(opt.socket);
	event_free(dns.ready);
	close(dns.fd);
	close(server.fd);
	if (server.client != -1)
		close(server.client);
	if (outcome.fd != -1)
		close(outcome.fd);
	return fake_front_end(state);
}

static void allow(const char *pattern)
{
	optlist_add(&opt.allow, strdup(pattern));
}

/* Begin; text has %u for the server's port. */
static void want(const char *text)
{
	const struct outdial_host host = { .env = env,
		.resolv_conf = resolv_conf, .hosts = hosts };
	char target[256];

	if (outbound == NULL)
		outbound = outdial_new(front.inv.base, &opt, &host);
	if (outcome.fd != -1)
		close(outcome.fd);
	outcome = (struct outcome){ .fd = -1 };
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(target, sizeof target, text, server.port);
#pragma GCC diagnostic pop
	attempt = outdial_start(outbound, target, done, NULL);
}

static void ends(int status, const char *why)
{
	FAKECLOCK_WAIT(front.inv.base, outcome.calls == 1);
	if (outcome.status != status || strstr(outcome.why.text, why) == NULL)
		fail_msg("%d: %s", outcome.status, outcome.why.text);
	assert_int_equal(outcome.fd == -1, status != EX_OK);
}

static void proxy_is(const char *variable)
{
	snprintf(env_text[0], sizeof env_text[0], "%s127.0.0.1:%u", variable,
		server.port);
	env[0] = env_text[0];
	env[1] = NULL;
}

static void refuses_what_is_no_target(void **state)
{
	static const char *const targets[] = { "", "a.org", "a.org:", "a.org:0",
		"a.org:65536", ":80", "[::1", "[::1]80", "[a.org]:80", "::1:80",
		"a b:80", "a.org:80/", "u@a.org:80", "https://a.org:80", "a\n:80",
		"http://http://a.org:80",
		/* Names for some, and addresses for others. */
		"127.0.0.1.:80", "127.0.0.1..:80", "localhost...:80",
		"10.08.0.1:80", "256.0.0.1:80", "4294967296:80", "0x7f.1.:80",
		"127.0.0.1.2:80", "http://10.1.2.3.:80", "[127.0.0.1]:80",
		"a..org:80", ".a.org:80", ".:80", "a.1:80" };

	(void)state;
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
		want(targets[i]);
		assert_null(attempt);
		if (outcome.calls != 1 || outcome.status != EX_DATAERR)
			fail_msg("%s: %d", targets[i], outcome.status);
	}
}

static void refuses_each_spelling(void **state)
{
	static const char *const targets[] = { "127.0.0.1:%u", "127.1:%u",
		"2130706433:%u", "0x7f.1:%u", "0177.0.0.1:%u", "[::1]:%u",
		"[::ffff:127.0.0.1]:%u", "[64:ff9b::7f00:1]:%u", "0:%u",
		"localhost:%u", "LOCALHOST.:%u", "x.localhost:%u",
		"http://127.0.0.1:%u", "10.1.2.3:80", "169.254.169.254:80",
		"inhosts:%u", "login1:22" };

	(void)state;
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
		want(targets[i]);
		ends(EX_NOPERM, "--outbound-allow");
	}
	assert_int_equal(dns.asked, 0);
	assert_false(client_came());
}

static void refuses_names_that_lead_there(void **state)
{
	(void)state;
	dns.name = "evil.example";
	dns.addr = "127.0.0.1";
	want("evil.example:%u");
	ends(EX_NOPERM, "evil.example is 127.0.0.1, a loopback address");
	dns.addr = "10.77.0.1";
	want("evil.example:%u");
	ends(EX_NOPERM, "a private address");
	assert_false(client_came());
}

/* Who changes the address between the look and the dial changes nothing. */
static void dials_what_was_judged(void **state)
{
	(void)state;
	dns.name = "evil.example";
	dns.addr = "240.0.0.1";
	dns.then = "127.0.0.1";
	allow("240.0.0.0/4");
	want("evil.example:%u");
	ends(EX_NOHOST, "evil.example:");
	assert_int_equal(dns.asked, 1);
	assert_false(client_came());
}

/* One of this host's as a target; 0: it has none. */
static int own_target(char *text, size_t size)
{
	struct buf own = { 0 };
	size_t len;

	assert_int_equal(hostaddr_list(&own, 0), 0);
	buf_append(&own, "", 1);
	len = strcspn(buf_data(&own), ",");
	snprintf(text, size, memchr(buf_data(&own), ':', len) == NULL ?
		"%.*s:80" : "[%.*s]:80", (int)len, buf_data(&own));
	buf_fini(&own);
	return len > 0;
}

static int has_no_list;

int getifaddrs(struct ifaddrs **list)
{
	int (*real)(struct ifaddrs **) = (int (*)(struct ifaddrs **))(uintptr_t)
		dlsym(RTLD_NEXT, "getifaddrs");

	if (!has_no_list)
		return real(list);
	errno = EMFILE;
	return -1;
}

/* What it cannot tell from others it does not dial; what it knew it still knows. */
static void knows_its_own_addresses(void **state)
{
	char text[128];
	int has = own_target(text, sizeof text);

	(void)state;
	has_no_list = 1;
	allow("127.0.0.0/8");
	want("127.0.0.1:%u");
	ends(EX_TEMPFAIL, "the login node cannot tell its own addresses from others: ");
	has_no_list = 0;
	want("127.0.0.1:%u");
	ends(EX_OK, "");
	has_no_list = 1;
	fakeclock_pass(front.inv.base, 60000);
	if (has) {
		want(text);
		ends(EX_NOPERM, "an address of the login node");
	}
	has_no_list = 0;
}

static void refuses_this_host_and_the_nodes(void **state)
{
	char text[128];

	(void)state;
	if (own_target(text, sizeof text)) {
		want(text);
		ends(EX_NOPERM, "an address of the login node");
	}
	want("198.51.100.1:80");
	outdial_cancel(attempt);
	outdial_set_networks(outbound, "198.51.100.9/24,fd00::1/64");
	want("198.51.100.1:80");
	ends(EX_NOPERM, "a network of the compute node");
}

static void connects(void **state)
{
	static const char *const targets[] = { "127.0.0.1:%u", "2130706433:%u",
		"inhosts:%u", "there.example:%u", "http://there.example:%u" };

	(void)state;
	dns.name = "there.example";
	dns.addr = "127.0.0.1";
	allow("127.0.0.0/8");
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
		want(targets[i]);
		ends(EX_OK, "");
		FAKECLOCK_WAIT(front.inv.base, client_came());
		say_to_client("hello");
		assert_string_equal(read_from(outcome.fd), "hello");
		close(server.client);
		server.client = -1;
	}
}

static void says_why_it_cannot(void **state)
{
	(void)state;
	allow("127.0.0.1");
	want("nobody.example:80");
	ends(EX_NOHOST, "finds no address of nobody.example");
	close(server.fd);
	server.fd = -1;
	want("127.0.0.1:%u");
	ends(EX_NOHOST, "Connection refused");
}

static void is_late(void **state)
{
	(void)state;
	dns.silent = 1;
	want("slow.example:80");
	fakeclock_pass(front.inv.base, 5990);
	assert_int_equal(outcome.calls, 0);
	fakeclock_pass(front.inv.base, 20);
	ends(EX_TEMPFAIL, "have not answered for slow.example");
}

static void has_no_name_server(void **state)
{
	(void)state;
	fake_file("resolv.conf", "");
	allow("127.0.0.1");
	want("inhosts:%u");
	ends(EX_OK, "");
	want("a.example:80");
#ifdef DNS_OPTION_NAMESERVERS_NO_DEFAULT
	fakeclock_turn(front.inv.base);
#else
	fakeclock_pass(front.inv.base, 6000);
#endif
	FAKECLOCK_WAIT(front.inv.base, outcome.calls == 1);
	assert_int_not_equal(outcome.status, EX_OK);
}

static void goes_by_the_proxy(void **state)
{
	(void)state;
	proxy_is("https_proxy=http://user:sesame@");
	want("198.51.100.7:443");
	assert_string_equal(hear_head(), "CONNECT 198.51.100.7:443 HTTP/1.1\r\nHost: 198.51.100.7:443\r\nProxy-Authorization: Basic dXNlcjpzZXNhbWU=\r\n\r\n");
	say_to_client("HTTP/1.1 200 OK\r\nVia:");
	fakeclock_turn(front.inv.base);
	assert_int_equal(outcome.calls, 0);
	say_to_client(" x\r\n\r\nSSH-2.0");
	ends(EX_OK, "");
	assert_string_equal(read_from(outcome.fd), "SSH-2.0");
}

/* It finds names that the login node does not find. */
static void proxies_find_names(void **state)
{
	(void)state;
	proxy_is("all_proxy=http://");
	want("only.proxy.knows:80");
	assert_non_null(strstr(hear_head(), "CONNECT only.proxy.knows:80 "));
	say_to_client("HTTP/1.1 200 OK\r\n\r\n");
	ends(EX_OK, "");
	assert_null(outcome.head);
}

static char heard_by_proxy[512];

static void hear_proxy(const char *data, size_t len, void *arg)
{
	(void)arg;
	strncat(heard_by_proxy, data, len);
}

/* What is said to the proxy for a request that the job says. */
static void head_is(const char *want_head)
{
	static const struct filter_target target = { .data = hear_proxy };
	static const char request[] =
		"GET http://198.51.100.7:80/ HTTP/1.1\r\n\r\n";

	heard_by_proxy[0] = '\0';
	assert_non_null(outcome.head);
	filters_set_target(&outcome.head->filters, &target, NULL);
	filters_put(&outcome.head->filters, request, strlen(request));
	assert_string_equal(heard_by_proxy, want_head);
	outcome.head->free(outcome.head->arg);
}

/* Many connect to no port but that of TLS. */
static void proxies_read_http_themselves(void **state)
{
	(void)state;
	proxy_is("http_proxy=http://user:sesame@");
	want("http://198.51.100.7:80");
	ends(EX_OK, "");
	head_is("GET http://198.51.100.7:80/ HTTP/1.1\r\nProxy-Authorization: Basic dXNlcjpzZXNhbWU=\r\nHost: 198.51.100.7:80\r\nConnection: close\r\n\r\n");
	FAKECLOCK_WAIT(front.inv.base, client_came());
	close(server.client);
	server.client = -1;
	proxy_is("http_proxy=http://");
	outdial_free(outbound);
	outbound = NULL;
	want("http://198.51.100.7:80");
	ends(EX_OK, "");
	head_is("GET http://198.51.100.7:80/ HTTP/1.1\r\nHost: 198.51.100.7:80\r\nConnection: close\r\n\r\n");
}

static void proxies_are_no_way_round(void **state)
{
	(void)state;
	dns.name = "evil.example";
	dns.addr = "169.254.169.254";
	proxy_is("https_proxy=http://");
	want("evil.example:443");
	ends(EX_NOPERM, "metadata");
	want("2130706433:443");
	ends(EX_NOPERM, "loopback");
	assert_false(client_came());
}

/* Also while somebody waits for what they said before. */
static void reads_its_files_anew(void **state)
{
	struct outdial_attempt *slow;

	(void)state;
	allow("127.0.0.1");
	want("inhosts:%u");
	ends(EX_OK, "");
	fake_file("hosts", "127.0.0.1 newname\n");
	fakeclock_pass(front.inv.base, 59000);
	dns.silent = 1;
	want("slow.example:80");
	slow = attempt;
	FAKECLOCK_WAIT(front.inv.base, dns.asked > 0);
	fakeclock_pass(front.inv.base, 2000);
	want("newname:%u");
	ends(EX_OK, "");
	assert_ptr_not_equal(slow, attempt);
	outdial_cancel(slow);
	want("newname:%u");
	ends(EX_OK, "");
}

/* Which of two it would dial nobody knows. */
static void proxies_are_given_no_choice(void **state)
{
	(void)state;
	fake_file("hosts", "198.51.100.7 two\n10.1.2.3 two\n");
	proxy_is("https_proxy=http://");
	want("two:443");
	ends(EX_NOPERM, "10.1.2.3, a private address");
	assert_false(client_came());
}

/* Nor what a name that is not found yet will be. */
static void proxies_wait_for_name_servers(void **state)
{
	(void)state;
	dns.silent = 1;
	proxy_is("https_proxy=http://");
	want("slow.example:443");
	fakeclock_pass(front.inv.base, 2990);
	assert_int_equal(outcome.calls, 0);
	fakeclock_pass(front.inv.base, 20);
	ends(EX_TEMPFAIL, "have not answered for slow.example");
	assert_false(client_came());
	outdial_free(outbound);
	outbound = NULL;
	/* Where there is none, names are the proxy's affair. */
	fake_file("resolv.conf", "");
	want("slow.example:443");
	assert_non_null(strstr(hear_head(), "CONNECT slow.example:443 "));
	say_to_client("HTTP/1.1 200 OK\r\n\r\n");
	ends(EX_OK, "");
}

static void proxies_refuse(void **state)
{
	(void)state;
	proxy_is("https_proxy=http://");
	want("198.51.100.7:443");
	hear_head();
	say_to_client("HTTP/1.1 403 Not for you\r\n\r\n");
	ends(EX_NOHOST, "the proxy says 403 Not for you");
	close(server.client);
	server.client = -1;
	want("198.51.100.7:443");
	hear_head();
	close(server.client);
	server.client = -1;
	ends(EX_NOHOST, "it has closed the connection");
	want("198.51.100.7:443");
	hear_head();
	fakeclock_pass(front.inv.base, 11990);
	assert_int_equal(outcome.calls, 0);
	fakeclock_pass(front.inv.base, 20);
	ends(EX_TEMPFAIL, "the proxy has not connected in time");
}

static void proxies_of_other_kinds_are_told(void **state)
{
	(void)state;
	proxy_is("https_proxy=socks5h://");
	want("198.51.100.7:443");
	ends(EX_NOHOST, "no other kind");
	assert_false(client_came());
}

static void goes_by_the_laptop(void **state)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	(void)state;
	/* The login node's own proxy has no part in it. */
	proxy_is("https_proxy=http://");
	opt.way = OPTIONS_OUTBOUND_LAPTOP;
	opt.socket = malloc(sizeof addr.sun_path);
	snprintf(opt.socket, sizeof addr.sun_path, "%.90s/s", fake_dir);
	strcpy(addr.sun_path, opt.socket);
	want("198.51.100.7:443");
	ends(EX_UNAVAILABLE, "no ssh has brought the laptop's proxy");
	/* What is tried at first is told, and would come to the server, too. */
	FAKECLOCK_WAIT(front.inv.base, strstr(fakelog_told(), "no ssh has brought the laptop's proxy") != NULL);
	close(server.fd);
	server.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(server.fd, (struct sockaddr *)&addr, sizeof addr),
		0);
	assert_int_equal(listen(server.fd, 8), 0);
	want("127.0.0.1:443");
	ends(EX_NOPERM, "loopback");
	want("198.51.100.7:443");
	assert_non_null(strstr(hear_head(), "CONNECT 198.51.100.7:443 "));
	say_to_client("HTTP/1.1 200 OK\r\n\r\n");
	ends(EX_OK, "");
	unlink(addr.sun_path);
	fake_file("s", "a file");
	want("198.51.100.7:443");
	ends(EX_UNAVAILABLE, "is not a socket");
}

/* Nothing comes of it, wherever it was. */
static void is_cancelled(void **state)
{
	(void)state;
	allow("127.0.0.1");
	want("127.0.0.1:%u");
	outdial_cancel(attempt);
	dns.silent = 1;
	want("slow.example:80");
	FAKECLOCK_WAIT(front.inv.base, dns.asked > 0);
	outdial_cancel(attempt);
	want("slow.example:80");
	fakeclock_turn(front.inv.base);
	outdial_cancel(attempt);
	dns.silent = 0;
	fakeclock_pass(front.inv.base, 30000);
	assert_int_equal(outcome.calls, 0);
}

static void is_cancelled_at_a_proxy(void **state)
{
	(void)state;
	proxy_is("https_proxy=http://");
	want("198.51.100.7:443");
	hear_head();
	outdial_cancel(attempt);
	assert_string_equal(read_from(server.client), "");
	fakeclock_pass(front.inv.base, 30000);
	assert_int_equal(outcome.calls, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_outbound, \
	end_outbound)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(refuses_what_is_no_target),
		TEST(refuses_each_spelling),
		TEST(refuses_names_that_lead_there),
		TEST(dials_what_was_judged),
		TEST(knows_its_own_addresses),
		TEST(refuses_this_host_and_the_nodes),
		TEST(connects),
		TEST(says_why_it_cannot),
		TEST(is_late),
		TEST(has_no_name_server),
		TEST(goes_by_the_proxy),
		TEST(proxies_find_names),
		TEST(proxies_read_http_themselves),
		TEST(proxies_are_no_way_round),
		TEST(reads_its_files_anew),
		TEST(proxies_are_given_no_choice),
		TEST(proxies_wait_for_name_servers),
		TEST(proxies_refuse),
		TEST(proxies_of_other_kinds_are_told),
		TEST(goes_by_the_laptop),
		TEST(is_cancelled),
		TEST(is_cancelled_at_a_proxy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
