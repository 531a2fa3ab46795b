/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every input is run whole, byte by byte, in random pieces and, when it is
 * short, cut in two at every place; what comes out and what was asked must be
 * the same each time. Answers are 50000, 50001, ... or /own/0, /own/1, ... in order.
 */
#include "editor/held.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "transcript.h"

#define CORPUS "tests/corpus"
#define ID "5a1e0c99d7b4"
#define ID2 "a1b2c3d4e5f6a7b8c9d0e1f2"
#define UUID "0f0f0f0f-1e2d-4c3b-8a79-112233445566"

enum answer { OWN, SAME, EMPTY };

/* What came out, and "key value;" of each line that was held. */
struct result {
	struct buf out, asked;
	int n;
};

static void result_fini(struct result *r)
{
	buf_fini(&r->out);
	buf_fini(&r->asked);
	*r = (struct result){ 0 };
}

static void answer(struct held *h, const struct held_event *ev,
	enum answer how, struct result *r)
{
	char path[32];

	if (ev->target == HELD_PATH)
		buf_printf(&r->asked, "%s %s;", ev->key, ev->path);
	else
		buf_printf(&r->asked, "%s [%s] %u;", ev->key, ev->host,
			ev->port);
	snprintf(path, sizeof path, "/own/%d", r->n);
	if (how == SAME)
		held_release_same(h);
	else if (how == EMPTY)
		held_release_empty(h);
	else if (ev->target == HELD_PATH)
		assert_int_equal(held_release_path(h, path), 0);
	else
		held_release_port(h, 50000 + r->n);
	r->n++;
}

/* The piece is a copy on the heap of just its size: the sanitizer looks on. */
static void feed(struct held *h, const char *data, size_t len,
	enum answer how, struct result *r)
{
	char *piece = malloc(len ? len : 1), *p = piece;
	struct held_event ev;

	memcpy(piece, data, len);
	for (;;) {
		size_t n = held_scan(h, p, len, &ev);

		assert_true(n <= len);
		p += n;
		len -= n;
		if (ev.kind == HELD_NONE)
			break;
		if (ev.kind == HELD_LINE) {
			answer(h, &ev, how, r);
		} else {
			assert_true(ev.len > 0);
			buf_append(&r->out, ev.data, ev.len);
		}
	}
	assert_int_equal(len, 0);
	free(piece);
}

static unsigned rnd(unsigned *seed, unsigned n)
{
	*seed ^= *seed << 13; /* xorshift: never begin with 0 */
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed % n;
}

enum { WHOLE, BYTES, RANDOM, CUT }; /* CUT + n: in two, after n bytes */

static void run(const char *in, size_t len, size_t pieces, enum answer how,
	struct result *r)
{
	struct held h;
	unsigned seed = 1 + len + how;
	size_t at = 0;

	held_init(&h);
	while (at < len) {
		size_t n = len - at;

		if (pieces == BYTES)
			n = 1;
		else if (pieces == RANDOM)
			n = 1 + rnd(&seed, rnd(&seed, 2) ? 5 : 40);
		else if (pieces > CUT && at == 0)
			n = pieces - CUT;
		if (n > len - at)
			n = len - at;
		feed(&h, in + at, n, how, r);
		at += n;
		if (how == SAME) {
			size_t kept = at - r->out.len;

			assert_true(r->out.len <= at);
			assert_true(kept < HELD_VALUE_MAX);
			assert_null(memchr(in + at - kept, '\n', kept));
		}
	}
	held_flush(&h);
	feed(&h, "", 0, how, r);
}

static void assert_buf(const char *name, const char *what,
	const struct buf *got, const char *want, size_t len)
{
	if (got->len == len &&
		(len == 0 || memcmp(buf_data(got), want, len) == 0))
		return;
	fail_msg("%s: %s is\n%.*s\ninstead of\n%.*s\n", name, what,
		(int)got->len, buf_data(got), (int)len, want);
}

/* asked may be NULL: the same whatever it is. */
static void check(const char *name, const char *in, size_t len,
	const char *want, size_t wantlen, const char *asked)
{
	size_t last = len < 400 ? CUT + len : RANDOM;
	struct result r = { 0 };
	char *first = NULL;

	for (size_t pieces = WHOLE; pieces <= last; pieces++) {
		run(in, len, pieces, OWN, &r);
		assert_buf(name, "output", &r.out, want, wantlen);
		buf_append(&r.asked, "", 1);
		if (first == NULL)
			first = strdup(asked ? asked : buf_data(&r.asked));
		assert_string_equal(buf_data(&r.asked), first);
		result_fini(&r);
		run(in, len, pieces, SAME, &r);
		assert_buf(name, "same output", &r.out, in, len);
		result_fini(&r);
	}
	free(first);
}

static void to_crlf(struct buf *out, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf_append(out, s[i] == '\n' ? "\r\n" : s + i,
			1 + (s[i] == '\n'));
}

static void check_crlf(const char *name, const char *in, size_t len,
	const char *want, size_t wantlen, const char *asked)
{
	struct buf crin = { 0 }, crwant = { 0 };

	check(name, in, len, want, wantlen, asked);
	if (len == 0 || memchr(in, '\r', len) != NULL)
		return;
	to_crlf(&crin, in, len);
	to_crlf(&crwant, want, wantlen);
	check(name, buf_data(&crin), crin.len, buf_data(&crwant), crwant.len,
		asked);
	buf_fini(&crin);
	buf_fini(&crwant);
}

static void test_rows(void **state)
{
	static const struct {
		const char *in, *want, *asked;
	} rows[] = {
		{ "listeningOn==127.0.0.1:1234==\n",
			"listeningOn==127.0.0.1:50000==\n",
			"listeningOn [127.0.0.1] 1234;" },
		{ "listeningOn==1== \t\n", "listeningOn==50000== \t\n",
			"listeningOn [] 1;" },
		{ "xListeningOn==localhost:65535==\n",
			"xListeningOn==127.0.0.1:50000==\n",
			"xListeningOn [localhost] 65535;" },
		{ "listeningOn==[::1]:4000==\n",
			"listeningOn==127.0.0.1:50000==\n",
			"listeningOn [::1] 4000;" },
		{ "agentPort==1==\nagentPort==2==\nagentPort==3==\n",
			"agentPort==50000==\nagentPort==50001==\n"
			"agentPort==50002==\n",
			"agentPort [] 1;agentPort [] 2;agentPort [] 3;" },
		{ "listeningOn=0.0.0.0:4000 \n", "listeningOn=127.0.0.1:50000 \n",
			"listeningOn [0.0.0.0] 4000;" },
		{ ID ": start\nlisteningOn=4000\nlisteningOn==4000==\n",
			ID ": start\nlisteningOn=4000\nlisteningOn==50000==\n",
			"listeningOn [] 4000;" },
		{ ID2 ": start\t \nlisteningOn==/tmp/s==\n" ID2 ": end\n"
			"listeningOn==/tmp/s==\n",
			ID2 ": start\t \nlisteningOn==/own/0==\n" ID2 ": end\n"
			"listeningOn==/tmp/s==\n",
			"listeningOn /tmp/s;" },
		{ UUID ": start\n" ID ": end\nagentPort==/s==x==\n",
			UUID ": start\n" ID ": end\nagentPort==/own/0==\n",
			"agentPort /s==x;" },
		{ ID ": start\n" ID ": end x\nagentPort==/s==\n" ID ": end \n"
			"agentPort==/t==\n",
			ID ": start\n" ID ": end x\nagentPort==/own/0==\n" ID
			": end \nagentPort==/t==\n", "agentPort /s;" },
		/* not whole lines, so nothing is held in the end */
		{ "listeningOn==4000==", "listeningOn==4000==", "" },
		{ "listeningOn==4000==\r", "listeningOn==4000==\r", "" },
		{ "listeningOn=", "listeningOn=", "" },
		{ ID ": start\nlisteningOn==/tmp/s",
			ID ": start\nlisteningOn==/tmp/s", "" },
		{ "listeningOn====\nlisteningOn==x==\n",
			"listeningOn====\nlisteningOn==x==\n", "" },
		{ "listeningOn==1==\r\r\nlisteningOn==1==\r \n",
			"listeningOn==1==\r\r\nlisteningOn==1==\r \n", "" },
		{ "\n\n \n", "\n\n \n", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check_crlf(rows[i].in, rows[i].in, strlen(rows[i].in),
			rows[i].want, strlen(rows[i].want), rows[i].asked);
}

/* What may wait, and what may not. */
static void test_delay(void **state)
{
	static const struct {
		const char *in;
		size_t kept;
	} rows[] = {
		{ "ready: 5a1e0c99d7b4", 0 }, { " ", 0 }, { "a", 0 },
		{ "password: ", 0 }, { "l", 0 }, { "listeningOn", 0 },
		{ "listeningOn=", 0 }, { "listeningOn==", 0 },
		{ "listeningOn====", 0 }, { "listeningOn==x", 0 },
		{ "listeningOn==0", 1 }, { "listeningOn==00", 0 },
		{ "listeningOn==0=", 0 }, { "listeningOn==4", 1 },
		{ "listeningOn==4000=", 5 }, { "listeningOn==4000==", 6 },
		{ "listeningOn==4000== \r", 8 }, { "listeningOn==4000== x", 0 },
		{ "listeningOn==4000==\rx", 0 }, { "listeningOn==40000", 5 },
		{ "listeningOn==127.", 4 }, { "listeningOn==327.", 0 },
		{ "listeningOn==65536", 0 }, { "listeningOn==127.0.0.1 ", 0 },
		{ "listeningOn==loc", 3 }, { "listeningOn==log", 0 },
		{ "listeningOn==[::", 3 }, { "listeningOn==[::x", 0 },
		{ "listeningOn==/tmp", 0 }, { "listeningOn=4", 1 },
		{ "codeListeningOn=4", 0 }, { ID ": start\nlisteningOn=4", 0 },
		{ ID ": sta", 0 }, { ID ": start", 0 },
		{ ID ": start\nlisteningOn==/tmp", 4 },
		{ ID ": start\nlisteningOn==/tmp/ ", 0 },
		{ ID ": start\nlisteningOn==/tmp== ", 7 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t len = strlen(rows[i].in);
		struct result r = { 0 };
		struct held h;

		held_init(&h);
		feed(&h, rows[i].in, len, OWN, &r);
		if (len - r.out.len != rows[i].kept)
			fail_msg("'%s' keeps %zu", rows[i].in, len - r.out.len);
		result_fini(&r);
		held_init(&h);
		for (size_t k = 0; k < len; k++)
			feed(&h, rows[i].in + k, 1, OWN, &r);
		assert_int_equal(len - r.out.len, rows[i].kept);
		result_fini(&r);
	}
}

static void test_answers(void **state)
{
	static const char in[] = ID ": start\nagentPort==10.0.0.1:9==  \r\n"
		"agentPort==/tmp/s==\n";
	struct result r = { 0 };
	char path[HELD_PATH_MAX + 2];
	struct held_event ev;
	struct held h, copy;
	size_t n, at;

	(void)state;
	run(in, sizeof in - 1, WHOLE, EMPTY, &r);
	buf_append(&r.out, "", 1);
	assert_string_equal(buf_data(&r.out),
		ID ": start\nagentPort====  \r\nagentPort====\n");
	result_fini(&r);

	/* Until it is released the line stays, whatever else is asked. */
	held_init(&h);
	at = held_scan(&h, in, sizeof in - 1, &ev);
	assert_int_equal(ev.kind, HELD_PASS);
	at += held_scan(&h, in + at, sizeof in - 1 - at, &ev);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(ev.kind, HELD_LINE);
		assert_int_equal(ev.target, HELD_PORT);
		assert_int_equal(ev.port, 9);
		assert_string_equal(ev.host, "10.0.0.1");
		assert_string_equal(ev.key, "agentPort");
		held_flush(&h);
		memset(&ev, 'x', sizeof ev);
		n = held_scan(&h, in + at, i % 2 ? 0 : sizeof in - 1 - at, &ev);
		assert_int_equal(n, 0);
	}
	held_release_port(&h, 65535);
	assert_int_equal(held_scan(&h, in + at, 5, &ev), 0);
	assert_int_equal(ev.kind, HELD_PASS);
	assert_int_equal(ev.len, strlen("127.0.0.1:65535==  \r\n"));
	assert_memory_equal(ev.data, "127.0.0.1:65535==  \r\n", ev.len);

	/* The next line: paths that do not fit are refused. */
	at += held_scan(&h, in + at, sizeof in - 1 - at, &ev);
	assert_int_equal(ev.kind, HELD_PASS);
	at += held_scan(&h, in + at, sizeof in - 1 - at, &ev);
	assert_int_equal(ev.kind, HELD_LINE);
	assert_int_equal(ev.target, HELD_PATH);
	assert_string_equal(ev.path, "/tmp/s");
	copy = h; /* a port for a path: the host of the line before is gone */
	held_release_port(&copy, 7);
	held_scan(&copy, "", 0, &ev);
	assert_int_equal(ev.len, strlen("7==\n"));
	assert_memory_equal(ev.data, "7==\n", ev.len);
	memset(path, '/', sizeof path);
	path[sizeof path - 1] = '\0';
	assert_int_equal(held_release_path(&h, path), -1);
	assert_int_equal(held_release_path(&h, ""), -1);
	held_scan(&h, "", 0, &ev);
	assert_int_equal(ev.kind, HELD_LINE);
	assert_int_equal(held_release_path(&h, path + 1), 0);
	held_scan(&h, "", 0, &ev);
	assert_int_equal(ev.kind, HELD_PASS);
	assert_int_equal(ev.len, HELD_PATH_MAX + 3);
	held_scan(&h, "", 0, &ev);
	assert_int_equal(ev.kind, HELD_NONE);
}

/* The longest line with the longest answer fits. */
static void test_longest(void **state)
{
	char in[512], path[HELD_PATH_MAX + 1];
	struct held_event ev;
	struct held h;

	(void)state;
	assert_true(sizeof h < 1024);
	memset(path, 'p', sizeof path);
	path[0] = '/';
	path[HELD_PATH_MAX] = '\0';
	for (int more = 0; more < 2; more++) {
		int n = snprintf(in, sizeof in, ID ": start\nagentPort==/s==%*s\n",
			HELD_VALUE_MAX - 5 + more, "");
		struct result r = { 0 };

		held_init(&h);
		for (int i = 0; i < n - 1; i++)
			feed(&h, in + i, 1, OWN, &r);
		held_scan(&h, "\n", 1, &ev);
		assert_int_equal(ev.kind, more ? HELD_PASS : HELD_LINE);
		if (!more) {
			assert_int_equal(held_release_path(&h, path), 0);
			held_scan(&h, "", 0, &ev);
			assert_int_equal(ev.len,
				HELD_VALUE_MAX - 2 + HELD_PATH_MAX);
			assert_memory_equal(ev.data, path, HELD_PATH_MAX);
			assert_int_equal(ev.data[ev.len - 1], '\n');
		}
		result_fini(&r);
	}
	/* The longest key, and one that is too long. */
	for (int more = 0; more < 2; more++) {
		char want[512], asked[64];
		int len = snprintf(in, sizeof in, "%.*slisteningOn==1==\n",
			HELD_WORD_MAX - 11 + more, "qqqqqqqqqqqqqqqqqqqqqqqqqq"
			"qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq");
		int keylen = len - 6;

		snprintf(want, sizeof want, "%.*s==%s==\n", keylen, in,
			more ? "1" : "50000");
		snprintf(asked, sizeof asked, "%.*s [] 1;", keylen, in);
		check(in, in, len, want, strlen(want), more ? "" : asked);
	}
}

static void test_flush(void **state)
{
	struct result r = { 0 };
	struct held h;

	(void)state;
	held_init(&h);
	held_flush(&h);
	feed(&h, "listeningOn==40", 15, OWN, &r);
	assert_int_equal(r.out.len, 13);
	held_flush(&h);
	feed(&h, "01==\nlisteningOn==", 18, OWN, &r);
	held_flush(&h);
	feed(&h, "4002==\n", 7, OWN, &r);
	buf_append(&r.out, "", 1);
	assert_string_equal(buf_data(&r.out),
		"listeningOn==4001==\nlisteningOn==50000==\n");
	result_fini(&r);
}

/* What has no newline goes on at once, in place and in one piece. */
static void test_huge(void **state)
{
	const size_t len = 1 << 20;
	char *data = malloc(len);
	static const char kinds[] = "a0 -=\r/";
	struct held_event ev;
	struct held h;

	(void)state;
	for (size_t i = 0; i < sizeof kinds; i++) { /* NUL among them */
		memset(data, kinds[i], len);
		held_init(&h);
		assert_int_equal(held_scan(&h, data, len, &ev), len);
		assert_int_equal(ev.kind, HELD_PASS);
		assert_ptr_equal(ev.data, data);
		assert_int_equal(ev.len, len);
		memcpy(data, "listeningOn==1==", 16);
		assert_int_equal(held_scan(&h, data, len, &ev), len);
		assert_int_equal(ev.len, len);
		held_scan(&h, data, 0, &ev);
		assert_int_equal(ev.kind, HELD_NONE);
	}
	free(data);
}

/* --- the corpus --- */

static void read_file(const char *path, struct buf *b)
{
	FILE *f = fopen(path, "r");
	size_t n;

	if (f == NULL)
		fail_msg("%s: cannot be read; run this from the source's top",
			path);
	do {
		n = fread(buf_reserve(b, 4096), 1, 4096, f);
		buf_commit(b, n);
	} while (n > 0);
	fclose(f);
}

/* The input with its held lines answered, by line numbers alone. */
static void expect(const char *name, const struct buf *in, char *held,
	struct buf *want)
{
	const char *p = buf_data(in), *end = p + in->len;
	char *save = NULL, *row = strtok_r(held, " ", &save);

	for (int line = 1, n = 0; p < end; line++) {
		const char *nl = memchr(p, '\n', end - p);
		const char *next = nl ? nl + 1 : end;
		char *value = row ? strchr(row, ':') + 1 : NULL;

		if (row != NULL && atoi(row) == line) {
			const char *at = memmem(p, next - p, value,
				strlen(value));

			if (at == NULL)
				fail_msg("%s:%d: no %s", name, line, value);
			buf_append(want, p, at - p);
			if (*value == '/')
				buf_printf(want, "/own/%d", n);
			else
				buf_printf(want, "%s%d",
					strchr(value, ':') ? "127.0.0.1:" : "",
					50000 + n);
			p = at + strlen(value);
			row = strtok_r(NULL, " ", &save);
			n++;
		}
		buf_append(want, p, next - p);
		p = next;
	}
	if (row != NULL)
		fail_msg("%s: no line %s", name, row);
}

static void test_corpus(void **state)
{
	char row[1024], path[1100];
	FILE *index = fopen(CORPUS "/INDEX", "r");
	DIR *dir = opendir(CORPUS);
	struct dirent *d;
	int rows = 0, files = 0;

	(void)state;
	if (index == NULL || dir == NULL)
		fail_msg(CORPUS ": not here; run this from the source's top");
	while (fgets(row, sizeof row, index) != NULL) {
		struct buf in = { 0 }, want = { 0 };
		char *held = row + strcspn(row, " \n");

		if (row[0] == '#')
			continue;
		row[strcspn(row, "\n")] = '\0';
		if (*held == ' ')
			*held++ = '\0';
		snprintf(path, sizeof path, CORPUS "/%s.out", row);
		read_file(path, &in);
		expect(row, &in, held, &want);
		check_crlf(row, buf_data(&in), in.len, buf_data(&want),
			want.len, NULL);
		buf_fini(&in);
		buf_fini(&want);
		rows++;
	}
	while ((d = readdir(dir)) != NULL)
		files += strstr(d->d_name, ".out") != NULL;
	closedir(dir);
	fclose(index);
	assert_int_equal(rows, files);
	assert_true(rows > 40);
}

/* --- random streams against a second implementation, by regex on lines --- */

#define HEX "[0-9a-f]"
#define IDS "^(" HEX "{12,24}|" HEX "{8}-" HEX "{4}-" HEX "{4}-" HEX "{4}-" \
	HEX "{12})"
#define ADDR "((([0-9.]+|localhost|\\[[0-9a-fA-F:.]+\\]):)?([1-9][0-9]{0,4}))"
#define BLANKS "[ \t]*\r?$"

static const char *const re_text[] = {
	IDS ": start" BLANKS,
	IDS ": end" BLANKS,
	"^([A-Za-z]*[lL]isteningOn|agentPort)==" ADDR "==" BLANKS,
	"^(listeningOn)=" ADDR BLANKS,
	"^([A-Za-z]*[lL]isteningOn|agentPort)==(/[^ \t]+)==" BLANKS,
};
enum { START, END, PORT, SINGLE, PATH, NRE };
static regex_t re[NRE];
static int seen[NRE];

static int host_is_good(const char *host)
{
	char text[64] = "";
	struct in6_addr a;

	if (host[0] == '\0' || strcmp(host, "localhost") == 0)
		return 1;
	if (host[0] != '[')
		return inet_pton(AF_INET, host, &a) == 1;
	sscanf(host, "[%63[^]]]", text);
	return strlen(text) < 46 && inet_pton(AF_INET6, text, &a) == 1;
}

static int path_is_good(const char *path)
{
	for (const char *p = path; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 127)
			return 0;
	return strlen(path) <= HELD_PATH_MAX;
}

static void group(const char *line, regmatch_t m, char *to, size_t size)
{
	snprintf(to, size, "%.*s", m.rm_so < 0 ? 0 : (int)(m.rm_eo - m.rm_so),
		line + (m.rm_so < 0 ? 0 : m.rm_so));
}

/* Answer one line, which has its newline; id is "" outside a block. */
static void model_line(const char *line, size_t len, char id[64],
	struct buf *out, int *n)
{
	char s[1024], host[512], value[512];
	regmatch_t m[8];
	int kind = 0;

	if (len > sizeof s)
		goto same;
	memcpy(s, line, len - 1);
	s[len - 1] = '\0';
	while (kind < NRE && regexec(&re[kind], s, 8, m, 0) != 0)
		kind++;
	if (kind == NRE || memchr(s, '\0', len - 1) != NULL)
		goto same;
	if (kind == START) {
		group(s, m[1], id, 64);
		seen[START]++;
		goto same;
	}
	if (kind == END) {
		group(s, m[1], value, sizeof value);
		if (strcmp(value, id) == 0) {
			id[0] = '\0';
			seen[END]++;
		}
		goto same;
	}
	group(s, m[2], value, sizeof value);
	group(s, m[4], host, sizeof host);
	if (m[1].rm_eo > HELD_WORD_MAX || len - m[2].rm_so > HELD_VALUE_MAX ||
		(kind == SINGLE && id[0]) || (kind == PATH && !id[0]))
		goto same;
	if (kind == PATH) {
		if (!path_is_good(value))
			goto same;
		snprintf(value, sizeof value, "/own/%d", *n);
	} else {
		if (atoi(s + m[5].rm_so) > 65535 || !host_is_good(host))
			goto same;
		snprintf(value, sizeof value, "%s%d",
			host[0] ? "127.0.0.1:" : "", 50000 + *n);
	}
	buf_append(out, s, m[2].rm_so);
	buf_puts(out, value);
	buf_append(out, line + m[2].rm_eo, len - m[2].rm_eo);
	seen[kind]++;
	++*n;
	return;
same:
	buf_append(out, line, len);
}

static void model(const char *p, size_t len, struct buf *out)
{
	const char *end = p + len, *nl;
	char id[64] = "";
	int n = 0;

	for (; (nl = memchr(p, '\n', end - p)) != NULL; p = nl + 1)
		model_line(p, nl + 1 - p, id, out, &n);
	buf_append(out, p, end - p);
}

/* Lines by a template: a digit is replaced by a piece of that row. */
static void random_stream(unsigned *seed, struct buf *out)
{
	static const char *const lines[] = {
		"9: 268", "9: 268", "9: 268", "013478", "013478", "0135478",
		"0135478", "0135478", "01=54678", "01=54678", "0134678", "678",
	};
	static const char *const pieces[][8] = {
		{ "", "", "", "", "", "", "x", "listeningOn==1==\r" },
		{ "listeningOn", "listeningOn", "codeListeningOn", "agentPort",
			"agentPort", "ListeningOn", "\xff", ID },
		{ "start", "start", "start", "end", "end", "e", "starT", "" },
		{ "==", "==", "==", "==", "==", "==", "=", "===" },
		{ "40001==", "1==", "65535==", "40002", "65536==", "0",
			"/tmp/s==", "/t====" },
		{ "127.0.0.1:", "0.0.0.0:", "[::1]:", "localhost:", "1.2.3.256:",
			"[:]:", ":", "" },
		{ "", "", "", "", "", "\r", "  ", " \t\r" },
		{ "", "", "", "", "", "=", "\r\r", " x" },
		{ "\n", "\n", "\n", "\n", "\n", "\n", "\r\n", "" },
		{ ID, ID, ID, ID, ID, ID, UUID, "0123456789a" },
	};

	for (unsigned n = 1 + rnd(seed, 12); n > 0; n--) {
		const char *p = lines[rnd(seed, sizeof lines / sizeof *lines)];

		for (; *p != '\0'; p++)
			if (*p >= '0' && *p <= '9')
				buf_puts(out, pieces[*p - '0'][rnd(seed, 8)]);
			else
				buf_append(out, p, 1);
	}
	if (out->len > 0 && rnd(seed, 2))
		buf_data(out)[rnd(seed, out->len)] =
			"\0\n\r=:[]/ 019azL\x7f"[rnd(seed, 16)];
}

static int model_open(void **state)
{
	(void)state;
	for (int i = 0; i < NRE; i++) {
		seen[i] = 0;
		assert_int_equal(regcomp(&re[i], re_text[i], REG_EXTENDED), 0);
	}
	return 0;
}

static int model_close(void **state)
{
	(void)state;
	for (int i = 0; i < NRE; i++)
		regfree(&re[i]);
	return 0;
}

static void test_model(void **state)
{
	unsigned seed = 20240501;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		struct buf in = { 0 }, want = { 0 };
		char name[32];

		snprintf(name, sizeof name, "stream %d", i);
		do
			random_stream(&seed, &in);
		while (in.len == 0);
		model(buf_data(&in), in.len, &want);
		check(name, buf_data(&in), in.len, buf_data(&want), want.len,
			NULL);
		buf_fini(&in);
		buf_fini(&want);
	}
	for (int i = 0; i < NRE; i++)
		assert_true(seen[i] >= 20);
}

/* --- logs of real clients, where there are any --- */

static void test_transcripts(void **state)
{
	const char *name = getenv("TEST_TRANSCRIPTS");
	DIR *dir = name ? opendir(name) : NULL;
	struct dirent *d;
	int files = 0, reads = 0;

	(void)state;
	/* Not skip(): to cmocka's TAP that is a failure. */
	if (name == NULL)
		return;
	if (dir == NULL)
		fail_msg("%s: not a directory", name);
	while ((d = readdir(dir)) != NULL) {
		struct buf text = { 0 }, in = { 0 }, want = { 0 };
		const char *dot = strrchr(d->d_name, '.');
		char path[1100];

		if (dot == NULL || (strcmp(dot, ".log") && strcmp(dot, ".txt")))
			continue;
		snprintf(path, sizeof path, "%s/%s", name, d->d_name);
		read_file(path, &text);
		buf_append(&text, "", 1);
		transcript(buf_data(&text), strcmp(dot, ".log") == 0, &in);
		model(buf_data(&in), in.len, &want);
		if (in.len > 0)
			check_crlf(d->d_name, buf_data(&in), in.len,
				buf_data(&want), want.len, NULL);
		files++;
		reads += in.len > 0;
		buf_fini(&text);
		buf_fini(&in);
		buf_fini(&want);
	}
	closedir(dir);
	print_message("# %d files, %d with bytes of a shell; %d blocks, "
		      "%d ports, %d paths\n",
		files, reads, seen[START], seen[PORT], seen[PATH]);
	assert_true(reads > 0);
	assert_true(seen[START] > 0 && seen[PORT] > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_delay),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_flush),
		cmocka_unit_test(test_huge),
		cmocka_unit_test(test_corpus),
		cmocka_unit_test_setup_teardown(test_model, model_open,
			model_close),
		cmocka_unit_test_setup_teardown(test_transcripts, model_open,
			model_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
