/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * The head of a request to an HTTP proxy, RFC 9112: what is asked for, and what
 * the target is to read instead. It is strict, since two ends that read one head
 * in two ways can be set against each other: lines end with CR LF, names of
 * fields are tokens, no line goes on in the next. A connection carries one
 * request: so nothing behind the head need be understood.
 */
#include "proto/proxyhead.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/number.h"

#define PORT_MAX 65535
#define HTTP_PORT 80

/* A piece of the head; not ended by a NUL. */
struct piece {
	const char *at;
	size_t len;
};

static int refuse_head(struct proxyhead *h, struct err *e, int status,
	const char *why)
{
	h->status = status;
	return err_set(e, "%s", why);
}

/* What is up to the mark; the rest, without the mark, stays. 0: there is none. */
static int cut(struct piece *rest, const char *mark, struct piece *out)
{
	const char *found = memmem(rest->at, rest->len, mark, strlen(mark));

	if (found == NULL)
		return 0;
	*out = (struct piece){ rest->at, found - rest->at };
	rest->len -= out->len + strlen(mark);
	rest->at = found + strlen(mark);
	return 1;
}

static int piece_begins(const struct piece *p, const char *with)
{
	size_t len = strlen(with);

	return p->len >= len && strncasecmp(p->at, with, len) == 0;
}

static int piece_is(const struct piece *p, const char *word)
{
	return p->len == strlen(word) && piece_begins(p, word);
}

static int is_one_of(const char *set, char c)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static int is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		(c >= 'A' && c <= 'Z');
}

static int is_token(const struct piece *p)
{
	for (size_t i = 0; i < p->len; i++)
		if (!is_alnum(p->at[i]) && !is_one_of("!#$%&'*+-.^_`|~", p->at[i]))
			return 0;
	return p->len > 0;
}

/* No blank and no control among them, and no byte beyond ASCII. */
static int is_visible(const struct piece *p)
{
	for (size_t i = 0; i < p->len; i++)
		if (p->at[i] <= ' ' || p->at[i] > '~')
			return 0;
	return p->len > 0;
}

/* What may stand in a line: a CR or NUL would end it for some. */
static int is_text(const struct piece *p)
{
	for (size_t i = 0; i < p->len; i++)
		if (p->at[i] == '\r' || p->at[i] == '\n' || p->at[i] == '\0')
			return 0;
	return 1;
}

/* ---- where to ------------------------------------------------------------ */

static int is_ipv6(const struct piece *p)
{
	unsigned char raw[sizeof(struct in6_addr)];
	char text[INET6_ADDRSTRLEN];

	if (p->len >= sizeof text)
		return 0;
	memcpy(text, p->at, p->len);
	text[p->len] = '\0';
	return inet_pton(AF_INET6, text, raw) == 1;
}

static int is_host(const struct piece *p)
{
	if (p->len == 0 || p->len > 253 || p->at[0] == '.')
		return 0;
	for (size_t i = 0; i < p->len; i++)
		if (!is_alnum(p->at[i]) && !is_one_of("-._", p->at[i]))
			return 0;
	return 1;
}

/* "host:port" or "[::1]:port"; port 0: it must be there. -1: it is none. */
static int read_authority(struct proxyhead *h, struct piece at,
	unsigned long long port)
{
	const char *end = at.at + at.len, *digits;
	struct piece host = at;
	int is_v6 = at.len > 0 && at.at[0] == '[';

	if (is_v6) {
		at.at++;
		at.len--;
		if (!cut(&at, "]", &host) || !is_ipv6(&host) ||
			(at.len > 0 && at.at[0] != ':'))
			return -1;
		digits = at.at;
	} else {
		digits = memchr(at.at, ':', at.len);
		if (digits == NULL)
			digits = end;
		host.len = digits - at.at;
		/* The root's dot names nobody else. */
		if (host.len > 1 && host.at[host.len - 1] == '.')
			host.len--;
		if (!is_host(&host))
			return -1;
	}
	/* "host:" is the default, too. */
	if (digits + 1 < end) {
		digits++;
		if (number_take(&digits, end, PORT_MAX, &port) == -1 ||
			digits != end)
			return -1;
	}
	if (port == 0)
		return -1;
	snprintf(h->target, sizeof h->target, "%s%.*s%s:%llu",
		is_v6 ? "[" : "", (int)host.len, host.at, is_v6 ? "]" : "",
		port);
	return 0;
}

/* ---- what the target reads ----------------------------------------------- */

static void put(struct buf *b, const struct piece *p)
{
	buf_append(b, p->at, p->len);
}

/*
 * Of a URL behind "http://": the target, and the line in the form that it reads,
 * with the Host that the URL names, whatever the program has said beside it. The
 * version stays: the answer goes back as it is, and one of 1.1 may come in chunks.
 */
static int take_url(struct proxyhead *h, const struct piece *method,
	struct piece url, const struct piece *version, struct err *e)
{
	struct piece host = url;
	size_t n = 0;

	while (n < url.len && !is_one_of("/?#", url.at[n]))
		n++;
	host.len = n;
	url.at += n;
	url.len -= n;
	if (memchr(url.at, '#', url.len) != NULL)
		return refuse_head(h, e, 400, "the URL has a fragment");
	if (read_authority(h, host, HTTP_PORT) == -1)
		return refuse_head(h, e, 400, "the URL names no host that could be asked");
	put(&h->request, method);
	if (url.len == 0)
		buf_puts(&h->request, piece_is(method, "OPTIONS") ? " *" : " /");
	else
		buf_puts(&h->request, url.at[0] == '/' ? " " : " /");
	put(&h->request, &url);
	buf_puts(&h->request, " ");
	put(&h->request, version);
	buf_puts(&h->request, "\r\nHost: ");
	put(&h->request, &host);
	buf_puts(&h->request, "\r\nConnection: close\r\n");
	return 0;
}

/* Fields between the program and its proxy; Host and Connection are said anew. */
static int is_for_us(const struct piece *name)
{
	static const char *const names[] = { "Host", "Connection", "Keep-Alive",
		"Upgrade", "HTTP2-Settings" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (piece_is(name, names[i]))
			return 1;
	return piece_begins(name, "Proxy-");
}

static int take_field(struct proxyhead *h, const struct piece *line,
	struct err *e)
{
	struct piece rest = *line, name;

	if (!is_text(line))
		return refuse_head(h, e, 400, "a line of the request ends otherwise than with CR LF");
	if (!cut(&rest, ":", &name) || !is_token(&name))
		return refuse_head(h, e, 400, "a line of the request is no field");
	if (h->is_connect || is_for_us(&name))
		return 0;
	put(&h->request, line);
	buf_puts(&h->request, "\r\n");
	return 0;
}

static int take_request_line(struct proxyhead *h, struct piece line,
	struct err *e)
{
	struct piece method, target;

	if (!cut(&line, " ", &method) || !is_token(&method) ||
		!cut(&line, " ", &target) || !is_visible(&target))
		return refuse_head(h, e, 400, "this is no request of HTTP");
	if (line.len != 8 || !piece_begins(&line, "HTTP/1.") ||
		!is_one_of("01", line.at[7]))
		return refuse_head(h, e, 400, "only HTTP/1.1 and HTTP/1.0 are spoken here");
	h->is_connect = piece_is(&method, "CONNECT");
	if (h->is_connect)
		return read_authority(h, target, 0) == 0 ? 0 :
			refuse_head(h, e, 400, "CONNECT wants HOST:PORT");
	if (piece_begins(&target, "http://")) {
		target.at += strlen("http://");
		target.len -= strlen("http://");
		return take_url(h, &method, target, &line, e);
	}
	if (piece_begins(&target, "https://"))
		return refuse_head(h, e, 400, "https goes through a proxy by CONNECT");
	return refuse_head(h, e, 400, "this is a proxy: it takes CONNECT HOST:PORT and requests with a whole http:// URL");
}

/* ---- the head ------------------------------------------------------------ */

/*
 * A program that speaks something else is told so by its first line: it may never
 * send the empty one. TLS has no line at all.
 */
static int is_hopeless(const struct piece *so_far)
{
	return !is_token(&(struct piece){ so_far->at, 1 });
}

static int incomplete(struct proxyhead *h, const struct piece *all,
	struct err *e)
{
	struct piece rest = *all, line;

	if (all->len > 0 && is_hopeless(all))
		return refuse_head(h, e, 400, "this is no request of HTTP");
	if (cut(&rest, "\r\n", &line) && take_request_line(h, line, e) == -1)
		return -1;
	if (all->len >= PROXYHEAD_MAX)
		return refuse_head(h, e, 431, "the head of the request is too long");
	proxyhead_fini(h);
	*h = (struct proxyhead){ 0 };
	return 0;
}

int proxyhead_read(struct proxyhead *h, const char *data, size_t len,
	struct err *e)
{
	struct piece all = { data, len < PROXYHEAD_MAX ? len : PROXYHEAD_MAX };
	struct piece rest = all, head, line;

	*h = (struct proxyhead){ 0 };
	if (!cut(&rest, "\r\n\r\n", &head))
		return incomplete(h, &all, e);
	h->len = rest.at - data;
	head.len += 2;		/* each of its lines has an end */
	if (!cut(&head, "\r\n", &line) || take_request_line(h, line, e) == -1)
		return -1;
	while (cut(&head, "\r\n", &line))
		if (take_field(h, &line, e) == -1)
			return -1;
	if (!h->is_connect)
		buf_puts(&h->request, "\r\n");
	return 1;
}

/* The head begins "METHOD /path HTTP/1.1" or 1.0, or "OPTIONS * HTTP/1.1". */
void proxyhead_for_proxy(const struct proxyhead *h, const char *credentials,
	struct buf *out)
{
	struct piece rest = { buf_data(&h->request), h->request.len }, line, word;
	struct piece secret = { credentials, strlen(credentials) };

	if (!cut(&rest, "\r\n", &line) || !cut(&line, " ", &word))
		return;
	put(out, &word);
	buf_printf(out, " http://%s", h->target);
	if (line.at[0] == '*') {
		line.at++;
		line.len--;
	}
	put(out, &line);
	buf_puts(out, "\r\n");
	if (secret.len > 0 && is_text(&secret))
		buf_printf(out, "Proxy-Authorization: %s\r\n", credentials);
	put(out, &rest);
}

void proxyhead_fini(struct proxyhead *h)
{
	/* It may have the program's cookies and passwords. */
	buf_wipe(&h->request);
}

/* ---- answers ------------------------------------------------------------- */

static const struct {
	int status;
	const char *name;
} statuses[] = {
	{ 400, "Bad Request" },
	{ 403, "Forbidden" },
	{ 408, "Request Timeout" },
	{ 431, "Request Header Fields Too Large" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
};

static const char *status_name(int status)
{
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
		if (statuses[i].status == status)
			return statuses[i].name;
	return "Failed";
}

/*
 * Most programs show the line alone, and some only its number, so the reason
 * stands in the line, too.
 */
void proxyhead_refuse(struct buf *out, int status, const char *reason)
{
	char line[512];
	size_t n;

	snprintf(line, sizeof line, "%s", reason);
	for (char *c = line; *c != '\0'; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	n = strlen("vscode-remote-shell: \n") + strlen(line);
	buf_printf(out, "HTTP/1.1 %d %s: %s\r\n", status, status_name(status),
		line);
	buf_printf(out, "Content-Type: text/plain\r\nContent-Length: %zu\r\n", n);
	buf_printf(out, "Connection: close\r\n\r\nvscode-remote-shell: %s\n",
		line);
}

void proxyhead_accept(struct buf *out)
{
	buf_puts(out, "HTTP/1.1 200 Connection established\r\n\r\n");
}
