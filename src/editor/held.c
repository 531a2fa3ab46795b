/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One line is followed at a time. Its first word decides what it may become; of
 * any other line only the newline is looked for. Bytes pass while they are
 * followed, except in VALUE: those are collected in line[] and judged anew with
 * each piece that comes.
 */
#include "editor/held.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
	WORD,	/* in the first word */
	EQUALS, /* after a key and one '=' */
	VALUE,	/* after a key and its '=' or "==" */
	ASKED,	/* the line is whole, the caller was told */
	MARK,	/* in ": start" or ": end" */
	TAIL,	/* after those, blanks may follow */
	TAILCR, /* and a CR */
	REST,	/* nothing of interest up to the newline */
};

enum verdict { NO, MORE, YES };

void held_init(struct held *h)
{
	memset(h, 0, sizeof *h);
}

static void next_line(struct held *h)
{
	h->state = WORD;
	h->len.word = 0;
}

static inline int is_word(unsigned char c)
{
	return (unsigned)(c | 32) - 'a' < 26 || (unsigned)c - '0' < 10 ||
		c == '-';
}

static int is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Whether the word is letters that end as the keys do. */
static int is_key(const struct held *h)
{
	static const char end[] = "isteningOn";
	const size_t n = sizeof end - 1;

	if (strcmp(h->word, "agentPort") == 0)
		return 1;
	if (h->len.word < n + 1 || strpbrk(h->word, "0123456789-") != NULL)
		return 0;
	return (h->word[h->len.word - n - 1] | 32) == 'l' &&
		strcmp(h->word + h->len.word - n, end) == 0;
}

/* Whether the word is 12 to 24 hex digits or a uuid. */
static int is_id(const struct held *h)
{
	static const char uuid[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (h->len.word != sizeof uuid - 1)
		return h->len.word >= 12 && h->len.word <= 24 &&
			strspn(h->word, "0123456789abcdef") == h->len.word;
	for (size_t i = 0; i < h->len.word; i++)
		if ((h->word[i] == '-') != (uuid[i] == '-') ||
			strchr("0123456789abcdef-", h->word[i]) == NULL)
			return 0;
	return 1;
}

/* Follow the first word; returns where to go on. */
static const char *follow_word(struct held *h, const char *p, const char *end)
{
	const char *from = p, *stop = end;

	if ((size_t)(end - p) > HELD_WORD_MAX - h->len.word)
		stop = p + HELD_WORD_MAX - h->len.word;
	while (p < stop && is_word(*p))
		p++;
	if (p == end || *p == ':' || *p == '=') {
		memcpy(h->word + h->len.word, from, p - from);
		h->len.word += p - from;
		h->word[h->len.word] = '\0';
		if (p == end)
			return p;
		if (*p == '=' && is_key(h)) {
			h->state = EQUALS;
			return p + 1;
		}
		if (*p == ':' && is_id(h)) {
			h->state = MARK;
			h->len.mark = 1;
			h->ends = 0;
			return p + 1;
		}
	}
	h->state = REST;
	return p;
}

static void take_marker(struct held *h)
{
	if (!h->ends) {
		h->in_block = 1;
		memcpy(h->id, h->word, sizeof h->id);
	} else if (h->in_block && strcmp(h->id, h->word) == 0) {
		h->in_block = 0;
	}
	next_line(h);
}

/* Follow one byte behind the first word. Returns 0 if it is not taken yet. */
static int follow_byte(struct held *h, char c)
{
	static const char *const mark[] = { ": start", ": end" };

	switch (h->state) {
	case EQUALS:
		h->single = c != '=';
		if (h->single &&
			(h->in_block || strcmp(h->word, "listeningOn") != 0))
			break;
		h->state = VALUE;
		h->len.line = 0;
		return !h->single;
	case MARK:
		if (h->len.mark == 2)
			h->ends = c == 'e';
		if (c != mark[h->ends][h->len.mark])
			break;
		if (mark[h->ends][++h->len.mark] == '\0')
			h->state = TAIL;
		return 1;
	case TAIL:
	case TAILCR:
		if (c == '\n') {
			take_marker(h);
			return 1;
		}
		if (h->state == TAILCR || (!is_blank(c) && c != '\r'))
			break;
		if (c == '\r')
			h->state = TAILCR;
		return 1;
	}
	h->state = REST;
	return 0;
}

/* Follow data up to a value. Returns how many bytes pass. */
static size_t follow(struct held *h, const char *data, size_t len)
{
	const char *p = data, *end = data + len;

	while (p < end && h->state != VALUE) {
		if (h->state == WORD) {
			p = follow_word(h, p, end);
		} else if (h->state == REST) {
			p = memchr(p, '\n', end - p);
			if (p == NULL)
				return len;
			p++;
			next_line(h);
		} else {
			p += follow_byte(h, *p);
		}
	}
	return p - data;
}

/* The length of the number at s, or 0 if there is none in the range. */
static size_t held_number(const char *s, size_t len, unsigned min, unsigned max,
	unsigned *value)
{
	size_t n = 0;

	*value = 0;
	while (n < len && s[n] >= '0' && s[n] <= '9') {
		*value = *value * 10 + (s[n++] - '0');
		if (*value > max || (n > 1 && s[0] == '0'))
			return 0;
	}
	return *value < min ? 0 : n;
}

/* The length of what may be an IPv6 address; inet_pton() has the last word. */
static size_t address(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && n < sizeof((struct held_event *)0)->host - 1 &&
		s[n] != '\0' && strchr("0123456789abcdefABCDEF:.", s[n]))
		n++;
	return n;
}

/* What may follow the value, which ends at `at`. */
static enum verdict judge_end(const struct held *h, size_t at)
{
	const char *s = h->line;

	if (!h->single)
		for (int i = 0; i < 2; i++) {
			if (at == h->len.line)
				return MORE;
			if (s[at++] != '=')
				return NO;
		}
	while (at < h->len.line && is_blank(s[at]))
		at++;
	if (at < h->len.line && s[at] == '\r')
		at++;
	if (at == h->len.line)
		return MORE;
	return s[at] == '\n' ? YES : NO;
}

/*
 * Compare the line with a pattern, in which '#' stands for a part of an IPv4
 * address, '@' for an IPv6 address and '%' for the port.
 */
static enum verdict judge_port(struct held *h, const char *pattern,
	struct held_event *ev)
{
	const char *s = h->line;
	size_t at = 0, host = 0, n;
	unsigned octet, port = 0;

	for (; *pattern != '\0'; pattern++, at += n) {
		if (at == h->len.line)
			return MORE;
		if (*pattern == '#') {
			n = held_number(s + at, h->len.line - at, 0, 255, &octet);
		} else if (*pattern == '@') {
			n = address(s + at, h->len.line - at);
		} else if (*pattern == '%') {
			n = held_number(s + at, h->len.line - at, 1, 65535, &port);
			host = at;
		} else {
			n = s[at] == *pattern;
		}
		if (n == 0)
			return NO;
	}
	h->len.value = at;
	h->len.host = host;
	ev->target = HELD_PORT;
	ev->port = port;
	return judge_end(h, at);
}

static enum verdict judge_path(struct held *h, struct held_event *ev)
{
	const char *s = h->line;
	size_t n = 0;

	while (n < h->len.line && (unsigned char)s[n] > ' ' && s[n] != 127)
		n++;
	if (s[0] != '/' || n > HELD_PATH_MAX + 2)
		return NO;
	if (n == h->len.line)
		return MORE;
	if (n < 4)
		return NO;
	/* A path may have '=' in it, so its end is found from behind. */
	h->len.value = n - 2;
	h->len.host = 0;
	ev->target = HELD_PATH;
	memcpy(ev->path, s, h->len.value);
	ev->path[h->len.value] = '\0';
	return judge_end(h, h->len.value);
}

/* Write the host's text without its colon and brackets; 0 if it is none. */
static int host_text(const struct held *h, char *host)
{
	struct in6_addr addr;

	host[0] = '\0';
	if (h->len.host == 0)
		return 1;
	if (h->line[0] != '[') {
		memcpy(host, h->line, h->len.host - 1);
		host[h->len.host - 1] = '\0';
		return 1;
	}
	memcpy(host, h->line + 1, h->len.host - 3);
	host[h->len.host - 3] = '\0';
	return inet_pton(AF_INET6, host, &addr) == 1;
}

/* Whether the value at hand and the rest of its line are to be held. */
static enum verdict judge(struct held *h, struct held_event *ev)
{
	static const char *const patterns[] = {
		"%",
		"#.#.#.#:%",
		"localhost:%",
		"[@]:%",
	};
	enum verdict v = NO;

	for (size_t i = 0; v == NO && i < sizeof patterns / sizeof *patterns;
		i++)
		v = judge_port(h, patterns[i], ev);
	if (v == YES)
		return host_text(h, ev->host) ? YES : NO;
	if (v == NO && h->in_block)
		v = judge_path(h, ev);
	/* No room for what is missing: not one of ours. */
	return v == MORE && h->len.line == HELD_VALUE_MAX ? NO : v;
}

/* Collect data up to the newline. Returns how many bytes were taken. */
static size_t collect(struct held *h, const char *data, size_t len)
{
	size_t n = HELD_VALUE_MAX - h->len.line;
	const char *nl;

	if (n > len)
		n = len;
	nl = memchr(data, '\n', n);
	if (nl != NULL)
		n = nl + 1 - data;
	memcpy(h->line + h->len.line, data, n);
	h->len.line += n;
	return n;
}

static void pass(struct held_event *ev, const char *data, size_t len)
{
	ev->kind = HELD_PASS;
	ev->data = data;
	ev->len = len;
}

static size_t scan_value(struct held *h, const char *data, size_t len,
	struct held_event *ev)
{
	size_t n = collect(h, data, len);

	switch (judge(h, ev)) {
	case MORE:
		break;
	case YES:
		h->state = ASKED;
		ev->kind = HELD_LINE;
		ev->key = h->word;
		ev->in_block = h->in_block;
		break;
	case NO:
		pass(ev, h->line, h->len.line);
		h->state = REST;
		if (h->line[h->len.line - 1] == '\n')
			next_line(h);
		break;
	}
	return n;
}

size_t held_scan(struct held *h, const char *data, size_t len,
	struct held_event *ev)
{
	size_t n;

	ev->kind = HELD_NONE;
	if (h->ready) {
		h->ready = 0;
		pass(ev, h->line, h->len.line);
		return 0;
	}
	if (h->state == ASKED) {
		judge(h, ev);
		ev->kind = HELD_LINE;
		ev->key = h->word;
		ev->in_block = h->in_block;
		return 0;
	}
	if (len == 0)
		return 0;
	if (h->state == VALUE)
		return scan_value(h, data, len, ev);
	n = follow(h, data, len);
	if (n == 0)
		return scan_value(h, data, len, ev);
	pass(ev, data, n);
	return n;
}

static void release(struct held *h, const char *value, size_t len)
{
	assert(h->state == ASKED);
	memmove(h->line + len, h->line + h->len.value, h->len.line - h->len.value);
	memcpy(h->line, value, len);
	h->len.line += len - h->len.value;
	h->ready = 1;
	next_line(h);
}

void held_release_port(struct held *h, uint16_t port)
{
	char value[sizeof "127.0.0.1:65535"];
	int n = snprintf(value, sizeof value, "%s%u",
		h->len.host > 0 ? "127.0.0.1:" : "", port);

	release(h, value, n);
}

int held_release_path(struct held *h, const char *path)
{
	size_t len = strlen(path);

	if (len == 0 || len > HELD_PATH_MAX)
		return -1;
	release(h, path, len);
	return 0;
}

void held_release_empty(struct held *h)
{
	release(h, "", 0);
}

void held_release_same(struct held *h)
{
	assert(h->state == ASKED);
	h->ready = 1;
	next_line(h);
}

void held_flush(struct held *h)
{
	if (h->state != VALUE || h->len.line == 0)
		return;
	h->ready = 1;
	h->state = REST;
}
