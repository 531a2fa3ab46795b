/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * The variables are read as most programs read them: small letters before
 * capitals, http_proxy for http and https_proxy for all else, all_proxy for what
 * has none, no_proxy for what needs none. Of kinds of proxies only that of HTTP is
 * spoken; one of another kind is told, since to go round it would be what a site
 * does not want.
 */
#include "front/outbound/outproxy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/base64.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/hostpolicy.h"

#define PROXY_PORT 80		/* of one whose URL has none */
#define STATUS_LINE 12		/* "HTTP/1.1 200" */

/* ---- the environment ----------------------------------------------------- */

static const char *word_value(char *const *words, const char *name)
{
	size_t len = strlen(name);

	for (; *words != NULL; words++)
		if (strncmp(*words, name, len) == 0 && (*words)[len] == '=' &&
			(*words)[len + 1] != '\0')
			return *words + len + 1;
	return NULL;
}

static const char *either(char *const *words, const char *small,
	const char *capital)
{
	const char *value = word_value(words, small);

	return value != NULL ? value : word_value(words, capital);
}

void outproxy_read_env(struct outproxy_env *env, char *const *words)
{
	env->https_proxy = either(words, "https_proxy", "HTTPS_PROXY");
	env->http_proxy = either(words, "http_proxy", "HTTP_PROXY");
	env->all_proxy = either(words, "all_proxy", "ALL_PROXY");
	env->no_proxy = either(words, "no_proxy", "NO_PROXY");
}

/* ---- whether it is for this host ----------------------------------------- */

/* "example.org" and ".example.org" have www.example.org, and the first itself. */
static int is_domain_of(const char *domain, const char *host)
{
	size_t len, all = strlen(host);

	if (domain[0] == '*' && domain[1] == '.')
		domain++;
	while (domain[0] == '.')
		domain++;
	len = strlen(domain);
	if (len == 0 || len > all || strcasecmp(host + all - len, domain) != 0)
		return 0;
	return all == len || host[all - len - 1] == '.';
}

static int is_exempt_by(const char *word, const char *host, unsigned port)
{
	struct sockaddr_storage addr;
	struct hostpattern p;
	socklen_t len;

	if (strcmp(word, "*") == 0)
		return 1;
	if (hostpattern_parse(&p, word, NULL) == 0 && p.name[0] == '\0')
		return hostpolicy_read(host, port, &addr, &len) &&
			hostpattern_has(&p, (struct sockaddr *)&addr);
	if (p.name[0] != '\0' && p.port != 0)
		return p.port == port && is_domain_of(p.name, host);
	return is_domain_of(word, host);
}

static int is_exempt(const char *list, const char *host, unsigned port)
{
	char word[HOSTPATTERN_NAME];
	size_t len;

	for (; list != NULL && *list != '\0'; list += len) {
		list += strspn(list, ", \t");
		len = strcspn(list, ", \t");
		if (len == 0 || len >= sizeof word)
			continue;
		memcpy(word, list, len);
		word[len] = '\0';
		if (is_exempt_by(word, host, port))
			return 1;
	}
	return 0;
}

/* ---- which it is --------------------------------------------------------- */

static int hex(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c != '\0' ? strchr(digits, c >= 'A' && c <= 'F' ?
		c - 'A' + 'a' : c) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* %40 is an @. */
static char *unescape(const char *s, size_t len)
{
	char *out = mem_alloc(len + 1), *to = out;

	for (size_t i = 0; i < len; i++) {
		if (s[i] == '%' && i + 2 < len && hex(s[i + 1]) != -1 &&
			hex(s[i + 2]) != -1) {
			*to++ = (char)(hex(s[i + 1]) << 4 | hex(s[i + 2]));
			i += 2;
		} else {
			*to++ = s[i];
		}
	}
	return out;
}

/* Its password is in it, so no message has it. */
static int bad_url(struct err *e)
{
	return err_set(e, "the proxy variables of the login node name no http:// proxy, and no other kind can be used");
}

static int read_url(struct outproxy *p, const char *url, struct err *e)
{
	const char *end, *at, *port;
	size_t len;
	long number = PROXY_PORT;
	char digits[8];

	if (strncasecmp(url, "http://", 7) == 0)
		url += 7;
	else if (strstr(url, "://") != NULL)
		return bad_url(e);
	end = url + strcspn(url, "/?#");
	/* The last one: a password may have others. */
	at = memrchr(url, '@', end - url);
	if (at != NULL) {
		p->auth = unescape(url, at - url);
		url = at + 1;
	}
	if (url[0] == '[') {
		len = strcspn(++url, "]");
		port = url + len + 1;
		if (url + len >= end)
			return bad_url(e);
	} else {
		len = strcspn(url, ":/?#");
		port = url + len;
	}
	if (len == 0 || len >= sizeof p->host)
		return bad_url(e);
	if (port < end) {
		snprintf(digits, sizeof digits, "%.*s", (int)(end - port < 8 ?
			end - port : 0), port);
		/* "host:" has the usual one. */
		if (digits[0] != ':' || (digits[1] != '\0' &&
			number_read(digits + 1, 1, 65535, &number) == -1))
			return bad_url(e);
	}
	memcpy(p->host, url, len);
	p->port = (unsigned)number;
	return 0;
}

int outproxy_choose(const struct outproxy_env *env, const char *host,
	unsigned port, int is_http, struct outproxy *p, struct err *e)
{
	const char *url = is_http ? env->http_proxy : env->https_proxy;

	*p = (struct outproxy){ 0 };
	if (url == NULL)
		url = env->all_proxy;
	if (url == NULL || is_exempt(env->no_proxy, host, port))
		return 0;
	return read_url(p, url, e);
}

void outproxy_fini(struct outproxy *p)
{
	if (p->auth != NULL)
		explicit_bzero(p->auth, strlen(p->auth));
	free(p->auth);
	p->auth = NULL;
}

/* ---- what is said to it -------------------------------------------------- */

void outproxy_credentials(struct buf *out, const char *auth)
{
	buf_puts(out, "Basic ");
	base64_encode(auth, strlen(auth), out);
}

void outproxy_ask(struct buf *out, const char *target, const char *auth)
{
	buf_printf(out, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n", target, target);
	if (auth != NULL) {
		buf_puts(out, "Proxy-Authorization: ");
		outproxy_credentials(out, auth);
		buf_puts(out, "\r\n");
	}
	buf_puts(out, "\r\n");
}

int outproxy_answer(const char *data, size_t len, size_t *head, struct err *e)
{
	const char *end = memmem(data, len, "\r\n\r\n", 4), *line_end;
	int line;

	/* What is no HTTP may be silent from here on. */
	if (len > 0 && strncmp(data, "HTTP/1.", len < 7 ? len : 7) != 0)
		return err_set(e, "the proxy does not speak HTTP");
	if (end == NULL && len >= OUTPROXY_ANSWER_MAX)
		return err_set(e, "the answer of the proxy is too long");
	if (end == NULL)
		return 0;
	line_end = memchr(data, '\r', len);
	line = (int)(line_end - data);
	if (line < STATUS_LINE)
		return err_set(e, "the proxy does not speak HTTP");
	if (data[9] != '2')
		return err_set(e, "the proxy says %.*s", line - 9 < 80 ?
			line - 9 : 80, data + 9);
	*head = end + 4 - data;
	return 1;
}
