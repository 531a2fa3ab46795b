/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * Owns what the words mean by which a user names a listener of the job, and what
 * its socket on the login node is called. That name has what a person looks for in
 * it where there is room, and a hash of all else that makes it another listener.
 */
#include "front/portword.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/fnv.h"
#include "base/hostpolicy.h"
#include "base/number.h"

#define OWN_BY_DEFAULT 8888
#define OWN_LEAST 1024		/* below, ports are root's */

static size_t digits(const char *word)
{
	return strspn(word, "0123456789");
}

int portword_is(const char *word)
{
	return word[0] != '\0' && (word[digits(word)] == '\0' ||
		strpbrk(word, ":/") != NULL);
}

static int read_path(struct target *t, const char *word, struct err *e)
{
	if (word[0] != '/')
		return err_set(e, "'%.80s' is not an absolute path", word);
	if (strlen(word) >= sizeof t->path)
		return err_set(e, "'%.120s' is longer than the %zu bytes a Unix socket's path may have",
			word, sizeof t->path - 1);
	strcpy(t->path, word);
	return 0;
}

static int is_loopback(const char *host)
{
	return strcmp(host, "127.0.0.1") == 0 || strcmp(host, "::1") == 0 ||
		hostpolicy_is_localhost(host);
}

/* "HOST" or "[HOST]", of len bytes. */
static int read_host(struct portword *w, const char *word, size_t len,
	struct err *e)
{
	const char *at = word;

	if (len > 2 && at[0] == '[' && at[len - 1] == ']') {
		at++;
		len -= 2;
	} else if (memchr(at, ':', len) != NULL) {
		return err_set(e, "'%.80s': an IPv6 address stands in brackets, as [::1]:8080",
			word);
	}
	if (len == 0 || len >= sizeof w->host)
		return err_set(e, "'%.80s' names no host", word);
	memcpy(w->host, at, len);
	w->host[len] = '\0';
	if (is_loopback(w->host))
		w->host[0] = '\0';
	else if (!hostpolicy_is_host(w->host))
		return err_set(e, "'%.80s' names no host", word);
	return 0;
}

int portword_read(struct portword *w, const char *word, struct err *e)
{
	const char *colon = strrchr(word, ':');
	const char *port = colon != NULL ? colon + 1 : word;
	long n;

	*w = (struct portword){ .host = "" };
	if (word[0] == '/' || (strchr(word, '/') != NULL && colon == NULL))
		return read_path(&w->target, word, e);
	if (number_read(port, 1, 65535, &n) == -1)
		return err_set(e, "'%.80s' is no PORT, HOST:PORT or /path.sock: a port is a number from 1 to 65535",
			word);
	w->target.port = (uint16_t)n;
	return colon == NULL ? 0 :
		read_host(w, word, (size_t)(colon - word), e);
}

struct portword_name portword_name(const char *session, const char *node,
	const char *label, const struct target *target, const char *apart)
{
	int is_path = label == NULL && target->port == 0, dotted, n;
	uint64_t hash = FNV_START;
	struct portword_name name;
	char port[8], rest[24] = "";

	snprintf(port, sizeof port, "%u", target->port);
	if (label == NULL)
		label = is_path ? "x" : port;
	hash = fnv_add(hash, apart);
	hash = fnv_add(hash, node != NULL ? node : "");
	hash = fnv_add(hash, is_path ? target->path : "");
	/* "a" and "b.c" would be called as "a.b" and "c". */
	dotted = strchr(session, '.') != NULL || strchr(label, '.') != NULL;
	if (dotted)
		hash = fnv_add(fnv_add(hash, session), label);
	if (apart[0] != '\0' || node != NULL || is_path || dotted)
		snprintf(rest, sizeof rest, ".%08x",
			(unsigned)(hash ^ hash >> 32));
	n = snprintf(name.s, sizeof name.s, "%s.%s%s.sock", session, label,
		rest);
	if (n < (int)sizeof name.s)
		return name;
	hash = fnv_add(hash, session);
	snprintf(name.s, sizeof name.s, "%016llx.%.24s.sock",
		(unsigned long long)hash, label);
	return name;
}

struct portword_text portword_host_text(const struct reach *r)
{
	struct portword_text text;

	snprintf(text.s, sizeof text.s, strchr(r->host, ':') != NULL ?
		"[%s]:%u" : "%s:%u", r->host, r->port);
	return text;
}

struct portword_text portword_text(const struct target *target)
{
	struct portword_text text;

	if (target->port == 0)
		snprintf(text.s, sizeof text.s, "%s", target->path);
	else
		snprintf(text.s, sizeof text.s, "port %u", target->port);
	return text;
}

unsigned portword_own(unsigned port)
{
	return port == 0 ? OWN_BY_DEFAULT :
		port < OWN_LEAST ? 8000 + port : port;
}
